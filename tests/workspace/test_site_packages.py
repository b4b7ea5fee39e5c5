"""Environments, the folders of packages in them, and what files there add."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.workspace.site_packages import (
    added_folders,
    adding_files,
    is_environment,
    listed,
    site_packages,
)


@pytest.mark.parametrize("inside", ["lib/python3.12/site-packages", "Lib/site-packages"])
def test_where_an_environment_keeps_its_packages(tmp_path: Path, inside: str) -> None:
    (tmp_path / inside).mkdir(parents=True)
    assert site_packages(str(tmp_path)) == [str(tmp_path / inside)]
    assert not is_environment(str(tmp_path))
    (tmp_path / "pyvenv.cfg").write_text("")
    assert is_environment(str(tmp_path))


def test_no_environment_has_no_packages(tmp_path: Path) -> None:
    assert site_packages(str(tmp_path / "gone")) == []
    assert listed(str(tmp_path / "gone")) == []


@pytest.mark.parametrize(
    ("name", "text", "added"),
    [
        ("a.pth", "src\nother\n", ["src", "other"]),
        ("a.pth", "# src\nimport src\nimport\tsrc\n\n  \n", []),
        ("a.pth", "./src/../src\nno/such\n", ["src"]),
        ("a.pth", "{folder}/src", ["src"]),
        ("a.pth", "\udcff\nsrc", ["src"]),
        ("a.egg-link", "src\nother\n", ["src"]),
    ],
)
def test_what_a_file_adds(tmp_path: Path, name: str, text: str, added: list[str]) -> None:
    for folder in ("src", "other"):
        (tmp_path / folder).mkdir()
    file = tmp_path / name
    file.write_bytes(text.format(folder=tmp_path).encode("utf-8", "surrogateescape"))
    assert list(added_folders(str(file))) == [str(tmp_path / one) for one in added]
    (tmp_path / "notes.txt").write_text("src")
    assert adding_files(str(tmp_path)) == [name]


def test_a_file_that_cannot_be_read_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.pth").mkdir()
    assert list(added_folders(str(tmp_path / "a.pth"))) == []
