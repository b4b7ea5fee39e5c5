"""The import statements of a file, with the names they bind and whether they are sure to run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from modelops_bundle.analysis.walk import DEFINITIONS, children


class Certainty(IntEnum):
    """What is known of whether an import runs and what becomes of its failure."""

    #: Runs whenever the code around it does, and its failure is the caller's.
    SURE = 0
    #: Under a condition, in a loop or in a handler.
    CONDITIONAL = 1
    #: In a `try` or `with` that may swallow the failure.
    GUARDED = 2


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """`import module` (no names), or `from module import names`.

    Attributes:
        level: Leading dots.
        names: What is imported from the module; `*` for everything.
        bound: The local names, one per name; for `import a.b` the name after `as`, or "".
        typing_only: Never run: under `if TYPE_CHECKING`.
    """

    line: int
    level: int
    module: str
    names: tuple[str, ...]
    bound: tuple[str, ...]
    certainty: Certainty = Certainty.SURE
    typing_only: bool = False

    def bindings(self) -> Iterator[tuple[str, str]]:
        """(local name, dotted name that it stands for); relative names keep their dots."""
        dots = "." * self.level
        if not self.names:
            head = self.module.partition(".")[0]
            yield (self.bound[0], self.module) if self.bound[0] else (head, head)
            return
        for name, bound in zip(self.names, self.bound, strict=True):
            if name != "*":
                yield bound, f"{dots}{self.module}.{name}" if self.module else dots + name


@dataclass(frozen=True, slots=True)
class ModuleNames:
    """What the statements of a module say of its names.

    Attributes:
        imports: In source order.
        names: Everything bound at module level, in whatever branch.
    """

    imports: tuple[ImportStatement, ...]
    names: frozenset[str]


# Statements without statements inside, by far the most.
_SIMPLE = frozenset({ast.Assign, ast.AugAssign, ast.Expr, ast.Import, ast.ImportFrom, ast.Return})
_Body = Sequence[ast.stmt]


@dataclass(frozen=True, slots=True)
class _Context:
    module_level: bool = True
    certainty: Certainty = Certainty.SURE
    typing_only: bool = False

    def at_least(self, certainty: Certainty) -> _Context:
        return _Context(self.module_level, max(self.certainty, certainty), self.typing_only)

    def inner(self) -> _Context:
        return _Context(False, self.certainty, self.typing_only)

    def typing(self) -> _Context:
        return _Context(self.module_level, self.certainty, True)


def module_names(
    tree: ast.Module, known: Mapping[ast.stmt, Iterable[str]] = MappingProxyType({})
) -> ModuleNames:
    """Read all statements of a module, at any depth of nesting.

    Args:
        tree: The module.
        known: Statements of its body that are known to hold no import, with the names that
            they bind. They are not read again.
    """
    imports: list[ImportStatement] = []
    names: set[str] = set().union(*known.values())
    believed = not _redefines_type_checking(tree)
    unread = [node for node in tree.body if node not in known]
    stack: list[tuple[_Body, _Context]] = [(unread, _Context())]
    while stack:
        body, context = stack.pop()
        for node in body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                imports += _imported(node, context)
            if context.module_level:
                names.update(_bound_by(node))
            if node.__class__ not in _SIMPLE:
                stack += _blocks(node, context, believed)
    if "__getattr__" in names:
        # What a lazy module names for type checkers is what it loads on demand.
        imports = [_run(statement) for statement in imports]
    imports.sort(key=lambda statement: statement.line)
    return ModuleNames(tuple(imports), frozenset(names))


def _imported(node: ast.Import | ast.ImportFrom, context: _Context) -> Iterator[ImportStatement]:
    certainty, typing_only = context.certainty, context.typing_only
    if isinstance(node, ast.ImportFrom):
        names = tuple(alias.name for alias in node.names)
        bound = tuple(alias.asname or alias.name for alias in node.names)
        module = node.module or ""
        yield ImportStatement(node.lineno, node.level, module, names, bound, certainty, typing_only)
        return
    for alias in node.names:
        bound = (alias.asname or "",)
        yield ImportStatement(node.lineno, 0, alias.name, (), bound, certainty, typing_only)


def _blocks(node: ast.stmt, context: _Context, believed: bool) -> Iterator[tuple[_Body, _Context]]:
    """The statement lists inside a statement."""
    maybe = context.at_least(Certainty.CONDITIONAL)
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.body, context.inner()
        case ast.If():
            truth = _typing_test(node.test) if believed else None
            outcomes = {None: (maybe, maybe), True: (context.typing(), context)}
            body, orelse = outcomes.get(truth, (context, context.typing()))
            yield node.body, body
            yield node.orelse, orelse
        case ast.For() | ast.AsyncFor() | ast.While():
            yield node.body, maybe
            yield node.orelse, maybe
        case ast.With() | ast.AsyncWith():
            yield node.body, context.at_least(Certainty.GUARDED)
        case ast.Try() | ast.TryStar():
            guarded = context.at_least(Certainty.GUARDED) if node.handlers else context
            yield node.body, guarded
            for handler in node.handlers:
                yield handler.body, maybe
            yield node.orelse, maybe if node.handlers else context
            yield node.finalbody, context
        case ast.Match():
            for case in node.cases:
                yield case.body, maybe
        case _:
            pass


def _typing_test(test: ast.expr) -> bool | None:
    """True for a test that holds for type checkers only, False at run time only, else None."""
    negated = False
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, negated = test.operand, not negated
    if negated:
        inner = _typing_test(test)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        # Its `else` may run, and is then taken for one that always does.
        return True if any(_typing_test(value) for value in test.values) else None
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return True if name == "TYPE_CHECKING" else None


def _redefines_type_checking(tree: ast.Module) -> bool:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        named = any(isinstance(t, ast.Name) and t.id == "TYPE_CHECKING" for t in targets)
        if named and not (isinstance(value, ast.Constant) and value.value is False):
            return True
    return False


def _run(statement: ImportStatement) -> ImportStatement:
    if not statement.typing_only:
        return statement
    return ImportStatement(
        statement.line,
        statement.level,
        statement.module,
        statement.names,
        statement.bound,
        max(statement.certainty, Certainty.CONDITIONAL),
    )


def _bound_by(node: ast.stmt) -> Iterator[str]:
    """Names that a statement binds in its own scope, statements inside it excepted."""
    if isinstance(node, DEFINITIONS):
        yield node.name
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name.partition(".")[0]
        return
    pending: list[ast.AST] = [node]
    for inner in pending:
        if isinstance(inner, ast.Name):
            if not isinstance(inner.ctx, ast.Load):
                yield inner.id
        elif isinstance(inner, (ast.MatchAs, ast.MatchStar)):
            if inner.name:
                yield inner.name
        elif isinstance(inner, ast.MatchMapping) and inner.rest:
            yield inner.rest
        elif isinstance(inner, ast.ExceptHandler) and inner.name:
            yield inner.name
        pending += _expressions(inner)


def _expressions(node: ast.AST) -> Iterable[ast.AST]:
    return (child for child in children(node) if not isinstance(child, ast.stmt))


def bindings_of(imports: Iterable[ImportStatement]) -> dict[str, frozenset[str]]:
    """Local names with all dotted names that these imports bind them to."""
    found: dict[str, set[str]] = {}
    for statement in imports:
        for name, dotted in statement.bindings():
            found.setdefault(name, set()).add(dotted)
    return {name: frozenset(dotted) for name, dotted in found.items()}
