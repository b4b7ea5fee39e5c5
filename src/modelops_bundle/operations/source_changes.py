"""What differs between the sources of one entry as of the last sync and as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from modelops_bundle.analysis.changed_symbols import (
    ChangedSymbol,
    SymbolKind,
    changed_symbols,
    docstrings_differ,
)
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.analysis.symbol_reach import reached_names
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.line_diff import unified_diff
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Entry
from modelops_bundle.operations.observe import Session
from modelops_bundle.operations.old_sources import OldSources

#: By path: the recorded digest, and whether the difference is cosmetic.
Differing = Mapping[BundlePath, tuple[Digest | None, bool]]


@dataclass(frozen=True, slots=True)
class Touched:
    """A definition that differs.

    Attributes:
        reached: Whether the entry's symbol may use it; None where that cannot be told.
    """

    symbol: ChangedSymbol
    reached: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """What differs between a source as of the last sync and now.

    Attributes:
        kept: The earlier source is known.
        symbols: What means something else, if both versions can be parsed.
        summary: What differs where no symbol does, or "".
        diff: Hunks; None where the earlier source is not known or too much differs.
    """

    kept: bool = False
    symbols: tuple[Touched, ...] = ()
    summary: str = ""
    diff: tuple[str, ...] | None = None


class SourceChanges:
    """Compares the sources of one entry's closure with those that were kept by the last sync."""

    def __init__(self, session: Session, entry: Entry, registered: Iterable[Entry]) -> None:
        """Prepare to compare.

        Args:
            entry: The entry as it is now.
            registered: All entries: a definition of another one may not count for this one.
        """
        self._scan = session.scan
        self._old = OldSources(session.project)
        self._symbol = entry.symbol
        self._closure = session.observed.closures.get(entry.path)
        self._left_out: frozenset[tuple[BundlePath, str]] = frozenset()
        if self._closure is not None:
            others = {(one.path, one.symbol) for one in registered}
            self._left_out = self._closure.droppable & (others - {(entry.path, entry.symbol)})

    def of(self, differing: Differing) -> dict[BundlePath, SourceChange]:
        """What differs in each of these files."""
        reached = self._reached(differing)
        return {
            path: self._change(path, recorded, cosmetic=cosmetic, reached=reached)
            for path, (recorded, cosmetic) in differing.items()
        }

    def _reached(self, differing: Differing) -> frozenset[str] | None:
        """What the symbol may use, before or now; None in doubt, or where nobody will ask."""
        if self._closure is None or all(cosmetic for _, cosmetic in differing.values()):
            return None
        now = (self._now(path) for path in (self._closure.path, *self._closure.files))
        before = (self._before(path, recorded) for path, (recorded, _) in differing.items())
        return reached_names(chain(now, before), self._symbol, self._left_out)

    def _now(self, path: BundlePath) -> ParsedSource | ParseFailure:
        if not path.endswith(".py"):
            return ParseFailure(path=path, message="no source")
        try:
            return parse_source(path, self._scan.read(path))
        except FileNotFoundError:
            return ParseFailure(path=path, message="no such file")

    def _before(self, path: BundlePath, recorded: Digest | None) -> ParsedSource | ParseFailure:
        content = self._old.get(path, recorded) if recorded is not None else None
        if content is None:
            return ParseFailure(path=path, message="not kept")
        return parse_source(path, content)

    def _change(
        self,
        path: BundlePath,
        recorded: Digest | None,
        *,
        cosmetic: bool,
        reached: frozenset[str] | None,
    ) -> SourceChange:
        content = self._old.get(path, recorded) if recorded is not None else None
        if content is None:
            return SourceChange()
        try:
            present = self._scan.read(path)
        except FileNotFoundError:
            return SourceChange()
        old, new = parse_source(path, content), parse_source(path, present)
        diff = unified_diff(_lines(old, content), _lines(new, present))
        if isinstance(old, ParseFailure) or isinstance(new, ParseFailure):
            return SourceChange(kept=True, diff=diff)
        symbols = tuple(self._touched(path, changed_symbols(old, new), reached))
        summary = "" if symbols else _summary(old, new, cosmetic=cosmetic)
        return SourceChange(kept=True, symbols=symbols, summary=summary, diff=diff)

    def _touched(
        self, path: BundlePath, symbols: Iterable[ChangedSymbol], reached: frozenset[str] | None
    ) -> Iterator[Touched]:
        for symbol in symbols:
            if (path, symbol.top) in self._left_out:
                yield Touched(symbol, False)
            elif reached is None:
                yield Touched(symbol, None)
            else:
                definition = symbol.kind in _DEFINITIONS or "." in symbol.name
                yield Touched(symbol, symbol.top in reached if definition else True)


_DEFINITIONS = (SymbolKind.FUNCTION, SymbolKind.CLASS)


def _summary(old: ParsedSource, new: ParsedSource, *, cosmetic: bool) -> str:
    if docstrings_differ(old, new):
        return "docstrings"
    return "comments or formatting" if cosmetic else "order of statements"


def _lines(source: ParsedSource | ParseFailure, content: bytes) -> list[str]:
    """The lines of a source, of bytes that are none too."""
    if isinstance(source, ParsedSource):
        lines = list(source.lines)
    else:
        lines = content.decode("utf-8", "replace").splitlines()
    return lines[:-1] if lines and not lines[-1] else lines
