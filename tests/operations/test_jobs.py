"""Reading job specifications from files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelops_bundle.errors import JobError
from modelops_bundle.operations import jobs
from modelops_bundle.operations.jobs import read_job
from modelops_bundle.workspace.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path.resolve() / "sir"
    (root / ".modelops-bundle").mkdir(parents=True)
    return Project(root)


@pytest.mark.parametrize(
    ("file", "path"),
    [("sir/job.yaml", "job.yaml"), ("sir/jobs/a.yaml", "jobs/a.yaml"), ("a.yaml", "../a.yaml")],
)
def test_a_job_stands_relative_to_the_project(
    project: Project, file: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = project.root.parent / file
    job.parent.mkdir(exist_ok=True)
    job.write_text("model: sir\n")
    assert read_job(project, job).path == path
    monkeypatch.chdir(job.parent)
    assert read_job(project, Path(job.name)).path == path


def refused(project: Project, file: Path) -> str:
    with pytest.raises(JobError) as caught:
        read_job(project, file)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_what_is_no_file_is_refused(project: Project) -> None:
    assert refused(project, project.root / "gone.json").startswith("gone.json: cannot be read: ")
    assert refused(project, project.root) == ".: is no file; the job was not checked"
    os.mkfifo(project.root / "pipe")
    assert refused(project, project.root / "pipe") == ("pipe: is no file; the job was not checked")


def test_a_file_that_is_too_large_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LARGEST_BYTES", 1 << 20)
    job = project.root / "job.json"
    job.write_bytes(b'{"model": "sir"' + b" " * (1 << 20) + b"}")
    assert refused(project, job) == "job.json: is larger than 1 MiB; the job was not checked"
