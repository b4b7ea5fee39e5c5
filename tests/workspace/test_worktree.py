"""What stands at a path, and that nothing outside the project counts as standing there."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import WorkingTree
from modelops_bundle.errors import FileAccessError
from modelops_bundle.workspace.worktree import Places, inspect_worktree
from support.bundles import digest_of, folder_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return folder_project(tmp_path / "project", {"a.py": b"1", "data/x.csv": b"2"}).root


def look(root: Path, *published: str, recorded: tuple[str, ...] = ()) -> WorkingTree:
    return inspect_worktree(str(root), map(BundlePath, recorded), [*map(BundlePath, published)])


def test_files_are_hashed_and_absent_ones_are_absent(root: Path) -> None:
    found = look(root, "a.py", "gone.py", "no/such/folder.py", recorded=("data/x.csv", "old.py"))
    assert found == WorkingTree(files={"a.py": digest_of(b"1"), "data/x.csv": digest_of(b"2")})


def test_a_folder_at_a_published_path_is_listed_in_full(root: Path) -> None:
    (root / "data" / "sub").mkdir()
    (root / "data" / "sub" / "y").write_bytes(b"")
    (root / "data" / "link").symlink_to("sub")
    (root / "data" / "empty").mkdir()
    found = look(root, "data")
    assert {k: sorted(v) for k, v in found.folders.items()} == {
        "data": ["data/link", "data/sub/y", "data/x.csv"]
    }
    assert look(root, recorded=("data",)) == WorkingTree()


def test_a_file_above_a_published_path_is_found(root: Path) -> None:
    found = look(root, "a.py/b/c.csv")
    assert found.files == {"a.py": digest_of(b"1")}
    assert not found.obstacles


def test_links_within_the_project_count_as_what_they_lead_to(root: Path) -> None:
    (root / "same").symlink_to("data")
    (root / "b.py").symlink_to("a.py")
    assert look(root, "same/x.csv", "b.py").files == {
        "same/x.csv": digest_of(b"2"),
        "b.py": digest_of(b"1"),
    }


OBSTACLES = {
    "a link to a file outside": lambda p, out: p.symlink_to(out / "secret"),
    "a link to a folder outside": lambda p, out: p.symlink_to(out),
    "a link to nowhere": lambda p, out: p.symlink_to("nowhere"),
    "a link to itself": lambda p, out: p.symlink_to(p),
    "a link into .git": lambda p, out: p.symlink_to(".git/config"),
    "a link to the configuration": lambda p, out: p.symlink_to(".modelops-bundle/config.yaml"),
    "a link to a folder within": lambda p, out: p.symlink_to("data"),
    "a pipe": lambda p, out: os.mkfifo(p),
}


@pytest.mark.parametrize("kind", OBSTACLES)
def test_what_must_not_be_read_or_written_is_an_obstacle(
    root: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "outside"
    for folder, name in ((out, "secret"), (root / ".git", "config")):
        folder.mkdir()
        (folder / name).write_text("x")
    (root / ".modelops-bundle" / "config.yaml").write_text("x")
    OBSTACLES[kind](root / "thing", out)
    found = look(root, "thing", "a.py")
    assert found.obstacles == {"thing"}
    assert set(found.files) == {"a.py"}


def test_a_socket_is_an_obstacle(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("thing")
        assert look(root, "thing").obstacles == {"thing"}


@pytest.mark.parametrize("target", ["..", "../outside", ".git", ".modelops-bundle", "/"])
def test_a_folder_that_is_a_link_to_elsewhere_is_an_obstacle(root: Path, target: str) -> None:
    (root / ".git").mkdir()
    (root.parent / "outside").mkdir()
    (root / "folder").symlink_to(target)
    assert look(root, "folder/config.yaml", "folder/sub/x").obstacles == {
        "folder/config.yaml",
        "folder/sub/x",
    }


def test_places_are_below_the_root_or_nowhere(root: Path) -> None:
    (root / "in").symlink_to("data")
    (root / "out").symlink_to("..")
    places = Places(str(root))
    assert places.of(BundlePath("data/x.csv")) == f"{root}/data/x.csv"
    assert places.of(BundlePath("in/x.csv")) == f"{root}/data/x.csv"
    assert places.of(BundlePath("out/x.csv")) is None
    assert places.of(BundlePath(".modelops-bundle/registry.yaml")) is not None


def test_one_file_under_two_spellings_is_not_deleted_with_the_old_one(root: Path) -> None:
    """As on a file system that ignores case; two hard links look the same."""
    os.link(root / "a.py", root / "A.PY")
    found = look(root, "A.PY", recorded=("a.py",))
    assert set(found.files) == {"A.PY"}


def test_two_files_that_happen_to_be_linked_are_both_there(root: Path) -> None:
    os.link(root / "a.py", root / "b.py")
    assert set(look(root, "a.py", recorded=("b.py",)).files) == {"a.py", "b.py"}


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_file_that_cannot_be_read_stops_everything(root: Path) -> None:
    (root / "a.py").chmod(0)
    with pytest.raises(FileAccessError, match=r"a\.py"):
        look(root, "a.py")
