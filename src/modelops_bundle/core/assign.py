"""Which symbol each entry is now, and which further symbols the plan registers."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field, replace

from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.handed_on import handed_on
from modelops_bundle.core.observation import Discovered, Observation
from modelops_bundle.core.pairing import pair_missing
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.plan import PlanOptions, Registration
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
)
from modelops_bundle.errors import NeedsDecisionError, UsageError


@dataclass(slots=True)
class Assignment:
    """Symbols by entry.

    Attributes:
        found: The symbol of each entry that is still there, under whatever name.
        evidence: For renames and moves, what the pairing rests on.
        undecided: Entries with several candidates.
        added: New entries, in the order in which they are appended.
        declared: What a person named now, for added and for registered-again entries.
        undeclared: Data paths that a person takes back now, of registered-again entries.
        unregistered: Symbols of a convention that nothing claims or excludes.
    """

    found: dict[EntryKey, Discovered] = field(default_factory=dict)
    evidence: dict[EntryKey, str] = field(default_factory=dict)
    undecided: dict[EntryKey, tuple[Discovered, ...]] = field(default_factory=dict)
    added: dict[EntryKey, Discovered] = field(default_factory=dict)
    declared: dict[EntryKey, Declared] = field(default_factory=dict)
    undeclared: dict[EntryKey, tuple[BundlePath, ...]] = field(default_factory=dict)
    unregistered: tuple[Discovered, ...] = ()


def assign(record: BundleRegistry, observed: Observation, options: PlanOptions) -> Assignment:
    """Find every entry's symbol, pair what is gone, and pick what is added.

    Raises:
        UsageError: an option names something that does not exist, or an id that is taken.
        NeedsDecisionError: a registration whose symbol may be a registered one's new name.
    """
    work = _Assigner(record, observed, options)
    work.find_present()
    work.pair()
    for registration in options.register:
        work.register(registration)
    work.add_found()
    return work.assignment


class _Assigner:
    def __init__(self, record: BundleRegistry, observed: Observation, options: PlanOptions) -> None:
        self.record = record
        self.observed = observed
        self.options = options
        self.assignment = Assignment()
        self.symbols = {
            (item.kind, item.path, item.symbol): item for item in sorted_symbols(observed)
        }
        self.excluded = {*record.excluded, *options.exclude}
        self.taken = {Kind.MODEL: {*record.models}, Kind.TARGET: {*record.targets}}

    def find_present(self) -> None:
        for key, entry in self.record.entries():
            item = self.symbols.get((key.kind, entry.path, entry.symbol))
            if item is not None and key not in self.options.renames:
                self.assignment.found[key] = item

    def pair(self) -> None:
        entries = dict(self.record.entries())
        twins = self._missing()
        missing = {key: entries[key] for key in twins}
        free = self._unclaimed()
        wanted = [item for item in free if item.entrypoint not in self.excluded]
        chains = handed_on(entries, self.assignment.found, missing, wanted)
        for key, item in chains.now.items():
            self._settle((key, *twins.pop(key, ())), item, "same body")
        pairing = pair_missing(
            {key: missing[key] for key in twins},
            [item for item in free if item not in chains.now.values()],
            self.observed,
            self.options.renames,
            entries,
            excluded=self.excluded,
            contested=chains.contested,
        )
        for key, pair in pairing.pairs.items():
            self._settle((key, *twins.get(key, ())), pair.found, pair.evidence)
        for key, options in pairing.undecided.items():
            self.assignment.undecided.update(dict.fromkeys((key, *twins[key]), options))

    def _missing(self) -> dict[EntryKey, tuple[EntryKey, ...]]:
        """Entries whose symbol is not where the registry says, with others of the same symbol.

        Two entries of one symbol are an error of their own (MB309), and no rivals: both follow it.
        """
        groups: dict[object, list[EntryKey]] = {}
        for key, entry in sorted(self.record.entries(), key=lambda row: row[0]):
            if key in self.assignment.found or entry.path in self.observed.parse_failures:
                continue
            chosen = self.options.renames.get(key)
            groups.setdefault((key.kind, entry.path, entry.symbol, chosen), []).append(key)
        return {keys[0]: tuple(keys[1:]) for keys in groups.values()}

    def _settle(self, keys: Iterable[EntryKey], item: Discovered, evidence: str) -> None:
        for key in keys:
            self.assignment.found[key] = item
            self.assignment.evidence[key] = evidence

    def register(self, wanted: Registration) -> None:
        item = self.symbols.get((wanted.kind, wanted.path, wanted.symbol))
        if item is None:
            raise UsageError(
                f"{wanted.path}: no {wanted.kind.value} {wanted.symbol!r}",
                not_done="nothing was registered",
            )
        owners = [key for key, found in self.assignment.found.items() if found == item]
        if owners:
            named = (key for key in owners if key.id == wanted.id)
            self._register_again(next(named, owners[0]), wanted)
            return
        self._refuse_possible_rename(item)
        key = self._new_key(item, wanted.id)
        _check_declared(key, wanted, ())
        self.assignment.added[key] = item
        self.assignment.declared[key] = wanted.declared

    def add_found(self) -> None:
        paths = {item.path for item in self.assignment.found.values()}
        paths |= {entry.path for _, entry in self.record.entries()}
        held = {item for options in self.assignment.undecided.values() for item in options}
        rest = []
        for item in self._unclaimed():
            if not item.convention or item.entrypoint in self.excluded:
                continue
            known_file = self.options.discover or item.path in paths
            if self.options.scope is None and known_file and not item.abstract and item not in held:
                self.assignment.added[self._new_key(item, "")] = item
            elif not item.abstract:
                rest.append(item)
        self.assignment.unregistered = tuple(rest)

    def _unclaimed(self) -> Iterable[Discovered]:
        claimed = {*self.assignment.found.values(), *self.assignment.added.values()}
        return [item for item in self.symbols.values() if item not in claimed]

    def _register_again(self, key: EntryKey, wanted: Registration) -> None:
        if wanted.id and wanted.id != key.id:
            raise UsageError(
                f"{wanted.path}:{wanted.symbol} is registered as {key.id!r}",
                not_done="nothing was registered",
                hint=f"run `mops-bundle rename {key.kind.value} {key.id} {wanted.id}`",
            )
        entry = self.record.get(key)
        if entry is not None and wanted.undeclared:
            declared = entry.data if entry.declared is None else entry.declared.data
            _check_declared(key, wanted, declared)
            self.assignment.undeclared[key] = wanted.undeclared
        if wanted.declared:
            self.assignment.declared[key] = wanted.declared

    def _refuse_possible_rename(self, item: Discovered) -> None:
        for key, options in self.assignment.undecided.items():
            if item in options:
                raise NeedsDecisionError(
                    f"{item.location}: {item.symbol} may be the new name of {key}",
                    not_done="nothing was registered",
                    hint=f"run `mops-bundle sync --rename {key.id}={item.symbol}` "
                    f"or unregister {key.id} first",
                )

    def _new_key(self, item: Discovered, wanted: str) -> EntryKey:
        taken = self.taken[item.kind]
        if wanted in taken:
            raise UsageError(
                f"the id {wanted!r} is taken",
                not_done="nothing was registered",
                hint="choose another id with --id",
            )
        chosen = wanted or default_id(item, taken)
        taken.add(chosen)
        return EntryKey(item.kind, chosen)


def _check_declared(key: EntryKey, wanted: Registration, declared: Iterable[BundlePath]) -> None:
    """What is taken back must have been named by a person: what the code names, it names again."""
    known = tuple(declared)
    for path in wanted.undeclared:
        if path not in known:
            raise UsageError(
                f"{path} is not data that somebody declared for {key}",
                not_done="nothing was registered",
                hint=did_you_mean(path, known, f"run `mops-bundle show {key.id}` for its data"),
            )


def sorted_symbols(observed: Observation) -> list[Discovered]:
    """Symbols in a fixed order: by file, line, kind and name."""
    return sorted(
        observed.discovered,
        key=lambda item: (item.path, item.location.line, item.kind.value, item.symbol),
    )


def default_id(item: Discovered, taken: Container[str]) -> str:
    """`<file stem>_<class in lower case>` or the function's name; if taken, after its module."""
    name = item.symbol
    if item.kind is Kind.MODEL:
        package = item.path.name == "__init__.py" and item.path.parent != ROOT
        stem = item.path.parent.name if package else item.path.stem
        name = f"{stem}_{item.symbol.lower()}"
    candidate = name
    if candidate in taken:
        candidate = f"{item.entrypoint.module}.{name}"
    number = 2
    while candidate in taken:
        candidate = f"{item.entrypoint.module}.{name}_{number}"
        number += 1
    return candidate


def merge_declared(old: Declared, new: Declared) -> Declared:
    """What was declared before and now; a newly named model output replaces the old one."""
    return Declared(
        data=_union(old.data, new.data),
        code=_union(old.code, new.code),
        outputs=tuple(dict.fromkeys((*old.outputs, *new.outputs))),
        model_output=new.model_output or old.model_output,
    )


def without_data(
    entry: ModelEntry | TargetEntry, paths: Collection[BundlePath]
) -> ModelEntry | TargetEntry:
    """An entry without data paths that a person takes back."""
    declared = entry.declared or Declared()
    return replace(
        entry,
        data=tuple(path for path in entry.data if path not in paths),
        data_digests={
            path: digest
            for path, digest in entry.data_digests.items()
            if not any(path.is_within(one) for one in paths)
        },
        declared=replace(declared, data=tuple(path for path in declared.data if path not in paths)),
    )


def _union(old: tuple[BundlePath, ...], new: tuple[BundlePath, ...]) -> tuple[BundlePath, ...]:
    return tuple(dict.fromkeys((*old, *new)))
