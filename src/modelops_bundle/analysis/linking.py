"""What the imports of a file lead to in the project it stands in."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from modelops_bundle.analysis.dynamic import DynamicImport, How
from modelops_bundle.analysis.facts import FileFacts, Read
from modelops_bundle.analysis.imports import Certainty, ImportStatement
from modelops_bundle.analysis.modules import ModuleIndex, ModulePlace, PlaceKind
from modelops_bundle.analysis.stdlib import STANDARD_LIBRARY
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.analysis.texts import FILE, NAME, PACKAGE
from modelops_bundle.core.paths import ROOT, BundlePath


@dataclass(frozen=True, slots=True)
class Use:
    """A name that is taken from a module of the project and is no submodule of it.

    Attributes:
        place: The module.
        name: What is taken.
        attribute: Read as `module.name`, not imported.
        submodule: Must be a module: `import module.name`.
    """

    line: int
    place: ModulePlace
    name: str
    certainty: Certainty = Certainty.SURE
    attribute: bool = False
    submodule: bool = False


@dataclass(slots=True)
class Links:
    """Where a file leads.

    Attributes:
        edges: Files that it imports, with the line (0 for its own parent packages), in order.
        typing_edges: Files that it names for type checkers only.
        widened: Folders all of whose files it may import, with the line of the computed import.
        computed: Lines of computed imports that no comment settles.
        third_party: Top-level modules that are neither the project's nor the standard library's.
        dangling: Modules that are imported and found neither in the project nor in the standard
            library.
        uses: Names that must exist in modules of the project.
        exposed: Files whose module object it hands on, or all of whose names it takes.
        foreign: Local names that only imports from outside the project bind.
    """

    edges: dict[BundlePath, int] = field(default_factory=dict)
    typing_edges: dict[BundlePath, int] = field(default_factory=dict)
    widened: dict[BundlePath, int] = field(default_factory=dict)
    computed: list[int] = field(default_factory=list)
    third_party: dict[str, int] = field(default_factory=dict)
    dangling: set[str] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)
    exposed: set[BundlePath] = field(default_factory=set)
    foreign: frozenset[str] = frozenset()


class Linker:
    """Links files, each once, whatever number of closures it is part of."""

    def __init__(self, store: FactsStore) -> None:
        self.store = store
        self.index: ModuleIndex = store.index
        self._links: dict[BundlePath, Links] = {}
        self._sources: list[BundlePath] | None = None

    def links(self, path: BundlePath) -> Links:
        """The links of a file; none for one that is not Python source or does not parse."""
        known = self._links.get(path)
        if known is None:
            facts = self.store.parsed_facts(path) if path.endswith(".py") else None
            known = Links() if facts is None else _FileLinker(self, path, facts).run()
            self._links[path] = known
        return known

    def sources_in(self, folder: BundlePath) -> list[BundlePath]:
        """All source files below a folder."""
        if self._sources is None:
            self._sources = sorted(self.index.tree.source_files())
        if folder == ROOT:
            return self._sources
        start = bisect_left(self._sources, folder + "/")
        return self._sources[start : bisect_left(self._sources, folder + "0", start)]

    def places(self, dotted: str) -> list[ModulePlace]:
        """The modules that importing a dotted name imports: packages first, as many as exist."""
        found: list[ModulePlace] = []
        end = dotted.find(".")
        while True:
            place = self.index.locate(dotted if end < 0 else dotted[:end])
            if place is None:
                return found
            found.append(place)
            if end < 0:
                return found
            end = dotted.find(".", end + 1)


class _FileLinker:
    def __init__(self, linker: Linker, path: BundlePath, facts: FileFacts) -> None:
        self._linker = linker
        self._index = linker.index
        self._path = path
        self._facts = facts
        self._links = Links()
        self._name = self._index.module_name(path)
        self._package = self._index.package_of(path)

    def run(self) -> Links:
        links = self._links
        if self._package:
            for place in self._linker.places(self._package):
                self._add(place, 0)
        foreign: set[str] = set()
        local: set[str] = set(self._facts.shadowed)
        for statement in self._facts.imports:
            bound = {name for name, _ in statement.bindings()}
            if self._statement(statement):
                local |= bound
            else:
                foreign |= bound
        for dynamic in self._facts.dynamic:
            self._dynamic(dynamic)
        for read in self._facts.reads:
            self._read(read)
        links.foreign = frozenset(foreign - local)
        for edges in (links.edges, links.typing_edges):
            edges.pop(self._path, None)
        return links

    def _statement(self, statement: ImportStatement) -> bool:
        """Follow an import statement; whether it leads into the project."""
        line, edges = statement.line, self._links.edges
        if statement.typing_only:
            edges = self._links.typing_edges
        dotted = self._index.resolve_relative(self._path, statement.level, statement.module)
        if dotted is None:
            return self._beside(statement, edges)
        places = self._linker.places(dotted)
        for place in places:
            self._add(place, line, edges)
        if not places:
            if statement.level:
                self._links.dangling.add(dotted)
            elif not statement.typing_only:
                self._outside(dotted, line)
            return bool(statement.level)
        last = places[-1]
        depth = dotted.count(".") + 1
        if len(places) < depth:
            if last.kind is PlaceKind.NAMESPACE and not statement.typing_only:
                self._outside(dotted, line)  # an installed part of the same namespace
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
            self._add(submodule, statement.line, edges)
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
                self._add(submodule, line, edges)

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

    def _dynamic(self, dynamic: DynamicImport) -> None:
        line = dynamic.line
        if dynamic.names is None:
            if not dynamic.settled:
                self._computed(dynamic)
            return
        for text in dynamic.names:
            if dynamic.how is How.PATH:
                self._file_at(text, line)
                continue
            if text.startswith(".") and dynamic.how is How.COMMENT:
                text = f"{PACKAGE}|{text}"
            dotted = self._absolute(text)
            if dotted:
                self._named(dotted, dynamic)

    def _named(self, dotted: str, dynamic: DynamicImport) -> None:
        places = self._linker.places(dotted)
        for place in places:
            self._add(place, dynamic.line)
            if place.source is not None and dynamic.how is not How.RESOURCE:
                self._links.exposed.add(place.source)
        if not places:
            self._outside(dotted, dynamic.line)
            return
        last, missing = places[-1], len(places) <= dotted.count(".")
        if missing:
            self._links.dangling.add(dotted)
        if dynamic.how is How.RUN and not missing and last.folders:
            main = self._index.locate(f"{last.name}.__main__")
            if main is not None:
                self._add(main, dynamic.line)
        elif dynamic.how is How.COMMENT and missing:
            name = dotted.split(".")[len(places)]
            self._links.uses.append(Use(dynamic.line, last, name, submodule=True))

    def _absolute(self, text: str) -> str | None:
        package, bar, name = text.rpartition("|")
        name = self._filled(name)
        if not bar:
            return name
        package = self._filled(package)
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".") if package else []
        if not 0 < level <= len(parts):
            return None
        return ".".join([*parts[: len(parts) - level + 1], *filter(None, [name[level:]])])

    def _filled(self, text: str) -> str:
        return text.replace(NAME, self._name).replace(PACKAGE, self._package)

    def _computed(self, dynamic: DynamicImport) -> None:
        """Whatever the call may import: what its known beginning names, else the own package."""
        beginning = self._filled(dynamic.prefix)
        head, dot, _ = beginning.rpartition(".")
        if dynamic.how is not How.PATH and dot and head and not head.startswith("."):
            places = self._linker.places(head)
            if not places:
                self._outside(head, dynamic.line)
                return
            for place in places:
                self._add(place, dynamic.line)
            for folder in places[-1].folders:
                self._links.widened.setdefault(folder, dynamic.line)
        else:
            self._links.widened.setdefault(self._path.parent, dynamic.line)
        self._links.computed.append(dynamic.line)

    def _file_at(self, text: str, line: int) -> None:
        if text.startswith(FILE):
            candidates = [text.replace(FILE, self._path)]
        else:
            candidates = [text, f"{self._path.parent}/{text}"]
        for candidate in candidates:
            normal = posixpath.normpath(candidate)
            if normal.startswith(("/", "..")) or not normal.isprintable():
                continue
            target = BundlePath(normal)
            if self._index.is_dir(target):
                target = BundlePath(posixpath.join(target, "__main__.py"))
            if self._index.is_file(target):
                self._links.edges.setdefault(target, line)
                self._links.exposed.add(target)
                return

    def _read(self, read: Read) -> None:
        """A module that is read as a value may be searched; an attribute of one must exist."""
        level = len(read.dotted) - len(read.dotted.lstrip("."))
        dotted = self._index.resolve_relative(self._path, level, read.dotted[level:])
        if not dotted:
            return
        places = self._linker.places(dotted)
        if not places:
            return
        last, parts = places[-1], dotted.split(".")
        if len(places) == len(parts):
            if last.source is not None:
                self._links.exposed.add(last.source)
        elif len(parts) - len(places) <= read.attributes:
            self._links.uses.append(Use(read.line, last, parts[len(places)], attribute=True))

    def _outside(self, dotted: str, line: int) -> None:
        head = dotted.partition(".")[0]
        if head and head not in STANDARD_LIBRARY:
            self._links.third_party.setdefault(head, line)
            self._links.dangling.add(dotted)

    def _add(
        self, place: ModulePlace, line: int, edges: dict[BundlePath, int] | None = None
    ) -> None:
        edges = self._links.edges if edges is None else edges
        for file in (place.file, *place.opaque):
            if file is not None:
                edges.setdefault(file, line)
