"""Arguments of calls, with unpacking, and the built-in calls that are followed."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, field

from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.values import (
    MAX_WEIGHT,
    Call,
    Constant,
    External,
    FilePath,
    Function,
    Point,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    text_of,
    weight,
)

_PATHS = frozenset(f"pathlib.{name}" for name in ("Path", "PurePath", "PosixPath", "PurePosixPath"))
_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})
_MAX_RANGE = 512
_SEQUENCES = {
    "builtins.list": "list",
    "builtins.tuple": "tuple",
    "builtins.set": "set",
    "builtins.frozenset": "set",
    "builtins.sorted": "list",
}


@dataclass(slots=True)
class Arguments:
    """What a call is given.

    Attributes:
        positional: In order, as far as it is known.
        named: By keyword.
        missing: Why there may be further positional or keyword arguments.
    """

    positional: list[Values] = field(default_factory=list)
    named: dict[str, Values] = field(default_factory=dict)
    missing: Unknown | None = None

    def get(self, keyword: str, position: int = -1) -> Values | None:
        """One argument; None if it is certainly not given."""
        if keyword in self.named:
            return self.named[keyword]
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return (self.missing,) if self.missing is not None else None


class Calls:
    """Evaluates arguments, and calls whose result is known."""

    def __init__(self, names: Names, evaluate: Evaluate) -> None:
        self._names = names
        self._evaluate = evaluate
        self._bodies: dict[Function, ast.expr | None] = {}
        #: Functions of the project that conventions give a meaning to: their calls stand.
        self.named: frozenset[Value] = frozenset()

    def arguments(self, node: ast.Call, point: Point, bound: Call | None = None) -> Arguments:
        """The arguments of a call; `*` and `**` of spelt-out containers are taken apart.

        Args:
            node: The call.
            point: Where it stands.
            bound: The call of `functools.partial` whose further arguments come first.
        """
        result = Arguments()
        if bound is not None:
            result = self.arguments(bound.node, bound.point, bound.bound)
            del result.positional[:1]
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                self._spread(result, argument, point)
            elif result.missing is None:
                result.positional.append(self._evaluate(argument, point))
        for keyword in node.keywords:
            if keyword.arg is not None:
                result.named[keyword.arg] = self._evaluate(keyword.value, point)
            else:
                self._spread_table(result, keyword.value, point)
        return result

    def _spread(self, result: Arguments, argument: ast.Starred, point: Point) -> None:
        values = self._evaluate(argument.value, point)
        value = values[0]
        plain = isinstance(value, Sequence) and value.kind != "set" and not value.missing
        if plain and len(values) == 1 and isinstance(value, Sequence) and result.missing is None:
            result.positional += value.elements
            return
        result.missing = self._names.unknown(argument, point, "arguments are unpacked")

    def _spread_table(self, result: Arguments, node: ast.expr, point: Point) -> None:
        values = self._evaluate(node, point)
        value = values[0]
        if len(values) == 1 and isinstance(value, Table) and not value.missing:
            keys = [text_of(key[0]) if len(key) == 1 else None for key, _ in value.items]
            if None not in keys:
                for key, (_, item) in zip(keys, value.items, strict=True):
                    result.named[str(key)] = item
                return
        result.missing = self._names.unknown(node, point, "arguments are unpacked")

    def builtin(self, function: External, node: ast.Call, point: Point) -> Values | None:
        """The result of a call of something outside the project, None where it is not followed."""
        name = function.name
        if name in _SEQUENCES:
            return self._converted(_SEQUENCES[name], name, node, point)
        if name in ("builtins.range", "builtins.enumerate"):
            return self._counted(name, node, point)
        if name == "builtins.dict":
            return self._table(node, point)
        if name in ("builtins.str", "os.fspath") and len(node.args) == 1 and not node.keywords:
            return tuple(
                self._as_text(value, node, point) for value in self._evaluate(node.args[0], point)
            )
        if name in _IMPORTERS and len(node.args) == 1 and not node.keywords:
            found = self._evaluate(node.args[0], point)
            text = text_of(found[0]) if len(found) == 1 else None
            # `__import__("a.b")` gives `a`; a leading dot needs a package.
            plain = text is not None and not text.startswith(".")
            if text and plain and ("." not in text or name == "importlib.import_module"):
                return (self._names.module(text),)
            return None
        if name in _PATHS or name in ("os.path.join", "posixpath.join"):
            return (self._path(name in _PATHS, node, point),)
        return None

    def _converted(self, kind: str, name: str, node: ast.Call, point: Point) -> Values | None:
        if not node.args and not node.keywords:
            return (Sequence(kind, ()),)
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            return None
        results: list[Value] = []
        for value in self._evaluate(node.args[0], point):
            if isinstance(value, Sequence):
                if name == "builtins.sorted" and not _plain(value):
                    results.append(self._names.unknown(node, point, "order is unknown"))
                    continue
                elements = value.elements
                if name == "builtins.sorted":
                    elements = tuple(sorted(elements, key=_sort_text))
                results.append(Sequence(kind, elements, value.missing, value.weight))
            elif isinstance(value, Table) and not value.missing:
                keys = tuple(key for key, _ in value.items)
                results.append(Sequence(kind, keys, (), weight(keys)))
            elif isinstance(value, Unknown):
                results.append(value)
            else:
                results.append(self._names.unknown(node, point, "not a container"))
        return tuple(results)

    def _counted(self, name: str, node: ast.Call, point: Point) -> Values | None:
        """`range` of small numbers, and `enumerate` of something spelt out."""
        given = self.arguments(node, point)
        if given.missing is not None or given.named or any(len(v) > 1 for v in given.positional):
            return None
        first = [values[0] for values in given.positional]
        if name == "builtins.enumerate" and len(first) == 1:
            elements = iterated(first[0])
            if elements is None:
                return None
            pairs = tuple(
                (Sequence("tuple", ((Constant.of(index),), one), (), weight([one]) + 1),)
                for index, one in enumerate(elements)
            )
            return (Sequence("list", pairs, (), weight(pairs)),)
        numbers = [one.value for one in first if isinstance(one, Constant)]
        whole = [number for number in numbers if type(number) is int]
        if name != "builtins.range" or len(whole) != len(first) or not 1 <= len(whole) <= 3:
            return None
        if len(whole) == 3 and whole[2] == 0:
            return None
        counted = range(*whole)
        if len(counted) > _MAX_RANGE:
            return None
        values = tuple((Constant.of(number),) for number in counted)
        return (Sequence("tuple", values, (), weight(values)),)

    def _table(self, node: ast.Call, point: Point) -> Values | None:
        items: list[tuple[Values, Values]] = []
        if len(node.args) > 1:
            return None
        for argument in node.args:
            values = self._evaluate(argument, point)
            if len(values) != 1 or not isinstance(values[0], Table):
                return None
            items += values[0].items
            if values[0].missing:
                return None
        given = self.arguments(ast.Call(node.func, [], node.keywords), point)
        items += (((Constant.of(key),), value) for key, value in given.named.items())
        missing = (given.missing,) if given.missing is not None else ()
        size = weight([values for item in items for values in item])
        return (Table(tuple(items), missing, size),) if size <= MAX_WEIGHT else None

    def _as_text(self, value: Value, node: ast.Call, point: Point) -> Value:
        if isinstance(value, FilePath):
            return Constant.of(value.text)
        if isinstance(value, Constant) and isinstance(value.value, str | int):
            return Constant.of(str(value.value), value.origin)
        if isinstance(value, Unknown):
            return value
        return self._names.unknown(node, point, "text is not known")

    def _path(self, as_path: bool, node: ast.Call, point: Point) -> Value:
        parts = []
        if node.keywords:
            return self._names.unknown(node, point, "path is not known")
        for argument in node.args:
            values = self._evaluate(argument, point)
            value = values[0]
            text = value.text if isinstance(value, FilePath) else text_of(value)
            if len(values) != 1 or text is None:
                return self._names.unknown(node, point, "path is not known")
            parts.append(text)
        text = join_path(*parts) if parts else "."
        return FilePath(text) if as_path else Constant.of(text)

    def inlined(
        self, function: Function, node: ast.Call, point: Point, bound: Call | None = None
    ) -> tuple[ast.expr, Point] | None:
        """The expression that a simple function of the project returns, and where it is evaluated.

        Simple is a function without decorators whose body is one `return`, called with arguments
        that fit its parameters one by one.
        """
        if function not in self._bodies:
            self._bodies[function] = _single_return(function.node)
        body = self._bodies[function]
        if body is None or function.point.local or function in self.named:
            return None
        local = self.bound_to(function, node, point, bound)
        if local is None:
            return None
        scope = function.point.scope
        # A function sees its module as it is when it is called.
        same = point.scope.module is scope.module and not point.scope.parameters
        at = point.at if same else Point(scope).at
        return body, Point(scope, at, tuple(local.items()), inner=True)

    def bound_to(
        self, function: Function, node: ast.Call, point: Point, bound: Call | None
    ) -> dict[str, Values] | None:
        """The parameters of a function with what a call gives them; None where they do not fit."""
        given = self.arguments(node, point, bound)
        parameters = function.node.args
        if given.missing is not None or parameters.vararg or parameters.kwarg:
            return None
        local: dict[str, Values] = {}
        names = [one.arg for one in (*parameters.posonlyargs, *parameters.args)]
        if len(given.positional) > len(names):
            return None
        local.update(zip(names, given.positional, strict=False))
        allowed = {one.arg for one in (*parameters.args, *parameters.kwonlyargs)}
        for key, values in given.named.items():
            if key not in allowed or key in local:
                return None
            local[key] = values
        defaults = dict(zip(reversed(names), reversed(parameters.defaults), strict=False))
        for one, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            if default is not None:
                defaults[one.arg] = default
        for name in (*names, *(one.arg for one in parameters.kwonlyargs)):
            if name not in local:
                if name not in defaults:
                    return None
                local[name] = self._evaluate(defaults[name], function.point)
        return local


def join_path(*parts: str) -> str:
    """POSIX parts joined as `pathlib` does; an absolute part drops what is before it."""
    return posixpath.normpath(posixpath.join(*parts)) if parts else "."


def _single_return(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> ast.expr | None:
    if isinstance(node, ast.Lambda):
        return node.body
    if isinstance(node, ast.AsyncFunctionDef) or node.decorator_list:
        return None
    body = list(node.body)
    if len(body) == 2 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return None
    value = body[0].value
    if any(isinstance(one, ast.Yield | ast.YieldFrom | ast.Await) for one in ast.walk(value)):
        return None
    return value


def _plain(value: Sequence) -> bool:
    return not value.missing and all(
        len(alternatives) == 1
        and isinstance(alternatives[0], Constant)
        and isinstance(alternatives[0].value, str)
        for alternatives in value.elements
    )


def _sort_text(alternatives: Values) -> str:
    return text_of(alternatives[0]) or ""


def iterated(value: Value) -> tuple[Values, ...] | None:
    """Elements in order of iteration with their alternatives, None where that is not known."""
    if isinstance(value, Sequence) and not value.missing:
        return value.elements
    if isinstance(value, Table) and not value.missing:
        return tuple(dict.fromkeys(key for key, _ in value.items))
    return None
