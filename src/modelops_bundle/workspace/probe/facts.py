"""What an imported model or target says of itself, in the terms of its framework.

Loaded by `run.py` in the user's interpreter: standard library of Python 3.9 only. How a decorator
leaves its mark is found by trying it on a function of our own, never guessed: where no trace of
the trial is left, the fact cannot be told, and the reason is given instead.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Iterator, Mapping

Json = dict[str, object]
#: One step from an object to what it holds: ("key", name), ("item", name) or ("cell", name, code).
Step = tuple[object, ...]

_DEPTH = 4
_MARK = "mops-bundle-trial-of-a-decorator"
_DATA = {"trial": "mops-bundle/trial/of/data"}


def described(module: object, entry: Json, request: Json) -> Json:
    """The facts of one entry."""
    symbol = str(entry["symbol"])
    found, thing = _resolved(module, symbol)
    if not found:
        return {"found": False, "names": _names(module)}
    conventions = [one for one in _list(request["conventions"]) if isinstance(one, dict)]
    if entry["kind"] == "model":
        return {"found": True, **_model(thing, symbol.rpartition(".")[2], conventions)}
    return {"found": True, **_target(thing, conventions)}


def called(module: object, entry: Json, request: Json) -> Json:
    """What calling a target gives. As workers do, it is called without arguments."""
    _, target = _resolved(module, str(entry["symbol"]))
    needed = _needed(target)
    if needed:
        return {"called": False, "reason": f"it takes arguments: {', '.join(needed)}"}
    result = target()  # type: ignore[operator]
    if inspect.iscoroutine(result):
        result.close()
        return {"called": False, "reason": "it is a coroutine"}
    outputs = [
        value
        for one in _list(request["conventions"])
        if isinstance(one, dict) and isinstance(result, _classes(one["target_constructors"]))
        for value in [getattr(result, str(one["output_argument"]), None)]
        if isinstance(value, str)
    ]
    return {"called": True, "type": type(result).__name__, "outputs": outputs[:1]}


def _resolved(module: object, symbol: str) -> tuple[bool, object]:
    thing = module
    for name in symbol.split("."):
        if not hasattr(thing, name):
            return False, None
        thing = getattr(thing, name)
    return True, thing


def _names(module: object) -> list[str]:
    """What the module defines itself."""
    own = getattr(module, "__name__", "")
    return [
        name
        for name, value in list(vars(module).items())
        if getattr(value, "__module__", None) == own and not name.startswith("_")
    ][:500]


def _needed(target: object) -> list[str]:
    try:
        parameters = inspect.signature(target).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        one.name
        for one in parameters
        if one.default is inspect.Parameter.empty and one.kind not in optional
    ]


def _model(thing: object, name: str, conventions: list[Json]) -> Json:
    if not isinstance(thing, type):
        if not _is_function(thing, name):
            return {"class": False, "is": type(thing).__name__}
        reason = "no convention knows this function"
        return {"class": True, "function": True, **_all_open(reason)}
    facts: Json = {"class": True, "is": thing.__qualname__, "convention": None}
    known = [one for one in conventions if one["model_bases"]]
    for convention in known:
        bases = _classes(convention["model_bases"])
        if issubclass(thing, bases):
            facts["convention"] = convention["name"]
            facts.update(_Model(thing, convention, bases).facts())
            return facts
    return {**facts, **_all_open("no convention knows this class")}


def _is_function(thing: object, name: str) -> bool:
    """Whether it is what a `def` of that name made, under decorators that say what they wrap.

    A person may register a function as a model. A class that is a function when it runs is
    something else: whoever registered it counts on the class.
    """
    made = inspect.unwrap(thing)  # type: ignore[arg-type]
    return inspect.isfunction(made) and made.__code__.co_name == name


def _all_open(reason: str) -> Json:
    return {name: _open(reason) for name in ("outputs", "scenarios", "parameters")}


class _Model:
    """Reads one class, and an instance where that is where the framework keeps its register."""

    def __init__(self, cls: type, convention: Json, bases: tuple[type, ...]) -> None:
        self._class = cls
        self._convention = convention
        self._bases = bases
        self._made: object = None
        if convention["live_outputs"] or convention["live_scenarios"]:
            # As workers do. What this raises is reported: they could not make one either.
            self._made = cls()

    def facts(self) -> Json:
        """Each fact with its values, or why it cannot be told."""
        return {
            "outputs": self._outputs(),
            "scenarios": self._scenarios(),
            "parameters": self._parameters(),
        }

    def _outputs(self) -> Json:
        attribute = str(self._convention["outputs_attribute"])
        stated = [one for one in _list(getattr(self._class, attribute, None)) if _is_text(one)]
        found = self._register("live_outputs", "output_decorators", "output_hooks")
        if "values" not in found:
            return found
        if attribute and any(self._takes(base, attribute) for base in self._class.__mro__):
            return _open(f"its base takes {attribute} when the class is made")
        return _values([*_list(found["values"]), *stated])

    def _scenarios(self) -> Json:
        found = self._register("live_scenarios", "scenario_decorators", "scenario_hooks")
        if "values" not in found:
            return found
        return _values([*_list(self._convention["implicit_scenarios"]), *_list(found["values"])])

    def _takes(self, base: type, attribute: str) -> bool:
        function = getattr(base.__dict__.get("__init_subclass__"), "__func__", None)
        code = getattr(function, "__code__", None)
        return code is not None and attribute in code.co_varnames

    def _register(self, live: str, decorators: str, hooks: str) -> Json:
        name = self._convention[live]
        if name:
            held = getattr(self._made, str(name), None)
            if not isinstance(held, Mapping):
                return _open(f"an instance has no {name}")
            return _values(held)
        for hook in _list(self._convention[hooks]):
            if self._overridden(str(hook)):
                return _open(f"{hook} decides them")
        names = _list(self._convention[decorators])
        if not names:
            return _values([])
        traces, reason = _traces(names, str(self._convention["output_argument"]))
        if not traces:
            return _open(reason)
        held_by = self._held(self._class).values()
        return _values(
            mark for value in held_by for trace in traces for mark in _followed(trace, value)
        )

    def _overridden(self, name: str) -> bool:
        mine = getattr(self._class, name, None)
        return mine is not None and all(getattr(b, name, None) is not mine for b in self._bases)

    def _held(self, cls: type) -> dict[str, object]:
        """Attributes whose marks count, by name."""
        if self._convention["inheritance"] == "attributes":
            return {name: getattr(cls, name, None) for name in dir(cls)}
        nearest = next((b for b in cls.__mro__[1:] if issubclass(b, self._bases)), None)
        inherited = {} if nearest is None else self._held(nearest)
        return {**inherited, **cls.__dict__}

    def _parameters(self) -> Json:
        names = _list(self._convention["parameter_constructors"])
        if not names:
            return _open("the convention names no constructor of parameters")
        for method in _list(self._convention["parameter_methods"]):
            if not self._convention["parameters_attribute"] and self._overridden(str(method)):
                return _open(f"{method} decides them")
        kinds = _classes(names)
        if not kinds:
            return _open("the constructors of parameters are no classes")
        attribute = self._convention["parameters_attribute"]
        places = [str(attribute)] if attribute else dir(self._class)
        field = str(self._convention["parameters_field"])
        found = [
            spec
            for place in places
            for spec in _specs(getattr(self._class, place, None), kinds, field, _DEPTH)
        ]
        names_found = [_first_argument(spec) for spec in found]
        if not found or not all(names_found):
            return _open("no parameter with a name is left on the class")
        return _values(names_found)


def _specs(value: object, kinds: tuple[type, ...], field: str, depth: int) -> Iterator[object]:
    if isinstance(value, kinds):
        yield value
    elif depth:
        held = getattr(value, field, None) if field else None
        items = held if held is not None else value
        if isinstance(items, Mapping):
            items = list(items.values())
        if isinstance(items, (list, tuple, set, frozenset)):
            for item in items:
                yield from _specs(item, kinds, field, depth - 1)


def _first_argument(spec: object) -> str:
    """The name that a parameter was made with: what its first argument became."""
    if dataclasses.is_dataclass(spec):
        names = [one.name for one in dataclasses.fields(spec)]
    else:
        try:
            names = list(inspect.signature(type(spec)).parameters)
        except (TypeError, ValueError):
            names = []
    value = getattr(spec, names[0], None) if names else None
    return value if isinstance(value, str) else ""


def _target(thing: object, conventions: list[Json]) -> Json:
    if not callable(thing):
        return {"callable": False, "is": type(thing).__name__}
    reason = "no convention's decorator left it on the function"
    facts: Json = {"callable": True, "model_output": _open(reason), "data": _open(reason)}
    for convention in conventions:
        argument, data = str(convention["output_argument"]), str(convention["data_argument"])
        for decorator in _loaded(convention["target_decorators"]):
            trial = _tried(decorator, argument, data)
            for name, wanted in (("model_output", _MARK), ("data", _DATA)):
                found = [
                    value
                    for trace in _found(wanted, trial, _DEPTH)
                    for value in _followed(trace, thing)
                ]
                if found:
                    facts[name] = _values(_texts(found[0]))
    return facts


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _traces(decorators: list[object], argument: str) -> tuple[list[list[Step]], str]:
    """How to get from a decorated function to the name that its decorator was given."""
    traces: list[list[Step]] = []
    for decorator in _loaded(decorators):
        traces += _found(_MARK, _tried(decorator, argument), _DEPTH)
    return traces, "its decorators leave no mark that can be read"


def _tried(decorator: object, argument: str, data: str = "") -> object:
    """A function of our own under the decorator; None where it takes none that we can offer."""

    def none() -> None: ...
    def one(self: object) -> None: ...
    def two(self: object, raw: object) -> None: ...
    def three(self: object, raw: object, seed: object) -> None: ...

    given: list[tuple[tuple[object, ...], dict[str, object]]] = [((_MARK,), {})]
    if data:
        given = [((), {argument: _MARK, data: dict(_DATA)}), ((), {argument: _MARK})]
    for positional, keywords in given:
        for function in (one, two, three, none):
            try:
                return decorator(*positional, **keywords)(function)  # type: ignore[operator]
            except Exception:
                continue
    return None


def _found(wanted: object, thing: object, depth: int) -> list[list[Step]]:
    """All ways to what is wanted."""
    ways: list[list[Step]] = []
    for step, value in _holdings(thing):
        if type(value) is type(wanted) and value == wanted:
            ways.append([step])
        elif depth > 1:
            ways += [[step, *way] for way in _found(wanted, value, depth - 1)]
    return ways


def _holdings(thing: object) -> Iterator[tuple[Step, object]]:
    if isinstance(thing, Mapping):
        for key, value in list(thing.items()):
            yield ("item", key), value
        return
    if isinstance(thing, (str, bytes, int, float, type, type(sys))) or thing is None:
        return
    for key, value in list(getattr(thing, "__dict__", {}).items()):
        yield ("key", key), value
    code, cells = getattr(thing, "__code__", None), getattr(thing, "__closure__", None) or ()
    for at, cell in enumerate(cells):
        try:
            yield ("cell", code.co_freevars[at], code), cell.cell_contents  # type: ignore[union-attr]
        except ValueError:
            continue


def _followed(way: list[Step], thing: object) -> Iterator[object]:
    """What is at the end of a way, if there is anything."""
    for step in way:
        for there, value in _holdings(thing):
            if there == step:
                thing = value
                break
        else:
            return
    yield thing


def _loaded(names: object) -> list[object]:
    """What these qualified names mean, as far as their modules are imported."""
    found: list[object] = []
    for name in _list(names):
        module, _, attribute = str(name).rpartition(".")
        value = getattr(sys.modules.get(module), attribute, None)
        if value is not None and all(value is not one for one in found):
            found.append(value)
    return found


def _classes(names: object) -> tuple[type, ...]:
    return tuple(one for one in _loaded(names) if isinstance(one, type))


def _values(values: object) -> Json:
    return {"values": list(dict.fromkeys(str(v) for v in values))}  # type: ignore[attr-defined]


def _open(reason: str) -> Json:
    return {"reason": reason}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []
