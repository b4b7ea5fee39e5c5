"""Where a bundle comes from is said once, beside it, and changes nothing of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.provenance import PROVENANCE_TYPE, Provenance, Referrer
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import RemoteError
from modelops_bundle.operations.copying import copy_bundle
from modelops_bundle.operations.provenance import (
    copy_provenance,
    provenance_of,
    read_provenance,
)
from modelops_bundle.operations.publish import Published, publish
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.project import Project
from support.bundles import folder_project, put_bundle, states_of

CONTENTS = {"a.py": b"1\n", "data/b.csv": b"22\n"}


def said(author: str) -> Callable[[], Provenance]:
    return lambda: Provenance(created="2026-11-30T12:00:00Z", author=author)


def push(project: Project, remote: MemoryRemote, provenance: Callable[[], Provenance]) -> Published:
    moves = (TagMove(name="latest", force=True),)
    return publish(project, states_of(CONTENTS), remote, moves, provenance=provenance)


def test_a_new_bundle_says_where_it_comes_from(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    digest = push(project, remote, said("Ada")).digest
    assert read_provenance(remote, digest) == said("Ada")()
    assert digest == put_bundle(MemoryRemote(), CONTENTS), "it is not content (law 5)"


def test_it_is_not_said_again(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    digest = push(project, remote, said("Ada")).digest
    push(project, remote, said("Grace"))
    found = read_provenance(remote, digest)
    assert found is not None
    assert found.author == "Ada"


def test_a_bundle_that_is_there_without_it_stays_without_it(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    digest = put_bundle(remote, CONTENTS)
    push(project, remote, said("Ada"))
    assert read_provenance(remote, digest) is None


def test_a_push_that_was_cut_off_has_said_it(tmp_path: Path) -> None:
    class CutOff(MemoryRemote):
        broken = True

        def put_manifest(self, content: bytes) -> Digest:
            if self.broken and b'"subject"' not in content:
                raise RemoteError("the line is down")
            return super().put_manifest(content)

    project, remote = folder_project(tmp_path, CONTENTS), CutOff()
    with pytest.raises(RemoteError):
        push(project, remote, said("Ada"))
    remote.broken = False
    digest = push(project, remote, said("Grace")).digest
    assert len(remote.referrers(digest, "application/vnd.modelops.bundle.provenance.v1")) == 1


def test_a_remote_that_takes_no_referrers_still_gets_the_bundle(tmp_path: Path) -> None:
    class Old(MemoryRemote):
        def put_referrer(self, content: bytes) -> Digest:
            raise RemoteError("manifest invalid")

    project, remote = folder_project(tmp_path, CONTENTS), Old()
    published = push(project, remote, said("Ada"))
    assert published.unrecorded == "manifest invalid"
    assert remote.resolve("latest") == published.digest
    assert read_provenance(remote, published.digest) is None


def test_a_copy_brings_it_along(tmp_path: Path) -> None:
    project, remote, other = folder_project(tmp_path, CONTENTS), MemoryRemote(), MemoryRemote()
    digest = push(project, remote, said("Ada")).digest
    copy_provenance(remote, other, digest)
    copy_provenance(remote, other, digest)
    assert read_provenance(other, digest) == said("Ada")()


def test_a_place_that_takes_no_referrers_gets_the_copy_all_the_same(tmp_path: Path) -> None:
    class Old(MemoryRemote):
        def put_referrer(self, content: bytes) -> Digest:
            raise RemoteError("manifest invalid")

    project, remote, other = folder_project(tmp_path, CONTENTS), MemoryRemote(), Old()
    digest = push(project, remote, said("Ada")).digest
    copied = copy_bundle(remote, "latest", other, [])
    assert copied.unrecorded == "manifest invalid"
    assert other.resolve("latest") == digest


def test_what_speaks_of_another_bundle_is_not_copied(tmp_path: Path) -> None:
    class Lying(MemoryRemote):
        told: Digest | None = None

        def referrers(self, subject: Digest, artifact_type: str) -> tuple[Referrer, ...]:
            return super().referrers(self.told or subject, artifact_type)

    project, remote, other = folder_project(tmp_path, CONTENTS), Lying(), MemoryRemote()
    digest = put_bundle(remote, {"x": b"1"}, "v1")
    remote.told = push(project, remote, said("Ada")).digest
    assert copy_bundle(remote, digest, other, []).unrecorded == ""
    assert other.referrers(remote.told, PROVENANCE_TYPE) == ()


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_the_commit_and_whether_anything_differs_from_it(tmp_path: Path) -> None:
    project = folder_project(tmp_path, CONTENTS)
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "Ada Lovelace")
    git(tmp_path, "config", "user.email", "ada@example.org")
    assert provenance_of(project).commit == "", "there is no commit yet"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    clean = provenance_of(project)
    assert (clean.commit, clean.dirty) == (git(tmp_path, "rev-parse", "HEAD"), False)
    assert clean.author == "Ada Lovelace <ada@example.org>"
    (tmp_path / "a.py").write_bytes(b"2\n")
    assert provenance_of(project).dirty is True
    git(tmp_path, "checkout", "-q", "a.py")
    (tmp_path / "new.py").write_bytes(b"")
    assert provenance_of(project).dirty is True


def test_no_program_of_the_project_is_run_to_find_out(tmp_path: Path) -> None:
    project = folder_project(tmp_path, CONTENTS)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    trap = tmp_path.parent / "trap"
    trap.mkdir()
    hooks = tmp_path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {trap}/{name}\n")
        (hooks / name).chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(hooks / "fsmonitor-watchman"))
    (tmp_path / "a.py").touch()
    provenance_of(project)
    assert list(trap.iterdir()) == []


def test_without_version_control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = folder_project(tmp_path, CONTENTS)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ada")
    found = provenance_of(project)
    assert (found.author, found.commit, found.dirty) == ("ada", "", None)
    assert found.tool.startswith("modelops-bundle ")
