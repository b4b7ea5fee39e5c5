"""Names that a module of the project is asked for and does not define: importing would fail.

Only what is certain is reported. A module may get names from `__getattr__`, from outside, or
from code that works on its namespace; then nothing is said about it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from modelops_bundle.analysis.imports import Certainty
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.links import Use
from modelops_bundle.analysis.modules import ModulePlace, PlaceKind
from modelops_bundle.analysis.source import ParsedSource
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


def missing_names(linker: Linker, files: Iterable[BundlePath]) -> Iterator[Finding]:
    """What the files of one closure take from each other and is not there, in order."""
    loaded = frozenset(files)
    members = sorted(loaded)
    facts = {
        file: found
        for file in members
        if file.endswith(".py") and (found := linker.store.parsed_facts(file)) is not None
    }
    set_elsewhere: set[str] = set()
    handed_on: set[BundlePath] = set()
    for file, found in facts.items():
        set_elsewhere |= found.changes
        if "setattr" in found.words:
            handed_on |= linker.links(file).exposed
        if any(f"{read.dotted}.".startswith("sys.modules.") for read in found.reads):
            return
    computed = any(linker.links(file).computed for file in facts)
    for file in facts:
        for use in linker.links(file).uses:
            if use.loads is not None and (computed or use.loads in loaded):
                continue
            source = use.place.file
            if source is None or source in handed_on or use.name in set_elsewhere:
                continue
            if may_define(linker, use.place, use.name, submodule=use.submodule):
                continue
            finding = _finding(linker, file, use)
            if finding is not None:
                yield finding


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
        pending += [(child, doubtful) for child in ast.iter_child_nodes(node)]
    return Certainty.GUARDED


def _covers(node: ast.stmt, line: int) -> bool:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min(node.lineno, *(decorator.lineno for decorator in decorators), node.lineno)
    return first <= line <= (node.end_lineno or line)
