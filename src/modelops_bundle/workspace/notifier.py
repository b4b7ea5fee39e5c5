"""Waiting for a change on disk: told of it by the system, or left to look again.

A notifier is a convenience and never the judge: it misses what other machines do on a file server,
and drops what comes too fast. Whoever waits here looks at the stamps itself (`warm.Watched`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Literal

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

#: A burst of changes, such as a checkout, is over when nothing has come for so long.
_QUIET_MS = 20
#: A burst that does not end is told after this.
_LONGEST_BURST_MS = 1_000
_TICK_S = 0.02
_POLLING_VARIABLE = "WATCHFILES_FORCE_POLLING"
_NO = frozenset(("", "false", "disable", "disabled", "0"))
#: File systems on which other machines write without this one being told.
_DISTANT = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "drvfs", "fuse.sshfs", "fuse.vmhgfs-fuse"),
        *("gpfs", "lustre", "ncpfs", "nfs", "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf"),
        *("virtiofs", "vmhgfs"),
    )
)

#: What ended a wait: a change was told, the caller wanted to wake up, or the time is over.
Wake = Literal["told", "woken", "time"]


class Notifier:
    """Watches a set of folders, each by itself.

    Attributes:
        folders: Which. What happens in folders below them is not told.
        problem: Why there is no notifier and somebody has to look again and again, or "".
        told: The paths of the last burst.
        replaced: One of the folders was made, moved or deleted since: watch them anew.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        """Begin to watch; from now on nothing in the folders goes unnoticed.

        Args:
            folders: Absolute paths; those that cannot be listed are left out.
        """
        self.folders = frozenset(folders)
        self.told: frozenset[str] = frozenset()
        self.replaced = False
        self._watch: RustNotify | None = None
        self.problem = _reason_to_poll(self.folders) if self.folders else "nothing to watch"
        if not self.problem:
            self._begin()

    def wait(self, woken: Callable[[], bool], timeout_s: float) -> Wake:
        """Wait for a burst of changes and its end.

        Args:
            woken: Asked again and again: True ends the wait.
            timeout_s: The longest that it may last.
        """
        if self._watch is None:
            return _sleep(woken, timeout_s)
        try:
            found = self._watch.watch(
                _LONGEST_BURST_MS, _QUIET_MS, max(1, round(timeout_s * 1000)), _Asked(woken)
            )
        except WatchfilesRustInternalError as error:
            self.close()
            self.problem = f"the notifier failed: {error}"
            return "told"
        if found == "signal":
            raise KeyboardInterrupt
        if isinstance(found, str):
            return "woken" if found == "stop" else "time"
        self.told = frozenset(path for _, path in found)
        self.replaced = self.replaced or not self.told.isdisjoint(self.folders)
        return "told"

    def close(self) -> None:
        """Stop watching; again is harmless."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _begin(self) -> None:
        there = sorted(folder for folder in self.folders if os.access(folder, os.R_OK | os.X_OK))
        try:
            self._watch = RustNotify(there, False, False, 0, False, False)
        except FileNotFoundError:
            self.replaced = True
            self.problem = "a folder went away"
        except (OSError, WatchfilesRustInternalError) as error:
            self.problem = _limit_or(error)


class _Asked:
    """What `RustNotify` asks whether to stop."""

    def __init__(self, woken: Callable[[], bool]) -> None:
        self.is_set = woken


def _sleep(woken: Callable[[], bool], timeout_s: float) -> Wake:
    end_s = time.monotonic() + timeout_s
    while not woken():
        left_s = end_s - time.monotonic()
        if left_s <= 0:
            return "time"
        time.sleep(min(_TICK_S, left_s))
    return "woken"


def _limit_or(error: Exception) -> str:
    """Why there is no notifier, in few words."""
    text = str(error)
    if "watch limit" in text or "os error 28" in text:
        return "the system's limit of watched folders is reached"
    if "os error 24" in text:
        return "the system's limit of notifiers is reached"
    return f"no notifier: {text.splitlines()[0] if text else type(error).__name__}"


def _reason_to_poll(folders: Iterable[str]) -> str:
    if os.environ.get(_POLLING_VARIABLE, "").lower() not in _NO:
        return f"{_POLLING_VARIABLE} is set"
    with suppress(OSError), open("/proc/self/mountinfo", encoding="utf-8") as stream:
        kind = distant_kind(folders, stream.read())
        if kind:
            return f"a file system of type {kind} does not tell of changes"
    return ""


def distant_kind(folders: Iterable[str], mounts: str) -> str:
    """The type of a file system among these that others write to unseen, or "".

    Args:
        folders: Real absolute paths.
        mounts: As in `/proc/self/mountinfo` (proc(5)): the fifth field is where, with spaces as
            `\\\\040`, and the first one after a lone `-` is the type.
    """
    distant = {}
    others = []
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        place = fields[4].replace("\\040", " ").rstrip("/") + "/"
        kind = after.split(" ")[0]
        if kind in _DISTANT:
            distant[place] = kind
        else:
            others.append(place)
    if not distant:
        return ""
    places = sorted((*distant, *others), key=len, reverse=True)
    for folder in folders:
        place = next((place for place in places if f"{folder}/".startswith(place)), "")
        if place in distant:
            return distant[place]
    return ""
