"""What the values of a job specification have to be, key by key.

All of it raises `YamlProblem`, at the node that is something else.
"""

from __future__ import annotations

from collections.abc import Mapping

from modelops_bundle.codec.job_fields import Hold
from modelops_bundle.codec.job_names import Collected, listed_once, names_of
from modelops_bundle.codec.registry_fields import fields_of, is_null
from modelops_bundle.codec.yaml_nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    resolved,
    scalar_type,
)
from modelops_bundle.core.job import JobName

#: Values by their keys.
Fields = Mapping[str, Node]
#: What YAML's `.inf` and `.nan` and the names of Python's `json` begin with.
_INFINITE = ("inf", "nan")


def check_value(node: Node, hold: Hold, key: str) -> None:
    """Refuse a value that is not what its key has to hold.

    Raises:
        YamlProblem: it is something else.
    """
    target = resolved(node)
    if hold is Hold.TEXT:
        fine, wanted = is_text(target), "a text"
    elif hold is Hold.NAMES:
        items = target.items if isinstance(target, SequenceNode) else [node]
        wrong = next((item for item in items if not is_text(resolved(item))), None)
        if wrong is not None:
            raise wrong.problem(f"'{key}' must be a name or a list of names{_unquoted(wrong)}")
        return
    elif hold is Hold.COUNT:
        fine = isinstance(target, ScalarNode) and scalar_type(target) == "int"
        wanted = "a whole number"
    else:
        fine, wanted = hold is Hold.OTHER or isinstance(target, MappingNode), "a mapping"
    if not fine:
        raise node.problem(f"'{key}' must be {wanted}")


def is_text(node: Node) -> bool:
    """Whether a node is a text that is not empty."""
    return isinstance(node, ScalarNode) and scalar_type(node) == "str" and bool(node.value)


def _unquoted(node: Node) -> str:
    """What to say of a name that YAML takes for something else: `no`, or `2020-01-01`."""
    target = resolved(node)
    if isinstance(target, ScalarNode):
        kind, text = scalar_type(target), target.value
        if kind == "timestamp" or (kind == "bool" and text.casefold() not in ("true", "false")):
            return f", and '{text}' without quotes is none"
    return ""


def number_of(node: Node, what: str) -> float:
    """A finite number.

    Raises:
        YamlProblem: it is none.
    """
    target = resolved(node)
    if not isinstance(target, ScalarNode):
        raise node.problem(f"{what} must be a number")
    if is_infinite(target):
        raise node.problem(f"{what} must be finite")
    try:
        return float(target.value)
    except ValueError:
        raise node.problem(f"{what} must be a number") from None


def is_infinite(node: ScalarNode) -> bool:
    """Whether it is no finite number, which the platform refuses as a parameter's value."""
    return scalar_type(node) == "float" and node.value.lstrip("+-.").casefold()[:3] in _INFINITE


def mapping_of(node: Node, what: str) -> MappingNode:
    """The mapping that a node is.

    Raises:
        YamlProblem: it is none.
    """
    target = resolved(node)
    if not isinstance(target, MappingNode):
        raise node.problem(f"{what} must be a mapping")
    return target


def free_part(fields: Fields, key: str) -> Fields:
    """The values of a part whose keys are free; empty where it is not there."""
    node = fields.get(key)
    target = None if node is None else resolved(node)
    if not isinstance(target, MappingNode):
        return {}
    return {text: value for text, (_, value) in fields_of(target).items() if not is_null(value)}


def items_of(fields: Fields, key: str) -> list[Node]:
    """The items of a list; none where the key is absent.

    Raises:
        YamlProblem: it is no list.
    """
    node = fields.get(key)
    if node is None:
        return []
    target = resolved(node)
    if not isinstance(target, SequenceNode):
        raise node.problem(f"'{key}' must be a list")
    return target.items


def text_of(fields: Fields, key: str) -> JobName | None:
    """The one name that stands there, if one does."""
    node = fields.get(key)
    names = [] if node is None else names_of(node)
    return names[0] if len(names) == 1 else None


def listed_names(fields: Fields, key: str, found: Collected) -> list[JobName]:
    """The names that stand there, each once; a repetition is remarked on."""
    node = fields.get(key)
    return [] if node is None else listed_once(node, key, found)
