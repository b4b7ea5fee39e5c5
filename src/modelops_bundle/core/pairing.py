"""Which unregistered symbol is what a registered one has become (analysis.md, "Renames")."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.observation import Discovered, ModelFacts, Observation, TargetFacts
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry
from modelops_bundle.errors import UsageError

#: Below this two definitions are different things (analysis.md, "Renames", evidence 2).
SIMILAR = 0.6
#: A runner-up that comes closer than this is as likely (analysis.md, "Renames", evidence 3).
MARGIN = 0.15

Entries = Mapping[EntryKey, ModelEntry | TargetEntry]
Groups = defaultdict[tuple[Kind, object], list[Discovered]]


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry's symbol as it is now, and what says so."""

    found: Discovered
    evidence: str


@dataclass(slots=True)
class Pairing:
    """The outcome: settled pairs, and entries with several candidates."""

    pairs: dict[EntryKey, Pair] = field(default_factory=dict)
    undecided: dict[EntryKey, tuple[Discovered, ...]] = field(default_factory=dict)


def pair_missing(
    missing: Entries,
    candidates: Iterable[Discovered],
    observed: Observation,
    chosen: Mapping[EntryKey, str],
    record: Entries,
    *,
    excluded: Container[Entrypoint] = (),
    contested: Container[EntryKey] = (),
) -> Pairing:
    """Pair entries whose symbol is gone with symbols that no entry claims.

    The result does not depend on the order of either collection (law 3).

    Args:
        missing: Entries whose symbol is not where the registry says.
        candidates: Unclaimed symbols of any kind.
        observed: For file contents and similarities.
        chosen: What a person settled by `--rename`.
        record: All entries, for what a person chose.
        excluded: Symbols that only a person may choose.
        contested: Entries that only an equal body or a person may settle (`handed_on`).

    Raises:
        UsageError: a chosen symbol does not exist, is not unique, or is taken.
    """
    search = _Search(missing, candidates, observed, contested)
    for key in sorted(chosen):
        search.choose(key, chosen[key], record)
    search.leave_out(excluded)
    while search.found_more():
        search.by_entrypoint()
        search.by_body(same_file=True)
        search.by_body(same_file=False)
        search.by_file()
        search.by_sole_candidate()
        search.by_moved_file()
    search.leave_to_decide()
    return search.pairing


class _Search:
    """The entries and candidates that are still free, and the pairs so far."""

    def __init__(
        self,
        missing: Entries,
        candidates: Iterable[Discovered],
        observed: Observation,
        contested: Container[EntryKey],
    ) -> None:
        self.observed = observed
        self.contested = contested
        self.pairing = Pairing()
        self.missing = {key: missing[key] for key in sorted(missing)}
        self.free = dict.fromkeys(sorted(candidates, key=_candidate_order))
        self.settled_before = -1
        self.likeness: dict[Entrypoint, dict[Entrypoint, float]] = defaultdict(dict)
        for (old, new), similarity in observed.similarity.items():
            self.likeness[old][new] = similarity

    def found_more(self) -> bool:
        """Whether pairs were settled since the last call, or this is the first one.

        A pair may leave another entry with one candidate: what the next plan would settle, this
        one must (law 1).
        """
        if len(self.pairing.pairs) == self.settled_before:
            return False
        self.settled_before = len(self.pairing.pairs)
        self.pairing.undecided.clear()
        return True

    def settle(self, key: EntryKey, found: Discovered, evidence: str) -> None:
        self.pairing.pairs[key] = Pair(found, evidence)
        self.missing.pop(key, None)
        del self.free[found]

    def leave_out(self, excluded: Container[Entrypoint]) -> None:
        self.free = {c: None for c in self.free if c.entrypoint not in excluded}

    def of_kind(self, key: EntryKey, *, plain: bool = False) -> list[Discovered]:
        return [c for c in self.free if c.kind is key.kind and (plain or c.convention)]

    def grouped(self, group_of: Callable[[Discovered], object]) -> Groups:
        """The free candidates by kind and something else that they may share with an entry."""
        groups: Groups = defaultdict(list)
        for candidate in self.free:
            groups[candidate.kind, group_of(candidate)].append(candidate)
        return groups

    def choose(self, key: EntryKey, text: str, record: Entries) -> None:
        entry = record.get(key)
        if entry is None:
            raise UsageError(f"--rename: no {key.kind.value} has the id {key.id!r}")
        module, colon, symbol = text.rpartition(":")
        matching = [
            c
            for c in self.of_kind(key, plain=True)
            if c.symbol == symbol and (not colon or c.entrypoint.module == module)
        ]
        here = [c for c in matching if c.path == entry.path]
        options = here or matching
        if len(options) != 1:
            known = ", ".join(c.entrypoint for c in options or self.of_kind(key)) or "none"
            symbols = [c.symbol for c in self.of_kind(key)]
            listed = f"unregistered {key.kind.value}s: {known}"
            problem = "is not unique" if options else "is no unregistered symbol"
            raise UsageError(
                f"--rename {key.id}={text}: {text} {problem}",
                not_done="nothing was written",
                hint=listed if options else did_you_mean(symbol, symbols, listed),
            )
        self.settle(key, options[0], "chosen")

    def by_entrypoint(self) -> None:
        """The same module and symbol in another file: its path or source root changed."""
        groups = self.grouped(lambda candidate: candidate.entrypoint)
        for key, entry in list(self.missing.items()):
            options = [c for c in groups[key.kind, entry.entrypoint] if c in self.free]
            if options:
                self.settle(key, options[0], "same entrypoint")

    def by_body(self, *, same_file: bool) -> None:
        """Equal definitions, where each side is the only one or the name or facts single it out."""
        alike: dict[object, list[EntryKey]] = defaultdict(list)
        for key, entry in self.missing.items():
            if entry.symbol_digest is not None:
                alike[key.kind, _body(entry, same_file)].append(key)
        groups = self.grouped(lambda candidate: _body(candidate, same_file))
        for keys in alike.values():
            body = _body(self.missing[keys[0]], same_file)
            options = groups[keys[0].kind, body]
            self._match_equal_bodies(keys, [c for c in options if c in self.free])

    def _match_equal_bodies(self, keys: list[EntryKey], options: list[Discovered]) -> None:
        for alike in (_same_symbol, _same_facts):
            for key in list(keys):
                mine = [c for c in options if alike(self.missing[key], c)]
                rivals = [k for k in keys if any(alike(self.missing[k], c) for c in mine)]
                if len(mine) == 1 and rivals == [key]:
                    keys.remove(key)
                    options.remove(mine[0])
                    self.settle(key, mine[0], "same body")
        if len(keys) == 1 and len(options) == 1:
            self.settle(keys[0], options[0], "same body")
        elif keys and options:
            for key in keys:
                self.pairing.undecided[key] = tuple(options)

    def by_file(self) -> None:
        """The same name in a file that is the old one, or much like it."""
        self._by_name("same file", self._in_same_content)
        self._by_name("similar body", self._alike)

    def _by_name(
        self, evidence: str, fits: Callable[[ModelEntry | TargetEntry, Discovered], bool]
    ) -> None:
        groups = self.grouped(lambda candidate: candidate.symbol)
        options = {
            key: [c for c in groups[key.kind, entry.symbol] if fits(entry, c)]
            for key, entry in self.missing.items()
            if self._open(key)
        }
        claims = Counter(candidate for mine in options.values() for candidate in mine)
        for key, mine in options.items():
            if len(mine) == 1 and claims[mine[0]] == 1:
                self.settle(key, mine[0], evidence)

    def by_sole_candidate(self) -> None:
        """One entry of a file is gone, one new symbol of its kind is in it."""
        lost = self._lost()
        groups = self.grouped(lambda candidate: candidate.path)
        for key, entry in list(self.missing.items()):
            alike = self._alike_anywhere(key, entry)
            here = [
                c
                for c in groups[key.kind, entry.path]
                if c in self.free
                and _likely(c)
                and (c in alike or self._similarity(entry, c) is None)
            ]
            if lost[key.kind, entry.path] != 1 or len(here) != 1 or not self._open(key):
                continue
            # With no old source, the one that was deleted and the one that was added look alike.
            if self._similarity(entry, here[0]) is not None:
                self._settle_alike(key, here[0])

    def by_moved_file(self) -> None:
        """The only entry of a file that is gone, and the only symbol of other files like it."""
        lost = self._lost()
        options = {
            key: [c for c in self._alike_anywhere(key, entry) if _likely(c)]
            for key, entry in self.missing.items()
            if entry.path not in self.observed.files and lost[key.kind, entry.path] == 1
        }
        claims = Counter(candidate for mine in options.values() for candidate in mine)
        for key, mine in options.items():
            if len(mine) != 1 or claims[mine[0]] != 1 or not self._open(key):
                continue
            if _share_facts(self.missing[key], mine[0]):
                self._settle_alike(key, mine[0])

    def leave_to_decide(self) -> None:
        """What evidence neither confirms nor rules out is for a person; the likeliest first."""
        by_path = self.grouped(lambda candidate: candidate.path)
        by_symbol = self.grouped(lambda candidate: candidate.symbol)
        for key, entry in self.missing.items():
            options = dict.fromkeys(
                c for c in self.pairing.undecided.get(key, ()) if c in self.free
            )
            for candidate in (*by_path[key.kind, entry.path], *by_symbol[key.kind, entry.symbol]):
                if _likely(candidate) and self._similarity(entry, candidate) is None:
                    options[candidate] = None
            options |= dict.fromkeys(self._alike_anywhere(key, entry))
            self.pairing.undecided.pop(key, None)
            if options:
                self.pairing.undecided[key] = tuple(sorted(options, key=self._likeliest(entry)))

    def _lost(self) -> Counter[tuple[Kind, BundlePath]]:
        return Counter((key.kind, entry.path) for key, entry in self.missing.items())

    def _alike_anywhere(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> list[Discovered]:
        """Free candidates of an entry's kind that are known to be like what it was.

        One that is not, but comes close to one that is, counts: it is as likely.
        """
        names = self.likeness.get(entry.entrypoint, {})
        known = [c for c in self.of_kind(key, plain=True) if not c.abstract]
        best = max((names.get(c.entrypoint, 0.0) for c in known), default=0.0)
        least = min(SIMILAR, best - MARGIN) if best >= SIMILAR else SIMILAR
        return [c for c in known if names.get(c.entrypoint, 0.0) >= least]

    def _settle_alike(self, key: EntryKey, found: Discovered) -> None:
        """Settle on a likeness, unless something else is as likely.

        That is another candidate that comes close, or another old definition that is more like
        this candidate: it is a copy of that one, then.
        """
        entry = self.missing[key]
        similarity = self._similarity(entry, found) or 0.0
        rivals = [c for c in self._alike_anywhere(key, entry) if c is not found and _likely(c)]
        closest = max((self._similarity(entry, c) or 0.0 for c in rivals), default=0.0)
        copied = max(
            (
                values.get(found.entrypoint, 0.0)
                for old, values in self.likeness.items()
                if old != entry.entrypoint
            ),
            default=0.0,
        )
        if similarity >= SIMILAR and closest <= similarity - MARGIN and copied <= similarity:
            self.settle(key, found, f"{similarity:.0%} alike")

    def _likeliest(
        self, entry: ModelEntry | TargetEntry
    ) -> Callable[[Discovered], tuple[float, tuple[BundlePath, int, Entrypoint, str]]]:
        return lambda found: (-(self._similarity(entry, found) or 0.0), _candidate_order(found))

    def _open(self, key: EntryKey) -> bool:
        """Whether evidence other than an equal body may settle an entry."""
        return key not in self.pairing.undecided and key not in self.contested

    def _alike(self, entry: ModelEntry | TargetEntry, found: Discovered) -> bool:
        return (self._similarity(entry, found) or 0.0) >= SIMILAR

    def _in_same_content(self, entry: ModelEntry | TargetEntry, found: Discovered) -> bool:
        state = self.observed.files.get(found.path)
        return state is not None and state.digest == entry.source_digest

    def _similarity(self, entry: ModelEntry | TargetEntry, found: Discovered) -> float | None:
        return self.likeness.get(entry.entrypoint, {}).get(found.entrypoint)


def _body(one: Discovered | ModelEntry | TargetEntry, same_file: bool) -> object:
    return (one.symbol_digest, one.path if same_file else None)


def _likely(found: Discovered) -> bool:
    """Whether a symbol would be registered by itself: an abstract class has to be named."""
    return bool(found.convention) and not found.abstract


def _candidate_order(found: Discovered) -> tuple[BundlePath, int, Entrypoint, str]:
    return (found.path, found.location.line, found.entrypoint, found.kind.value)


def _same_symbol(entry: ModelEntry | TargetEntry, found: Discovered) -> bool:
    return entry.symbol == found.symbol


def _same_facts(entry: ModelEntry | TargetEntry, found: Discovered) -> bool:
    if isinstance(entry, TargetEntry) and isinstance(found.facts, TargetFacts):
        return entry.model_output == found.facts.model_output
    if isinstance(entry, ModelEntry) and isinstance(found.facts, ModelFacts):
        return set(entry.outputs) == set(found.facts.outputs.values)
    return False


def _share_facts(entry: ModelEntry | TargetEntry, found: Discovered) -> bool:
    """Whether an entry and a candidate have something in common, or it cannot be told."""
    if isinstance(entry, TargetEntry) and isinstance(found.facts, TargetFacts):
        output, data = found.facts.model_output, found.facts.data
        if not isinstance(output, str) or output == entry.model_output or not entry.model_output:
            return True
        return data is not None and not set(data.values).isdisjoint(entry.data)
    if isinstance(entry, ModelEntry) and isinstance(found.facts, ModelFacts):
        outputs = found.facts.outputs
        if not outputs.complete or not outputs.values or not entry.outputs:
            return True
        return not set(outputs.values).isdisjoint(entry.outputs)
    return False
