"""Which top-level definitions of a closure one symbol can reach, by name.

This annotates what changed and decides nothing: on real frameworks such a slice misses functions
that are looked up by name. Every doubt therefore counts as reached, and where names can be made
up while the program runs nothing is said at all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.facts import FileFacts, extract_facts
from modelops_bundle.analysis.mentions import PURE_BUILTINS, definition_calls, words_of
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.walk import DEFINITIONS, canonical, without_docstring
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath

#: What makes an attribute's or a module's name from a value.
_LOOKUPS = frozenset({"attrgetter", "methodcaller", "getattr_static", "pickle", "unpickle"})


@dataclass(frozen=True, slots=True)
class _Statement:
    symbol: str
    words: frozenset[str]
    runs: bool


def reached_names(
    sources: Iterable[ParsedSource | ParseFailure],
    symbol: str,
    left_out: frozenset[tuple[BundlePath, str]] = frozenset(),
) -> frozenset[str] | None:
    """Every name that the symbol's code, or importing these files, may use.

    Args:
        sources: The closure; several versions of a file count together.
        symbol: The qualified name of the entry's symbol.
        left_out: (file, symbol) of definitions that are known not to matter.

    Returns:
        None where that cannot be told: code looks names up, or does not parse.
    """
    statements: list[_Statement] = []
    for source in sources:
        if isinstance(source, ParseFailure):
            return None
        facts = extract_facts(source)
        if _computes_names(source, facts):
            return None
        pure = PURE_BUILTINS - facts.names
        statements += _statements(source, pure, left_out)
    defined: dict[str, list[_Statement]] = {}
    for statement in statements:
        if statement.symbol:
            defined.setdefault(statement.symbol, []).append(statement)
    pending = [symbol.partition(".")[0]]
    for statement in statements:
        if statement.runs:
            pending += (statement.symbol, *statement.words)
    reached = set(pending)
    for name in pending:
        for statement in defined.get(name, ()):
            new = statement.words - reached
            reached |= new
            pending += new
    return frozenset(reached - {""})


def _statements(
    source: ParsedSource, pure: frozenset[str], left_out: frozenset[tuple[BundlePath, str]]
) -> Iterator[_Statement]:
    for node in without_docstring(source.tree.body):
        symbol = node.name if isinstance(node, DEFINITIONS) else ""
        if (source.path, symbol) not in left_out:
            words = frozenset(words_of(canonical((node,))))
            yield _Statement(symbol, words, _runs(node, pure))


def _runs(node: ast.stmt, pure: frozenset[str]) -> bool:
    """Whether a statement does more, when its module is imported, than make a definition."""
    if not isinstance(node, DEFINITIONS) or node.name.startswith("__"):
        return True
    if isinstance(node, ast.ClassDef) and (node.bases or node.keywords):
        return True  # `__init_subclass__` of a base, or its metaclass
    called = definition_calls(node)
    return called is None or not called <= pure


def _computes_names(source: ParsedSource, facts: FileFacts) -> bool:
    """Whether a name that is used may be written nowhere."""
    if facts.reach.own or facts.reach.anywhere or facts.open_ended or facts.words & _LOOKUPS:
        return True
    if any(call.names is None for call in facts.dynamic):
        return True
    if "getattr" not in facts.words:
        return False
    literal: set[int] = set()
    mentions: list[ast.Name] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                literal.add(id(node.func))
        elif isinstance(node, ast.Name) and node.id == "getattr":
            mentions.append(node)
        elif isinstance(node, ast.Attribute) and node.attr == "getattr":
            return True
    return any(id(node) not in literal for node in mentions)
