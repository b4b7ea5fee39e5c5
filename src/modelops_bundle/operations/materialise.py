"""A bundle in a folder of its own choice: all of it, or nothing that looks like it.

A folder that is not there yet appears whole: it is filled aside and renamed. In a folder that is
there, files are moved into place under the journal of a pull, so that whoever comes next finishes
what was cut off.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import (
    Clash,
    Conflict,
    PullJournal,
    PullOptions,
    PullPlan,
    plan_pull,
)
from modelops_bundle.errors import (
    ChangedDuringUseError,
    FileAccessError,
    InvalidDigestError,
    UsageError,
)
from modelops_bundle.operations.at_hand import AtHand
from modelops_bundle.operations.fetch import Bundle, fetch_bundle
from modelops_bundle.operations.pull import carry_out, finish
from modelops_bundle.operations.settings import read_state
from modelops_bundle.storage.base import Remote
from modelops_bundle.workspace.atomic import sync_folder
from modelops_bundle.workspace.journal import holds_fetched, pull_lock
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.pending import is_pending
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.root import PROJECT_FOLDER
from modelops_bundle.workspace.surplus import Surplus, find_surplus, remove_surplus
from modelops_bundle.workspace.worktree import inspect_worktree

#: Another process that fills the same folder is waited for.
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsureRequest:
    """What a person asks for.

    Attributes:
        mirror: Delete what is not in the bundle.
        overwrite: Replace what was changed there; it is put aside.
    """

    reference: str
    mirror: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensured:
    """What became of the folder.

    Attributes:
        folder: Real absolute path.
        plan: What was done; with conflicts nothing was.
        removed: What `mirror` removed that is no file a bundle could hold, sorted.
        backup: Where the files are that `overwrite` replaced; None where there were none.
        cached_bytes: How much of what was written came from the cache of this machine.
    """

    url: str
    reference: str
    digest: Digest
    folder: Path
    files: int
    plan: PullPlan
    removed: tuple[str, ...] = ()
    backup: Path | None = None
    cached_bytes: int = 0

    @property
    def exit_code(self) -> int:
        """0, or 3 where a person must decide."""
        return 3 if self.plan.conflicts else 0


def ensure(
    folder: Path, remote: Remote, request: EnsureRequest, at_hand: AtHand | None = None
) -> Ensured:
    """Let a folder hold a bundle: every file of it, verified.

    Args:
        at_hand: Where contents may be that need not be fetched. A bundle that is there whole, and
            is asked for by its digest, needs no remote.

    Raises:
        RemoteError: the remote or the bundle is at fault; nothing was written.
        ChangedDuringUseError: the folder was edited meanwhile.
        FileAccessError: the folder cannot be used.
        UsageError: it lies inside a project's own folder.
    """
    place = Path(os.path.realpath(folder))
    if PROJECT_FOLDER in place.parts:
        raise UsageError(f"{folder}: inside {PROJECT_FOLDER}", not_done="nothing was written")
    bundle = _known(request.reference, at_hand) or fetch_bundle(remote, request.reference)
    run = _Run(remote, bundle, request, at_hand)
    if os.path.lexists(place):
        if not place.is_dir():
            raise FileAccessError(f"{folder} is no folder", not_done="nothing was written")
        return run.in_place(place)
    return run.whole(place)


@dataclass(frozen=True, slots=True)
class _Run:
    """One bundle on its way into a folder."""

    remote: Remote
    bundle: Bundle
    request: EnsureRequest
    at_hand: AtHand | None

    def whole(self, place: Path) -> Ensured:
        """Fill a folder aside, or go on with one that was cut off, and give it its name."""
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(place, error) from error
        aside = place.with_name(f".{place.name}.mops-part")
        with exclusive(place.with_name(f".{place.name}.mops-lock"), _PATIENCE_S):
            if os.path.lexists(place):
                return self.in_place(place)
            try:
                if aside.is_symlink():
                    aside.unlink()
                aside.mkdir(exist_ok=True)
                project = Project(aside)
                _make_own_folder(project)
                pull_lock(project)
                done = self._fill(project, mine=True, mirror=True)
                if done.plan.conflicts:
                    raise FileExistsError
                shutil.rmtree(project.cache)
                os.rename(aside, place)
            except OSError as error:
                raise _unusable(place, error) from error
            finally:
                # What was decided, or is fetched, is gone on with; the rest is nobody's.
                kept = Project(aside)
                if not is_pending(kept) and not holds_fetched(kept):
                    shutil.rmtree(aside, ignore_errors=True)
            sync_folder(str(place.parent))
        return replace(done, folder=place)

    def in_place(self, place: Path) -> Ensured:
        """Bring a folder that is there to the state of the bundle."""
        project = Project(place)
        mine = _is_mine(project)
        if not is_pending(project):
            refused = self._plan(project, mine=mine, mirror=self.request.mirror)[0]
            if refused.conflicts:
                # A folder that is not to be touched gets no lock and no cache either.
                return self._done(project, refused)
        _make_own_folder(project)
        with exclusive(pull_lock(project), _PATIENCE_S):
            return self._fill(project, mine=mine, mirror=self.request.mirror)

    def _fill(self, project: Project, *, mine: bool, mirror: bool) -> Ensured:
        """Plan again and carry it out; the caller keeps others away."""
        finish(project)
        plan, surplus = self._plan(project, mine=mine, mirror=mirror)
        if plan.conflicts:
            return self._done(project, plan)
        journal = PullJournal(
            url=self.remote.url,
            reference=self.request.reference,
            digest=self.bundle.digest,
            files=self.bundle.index.digests,
            steps=plan.steps,
        )
        backup = carry_out(project, self.remote, self.bundle, journal, self.at_hand)
        try:
            removed = remove_surplus(str(project.root), surplus) if mirror else ()
        except OSError as error:
            raise _unusable(project.root, error) from error
        return replace(self._done(project, plan), removed=removed, backup=backup)

    def _done(self, project: Project, plan: PullPlan) -> Ensured:
        return Ensured(
            url=self.remote.url,
            reference=self.request.reference,
            digest=self.bundle.digest,
            folder=project.root,
            files=len(self.bundle.index.files),
            plan=plan,
            cached_bytes=self.at_hand.taken_bytes if self.at_hand else 0,
        )

    def _plan(self, project: Project, *, mine: bool, mirror: bool) -> tuple[PullPlan, Surplus]:
        """What it takes; conflicts where that would cost somebody's work.

        Args:
            mine: The folder is one that this program filled and nobody works in.
        """
        wanted = self.bundle.files
        state = read_state(project)
        point = state.newest if mine else state.latest(self.remote.url)
        recorded: Mapping[BundlePath, Digest] = {} if point is None else point.files
        root = str(project.root)
        surplus = find_surplus(root, wanted) if mirror else Surplus()
        local = inspect_worktree(root, {*recorded, *surplus.files}, wanted)
        # What was changed here is not as recorded, whether or not the bundle has changed it.
        base = {
            path: digest
            for path, digest in recorded.items()
            if path not in wanted or local.files.get(path) == digest
        }
        overwrite = self.request.overwrite or (mine and mirror)
        extra = {p: local.files[p] for p in surplus.files if p in local.files and p not in base}
        if overwrite:
            # What counts as published and unchanged goes where the bundle does not have it.
            base |= extra
        options = PullOptions(overwrite=overwrite, restore_deleted=True)
        known = point is not None or overwrite
        plan = _named(plan_pull(base if known else None, local, wanted, options), recorded)
        if not overwrite:
            return _asking(plan, (*extra, *surplus.others)), surplus
        deleted = tuple(
            replace(step, backup=step.backup or (not mine and step.path in extra))
            for step in plan.delete
        )
        return replace(plan, delete=deleted), surplus


def _known(reference: str, at_hand: AtHand | None) -> Bundle | None:
    """The bundle of a whole digest, from what is at hand; None where that does not suffice."""
    if at_hand is None:
        return None
    try:
        return at_hand.bundle(Digest.parse(reference))
    except InvalidDigestError:
        return None


def _named(plan: PullPlan, recorded: Mapping[BundlePath, Digest]) -> PullPlan:
    """The plan with conflicts named as they are here: what was put there has been edited."""
    conflicts = tuple(
        Conflict(conflict.path, Clash.EDITED)
        if conflict.path in recorded and conflict.clash is Clash.UNTRACKED
        else conflict
        for conflict in plan.conflicts
    )
    return replace(plan, conflicts=conflicts)


def _asking(plan: PullPlan, extra: tuple[BundlePath, ...]) -> PullPlan:
    """The plan with what `mirror` would delete as conflicts."""
    clashes = [*plan.conflicts, *(Conflict(path, Clash.EXTRA) for path in extra)]
    return replace(plan, conflicts=tuple(sorted(clashes, key=lambda clash: clash.path)))


def _make_own_folder(project: Project) -> None:
    """The folder of the journal: a link in its place is refused."""
    try:
        if project.folder.is_symlink():
            raise NotADirectoryError(errno.ENOTDIR, "a link")
        project.folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _unusable(project.folder, error) from error


def _is_mine(project: Project) -> bool:
    """Whether a folder was filled by this program, and is no project that somebody works in."""
    if project.config.exists() or project.env.exists():
        return False
    return bool(read_state(project).points)


def _unusable(place: Path, error: OSError) -> FileAccessError | ChangedDuringUseError:
    if isinstance(error, FileExistsError) or error.errno == errno.ENOTEMPTY:
        return ChangedDuringUseError(
            f"{place} was made by somebody else meanwhile",
            not_done="it was left alone",
            hint="look at it, then run the command again",
        )
    return _unwritable(place, error)


def _unwritable(place: Path, error: OSError) -> FileAccessError:
    return FileAccessError(
        f"cannot write {place}: {error.strerror or error}",
        not_done="nothing was written there",
        hint="check the permissions of its folder and the free space of its disk",
    )
