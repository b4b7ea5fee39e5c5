"""Reads job specifications and lays them against what a sync would make of the registry."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.codec.job_document import decode_job, job_of
from modelops_bundle.core.findings import Finding
from modelops_bundle.core.job import JobSpecification
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import JobError
from modelops_bundle.operations.publish_state import PublishState
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.jobs import check_bundles, check_job
from modelops_bundle.preflight.runner import on_one_line
from modelops_bundle.workspace.nearby import meant_path
from modelops_bundle.workspace.project import Project

#: A job of 70,000 tasks; the study that it was made from is a fraction of that.
LARGEST_BYTES = 32 << 20
_NOT_DONE = "the job was not checked"


@dataclass(frozen=True, slots=True)
class Job:
    """A job specification, and its file relative to the project's root, if it has one."""

    specification: JobSpecification
    path: BundlePath | None = None


def read_job(project: Project, file: Path) -> Job:
    """Read a job specification from a file, inside the project or elsewhere.

    Raises:
        JobError: it cannot be read, or is malformed.
    """
    path = _relative(project, file)
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # reading a pipe could wait for ever
            raise JobError("is no file", path=path, not_done=_NOT_DONE)
        with file.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        hint = meant_path("", str(file), "name a job specification, JSON or YAML")
        raise JobError(message, path=path, not_done=_NOT_DONE, hint=hint) from error
    if len(content) > LARGEST_BYTES:
        raise JobError(
            f"is larger than {LARGEST_BYTES >> 20} MiB",
            path=path,
            not_done=_NOT_DONE,
            hint="check the study or the calibration that it was made from",
        )
    return Job(decode_job(content, name=path), path)


def job_from(value: object) -> Job:
    """Read a job specification that is there as a mapping or an object.

    Raises:
        JobError: it is malformed.
    """
    return Job(job_of(value))


def job_findings(report: StatusReport, jobs: Iterable[Job]) -> tuple[Finding, ...]:
    """What the bundle cannot do of what the jobs ask for, as it would be after the sync."""
    context = PreflightContext(
        registry=report.plan.result, plan=report.plan, observed=report.session.observed
    )
    synced = report.remote.state == PublishState.SYNCED
    found: dict[Finding, None] = {}
    for job in jobs:
        spec, path, known = job.specification, job.path, report.remote.digest
        found.update(dict.fromkeys(check_job(context, spec, path)))
        found.update(dict.fromkeys(check_bundles(spec, path, known, synced=synced)))
    return tuple(map(on_one_line, found))


def _relative(project: Project, file: Path) -> BundlePath:
    """Where a file is, seen from the project's root."""
    real = os.path.join(os.path.realpath(file.parent), file.name)
    try:
        shown = os.path.relpath(real, project.root)
    except ValueError:  # another drive
        shown = real
    return BundlePath(Path(shown).as_posix())
