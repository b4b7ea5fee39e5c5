"""Proof that an edit changed what it should and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from modelops_bundle.codec.registry_fields import (
    DECLARED_FIELDS,
    MODEL_FIELDS,
    ROOT_KEYS,
    TARGET_FIELDS,
    TARGET_SET_FIELDS,
    Fields,
    Form,
    fields_of,
)
from modelops_bundle.codec.yaml_nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    resolved,
    scalar_type,
)
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind, TargetSet


def same_registry(one: BundleRegistry, other: BundleRegistry) -> bool:
    """Equality in which a weight that is not a number equals itself."""
    return one == other or _without_nan(one) == _without_nan(other)


def lost_key(old: Node | None, new: Node | None, renamed: Mapping[EntryKey, str]) -> str:
    """The first key unknown to this program whose value an edit changed or lost, or "".

    Entries that are gone took theirs with them.
    """
    before, after = _fields(old), _fields(new)
    found = _lost(before, after, set(ROOT_KEYS), "")
    sections: tuple[tuple[str, Mapping[str, Form], Kind | None], ...] = (
        ("models", MODEL_FIELDS, Kind.MODEL),
        ("targets", TARGET_FIELDS, Kind.TARGET),
        ("target_sets", TARGET_SET_FIELDS, None),
    )
    for name, known, kind in sections:
        new_entries = _fields(_value(after, name))
        for entry_id, (_, entry) in _fields(_value(before, name)).items():
            new_id = renamed.get(EntryKey(kind, entry_id), entry_id) if kind else entry_id
            if found or new_id not in new_entries:
                continue
            place = f"{name}.{entry_id}."
            one, other = _fields(entry), _fields(new_entries[new_id][1])
            found = _lost(one, other, set(known), place)
            if kind and not found:
                inner = _fields(_value(one, "declared")), _fields(_value(other, "declared"))
                found = _lost(*inner, set(DECLARED_FIELDS), f"{place}declared.")
    return found


def _lost(before: Fields, after: Fields, known: set[str], place: str) -> str:
    for name in sorted(before.keys() - known):
        if name not in after or not same_node(before[name][1], after[name][1]):
            return place + name
    return ""


def same_node(one: Node, other: Node) -> bool:
    """Whether two nodes say the same, aliases followed; style and order of keys do not count."""
    one, other = resolved(one), resolved(other)
    if isinstance(one, ScalarNode) and isinstance(other, ScalarNode):
        return one.value == other.value and scalar_type(one) == scalar_type(other)
    if one.tag != other.tag:
        return False
    if isinstance(one, SequenceNode) and isinstance(other, SequenceNode):
        return len(one.items) == len(other.items) and all(map(same_node, one.items, other.items))
    if isinstance(one, MappingNode) and isinstance(other, MappingNode):
        return len(one.pairs) == len(other.pairs) and all(
            same_node(key, other_key) and same_node(value, other_value)
            for (key, value), (other_key, other_value) in zip(one.pairs, other.pairs, strict=True)
        )
    return False


def _fields(node: Node | None) -> Fields:
    target = None if node is None else resolved(node)
    return fields_of(target) if isinstance(target, MappingNode) else {}


def _value(fields: Fields, name: str) -> Node | None:
    return fields[name][1] if name in fields else None


def _without_nan(registry: BundleRegistry) -> BundleRegistry:
    sets = {
        name: TargetSet(group.targets, {k: _number(w) for k, w in group.weights.items()})
        for name, group in registry.target_sets.items()
    }
    return replace(registry, target_sets=sets)


#: Stands for every NaN; no weight can equal an object that is only equal to itself.
_NAN: float = float("nan")


def _number(weight: float) -> float:
    """One NaN object for all of them: containers compare by identity first."""
    return weight if weight == weight else _NAN
