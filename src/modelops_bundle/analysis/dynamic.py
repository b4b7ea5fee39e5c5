"""Imports that are calls: `import_module`, `__import__`, `runpy`, `importlib.resources` and kin."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from modelops_bundle.analysis.chains import Chain
from modelops_bundle.analysis.package_resources import PackageResources
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.started_code import EXECUTORS, STARTERS, Started, executed, started
from modelops_bundle.analysis.texts import PACKAGE, TextEvaluator, Texts


class How(StrEnum):
    """What a call does with the name it is given."""

    IMPORT = "import"
    #: Imports it and runs it as a program; of a package, `__main__`.
    RUN = "run"
    #: Imports it for the files beside it.
    RESOURCE = "resource"
    #: Loads the file at a path.
    PATH = "path"
    #: A comment says so.
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class DynamicImport:
    """A call that imports.

    Attributes:
        names: Dotted names (relative ones as `package|.name`) or paths, with the placeholders of
            `texts`; None where they are computed.
        prefix, suffix: What a computed name begins and ends with.
        files: For a resource, paths below the package; None for whatever is there.
        settled: A comment on its lines or right above says what is imported.
    """

    line: int
    how: How
    names: tuple[str, ...] | None
    prefix: str = ""
    settled: bool = False
    files: tuple[str, ...] | None = None
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class _Importer:
    how: How
    #: Where the name or path stands among the arguments.
    position: int
    keywords: tuple[str, ...]


_RESOURCE = _Importer(How.RESOURCE, 0, ("package", "anchor"))
_IMPORTERS = {
    "importlib.import_module": _Importer(How.IMPORT, 0, ("name",)),
    "importlib.__import__": _Importer(How.IMPORT, 0, ("name",)),
    "builtins.__import__": _Importer(How.IMPORT, 0, ("name",)),
    "__import__": _Importer(How.IMPORT, 0, ("name",)),
    "pkgutil.resolve_name": _Importer(How.IMPORT, 0, ("name",)),
    "importlib.util.find_spec": _Importer(How.IMPORT, 0, ("name",)),
    "pydoc.locate": _Importer(How.IMPORT, 0, ("path",)),
    "unittest.mock.patch": _Importer(How.IMPORT, 0, ("target",)),
    "lazy_loader.load": _Importer(How.IMPORT, 0, ("fullname",)),
    "pytest.importorskip": _Importer(How.IMPORT, 0, ("modname",)),
    "runpy.run_module": _Importer(How.RUN, 0, ("mod_name",)),
    "runpy.run_path": _Importer(How.PATH, 0, ("path_name",)),
    "importlib.util.spec_from_file_location": _Importer(How.PATH, 1, ("location",)),
    "importlib.machinery.SourceFileLoader": _Importer(How.PATH, 1, ("path",)),
    "imp.load_source": _Importer(How.PATH, 1, ("pathname",)),
    "pkgutil.get_data": _RESOURCE,
    "importlib.resources.contents": _RESOURCE,
    "importlib.resources.files": _RESOURCE,
    "importlib.resources.is_resource": _RESOURCE,
    "importlib.resources.open_binary": _RESOURCE,
    "importlib.resources.open_text": _RESOURCE,
    "importlib.resources.path": _RESOURCE,
    "importlib.resources.read_binary": _RESOURCE,
    "importlib.resources.read_text": _RESOURCE,
}
# They tell whether a module is there, or replace one that the code has: a name that is computed
# says nothing.
_ASKERS = frozenset(
    {"importlib.util.find_spec", "pydoc.locate", "unittest.mock.patch", "pytest.importorskip"}
)
_ATTACHED = frozenset({"lazy_loader.attach", "lazy_loader.attach_stub"})
#: The dotted names that matter here: a file that reads none of them has no importing calls.
FOLLOWED = frozenset({*_IMPORTERS, *_ATTACHED, *EXECUTORS, *STARTERS, "importlib"})
_COMMENT = re.compile(r"#\s*mops:\s*imports\b[ \t]*(.*)")


def dynamic_imports(
    comments: Mapping[int, tuple[str, ...]],
    chains: Sequence[Chain],
    nodes: Mapping[type, Sequence[ast.AST]],
    evaluator: TextEvaluator,
) -> tuple[DynamicImport, ...]:
    """The importing calls of a file, and what its `# mops: imports` comments name.

    Args:
        comments: `comments_of` the file.
        chains: Its dotted names; none where it reads none of `FOLLOWED`.
        nodes: Its nodes by type.
        evaluator: Of the file.
    """
    found = [DynamicImport(line, How.COMMENT, names) for line, names in comments.items()]
    calls = _Calls(evaluator, PackageResources(chains, nodes, evaluator))
    for chain in chains:
        if not chain.read:
            continue
        whole = chain.call or chain.node
        lines = range(whole.lineno - 1, (whole.end_lineno or whole.lineno) + 1)
        settled = any(line in comments for line in lines)
        if chain.call is not None:
            found += calls.imports(chain.call, chain.dotted, settled)
        elif (importer := _IMPORTERS.get(chain.dotted)) is not None:
            if importer.how is not How.RESOURCE and chain.dotted not in _ASKERS:
                # Handed on, as in `map(import_module, names)`.
                found.append(DynamicImport(whole.lineno, importer.how, None, "", settled))
        elif chain.dotted == "importlib":
            # `getattr(importlib, name)`
            found.append(DynamicImport(whole.lineno, How.IMPORT, None, "", settled))
    found.sort(key=lambda one: (one.line, one.how, one.names or ()))
    return tuple(found)


class _Calls:
    """What the calls of one file import."""

    def __init__(self, evaluator: TextEvaluator, resources: PackageResources) -> None:
        self._evaluator = evaluator
        self._resources = resources

    def imports(self, call: ast.Call, dotted: str, settled: bool) -> Iterator[DynamicImport]:
        """What a call of this name imports, if it is one that does."""
        line = call.lineno
        if dotted in EXECUTORS:
            yield from _run(line, executed(call, self._evaluator), settled)
        elif dotted in STARTERS:
            yield from _run(line, started(call, self._evaluator), settled)
        elif dotted in _ATTACHED:
            yield self._attached(call, dotted, settled)
        elif (importer := _IMPORTERS.get(dotted)) is not None:
            if importer.how is How.RESOURCE:
                given = _argument(call, importer.position, importer.keywords)
                anchors = self._resources.anchors(given)
                files = self._resources.files(call, dotted)
                yield DynamicImport(line, How.RESOURCE, anchors, "", settled, files)
            else:
                yield from self._named(call, dotted, importer, settled)

    def _named(
        self, call: ast.Call, dotted: str, importer: _Importer, settled: bool
    ) -> Iterator[DynamicImport]:
        evaluator, how = self._evaluator, importer.how
        texts = evaluator.texts(_argument(call, importer.position, importer.keywords))
        values = texts.values
        if values is not None:
            if dotted in ("importlib.import_module", "importlib.util.find_spec"):
                values = _absolute(call, values, evaluator)
            elif dotted == "pkgutil.resolve_name":
                values = tuple(value.partition(":")[0] for value in values)
            elif how is How.IMPORT and dotted not in _ASKERS:
                values = tuple(_with_level(call, values, evaluator))
        if values is not None or dotted not in _ASKERS:
            known = texts if texts.values is None else Texts(None)
            yield DynamicImport(
                call.lineno, how, values, known.prefix, settled, suffix=known.suffix
            )

    def _attached(self, call: ast.Call, dotted: str, settled: bool) -> DynamicImport:
        """`lazy_loader.attach(__name__, submodules=…, submod_attrs=…)`: on demand, all of them."""
        if dotted == "lazy_loader.attach_stub":  # what a stub file lists
            return DynamicImport(call.lineno, How.IMPORT, None, "", settled)
        given: dict[str, ast.expr] = {k.arg: k.value for k in call.keywords if k.arg}
        given |= zip(("package", "submodules", "submod_attrs"), call.args, strict=False)
        names: list[str] = []
        for label, part in (("submodules", "elements"), ("submod_attrs", "keys")):
            node = given.get(label)
            if node is None or (isinstance(node, ast.Constant) and node.value is None):
                continue
            values = self._evaluator.elements(node, part).values
            if values is None:
                return DynamicImport(call.lineno, How.IMPORT, None, "", settled)
            names += [f"{PACKAGE}|.{value}" for value in values]
        return DynamicImport(call.lineno, How.IMPORT, tuple(names), "", settled)


def _run(line: int, code: Started, settled: bool) -> Iterator[DynamicImport]:
    if code.modules:
        yield DynamicImport(line, How.IMPORT, code.modules, "", settled)
    if code.programs:
        yield DynamicImport(line, How.RUN, code.programs, "", settled)
    if code.paths is None or code.paths:
        yield DynamicImport(line, How.PATH, code.paths, "", settled)


def _argument(call: ast.Call, position: int, keywords: tuple[str, ...]) -> ast.expr | None:
    if any(isinstance(argument, ast.Starred) for argument in call.args[: position + 1]):
        return None
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in keywords), None)


def _absolute(
    call: ast.Call, values: tuple[str, ...], evaluator: TextEvaluator
) -> tuple[str, ...] | None:
    """The names of `import_module(name, package)`; None where the package cannot be told."""
    if not any(value.startswith(".") for value in values):
        return values
    packages = evaluator.texts(_argument(call, 1, ("package",))).values
    if packages is None:
        return None
    return tuple(
        f"{package}|{value}" if value.startswith(".") else value
        for value in values
        for package in packages
    )


def _with_level(call: ast.Call, values: tuple[str, ...], evaluator: TextEvaluator) -> Iterator[str]:
    """The names of `__import__(name, globals, locals, fromlist, level)`, submodules included."""
    given: dict[str, ast.expr] = {k.arg: k.value for k in call.keywords if k.arg}
    for index, label in ((3, "fromlist"), (4, "level")):
        if len(call.args) > index:
            given[label] = call.args[index]
    level = given.get("level")
    dots = level.value if isinstance(level, ast.Constant) and isinstance(level.value, int) else 0
    dots = min(max(dots, 0), 64)
    submodules = evaluator.elements(given["fromlist"]).values if "fromlist" in given else ()
    for value in values:
        base = f"{PACKAGE}|{'.' * dots}{value}" if dots else value
        yield base
        for submodule in submodules or ():
            if submodule != "*":
                yield f"{base}.{submodule}" if value else f"{base}{submodule}"


def comments_of(source: ParsedSource) -> Mapping[int, tuple[str, ...]]:
    """Line to the names in a `# mops: imports` comment."""
    if "mops:" not in source.text or _COMMENT.search(source.text) is None:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    # The tokenizer tells comments from strings that look like one.
    reader = io.StringIO(source.text).readline
    try:
        for token in tokenize.generate_tokens(reader):
            match = _COMMENT.match(token.string) if token.type == tokenize.COMMENT else None
            if match:
                found[token.start[0]] = tuple(re.split(r"[\s,]+", match.group(1).strip(", \t")))
    except (tokenize.TokenError, SyntaxError):
        pass  # it parsed, so only what comes after the last complete statement is lost
    return {line: tuple(name for name in names if name) for line, names in found.items()}
