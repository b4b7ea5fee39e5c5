"""One mapping of a document as a record: the fields that a reader knows, and pairs to add."""

from __future__ import annotations

from modelops_bundle.codec.collection_edit import PairEdits, Slot
from modelops_bundle.codec.registry_fields import Fields, as_mapping, fields_of, is_null
from modelops_bundle.codec.yaml_emit import Plain
from modelops_bundle.codec.yaml_nodes import MappingNode, Node


class Record:
    """The fields of one mapping that a reader knows, and the pairs to add to it.

    Attributes:
        mapping: The mapping; of an alias the one that it stands for, none of whose pairs are
            the record's own.
    """

    def __init__(
        self, mapping: MappingNode, fields: Fields, order: tuple[str, ...], *, own: bool = True
    ) -> None:
        self.mapping = mapping
        self.edits = PairEdits()
        self._fields = fields
        self._order = order
        self._own = {id(key): index for index, (key, _) in enumerate(mapping.pairs) if own}

    def node(self, name: str) -> Node | None:
        """The value of a field, None if there is none."""
        return self._fields[name][1] if name in self._fields else None

    def is_null(self, name: str) -> bool:
        """Whether a field has no value."""
        return is_null(self.node(name))

    def pairs(self, name: str) -> Fields:
        """The pairs of a mapping below a key; none if it is something else."""
        node = self.node(name)
        return fields_of(node) if isinstance(node, MappingNode) else {}

    def slot(self, name: str) -> Slot | None:
        """The field's own pair; None if there is none, or only one that a merge key brings."""
        if name not in self._fields:
            return None
        key, value = self._fields[name]
        return Slot(self.mapping, key, value) if id(key) in self._own else None

    def add(self, name: str, value: Plain) -> None:
        """A new pair, after the last own one of those that come before it in the format.

        The first key of the format goes to the start; one without predecessors to the end.
        """
        before = self._order[: self._order.index(name)]
        places = [self._own.get(id(self._fields[n][0]), -1) for n in before if n in self._fields]
        place = max(places, default=-1)
        if self.mapping.flow or (place < 0 and name != self._order[0]):
            self.edits.tail.append((name, value))
        else:
            self.edits.after.setdefault(place, []).append((name, value))


def record_of(slot: Slot, order: tuple[str, ...]) -> Record:
    """The record that stands in a slot, or behind the alias there.

    Raises:
        YamlProblem: the value is no mapping.
    """
    node = as_mapping(slot.value)
    return Record(node, fields_of(node), order, own=slot.value is node)
