"""Which place, and which words, stand for an entry in a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import Action
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext

REGISTRY_LOCATION = Location(REGISTRY_PATH)
SYNC_HINT = "Run 'mops-bundle sync' to update registry from current code"

_NAMED_AT_MOST = 3


class Definitions:
    """The definitions that the code holds, by the entries that name them."""

    def __init__(self, context: PreflightContext) -> None:
        self._by_entrypoint: dict[tuple[Kind, Entrypoint], Discovered] = {}
        self._by_place: dict[tuple[Kind, BundlePath, str], Discovered] = {}
        for found in context.observed.discovered:
            self._by_entrypoint.setdefault((found.kind, found.entrypoint), found)
            self._by_place.setdefault((found.kind, found.path, found.symbol), found)

    def of(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> Discovered | None:
        """The symbol that an entry names, or None where the code does not define it."""
        return self._by_place.get((key.kind, entry.path, entry.symbol)) or self._by_entrypoint.get(
            (key.kind, entry.entrypoint)
        )

    def place(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> Location:
        """Where an entry's symbol is defined; its file where the line is not known."""
        found = self.of(key, entry)
        return found.location if found else Location(entry.path)


def undecided(context: PreflightContext) -> frozenset[EntryKey]:
    """Entries that wait for a person's choice: what is gone of them, a sync finds again."""
    return frozenset(v.key for v in context.plan.verdicts if v.action is Action.DECIDE)


def settled_entries(
    context: PreflightContext,
) -> Iterator[tuple[EntryKey, ModelEntry | TargetEntry]]:
    """Entries as they will be after the sync, without those that wait for a choice."""
    waiting = undecided(context)
    return (item for item in context.registry.entries() if item[0] not in waiting)


def argument_for(context: PreflightContext, key: EntryKey) -> str:
    """How a command is told which entry is meant: the id, with its kind where two share it."""
    registry = context.registry
    return str(key) if key.id in registry.models and key.id in registry.targets else key.id


def registering_argument(
    context: PreflightContext, key: EntryKey, entry: ModelEntry | TargetEntry
) -> str:
    """What to register: the file where it defines nothing else of this kind, else the symbol."""
    alike = [
        found
        for found in context.observed.discovered
        if found.path == entry.path and found.kind is key.kind and found.convention
    ]
    if [found.symbol for found in alike] == [entry.symbol]:
        return shell_word(entry.path)
    return shell_word(f"{entry.path}:{entry.symbol}")


def shell_word(text: str) -> str:
    """A path as one word of a command line."""
    plain = all(c.isalnum() or c in "/._-:+=@%" for c in text)
    return text if plain else '"' + text.replace('"', '\\"') + '"'


def described(key: EntryKey) -> str:
    """`target 'incidence_target'`, for the middle of a sentence."""
    return f"{key.kind.value} '{key.id}'"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; of more than three, three and how many others."""
    if len(names) > _NAMED_AT_MOST:
        return f"{', '.join(names[:_NAMED_AT_MOST])} and {len(names) - _NAMED_AT_MOST} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def quoted(names: Iterable[str]) -> str:
    """All names, each in quotes."""
    return ", ".join(f"'{name}'" for name in names)
