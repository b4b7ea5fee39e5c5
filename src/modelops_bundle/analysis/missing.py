"""Names that a module of the project is asked for and does not define: importing would fail.

Only what is certain is reported. A module may get names from `__getattr__`, from outside, or
from code that works on its namespace; then nothing is said about it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.imports import Certainty
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.links import Use
from modelops_bundle.analysis.modules import ModulePlace, PlaceKind
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.walk import children
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath

CODE = "MB304"

_DOUBTFUL = (
    ast.If,
    ast.IfExp,
    ast.BoolOp,
    ast.While,
    ast.For,
    ast.AsyncFor,
    ast.Try,
    ast.TryStar,
    ast.With,
    ast.AsyncWith,
    ast.Match,
    ast.comprehension,
    ast.Assert,
)


@dataclass(frozen=True, slots=True)
class _FileUses:
    """What matters of one file, whatever closure it is part of.

    Attributes:
        changes: Attributes that it sets through imports.
        handed_on: Files to whose modules it may add names.
        searches: It looks modules up, so that nothing is certain.
        computed: It may import what cannot be told.
        missing: Names that it takes from modules and that those do not define.
    """

    changes: frozenset[str]
    handed_on: frozenset[BundlePath]
    searches: bool
    computed: bool
    missing: tuple[Use, ...]


class MissingNames:
    """Judges closures, each file and what is missing in it once."""

    def __init__(self) -> None:
        self._uses: dict[tuple[Linker, BundlePath], _FileUses | None] = {}
        self._found: dict[tuple[Linker, BundlePath, Use], Finding | None] = {}

    def of(self, linker: Linker, files: Iterable[BundlePath]) -> Iterator[Finding]:
        """What the files of one closure take from each other and is not there, in order."""
        loaded = frozenset(files)
        known = {file: uses for file in sorted(loaded) if (uses := self._of_file(linker, file))}
        if any(uses.searches for uses in known.values()):
            return
        changes = frozenset[str]().union(*(uses.changes for uses in known.values()))
        handed_on = frozenset[BundlePath]().union(*(uses.handed_on for uses in known.values()))
        computed = any(uses.computed for uses in known.values())
        for file, uses in known.items():
            for use in uses.missing:
                if use.loads is not None and (computed or use.loads in loaded):
                    continue
                if use.place.file not in handed_on and use.name not in changes:
                    finding = self._finding(linker, file, use)
                    if finding is not None:
                        yield finding

    def _of_file(self, linker: Linker, file: BundlePath) -> _FileUses | None:
        if (linker, file) not in self._uses:
            self._uses[linker, file] = _uses_of(linker, file)
        return self._uses[linker, file]

    def _finding(self, linker: Linker, file: BundlePath, use: Use) -> Finding | None:
        if (linker, file, use) not in self._found:
            self._found[linker, file, use] = _finding(linker, file, use)
        return self._found[linker, file, use]


def _uses_of(linker: Linker, file: BundlePath) -> _FileUses | None:
    facts = linker.store.parsed_facts(file) if file.endswith(".py") else None
    if facts is None:
        return None
    links = linker.links(file)
    return _FileUses(
        changes=facts.changes,
        handed_on=frozenset(links.exposed if "setattr" in facts.words else ()),
        searches=any(f"{read.dotted}.".startswith("sys.modules.") for read in facts.reads),
        computed=bool(links.computed),
        missing=tuple(
            use
            for use in links.uses
            if use.place.file is not None
            and not may_define(linker, use.place, use.name, submodule=use.submodule)
        ),
    )


def may_define(linker: Linker, place: ModulePlace, name: str, *, submodule: bool = False) -> bool:
    """Whether a module may have a name; False only where it surely has not.

    Args:
        linker: Where facts come from.
        place: The module.
        name: An attribute of it, no submodule that can be found.
        submodule: Ask for an importable submodule, which no attribute can stand for.
    """
    if name.startswith("__") and name.endswith("__"):
        return True
    seen: set[BundlePath] = set()
    pending = [place]
    for module in pending:
        if module.kind is PlaceKind.NAMESPACE or module.source is None:
            return True
        if module.source in seen:
            continue
        seen.add(module.source)
        facts = linker.store.parsed_facts(module.source)
        if facts is None or facts.open_ended or module.opaque:
            return True
        if submodule:
            return "__path__" in facts.words
        if name in facts.names or "__getattr__" in facts.names:
            return True
        if any(edit.package for edit in facts.search_path):
            return True  # it may be a submodule in a folder that is not followed
        for statement in facts.imports:
            if "*" not in statement.names:
                continue
            dotted = linker.index.resolve_relative(module.source, statement.level, statement.module)
            target = linker.index.locate(dotted) if dotted else None
            if target is None:
                return True
            pending.append(target)
    return False


def _finding(linker: Linker, file: BundlePath, use: Use) -> Finding | None:
    certainty = use.certainty
    if use.attribute:
        if use.place.source in linker.links(file).exposed:
            return None  # handed to `hasattr`, or to something that adds to it
        certainty = _certainty_of_attribute(linker, file, use)
    if certainty is Certainty.GUARDED:
        return None
    module = use.place.name
    if use.loads is not None:
        certainty = Certainty.CONDITIONAL
        message = f"{module}.{use.name} is used here, and nothing has imported it"
    elif not use.submodule:
        message = f"{module}.{use.name} is used here and {use.place.file} does not define it"
    elif use.place.kind is PlaceKind.PACKAGE:
        message = f"there is no module {module}.{use.name} in {use.place.file}'s package"
    else:
        message = f"{module}.{use.name} is imported here and {use.place.file} is no package"
    return Finding(
        code=CODE,
        severity=Severity.ERROR if certainty is Certainty.SURE else Severity.WARNING,
        key=str(file),
        message=message,
        hint=_hint(linker, use),
        location=Location(file, use.line),
    )


def _hint(linker: Linker, use: Use) -> str:
    from difflib import get_close_matches

    if use.loads is not None:
        return f"add 'import {use.place.name}.{use.name}'"
    facts = linker.store.parsed_facts(use.place.source) if use.place.source else None
    names = sorted(facts.names) if facts is not None and not use.submodule else []
    close = get_close_matches(use.name, names, n=3)
    if close:
        return f"did it become {' or '.join(repr(name) for name in close)}?"
    return f"define it in {use.place.file}, or change the line that uses it"


def _certainty_of_attribute(linker: Linker, file: BundlePath, use: Use) -> Certainty:
    """Whether `module.name` surely runs with its function; looked at only where it is missing."""
    source = linker.index.parsed(file)
    if not isinstance(source, ParsedSource):
        return Certainty.GUARDED
    pending: list[tuple[ast.AST, bool]] = [(source.tree, False)]
    for node, doubtful in pending:
        if isinstance(node, ast.stmt) and not _covers(node, use.line):
            continue
        if isinstance(node, ast.Attribute) and node.attr == use.name and node.lineno == use.line:
            return Certainty.GUARDED if doubtful else Certainty.SURE
        doubtful = doubtful or isinstance(node, _DOUBTFUL)
        pending += [(child, doubtful) for child in children(node)]
    return Certainty.GUARDED


def _covers(node: ast.stmt, line: int) -> bool:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min(node.lineno, *(decorator.lineno for decorator in decorators), node.lineno)
    return first <= line <= (node.end_lineno or line)
