"""One pass over a registry document that turns what it says into what it should say."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from modelops_bundle.codec.collection_edit import (
    PairEdits,
    Slot,
    edit_list,
    edit_map,
    edit_pairs,
    set_key,
    set_value,
)
from modelops_bundle.codec.record import Record, record_of
from modelops_bundle.codec.registry_decode import (
    declared_values,
    model_values,
    read_declared,
    read_model,
    read_set,
    read_target,
    reader_for,
    set_values,
    target_values,
    version_of,
)
from modelops_bundle.codec.registry_encode import (
    declared_plain,
    entry_plain,
    new_text,
    plain,
    set_plain,
)
from modelops_bundle.codec.registry_fields import (
    DECLARED_FIELDS,
    MODEL_FIELDS,
    ROOT_FIELDS,
    ROOT_KEYS,
    TARGET_FIELDS,
    TARGET_SET_FIELDS,
    FieldReader,
    Fields,
    Form,
    Value,
    as_mapping,
    fields_of,
    is_null,
)
from modelops_bundle.codec.splice import Splicer
from modelops_bundle.codec.yaml_emit import Layout, Plain, flow_pair
from modelops_bundle.codec.yaml_nodes import (
    AliasNode,
    Document,
    MappingNode,
    Node,
    SequenceNode,
    YamlProblem,
)
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import (
    BundleRegistry,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

_T = TypeVar("_T", ModelEntry, TargetEntry, TargetSet)


def edited_text(
    document: Document,
    layout: Layout,
    current: BundleRegistry,
    result: BundleRegistry,
    renamed: Mapping[EntryKey, str],
) -> str:
    """The text of a document after one pass; its last line must end with a line break.

    With aliases in the document one pass may not be enough: changing a value changes what its
    aliases say, and the next pass writes those out.

    Args:
        document: The document as it stands.
        layout: How it is indented.
        current: What it says.
        result: What it should say.
        renamed: New ids of entries that stay.

    Raises:
        YamlProblem: the text cannot be edited safely.
        NotWritable: a text that YAML cannot hold.
    """
    root = document.root
    splicer = Splicer(document.text, layout)
    if root is None or is_null(root) or (isinstance(root, MappingNode) and not root.pairs):
        text = new_text(result).replace("\n", layout.newline)
        if root is None or root.start == root.end:
            splicer.insert(document.content_end, text)
        else:
            splicer.replace(root.start, root.end, "")
            splicer.insert(splicer.next_line(root.end), text)
    else:
        edit = _RegistryEdit(splicer, current, result, renamed)
        edit.root(as_mapping(root), aliased=document.aliased)
    return splicer.result()


@dataclass(frozen=True, slots=True)
class _Section(Generic[_T]):
    """How the entries of one section are read and written."""

    name: str
    current: Mapping[str, _T]
    wanted: Mapping[str, _T]
    forms: Mapping[str, Form]
    read: Callable[[FieldReader, Node, Node], _T]
    values: Callable[[_T], dict[str, Value]]
    written: Callable[[_T], Plain]
    renames: Mapping[str, str] = field(default_factory=dict)
    field_renames: Mapping[str, str] = field(default_factory=dict)


class _RegistryEdit:
    """The walk; edits are collected in the splicer, those inside a value before those after it."""

    def __init__(
        self,
        splicer: Splicer,
        current: BundleRegistry,
        result: BundleRegistry,
        renamed: Mapping[EntryKey, str],
    ) -> None:
        self._splicer = splicer
        self._result = result
        self._reader = reader_for(result.version)
        before = reader_for(current.version)
        self._from_backslashes = before.backslashes and not self._reader.backslashes
        # What was read with another version's rules says nothing of how it reads now.
        same_rules = before.backslashes == self._reader.backslashes
        self._current = current if same_rules else BundleRegistry()
        self._doomed: list[Node] = []
        self._models = {key.id: new for key, new in renamed.items() if key.kind is Kind.MODEL}
        self._targets = {key.id: new for key, new in renamed.items() if key.kind is Kind.TARGET}

    def root(self, node: MappingNode, *, aliased: bool) -> None:
        fields = fields_of(node)
        record = Record(node, fields, ROOT_KEYS)
        result = self._result
        if version_of(fields) != result.version:
            self._put(record, "version", result.version)
        leaving = [
            *_leaving(record.pairs("models"), result.models, self._models),
            *_leaving(record.pairs("targets"), result.targets, self._targets),
        ]
        self._doomed = sorted(leaving, key=lambda entry: entry.start) if aliased else []
        models, targets, sets = self._sections()
        self._section(record, models)
        self._section(record, targets)
        self._section(record, sets)
        for name, form in ROOT_FIELDS.items():
            value: Value = getattr(result, name)
            if name == "source_roots" and value == (ROOT,) and record.is_null(name):
                continue
            self._field(record, name, form, value, {})
        edit_pairs(self._splicer, None, node, record.edits)

    def _sections(
        self,
    ) -> tuple[_Section[ModelEntry], _Section[TargetEntry], _Section[TargetSet]]:
        result = self._result
        return (
            _Section(
                "models",
                self._current.models,
                result.models,
                MODEL_FIELDS,
                read_model,
                model_values,
                entry_plain,
                renames=self._models,
            ),
            _Section(
                "targets",
                self._current.targets,
                result.targets,
                TARGET_FIELDS,
                read_target,
                target_values,
                entry_plain,
                renames=self._targets,
            ),
            _Section(
                "target_sets",
                self._current.target_sets,
                result.target_sets,
                TARGET_SET_FIELDS,
                read_set,
                set_values,
                set_plain,
                field_renames=self._targets,
            ),
        )

    def _section(self, record: Record, section: _Section[_T]) -> None:
        if record.is_null(section.name):
            if section.wanted:
                plain_section = {key: section.written(e) for key, e in section.wanted.items()}
                self._put(record, section.name, plain_section)
            return
        slot = record.slot(section.name)
        if slot is None or not isinstance(slot.value, MappingNode):
            self._borrowed_section(record, section)
            return
        node = slot.value
        edits = PairEdits()
        settled: set[str] = set()
        own = {id(key): index for index, (key, _) in enumerate(node.pairs)}
        entries = fields_of(node)
        for entry_id in sorted(entries, key=lambda key: key not in section.renames):
            key, value = entries[entry_id]
            target = section.renames.get(entry_id, entry_id)
            entry = section.wanted.get(target)
            index = own.get(id(key))
            if entry is None or target in settled:
                edits.drop |= set() if index is None else {index}
            elif index is not None:
                settled.add(target)
                if target != entry_id:
                    set_key(self._splicer, key, target, node.flow)
                if self._doomed or section.current.get(entry_id) != entry:
                    self._entry(Slot(node, key, value), section, entry)
            elif self._reads(section, key, value, entry):
                settled.add(target)
        missing = {key: entry for key, entry in section.wanted.items() if key not in settled}
        edits.tail = [(key, section.written(entry)) for key, entry in missing.items()]
        edit_pairs(self._splicer, slot, node, edits)

    def _borrowed_section(self, record: Record, section: _Section[_T]) -> None:
        """A section behind an alias or a merge key may stay as it is, and no more."""
        node = record.node(section.name)
        assert node is not None
        entries = fields_of(as_mapping(node))
        same = entries.keys() == section.wanted.keys() and all(
            self._reads(section, *entries[key], entry) for key, entry in section.wanted.items()
        )
        if not same:
            raise node.problem(f"'{section.name}' is an alias or comes from a merge key")

    def _reads(self, section: _Section[_T], key: Node, value: Node, entry: _T) -> bool:
        return _reads_as(entry, lambda: section.read(self._reader, key, value))

    def _entry(self, slot: Slot, section: _Section[_T], entry: _T) -> None:
        settled = self._reads(section, slot.key, slot.value, entry)
        if settled and not self._doomed:
            return
        if is_null(slot.value):
            set_value(self._splicer, slot, section.written(entry))
            return
        record = record_of(slot, tuple(section.forms))
        for name, value in section.values(entry).items():
            if settled and not self._loses_its_anchor(record.node(name)):
                continue
            self._field(record, name, section.forms[name], value, section.field_renames)
        if not isinstance(entry, TargetSet):
            self._declared(record, entry)
        self._finish(slot, record)

    def _declared(self, record: Record, entry: ModelEntry | TargetEntry) -> None:
        recorded = bool(entry.symbol_digest or entry.behavior_digest)
        node = record.node("declared")
        if _reads_as(entry.declared, lambda: read_declared(self._reader, node, recorded)):
            return
        slot = record.slot("declared")
        if slot is None or entry.declared is None or not isinstance(slot.value, MappingNode):
            self._put(record, "declared", declared_plain(entry.declared))
            return
        inner = record_of(slot, tuple(DECLARED_FIELDS))
        for name, value in declared_values(entry.declared).items():
            self._field(inner, name, DECLARED_FIELDS[name], value, {})
        self._finish(slot, inner)

    def _field(
        self, record: Record, name: str, form: Form, wanted: Value, renames: Mapping[str, str]
    ) -> None:
        """Make one field say what it should, item by item where it is a list or a mapping."""
        node = record.node(name)
        if is_null(node) and not wanted:
            return
        settled = _reads_as(wanted, lambda: self._reader.read(form, node))
        if settled and not self._loses_its_anchor(node):
            return
        slot = record.slot(name)
        value = slot.value if slot is not None else None
        if slot is not None and isinstance(value, SequenceNode) and isinstance(wanted, tuple):
            old = self._reader.read_items(form, value)
            renames = renames or self._normalised(old)
            edit_list(self._splicer, slot, value, old, wanted, renames)
        elif slot is not None and isinstance(value, MappingNode) and isinstance(wanted, Mapping):
            pairs = self._reader.read_pairs(form, value)
            renames = renames or self._normalised(pairs)
            edit_map(self._splicer, slot, value, pairs, wanted, renames)
        else:
            self._put(record, name, plain(wanted))

    def _normalised(self, texts: Iterable[str | None]) -> dict[str, str]:
        """What paths with backslashes become when the document leaves version 1.0."""
        if not self._from_backslashes:
            return {}
        return {
            text: BundlePath.parse(text.replace("\\", "/"))
            for text in texts
            if text and "\\" in text
        }

    def _loses_its_anchor(self, node: Node | None) -> bool:
        """Whether it is an alias of something in an entry that goes: it is to be written out."""
        if not isinstance(node, AliasNode) or node.target is None:
            return False
        place = node.target.start
        index = bisect_right(self._doomed, place, key=lambda entry: entry.start) - 1
        return index >= 0 and place < self._doomed[index].end

    def _put(self, record: Record, name: str, value: Plain) -> None:
        """Write a whole value: in its place, or as a new pair."""
        slot = record.slot(name)
        if slot is not None:
            set_value(self._splicer, slot, value)
        else:
            record.add(name, value)

    def _finish(self, slot: Slot, record: Record) -> None:
        """Add the new pairs; an alias becomes a mapping that merges what it stood for."""
        alias = slot.value
        if not isinstance(alias, AliasNode):
            edit_pairs(self._splicer, slot, record.mapping, record.edits)
            return
        name = self._splicer.text[alias.start : alias.end]
        pairs = [flow_pair(key, value) for key, value in record.edits.added]
        self._splicer.replace(alias.start, alias.end, f"{{<<: {', '.join([name, *pairs])}}}")


def _leaving(pairs: Fields, wanted: Mapping[str, object], renames: Mapping[str, str]) -> list[Node]:
    return [node for key, (_, node) in pairs.items() if renames.get(key, key) not in wanted]


def _reads_as(wanted: object, read: Callable[[], object]) -> bool:
    """Whether a value needs no edit; what cannot be read in the new version does."""
    try:
        return read() == wanted
    except YamlProblem:
        return False
