"""Everything that one file says by itself, wherever it stands; cached by content."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from modelops_bundle.analysis import dynamic, search_path
from modelops_bundle.analysis.attribute_sets import attributes_set_in
from modelops_bundle.analysis.chains import BUILT_IN, chains_of
from modelops_bundle.analysis.data_texts import NOTHING, DataTexts, data_texts
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
from modelops_bundle.analysis.package_paths import ATTRIBUTE, package_path_edits
from modelops_bundle.analysis.search_path import SearchPathEdit, search_path_edits
from modelops_bundle.analysis.semantic import Statement, statement_of, text_digest
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.texts import TextEvaluator
from modelops_bundle.analysis.walk import DEFINITIONS, Dotted, canonical, children, docstring_of

# What can give a module names that no statement binds.
_INJECTORS = frozenset({"__dict__", "exec", "eval", "globals", "locals", "vars", "modules"})
_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
# Statements that neither import nor hold statements.
_PLAIN = frozenset({ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Assert, ast.Delete, ast.Expr})
_FOLLOWED = dynamic.FOLLOWED | search_path.FOLLOWED
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
        search_path: Where it adds to `sys.path`, and then where to a package's `__path__`.
        data: Paths that it names or builds.
        attributes_set: `attributes_set_in` it.
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
    data: DataTexts = NOTHING
    search_path: tuple[SearchPathEdit, ...] = ()
    attributes_set: frozenset[str] = frozenset()

    @cached_property
    def bindings(self) -> dict[str, frozenset[str]]:
        """Imported local names and what they may stand for."""
        return bindings_of(self.imports)


def extract_facts(source: ParsedSource) -> FileFacts:
    """Read a file once for everything that the analysis of imports and digests needs."""
    body = source.tree.body
    docstring = docstring_of(body)
    if docstring is not None:
        body = body[1:]
    read = _Reading(body)
    words = read.words
    named = module_names(source.tree, read.bound)
    bindings = bindings_of(named.imports)
    evaluator = TextEvaluator(lambda: read.nodes, bindings)
    rebound, names = read.rebound(), named.names | read.declared()
    has_star = any("*" in statement.names for statement in named.imports)
    shadowed = rebound & bindings.keys()
    reads = _reads(read.dotted, bindings, _unclear(named.imports) | shadowed)
    dotted = {one.dotted for one in reads}.union(*bindings.values())
    comments = comments_of(source)
    followed = _follows(reads, read.dotted, bindings)
    nodes = read.nodes if followed else {}
    settled = frozenset(comments)
    chains = chains_of(nodes, bindings)
    packages: tuple[SearchPathEdit, ...] = ()
    if ATTRIBUTE in words or ATTRIBUTE in read.strings:
        packages = package_path_edits(read.nodes, evaluator, bindings, settled)
    return FileFacts(
        docstring="" if docstring is None else text_digest(docstring),
        statements=tuple(read.statements),
        imports=named.imports,
        dynamic=dynamic_imports(comments, chains, nodes, evaluator),
        names=names,
        open_ended=not words.isdisjoint(_INJECTORS) or _sets_attributes(read),
        exports=_exports(body, evaluator) if "__all__" in named.names else None,
        words=frozenset(words),
        solitary=tuple(_solitary(body, read.mentioned, named.names)),
        reads=reads,
        changes=_changes(read.dotted, bindings),
        shadowed=frozenset(shadowed),
        reach=reach_of(read.names, words, dotted, has_metaclass="metaclass" in read.keywords),
        search_path=search_path_edits(chains, nodes, evaluator, settled) + packages,
        data=data_texts(read.strings, words, lambda: read.nodes, bindings, body, read.mentioned),
        attributes_set=attributes_set_in(
            read.dotted.attributes_set,
            words,
            lambda: read.nodes,
            lambda name: not has_star and name in rebound - names - read.in_classes,
        ),
    )


class _Reading:
    """The top-level statements of a file, each walked once.

    Attributes:
        statements: The digests of each.
        mentioned: The words of each.
        words: All words.
        strings: All string constants.
        names, keywords: Identifiers of all names, and what calls call their arguments.
        dotted: All dotted names.
        bound: Statements without imports, with the names that they bind.
    """

    def __init__(self, body: Sequence[ast.stmt]) -> None:
        self.statements: list[Statement] = []
        self.mentioned: list[set[str]] = []
        self.strings: set[str] = set()
        self.names: set[str] = set()
        self.keywords: set[str] = set()
        self.dotted = Dotted()
        self.bound: dict[ast.stmt, Iterable[str]] = {}
        self._stored: set[str] = set()
        self._rare: dict[type, list[ast.AST]] = defaultdict(list)
        self._walked: list[list[ast.AST]] = []
        for node in body:
            walked = canonical((node,), self.dotted)
            self._walked.append(walked.nodes)
            self.statements.append(statement_of(node, walked))
            self.mentioned.append(words_of(walked))
            self.strings |= walked.strings
            self.names |= walked.names
            self.keywords |= walked.keywords
            self._stored |= walked.stored
            self._stored |= walked.parameters
            kinds = {type(other) for other in walked.others}
            for other in walked.others:
                self._rare[type(other)].append(other)
            if not kinds.isdisjoint(_IMPORTS):
                continue
            if isinstance(node, DEFINITIONS):
                self.bound[node] = (node.name,)
            elif type(node) in _PLAIN:
                self.bound[node] = walked.stored
        self.words: set[str] = set().union(*self.mentioned)

    @cached_property
    def nodes(self) -> dict[type, list[ast.AST]]:
        """All nodes by type, in the order of the walk."""
        found: dict[type, list[ast.AST]] = defaultdict(list)
        for nodes in self._walked:
            for node in nodes:
                found[type(node)].append(node)
        return found

    @cached_property
    def in_classes(self) -> set[str]:
        """Names that the bodies of classes bind."""
        found: set[str] = set()
        for node in self._rare.get(ast.ClassDef, ()):
            pending = children(node)
            for inner in pending:
                if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                    found.add(inner.id)
                elif not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    pending += children(inner)
        return found

    def rebound(self) -> set[str]:
        """Names that something else than an import binds, in whatever scope."""
        names, rare = set(self._stored), self._rare
        for kind in (*DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar):
            names.update(getattr(node, "name", None) or "" for node in rare.get(kind, ()))
        names.update(getattr(node, "rest", None) or "" for node in rare.get(ast.MatchMapping, ()))
        return names

    def declared(self) -> set[str]:
        """Names that functions may bind in the module."""
        names: set[str] = set()
        for node in self._rare.get(ast.Global, ()):
            names.update(node.names if isinstance(node, ast.Global) else ())
        for node in self._rare.get(ast.NamedExpr, ()):
            if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
        return names


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


def _reads(
    dotted: Dotted, bindings: Mapping[str, frozenset[str]], unclear: set[str]
) -> tuple[Read, ...]:
    first: dict[str, tuple[int, int]] = {}
    heads = {**BUILT_IN, **bindings}
    for local, line in dotted.reads.items():
        root, dot, rest = local.partition(".")
        for head in heads.get(root, ()):
            attributes = 0 if root in unclear or not dot else rest.count(".") + 1
            place = first.get(head + dot + rest)
            if place is None or (line, attributes) < place:
                first[head + dot + rest] = (line, attributes)
    return tuple(Read(name, *first[name]) for name in sorted(first))


def _changes(dotted: Dotted, bindings: Mapping[str, frozenset[str]]) -> frozenset[str]:
    heads = {**BUILT_IN, **bindings}
    return frozenset(
        local.rpartition(".")[2] for local in dotted.changes if local.partition(".")[0] in heads
    )


def _follows(reads: Iterable[Read], dotted: Dotted, bindings: Mapping[str, frozenset[str]]) -> bool:
    """Whether the file names anything that imports by name, or `sys.path`; few files do."""
    if any(read.dotted in _FOLLOWED for read in reads):
        return True
    for local in dotted.changes:
        root, dot, rest = local.partition(".")
        if any(head + dot + rest in _FOLLOWED for head in bindings.get(root, ())):
            return True
    return False


def _sets_attributes(read: _Reading) -> bool:
    """Whether `setattr` is called on what may be a module."""
    if "setattr" not in read.names:
        return False
    for call in read.nodes[ast.Call]:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id == "setattr" and call.args:
            target = call.args[0]
            if not (isinstance(target, ast.Name) and target.id in _OWN_SETATTR):
                return True
    return False


def _solitary(
    body: Sequence[ast.stmt], mentioned: Sequence[set[str]], names: frozenset[str]
) -> Iterable[tuple[str, frozenset[str]]]:
    defined: dict[str, int] = defaultdict(int)
    mentions: Counter[str] = Counter()
    for node, words in zip(body, mentioned, strict=True):
        if isinstance(node, DEFINITIONS):
            defined[node.name] += 1
        mentions.update(words)
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
        pending += children(node)
    return Exports(tuple(names), computed)


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"


def _literals(value: ast.expr) -> list[str]:
    return [
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
