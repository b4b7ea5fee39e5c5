"""Looking at a project again and again: when to, and what it depends on."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from modelops_bundle.cli.remembered import remember_status, watched_by
from modelops_bundle.errors import BundleError, FileAccessError, ProjectNotFoundError
from modelops_bundle.operations.documents import StatusDocument
from modelops_bundle.operations.observe import Session
from modelops_bundle.operations.report_documents import status_document
from modelops_bundle.operations.status import status
from modelops_bundle.workspace.notifier import Notifier
from modelops_bundle.workspace.project import find_project
from modelops_bundle.workspace.root import PROJECT_FOLDER, cache_folder
from modelops_bundle.workspace.warm import Watched

#: How often to look without a notifier, and how often all the same with one.
_POLL_S = 0.25
_HEARTBEAT_S = 2.0
#: Looking takes at most one in so many parts of the time.
_POLL_SHARE, _HEARTBEAT_SHARE = 5, 20
#: How long a git command that changes files is waited for, and how old its lock may be.
_GIT_PATIENCE_S = 2.0
_GIT_STALE_S = 10.0
#: Folders come and go while they are counted.
_ATTEMPTS = 5
#: So many paths are looked at one by one.
_FEW = 64

Outcome = StatusDocument | BundleError


class Lookout:
    """One project under watch.

    No change is missed: the folders are watched before what is in them is looked at, and whatever
    the notifier does not tell is found by the stamps, a little later.

    """

    def __init__(self, root: str) -> None:
        """Nothing is looked at yet.

        Args:
            root: Real absolute path of the project.
        """
        self._root = root
        self._notifier = Notifier(())
        self._folders: frozenset[str] = frozenset()
        self._watched: Watched | None = None
        self._last: tuple[StatusDocument, Session] | None = None
        self._doubtful = self._collected = False
        self._read_s = self._check_s = 0.0
        self._git_lock = _git_lock(root)

    @property
    def problem(self) -> str:
        """Why changes are looked for instead of being told, or ""."""
        return self._notifier.problem

    def look(self) -> Outcome:
        """The status now, or why there is none."""
        for _ in range(_ATTEMPTS):
            outcome = self._evaluated()
            # A change between the evaluation and the moment when all folders are watched.
            if not self._watch_anew() or not self._changed():
                break
        return outcome

    def remember(self) -> None:
        """Let a `status` beside this one be quick."""
        if self._last is None:
            return
        with suppress(OSError):
            remember_status(*self._last)
        self._last = None
        if not self._collected:
            # What is loaded by now stays: the collector need not look at it at each change.
            self._collected = True
            gc.collect()
            gc.freeze()

    def wait(self, woken: Callable[[], bool]) -> bool:
        """Wait until something changed; False where the caller woke up before.

        Args:
            woken: Asked some 50 times a second.
        """
        while True:
            if self._doubtful:
                # What was told while the caller woke up is lost.
                self._doubtful = False
                if self._changed():
                    return True
            wake = self._notifier.wait(woken, self._pause_s())
            if wake == "woken":
                self._doubtful = True
                return False
            if wake == "told":
                self._wait_for_git(woken)
                if self._concerned(self._notifier.told):
                    return True
            if self._changed():
                # A change that was not told: a folder may have been replaced unseen.
                self._notifier.replaced |= wake == "time"
                return True

    def close(self) -> None:
        """Stop watching."""
        self._notifier.close()

    def _evaluated(self) -> Outcome:
        self._watched = self._last = None
        started_s = time.monotonic()
        try:
            return self._status()
        except BundleError as error:
            return error
        except OSError as error:
            return FileAccessError(f"{error.filename or self._root}: {error.strerror or error}")
        finally:
            self._read_s = time.monotonic() - started_s

    def _status(self) -> StatusDocument:
        if not os.path.isdir(f"{self._root}/{PROJECT_FOLDER}"):
            self._folders = frozenset()
            raise ProjectNotFoundError(
                f"the project is gone from {self._root}", hint="it is awaited; press q to stop"
            )
        self._folders = self._folders or frozenset((self._root, f"{self._root}/{PROJECT_FOLDER}"))
        os.chdir(self._root)
        report = status(find_project(Path(self._root)))
        document = status_document(report)
        self._watched = watched_by(report.session)
        self._folders = frozenset(_folders(self._root, self._watched, report.session))
        self._last = (document, report.session)
        return document

    def _watch_anew(self) -> bool:
        """Watch other folders than before, where it takes others."""
        same = self._notifier.folders == self._folders
        if same and not self._notifier.replaced and self._folders:
            return False
        self._notifier.close()
        self._notifier = Notifier(self._folders)
        return bool(self._folders)

    def _changed(self) -> bool:
        """Whether another look may show something else."""
        if self._watched is None:
            return True
        started_s = time.monotonic()
        changed = not (self._watched.settled and self._watched.unchanged(self._root))
        self._check_s = time.monotonic() - started_s
        return changed

    def _concerned(self, told: frozenset[str]) -> bool:
        """Whether one of these paths is known and has changed: the quick way to be sure."""
        if self._watched is None or len(told) > _FEW:
            return False
        known = self._watched.seen
        here = (path.removeprefix(f"{self._root}/") for path in told)
        few = {path: known[path] for path in here if path in known}
        return not Watched(0, few).unchanged(self._root)

    def _pause_s(self) -> float:
        if self._watched is None:
            return max(_POLL_S if self.problem else _HEARTBEAT_S, _POLL_SHARE * self._read_s)
        if self.problem:
            return max(_POLL_S, _POLL_SHARE * self._check_s)
        return max(_HEARTBEAT_S, _HEARTBEAT_SHARE * self._check_s)

    def _wait_for_git(self, woken: Callable[[], bool]) -> None:
        """Let a checkout come to its end: half of one is nobody's state."""
        end_s = time.monotonic() + _GIT_PATIENCE_S
        while time.monotonic() < end_s and _is_recent(self._git_lock) and not woken():
            self._notifier.wait(woken, 0.05)
            self._doubtful = True


def _folders(root: str, watched: Watched, session: Session) -> Iterator[str]:
    """The folders in which a change may concern a status."""
    cache = cache_folder(root)
    own = {str(session.project.path(folder)) for folder in session.scan.folders()}
    places = {
        os.path.dirname(path if path[:1] == "/" else f"{root}/{path}") for path in watched.seen
    }
    for folder in {root, *own, *places, *(target for f in own for target in _link_targets(f))}:
        there = folder
        while not os.path.isdir(there):
            there = os.path.dirname(there)
        if f"{there}/".startswith(f"{cache}/"):
            continue  # our own writes
        yield there


def _link_targets(folder: str) -> Iterator[str]:
    """The folders that hold what the links of a folder lead to."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield os.path.dirname(os.path.realpath(entry.path))


def _git_lock(root: str) -> str:
    """What a git command that changes the working tree holds; "" where there is no git."""
    folder = root
    while not os.path.isdir(f"{folder}/.git"):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
    return f"{folder}/.git/index.lock"


def _is_recent(lock: str) -> bool:
    if not lock:
        return False
    try:
        return time.time() - os.stat(lock).st_mtime < _GIT_STALE_S
    except OSError:
        return False
