"""Where a dotted module name is in the project, and what a file's module is called."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from modelops_bundle.analysis.search_path import PackageFolder, SearchPath
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.analysis.stdlib import FOUND_FIRST, STANDARD_LIBRARY
from modelops_bundle.analysis.tree import SourceTree
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import ROOT, BundlePath

#: How much source may be held as syntax trees at once; a tree takes about 100 times its source.
TREE_BUDGET_BYTES = 4 * 1024 * 1024

_SRC = BundlePath("src")
_TEST_FOLDERS = frozenset({"test", "tests"})
_COMPILED = (".so", ".pyd", ".pyc")
# Not importable as they are, but they say that the module is the project's own.
_STAND_INS = (".pyi", ".zip")


#: What may stand on `sys.path` and is no folder.
ARCHIVES = (".zip", ".egg", ".whl", ".pyz")


class PlaceKind(StrEnum):
    """What a module name stands for."""

    MODULE = "module"
    PACKAGE = "package"
    NAMESPACE = "namespace"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class ModulePlace:
    """A module of the project.

    Attributes:
        name: Its dotted name.
        file: The `.py` file; for an opaque module its first file; None for a namespace package.
        folders: Where its submodules are looked for, in order; empty for a plain module.
        opaque: Files that count by content: compiled modules, also those beside a `.py` file,
            which an import prefers where they fit the platform.
    """

    name: str
    kind: PlaceKind
    file: BundlePath | None = None
    folders: tuple[BundlePath, ...] = ()
    opaque: tuple[BundlePath, ...] = ()

    @property
    def source(self) -> BundlePath | None:
        """The `.py` file, if there is one."""
        return None if self.kind is PlaceKind.OPAQUE else self.file


def default_source_roots(tree: SourceTree) -> tuple[BundlePath, ...]:
    """`.`, and `src` where it is a folder without `__init__.py`."""
    if tree.is_dir(_SRC) and not tree.is_file(_SRC.joined("__init__.py")):
        return (ROOT, _SRC)
    return (ROOT,)


class ModuleIndex:
    """A project's modules as the import system would find them with the roots on `sys.path`.

    Nothing is read before it is asked for. `probes` lists every path whose presence was asked
    for: an answer holds while they and the files read stay as they are.
    """

    def __init__(self, tree: SourceTree, source_roots: Sequence[BundlePath]) -> None:
        self.tree = tree
        self.source_roots = tuple(source_roots)
        #: Path to "file", "folder" or "" for absent.
        self.probes: dict[BundlePath, str] = {}
        #: Folder to the compiled modules and stand-ins directly in it.
        self.listings: dict[BundlePath, tuple[BundlePath, ...]] = {}
        self._search = self.source_roots
        self._added: tuple[PackageFolder, ...] = ()
        self._places: dict[str, ModulePlace | None] = {}
        self._compiled: dict[BundlePath, dict[str, tuple[BundlePath, ...]]] = {}
        self._parsed: OrderedDict[BundlePath, tuple[ParsedSource, int]] = OrderedDict()
        self._failures: dict[BundlePath, ParseFailure] = {}
        self._held_bytes = 0
        self._roots_by_length = sorted(set(self.source_roots), key=_depth, reverse=True)

    def extended(self, search: SearchPath) -> ModuleIndex:
        """The index of a program that searches more folders; it shares what is known.

        Modules are still called what they are called from the source roots.
        """
        other = ModuleIndex(self.tree, self.source_roots)
        other._search = tuple(dict.fromkeys((*search.before, *self.source_roots, *search.after)))
        other._added = search.packages
        other.probes, other.listings, other._compiled = self.probes, self.listings, self._compiled
        return other

    def parsed(self, path: BundlePath) -> ParsedSource | ParseFailure:
        """The syntax tree of a file, or why there is none (a vanished file included).

        Trees are kept up to `TREE_BUDGET_BYTES` of source and parsed again beyond: nodes of one
        file taken at different times need not be the same objects.
        """
        held = self._parsed.get(path)
        if held is not None:
            self._parsed.move_to_end(path)
            return held[0]
        failure = self._failures.get(path)
        if failure is not None:
            return failure
        try:
            content = self.tree.read(path)
        except FileNotFoundError:
            return ParseFailure(path=path, message="it cannot be read")
        result = parse_source(path, content)
        if isinstance(result, ParseFailure):
            self._failures[path] = result
            return result
        self._parsed[path] = (result, len(content))
        self._held_bytes += len(content)
        while self._held_bytes > TREE_BUDGET_BYTES and len(self._parsed) > 1:
            _, (_, size_bytes) = self._parsed.popitem(last=False)
            self._held_bytes -= size_bytes
        return result

    def locate(self, dotted: str) -> ModulePlace | None:
        """Where an absolute module name leads, or None where it is not the project's.

        A regular package comes before a module and a module before a namespace folder; the first
        source root that has one of the former two wins (PEP 420, and importlib's `FileFinder`).
        """
        if dotted in self._places:
            return self._places[dotted]
        head, *rest = dotted.split(".")
        place = self._top_level(head)
        for part in rest:
            if place is None or not place.folders:
                return None
            name = f"{place.name}.{part}"
            if name in self._places:
                place = self._places[name]
            else:
                place = self._places[name] = self._find(name, part, place.folders)
        return place

    def places(self, dotted: str) -> list[ModulePlace]:
        """The modules that importing a dotted name imports: packages first, as many as exist."""
        found: list[ModulePlace] = []
        end = dotted.find(".")
        while True:
            place = self.locate(dotted if end < 0 else dotted[:end])
            if place is None:
                return found
            found.append(place)
            if end < 0:
                return found
            end = dotted.find(".", end + 1)

    def module_name(self, path: BundlePath) -> str:
        """The dotted name under which a file is imported; the longest matching root wins."""
        for root in self._roots_by_length:
            if path.is_within(root) and path != root:
                relative = path if root == ROOT else path[len(root) + 1 :]
                break
        else:
            relative = path
        parts = relative.split("/")
        parts[-1] = parts[-1].partition(".")[0]
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        return ".".join(parts)

    def package_of(self, path: BundlePath) -> str:
        """A file's `__package__`: its own name for an `__init__.py`; "" at the top level.

        In a folder that is no package of its own, but was added to one, it is that one.
        """
        for added in self._added:
            if not path.is_within(added.folder):
                continue
            if not self.is_file(_below(added.folder, "__init__.py")):
                inner = path.parts[len(added.folder.parts) : -1]
                return ".".join((added.package, *inner))
        name = self.module_name(path)
        return name if is_package_file(path) else name.rpartition(".")[0]

    def resolve_relative(self, path: BundlePath, level: int, module: str | None) -> str | None:
        """The absolute name of a relative import in a file, None where it leaves its package.

        Args:
            path: The importing file.
            level: The number of leading dots; with 0 the name is absolute already.
            module: What follows the dots, or None.
        """
        if level == 0:
            return module
        package = self.package_of(path)
        parts = package.split(".") if package else []
        if level > len(parts):
            return None
        base = ".".join(parts[: len(parts) - level + 1])
        return f"{base}.{module}" if module else base

    def is_file(self, path: BundlePath) -> bool:
        """Whether there is a file; the question is recorded."""
        return self._probe(path) == "file"

    def is_dir(self, path: BundlePath) -> bool:
        """Whether there is a folder; the question is recorded."""
        return self._probe(path) == "folder"

    def _top_level(self, name: str) -> ModulePlace | None:
        if name in self._places:
            return self._places[name]
        place = None if name in FOUND_FIRST else self._find(name, name, self._search)
        if place is not None and place.kind is PlaceKind.NAMESPACE and name in STANDARD_LIBRARY:
            # The standard library is further down the path, and a regular package wins.
            place = None
        self._places[name] = place
        return place

    def folders_named(self, dotted: str) -> list[BundlePath]:
        """The folders that a package of this name may have, below any of the roots."""
        parts = dotted.split(".")
        if not all(map(_can_be_file_name, parts)):
            return []
        below = [_below(root, "/".join(parts)) for root in self._search]
        return [folder for folder in below if self.is_dir(folder)]

    def _find(self, name: str, part: str, folders: Sequence[BundlePath]) -> ModulePlace | None:
        place = self._found(name, part, folders)
        if place is None or not self._added:
            return place
        first = [one.folder for one in self._added if one.package == name and one.first]
        last = [one.folder for one in self._added if one.package == name and not one.first]
        return replace(place, folders=tuple(dict.fromkeys((*first, *place.folders, *last))))

    def _found(self, name: str, part: str, folders: Sequence[BundlePath]) -> ModulePlace | None:
        if not _can_be_file_name(part):
            return None
        portions = []
        stand_ins: tuple[BundlePath, ...] = ()
        for folder in folders:
            place = self._regular(name, part, folder)
            if place is not None:
                return place
            here = _below(folder, part)
            if self.is_dir(here):
                portions.append(here)
            stand_ins = stand_ins or self._opaque(folder, part, _STAND_INS)
        if stand_ins:
            return ModulePlace(name, PlaceKind.OPAQUE, stand_ins[0], tuple(portions), stand_ins)
        if portions:
            return ModulePlace(name, PlaceKind.NAMESPACE, None, tuple(portions))
        return None

    def _regular(self, name: str, part: str, folder: BundlePath) -> ModulePlace | None:
        here = _below(folder, part)
        if self.is_dir(here):
            init = _below(here, "__init__.py")
            compiled = self._opaque(here, "__init__", _COMPILED)
            if self.is_file(init):
                return ModulePlace(name, PlaceKind.PACKAGE, init, (here,), compiled)
            if compiled:
                return ModulePlace(name, PlaceKind.OPAQUE, compiled[0], (here,), compiled)
        module = _below(folder, part + ".py")
        compiled = self._opaque(folder, part, _COMPILED)
        if self.is_file(module):
            return ModulePlace(name, PlaceKind.MODULE, module, (), compiled)
        if compiled:
            return ModulePlace(name, PlaceKind.OPAQUE, compiled[0], (), compiled)
        return None

    def _opaque(
        self, folder: BundlePath, stem: str, suffixes: tuple[str, ...]
    ) -> tuple[BundlePath, ...]:
        if folder not in self._compiled:
            found: dict[str, tuple[BundlePath, ...]] = {}
            if self.is_dir(folder) or folder == ROOT:
                listed = tuple(
                    child
                    for child in self.tree.children(folder)
                    if child.endswith(_COMPILED + _STAND_INS) and self.tree.is_file(child)
                )
                self.listings[folder] = listed
                for child in listed:
                    # `name.cpython-311-x86_64-linux-gnu.so`, `name.abi3.so`, `name.pyd`
                    name = child.name.partition(".")[0]
                    found[name] = (*found.get(name, ()), child)
            self._compiled[folder] = found
        return tuple(
            path for path in self._compiled[folder].get(stem, ()) if path.endswith(suffixes)
        )

    def _probe(self, path: BundlePath) -> str:
        answer = self.probes.get(path)
        if answer is None:
            if self.tree.is_file(path):
                answer = "file"
            else:
                answer = "folder" if self.tree.is_dir(path) else ""
            self.probes[path] = answer
        return answer


def is_package_file(path: BundlePath) -> bool:
    """Whether a file is the `__init__` of its folder, compiled or not."""
    return path.name.partition(".")[0] == "__init__"


def is_data(path: BundlePath) -> bool:
    """Whether a file of a closure is one that a package's code reads, and no code itself."""
    return not path.endswith((".py", *_COMPILED, *_STAND_INS, *ARCHIVES))


def is_test(path: BundlePath) -> bool:
    """Whether a file is one that pytest collects or configures itself from, by its name."""
    name = path.name
    return (
        name.startswith("test_")
        or name.endswith("_test.py")
        or name == "conftest.py"
        or not _TEST_FOLDERS.isdisjoint(path.parts[:-1])
    )


def _depth(root: BundlePath) -> int:
    return len(root.parts)


def _below(folder: BundlePath, name: str) -> BundlePath:
    return BundlePath(name) if folder == ROOT else BundlePath(f"{folder}/{name}")


def _can_be_file_name(part: str) -> bool:
    return bool(part) and part.isprintable() and "/" not in part and "\\" not in part
