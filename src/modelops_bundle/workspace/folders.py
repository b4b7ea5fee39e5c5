"""Which names a project's folders hold: cached by stamp, links resolved, ignore rules applied.

A listing gives one letter for each name: `f` file, `d` folder, `l` link (resolved anew in each
run, as its target may change without the folder), `s` special file, `u` a name that a bundle
cannot carry. A capital letter means that `.modelopsignore` or a built-in rule leaves it out.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import InvalidPathError
from modelops_bundle.workspace.atomic import is_unfinished
from modelops_bundle.workspace.extra_roots import NONE, ExtraRoots
from modelops_bundle.workspace.ignore import FOREIGN_MARKERS, IgnoreRules, excluded_by_name
from modelops_bundle.workspace.stamps import Stamp, stamp_of
from modelops_bundle.workspace.statindex import Listing, StatIndex

FILE = "f"
FOLDER = "d"
LINK = "l"
SPECIAL = "s"
UNPORTABLE = "u"
#: A link whose target is not in the project.
OUTSIDE = "o"
ABSENT = ""


class Folders:
    """The folders of one project in one run.

    Attributes:
        stamps: Of every folder that was listed and every link that was resolved; None for a link
            that leads nowhere.
        unreadable: Folders that could not be listed, with the reason.
        outside: Links that lead out of the project, with their targets.
    """

    def __init__(
        self,
        root: str,
        index: StatIndex,
        rules: IgnoreRules,
        now_ns: int,
        extra_roots: ExtraRoots = NONE,
    ) -> None:
        self.stamps: dict[str, Stamp | None] = {}
        self.unreadable: dict[str, str] = {}
        self.outside: dict[str, str] = {}
        self._root = root
        self._prefix = root if root.endswith("/") else f"{root}/"
        self._index = index
        self._rules = rules
        self._now_ns = now_ns
        self._listings: dict[str, Listing | None] = {}
        self._held: dict[str, bool] = {}
        self._identities: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}
        self._extra_roots = extra_roots
        self._mounts = {str(mount): place for mount, place in extra_roots.places.items()}
        self._added = _on_the_way(self._mounts)

    def full(self, path: str) -> str:
        """Where a path is on this disk."""
        elsewhere = self._extra_roots.place_of(path) if self._mounts else None
        return self._prefix + path if elsewhere is None else elsewhere

    def listing(self, folder: str) -> Listing | None:
        """What a folder holds, ignored or not; None if there is no such folder in the project.

        A folder that cannot be read counts as empty.
        """
        unlisted = []
        at = folder
        while at not in self._listings:
            unlisted.append(at)
            if at == ".":
                break
            at = _parent(at)
        while unlisted:
            at = unlisted.pop()
            is_folder = at == "." or self._kind_in(self._listings[_parent(at)], at) == FOLDER
            self._listings[at] = self._list(at) if is_folder else None
        return self._listings[folder]

    def kind(self, path: str) -> str:
        """What is at a path (exact case), links followed, ignored or not."""
        if path == ".":
            return FOLDER
        parent, _, name = path.rpartition("/")
        known = self._listings.get(parent or ".")
        # The common case without a further call: this runs once for each of 100,000 files.
        if known is not None and known.get(name) == FILE:
            return FILE
        return self._kind_in(self.listing(parent or "."), path)

    def holds(self, folder: str) -> bool:
        """Whether it is a folder of the project: nothing on the way to it is left out."""
        unknown = []
        at = folder
        while at not in self._held:
            unknown.append(at)
            if at == ".":
                break
            at = _parent(at)
        while unknown:
            at = unknown.pop()
            self._held[at] = at == "." or (self._held[_parent(at)] and self._is_part(at))
        return self._held[folder]

    def children(self, folder: str) -> list[tuple[str, str]]:
        """(path, kind) of the files, folders, outside links and unportable names of a held folder.

        What is ignored, special, or a link that leads nowhere is left out. Sorted by name.
        """
        found: list[tuple[str, str]] = []
        if not self.holds(folder):
            return found
        prefix = "" if folder == "." else f"{folder}/"
        for name, letter in (self.listing(folder) or {}).items():
            path = prefix + name
            kind = self._resolved(path) if letter == LINK else letter
            if kind == FOLDER:
                if self.holds(path):
                    found.append((path, kind))
            elif kind in (FILE, OUTSIDE, UNPORTABLE):
                found.append((path, kind))
        return found

    def left_out(self, path: str) -> bool:
        """Whether the project leaves this path out, be there something at it or not."""
        parent = _parent(path)
        if not self.holds(parent):
            return self._left_out_above(parent)
        letter = (self.listing(parent) or {}).get(_name(path), ABSENT)
        if not letter:
            return self._rules.matches(path, folder=False)
        return letter.isupper() or (self.kind(path) == FOLDER and not self.holds(path))

    def walk(self) -> Iterator[tuple[str, Listing]]:
        """Each folder of the project once, with its listing, real folders before linked ones.

        A linked folder is visited only where no other way leads to it.
        """
        seen: set[tuple[int, int]] = set()
        waiting = ["."]
        linked: list[str] = []
        while waiting or linked:
            folder = waiting.pop() if waiting else linked.pop(0)
            listing = self.listing(folder)
            if listing is None or not self.holds(folder) or self._identities[folder] in seen:
                continue
            seen.add(self._identities[folder])
            yield folder, listing
            prefix = "" if folder == "." else f"{folder}/"
            for name, letter in listing.items():
                if letter == FOLDER:
                    waiting.append(prefix + name)
                elif letter == LINK and self._resolved(prefix + name) == FOLDER:
                    linked.append(prefix + name)

    def files_below(self, folder: str) -> tuple[list[str], list[tuple[str, str]]]:
        """The files below a folder, and (path, kind) of what should be files and cannot be.

        Linked folders are followed, but neither upwards nor, inside one another, twice.
        """
        files: list[str] = []
        others: list[tuple[str, str]] = []
        seen_in_links: set[tuple[int, int]] = set()
        waiting = [(folder, 0)]
        while waiting:
            at, hops = waiting.pop()
            if self.listing(at) is None or (hops and self._identities[at] in self._above(at)):
                continue
            if hops > 1:
                if self._identities[at] in seen_in_links:
                    continue
                seen_in_links.add(self._identities[at])
            for path, kind in self.children(at):
                if kind == FILE:
                    files.append(path)
                elif kind == FOLDER:
                    waiting.append((path, hops + (path in self._links)))
                else:
                    others.append((path, kind))
        return sorted(files), sorted(others)

    def _above(self, folder: str) -> set[tuple[int, int]]:
        identities = set()
        while folder != ".":
            folder = _parent(folder)
            identities.add(self._identities[folder])
        return identities

    def _kind_in(self, listing: Listing | None, path: str) -> str:
        letter = (listing or {}).get(_name(path), ABSENT).lower()
        return self._resolved(path) if letter == LINK else letter

    def _is_part(self, folder: str) -> bool:
        """Whether a folder in a held folder is held too."""
        letter = (self.listing(_parent(folder)) or {}).get(_name(folder), ABSENT)
        if letter not in (FOLDER, LINK) or excluded_by_name(_name(folder)):
            return False
        listing = self.listing(folder)
        if listing is None or folder in self._mounts:
            return listing is not None
        return not any(marker in listing for marker in FOREIGN_MARKERS)

    def _left_out_above(self, folder: str) -> bool:
        """Whether a folder that is not held exists, or would be left out if it did."""
        while not self.holds(_parent(folder)):
            folder = _parent(folder)
        if self.listing(folder) is not None:
            return True
        return excluded_by_name(_name(folder)) or self._rules.matches(folder, folder=True)

    def _resolved(self, link: str) -> str:
        """What a link leads to."""
        known = self._links.get(link)
        if known is None:
            known = self._links[link] = self._follow(link)
        return known

    def _follow(self, link: str) -> str:
        full = self.full(link)
        try:
            found = os.stat(full)
        except OSError:
            self.stamps[link] = None
            return ABSENT
        self.stamps[link] = stamp_of(found)
        target = os.path.realpath(full)
        if target != self._root and not target.startswith((self._prefix, *self._around(link))):
            self.outside[link] = target
            return OUTSIDE
        if stat.S_ISDIR(found.st_mode):
            return FOLDER
        return FILE if stat.S_ISREG(found.st_mode) else SPECIAL

    def _around(self, path: str) -> Iterator[str]:
        """The extra root that a path lies in: a link there may lead to another place of it."""
        for mount, place in self._mounts.items():
            if path.startswith(f"{mount}/"):
                yield f"{place}/"

    def _list(self, folder: str) -> Listing | None:
        added = self._added.get(folder)
        listing = self._list_on_disk(folder)
        if added is None:
            return listing
        if listing is None:
            self._identities[folder] = (-1, len(self._identities))
            self.stamps[folder] = None
        return dict(sorted({**(listing or {}), **dict.fromkeys(added, FOLDER)}.items()))

    def _list_on_disk(self, folder: str) -> Listing | None:
        full = self._root if folder == "." else self.full(folder)
        try:
            found = os.stat(full)
            stamp = stamp_of(found)
            listing = self._index.listing(folder, stamp)
            if listing is None:
                listing = self._read(folder, full)
                self._index.record_listing(folder, stamp, listing, self._now_ns)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.unreadable[folder] = error.strerror or str(error)
            self._identities[folder] = (0, 0)
            self.stamps[folder] = None
            return {}
        self._identities[folder] = (found.st_dev, found.st_ino)
        self.stamps[folder] = stamp
        return listing

    def _read(self, folder: str, full: str) -> Listing:
        earlier = self._index.earlier_listing(folder)
        prefix = "" if folder == "." else f"{folder}/"
        listing: dict[str, str] = {}
        with os.scandir(full) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                letter = _letter(entry)
                path = prefix + entry.name
                if not _portable(path, entry.name):
                    letter = UNPORTABLE
                known = earlier.get(entry.name, ABSENT)
                if known.lower() == letter:
                    letter = known
                elif letter != UNPORTABLE and self._leaves_out(path, entry.name, letter):
                    letter = letter.upper()
                listing[entry.name] = letter
        return listing

    def _leaves_out(self, path: str, name: str, letter: str) -> bool:
        is_folder = letter == FOLDER
        if excluded_by_name(name) if is_folder else is_unfinished(name):
            return True
        return self._rules.matches(path, folder=is_folder)


def _on_the_way(mounts: Mapping[str, str]) -> dict[str, list[str]]:
    """By folder, the names in it that lead to an extra root, whether they are there or not."""
    added: dict[str, list[str]] = {}
    for mount in mounts:
        while mount != ".":
            added.setdefault(_parent(mount), []).append(_name(mount))
            mount = _parent(mount)
    return added


def _letter(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return LINK
    if entry.is_dir(follow_symlinks=False):
        return FOLDER
    return FILE if entry.is_file(follow_symlinks=False) else SPECIAL


def _portable(path: str, name: str) -> bool:
    if name.isprintable() and "/" in path:
        return True
    try:
        return BundlePath.parse(path) == path
    except InvalidPathError:
        return False


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _name(path: str) -> str:
    return path.rpartition("/")[2]
