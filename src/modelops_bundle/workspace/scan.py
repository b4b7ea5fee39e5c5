"""One look at the project on disk: which files it holds, and what is in them.

A scan is a snapshot as far as a file system gives one: each file is hashed at most once, `read`
gives the bytes that `digest` speaks of, and whatever has changed since the scan began is neither
cached nor taken for unchanged by `warm.recall`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping

from modelops_bundle.core.digest import Digest, digest_of_fields
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.errors import ChangedDuringUseError
from modelops_bundle.log import Log
from modelops_bundle.workspace import cachefiles, folders
from modelops_bundle.workspace.folders import FILE, FOLDER, OUTSIDE, UNPORTABLE, Folders
from modelops_bundle.workspace.hashing import (
    Hashed,
    Outcome,
    UnstableFileError,
    hash_all,
    read_file,
)
from modelops_bundle.workspace.ignore import IgnoreRules
from modelops_bundle.workspace.phases import saying_what_stays
from modelops_bundle.workspace.project import IGNORE, Project
from modelops_bundle.workspace.stamps import Stamp, file_system_now_ns, stamp_of
from modelops_bundle.workspace.statindex import StatIndex
from modelops_bundle.workspace.warm import Watched

MB_OUTSIDE = "MB312"
MB_NAME = "MB313"
MB_UNREADABLE = "MB314"
_LOG = Log(__name__)


def scan(project: Project, *, trust_cache: bool = True) -> Scan:
    """Look at a project.

    What the outcome depends on must be read after this call, and anything outside the project
    added to `watched()`, for `warm.remember` to notice when it changes.

    Args:
        project: Which.
        trust_cache: False hashes every file anew: it finds an edit that kept the file's size and
            whose times were set back on a file system that allows that.

    Raises:
        ChangedDuringUseError: `.modelopsignore` was written to each time it was read.
    """
    return Scan(project, trust_cache=trust_cache)


class Scan:
    """What one scan found; a `SourceTree` for the analysis.

    `is_file`, `is_dir`, `children` and `source_files` know only what the project holds. The other
    methods also reach ignored files, for whatever a registry names is to be judged.
    """

    def __init__(self, project: Project, *, trust_cache: bool) -> None:
        self.project = project
        self._root = str(project.root)
        self._cache = str(project.cache)
        usable = cachefiles.prepare(self._cache)
        self._now_ns = file_system_now_ns(self._cache) if usable else 0
        self._stamps: dict[str, Stamp | None] = {}
        self._hashes: dict[str, tuple[int, Digest]] = {}
        self._asked_outside: set[str] = set()
        self._unportable: set[str] = set()
        self._unreadable: dict[str, str] = {}
        rules = IgnoreRules(self._ignore_text())
        self._index = (
            StatIndex.load(self._cache, rules.key) if trust_cache else StatIndex(rules.key)
        )
        self._folders = Folders(self._root, self._index, rules, self._now_ns, project.extra_roots)
        self._held: dict[str, bool] = {}
        self._sources: list[BundlePath] = []
        self._walk()

    def is_file(self, path: BundlePath) -> bool:
        """Whether the project holds a file at this path (exact case, links followed)."""
        return self._find(path) == FILE and not self._folders.left_out(path)

    def is_dir(self, path: BundlePath) -> bool:
        """Whether the project holds a folder at this path (exact case, links followed)."""
        return self._find(path) == FOLDER and self._folders.holds(path)

    def children(self, folder: BundlePath) -> tuple[BundlePath, ...]:
        """Files and folders directly in a folder of the project, sorted."""
        found = self._folders.children(folder)
        return tuple(BundlePath(path) for path, kind in found if kind in (FILE, FOLDER))

    def source_files(self) -> tuple[BundlePath, ...]:
        """All `.py` files of the project, sorted; each real folder's once."""
        return tuple(self._sources)

    def folders(self) -> tuple[BundlePath, ...]:
        """All folders of the project, sorted; each real one once."""
        return tuple(sorted(BundlePath(folder) for folder in self._held))

    def exists(self, path: BundlePath) -> bool:
        """Whether there is a file at this path, ignored or not. It is not read."""
        return self._find(path) == FILE and self._stamp(path) is not None

    def is_ignored(self, path: BundlePath) -> bool:
        """Whether the project leaves this path out, be there something or not."""
        return path != ROOT and self._folders.left_out(path)

    def outside(self, path: BundlePath) -> str | None:
        """The place outside the project that a link at or above this path leads to."""
        self._find(path)
        link = self._nearest(path, self._folders.outside)
        if link is None:
            return None
        return self._folders.outside[link] + path[len(link) :]

    def state(self, path: BundlePath) -> FileState | None:
        """A file's digest and size; None if there is none, or it cannot be read (see `findings`).

        Raises:
            ChangedDuringUseError: it was written to each time it was read.
        """
        return self.states((path,)).get(path)

    def states(self, paths: Iterable[BundlePath]) -> dict[BundlePath, FileState]:
        """The digests and sizes of those of these files that are there, sorted by path.

        What is not cached is hashed in parallel, with one fixed buffer for each thread.

        Raises:
            ChangedDuringUseError: one was written to each time it was read.
        """
        wanted = sorted(set(paths))
        unhashed: list[BundlePath] = []
        total_bytes = 0
        for path in wanted:
            if path in self._hashes or self._find(path) != FILE:
                continue
            stamp = self._stamp(path)
            if stamp is None:
                continue
            known = self._index.digest(path, stamp)
            if known is None:
                unhashed.append(path)
                total_bytes += stamp[0]
            else:
                self._hashes[path] = (stamp[0], _digest(known))
        self._hash(unhashed, total_bytes)
        return {
            path: FileState(path, self._hashes[path][1], self._hashes[path][0])
            for path in wanted
            if path in self._hashes
        }

    def files_below(self, folder: BundlePath) -> tuple[BundlePath, ...]:
        """The files below a folder of the project, sorted; ignored ones left out, links followed.

        Names that a bundle cannot carry and links that lead outside become findings.
        """
        self._find(folder)
        files, others = self._folders.files_below(folder)
        for below, why in self._folders.unreadable.items():
            if BundlePath(below).is_within(folder):
                self._unreadable[below] = why
        for path, kind in others:
            if kind == OUTSIDE:
                self._asked_outside.add(path)
            elif kind == UNPORTABLE:
                self._unportable.add(path)
        return tuple(BundlePath(path) for path in files)

    def read(self, path: BundlePath) -> bytes:
        """A file's bytes: those that `digest` is the digest of.

        Raises:
            FileNotFoundError: it is not there, or cannot be read (see `findings`).
            ChangedDuringUseError: it is no longer what it was when it was hashed.
        """
        try:
            found = read_file(self._full(path)) if self._find(path) == FILE else None
        except UnstableFileError as error:
            raise self._changed(path) from error
        except OSError as error:
            self._unreadable[path] = error.strerror or str(error)
            found = None
        if found is None:
            raise FileNotFoundError(path)
        stamp, content = found
        digest = hashlib.sha256(content)
        known = self._hashes.get(path)
        if known is None:
            self._note(path, Hashed(stamp, digest.digest()))
        elif known[1].hex != digest.hexdigest():
            raise self._changed(path)
        return content

    def digest(self, path: BundlePath) -> Digest:
        """The digest of the bytes that `read` gives; raises as `read` does."""
        known = self._hashes.get(path)
        if known is not None:
            return known[1]
        state = self.state(path)
        if state is None:
            raise FileNotFoundError(path)
        return state.digest

    def code_key(self) -> Digest:
        """Stands for all source files, their contents, and the set of folders.

        It says nothing of the names of other files; `names_key` does.
        """
        states = self.states(self._sources)
        fields = [text for path, state in states.items() for text in (path, state.digest)]
        return digest_of_fields("code", *fields, "folders", *self.folders())

    def names_key(self) -> Digest:
        """Stands for the path of everything that the project holds."""
        found = (path for folder in sorted(self._held) for path in self._folders.children(folder))
        return digest_of_fields("names", *(text for row in found for text in row))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What cannot be carried, among what was asked for so far and all source files; sorted."""
        outside = self._folders.outside
        found = [_outside_finding(path, outside[path]) for path in sorted(self._asked_outside)]
        found += [_name_finding(path) for path in sorted(self._unportable)]
        unreadable = {**self._folders.unreadable, **self._unreadable}
        found += [
            _unreadable_finding(path, why, needed=path in self._unreadable)
            for path, why in sorted(unreadable.items())
        ]
        return tuple(found)

    def watched(self) -> Watched:
        """Everything that was looked at so far, for `warm.remember`."""
        seen = {**self._folders.stamps, **self._stamps}
        roots = self.project.extra_roots
        if roots.configured:
            seen = {roots.place_of(path) or path: stamp for path, stamp in seen.items()}
        watched = Watched(self._now_ns, seen)
        for root in roots.configured:
            if root.place is None:
                watched.look(self._root, os.path.normpath(f"{self._root}/{root.written}"))
        return watched

    def commit_cache(self) -> None:
        """Write down what was learnt, for the next scan; silently not, where that cannot be."""
        if self._index.changed:
            self._index.save(self._cache, self._is_known)

    def _walk(self) -> None:
        for folder, listing in self._folders.walk():
            self._held[folder] = True
            for name, letter in listing.items():
                if not name.endswith(".py"):
                    continue
                path = name if folder == "." else f"{folder}/{name}"
                if letter == UNPORTABLE:
                    self._unportable.add(path)
                elif letter == FILE or (
                    letter == folders.LINK and self._folders.kind(path) == FILE
                ):
                    self._sources.append(BundlePath(path))
        self._sources.sort()

    def _find(self, path: str) -> str:
        """What is at a path; what keeps us from seeing it is noted."""
        kind = self._folders.kind(path)
        if kind not in (FILE, FOLDER):
            link = self._nearest(path, self._folders.outside)
            if link is not None:
                self._asked_outside.add(link)
            folder = self._nearest(path, self._folders.unreadable)
            if folder is not None:
                self._unreadable[folder] = self._folders.unreadable[folder]
        return kind

    def _nearest(self, path: str, among: Mapping[str, str]) -> str | None:
        """The path itself, or the nearest folder above it, that is among these."""
        while among and path not in among:
            if path == ".":
                return None
            path = path.rpartition("/")[0] or "."
        return path if among else None

    def _stamp(self, path: str) -> Stamp | None:
        """The stamp of a regular file, as of its first stat in this scan."""
        if path not in self._stamps:
            try:
                found = os.stat(self._full(path))
            except OSError:
                self._stamps[path] = None
            else:
                self._stamps[path] = stamp_of(found) if stat.S_ISREG(found.st_mode) else None
        return self._stamps[path]

    def _hash(self, paths: list[BundlePath], total_bytes: int) -> None:
        if paths:
            _LOG.debug("hashing %d files, %d bytes", len(paths), total_bytes)
        outcomes: list[Outcome] = [None] * len(paths)
        with saying_what_stays(lambda: self._keep_hashed(paths, outcomes)):
            hash_all([self._full(path) for path in paths], total_bytes, outcomes)
        for path, outcome in zip(paths, outcomes, strict=True):
            if isinstance(outcome, Hashed):
                self._note(path, outcome)
            elif isinstance(outcome, UnstableFileError):
                raise self._changed(path) from outcome
            elif outcome is not None:
                self._unreadable[path] = outcome.strerror or str(outcome)
            else:
                self._stamps[path] = None

    def _keep_hashed(self, paths: list[BundlePath], outcomes: list[Outcome]) -> str:
        """Write down what was hashed when a person interrupted, for the next scan."""
        hashed = 0
        for path, outcome in zip(paths, outcomes, strict=True):
            if isinstance(outcome, Hashed):
                hashed += 1
                self._note(path, outcome)
        self.commit_cache()
        return (
            f"nothing was changed; {hashed} of {len(paths)} files are hashed, "
            "which need not be done again"
        )

    def _note(self, path: BundlePath, hashed: Hashed) -> None:
        self._stamps[path] = hashed.stamp
        self._hashes[path] = (hashed.stamp[0], _digest(hashed.digest))
        self._index.record(path, hashed.stamp, hashed.digest, self._now_ns)

    def _ignore_text(self) -> bytes:
        try:
            found = read_file(f"{self._root}/{IGNORE}")
        except UnstableFileError as error:
            raise self._changed(IGNORE) from error
        except OSError as error:
            self._unreadable[IGNORE] = error.strerror or str(error)
            found = None
        self._stamps[IGNORE] = None if found is None else found[0]
        return b"" if found is None else found[1]

    def _is_known(self, path: str) -> bool:
        return self._folders.kind(path) in (FILE, FOLDER)

    def _full(self, path: str) -> str:
        return self._folders.full(path)

    def _changed(self, path: str) -> ChangedDuringUseError:
        return ChangedDuringUseError(
            f"{path} changed while it was read",
            not_done="nothing was concluded from it",
            hint="try again when nothing writes to it",
        )


def _digest(raw: bytes) -> Digest:
    return Digest(f"sha256:{raw.hex()}")


def _outside_finding(path: str, target: str) -> Finding:
    return Finding(
        code=MB_OUTSIDE,
        severity=Severity.ERROR,
        key=path,
        message=f"{path} is a link that leads outside the project, to {target}",
        hint="Copy what it leads to into the project",
        location=Location(BundlePath(path)),
    )


def _name_finding(path: str) -> Finding:
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)
    return Finding(
        code=MB_NAME,
        severity=Severity.ERROR,
        key=shown,
        message=f"{shown} has a name that a bundle cannot carry",
        hint="Rename it: UTF-8, without control characters",
    )


def _unreadable_finding(path: str, why: str, *, needed: bool) -> Finding:
    return Finding(
        code=MB_UNREADABLE,
        severity=Severity.ERROR if needed else Severity.WARNING,
        key=path,
        message=f"{path} cannot be read: {why}",
        hint="Mend its permissions, or leave it out in .modelopsignore",
        location=Location(BundlePath(path)),
    )
