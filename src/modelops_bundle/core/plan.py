"""The plan: the differences between the record and the observation, and what mends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Finding, Location
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)


class State(StrEnum):
    """How an entry stands to its code (contract.md, "status --json")."""

    FRESH = "fresh"
    COSMETIC = "cosmetic"
    STALE = "stale"
    MISSING = "missing"
    UNPARSED = "unparsed"
    AMBIGUOUS = "ambiguous"


class Action(StrEnum):
    """What a sync would do with an existing entry."""

    NONE = "none"
    UPDATE = "update"
    RENAME = "rename"
    MOVE = "move"
    REMOVE = "remove"
    DECIDE = "decide"


class ChangeKind(StrEnum):
    """What a change does to the document."""

    ADD = "add"
    UPDATE = "update"
    RENAME = "rename"
    MOVE = "move"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One difference between the record and the code.

    Attributes:
        code: `MB1xx`, stable.
        field: As in `registry.yaml` (contract.md lists them).
        old, new: The values, as text; "" for none. Digests in full.
        path, line: Where the new value comes from; for digests the file that changed.
        via: The import chain from the entry's file to `path`, both included; empty for the
            entry's own file and for data.
        cosmetic: Behaviour is the same with it as without.
        evidence: For a rename or move: what the pairing rests on, such as "same body".
        message: A short clause for people, such as "data/observed.csv changed".
    """

    code: str
    field: str
    message: str
    old: str = ""
    new: str = ""
    path: BundlePath | None = None
    line: int = 0
    via: tuple[BundlePath, ...] = ()
    cosmetic: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state of one recorded entry, for every entry of the record, in its order.

    Attributes:
        candidates: For an ambiguous entry: the entrypoints among which a person must choose.
        path, line: Where the symbol is now, or where it was recorded.
    """

    key: EntryKey
    state: State
    action: Action
    destructive: bool
    path: BundlePath
    line: int = 0
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Entrypoint, ...] = ()


class Section(StrEnum):
    """A part of the document that is no entry."""

    TARGET_SET = "target_set"
    EXCLUDED = "excluded"
    SOURCE_ROOTS = "source_roots"
    ENVIRONMENT = "environment"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class SectionKey:
    """Names a part of the document that is no entry; `name` is set for target sets only."""

    section: Section
    name: str = ""

    def __str__(self) -> str:
        return f"{self.section.value}:{self.name}" if self.name else self.section.value


Value = (
    ModelEntry
    | TargetEntry
    | TargetSet
    | tuple[Entrypoint, ...]
    | tuple[BundlePath, ...]
    | Mapping[BundlePath, Digest]
    | str
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step from the record to the result (law 2: applying all of them gives the result).

    Attributes:
        before, after: The entry or section; None where there was none, or will be none.
        fields: Names of the fields that differ, as in `registry.yaml`.
        destructive: Needs `--force`: an entry removed, a member of a target set lost, something
            declared dropped.
        cosmetic: Behaviour and facts are the same before and after.
    """

    kind: ChangeKind
    key: EntryKey | SectionKey
    before: Value | None = None
    after: Value | None = None
    fields: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    destructive: bool = False
    cosmetic: bool = False
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentChange:
    """A dependency table or lock file that differs; None where there was, or is, none."""

    path: BundlePath
    old: Digest | None
    new: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A symbol that a person asks to register.

    Attributes:
        kind, path, symbol: Which symbol; it is among the observation's discovered.
        id: The id asked for, or "" for the default one.
        declared: What the person named for it.
        undeclared: Data paths that the person named before, and takes back.
    """

    kind: Kind
    path: BundlePath
    symbol: str
    id: str = ""
    declared: Declared = field(default_factory=Declared)
    undeclared: tuple[BundlePath, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What a person asks of a plan.

    Attributes:
        keep: Leave entries whose symbol is gone (state `missing`) and apply the rest.
        discover: Add models and targets found in any project file, not only in files that hold
            a registered entry.
        renames: Chosen pairings: entry to the symbol it is now, as `symbol` or `module:symbol`.
        register: Symbols to register.
        exclude: Symbols that a convention finds and that are not wanted.
        scope: Only entries of these files (before or after), and no removals; None for all.
    """

    keep: bool = False
    discover: bool = False
    renames: Mapping[EntryKey, str] = field(default_factory=dict)
    register: tuple[Registration, ...] = ()
    exclude: tuple[Entrypoint, ...] = ()
    scope: frozenset[BundlePath] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPlan:
    """What a sync would do: nothing, or all of it.

    Attributes:
        base: Digest of the registry file's bytes that the plan was made from.
        record: The registry as it was read.
        result: The registry as it would be written.
        verdicts: One per entry of the record, in its order.
        additions: Symbols that the plan adds.
        unregistered: Symbols that a convention finds, that are neither registered nor excluded,
            and that the plan does not add.
        environment: Dependency tables and lock files that differ.
        findings: What the planner noticed (unresolved facts that keep their recorded value, …).
    """

    base: Digest
    record: BundleRegistry
    result: BundleRegistry
    changes: tuple[Change, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    additions: tuple[tuple[EntryKey, Discovered], ...] = ()
    unregistered: tuple[Discovered, ...] = ()
    environment: tuple[EnvironmentChange, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to write and nothing to decide."""
        return not self.changes and not self.undecided

    @property
    def in_sync(self) -> bool:
        """The plan is empty and every entry is there, parsed and settled."""
        broken = (State.MISSING, State.AMBIGUOUS, State.UNPARSED)
        return self.empty and all(verdict.state not in broken for verdict in self.verdicts)

    @property
    def undecided(self) -> tuple[Verdict, ...]:
        """Entries with several candidates, for a person to settle."""
        return tuple(v for v in self.verdicts if v.action is Action.DECIDE)

    @property
    def unparsed(self) -> tuple[Verdict, ...]:
        """Entries whose own file cannot be parsed."""
        return tuple(v for v in self.verdicts if v.state is State.UNPARSED)

    @property
    def destructive(self) -> tuple[Change, ...]:
        """Changes that need `--force`."""
        return tuple(change for change in self.changes if change.destructive)

    @property
    def cosmetic(self) -> bool:
        """There are changes, and all of them only record digests."""
        return bool(self.changes) and all(change.cosmetic for change in self.changes)

    @property
    def stale(self) -> bool:
        """Something differs that a push must not overlook."""
        return bool(self.undecided or self.unparsed) or any(not c.cosmetic for c in self.changes)
