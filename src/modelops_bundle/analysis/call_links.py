"""What the importing calls of a file, and its edits of `sys.path`, lead to in its project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from modelops_bundle.analysis.dynamic import DynamicImport, How
from modelops_bundle.analysis.links import Links, Use, Widening
from modelops_bundle.analysis.modules import ARCHIVES, ModuleIndex, ModulePlace
from modelops_bundle.analysis.search_path import (
    NAMESAKES,
    UNTOLD,
    PackageFolder,
    SearchPath,
    SearchPathEdit,
    places_of,
)
from modelops_bundle.analysis.texts import FILE, NAME, PACKAGE
from modelops_bundle.core.paths import ROOT, BundlePath


class CallLinker:
    """Adds to the links of one file."""

    def __init__(self, index: ModuleIndex, path: BundlePath, links: Links) -> None:
        self._index = index
        self._path = path
        self._links = links
        self._name = index.module_name(path)
        self._package = index.package_of(path)

    def add(self, dynamic: DynamicImport) -> None:
        """Follow a call."""
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

    def search(self, edits: Iterable[SearchPathEdit]) -> None:
        """Follow what is added to `sys.path` and to packages."""
        before: dict[BundlePath, None] = {}
        after: dict[BundlePath, None] = {}
        packages: dict[PackageFolder, None] = {}
        for edit in edits:
            if edit.package:
                packages |= dict.fromkeys(self._added_to_package(edit))
                continue
            if edit.folders is None and not edit.settled:
                self._links.astray.append((edit.line, "", "sys.path"))
            for folder in self._added(edit, "sys.path"):
                (before if edit.first else after)[folder] = None
        self._links.search = SearchPath(tuple(before), tuple(after), tuple(packages))

    def _added(self, edit: SearchPathEdit, path: str) -> Iterator[BundlePath]:
        """The folders of the project that an edit adds to a path."""
        for candidates in places_of(edit, self._path):
            folder = self._folder(candidates, edit.line)
            if folder is not None:
                yield folder
            elif not edit.settled and candidates[0].startswith(("/", "..")):
                self._links.astray.append((edit.line, candidates[0], path))

    def _added_to_package(self, edit: SearchPathEdit) -> Iterator[PackageFolder]:
        """The folders that a package of the project gets.

        Those that another gets are used whole: its modules cannot be told from the installed.
        """
        name = self._package_name(edit.package)
        if edit.folders is None:
            if not edit.settled:
                self._links.widened.setdefault(Widening(ROOT), edit.line)
                self._links.computed.append(edit.line)
            return
        if edit.folders == (NAMESAKES,):
            folders = self._index.folders_named(name) if name else []
        else:
            folders = list(self._added(edit, f"{name or 'a package'}.__path__"))
        known = bool(name) and self._index.locate(name) is not None
        for folder in folders:
            if known:
                yield PackageFolder(name, folder, edit.first)
            else:
                self._links.widened.setdefault(Widening(folder), edit.line)

    def _package_name(self, text: str) -> str:
        """The absolute name of the package of an edit; "" where it cannot be told."""
        if text == UNTOLD:
            return ""
        level = len(text) - len(text.lstrip("."))
        if level:
            return self._index.resolve_relative(self._path, level, text[level:]) or ""
        return self._filled(text)

    def _folder(self, candidates: Iterable[str], line: int) -> BundlePath | None:
        for place in _inside(candidates):
            if place == ROOT or self._index.is_dir(place):
                return place
            if place.endswith(ARCHIVES) and self._index.is_file(place):
                self._links.edges.setdefault(place, line)
                self._links.archives.add(place)
                return None
        return None

    def _named(self, dotted: str, dynamic: DynamicImport) -> None:
        places = self._index.places(dotted)
        for place in places:
            self._links.add(place, dynamic.line)
            if place.source is not None and dynamic.how is not How.RESOURCE:
                self._links.exposed.add(place.source)
        if not places:
            self._links.add_outside(dotted, dynamic.line)
            return
        last, missing = places[-1], len(places) <= dotted.count(".")
        if missing:
            self._links.dangling.add(dotted)
        elif dynamic.how is How.RESOURCE:
            self._resources(last, dynamic)
        elif dynamic.how is How.RUN and last.folders:
            main = self._index.locate(f"{last.name}.__main__")
            if main is not None:
                self._links.add(main, dynamic.line)
        if dynamic.how is How.COMMENT and missing:
            name = dotted.split(".")[len(places)]
            self._links.uses.append(Use(dynamic.line, last, name, submodule=True))

    def _resources(self, place: ModulePlace, dynamic: DynamicImport) -> None:
        """The files of a package that are no modules, or those of them that are named."""
        folders = place.folders or ((place.file.parent,) if place.file else ())
        for folder in folders:
            if dynamic.files is None:
                found = self._data_below(folder)
            else:
                found = _inside(posixpath.normpath(f"{folder}/{name}") for name in dynamic.files)
            for path in found:
                if self._index.is_file(path):
                    self._links.edges.setdefault(path, dynamic.line)
                elif dynamic.files is not None and self._index.is_dir(path):
                    for below in self._data_below(path):
                        self._links.edges.setdefault(below, dynamic.line)

    def _data_below(self, folder: BundlePath) -> Iterator[BundlePath]:
        """Files that are no Python, in a folder and those below that are no packages."""
        waiting = [folder]
        for at in waiting:
            for child in self._index.tree.children(at):
                if self._index.tree.is_dir(child):
                    if not self._index.tree.is_file(child.joined("__init__.py")):
                        waiting.append(child)
                elif not child.endswith((".py", ".pyi", ".pyc")):
                    yield child

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
        """Whatever the call may import: what the known parts name, else the own package."""
        beginning = "" if dynamic.how is How.PATH else self._filled(dynamic.prefix)
        ending = "" if dynamic.how is How.PATH else self._filled(dynamic.suffix)
        head, dot, _ = beginning.rpartition(".")
        if dot and head and not head.startswith("."):
            places = self._index.places(head)
            if not places:
                self._links.add_outside(head, dynamic.line)
                return
            for place in places:
                self._links.add(place, dynamic.line)
            found = [Widening(folder, beginning, ending) for folder in places[-1].folders]
        elif not beginning and ending.startswith("."):
            found = [Widening(ROOT, "", ending)]
        else:
            found = [Widening(self._path.parent)]
        for widening in found:
            self._links.widened.setdefault(widening, dynamic.line)
        self._links.computed.append(dynamic.line)

    def _file_at(self, text: str, line: int) -> None:
        if text.startswith(FILE):
            candidates = [text.replace(FILE, self._path, 1)]
        else:
            candidates = [text, f"{self._path.parent}/{text}"]
        for target in _inside(map(posixpath.normpath, candidates)):
            if self._index.is_dir(target):
                target = BundlePath(posixpath.join(target, "__main__.py"))
            if self._index.is_file(target):
                self._links.edges.setdefault(target, line)
                self._links.exposed.add(target)
                return


def _inside(candidates: Iterable[str]) -> Iterator[BundlePath]:
    """Those of these normalised places that lie in the project."""
    for normal in candidates:
        if not normal.startswith(("/", "..")) and normal.isprintable():
            yield BundlePath(normal)
