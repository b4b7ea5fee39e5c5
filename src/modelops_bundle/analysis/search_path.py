"""Where a file extends `sys.path` or a package's, and which folders of the project that adds."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelops_bundle.analysis.chains import Chain
from modelops_bundle.analysis.texts import FILE, TextEvaluator, Texts
from modelops_bundle.core.paths import BundlePath

#: What a call does with its arguments: which one names the folder, and how it stands there.
_CALLS = {
    "sys.path.insert": (1, ""),
    "sys.path.append": (0, ""),
    "site.addsitedir": (0, ""),
    "sys.path.extend": (0, "elements"),
}
_SEARCH_PATH = "sys.path"
#: Stands for the folders of the package's name below all roots (`pkgutil.extend_path`).
NAMESAKES = "\3"
#: A package that only the running program knows.
UNTOLD = "?"
#: The dotted names that matter here.
FOLLOWED = frozenset({*_CALLS, _SEARCH_PATH})


@dataclass(frozen=True, slots=True)
class SearchPathEdit:
    """One statement that adds to `sys.path`, or to the `__path__` of a package.

    Attributes:
        first: What is added is searched before what is there.
        folders: What is added, with the placeholders of `texts` (and, for a package, `NAMESAKES`);
            None where it is computed.
        settled: A `# mops: imports` comment on its lines or right above says what it is for.
        package: The dotted name of the package, `NAME` for the file's own, relative ones with
            their dots, `UNTOLD` where it cannot be told; "" for `sys.path`.
    """

    line: int
    first: bool
    folders: tuple[str, ...] | None
    settled: bool = False
    package: str = ""


@dataclass(frozen=True, slots=True)
class PackageFolder:
    """A folder in which submodules of a package are looked for too; `first` before its own."""

    package: str
    folder: BundlePath
    first: bool


@dataclass(frozen=True, slots=True)
class SearchPath:
    """Folders that a program adds to `sys.path` while it runs, before and after the roots.

    Attributes:
        packages: Those that it adds to packages.
    """

    before: tuple[BundlePath, ...] = ()
    after: tuple[BundlePath, ...] = ()
    packages: tuple[PackageFolder, ...] = ()


NOWHERE = SearchPath()


def search_path_edits(
    chains: Sequence[Chain],
    nodes: Mapping[type, Sequence[ast.AST]],
    evaluator: TextEvaluator,
    settled: frozenset[int],
) -> tuple[SearchPathEdit, ...]:
    """All places of a file that add to `sys.path`, in source order.

    Args:
        chains: The dotted names of the file; none where it neither reads nor sets `FOLLOWED`.
        nodes: Its nodes by type.
        evaluator: Of the file.
        settled: Lines of its `# mops: imports` comments.
    """
    found: list[SearchPathEdit] = []
    named: set[int] = set()
    for chain in chains:
        if chain.dotted in _CALLS and chain.call is not None:
            position, part = _CALLS[chain.dotted]
            call = chain.call
            given = call.args[position] if len(call.args) > position else None
            first = chain.dotted == "sys.path.insert" and _is_zero(call.args[0])
            texts = _texts(evaluator, given, part)
            found.append(edit_at(call, texts, first, settled))
        elif chain.dotted == _SEARCH_PATH:
            named.add(id(chain.node))
    if named:
        found += _assigned(nodes, named, evaluator, settled)
    found.sort(key=lambda edit: edit.line)
    return tuple(found)


def places_of(edit: SearchPathEdit, file: BundlePath) -> Iterator[tuple[str, ...]]:
    """For each folder that an edit adds, where it may be: normalised, relative to the root.

    A relative text counts from the folder that the program runs in, most likely the root, or
    from the file's own. A place that starts with ".." or "/" is outside the project.
    """
    for text in edit.folders or ():
        if text.startswith(FILE):
            yield (posixpath.normpath(text.replace(FILE, file, 1)),)
        elif text.startswith("/"):
            yield (posixpath.normpath(text),)
        else:
            beside = posixpath.normpath(f"{file.parent}/{text}")
            yield (posixpath.normpath(text or "."), beside)


def _assigned(
    nodes: Mapping[type, Sequence[ast.AST]],
    named: set[int],
    evaluator: TextEvaluator,
    settled: frozenset[int],
) -> Iterator[SearchPathEdit]:
    for node in nodes.get(ast.AugAssign, ()):
        if isinstance(node, ast.AugAssign) and id(node.target) in named:
            yield edit_at(node, _texts(evaluator, node.value, "elements"), False, settled)
    for node in nodes.get(ast.Assign, ()):
        assert isinstance(node, ast.Assign)
        for target in node.targets:
            if id(target) in named:
                yield from _rebuilt(node, named, evaluator, settled)
            elif isinstance(target, ast.Subscript) and id(target.value) in named:
                part = "elements" if isinstance(target.slice, ast.Slice) else ""
                yield edit_at(node, _texts(evaluator, node.value, part), True, settled)


def _rebuilt(
    node: ast.Assign, named: set[int], evaluator: TextEvaluator, settled: frozenset[int]
) -> Iterator[SearchPathEdit]:
    """`sys.path = [folder] + sys.path`, or `sys.path = [folder, *sys.path]`."""
    value, first = node.value, True
    terms: list[ast.expr] = []
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        terms.append(value.right)
        value = value.left
    for term in (value, *reversed(terms)):
        items = term.elts if isinstance(term, (ast.List, ast.Tuple)) else [ast.Starred(term)]
        for item in items:
            inner = item.value if isinstance(item, ast.Starred) else item
            if id(inner) in named:
                first = False
            else:
                part = "elements" if isinstance(item, ast.Starred) else ""
                yield edit_at(node, _texts(evaluator, inner, part), first, settled)


def _texts(evaluator: TextEvaluator, node: ast.expr | None, part: str) -> Texts:
    if node is None:
        return Texts(None)
    return evaluator.elements(node, part) if part else evaluator.texts(node)


def edit_at(
    node: ast.stmt | ast.expr,
    texts: Texts,
    first: bool,
    settled: frozenset[int],
    package: str = "",
) -> SearchPathEdit:
    """The edit that a statement or call makes."""
    lines = range(node.lineno - 1, (node.end_lineno or node.lineno) + 1)
    known = any(line in settled for line in lines)
    return SearchPathEdit(node.lineno, first, texts.values, known, package)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0
