"""The use case of `push`: refuse what is stale, record the cosmetic, publish what was seen."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.settings import SyncPoint, SyncState
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import (
    BundleError,
    ChangedDuringUseError,
    TagMovedError,
    VerifyError,
)
from modelops_bundle.operations.blob_layout import layout_of
from modelops_bundle.operations.local_contents import changed_files
from modelops_bundle.operations.observe import Session
from modelops_bundle.operations.provenance import provenance_of
from modelops_bundle.operations.publication import publication_of, unfit
from modelops_bundle.operations.publish import Published, publish
from modelops_bundle.operations.settings import read_state, write_state
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.operations.sync import carry_out
from modelops_bundle.operations.tagging import check_movable
from modelops_bundle.storage.base import Remote
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.stamps import settled, stamp_of

if TYPE_CHECKING:  # few pushes verify
    from modelops_bundle.operations.verification.verify import Verification

Refusal = Literal["stale", "preflight", "verify", "changed", "tag-moved"]

_NOT_DONE = "nothing was uploaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """What a person asks for.

    Attributes:
        tags: What to call the bundle; empty for the project's own tag.
        force: Set the tags whatever they hold.
        dry_run: Only find out what would be sent.
    """

    tags: tuple[str, ...] = ()
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PushOutcome:
    """What a push did.

    Attributes:
        report: The project as it was published, or as it was refused.
        published: The bundle; None where it was refused.
        recorded: Cosmetic digests were (or with `dry_run` would be) recorded first.
        refused: Why nothing was tagged, or None.
        error: The same at length.
        verification: What running the entries showed, where that was asked for.
    """

    report: StatusReport
    published: Published | None = None
    recorded: bool = False
    refused: Refusal | None = None
    error: BundleError | None = None
    verification: Verification | None = None

    @property
    def exit_code(self) -> int:
        """0; 1 where the project is at fault; 4 where the tag is."""
        return 0 if self.error is None else self.error.exit_code


def push(
    report: StatusReport,
    remote: Remote,
    request: PushRequest,
    verification: Verification | None = None,
) -> PushOutcome:
    """Publish a project that has just been evaluated.

    Args:
        report: The plan and preflight over its result; with `--sync`, as the sync left it.
        remote: Where to.
        request: How.
        verification: What running the entries of this very report showed; nothing is published
            where one of them failed.

    Raises:
        UsageError: a tag that no remote would take, or that is not a person's to set.
        RemoteError: the remote failed.
        RegistryError: there is no registry, or it cannot be edited.
    """
    tags = _checked_tags(request.tags or (report.session.config.tag,))
    refusal = unfit(report, not_done=_NOT_DONE, then="push again")
    if refusal is not None:
        return PushOutcome(report=report, refused=refusal[0], error=refusal[1])
    if verification is not None and not verification.ok:
        return _unproven(report, verification)
    outcome = _publish(report, remote, request, tags)
    return replace(outcome, verification=verification)


def _unproven(report: StatusReport, verification: Verification) -> PushOutcome:
    failed = [str(entry.key) for entry in verification.entries if not entry.ok]
    why = verification.error.message if verification.error else ", ".join(failed)
    error = VerifyError(
        f"verification failed ({why})",
        not_done=_NOT_DONE,
        hint="mend what it lists, then push again",
    )
    return PushOutcome(report=report, refused="verify", error=error, verification=verification)


def _publish(
    report: StatusReport, remote: Remote, request: PushRequest, tags: tuple[str, ...]
) -> PushOutcome:
    recorded = bool(report.plan.changes)
    if recorded and not request.dry_run:
        after = carry_out(report.session, report.plan, force=False, write=True).after
        report = report if after is None else after
    publication = publication_of(report, not_done=_NOT_DONE)
    files = publication.files
    project, state = report.session.project, read_state(report.session.project)
    try:
        published = publish(
            project,
            files,
            remote,
            tuple(_move(tag, remote.url, state, request) for tag in tags),
            layout=layout_of(project, report.session.config, len(files)),
            provenance=lambda: provenance_of(project),
            dry_run=request.dry_run,
            known=publication.known,
            recheck=_Recheck(report.session),
        )
    except (ChangedDuringUseError, TagMovedError) as error:
        why: Refusal = "tag-moved" if isinstance(error, TagMovedError) else "changed"
        return PushOutcome(report=report, recorded=recorded, refused=why, error=error)
    if not request.dry_run:
        remember(project, published, tags)
    return PushOutcome(report=report, published=published, recorded=recorded)


def remember(project: Project, published: Published, tags: tuple[str, ...]) -> None:
    """Record what these tags hold now; a push that is cut off before this can be repeated.

    Raises:
        LockTimeoutError: another command holds the project's lock.
    """
    files = {path: state.digest for path, state in published.files.items()}
    point = SyncPoint(published.digest, files)
    with exclusive(project.lock):
        state = read_state(project)
        for tag in tags:
            state = state.with_point(published.url, tag, point)
        write_state(project, state)


def forget(project: Project, url: str, digest: Digest) -> None:
    """Record that a bundle is no longer there: what is here counts as not pushed.

    Raises:
        LockTimeoutError: another command holds the project's lock.
    """
    with exclusive(project.lock):
        before = read_state(project)
        after = before.without(url, digest)
        if after != before:
            write_state(project, after)


def _checked_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    for tag in tags:
        check_movable(tag, not_done=_NOT_DONE)
    return tuple(dict.fromkeys(tags))


def _move(tag: str, url: str, state: SyncState, request: PushRequest) -> TagMove:
    points = (state.get(url, tag), state.latest(url))
    known = frozenset(point.manifest for point in points if point is not None)
    return TagMove(name=tag, expected=known, force=request.force)


class _Recheck:
    """Tells by their stamps, where these prove it, that files are still what was observed."""

    def __init__(self, session: Session) -> None:
        self._project = session.project
        self._watched = session.scan.watched()

    def __call__(self, states: Collection[FileState]) -> Iterator[BundlePath]:
        doubtful = [state for state in states if not self._is_unchanged(state)]
        return changed_files(self._project, doubtful)

    def _is_unchanged(self, state: FileState) -> bool:
        before = self._watched.seen.get(state.path)
        if before is None or not settled(before, self._watched.now_ns):
            return False
        try:
            return stamp_of(os.stat(self._project.path(state.path))) == before
        except OSError:
            return False
