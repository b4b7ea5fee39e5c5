"""Names that look like a given one, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.core.closest import closest

#: Comparing every wanted with every known name is quadratic; past this, names are not compared.
_COMPARISONS = 20_000


class Closest:
    """Suggestions from a fixed list of names, without regard to case."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        for name in names:
            self._names.setdefault(name.casefold(), name)
        self._known: dict[str, tuple[str, ...]] = {}
        self._comparisons = 0

    def to(self, wanted: str) -> tuple[str, ...]:
        """At most three names, best first; none where too many were asked for already."""
        if wanted in self._known:
            return self._known[wanted]
        self._comparisons += len(self._names)
        if self._comparisons > _COMPARISONS:
            return ()
        self._known[wanted] = closest(wanted, self._names.values())
        return self._known[wanted]
