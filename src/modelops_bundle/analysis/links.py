"""What is known of one file's imports in the project it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelops_bundle.analysis.imports import Certainty
from modelops_bundle.analysis.modules import ModulePlace, PlaceKind
from modelops_bundle.analysis.search_path import NOWHERE, SearchPath
from modelops_bundle.analysis.stdlib import STANDARD_LIBRARY
from modelops_bundle.core.paths import BundlePath


@dataclass(frozen=True, slots=True)
class Use:
    """A name that is taken from a module of the project and is no submodule of it.

    Attributes:
        place: The module.
        name: What is taken.
        attribute: Read as `module.name`, not imported.
        submodule: Must be a module: `import module.name`.
        loads: The file of the submodule of that name, which some import has to load.
    """

    line: int
    place: ModulePlace
    name: str
    certainty: Certainty = Certainty.SURE
    attribute: bool = False
    submodule: bool = False
    loads: BundlePath | None = None


@dataclass(frozen=True, slots=True, order=True)
class Widening:
    """The modules that a computed import may mean: those below a folder with such a name.

    Attributes:
        prefix, suffix: What their dotted names begin and end with; "" for any.
    """

    folder: BundlePath
    prefix: str = ""
    suffix: str = ""

    def means(self, module: str) -> bool:
        """Whether a dotted name may be meant."""
        return module.startswith(self.prefix) and module.endswith(self.suffix)


@dataclass(slots=True)
class Links:
    """Where a file leads.

    Attributes:
        edges: Files that it imports, with the line (0 for its own parent packages), in order.
        typing_edges: Files that it names for type checkers only.
        widened: What else it may import, with the line of the computed import.
        computed: Lines of computed imports that no comment settles.
        third_party: Top-level modules that are neither the project's nor the standard library's.
        needed: Those of them without which the file cannot be imported, or used in full.
        dangling: Modules that are imported and found neither in the project nor in the standard
            library.
        uses: Names that must exist in modules of the project.
        exposed: Files whose module object it hands on, or all of whose names it takes.
        foreign: Local names that only imports from outside the project bind.
        search: What it adds to `sys.path`, as far as that is in the project.
        archives: What it adds to `sys.path` that is a file to import from.
        astray: What it adds to `sys.path`, or to a package, that is not: the line, the place
            relative to the root where it can be told, else "", and what it is added to.
    """

    edges: dict[BundlePath, int] = field(default_factory=dict)
    typing_edges: dict[BundlePath, int] = field(default_factory=dict)
    widened: dict[Widening, int] = field(default_factory=dict)
    computed: list[int] = field(default_factory=list)
    third_party: dict[str, int] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    dangling: set[str] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)
    exposed: set[BundlePath] = field(default_factory=set)
    foreign: frozenset[str] = frozenset()
    search: SearchPath = NOWHERE
    archives: set[BundlePath] = field(default_factory=set)
    astray: list[tuple[int, str, str]] = field(default_factory=list)

    def add(
        self, place: ModulePlace, line: int, edges: dict[BundlePath, int] | None = None
    ) -> None:
        """Note that a module is imported.

        Args:
            place: The module.
            line: Where.
            edges: What to add to, if not to `edges`.
        """
        if place.kind is PlaceKind.OPAQUE and all(one.endswith(".pyi") for one in place.opaque):
            # A stub is no module: it describes one that is installed, or there is none.
            self.add_outside(place.name, line)
        edges = self.edges if edges is None else edges
        for file in (place.file, *place.opaque):
            if file is not None:
                edges.setdefault(file, line)

    def add_outside(self, dotted: str, line: int, *, guarded: bool = False) -> None:
        """Note that a module is imported that is not the project's.

        Args:
            dotted: Its name.
            line: Where.
            guarded: The file may do without it.
        """
        head = dotted.partition(".")[0]
        if head and head not in STANDARD_LIBRARY:
            self.third_party.setdefault(head, line)
            if not guarded:
                self.needed.add(head)
            self.dangling.add(dotted)
