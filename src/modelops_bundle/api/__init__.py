"""The stable Python API: what the commands do, for programs.

Paths name a project's folder or one below it. Nothing here prints, asks, or keeps state. All
errors are `BundleError`s, with a `message`, a `hint` and the `exit_code` of the command; those
that the platform tells by built-in types are these as well.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from modelops_bundle.api.meant import PathLike, bundle_at, project_at
from modelops_bundle.api.proofs import VerifiedEntry, VerifyResult
from modelops_bundle.api.results import (
    EnsuredBundle,
    EntryStatus,
    NoRegistryError,
    NotFreshError,
    Plan,
    PlannedChange,
    ProjectStatus,
    PullResult,
    PushRefusedError,
    SyncResult,
)
from modelops_bundle.core.findings import Severity
from modelops_bundle.errors import (
    NeedsDecisionError,
    ProjectNotFoundError,
    UnparsableSourceError,
)
from modelops_bundle.operations.at_hand import AtHand, contents_at_hand
from modelops_bundle.operations.cached import ensure_cached, resolved
from modelops_bundle.operations.jobs import Job, job_findings, job_from, read_job
from modelops_bundle.operations.materialise import EnsureRequest
from modelops_bundle.operations.materialise import ensure as _materialise
from modelops_bundle.operations.project_remote import is_own_store, remote_of
from modelops_bundle.operations.pull import PullRequest
from modelops_bundle.operations.pull import pull as _pull
from modelops_bundle.operations.push import PushRequest, push
from modelops_bundle.operations.remedy import remedy
from modelops_bundle.operations.report_documents import sync_document
from modelops_bundle.operations.settings import read_config
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.operations.status import status as _status
from modelops_bundle.operations.sync import SyncRequest
from modelops_bundle.operations.sync import sync as _sync
from modelops_bundle.operations.verification.verify import (
    DEFAULT_TIMEOUT_S,
    VerifyRequest,
    verify_bundle,
    verify_project,
)
from modelops_bundle.preflight.jobs import OTHER_BUNDLE
from modelops_bundle.storage.bundle_cache import BundleCache, default_cache_folder
from modelops_bundle.workspace.project import Project, find_project

__all__ = [
    "EnsuredBundle",
    "EntryStatus",
    "NoRegistryError",
    "NotFreshError",
    "Plan",
    "PlannedChange",
    "ProjectStatus",
    "PullResult",
    "PushRefusedError",
    "SyncResult",
    "VerifiedEntry",
    "VerifyResult",
    "ensure",
    "plan",
    "pull",
    "push_dir",
    "require_fresh",
    "status",
    "sync",
    "verify",
]


def push_dir(path: PathLike = ".", tag: str | None = None, *, verify: bool = False) -> str:
    """Publish a project, as `push` does.

    Args:
        tag: What to call it; the project's tag without it.
        verify: Run the entries first, as `push --verify` does.

    Returns:
        The digest, `sha256:<64 hex>`.

    Raises:
        NoRegistryError: there is no registry; also a FileNotFoundError.
        PushRefusedError: stale, failing preflight or verification, or the remote is a folder of
            this user's own that workers cannot reach; also a RuntimeError.
        TagMovedError: the tag holds what this project does not know of.
        RemoteError: the remote failed.
    """
    project = project_at(path)
    config = read_config(project)
    remote = remote_of(project, config)
    if is_own_store(remote, config):
        raise PushRefusedError(
            "the remote is this user's local store, which workers cannot reach",
            not_done="nothing was uploaded",
            hint="name a registry: `remote` in .modelops-bundle/config.yaml, or an environment",
        )
    report = _status(project)
    proven = verify_project(report, VerifyRequest()) if verify else None
    request = PushRequest(tags=() if tag is None else (tag,))
    outcome = push(report, remote, request, verification=proven)
    if outcome.published is not None:
        return str(outcome.published.digest)
    assert outcome.error is not None
    if outcome.refused == "tag-moved":
        raise outcome.error
    findings = report.findings if outcome.refused == "preflight" else ()
    raise PushRefusedError(
        outcome.error.message,
        findings=findings,
        not_done=outcome.error.not_done,
        hint=outcome.error.hint,
    ) from outcome.error


def status(path: PathLike = ".") -> ProjectStatus:
    """How a project stands; the remote is not asked.

    Raises:
        NoRegistryError: there is no registry.
        BundleError: the registry or the configuration cannot be read.
    """
    return ProjectStatus.of(_status(project_at(path)))


def plan(
    path: PathLike = ".",
    *,
    force: bool = False,
    keep: bool = False,
    discover: bool = False,
    renames: Sequence[str] = (),
) -> Plan:
    """What a sync with the same arguments would do; nothing is written.

    Raises:
        NoRegistryError, BundleError: as `status`.
    """
    request = SyncRequest(
        force=force, keep=keep, discover=discover, renames=tuple(renames), write=False
    )
    outcome = _sync(project_at(path), request)
    return Plan.of(outcome, sync_document(outcome))


def sync(
    path: PathLike = ".",
    *,
    force: bool = False,
    keep: bool = False,
    discover: bool = False,
    renames: Sequence[str] = (),
) -> SyncResult:
    """Bring the registry in line with the code.

    Args:
        force, keep, discover, renames: As the options of the command; `renames` are `ID=SYMBOL`.

    Raises:
        NeedsDecisionError: something would be lost, or several candidates match; nothing was
            written.
        UnparsableSourceError: an entry's file cannot be parsed; nothing was written.
        NoRegistryError, BundleError: as `status`.
    """
    request = SyncRequest(force=force, keep=keep, discover=discover, renames=tuple(renames))
    outcome = _sync(project_at(path), request)
    if outcome.refused is not None:
        error = UnparsableSourceError if outcome.refused == "unparsed" else NeedsDecisionError
        raise error(
            f"the sync needs a decision ({outcome.refused})"
            if error is NeedsDecisionError
            else "source cannot be parsed",
            not_done="nothing was written",
            hint=remedy(outcome.report),
        )
    return SyncResult.of(outcome)


def pull(
    path: PathLike = ".",
    ref: str | None = None,
    *,
    data: bool = False,
    overwrite: bool = False,
    restore_deleted: bool = False,
) -> PullResult:
    """Bring a published bundle into the working tree.

    Args:
        ref: A tag, a digest or its beginning; the project's tag without it.
        data, overwrite, restore_deleted: As the options of the command.

    Raises:
        NeedsDecisionError: local work stands against the bundle; nothing was written.
        RemoteError: the remote or the bundle is at fault; nothing was written.
    """
    project = project_at(path, needs_registry=False)
    config = read_config(project)
    request = PullRequest(
        reference=ref or config.tag,
        data=data,
        overwrite=overwrite,
        restore_deleted=restore_deleted,
    )
    outcome = _pull(project, remote_of(project, config), request)
    _refuse_conflicts([str(conflict.path) for conflict in outcome.plan.conflicts])
    return PullResult.of(outcome)


def ensure(
    ref: str,
    dest: PathLike | None = None,
    *,
    path: PathLike = ".",
    cache_dir: PathLike | None = None,
    mirror: bool = False,
    overwrite: bool = False,
) -> EnsuredBundle:
    """Have a published bundle in a folder, or in the cache: every file of it, verified.

    Args:
        ref: A full reference, `URL@sha256:…` or `URL:tag`; or one of the project at `path`.
        dest: The folder; without it the bundle stays in the cache, and its files are read-only.
        path: A project whose remote or login is needed.
        cache_dir: The cache; this user's without it.
        mirror: Remove what is in `dest` and not in the bundle.
        overwrite: Replace what was changed in `dest`.

    Raises:
        NeedsDecisionError: work in `dest` stands against the bundle; nothing was written.
        RemoteError: the remote or the bundle is at fault; nothing was written.
        CacheError: the cache cannot be written.
    """
    remote, wanted = bundle_at(ref, path)
    if dest is None:
        folder = default_cache_folder() if cache_dir is None else Path(cache_dir)
        held = ensure_cached(BundleCache(folder), remote, resolved(remote, wanted))
        return EnsuredBundle(str(held.digest), held.folder, held)
    request = EnsureRequest(reference=wanted, mirror=mirror, overwrite=overwrite)
    at_hand = contents_at_hand() if cache_dir is None else AtHand(BundleCache(Path(cache_dir)))
    ensured = _materialise(Path(dest), remote, request, at_hand)
    _refuse_conflicts([str(conflict.path) for conflict in ensured.plan.conflicts])
    return EnsuredBundle(str(ensured.digest), ensured.folder)


def verify(
    path: PathLike = ".",
    ref: str | None = None,
    *,
    python: str | None = None,
    install: bool = False,
    call: bool = False,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    memory_bytes: int | None = None,
) -> VerifyResult:
    """Run the entries of a bundle as workers do, and compare them with its registry.

    Code of the project runs, in processes of its own.

    Args:
        path: The project; with `ref`, the one whose remote or login is needed.
        ref: A published bundle; without it, the project as it would be pushed.
        python, install, call: As the options of the command.
        timeout_s: For each step of an entry.
        memory_bytes: Address space of each process.

    Raises:
        NoRegistryError: there is no registry.
        UsageError: there is no such interpreter, or it cannot be used.
        RemoteError: the remote or the bundle is at fault.
        BundleError: as `status`.
    """
    request = VerifyRequest(
        python=python,
        install=install,
        call=call,
        timeout_s=timeout_s,
        memory_bytes=memory_bytes,
    )
    if ref is None:
        return VerifyResult.of(verify_project(_status(project_at(path)), request))
    remote, wanted = bundle_at(ref, path)
    try:
        around: Project | None = find_project(Path(path))
    except ProjectNotFoundError:
        around = None
    return VerifyResult.of(verify_bundle(remote, wanted, around, request))


def require_fresh(path: PathLike = ".", job: object = None) -> str:
    """Check, before jobs are submitted, that what was last pushed is what is here.

    The plan is empty, preflight has no errors, and the content is that of the last push or pull.
    The remote is not asked.

    Args:
        job: A job specification that the bundle has to be able to run: a file, JSON or YAML; or
            the specification itself, as a mapping or as an object of the platform, such as a
            `SimulationStudy`, a `CalibrationSpec` or a `SimJob`.

    Returns:
        The digest to submit.

    Raises:
        NotFreshError: with the reason, and the findings where there are any; also a
            RuntimeError.
        JobError: the job specification is malformed.
        NoRegistryError, BundleError: as `status`.
    """
    project = project_at(path)
    asked = None if job is None else _job(project, job)
    report = _status(project)
    not_done, found = "nothing may be submitted", report.plan
    if not found.in_sync or report.conflicted:
        open_ = [str(v.key) for v in found.verdicts if v.state != "fresh"]
        raise NotFreshError(
            f"the registry is not in sync with the code ({', '.join(open_) or 'other parts'})",
            not_done=not_done,
            hint=remedy(report),
        )
    if report.errors:
        raise NotFreshError(
            f"preflight has errors: {'; '.join(f'{f.code} {f.message}' for f in report.errors)}",
            findings=report.errors,
            not_done=not_done,
            hint="run `mops-bundle status`, and mend what it lists",
        )
    if report.remote.state != "synced" or report.remote.digest is None:
        reason = report.remote.problem or f"what is here is not published ({report.remote.state})"
        raise NotFreshError(reason, not_done=not_done, hint="run `mops-bundle push`")
    if asked is not None:
        _require_fitting(report, asked)
    return str(report.remote.digest)


def _job(project: Project, job: object) -> Job:
    if isinstance(job, str | os.PathLike):
        return read_job(project, Path(job))
    return job_from(job)


def _require_fitting(report: StatusReport, job: Job) -> None:
    """Refuse a job that the bundle cannot run, or that is for another bundle."""
    found = job_findings(report, [job])
    blocking = tuple(
        finding
        for finding in found
        if finding.severity is Severity.ERROR
        or (finding.code == OTHER_BUNDLE and finding.severity is Severity.WARNING)
    )
    if blocking:
        told = "; ".join(
            f"{finding.code} {f'{finding.location}: ' if finding.location else ''}{finding.message}"
            for finding in blocking
        )
        raise NotFreshError(
            f"the job does not fit the bundle: {told}",
            findings=blocking,
            not_done="nothing may be submitted",
            hint=blocking[0].hint,
        )


def _refuse_conflicts(paths: list[str]) -> None:
    if paths:
        raise NeedsDecisionError(
            f"local work stands against the bundle: {', '.join(paths)}",
            not_done="nothing was written",
            hint="keep a copy of it, then ask again with overwrite=True",
        )
