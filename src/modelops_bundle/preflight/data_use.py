"""Which places in the code name data of an entry, and which of what they name it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelops_bundle.core.data_reads import DataRead
from modelops_bundle.core.dependencies import lies_in
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Closure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.entities import settled_entries

#: Code that counts by its bytes: what it reads is not known.
_OPAQUE = (".so", ".pyd", ".pyc", ".pyi", ".zip")


class DataUse:
    """What the closures of all entries name."""

    def __init__(self, context: PreflightContext) -> None:
        """Take the registry as it would be after the sync."""
        self._observed = context.observed
        self._registered: dict[BundlePath, set[str]] = {}
        for _, entry in context.registry.entries():
            self._registered.setdefault(entry.path, set()).add(_top(entry))

    def closure(self, entry: ModelEntry | TargetEntry) -> Closure:
        """The closure of an entry's file."""
        return self._observed.closures.get(entry.path) or Closure(path=entry.path)

    def reads(self, entry: ModelEntry | TargetEntry) -> Iterator[tuple[Location, DataRead]]:
        """What an entry's closure names, without what only other entries' definitions lead to."""
        closure = self.closure(entry)
        for file in (closure.path, *closure.files):
            found = self._observed.reads.get(file)
            if found is None:
                continue
            own = _top(entry) if file == entry.path else ""
            others = self._registered.get(file, set()) - {own}
            for read in found.reads:
                if found.speaks_for(read, own, others):
                    yield Location(file, read.line), read

    def undeclared(
        self, entry: ModelEntry | TargetEntry
    ) -> Iterator[tuple[Location, DataRead, tuple[BundlePath, ...]]]:
        """Places that surely read something, with the files that the entry does not declare."""
        closure = self.closure(entry)
        known = {entry.path, *closure.files, *entry.data, *entry.code}
        for place, read in self.reads(entry):
            if not read.sure:
                continue
            files = tuple(
                file for file in read.named if _is_data(file) and not lies_in(file, known)
            )
            if files:
                yield place, read, files

    def mentions(self, entry: ModelEntry | TargetEntry, path: BundlePath) -> bool:
        """Whether anything in an entry's closure may mean this file or folder; True in doubt."""
        closure = self.closure(entry)
        dynamic = {f.key for f in self._observed.findings if f.code == "MB204"}
        for file in (closure.path, *closure.files):
            if file in dynamic or file in self._observed.parse_failures:
                return True
            if file.endswith(_OPAQUE):
                return True
            found = self._observed.reads.get(file)
            if found is None:
                continue
            if found.computed or not found.names.isdisjoint((path.name, path.stem)):
                return True
            for read in found.reads:
                if read.path.is_within(path) or path.is_within(read.path):
                    return True
        return False


def undeclared_reads(
    context: PreflightContext,
) -> Mapping[EntryKey, Mapping[BundlePath, Location]]:
    """The files that entries read and do not declare, each with the first place that names it."""
    if not context.observed.reads:
        return {}
    use = DataUse(context)
    found: dict[EntryKey, dict[BundlePath, Location]] = {}
    for key, entry in settled_entries(context):
        for place, _, files in sorted(use.undeclared(entry), key=lambda one: one[0]):
            for file in files:
                found.setdefault(key, {}).setdefault(file, place)
    return found


def _top(entry: ModelEntry | TargetEntry) -> str:
    return entry.symbol.partition(".")[0]


def _is_data(path: BundlePath) -> bool:
    """Whether a name alone may stand for data; source has to be named with its folder."""
    return path.suffix != ".py" or "/" in path
