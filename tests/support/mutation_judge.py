"""What must show after an edit, told from the two states of the files and nothing of the analysis.

What a file means is `ast.dump` without positions and docstrings; what an entry depends on is what
`modulefinder` reaches from its file, and its recorded data. The judge names the states that an
entry may be in; where it cannot tell (a computed import, a name that is mentioned somewhere in a
text) it names several.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from support.mutation_reach import Reach

FRESH, COSMETIC, STALE = "fresh", "cosmetic", "stale"
MISSING, UNPARSED, AMBIGUOUS = "missing", "unparsed", "ambiguous"

_SKIPPED = {".modelops-bundle", ".git", "__pycache__", ".ruff_cache", ".venv"}
_REFLECTION = re.compile(
    rb"\b(globals|locals|vars|getattr|exec|eval|inspect|__dict__|__getattr__|modules|"
    rb"import_module|__import__|runpy|pickle|dill)\b|import\s*\*"
)
_COMPUTED = re.compile(rb"import_module|__import__|runpy|iter_modules|importlib|exec\b")
_READS_DOCSTRINGS = re.compile(rb"__doc__|getdoc|getsource|doctest")


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered entry, as the registry's text says."""

    key: str
    path: str
    symbol: str
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a project, and what the entries' files reach."""

    files: Mapping[str, bytes]
    must: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be said of an entry, and the files that have to be named as reasons."""

    states: frozenset[str]
    named: frozenset[str] = frozenset()


@dataclass(slots=True)
class Judge:
    """Looks at one project again and again.

    Attributes:
        loaded: What importing an entry's file really loaded at the start, where that was tried.
        start: What it reached then; what was loaded counts while it reaches no more and no less.
    """

    root: Path
    roots: tuple[str, ...]
    loaded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    start: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reach: Reach = field(init=False)

    def __post_init__(self) -> None:
        self.reach = Reach(self.root, self.roots)

    def look(self, paths: Iterable[str]) -> Snapshot:
        """The project as it is, and what these entries' files reach in it."""
        files = read(self.root)
        return Snapshot(files, {path: self.reach.of(path) for path in sorted(set(paths))})

    def expected(
        self,
        entry: Entry,
        others: Iterable[Entry],
        before: Snapshot,
        after: Snapshot,
        added: frozenset[str],
    ) -> Expected:
        """The states that an entry may be in after an edit.

        Args:
            entry: The entry.
            others: All other entries.
            before: As of the last sync.
            after: Now.
            added: Names that an edit made by renaming or copying other entries' definitions.
        """
        text = after.files.get(entry.path)
        if text is not None and _tree(text) is None:
            return Expected(frozenset({UNPARSED}))
        if text is None or entry.symbol not in defined(text):
            return Expected(frozenset({STALE, MISSING, AMBIGUOUS}))
        same = before.must[entry.path] == self.start.get(entry.path)
        loaded = self.loaded.get(entry.path, frozenset()) if same else frozenset()
        case = _Case(
            entry,
            tuple(others),
            before,
            after,
            added,
            loaded,
            self.reach,
        )
        return case.expected()


@dataclass(slots=True)
class _Case:
    entry: Entry
    others: tuple[Entry, ...]
    before: Snapshot
    after: Snapshot
    added: frozenset[str]
    loaded: frozenset[str]
    reach: Reach

    def expected(self) -> Expected:
        path = self.entry.path
        must_before, must_after = self.before.must[path], self.after.must[path]
        gone = {f for f in must_before | self.loaded if f not in self.after.files}
        changed = {f for f in must_before | must_after | self.loaded if self._differs(f)}
        meant = {
            f
            for f in changed
            if not same_meaning(self.before.files.get(f), self.after.files.get(f))
        }
        data = {f for f in self.entry.data if self._data_differs(f)}
        if data:
            absent = any(not self._is_there(f) for f in data)
            return Expected(
                frozenset({MISSING} if absent else {STALE}),
                frozenset(meant) if not absent else frozenset(),
            )
        if gone:
            return Expected(frozenset({MISSING, STALE}))
        if must_before != must_after:
            return Expected(frozenset({STALE}), frozenset(meant))
        if meant:
            return Expected(self._meant(meant), frozenset(changed))
        if changed:
            read_docs = any(_READS_DOCSTRINGS.search(self.after.files[f]) for f in must_after)
            return Expected(
                frozenset({COSMETIC, STALE} if read_docs else {COSMETIC}), frozenset(changed)
            )
        perhaps = self.reach.of(path, typing=True)
        texts = [self.after.files[f] for f in perhaps if f in self.after.files]
        if any(map(_COMPUTED.search, texts)) and self._some_source_differs():
            return Expected(frozenset({FRESH, COSMETIC, STALE}))
        if any(self._differs(f) for f in perhaps):
            return Expected(frozenset({FRESH, COSMETIC, STALE}))
        return Expected(frozenset({FRESH}))

    def _meant(self, meant: set[str]) -> frozenset[str]:
        """Stale, unless all that means something else is other entries' definitions."""
        names: set[str] = set(self.added)
        for file in meant:
            mine = {other.symbol for other in self.others if other.path == file} | self.added
            mine -= {self.entry.symbol} if file == self.entry.path else set()
            if statements(self.before.files.get(file), mine) != statements(
                self.after.files.get(file), mine
            ):
                return frozenset({STALE})
            names |= mine
        texts = {f: self.after.files[f] for f in self.after.must[self.entry.path]}
        if any(_REFLECTION.search(text) or _tree(text) is None for text in texts.values()):
            return frozenset({STALE, COSMETIC})
        for file, text in texts.items():
            rest = without(text, names) if file in meant else text
            if any(re.search(rb"\b" + name.encode() + rb"\b", rest) for name in names):
                return frozenset({STALE, COSMETIC})
        if any(not decorated_from_outside(texts[file], names, texts) for file in meant):
            return frozenset({STALE, COSMETIC})
        return frozenset({COSMETIC})

    def _some_source_differs(self) -> bool:
        every = self.before.files.keys() | self.after.files.keys()
        return any(f.endswith(".py") and self._differs(f) for f in every)

    def _differs(self, file: str) -> bool:
        return self.before.files.get(file) != self.after.files.get(file)

    def _below(self, place: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
        return {f: c for f, c in files.items() if f == place or f.startswith(f"{place}/")}

    def _data_differs(self, place: str) -> bool:
        return self._below(place, self.before.files) != self._below(place, self.after.files)

    def _is_there(self, place: str) -> bool:
        return bool(self._below(place, self.after.files))


def read(root: Path) -> dict[str, bytes]:
    """All files of a project that are not the program's own."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED)
        for name in sorted(names):
            full = os.path.join(folder, name)
            with open(full, "rb") as stream:
                found[os.path.relpath(full, root)] = stream.read()
    return found


def same_meaning(one: bytes | None, other: bytes | None) -> bool:
    """Whether two sources differ in nothing but comments, layout and docstrings."""
    if one is None or other is None:
        return one is other
    if one == other:
        return True
    first, second = _meaning(one), _meaning(other)
    return first is not None and first == second


def statements(text: bytes | None, left_out: Iterable[str]) -> list[str] | None:
    """The top-level statements of a source without some definitions."""
    tree = None if text is None else _tree(text)
    if tree is None:
        return None
    names = set(left_out)
    return [_dump(node) for node in _body(tree) if getattr(node, "name", None) not in names]


def without(text: bytes, names: Iterable[str]) -> bytes:
    """A source without some of its top-level definitions."""
    tree = _tree(text)
    lines = text.splitlines(keepends=True)
    names = set(names)
    for node in reversed(tree.body if tree else []):
        if getattr(node, "name", None) in names:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            del lines[first - 1 : node.end_lineno]
    return b"".join(lines)


def decorated_from_outside(text: bytes, names: set[str], project: Mapping[str, bytes]) -> bool:
    """Whether decorators of these definitions come from modules that are not the project's."""
    tree = _tree(text)
    assert tree is not None
    local = {path.partition("/")[0].removesuffix(".py") for path in project}
    foreign: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            foreign |= {
                (a.asname or a.name).partition(".")[0]
                for a in node.names
                if a.name.partition(".")[0] not in local
            }
        elif (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").partition(".")[0] not in local
        ):
            foreign |= {a.asname or a.name for a in node.names}
    for node in tree.body:
        if getattr(node, "name", None) in names:
            for decorator in getattr(node, "decorator_list", ()):
                root = decorator.func if isinstance(decorator, ast.Call) else decorator
                while isinstance(root, ast.Attribute):
                    root = root.value
                if not isinstance(root, ast.Name) or root.id not in foreign:
                    return False
            if isinstance(node, ast.ClassDef):
                return False
    return True


def defined(text: bytes) -> frozenset[str]:
    """Names that a source binds at its top level, also under conditions."""
    tree = _tree(text)
    return frozenset(_names(tree.body)) if tree is not None else frozenset()


def _names(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.If | ast.Try | ast.With):
            for part in ("body", "orelse", "finalbody"):
                yield from _names(getattr(node, part, ()))


@lru_cache(maxsize=4096)
def _tree(text: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=4096)
def _meaning(text: bytes) -> str | None:
    tree = _tree(text)
    return None if tree is None else "\n".join(_dump(node) for node in _body(tree))


def _body(node: ast.Module) -> list[ast.stmt]:
    first = node.body[0] if node.body else None
    return node.body[1:] if _is_docstring(first) else node.body


def _is_docstring(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


class _NoDocstrings(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.body and _is_docstring(node.body[0]):
                node.body = node.body[1:]
        elif isinstance(node, ast.Constant):
            node.kind = None
        return node


def _dump(node: ast.stmt) -> str:
    import copy

    try:
        return ast.dump(_NoDocstrings().visit(copy.deepcopy(node)))
    except RecursionError:
        return ast.dump(node)
