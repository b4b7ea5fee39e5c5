"""A pull that is cut off: what has come stays, nothing is half done, and the next one goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import RemoteError
from modelops_bundle.operations.materialise import EnsureRequest, ensure
from modelops_bundle.operations.pull import PullRequest, pull
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.pending import is_pending
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, digest_of, folder_project, put_bundle

THERE = {f"data/{number}.csv": b"%d" % number * 100 for number in range(4)}
LATEST = PullRequest(reference="latest")


class Line(MemoryRemote):
    """A remote whose line fails when one blob is asked for; tells which were."""

    def __init__(self, failure: BaseException | None) -> None:
        super().__init__()
        self.failure = failure
        self.asked: list[str] = []

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        self.asked.append(descriptor.digest)
        if self.failure is not None and descriptor.digest == digest_of(THERE["data/2.csv"]):
            raise self.failure
        return super().open_blob(descriptor)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return folder_project(tmp_path / "project", {"mine.txt": b"mine"})


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RemoteError("reset")], ids=str)
def test_the_next_pull_fetches_only_what_has_not_come(
    project: Project, failure: BaseException
) -> None:
    remote = Line(failure)
    put_bundle(remote, THERE, "latest")
    with pytest.raises(type(failure)):
        pull(project, remote, LATEST)
    assert contents_of(project.root) == {"mine.txt": b"mine"}
    assert not is_pending(project)

    remote.failure = None
    remote.asked.clear()
    pull(project, remote, LATEST)
    assert contents_of(project.root) == {**THERE, "mine.txt": b"mine"}
    fetched = {digest_of(THERE[f"data/{number}.csv"]) for number in (2, 3)}
    assert fetched == {name for name in remote.asked if name in map(digest_of, THERE.values())}
    assert not (project.cache / "fetched").exists()


def test_an_interrupt_says_how_much_has_come(project: Project) -> None:
    remote = Line(KeyboardInterrupt())
    put_bundle(remote, THERE, "latest")
    with pytest.raises(KeyboardInterrupt) as caught:
        pull(project, remote, LATEST)
    assert caught.value.__notes__ == [
        "no file was changed; 2 of 4 are fetched, and are not fetched again"
    ]


def test_what_was_kept_is_not_believed(project: Project) -> None:
    remote = Line(KeyboardInterrupt())
    put_bundle(remote, THERE, "latest")
    with pytest.raises(KeyboardInterrupt):
        pull(project, remote, LATEST)
    for kept in (project.cache / "fetched").iterdir():
        kept.write_bytes(b"something else")
    remote.failure = None
    pull(project, remote, LATEST)
    assert contents_of(project.root) == {**THERE, "mine.txt": b"mine"}


def test_a_link_in_its_place_is_not_followed(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.cache.mkdir()
    (project.cache / "fetched").symlink_to(elsewhere)
    remote = Line(KeyboardInterrupt())
    put_bundle(remote, THERE, "latest")
    with pytest.raises(KeyboardInterrupt):
        pull(project, remote, LATEST)
    assert list(elsewhere.iterdir()) == []
    remote.failure = None
    pull(project, remote, LATEST)
    assert elsewhere.is_dir()
    assert not (project.cache / "fetched").exists()


def test_a_folder_that_is_filled_goes_on_from_there(tmp_path: Path) -> None:
    remote = Line(KeyboardInterrupt())
    put_bundle(remote, THERE, "latest")
    with pytest.raises(KeyboardInterrupt):
        ensure(tmp_path / "run", remote, EnsureRequest(reference="latest"))
    assert not (tmp_path / "run").exists()
    remote.failure = None
    remote.asked.clear()
    ensure(tmp_path / "run", remote, EnsureRequest(reference="latest"))
    assert contents_of(tmp_path / "run") == THERE
    assert digest_of(THERE["data/0.csv"]) not in remote.asked
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_interrupt_after_the_decision_is_heard_when_all_is_done(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = Line(None)
    put_bundle(remote, THERE, "latest")
    replace = os.replace

    def pressed(source: str, target: str) -> None:
        replace(source, target)
        if str(target).endswith("1.csv"):
            monkeypatch.setattr(os, "replace", replace)
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", pressed)
    with pytest.raises(KeyboardInterrupt) as caught:
        pull(project, remote, LATEST)
    assert caught.value.__notes__ == ["the pull was decided by then, and has been carried out"]
    assert contents_of(project.root) == {**THERE, "mine.txt": b"mine"}
    assert not is_pending(project)
    monkeypatch.undo()
    assert pull(project, remote, LATEST).plan.empty
