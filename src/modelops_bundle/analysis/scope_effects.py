"""What can change a name or a container behind the back of its bindings.

A name-based scan of one module or function: `global` statements, assignment expressions,
containers that are changed in place or handed to code that may change them, attributes that are
set from outside, and namespaces that are written to as dictionaries. It errs towards "may change".
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from modelops_bundle.analysis.bindings_writes import namespace_writes
from modelops_bundle.analysis.scope import ScopeKind
from modelops_bundle.analysis.scope_locals import (
    PURE_METHODS,
    is_parameter,
    local_names,
    only_reads,
    reaches_class,
)
from modelops_bundle.analysis.walk import children

# How a value is used. Further usages are "=NAME": it becomes known under that name too.
_READ = "read"
_CHANGE = "change"
# Its elements flow on, and a container among them may be changed there.
_LEAK = "leak"
# It becomes known under a name that is not followed.
_HELD = "="

_NAMESPACES = frozenset({"globals", "locals", "vars"})


class SetOn(StrEnum):
    """What `x.name = …` sets an attribute of, as far as one file tells."""

    #: Whatever the expression is when the module has run.
    EXPRESSION = "expression"
    #: A parameter of a function: anything that is passed to it.
    PARAMETER = "parameter"
    #: Some class of this file: `cls`, `type(x)` or `x.__class__`.
    CLASS = "class"


@dataclass(frozen=True, slots=True, eq=False)
class AttributeSet:
    """`base.attribute = …`, or `setattr(base, …)`; what is set on `self` or a local is left out."""

    base: ast.expr
    line: int
    on: SetOn
    in_function: bool


@dataclass(slots=True, eq=False)
class Effects:
    """What one module or function may change.

    Attributes:
        rebound: Names that are bound out of sequence, with the line.
        changed: Names whose container is changed in place, with the line; an attribute `x` of
            anything goes by `.x`, here and in the following.
        leaked: Names whose elements are handed on.
        handed: Names whose container is passed to a call: the functions called.
        attributes_set: By attribute (without a dot); `*` where its name is computed.
        dynamic: Line of code that writes to a namespace as a dictionary or executes text, or 0.
    """

    rebound: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    leaked: dict[str, int] = field(default_factory=dict)
    handed: dict[str, list[ast.expr]] = field(default_factory=dict)
    attributes_set: dict[str, list[AttributeSet]] = field(default_factory=dict)
    dynamic: int = 0


def effects_of(root: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Effects:
    """Scan a module, or one function with what is nested in it."""
    scan = _Scan(root)
    scan.run()
    return scan.effects


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where the scan is: the functions around it and the names that are theirs."""

    functions: tuple[ast.AST, ...] = ()
    local: frozenset[str] = frozenset()
    in_class: bool = False

    @property
    def kind(self) -> ScopeKind:
        """What the innermost scope is."""
        if self.in_class:
            return ScopeKind.CLASS
        return ScopeKind.FUNCTION if self.functions else ScopeKind.MODULE


class _Scan:
    def __init__(self, root: ast.AST) -> None:
        self.effects = Effects()
        self._root = root
        self._stack: list[tuple[ast.AST, str, _Place]] = []
        self._aliases: dict[str, set[str]] = {}
        self._augmented: dict[str, int] = {}
        self._visitors: dict[type[ast.AST], Callable[[ast.AST, str, _Place], None]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.Assign: self._assign,
            ast.AnnAssign: self._assign,
            ast.Expr: self._expression,
            ast.NamedExpr: self._walrus,
            ast.AugAssign: self._augment,
            ast.Global: self._global,
            ast.Nonlocal: self._global,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.Lambda: self._function,
            ast.ClassDef: self._class,
            ast.For: self._loop,
            ast.AsyncFor: self._loop,
            ast.comprehension: self._loop,
            ast.Starred: self._pass_leak,
            ast.Return: self._pass_leak,
            ast.Yield: self._pass_leak,
            ast.BinOp: self._pass_leak,
            ast.IfExp: self._pass_on,
            ast.BoolOp: self._pass_on,
            ast.List: self._pass_on,
            ast.Tuple: self._pass_on,
            ast.Set: self._pass_on,
            ast.Dict: self._pass_on,
        }

    def run(self) -> None:
        self._push_children(self._root, _READ, _Place())
        while self._stack:
            node, usage, place = self._stack.pop()
            visit = self._visitors.get(type(node))
            if visit is None:
                self._push_children(node, _READ, place)
            else:
                visit(node, usage, place)
        self._follow_aliases()

    def _push_children(self, node: ast.AST, usage: str, place: _Place) -> None:
        for child in children(node):
            self._stack.append((child, usage, place))

    def _name(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.Name)
        if node.id not in place.local:
            self._use(node.id, usage, node.lineno)

    def _use(self, name: str, usage: str, line: int) -> None:
        if usage in (_CHANGE, _HELD):
            self.effects.changed.setdefault(name, line)
        elif usage == _LEAK:
            self.effects.leaked.setdefault(name, line)
        elif usage != _READ:
            self._alias(name, usage[1:])

    def _alias(self, one: str, other: str) -> None:
        self._aliases.setdefault(one, set()).add(other)
        self._aliases.setdefault(other, set()).add(one)

    def _attribute(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.Attribute)
        if isinstance(node.ctx, ast.Load):
            self._use("." + node.attr, usage, node.lineno)
            if node.attr == "__dict__" and usage not in (_READ, _LEAK):
                self._set_attribute(node.value, "*", node.lineno, place)
        else:
            self._set_attribute(node.value, node.attr, node.lineno, place)
        self._stack.append((node.value, _READ, place))

    def _set_attribute(self, base: ast.expr, name: str, line: int, place: _Place) -> None:
        on: SetOn | None = SetOn.EXPRESSION
        root = base
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        if reaches_class(base):
            on = SetOn.CLASS
        elif isinstance(root, ast.Name) and root.id in place.local:
            on = _set_on_local(root.id, place.functions) if root is base else None
        if on is not None:
            found = AttributeSet(base, line, on, bool(place.functions))
            self.effects.attributes_set.setdefault(name, []).append(found)

    def _subscript(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.Subscript)
        self._stack.append((node.slice, _READ, place))
        if not isinstance(node.ctx, ast.Load):
            usage = _CHANGE
            name = _global_item(node)
            if name:
                self.effects.rebound.setdefault(name, node.lineno)
                return
        elif usage != _CHANGE:
            # What is taken out of a container may be read, held or handed on.
            usage = _READ if usage == _READ else _LEAK
        self._stack.append((node.value, usage, place))

    def _call(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.Call)
        function = node.func
        if isinstance(function, ast.Attribute):
            pure = function.attr in PURE_METHODS
            method_usage = _LEAK if pure else _CHANGE
            self._stack.append((function.value, method_usage, place))
        else:
            self._stack.append((function, _READ, place))
        if isinstance(function, ast.Name):
            self._call_of_name(node, function.id, usage, place)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if only_reads(function):
            self._stack.extend((argument, _LEAK, place) for argument in arguments)
            return
        for argument in arguments:
            if isinstance(argument, ast.Name):
                if argument.id not in place.local:
                    self.effects.handed.setdefault(argument.id, []).append(function)
            elif isinstance(argument, ast.Attribute):
                self.effects.handed.setdefault("." + argument.attr, []).append(function)
                self._stack.append((argument, _READ, place))
            else:
                self._stack.append((argument, _HELD, place))

    def _call_of_name(self, node: ast.Call, name: str, usage: str, place: _Place) -> None:
        if name == "exec":
            self.effects.dynamic = self.effects.dynamic or node.lineno
        elif name in _NAMESPACES and not node.args:
            own = name == "globals" or not place.functions
            if own and usage not in (_READ, _LEAK):
                self.effects.dynamic = self.effects.dynamic or node.lineno
        elif name in ("setattr", "delattr") and len(node.args) >= 2:
            base, attribute = node.args[:2]
            text = "*"
            if isinstance(attribute, ast.Constant) and isinstance(attribute.value, str):
                text = attribute.value
            if isinstance(base, ast.Subscript):
                # `setattr(sys.modules[__name__], …)`
                self.effects.dynamic = self.effects.dynamic or node.lineno
            self._set_attribute(base, text, node.lineno, place)

    def _assign(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, (ast.Assign, ast.AnnAssign))
        if self._written(node, place):
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        self._stack.extend((target, _READ, place) for target in targets)
        if node.value is None:
            return
        for target in targets:
            if isinstance(target, ast.Name) and target.id not in place.local:
                usage = f"={target.id}"
            elif isinstance(target, ast.Attribute):
                usage = f"=.{target.attr}"
            else:
                usage = _HELD
            self._stack.append((node.value, usage, place))
        if len(targets) > 1:
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            for one, other in pairwise(names):
                self._alias(one, other)

    def _expression(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.Expr)
        if not self._written(node, place):
            self._stack.append((node.value, _READ, place))

    def _written(self, node: ast.stmt, place: _Place) -> bool:
        """Whether a statement writes a namespace in a way that its scope keeps account of."""
        if not isinstance(self._root, ast.Module):
            return False
        writes = namespace_writes(node, place.kind)
        for key, value in writes:
            if key is None and place.kind is ScopeKind.MODULE:
                self.effects.dynamic = self.effects.dynamic or node.lineno
            for part in (key, value):
                if part is not None:
                    self._stack.append((part, _HELD if part is value else _READ, place))
        return bool(writes)

    def _walrus(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.NamedExpr)
        if node.target.id not in place.local:
            self.effects.rebound.setdefault(node.target.id, node.lineno)
        self._stack.append((node.value, _HELD, place))

    def _augment(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.AugAssign)
        if isinstance(node.target, ast.Name):
            self._augmented.setdefault(node.target.id, node.lineno)
        else:
            # `a.b += …` sets the attribute and may change its container.
            self._stack.append((node.target, _CHANGE, place))
            if isinstance(node.target, ast.Attribute):
                self._use("." + node.target.attr, _CHANGE, node.lineno)
        self._stack.append((node.value, _LEAK, place))

    def _global(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.Global | ast.Nonlocal)
        if place.functions:
            for name in node.names:
                self.effects.rebound.setdefault(name, node.lineno)

    def _function(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        self._decorators(decorators, place)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self._stack.append((default, _LEAK, place))
        inner = _Place((*place.functions, node), place.local | local_names(node))
        if isinstance(node, ast.Lambda):
            self._stack.append((node.body, _LEAK, inner))
        else:
            self._stack.extend((statement, _READ, inner) for statement in node.body)

    def _class(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.ClassDef)
        self._decorators(node.decorator_list, place)
        for expression in (*node.bases, *(keyword.value for keyword in node.keywords)):
            self._stack.append((expression, _READ, place))
        inner = _Place(place.functions, place.local, in_class=True)
        self._stack.extend((statement, _READ, inner) for statement in node.body)

    def _decorators(self, decorators: list[ast.expr], place: _Place) -> None:
        # What a decorator is given names things; it is taken not to be changed by it.
        for decorator in decorators:
            if isinstance(decorator, ast.Call):
                for argument in (*decorator.args, *(word.value for word in decorator.keywords)):
                    self._stack.append((argument, _LEAK, place))
                decorator = decorator.func
            self._stack.append((decorator, _READ, place))

    def _loop(self, node: ast.AST, usage: str, place: _Place) -> None:
        assert isinstance(node, ast.For | ast.AsyncFor | ast.comprehension)
        self._stack.append((node.iter, _LEAK, place))
        for child in children(node):
            if child is not node.iter:
                self._stack.append((child, _READ, place))

    def _pass_leak(self, node: ast.AST, usage: str, place: _Place) -> None:
        self._push_children(node, _LEAK, place)

    def _pass_on(self, node: ast.AST, usage: str, place: _Place) -> None:
        self._push_children(node, usage, place)

    def _follow_aliases(self) -> None:
        """A container has one content under all its names."""
        effects = self.effects
        seen: set[str] = set()
        for start in self._aliases:
            if start in seen:
                continue
            group, pending = {start}, [start]
            while pending:
                for other in self._aliases.get(pending.pop(), ()):
                    if other not in group:
                        group.add(other)
                        pending.append(other)
            seen |= group
            self._share(effects.changed, group, {**self._augmented, **effects.changed})
            self._share(effects.leaked, group, effects.leaked)
            handed = [call for name in group for call in effects.handed.get(name, ())]
            if handed:
                effects.handed.update(dict.fromkeys(group, handed))

    @staticmethod
    def _share(into: dict[str, int], group: set[str], lines: dict[str, int]) -> None:
        line = min((lines[name] for name in group if name in lines), default=0)
        if line:
            for name in group:
                into.setdefault(name, line)


def _global_item(node: ast.Subscript) -> str:
    """The name in `globals()["name"]`, or ""."""
    base, key = node.value, node.slice
    if not isinstance(base, ast.Call) or not isinstance(key, ast.Constant):
        return ""
    written = isinstance(base.func, ast.Name) and base.func.id == "globals" and not base.args
    return key.value if written and isinstance(key.value, str) else ""


def _set_on_local(name: str, functions: tuple[ast.AST, ...]) -> SetOn | None:
    if name in ("self", "cls"):
        return SetOn.CLASS if name == "cls" else None
    return SetOn.PARAMETER if is_parameter(name, functions) else None
