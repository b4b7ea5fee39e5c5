"""Conventions that a project states in `[tool.modelops-bundle.conventions.NAME]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from modelops_bundle.conventions.base import Convention, Inheritance
from modelops_bundle.conventions.places import line_of
from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.errors import ConfigError

_TABLE = "tool.modelops-bundle.conventions"

#: Keys whose value is a list of dotted names.
QUALIFIED = (
    "model-bases",
    "output-decorators",
    "scenario-decorators",
    "parameter-constructors",
    "parameter-containers",
    "target-decorators",
    "target-constructors",
)
#: Keys whose value is a list of plain names.
PLAIN = (
    "required-methods",
    "output-hooks",
    "scenario-hooks",
    "parameter-methods",
)
#: Keys whose value is one name; those marked True may be empty.
SINGLE = {
    "outputs-attribute": True,
    "parameters-attribute": True,
    "parameters-field": True,
    "output-argument": False,
    "data-argument": False,
}
_OTHER = ("implicit-scenarios", "inheritance", "output-position")
#: All keys that the table may hold.
KEYS = (*QUALIFIED, *PLAIN, *SINGLE, *_OTHER)


def conventions_from(
    table: Mapping[str, object], text: Callable[[], str] = str
) -> tuple[Convention, ...]:
    """Read the table of conventions.

    Args:
        table: The value of `tool.modelops-bundle.conventions`: one table per convention.
        text: Gives the document that it comes from; errors name the line.

    Returns:
        The conventions in the order of the table.

    Raises:
        ConfigError: an unknown key (the closest known one is named), a value of another type
            than documented, or a name that no Python module or class could have.
    """
    try:
        return tuple(_convention(name, value) for name, value in table.items())
    except _InTableError as error:
        line = line_of(text(), error.table, error.key)
        place = f"pyproject.toml:{line}" if line else "pyproject.toml"
        raise ConfigError(
            f"{place}: {error.message}",
            not_done="the project's code was not analysed",
            hint=error.hint,
        ) from None


def _convention(name: str, value: object) -> Convention:
    where = f"{_TABLE}.{name}" if name else _TABLE
    if not name.strip():
        raise _error(_TABLE, "", "has a convention without a name")
    if not isinstance(value, Mapping):
        raise _error(where, "", f"is {_type(value)}, not a table")
    lists: dict[str, tuple[str, ...]] = {}
    words: dict[str, str] = {}
    inheritance = Inheritance.ATTRIBUTES
    position = -1
    for key, given in value.items():
        if key in QUALIFIED or key in PLAIN:
            lists[key] = _names(where, key, given, dotted=key in QUALIFIED)
        elif key == "implicit-scenarios":
            lists[key] = _strings(where, key, given)
        elif key in SINGLE:
            words[key] = _word(where, key, given)
        elif key == "inheritance":
            inheritance = _inheritance(where, given)
        elif key == "output-position":
            position = _position(where, given)
        else:
            raise _unknown_key(where, key)
    if not any(lists.get(key) for key in QUALIFIED):
        raise _error(where, "", "names nothing: no model and no target could follow it")
    return Convention(
        name=name,
        model_bases=lists.get("model-bases", ()),
        required_methods=lists.get("required-methods", ()),
        output_decorators=lists.get("output-decorators", ()),
        outputs_attribute=words.get("outputs-attribute", "outputs"),
        output_hooks=lists.get("output-hooks", ()),
        scenario_decorators=lists.get("scenario-decorators", ()),
        implicit_scenarios=lists.get("implicit-scenarios", ()),
        scenario_hooks=lists.get("scenario-hooks", ()),
        inheritance=inheritance,
        parameter_constructors=lists.get("parameter-constructors", ()),
        parameter_containers=lists.get("parameter-containers", ()),
        parameters_field=words.get("parameters-field", ""),
        parameters_attribute=words.get("parameters-attribute", ""),
        parameter_methods=lists.get("parameter-methods", ()),
        target_decorators=lists.get("target-decorators", ()),
        target_constructors=lists.get("target-constructors", ()),
        output_position=position,
        output_argument=words.get("output-argument", "model_output"),
        data_argument=words.get("data-argument", "data"),
    )


def _word(where: str, key: str, given: object) -> str:
    if not isinstance(given, str):
        raise _error(where, key, f"{key} is {_type(given)}, not a string")
    if not (given.isidentifier() or (SINGLE[key] and given == "")):
        raise _error(where, key, f"{key} = {given!r} is no Python name")
    return given


def _inheritance(where: str, given: object) -> Inheritance:
    for choice in Inheritance:
        if given == choice.value:
            return choice
    allowed = " or ".join(repr(choice.value) for choice in Inheritance)
    raise _error(where, "inheritance", f"inheritance is {given!r}, not {allowed}")


def _position(where: str, given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < -1:
        message = f"output-position is {given!r}, not an index from 0 (or -1)"
        raise _error(where, "output-position", message)
    return given


def _strings(where: str, key: str, given: object) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, list | tuple):
        raise _error(where, key, f"{key} is {_type(given)}, not a list of strings")
    for item in given:
        if not isinstance(item, str):
            raise _error(where, key, f"{key} holds {_type(item)}, not only strings")
        if not item.strip():
            raise _error(where, key, f"{key} holds an empty name")
    return tuple(dict.fromkeys(given))


def _names(where: str, key: str, given: object, *, dotted: bool) -> tuple[str, ...]:
    names = _strings(where, key, given)
    for name in names:
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            raise _error(where, key, f"{key}: {name!r} is no Python name")
        if dotted and len(parts) < 2:
            raise _error(
                where,
                key,
                f"{key}: {name!r} has no module",
                hint=f"write it as it is imported, such as 'package.{name}'",
            )
        if not dotted and len(parts) > 1:
            raise _error(where, key, f"{key}: {name!r} must be a plain name without dots")
    return names


def _unknown_key(where: str, key: str) -> ConfigError:
    hint = did_you_mean(key.replace("_", "-"), KEYS, f"known keys: {', '.join(KEYS)}")
    return _error(where, key, f"has an unknown key {key!r}", hint=hint)


def _type(value: object) -> str:
    known = {bool: "a boolean", int: "an integer", float: "a float", str: "a string"}
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return known.get(type(value), f"a {type(value).__name__}")


class _InTableError(ConfigError):
    """Something wrong in a table, at one of its keys."""

    def __init__(self, table: str, key: str, message: str, hint: str) -> None:
        super().__init__(f"[{table}] {message}", hint=hint)
        self.table = table
        self.key = key


def _error(table: str, key: str, message: str, *, hint: str = "") -> ConfigError:
    return _InTableError(table, key, message, hint)
