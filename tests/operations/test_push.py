"""Push from a real project: refusals, what is recorded first, and whose tag it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from modelops_bundle.errors import RegistryError, UsageError
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.pull import PullRequest, pull
from modelops_bundle.operations.push import PushOutcome, PushRequest, push
from modelops_bundle.operations.settings import read_state, write_state
from modelops_bundle.operations.status import status
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.project import Project
from support.bundles import digest_of, put_bundle
from support.disk import make_project, settle, write

MODEL = '''\
import modelops_calabaria as cb

from models import rates


class SIR(cb.BaseModel):
    """A model."""

    @cb.model_output("incidence")
    def incidence(self, raw, seed):
        return rates.scale(raw)
'''
TARGET = """\
import modelops_calabaria as cb


@cb.calibration_target(model_output="incidence", data={"observed": "data/observed.csv"})
def incidence_target(data_paths):
    return None
"""
FILES = {
    "pyproject.toml": """\
[project]
name = "p"
version = "0"
readme = "README.md"
dependencies = ["modelops-calabaria"]
""",
    "README.md": "# p\n",
    "models/__init__.py": "",
    "models/sir.py": MODEL,
    "models/rates.py": "def scale(x):\n    return x\n",
    "targets/__init__.py": "",
    "targets/incidence.py": TARGET,
    "data/observed.csv": "day,cases\n1,3\n",
    "notes.txt": "not for others\n",
    ".modelops-bundle/config.yaml": "remote: layout:/nowhere\n",
}
TRAVELS = {
    ".modelops-bundle/registry.yaml",
    "pyproject.toml",
    "README.md",
    "models/__init__.py",
    "models/sir.py",
    "models/rates.py",
    "targets/__init__.py",
    "targets/incidence.py",
    "data/observed.csv",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two entries, in sync."""
    made = make_project(tmp_path / "project", FILES)
    assert sync(made, SyncRequest(discover=True)).written
    settle(made.root)
    return made


@pytest.fixture
def remote() -> MemoryRemote:
    return MemoryRemote()


def run(project: Project, remote: MemoryRemote, *tags: str, **how: bool) -> PushOutcome:
    return push(status(project), remote, PushRequest(tags=tags, **how))


def edit(project: Project, path: str, old: str, new: str) -> None:
    file = project.root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_exactly_what_the_contract_lists_travels(project: Project, remote: MemoryRemote) -> None:
    outcome = run(project, remote)
    assert outcome.published is not None
    bundle = fetch_bundle(remote, "latest")
    assert set(bundle.files) == TRAVELS
    for path, state in bundle.files.items():
        assert state.digest == digest_of((project.root / path).read_bytes())
    assert outcome.published.digest == bundle.digest == remote.resolve("latest")
    assert (outcome.exit_code, outcome.refused, outcome.recorded) == (0, None, False)


def test_a_second_push_has_nothing_to_do(project: Project, remote: MemoryRemote) -> None:
    first = run(project, remote).published
    second = run(project, remote).published
    assert first is not None
    assert second is not None
    assert second.digest == first.digest
    assert second.uploaded.blobs == 0
    assert second.reused.blobs == first.uploaded.blobs


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("models/sir.py", "class SIR", "class SEIR"),
        ("models/rates.py", "return x", "return 2 * x"),
        ("data/observed.csv", "1,3", "1,4"),
        ("targets/incidence.py", "def incidence_target", "def other_target"),
    ],
)
def test_a_stale_registry_is_refused_and_nothing_is_sent(
    project: Project, remote: MemoryRemote, path: str, old: str, new: str
) -> None:
    edit(project, path, old, new)
    outcome = run(project, remote, force=True)
    assert (outcome.refused, outcome.exit_code, outcome.published) == ("stale", 1, None)
    assert remote.tags() == ()
    assert not project.state.exists()
    assert sync(project, SyncRequest()).refused is None
    assert run(project, remote).exit_code == 0


def test_an_unregistered_model_in_a_registered_file_is_refused(
    project: Project, remote: MemoryRemote
) -> None:
    edit(
        project,
        "models/sir.py",
        "\n\nclass SIR",
        "\n\nclass New(cb.BaseModel):\n    pass\n\n\nclass SIR",
    )
    assert run(project, remote).refused == "stale"


def test_preflight_errors_are_refused_by_name(project: Project, remote: MemoryRemote) -> None:
    write(project.root, ".modelops-bundle/tracked.txt", "gone.txt\n")
    outcome = run(project, remote)
    assert (outcome.refused, outcome.exit_code) == ("preflight", 1)
    assert "gone.txt" in str(outcome.error)
    assert remote.tags() == ()


def test_what_a_sync_does_not_cure_is_refused_after_it(
    project: Project, remote: MemoryRemote
) -> None:
    edit(project, "models/sir.py", '"incidence"', '"cases"')
    assert run(project, remote).refused == "stale"
    sync(project, SyncRequest())
    outcome = run(project, remote)
    assert outcome.refused == "preflight"
    assert "'incidence'" in str(outcome.error)


@pytest.mark.parametrize("layout", ["files", "packed"])
def test_cosmetic_digests_are_recorded_first(
    project: Project, remote: MemoryRemote, layout: str
) -> None:
    write(project.root, ".modelops-bundle/config.yaml", f"remote: layout:/x\nlayout: {layout}\n")
    run(project, remote)
    edit(project, "models/rates.py", "return x", "return x  # as it is")
    before = project.registry.read_bytes()
    dry = run(project, remote, dry_run=True)
    assert project.registry.read_bytes() == before
    outcome = run(project, remote)
    assert outcome.recorded
    assert dry.recorded
    assert outcome.published is not None
    assert dry.published is not None
    assert dry.published.digest == outcome.published.digest
    assert project.registry.read_bytes() != before
    state = fetch_bundle(remote, "latest").files[next(iter(sorted(TRAVELS)))]
    assert state.digest == digest_of(project.registry.read_bytes())
    assert status(project).plan.empty


def test_a_dry_run_leaves_no_trace(project: Project, remote: MemoryRemote) -> None:
    outcome = run(project, remote, dry_run=True)
    assert outcome.published is not None
    assert remote.tags() == ()
    assert not project.state.exists()


def test_tracked_files_travel(project: Project, remote: MemoryRemote) -> None:
    write(project.root, ".modelops-bundle/tracked.txt", "notes.txt\nmodels/sir.py\n")
    run(project, remote)
    assert set(fetch_bundle(remote, "latest").files) == TRAVELS | {"notes.txt"}


def test_a_project_without_entries_publishes_its_tracked_files(
    tmp_path: Path, remote: MemoryRemote
) -> None:
    files = {
        "notes.txt": "x",
        "other.txt": "y",
        "pyproject.toml": FILES["pyproject.toml"],
        ".modelops-bundle/tracked.txt": "notes.txt\n",
        ".modelops-bundle/registry.yaml": "version: '1.1'\n",
    }
    project = make_project(tmp_path, files)
    assert run(project, remote).exit_code == 0
    assert set(fetch_bundle(remote, "latest").files) == {
        ".modelops-bundle/registry.yaml",
        "notes.txt",
        "pyproject.toml",
    }


def test_without_a_registry_there_is_nothing_to_publish(
    tmp_path: Path, remote: MemoryRemote
) -> None:
    project = make_project(tmp_path, {"pyproject.toml": FILES["pyproject.toml"]})
    with pytest.raises(RegistryError, match="no registry"):
        run(project, remote)


def test_several_tags(project: Project, remote: MemoryRemote) -> None:
    outcome = run(project, remote, "v1", "best", "v1")
    assert outcome.published is not None
    digest = outcome.published.digest
    assert remote.tags() == ("best", f"sha-{digest.hex[:12]}", "v1")
    assert run(project, remote, "v1").exit_code == 0


@pytest.mark.parametrize("tag", ["sha-0123456789ab", "a b", ".x", "a/b"])
def test_tags_that_are_not_for_people_are_refused(
    project: Project, remote: MemoryRemote, tag: str
) -> None:
    with pytest.raises(UsageError):
        run(project, remote, tag)
    assert remote.tags() == ()


EDITS = {
    "longer": lambda path: path.write_text(path.read_text() + "\n"),
    "of the same size, with the old time": lambda path: _edit_unseen(path),
    "deleted": lambda path: path.unlink(),
}


def _edit_unseen(path: Path) -> None:
    before = path.stat()
    path.write_text(path.read_text().replace("3", "4").replace("x", "y"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize("path", ["data/observed.csv", "models/rates.py"])
@pytest.mark.parametrize("sent_before", [False, True])
def test_a_file_that_changes_after_it_was_observed_aborts(
    project: Project, remote: MemoryRemote, kind: str, path: str, sent_before: bool
) -> None:
    """Whether it must be sent or not (law 6)."""
    if sent_before:
        run(project, remote)
    held = remote.held(["latest"])
    report = status(project)
    EDITS[kind](project.root / path)
    outcome = push(report, remote, PushRequest(force=True))
    assert (outcome.refused, outcome.exit_code) == ("changed", 1)
    assert path in str(outcome.error)
    assert remote.held(["latest"]) == held


def test_a_registry_that_changes_after_it_was_read_aborts(
    project: Project, remote: MemoryRemote
) -> None:
    report = status(project)
    project.registry.write_text(project.registry.read_text() + "# a comment\n")
    assert push(report, remote, PushRequest()).refused == "changed"
    assert remote.tags() == ()


def clone(project: Project, to: Path) -> Project:
    """As `git clone` would: without what is not committed."""
    own = shutil.ignore_patterns("state.json", "cache")
    shutil.copytree(project.root, to, ignore=own)
    return Project(to.resolve())


def test_a_fresh_clone_may_set_an_absent_or_an_equal_tag(
    project: Project, remote: MemoryRemote, tmp_path: Path
) -> None:
    run(project, remote)
    copy = clone(project, tmp_path / "clone")
    outcome = run(copy, remote)
    assert outcome.exit_code == 0
    assert outcome.published is not None
    assert outcome.published.uploaded.blobs == 0
    edit(copy, "data/observed.csv", "1,3", "1,4")
    sync(copy, SyncRequest())
    assert run(copy, remote).exit_code == 0, "it has a record now"


def test_a_fresh_clone_may_not_replace_another_bundle(
    project: Project, remote: MemoryRemote, tmp_path: Path
) -> None:
    copy = clone(project, tmp_path / "clone")
    theirs = put_bundle(remote, {"theirs.py": b""}, "latest")
    outcome = run(copy, remote)
    assert (outcome.refused, outcome.exit_code) == ("tag-moved", 4)
    assert outcome.error is not None
    assert "pull" in outcome.error.hint.lower()
    assert remote.resolve("latest") == theirs
    assert len(remote.tags()) == 2, "nothing is tagged, not even under its digest"
    assert run(copy, remote, "mine").exit_code == 0
    assert run(copy, remote, force=True).exit_code == 0
    assert remote.resolve(theirs.hex[:12]) == theirs


def test_who_pushes_second_is_told(project: Project, remote: MemoryRemote, tmp_path: Path) -> None:
    run(project, remote)
    copy = clone(project, tmp_path / "clone")
    pull(copy, remote, PullRequest(reference="latest"))
    edit(copy, "data/observed.csv", "1,3", "1,4")
    sync(copy, SyncRequest())
    assert run(copy, remote).exit_code == 0
    edit(project, "models/rates.py", "return x", "return 3 * x")
    sync(project, SyncRequest())
    assert run(project, remote).refused == "tag-moved"
    outcome = pull(project, remote, PullRequest(reference="latest", overwrite=True))
    assert outcome.pulled
    sync(project, SyncRequest())
    assert run(project, remote).exit_code == 0


def test_after_a_pull_there_is_nothing_to_push(
    project: Project, remote: MemoryRemote, tmp_path: Path
) -> None:
    digest = run(project, remote).published
    other = make_project(tmp_path / "other")
    pull(other, remote, PullRequest(reference="latest"))
    report = status(other)
    assert report.plan.empty
    outcome = push(report, remote, PushRequest())
    assert outcome.published is not None
    assert digest is not None
    assert outcome.published.digest == digest.digest
    assert outcome.published.uploaded.blobs == 0


def test_a_push_that_was_cut_off_before_its_record_can_be_repeated(
    project: Project, remote: MemoryRemote
) -> None:
    run(project, remote)
    state = read_state(project)
    edit(project, "data/observed.csv", "1,3", "1,4")
    sync(project, SyncRequest())
    run(project, remote)
    write_state(project, state)
    assert run(project, remote).exit_code == 0
    point = read_state(project).get(remote.url, "latest")
    assert point is not None
    assert point.manifest == remote.resolve("latest")


def test_what_was_pulled_by_digest_may_be_replaced_as_well(
    project: Project, remote: MemoryRemote, tmp_path: Path
) -> None:
    first = run(project, remote).published
    assert first is not None
    other = make_project(tmp_path / "other")
    pull(other, remote, PullRequest(reference=first.digest.hex[:10]))
    edit(other, "data/observed.csv", "1,3", "1,9")
    sync(other, SyncRequest())
    assert run(other, remote).exit_code == 0
