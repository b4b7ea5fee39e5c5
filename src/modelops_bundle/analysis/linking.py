"""What the imports of a file lead to in the project it stands in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator

from modelops_bundle.analysis.call_links import CallLinker
from modelops_bundle.analysis.facts import FileFacts, Read
from modelops_bundle.analysis.imports import Certainty, ImportStatement
from modelops_bundle.analysis.links import Links, Use, Widening
from modelops_bundle.analysis.modules import ModuleIndex, ModulePlace, PlaceKind, is_test
from modelops_bundle.analysis.search_path import NOWHERE, SearchPath
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.paths import ROOT, BundlePath


class Linker:
    """Links files, each once, whatever number of closures it is part of."""

    def __init__(
        self, store: FactsStore, search: SearchPath = NOWHERE, index: ModuleIndex | None = None
    ) -> None:
        self.store = store
        self.index = store.index if index is None else index
        self.search = search
        self._links: dict[BundlePath, Links] = {}
        self._sources: list[BundlePath] | None = None
        self._extended: dict[SearchPath, Linker] = {search: self}

    def extended(self, search: SearchPath) -> Linker:
        """The linker for programs that add these folders to `sys.path` and to packages."""
        known = self._extended.get(search)
        if known is None:
            index = self.store.index.extended(search)
            known = self._extended[search] = Linker(self.store, search, index)
            known._extended = self._extended
        return known

    def links(self, path: BundlePath) -> Links:
        """The links of a file; none for one that is not Python source or does not parse."""
        known = self._links.get(path)
        if known is None:
            facts = self.store.parsed_facts(path) if path.endswith(".py") else None
            known = Links() if facts is None else _FileLinker(self, path, facts).run()
            self._links[path] = known
        return known

    def reaches(self, path: BundlePath) -> Iterator[BundlePath]:
        """All files whose names the code of a file can get at by itself, more than once or not.

        What is imported for type checkers counts, and so does what is only read as an attribute
        of a package, which some other file may have imported.
        """
        links = self.links(path)
        yield from links.edges
        yield from links.typing_edges
        yield from links.exposed
        for widening in links.widened:
            yield from self.widened(widening, path)
        for use in links.uses:
            if use.place.source is not None:
                yield use.place.source

    def read_ahead(self, starts: Iterable[BundlePath], askers: Collection[BundlePath] = ()) -> None:
        """Read all that these files lead to, a level of imports at a time.

        Args:
            starts: The files.
            askers: Those of them whose classes will be looked at, with the bases that they have.
        """
        level = sorted(path for path in set(starts) if path.endswith(".py"))
        seen = set(level)
        self.store.read_ahead(askers)
        names = {name for path in askers for name in self._taken(path)}
        while level and self.store.reads_ahead:
            self.store.read_ahead(level, names)
            # To link a star import is to read what it imports from: that, too, comes before.
            named = {target for path in level for target in self._named(path)}
            self.store.read_ahead(sorted(named - seen), names)
            reached = named.union(*map(self.reaches, level))
            level = sorted(path for path in reached - seen if path.endswith(".py"))
            seen |= reached

    def _taken(self, path: BundlePath) -> Iterator[str]:
        """The last parts of the names that a file takes from what it imports."""
        facts = self.store.parsed_facts(path)
        if facts is None:
            return
        yield from (read.dotted.rpartition(".")[2] for read in facts.reads)
        for statement in facts.imports:
            # What a star import brings may be any name that is used.
            yield from facts.words if "*" in statement.names else statement.names

    def _named(self, path: BundlePath) -> Iterator[BundlePath]:
        """The source files that the import statements of a file name."""
        facts = self.store.parsed_facts(path)
        for statement in facts.imports if facts is not None else ():
            dotted = self.index.resolve_relative(path, statement.level, statement.module)
            if dotted is None:
                continue
            for name in (dotted, *(f"{dotted}.{name}" for name in statement.names)):
                place = self.index.locate(name)
                if place is not None and place.source is not None:
                    yield place.source

    def sources_in(self, folder: BundlePath) -> list[BundlePath]:
        """All source files below a folder."""
        if self._sources is None:
            self._sources = sorted(self.index.tree.source_files())
        if folder == ROOT:
            return self._sources
        start = bisect_left(self._sources, folder + "/")
        return self._sources[start : bisect_left(self._sources, folder + "0", start)]

    def widened(self, widening: Widening, entry: BundlePath) -> Iterator[BundlePath]:
        """The source files that a computed import may mean; tests are not meant.

        Args:
            widening: What is known of it.
            entry: The module whose closure is asked for; one that is a test may mean tests.
        """
        tests = is_test(entry)
        for path in self.sources_in(widening.folder):
            meant = tests or not is_test(path)
            if meant and widening.means(self.index.module_name(path)):
                yield path


class _FileLinker:
    def __init__(self, linker: Linker, path: BundlePath, facts: FileFacts) -> None:
        self._linker = linker
        self._index = linker.index
        self._path = path
        self._facts = facts
        self._links = Links()
        self._package = self._index.package_of(path)

    def run(self) -> Links:
        links = self._links
        if self._package:
            for place in self._index.places(self._package):
                self._links.add(place, 0)
        foreign: set[str] = set()
        local: set[str] = set(self._facts.shadowed)
        for statement in self._facts.imports:
            bound = {name for name, _ in statement.bindings()}
            if self._statement(statement):
                local |= bound
            else:
                foreign |= bound
        calls = CallLinker(self._index, self._path, links)
        for dynamic in self._facts.dynamic:
            calls.add(dynamic)
        calls.search(self._facts.search_path)
        for read in self._facts.reads:
            self._read(read)
        links.foreign = frozenset(foreign - local)
        for edges in (links.edges, links.typing_edges):
            edges.pop(self._path, None)
        return links

    def _statement(self, statement: ImportStatement) -> bool:
        """Follow an import statement; whether it leads into the project."""
        line, edges = statement.line, self._links.edges
        guarded = statement.certainty is Certainty.GUARDED
        if statement.typing_only:
            edges = self._links.typing_edges
        dotted = self._index.resolve_relative(self._path, statement.level, statement.module)
        if dotted is None:
            return self._beside(statement, edges)
        places = self._index.places(dotted)
        for place in places:
            self._links.add(place, line, edges)
        if not places:
            if statement.level:
                self._links.dangling.add(dotted)
            elif not statement.typing_only:
                self._links.add_outside(dotted, line, guarded=guarded)
            return bool(statement.level)
        last = places[-1]
        depth = dotted.count(".") + 1
        if len(places) < depth:
            if last.kind is PlaceKind.NAMESPACE and not statement.typing_only:
                # An installed part of the same namespace.
                self._links.add_outside(dotted, line, guarded=guarded)
            elif not statement.typing_only:
                name = dotted.split(".")[len(places)]
                self._links.uses.append(Use(line, last, name, statement.certainty, submodule=True))
                self._links.dangling.add(dotted)
            return True
        for name in statement.names:
            self._name_from(last, name, statement, edges)
        return True

    def _name_from(
        self,
        place: ModulePlace,
        name: str,
        statement: ImportStatement,
        edges: dict[BundlePath, int],
    ) -> None:
        if name == "*":
            self._star(place, statement.line, edges)
            return
        submodule = self._index.locate(f"{place.name}.{name}")
        if submodule is not None:
            self._links.add(submodule, statement.line, edges)
        elif not statement.typing_only:
            self._links.uses.append(Use(statement.line, place, name, statement.certainty))
            if place.folders:
                self._links.dangling.add(f"{place.name}.{name}")

    def _star(self, place: ModulePlace, line: int, edges: dict[BundlePath, int]) -> None:
        source = place.source
        if source is None:
            return
        self._links.exposed.add(source)
        facts = self._linker.store.parsed_facts(source)
        exports = facts.exports if facts is not None else None
        if exports is None or not place.folders:
            return
        names = list(exports.names)
        if exports.computed:
            names += self._submodules(place)
        for name in names:
            submodule = self._index.locate(f"{place.name}.{name}")
            if submodule is not None:
                self._links.add(submodule, line, edges)

    def _submodules(self, place: ModulePlace) -> Iterator[str]:
        for folder in place.folders:
            for child in self._index.tree.children(folder):
                name = child.name.removesuffix(".py")
                if name != child.name or self._index.tree.is_dir(child):
                    yield name

    def _beside(self, statement: ImportStatement, edges: dict[BundlePath, int]) -> bool:
        """A relative import in a module that is in no package: what is next to it counts."""
        folder = self._path.parent
        for _ in range(min(statement.level - 1, 64)):
            folder = folder.parent
        parts = [*folder.parts, *filter(None, statement.module.split("."))]
        names = statement.names if not statement.module else ("",)
        for name in names:
            place = self._index.locate(".".join([*parts, name] if name else parts))
            if place is not None and place.file is not None:
                edges.setdefault(place.file, statement.line)
        return True

    def _read(self, read: Read) -> None:
        """A module that is read as a value may be searched; an attribute of one must exist."""
        level = len(read.dotted) - len(read.dotted.lstrip("."))
        dotted = self._index.resolve_relative(self._path, level, read.dotted[level:])
        if not dotted:
            return
        places = self._index.places(dotted)
        if not places:
            return
        last, parts = places[-1], dotted.split(".")
        for depth in range(max(len(parts) - read.attributes, 1), len(places)):
            file = places[depth].file
            if file is not None:
                use = Use(read.line, places[depth - 1], parts[depth], attribute=True, loads=file)
                self._links.uses.append(use)
        if len(places) == len(parts):
            if last.source is not None:
                self._links.exposed.add(last.source)
        elif len(parts) - len(places) <= read.attributes:
            self._links.uses.append(Use(read.line, last, parts[len(places)], attribute=True))
