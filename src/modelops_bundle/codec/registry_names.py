"""The names in a registry document and little else, read fast: a press of Tab waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.codec.registry_fields import Fields, fields_of
from modelops_bundle.codec.yaml_nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    YamlProblem,
    parse_document,
    resolved,
)

#: Section, name, entrypoint, path, and outputs of a model or members of a target set.
Names = list[tuple[str, str, str, str, list[str]]]
_SECTIONS = {"models": "outputs", "targets": "model_output", "target_sets": "targets"}


def registry_names(content: bytes) -> Names:
    """Every model, target and target set; none of a document that cannot be read."""
    try:
        root = parse_document(content.decode("utf-8-sig")).root
        return list(_names(_fields(root)))
    except (YamlProblem, UnicodeDecodeError):
        return []


def _names(fields: Fields) -> Iterator[tuple[str, str, str, str, list[str]]]:
    for section, listed in _SECTIONS.items():
        for name, (_, entry) in _fields(fields[section][1] if section in fields else None).items():
            values = _fields(entry)
            entrypoint, path = (_texts(values, key) for key in ("entrypoint", "path"))
            yield (
                section,
                name,
                "".join(entrypoint[:1]),
                "".join(path[:1]),
                _texts(values, listed),
            )


def _fields(node: Node | None) -> Fields:
    target = None if node is None else resolved(node)
    return fields_of(target) if isinstance(target, MappingNode) else {}


def _texts(fields: Fields, key: str) -> list[str]:
    node = resolved(fields[key][1]) if key in fields else None
    items = node.items if isinstance(node, SequenceNode) else [node]
    return [item.value for item in items if isinstance(item, ScalarNode)]
