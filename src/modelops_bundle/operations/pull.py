"""Bringing a published bundle into the working tree without losing local work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.settings import SyncPoint
from modelops_bundle.core.transfer import PullJournal, PullOptions, PullPlan, PullStep, plan_pull
from modelops_bundle.core.travel import data_paths
from modelops_bundle.errors import ChangedDuringUseError, LockTimeoutError, RemoteError
from modelops_bundle.log import Log
from modelops_bundle.operations.at_hand import AtHand
from modelops_bundle.operations.contents import fetch_contents, read_content
from modelops_bundle.operations.fetch import Bundle, fetch_bundle, read_registry_of
from modelops_bundle.operations.local_contents import changed_files
from modelops_bundle.operations.settings import read_state, write_state
from modelops_bundle.storage.base import Remote
from modelops_bundle.workspace.apply import Applied, apply_steps
from modelops_bundle.workspace.extra_roots import extra_roots_in
from modelops_bundle.workspace.journal import PullFolder, pull_lock
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.pending import is_pending
from modelops_bundle.workspace.project import PYPROJECT, Project
from modelops_bundle.workspace.worktree import inspect_worktree

#: A pull under way may take long; a command that looks whether one was cut off does not.
_PATIENCE_S = 1.0

_T = TypeVar("_T")
_LOG = Log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What a person asks for.

    Attributes:
        reference: A tag, a digest or a digest prefix.
        data: Fetch only data files that are absent; the record of the last pull stays.
    """

    reference: str
    data: bool = False
    overwrite: bool = False
    restore_deleted: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOutcome:
    """What a pull did.

    Attributes:
        plan: What was, or would be, done; with conflicts nothing was.
        pulled: Files were written or deleted, or found to be as in the bundle already.
        backup: The folder, relative to the project, with the local work that `overwrite`
            replaced; None where there was none.
        fetched_bytes: The size of the new contents.
        elsewhere: Files of the bundle that are not as in the extra root that provides them here,
            and were left alone.
    """

    url: str
    reference: str
    digest: Digest
    plan: PullPlan
    pulled: bool
    backup: BundlePath | None = None
    fetched_bytes: int = 0
    elsewhere: tuple[BundlePath, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or 3 where a person must decide."""
        return 3 if self.plan.conflicts else 0


def pull(project: Project, remote: Remote, request: PullRequest) -> PullOutcome:
    """Fetch a bundle and merge it into the working tree (contract.md, "Pull").

    New content is fetched aside and verified in full before the first file of the project is
    touched. Local work that `overwrite` replaces is copied to `.modelops-bundle/cache/backup/`.

    Raises:
        RemoteError: the remote or the bundle is at fault; nothing was written.
        ChangedDuringUseError: a file was edited meanwhile; that file was left alone.
        LockTimeoutError: another pull is under way.
    """
    bundle = fetch_bundle(remote, request.reference)
    project = _with_extra_roots(project, remote, bundle)
    data = data_paths(read_registry_of(remote, bundle)) if request.data else None
    with exclusive(pull_lock(project), _PATIENCE_S):
        finish(project)
        plan = _plan(project, remote.url, bundle, request, data)
        outcome = PullOutcome(
            url=remote.url,
            reference=request.reference,
            digest=bundle.digest,
            plan=plan,
            pulled=False,
            fetched_bytes=sum(step.new.size_bytes for step in plan.write if step.new),
            elsewhere=_differing(project, bundle),
        )
        if plan.conflicts or request.dry_run:
            return outcome
        journal = PullJournal(
            url=remote.url,
            reference=request.reference,
            digest=bundle.digest,
            files=None if request.data else bundle.index.digests,
            steps=plan.steps,
        )
        backup = carry_out(project, remote, bundle, journal)
    shown = None if backup is None else BundlePath(backup.relative_to(project.root).as_posix())
    return replace(outcome, pulled=True, backup=shown)


def recover(project: Project) -> tuple[BundlePath, ...]:
    """Finish or undo a pull that was cut off; every command calls this first.

    Costs one look at the disk where there is nothing to do. A pull that is under way in another
    process is left alone.

    Returns:
        Files that were edited after the pull was cut off, and that it therefore left alone.

    Raises:
        ConfigError: the journal is damaged.
    """
    if not is_pending(project):
        return ()
    try:
        with exclusive(pull_lock(project), timeout_s=0):
            return tuple(path for path, _ in finish(project))
    except LockTimeoutError:
        return ()


def _with_extra_roots(project: Project, remote: Remote, bundle: Bundle) -> Project:
    """Where the project has no settings yet, those of the bundle count: they are about to be its.

    Otherwise what an extra root provides here would be written into the project as well.
    """
    if PYPROJECT not in bundle.files or os.path.lexists(project.path(PYPROJECT)):
        return project
    content = read_content(remote, bundle.index, PYPROJECT)
    return replace(project, extra_roots=extra_roots_in(str(project.root), content))


def _plan(
    project: Project,
    url: str,
    bundle: Bundle,
    request: PullRequest,
    data: frozenset[BundlePath] | None,
) -> PullPlan:
    # What an extra root provides is another project's: it is neither written nor deleted.
    remote: Mapping[BundlePath, FileState] = _here(project, bundle.files)
    base: Mapping[BundlePath, Digest] | None = None
    if data is None:
        point = read_state(project).latest(url)
        base = None if point is None else _ever_here(project, point.files)
    else:
        # What is there need not be hashed to be left alone.
        remote = {p: s for p, s in remote.items() if not os.path.lexists(project.path(p))}
    local = inspect_worktree(str(project.root), base or (), remote)
    options = PullOptions(
        overwrite=request.overwrite, restore_deleted=request.restore_deleted, data=data
    )
    return plan_pull(base, local, remote, options)


def _here(project: Project, files: Mapping[BundlePath, _T]) -> dict[BundlePath, _T]:
    return {path: one for path, one in files.items() if not project.is_elsewhere(path)}


def _ever_here(project: Project, files: Mapping[BundlePath, _T]) -> dict[BundlePath, _T]:
    """Without the files of an extra root that is gone: nobody has deleted them from the project."""
    gone = [
        root.mount
        for root in project.extra_roots.configured
        if root.place is None and not os.path.lexists(project.root / root.mount)
    ]
    return {
        path: one
        for path, one in _here(project, files).items()
        if not any(path.is_within(mount) for mount in gone)
    }


def _differing(project: Project, bundle: Bundle) -> tuple[BundlePath, ...]:
    """Files of the bundle that an extra root has otherwise, or not at all."""
    states = [state for path, state in bundle.files.items() if project.is_elsewhere(path)]
    return tuple(sorted(changed_files(project, states)))


def carry_out(
    project: Project,
    remote: Remote,
    bundle: Bundle,
    journal: PullJournal,
    at_hand: AtHand | None = None,
) -> Path | None:
    """Fetch what the steps of a journal need, decide, apply; the caller holds the pull's lock.

    Args:
        at_hand: Where contents may be that need not be fetched.

    Returns:
        The folder with what was overwritten, if anything was.

    Raises:
        RemoteError: the remote or the bundle is at fault; nothing was written.
        ChangedDuringUseError: a file was edited meanwhile; that file was left alone.
    """
    if not journal.steps:
        with exclusive(project.lock):
            _record(project, journal, ())
        return None
    folder = PullFolder(project)
    folder.begin()
    try:
        _fetch(remote, bundle, journal.steps, folder, at_hand)
        with exclusive(project.lock):
            applied = _decide(project, journal, folder)
    except BaseException as error:
        if is_pending(project) and folder.journal() is None:
            _undo(journal.steps, folder, error)
        raise
    _LOG.info("%s now holds %s: %d changes", project.root, journal.digest, len(journal.steps))
    if applied.left:
        shown = "; ".join(f"{path} ({why})" for path, why in applied.left)
        raise ChangedDuringUseError(
            f"all was pulled but {shown}",
            not_done="these files were left alone",
            hint="look at them, then pull again",
        )
    return applied.backup


def _decide(project: Project, journal: PullJournal, folder: PullFolder) -> Applied:
    """Move the files into place; the caller holds the project's lock.

    An interrupt that comes too late to undo the pull is heard when it is done.
    """
    _check_unedited(project, journal.steps)
    try:
        folder.commit(journal)
        return _apply(project, journal, folder, again=False)
    except KeyboardInterrupt as interrupt:
        if folder.journal() is not None:
            _apply(project, journal, folder, again=True)
            interrupt.add_note("the pull was decided by then, and has been carried out")
        raise


def _apply(project: Project, journal: PullJournal, folder: PullFolder, *, again: bool) -> Applied:
    applied = apply_steps(project, journal, folder, again=again)
    _record(project, journal, applied.left)
    folder.close()
    folder.forget()
    return applied


def _undo(steps: tuple[PullStep, ...], folder: PullFolder, error: BaseException) -> None:
    """Drop what was put aside; where the line or a person failed, not what has come already."""
    contents = {number: step.new.digest for number, step in enumerate(steps) if step.new}
    cut_off = isinstance(error, KeyboardInterrupt | RemoteError)
    kept = folder.keep(contents) if cut_off else 0
    folder.close()
    if isinstance(error, KeyboardInterrupt):
        error.add_note(
            f"no file was changed; {kept} of {len(contents)} are fetched, and are not fetched again"
        )


def _fetch(
    remote: Remote,
    bundle: Bundle,
    steps: tuple[PullStep, ...],
    folder: PullFolder,
    at_hand: AtHand | None,
) -> None:
    """Put the new contents aside, each under the number of its step."""
    numbers = {
        step.path: number
        for number, step in enumerate(steps)
        if step.new is not None and not folder.take(number, step.new.digest)
    }
    if at_hand is not None:
        for path, number in list(numbers.items()):
            stage = partial(folder.stage, number)
            if at_hand.take(bundle.index.files[path].state, stage):
                del numbers[path]
    fetch_contents(
        remote,
        bundle.index,
        numbers,
        lambda state, content: folder.stage(numbers[state.path], content),
    )


def _check_unedited(project: Project, steps: tuple[PullStep, ...]) -> None:
    """Nothing has been touched yet: an edit since the plan was made stops the whole pull."""
    local = inspect_worktree(str(project.root), (), [step.path for step in steps])
    edited = sorted(
        step.path
        for step in steps
        if step.path in local.obstacles or local.files.get(step.path) != step.old
    )
    if edited:
        raise ChangedDuringUseError(
            f"edited while the bundle was fetched: {', '.join(edited)}",
            not_done="nothing was written",
            hint="pull again",
        )


def finish(project: Project) -> tuple[tuple[BundlePath, str], ...]:
    """Finish or undo what an earlier pull left; the caller holds the pull's lock.

    Returns:
        Files that were left alone, and why.

    Raises:
        ConfigError: the journal is damaged.
    """
    if not is_pending(project):
        return ()
    folder = PullFolder(project)
    journal = folder.journal()
    if journal is None:
        folder.close()
        return ()
    with exclusive(project.lock):
        applied = _apply(project, journal, folder, again=True)
    return applied.left


def _record(
    project: Project, journal: PullJournal, left: tuple[tuple[BundlePath, str], ...]
) -> None:
    """Remember what this project and the remote now have in common.

    A file that was left alone stays recorded as it was before: the next pull sees that it changed
    here and there.
    """
    if journal.files is None:
        return
    state = read_state(project)
    files = dict(journal.files)
    before = state.latest(journal.url)
    for path, _ in left:
        files.pop(path, None)
        if before is not None and path in before.files:
            files[path] = before.files[path]
    point = SyncPoint(journal.digest, files)
    write_state(project, state.with_point(journal.url, journal.reference, point))
