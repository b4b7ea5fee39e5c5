"""One digest per file for all that it can reach: files whose digest is equal mean the same."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.analysis.linking import Linker
from modelops_bundle.core.digest import Digest, digest_of_fields
from modelops_bundle.core.paths import BundlePath


class ReachDigests:
    """Digests over a file's content and that of everything its imports lead to.

    Imports for type checkers count too: this decides what must be read again, not what is used.
    Files that import each other in a circle share one digest. Linear in files and imports
    (Tarjan's strongly connected components, without recursion).
    """

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._digests: dict[BundlePath, Digest] = {}

    def of(self, path: BundlePath) -> Digest:
        """The digest for one file."""
        if path not in self._digests:
            self._visit(path)
        return self._digests[path]

    def _visit(self, start: BundlePath) -> None:
        numbers: dict[BundlePath, int] = {start: 0}
        lowest: dict[BundlePath, int] = {start: 0}
        component: list[BundlePath] = [start]
        open_: set[BundlePath] = {start}
        work: list[tuple[BundlePath, Iterator[BundlePath]]] = [(start, self._targets(start))]
        while work:
            path, targets = work[-1]
            for target in targets:
                if target in self._digests:
                    continue
                if target not in numbers:
                    numbers[target] = lowest[target] = len(numbers)
                    component.append(target)
                    open_.add(target)
                    work.append((target, self._targets(target)))
                    break
                if target in open_:
                    lowest[path] = min(lowest[path], numbers[target])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[path])
                if lowest[path] == numbers[path]:
                    members: list[BundlePath] = []
                    while True:
                        member = component.pop()
                        open_.discard(member)
                        members.append(member)
                        if member == path:
                            break
                    self._close(members)

    def _close(self, members: list[BundlePath]) -> None:
        inside = set(members)
        beyond = {
            self._digests[target]
            for member in members
            for target in self._targets(member)
            if target not in inside
        }
        fields: list[str] = []
        for member in sorted(members):
            links = self._linker.links(member)
            fields += [member, self._content(member), *map(repr, sorted(links.widened)), "/"]
        digest = digest_of_fields("reach", *fields, "beyond", *sorted(beyond))
        for member in members:
            self._digests[member] = digest

    def _targets(self, path: BundlePath) -> Iterator[BundlePath]:
        links = self._linker.links(path)
        return iter(dict.fromkeys((*links.edges, *links.typing_edges)))

    def _content(self, path: BundlePath) -> str:
        try:
            return self._linker.index.tree.digest(path)
        except FileNotFoundError:
            return ""
