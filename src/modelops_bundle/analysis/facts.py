"""Everything that one file says by itself, wherever it stands; cached by content."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from modelops_bundle.analysis.chains import Chain, chains_of
from modelops_bundle.analysis.dynamic import DynamicImport, comments_of, dynamic_imports
from modelops_bundle.analysis.imports import (
    Certainty,
    ImportStatement,
    bindings_of,
    module_names,
)
from modelops_bundle.analysis.mentions import (
    PURE_BUILTINS,
    Reach,
    definition_calls,
    reach_of,
    words_of,
)
from modelops_bundle.analysis.search_path import SearchPathEdit, search_path_edits
from modelops_bundle.analysis.semantic import (
    DEFINITIONS,
    Statement,
    canonical,
    docstring_of,
    statement_of,
    text_digest,
)
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.texts import TextEvaluator

# What can give a module names that no statement binds.
_INJECTORS = frozenset({"__dict__", "exec", "eval", "globals", "locals", "vars", "modules"})
_OWN_SETATTR = frozenset({"self", "cls", "obj", "instance"})


@dataclass(frozen=True, slots=True)
class Exports:
    """A module's `__all__`.

    Attributes:
        names: What it lists, as far as that can be told.
        computed: It may hold more.
    """

    names: tuple[str, ...]
    computed: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A dotted name that is read through an import.

    Attributes:
        dotted: The longest one, in terms of what is imported; relative names keep their dots.
        line: Where it is read first.
        attributes: How many of its last parts are attributes of what is imported; 0 where the
            name may stand for something else.
    """

    dotted: str
    line: int
    attributes: int


@dataclass(frozen=True)
class FileFacts:
    """A parsed file.

    Attributes:
        docstring: Digest of the module's docstring, or "".
        statements: The top-level statements after it.
        imports, dynamic: What it imports.
        names: Everything bound at module level.
        open_ended: It may have names that no statement binds.
        exports: Its `__all__`, if it has one.
        words: Every name that its statements mention.
        solitary: Top-level definitions that no other statement of the file mentions, with the
            names that are called when the definition runs.
        reads: What is read through imports.
        changes: Attributes set through imports.
        shadowed: Imported names that something else binds too.
        search_path: Where it adds to `sys.path`.
    """

    docstring: str
    statements: tuple[Statement, ...]
    imports: tuple[ImportStatement, ...]
    dynamic: tuple[DynamicImport, ...]
    names: frozenset[str]
    open_ended: bool
    exports: Exports | None
    words: frozenset[str]
    solitary: tuple[tuple[str, frozenset[str]], ...]
    reads: tuple[Read, ...]
    changes: frozenset[str]
    shadowed: frozenset[str]
    reach: Reach
    search_path: tuple[SearchPathEdit, ...] = ()

    @cached_property
    def bindings(self) -> dict[str, frozenset[str]]:
        """Imported local names and what they may stand for."""
        return bindings_of(self.imports)


def extract_facts(source: ParsedSource) -> FileFacts:
    """Read a file once for everything that the analysis of imports and digests needs."""
    nodes: dict[type, list[ast.AST]] = defaultdict(list)
    statements: list[Statement] = []
    mentioned: list[set[str]] = []
    body = source.tree.body
    docstring = docstring_of(body)
    if docstring is not None:
        body = body[1:]
    for node in body:
        walked = canonical((node,))
        statements.append(statement_of(node, walked))
        mentioned.append(words_of(walked))
        for child in walked.nodes:
            nodes[child.__class__].append(child)
    named = module_names(source.tree)
    bindings = bindings_of(named.imports)
    evaluator = TextEvaluator(nodes, bindings)
    chains = chains_of(nodes, bindings)
    comments = comments_of(source)
    shadowed = _shadowed(nodes) & set(bindings)
    reads = _reads(chains, _unclear(named.imports) | shadowed)
    words: set[str] = set().union(*mentioned)
    dotted = {read.dotted for read in reads}.union(*bindings.values())
    return FileFacts(
        docstring="" if docstring is None else text_digest(docstring),
        statements=tuple(statements),
        imports=named.imports,
        dynamic=dynamic_imports(comments, chains, nodes, evaluator),
        names=named.names | _declared_global(nodes),
        open_ended=bool(words & _INJECTORS) or _sets_attributes(nodes.get(ast.Call, ())),
        exports=_exports(body, evaluator) if "__all__" in named.names else None,
        words=frozenset(words),
        solitary=tuple(_solitary(body, mentioned, named.names)),
        reads=reads,
        changes=frozenset(
            chain.node.attr
            for chain in chains
            if not chain.read and isinstance(chain.node, ast.Attribute)
        ),
        shadowed=frozenset(shadowed),
        reach=reach_of(nodes, words, dotted),
        search_path=search_path_edits(chains, nodes, evaluator, frozenset(comments)),
    )


def _unclear(imports: Iterable[ImportStatement]) -> set[str]:
    """Imported names that may be missing, or stand for one of several things."""
    meanings: dict[str, set[str]] = defaultdict(set)
    unclear: set[str] = set()
    for statement in imports:
        for name, dotted in statement.bindings():
            meanings[name].add(dotted)
            if statement.certainty is not Certainty.SURE or statement.typing_only:
                unclear.add(name)
    return unclear.union(name for name, dotted in meanings.items() if len(dotted) > 1)


def _reads(chains: Iterable[Chain], unclear: set[str]) -> tuple[Read, ...]:
    found: dict[str, Read] = {}
    for chain in chains:
        if chain.read:
            attributes = 0 if chain.root in unclear else chain.attributes
            earlier = found.get(chain.dotted)
            if earlier is None or chain.node.lineno < earlier.line:
                found[chain.dotted] = Read(chain.dotted, chain.node.lineno, attributes)
    return tuple(found[dotted] for dotted in sorted(found))


def _declared_global(nodes: dict[type, list[ast.AST]]) -> set[str]:
    names: set[str] = set()
    for node in nodes.get(ast.Global, ()):
        names.update(node.names if isinstance(node, ast.Global) else ())
    for node in nodes.get(ast.NamedExpr, ()):
        if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def _sets_attributes(calls: Iterable[ast.AST]) -> bool:
    for call in calls:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id == "setattr" and call.args:
            target = call.args[0]
            if not (isinstance(target, ast.Name) and target.id in _OWN_SETATTR):
                return True
    return False


def _shadowed(nodes: dict[type, list[ast.AST]]) -> set[str]:
    names: set[str] = set()
    for node in nodes.get(ast.Name, ()):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
    for node in nodes.get(ast.arg, ()):
        if isinstance(node, ast.arg):
            names.add(node.arg)
    for kind in (*DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar):
        names.update(getattr(node, "name", None) or "" for node in nodes.get(kind, ()))
    names.update(getattr(node, "rest", None) or "" for node in nodes.get(ast.MatchMapping, ()))
    return names


def _solitary(
    body: Sequence[ast.stmt], mentioned: Sequence[set[str]], names: frozenset[str]
) -> Iterable[tuple[str, frozenset[str]]]:
    defined: dict[str, int] = defaultdict(int)
    mentions: dict[str, int] = defaultdict(int)
    for node, words in zip(body, mentioned, strict=True):
        if isinstance(node, DEFINITIONS):
            defined[node.name] += 1
        for word in words:
            mentions[word] += 1
    for node, words in zip(body, mentioned, strict=True):
        if not isinstance(node, DEFINITIONS) or defined[node.name] > 1:
            continue
        if mentions[node.name] > (node.name in words):
            continue
        called = definition_calls(node)
        if called is not None:
            yield node.name, called - (PURE_BUILTINS - names)


def _exports(body: Sequence[ast.stmt], evaluator: TextEvaluator) -> Exports:
    """What `__all__` lists, in whatever way the module builds it."""
    names: dict[str, None] = {}
    computed = False
    pending: list[ast.AST] = list(body)
    for node in pending:
        value: ast.expr | None = None
        match node:
            case ast.Assign(targets=targets) if any(map(_is_all, targets)):
                value = node.value
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target) if _is_all(target):
                value = node.value
            case ast.Call(func=ast.Attribute(value=owner, attr=method)) if _is_all(owner):
                if method == "append" and node.args:
                    value = ast.List(node.args[:1], ast.Load())
                elif method in ("extend", "append"):
                    value = node.args[0] if node.args else None
                else:
                    computed = computed or method not in ("remove", "sort", "clear")
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case _:
                pass
        if value is not None:
            listed = evaluator.elements(value, "exports").values
            computed = computed or listed is None
            names.update(dict.fromkeys(listed or _literals(value)))
        pending += ast.iter_child_nodes(node)
    return Exports(tuple(names), computed)


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"


def _literals(value: ast.expr) -> list[str]:
    return [
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
