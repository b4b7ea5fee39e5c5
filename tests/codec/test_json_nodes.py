"""JSON as nodes: what `json` reads, with places."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.json_nodes import node_of, parse_json
from modelops_bundle.codec.yaml_nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    YamlProblem,
    scalar_type,
)


def plain(node: Node) -> Any:
    """What the tree stands for."""
    if isinstance(node, MappingNode):
        return {plain(key): plain(value) for key, value in node.pairs}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value if scalar_type(node) == "str" else json.loads(node.value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_it_reads_what_json_writes(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert plain(parse_json(text)) == value


@given(st.text(alphabet='{}[],:"\\ue0aft1.-+ \n', max_size=9))
def test_it_refuses_what_json_refuses(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(YamlProblem):
            parse_json(text)
        return
    assert plain(parse_json(text)) == expected


def test_nodes_know_where_they_stand() -> None:
    root = parse_json('{"a":\r\n  [1,\n\t{"é": "x"}]}')
    assert isinstance(root, MappingNode)
    ((key, value),) = root.pairs
    assert isinstance(value, SequenceNode)
    one, inner = value.items
    assert isinstance(inner, MappingNode)
    places = [(node.line, node.column) for node in (root, key, value, one, *inner.pairs[0])]
    assert places == [(0, 0), (0, 1), (1, 2), (1, 3), (2, 2), (2, 7)]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "not JSON: expected a value", (1, 1)),
        ('{\n "a": 1,\n}', "not JSON: expected a key in double quotes", (3, 1)),
        ('{"a" 1}', "not JSON: expected ':'", (1, 6)),
        ("[1\n 2]", "not JSON: expected ',' or ']'", (2, 2)),
        ('{"a": 1]', "not JSON: expected ',' or '}'", (1, 8)),
        ("[] []", "not JSON: something follows the end", (1, 4)),
        ('["a\nb"]', "not JSON: invalid control character", (1, 4)),
        ('["a', "not JSON: unterminated string", (1, 2)),
        ('{"a": 1, "a": 2}', "duplicate key 'a'", (1, 10)),
        ("[" * 65, "nested more than 64 levels deep", (1, 65)),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(YamlProblem) as caught:
        parse_json(text)
    assert caught.value.message == message
    assert (caught.value.line, caught.value.column) == place


@dataclass
class Study:
    model: str
    sets: tuple[dict[str, float], ...]


class Loose:
    def __init__(self) -> None:
        self.model = "a"


class Number:
    """As numpy's are."""

    def item(self) -> float:
        return 1.5


def test_objects_are_read_by_their_attributes() -> None:
    study = Study("models.sir", ({"beta": 0.1},))
    assert plain(node_of(study)) == {"model": "models.sir", "sets": [{"beta": 0.1}]}
    assert plain(node_of(Loose())) == {"model": "a"}
    assert plain(node_of(MappingProxyType({"a": [Number()]}))) == {"a": [1.5]}


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(YamlProblem, match="cannot read a type"):
        node_of({"a": int})
    circle: dict[str, object] = {}
    circle["self"] = circle
    with pytest.raises(YamlProblem, match="nested more than 64 levels deep"):
        node_of(circle)
