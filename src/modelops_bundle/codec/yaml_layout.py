"""How a YAML document is indented: what is written into it follows suit."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.codec.yaml_emit import Layout
from modelops_bundle.codec.yaml_nodes import MappingNode, Node, SequenceNode


def layout_of(root: Node | None, newline: str) -> Layout:
    """The layout of a document, by the first block mapping and the first block list in it."""
    default = Layout()
    if not isinstance(root, MappingNode) or root.flow:
        return Layout(newline=newline)
    step = next((step for step in _steps(root) if step > 0), default.step)
    dash = next((dash for dash in _dashes(root) if dash >= 0), default.dash)
    return Layout(step=step, dash=dash, newline=newline)


def _steps(node: MappingNode) -> Iterator[int]:
    for key, value in node.pairs:
        if isinstance(value, MappingNode) and not value.flow and value.pairs:
            yield value.pairs[0][0].column - key.column
            yield from _steps(value)


def _dashes(node: MappingNode) -> Iterator[int]:
    for key, value in node.pairs:
        if isinstance(value, SequenceNode) and not value.flow and value.anchor is None:
            yield value.column - key.column
        elif isinstance(value, MappingNode) and not value.flow:
            yield from _dashes(value)
