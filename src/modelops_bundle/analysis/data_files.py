"""Which files of the project the paths in its source lead to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from fnmatch import translate

from modelops_bundle.analysis.data_texts import DataText, Naming
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.path_texts import IMPORTED
from modelops_bundle.analysis.texts import FILE, NAME, PACKAGE
from modelops_bundle.core.data_reads import MAX_FILES, DataRead, FileReads
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.portability import BUNDLE_FOLDER

_WILD = re.compile(r"[*?\[]")
_MAX_HOPS = 8
#: Entries of folders that a pattern may be compared with.
_MAX_COMPARED = 20_000


class DataFiles:
    """Looks the paths that files name up in the project; each answer holds for one tree."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._index = linker.index
        self._folders: dict[BundlePath, tuple[str, ...]] = {}

    def of(self, path: BundlePath) -> FileReads | None:
        """What a source file names; None where that is nothing."""
        facts = self._linker.store.parsed_facts(path) if path.endswith(".py") else None
        if facts is None:
            return None
        data = facts.data
        reads: dict[DataRead, None] = {}
        names: set[str] = set()
        computed = data.computed
        for place in data.places:
            for text in place.texts:
                if place.naming is Naming.WORD:
                    names.add(text)
                    continue
                places = self._places(text, path)
                if places is None:
                    computed = True
                    continue
                names.add(posixpath.basename(text.rstrip("/")))
                found = self._first(place, places)
                if found is None and place.naming is Naming.NAMED:
                    below = [f"{folder}/{text}" for folder in self._joined_folders(path)]
                    found = self._first(place, below)
                if found is not None:
                    reads[found] = None
        if not (reads or names or computed):
            return None
        return FileReads(
            reads=tuple(reads),
            users=dict(data.users) if reads else {},
            names=frozenset(names),
            computed=computed,
        )

    def _joined_folders(self, path: BundlePath) -> tuple[str, ...]:
        """Folders that a file, or one that it imports, joins names to that only a call tells.

        `load("contacts.csv")` reads `data/contacts.csv` where `load` opens `DATA / name`.
        """
        known = self._folders.get(path)
        if known is None:
            sources = (path, *self._linker.links(path).edges)
            known = tuple(dict.fromkeys(one for file in sources for one in self._constants(file)))
            self._folders[path] = known
        return known

    def _constants(self, path: BundlePath) -> Iterator[str]:
        """The folders that constants of a file name, if it computes paths."""
        facts = self._linker.store.parsed_facts(path) if path.endswith(".py") else None
        if facts is None or not facts.data.computed:
            return
        for _, texts in facts.data.constants:
            for place in (place for text in texts for place in self._places(text, path) or ()):
                normal = posixpath.normpath(place)
                if normal.startswith(("/", "..", "~")) or normal == ROOT:
                    continue
                if self._index.is_dir(BundlePath(normal)):
                    yield normal

    def _first(self, place: DataText, places: Sequence[str]) -> DataRead | None:
        """What is at the first of these places where something is."""
        for candidate in places:
            found = self._at(place, candidate)
            if found is not None:
                return found
        return None

    def _at(self, place: DataText, candidate: str) -> DataRead | None:
        normal = posixpath.normpath(candidate) if candidate else "."
        if normal.startswith(("/", "..", "~")) or not normal.isprintable():
            return None
        if normal.partition("/")[0] == BUNDLE_FOLDER:
            return None
        path = BundlePath(normal)
        if place.naming is Naming.MATCHED:
            return self._matched(place, path)
        if place.naming is Naming.LISTED:
            return self._listed(place, path)
        if path == ROOT:
            return None
        if self._index.is_file(path):
            return DataRead(path=path, line=place.line, holder=place.holder)
        if self._index.is_dir(path):
            return DataRead(path=path, line=place.line, holder=place.holder, files=(), sure=False)
        return None

    def _listed(self, place: DataText, folder: BundlePath) -> DataRead | None:
        if folder == ROOT or not self._index.is_dir(folder):
            return None
        files = [one for one in self._children(folder) if self._index.tree.is_file(one)]
        if any(file.endswith(".py") for file in files):
            return None  # modules are looked for, or the folder happens to be a package
        return self._folder(place, folder, files)

    def _matched(self, place: DataText, pattern: BundlePath) -> DataRead | None:
        parts = pattern.parts
        fixed = next((i for i, part in enumerate(parts) if _WILD.search(part)), len(parts))
        if fixed == len(parts):
            read = self._index.is_file(pattern)
            return DataRead(path=pattern, line=place.line, holder=place.holder) if read else None
        folder = BundlePath("/".join(parts[:fixed]) or ".")
        if not self._index.is_dir(folder) and folder != ROOT:
            return None
        files = sorted(set(self._matching(folder, parts[fixed:])))
        return self._folder(place, folder, [file for file in files if not file.endswith(".py")])

    def _folder(
        self, place: DataText, folder: BundlePath, files: Sequence[BundlePath]
    ) -> DataRead | None:
        if not files:
            return None
        kept = tuple(files[:MAX_FILES])
        return DataRead(path=folder, line=place.line, holder=place.holder, files=kept)

    def _matching(self, folder: BundlePath, parts: Sequence[str]) -> Iterator[BundlePath]:
        """Files below a folder that a pattern matches, as `glob` does."""
        tree = self._index.tree
        compared = 0
        pending: list[tuple[BundlePath, int]] = [(folder, 0)]
        patterns = [None if part == "**" else re.compile(translate(part)) for part in parts]
        for here, index in pending:
            pattern = patterns[index]
            last = index == len(parts) - 1
            if pattern is None and not last:
                pending.append((here, index + 1))
            for child in self._children(here):
                compared += 1
                if compared > _MAX_COMPARED:
                    return
                hidden = child.name.startswith(".") and not parts[index].startswith(".")
                if hidden or (pattern is not None and not pattern.match(child.name)):
                    continue
                if tree.is_dir(child):
                    if pattern is None:
                        pending.append((child, index))
                    elif not last:
                        pending.append((child, index + 1))
                elif last:
                    yield child

    def _children(self, folder: BundlePath) -> Iterator[BundlePath]:
        return (
            child
            for child in self._index.tree.children(folder)
            if child.name not in ("__pycache__", BUNDLE_FOLDER)
        )

    def _places(self, text: str, path: BundlePath, hops: int = 0) -> list[str] | None:
        """Where a text may lead, best first, relative to the root; None where nobody can tell."""
        if hops > _MAX_HOPS:
            return None
        if text.startswith(FILE):
            return [path + text[1:]]
        if text.startswith(IMPORTED):
            dotted, mark, rest = text[1:].partition(IMPORTED)
            return self._from_constant(dotted, rest, path, hops) if mark else None
        if any(one in text for one in (FILE, NAME, PACKAGE, IMPORTED)):
            return None
        beside = path.parent
        return [text] if beside == ROOT else [text, f"{beside}/{text}"]

    def _from_constant(
        self, dotted: str, rest: str, path: BundlePath, hops: int
    ) -> list[str] | None:
        """A path that is built on what another module of the project defines."""
        level = len(dotted) - len(dotted.lstrip("."))
        absolute = self._index.resolve_relative(path, level, dotted[level:] or None)
        if not absolute:
            return None
        places = self._index.places(absolute)
        parts = absolute.split(".")
        if len(parts) - len(places) != 1 or not places or places[-1].source is None:
            return None
        source, name = places[-1].source, parts[-1]
        facts = self._linker.store.parsed_facts(source)
        if facts is None:
            return None
        texts = dict(facts.data.constants).get(name)
        if texts is None:
            meanings = facts.bindings.get(name, frozenset())
            if len(meanings) != 1 or name in facts.shadowed:
                return None
            texts = tuple(f"{IMPORTED}{meaning}{IMPORTED}" for meaning in meanings)
        found: list[str] = []
        for one in texts:
            # Joined first: what is relative there is looked for from here too.
            below = self._places(one + rest, source, hops + 1)
            if below is None:
                return None
            found += below
        return found
