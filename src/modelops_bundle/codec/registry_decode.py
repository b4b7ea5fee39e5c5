"""From the nodes of a registry document to its types, and from its types to plain fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from modelops_bundle.codec.registry_fields import (
    DECLARED_FIELDS,
    MODEL_FIELDS,
    ROOT_FIELDS,
    TARGET_FIELDS,
    TARGET_SET_FIELDS,
    FieldReader,
    Form,
    Value,
    as_mapping,
    described,
    fields_of,
    is_null,
    refuse_other_keys,
)
from modelops_bundle.codec.yaml_nodes import (
    Node,
    ScalarNode,
    YamlProblem,
    resolved,
)
from modelops_bundle.core.paths import ROOT
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

#: The version that a document has which does not say: the existing tool's first one.
FIRST_VERSION = "1.0"
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})*")
_T = TypeVar("_T")


def decode_root(root: Node | None) -> BundleRegistry:
    """The registry that a document holds; an empty document is an empty registry.

    Raises:
        YamlProblem: it cannot be read.
    """
    if root is None or is_null(root):
        return BundleRegistry()
    fields = fields_of(as_mapping(root))
    version = version_of(fields)
    reader = reader_for(version)
    rest: dict[str, Any] = {
        name: reader.read(form, fields[name][1])
        for name, form in ROOT_FIELDS.items()
        if name in fields
    }
    if "source_roots" not in fields or is_null(fields["source_roots"][1]):
        rest["source_roots"] = (ROOT,)
    return BundleRegistry(
        version=version,
        models=_section(fields, "models", lambda key, node: read_model(reader, key, node)),
        targets=_section(fields, "targets", lambda key, node: read_target(reader, key, node)),
        target_sets=_section(fields, "target_sets", lambda key, node: read_set(reader, key, node)),
        **rest,
    )


def reader_for(version: str) -> FieldReader:
    """A reader of values as that version writes them."""
    return FieldReader(backslashes=_numbers(version) < (1, 1))


def read_model(reader: FieldReader, key: Node, node: Node) -> ModelEntry:
    """One model.

    Raises:
        YamlProblem: it cannot be read.
    """
    values = _entry(reader, key, node, MODEL_FIELDS)
    values["source_digest"] = values.pop("model_digest")
    values["class_name"] = values["class_name"] or values["entrypoint"].symbol
    return ModelEntry(**values)


def read_target(reader: FieldReader, key: Node, node: Node) -> TargetEntry:
    """One target.

    Raises:
        YamlProblem: it cannot be read.
    """
    values = _entry(reader, key, node, TARGET_FIELDS)
    values["source_digest"] = values.pop("target_digest")
    values["model_output"] = values["model_output"] or ""
    return TargetEntry(**values)


def read_set(reader: FieldReader, key: Node, node: Node) -> TargetSet:
    """One target set; nothing written is an empty one.

    Raises:
        YamlProblem: it cannot be read.
    """
    if is_null(node):
        return TargetSet()
    fields = fields_of(as_mapping(node))
    values: dict[str, Any] = _read_all(reader, fields, TARGET_SET_FIELDS)
    return TargetSet(**values)


def read_declared(reader: FieldReader, node: Node | None, recorded: bool) -> Declared | None:
    """What a person declared for an entry.

    Args:
        reader: Of the document.
        node: The value of `declared`, None if there is none. A null says that it is not known.
        recorded: The entry has digests that only this program writes, so that no `declared`
            means nothing declared.

    Raises:
        YamlProblem: it cannot be read.
    """
    if node is None:
        return Declared() if recorded else None
    if is_null(node):
        return None
    values: dict[str, Any] = _read_all(reader, fields_of(as_mapping(node)), DECLARED_FIELDS)
    return Declared(**values)


def model_values(entry: ModelEntry) -> dict[str, Value]:
    """The fields of a model but `declared`, in the order of the format."""
    return _values(entry, MODEL_FIELDS, "model_digest")


def target_values(entry: TargetEntry) -> dict[str, Value]:
    """The fields of a target but `declared`, in the order of the format."""
    return _values(entry, TARGET_FIELDS, "target_digest")


def declared_values(declared: Declared) -> dict[str, Value]:
    """The fields of what a person declared."""
    return {name: getattr(declared, name) for name in DECLARED_FIELDS}


def set_values(group: TargetSet) -> dict[str, Value]:
    """The fields of a target set."""
    weights = {name: float(weight) for name, weight in group.weights.items()}
    return {"targets": group.targets, "weights": weights}


def _values(entry: object, forms: Mapping[str, Form], source: str) -> dict[str, Value]:
    return {
        name: getattr(entry, "source_digest" if name == source else name)
        for name, form in forms.items()
        if form is not Form.DECLARED
    }


def _entry(reader: FieldReader, key: Node, node: Node, forms: Mapping[str, Form]) -> dict[str, Any]:
    if is_null(node):
        raise key.problem("the entry is empty: it needs 'entrypoint' and 'path'")
    fields = fields_of(as_mapping(node))
    values: dict[str, Any] = _read_all(reader, fields, forms)
    for name in ("entrypoint", "path"):
        if values[name] is None:
            raise key.problem(f"the entry has no '{name}'")
    recorded = bool(values["symbol_digest"] or values["behavior_digest"])
    declared = fields["declared"][1] if "declared" in fields else None
    values["declared"] = read_declared(reader, declared, recorded)
    return values


def _read_all(
    reader: FieldReader, fields: Mapping[str, tuple[Node, Node]], forms: Mapping[str, Form]
) -> dict[str, Value]:
    return {
        name: reader.read(form, fields[name][1] if name in fields else None)
        for name, form in forms.items()
        if form is not Form.DECLARED
    }


def _section(
    fields: Mapping[str, tuple[Node, Node]], name: str, read: Callable[[Node, Node], _T]
) -> dict[str, _T]:
    if name not in fields or is_null(fields[name][1]):
        return {}
    section = as_mapping(fields[name][1])
    refuse_other_keys(section)
    return {entry_id: read(key, node) for entry_id, (key, node) in fields_of(section).items()}


def version_of(fields: Mapping[str, tuple[Node, Node]]) -> str:
    if "version" not in fields or is_null(fields["version"][1]):
        return FIRST_VERSION
    node = fields["version"][1]
    target = resolved(node)
    if not isinstance(target, ScalarNode) or not _VERSION.fullmatch(target.value):
        raise node.problem(f"expected a version such as '1.1', found {described(target)}")
    if _numbers(target.value) >= (2,):
        raise NewerVersion(node, target.value)
    return target.value


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".") if _VERSION.fullmatch(version) else ()
    return tuple(int(part) for part in parts)


class NewerVersion(YamlProblem):
    """The document has a major version that this program does not know."""

    def __init__(self, node: Node, version: str) -> None:
        super().__init__(
            f"format version {version} is newer than this program understands",
            node.line + 1,
            node.column + 1,
        )
