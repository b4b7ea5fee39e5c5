"""Everything that importing one module of the project can run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modelops_bundle.analysis.archives import archived_modules
from modelops_bundle.analysis.droppable import droppable_symbols
from modelops_bundle.analysis.facts import FileFacts
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.links import Widening
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.opaque import by_content
from modelops_bundle.analysis.search_path import PackageFolder, SearchPath
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.behavior import statements_digest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Closure, FileSemantics
from modelops_bundle.core.paths import BundlePath

#: One module may add to `sys.path` what the next one is found in; this often at most.
MAX_ROUNDS = 8


def closure_of(index: ModuleIndex, path: BundlePath) -> Closure:
    """The closure of one module, every top-level definition considered for `droppable`."""
    return ClosureBuilder(Linker(FactsStore(index))).closure(path)


def imported_files(linker: Linker, path: BundlePath) -> tuple[BundlePath, ...]:
    """The files of a closure that imports name, without those that only might be meant."""
    seen = {path: None}
    queue = [path]
    for file in queue:
        for target in linker.links(file).edges:
            if target not in seen:
                seen[target] = None
                queue.append(target)
    return tuple(seen)


def linker_of(linker: Linker, path: BundlePath) -> Linker:
    """The linker that knows what the modules that a module may run add to `sys.path`."""
    for _ in range(MAX_ROUNDS):
        before: dict[BundlePath, None] = {}
        after: dict[BundlePath, None] = {}
        packages: dict[PackageFolder, None] = {}
        for file in imported_files(linker, path):
            search = linker.links(file).search
            before |= dict.fromkeys(search.before)
            after |= dict.fromkeys(search.after)
            packages |= dict.fromkeys(search.packages)
        found = SearchPath(tuple(before), tuple(after), tuple(packages))
        if found == linker.search:
            break
        linker = linker.extended(found)
    return linker


class ClosureBuilder:
    """Builds closures over files that are each read and linked once.

    Args:
        linker: Shared by all closures.
        candidates: By file, the symbols that may be left out of other entries' behaviour; None
            for every top-level definition.
    """

    def __init__(
        self, linker: Linker, candidates: Mapping[BundlePath, frozenset[str]] | None = None
    ) -> None:
        self._linker = linker
        self._candidates = candidates
        self._semantics: dict[tuple[BundlePath, bool, bool], FileSemantics] = {}

    def closure(self, path: BundlePath) -> Closure:
        """The closure of the module in a file; linear in its files and imports."""
        linker = linker_of(self._linker, path)
        via: dict[BundlePath, BundlePath] = {}
        lines: dict[BundlePath, int] = {}
        third_party: dict[str, Location] = {}
        needed: set[str] = set()
        dangling: set[str] = set()
        widened: set[Widening] = set()
        queue = [path]
        # Breadth first over a growing list, so that the first way to a file is a shortest one.
        for file in queue:
            links = linker.links(file)
            reached = list(links.edges.items())
            for widening, line in links.widened.items():
                if widening not in widened:
                    widened.add(widening)
                    reached += [(other, line) for other in linker.widened(widening, path)]
            for target, line in reached:
                if target not in via and target != path:
                    via[target], lines[target] = file, line
                    queue.append(target)
            needed |= links.needed
            for name, line in links.third_party.items():
                third_party.setdefault(name, Location(file, line))
            dangling |= links.dangling
        for name in self._archived(linker, queue):
            third_party.pop(name, None)
        files = tuple(sorted(via))
        droppable = droppable_symbols(linker, queue, self._candidates)
        with_statements = {file for file, _ in droppable}
        documented = any(
            facts.reach.documentation for facts in map(self._facts, queue) if facts is not None
        )
        return Closure(
            path=path,
            files=files,
            via={file: via[file] for file in files},
            lines={file: lines[file] for file in files},
            semantics={
                file: self._meaning(file, documented, file in with_statements)
                for file in sorted(queue)
            },
            droppable=droppable,
            third_party={name: third_party[name] for name in sorted(third_party)},
            optional=frozenset(third_party) - needed,
            dangling=frozenset(dangling),
        )

    def _archived(self, linker: Linker, files: Iterable[BundlePath]) -> set[str]:
        """The modules in archives that these files put on `sys.path`."""
        archives = {path for file in files for path in linker.links(file).archives}
        found: set[str] = set()
        for path in archives:
            try:
                found |= archived_modules(linker.index.tree.read(path))
            except FileNotFoundError:
                continue
        return found

    def _facts(self, path: BundlePath) -> FileFacts | None:
        return self._linker.store.parsed_facts(path) if path.endswith(".py") else None

    def _meaning(self, path: BundlePath, documented: bool, statements: bool) -> FileSemantics:
        key = (path, documented, statements)
        known = self._semantics.get(key)
        if known is None:
            known = self._semantics[key] = self._semantics_of(path, documented, statements)
        return known

    def _semantics_of(self, path: BundlePath, documented: bool, statements: bool) -> FileSemantics:
        facts = self._facts(path)
        if facts is None:
            return by_content(self._linker.index.tree, path)
        if documented:
            pairs = [(one.symbol, one.documented) for one in facts.statements]
            if facts.docstring:
                pairs.insert(0, ("", facts.docstring))
        else:
            pairs = [(one.symbol, one.digest) for one in facts.statements]
        digest = statements_digest(text for _, text in pairs)
        return FileSemantics(digest, tuple(pairs) if statements else ())
