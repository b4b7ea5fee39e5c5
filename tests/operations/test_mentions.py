"""Files of the project that name an entrypoint which a sync renames."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.registry import Kind
from modelops_bundle.operations.register import RegisterRequest, register
from modelops_bundle.operations.sync import SyncRequest, sync
from support.disk import make_project, write
from support.project import FILES, TARGETS

OLD = "targets.incidence:incidence_target"


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (f"target: {OLD}\n", 1),
        (f"# first\ntargets: [{OLD}, other]\n", 2),
        (f"note: it was {OLD}.\n", 1),
        (f"target: {OLD}_of_another_kind\n", 0),
        (f"target: more.{OLD}\n", 0),
        (f"target: {OLD}.inner\n", 0),
    ],
)
def test_only_the_entrypoint_itself_is_a_mention(tmp_path: Path, job: str, line: int) -> None:
    project = make_project(tmp_path, {**FILES, "job.yaml": job})
    request = RegisterRequest(kind=Kind.TARGET, files=("targets/incidence.py",), base=tmp_path)
    register(project, request)
    write(tmp_path, "targets/incidence.py", TARGETS.replace("def incidence_target", "def other"))
    found = [f for f in sync(project, SyncRequest()).report.findings if f.code == "MB131"]
    assert [f.location.line for f in found if f.location] == ([line] if line else [])
