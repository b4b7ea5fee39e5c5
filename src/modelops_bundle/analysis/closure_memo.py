"""Closures as bytes: each by what it does not share with an earlier one.

Entries of one project import much the same: written one by one, 200 entries over 2,000 modules
took 400,000 rows, and reading these took longer than all the rest of a command.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from modelops_bundle.analysis.packing import UnreadableError, items, number, text, texts
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Closure, FileSemantics
from modelops_bundle.core.paths import BundlePath

#: All by number: what imports a file, on which line, and what the file means.
Row = tuple[int, int, int]
#: Of one closure, by file.
Rows = dict[int, Row]

#: Earlier closures that one is compared with: the last few of all, and of those written whole.
_COMPARED = 4
_ALONE = -1


class ClosureWriter:
    """Writes closures one after the other.

    Args:
        paths, meanings: Numbers of paths and meanings; what is new is added.
    """

    def __init__(self, paths: dict[BundlePath, int], meanings: dict[FileSemantics, int]) -> None:
        self._paths = paths
        self._meanings = meanings
        self._count = 0
        self._last: deque[tuple[int, Rows]] = deque(maxlen=_COMPARED)
        self._whole: deque[tuple[int, Rows]] = deque(maxlen=_COMPARED)

    def write(self, one: Closure) -> list[object]:
        """The next closure as a JSON value."""
        rows = self._rows(one)
        base, removed, changed = self._shortest(rows)
        if base == _ALONE:
            self._whole.append((self._count, rows))
        self._last.append((self._count, rows))
        self._count += 1
        return [
            self._path(one.path),
            base,
            removed,
            [[file, *row] for file, row in changed],
            [[self._path(file), symbol] for file, symbol in sorted(one.droppable)],
            [[name, self._path(place.path), place.line] for name, place in one.third_party.items()],
            sorted(one.dangling),
            sorted(one.optional),
        ]

    def _rows(self, one: Closure) -> Rows:
        """All files of a closure; its own imports itself on no line."""
        own = self._path(one.path)
        rows = {own: (own, 0, self._meaning(one.semantics[one.path]))}
        for file in one.files:
            via, line = self._path(one.via[file]), one.lines[file]
            rows[self._path(file)] = (via, line, self._meaning(one.semantics[file]))
        return rows

    def _shortest(self, rows: Rows) -> tuple[int, list[int], list[tuple[int, Row]]]:
        """The earlier closure with least difference, and that: what goes, and what comes."""
        best = (_ALONE, list[int](), sorted(rows.items()))
        for place, earlier in (*self._last, *self._whole):
            if abs(len(earlier) - len(rows)) >= len(best[1]) + len(best[2]):
                continue
            removed, changed = earlier.keys() - rows.keys(), rows.items() - earlier.items()
            if len(removed) + len(changed) < len(best[1]) + len(best[2]):
                best = (place, sorted(removed), sorted(changed))
        return best

    def _path(self, path: BundlePath) -> int:
        return self._paths.setdefault(path, len(self._paths))

    def _meaning(self, meaning: FileSemantics) -> int:
        return self._meanings.setdefault(meaning, len(self._meanings))


class ClosureReader:
    """Reads closures one after the other, as they were written."""

    def __init__(self, paths: Sequence[BundlePath], meanings: Sequence[FileSemantics]) -> None:
        self._paths = paths
        self._meanings = meanings
        self._earlier: list[Rows] = []
        order = sorted(range(len(paths)), key=paths.__getitem__)
        self._rank = {place: rank for rank, place in enumerate(order)}
        self._known_files: dict[tuple[BundlePath, ...], tuple[BundlePath, ...]] = {}

    def path(self, value: object) -> BundlePath:
        """The path of a number.

        Raises:
            UnreadableError: none of the table.
        """
        return self._paths[_below(value, len(self._paths))]

    def read(self, value: object) -> Closure:
        """The next closure.

        Raises:
            UnreadableError: not what the writer writes.
        """
        own, base, removed, changed, droppable, third_party, dangling, optional = items(value, 8)
        rows = self._patched(base, items(removed), items(changed))
        self._earlier.append(rows)
        path = self.path(own)
        place = number(own)
        if place not in rows:
            raise UnreadableError("a closure without its own file")
        paths, meanings = self._paths, self._meanings
        every = sorted(rows, key=self._rank.__getitem__)
        others = [file for file in every if file != place]
        files = tuple(paths[file] for file in others)
        dropped = [items(pair, 2) for pair in items(droppable)]
        places = [items(one, 3) for one in items(third_party)]
        return Closure(
            path=path,
            # Entries of one file, and those of files like each other, have the very same.
            files=self._known_files.setdefault(files, files),
            via={paths[file]: paths[rows[file][0]] for file in others},
            lines={paths[file]: rows[file][1] for file in others},
            semantics={paths[file]: meanings[rows[file][2]] for file in every},
            droppable=frozenset((self.path(file), text(symbol)) for file, symbol in dropped),
            third_party={
                text(name): Location(self.path(file), number(line)) for name, file, line in places
            },
            dangling=frozenset(texts(dangling)),
            optional=frozenset(texts(optional)),
        )

    def _patched(self, base: object, removed: list[object], changed: list[object]) -> Rows:
        rows: Rows = {}
        if base != _ALONE:
            rows = dict(self._earlier[_below(base, len(self._earlier))])
        for file in removed:
            if rows.pop(number(file), None) is None:
                raise UnreadableError("no such file to take out")
        for value in changed:
            file, via, line, meaning = map(number, items(value, 4))
            if max(file, via) >= len(self._paths) or meaning >= len(self._meanings):
                raise UnreadableError("no such path or meaning")
            rows[file] = (via, line, meaning)
        return rows


def _below(value: object, limit: int) -> int:
    found = number(value)
    if found >= limit:
        raise UnreadableError("no such place in a table")
    return found
