"""The registry document: what a bundle declares about its code and data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.paths import ROOT, BundlePath, Entrypoint

#: The format this program writes (contract.md, "registry.yaml").
FORMAT_VERSION = "1.1"


class Kind(StrEnum):
    """What an entry declares."""

    MODEL = "model"
    TARGET = "target"


class EntryKey(NamedTuple):
    """Names one entry of the registry."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a person named for an entry, as against what the code says. Never dropped silently."""

    data: tuple[BundlePath, ...] = ()
    code: tuple[BundlePath, ...] = ()
    outputs: tuple[str, ...] = ()
    model_output: str | None = None

    def __bool__(self) -> bool:
        return bool(self.data or self.code or self.outputs or self.model_output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What models and targets have in common.

    Attributes:
        path: The file that defines the symbol.
        data: Declared and derived data paths; a folder stands as itself.
        data_digests: By file; a folder of more than 256 files carries one tree digest under its
            own path.
        code: Local import closure, `path` itself excluded, declared additions included.
        source_digest: Bytes of `path` (`model_digest` or `target_digest` in the file).
        symbol_digest: The definition's canonical body without its name.
        behavior_digest: Everything that can change what the entry computes.
        declared: None for an entry that was written by a tool that does not record it.
    """

    entrypoint: Entrypoint
    path: BundlePath
    data: tuple[BundlePath, ...] = ()
    data_digests: Mapping[BundlePath, Digest] = field(default_factory=dict)
    code: tuple[BundlePath, ...] = ()
    code_digests: Mapping[BundlePath, Digest] = field(default_factory=dict)
    source_digest: Digest | None = None
    symbol_digest: SemanticDigest | None = None
    behavior_digest: SemanticDigest | None = None
    declared: Declared | None = field(default_factory=Declared)

    @property
    def symbol(self) -> str:
        """The qualified name of the symbol in its module."""
        return self.entrypoint.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry(Entry):
    """A model class, and what it can be asked for. Lists compare as sets, order is kept."""

    class_name: str
    scenarios: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEntry(Entry):
    """A calibration target, and the model output that it is compared with ("" if unknown)."""

    model_output: str = ""


@dataclass(frozen=True, slots=True)
class TargetSet:
    """A named group of targets; a target without a weight has the reader's default."""

    targets: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRegistry:
    """The whole document. Mappings keep the file's order and are never changed in place."""

    version: str = FORMAT_VERSION
    models: Mapping[str, ModelEntry] = field(default_factory=dict)
    targets: Mapping[str, TargetEntry] = field(default_factory=dict)
    target_sets: Mapping[str, TargetSet] = field(default_factory=dict)
    excluded: tuple[Entrypoint, ...] = ()
    source_roots: tuple[BundlePath, ...] = (ROOT,)
    environment: Mapping[BundlePath, Digest] = field(default_factory=dict)

    def entries(self) -> Iterator[tuple[EntryKey, ModelEntry | TargetEntry]]:
        """All entries, models first, in the file's order."""
        for model_id, model in self.models.items():
            yield EntryKey(Kind.MODEL, model_id), model
        for target_id, target in self.targets.items():
            yield EntryKey(Kind.TARGET, target_id), target

    def get(self, key: EntryKey) -> ModelEntry | TargetEntry | None:
        """One entry, or None."""
        section: Mapping[str, ModelEntry | TargetEntry]
        section = self.models if key.kind is Kind.MODEL else self.targets
        return section.get(key.id)

    def with_entry(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> BundleRegistry:
        """A copy in which the entry is replaced in its place, or appended.

        Raises:
            TypeError: the entry is of another kind than the key.
        """
        if key.kind is Kind.MODEL and isinstance(entry, ModelEntry):
            return replace(self, models={**self.models, key.id: entry})
        if key.kind is Kind.TARGET and isinstance(entry, TargetEntry):
            return replace(self, targets={**self.targets, key.id: entry})
        raise TypeError(f"{key} cannot hold a {type(entry).__name__}")

    def without_entry(self, key: EntryKey) -> BundleRegistry:
        """A copy without the entry; target sets are left as they are."""
        if key.kind is Kind.MODEL:
            return replace(self, models={k: v for k, v in self.models.items() if k != key.id})
        return replace(self, targets={k: v for k, v in self.targets.items() if k != key.id})

    def sets_with(self, target_id: str) -> tuple[str, ...]:
        """Names of the target sets that hold this target."""
        return tuple(name for name, group in self.target_sets.items() if target_id in group.targets)
