"""Private copies of a bundle, and what was done to them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.core.observation import FileState
from modelops_bundle.errors import ChangedDuringUseError, FileAccessError
from modelops_bundle.workspace.sandbox import BundleCopy, Sandbox, Traces
from support.bundles import states_of

CONTENTS = {"a.py": b"a", "data/x.csv": b"1,2\n", "data/deep/y.csv": b""}
FILES = states_of(CONTENTS)


def read(state: FileState) -> list[bytes]:
    return [CONTENTS[state.path]]


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with Sandbox() as made:
        yield made
    assert os.listdir(tmp_path) == []


@pytest.fixture
def copy(sandbox: Sandbox) -> BundleCopy:
    return sandbox.copy("one", FILES, read)


def test_a_copy_holds_exactly_the_files(copy: BundleCopy) -> None:
    found = {
        path.relative_to(copy.folder).as_posix(): path.read_bytes()
        for path in copy.folder.rglob("*")
        if path.is_file()
    }
    assert found == CONTENTS
    assert copy.traces() == Traces()


def test_what_was_done_to_it_is_told_and_undone(copy: BundleCopy) -> None:
    (copy.folder / "a.py").write_bytes(b"b")
    (copy.folder / "data/x.csv").unlink()
    (copy.folder / "data/deep/y.csv").touch()
    (copy.folder / "results").mkdir()
    (copy.folder / "results/z.csv").write_bytes(b"")
    (copy.folder / "link").symlink_to("data")
    (copy.folder / "__pycache__").mkdir()
    (copy.folder / "__pycache__/a.pyc").write_bytes(b"")
    assert copy.traces() == Traces(damaged=("a.py", "data/x.csv"), added=("link", "results/z.csv"))
    copy.restore()
    assert copy.traces() == Traces()
    assert (copy.folder / "a.py").read_bytes() == b"a"
    assert not (copy.folder / "link").is_symlink()


def test_a_copy_that_is_gone_is_made_again(copy: BundleCopy) -> None:
    shutil.rmtree(copy.folder)
    assert copy.traces().damaged == tuple(sorted(CONTENTS))
    copy.restore()
    assert copy.traces() == Traces()


def test_a_file_that_is_not_what_it_was_is_not_copied(sandbox: Sandbox) -> None:
    with pytest.raises(ChangedDuringUseError, match=r"data/x\.csv"):
        sandbox.copy("one", FILES, lambda state: [b"other"] if "x" in state.path else read(state))


def test_locked_folders_are_removed_too(copy: BundleCopy) -> None:
    os.chmod(copy.folder / "data", 0)
    copy.restore()
    assert copy.traces() == Traces()
    os.chmod(copy.folder / "data", 0)


def test_the_environment_is_private(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/x")
    monkeypatch.setenv("VIRTUAL_ENV", "/x")
    monkeypatch.setenv("SOME_SETTING", "kept")
    environment = sandbox.environment()
    assert "PYTHONPATH" not in environment
    assert "VIRTUAL_ENV" not in environment
    assert environment["SOME_SETTING"] == "kept"
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"):
        assert Path(environment[name]).is_dir()
        assert Path(environment[name]).is_relative_to(sandbox.root)


def test_without_a_place_for_temporary_files_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileAccessError, match="temporary files"):
        Sandbox()
