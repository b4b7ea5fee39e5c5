"""Paths that look like a mistyped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.workspace.nearby import meant_path, namesake, nearby_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in ("models/sir.py", "data/observed incidence.csv", "README.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("REDME.md", "README.md"),
        ("models/sri.py", "models/sir.py"),
        ("modles/sir.py", "models/sir.py"),
        ("modles/sri.py", "models/sir.py"),
        ("data/observd_incidence.csv", "data/observed incidence.csv"),
        ("./models/../REDME.md", "./models/../README.md"),
        ("nothing/like/it", None),
        ("README.md/x", None),
    ],
)
def test_each_name_is_the_closest_one(folder: Path, typed: str, found: str | None) -> None:
    assert nearby_path(str(folder), typed) == found


def test_absolute_paths_too(folder: Path) -> None:
    assert nearby_path("", f"{folder}/modles") == f"{folder}/models"
    assert meant_path("", f"{folder}/modles") == f"did you mean '{folder}/models'?"
    assert meant_path("", f"{folder}/zzzzzz", "look") == "look"


def test_a_file_of_the_same_name_elsewhere_is_found(folder: Path) -> None:
    for path in ("src/flu/sir.py", "src/flu/fit.py", "env/fit.py", ".old/fit.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    (folder / "env" / "pyvenv.cfg").write_text("")
    assert namesake(str(folder), "fit.py") == "src/flu/fit.py"
    assert namesake(str(folder), "flu/sir.py") == "src/flu/sir.py"
    assert namesake(str(folder), "sir.py") is None  # two are as like
    assert namesake(str(folder), "measles.py") is None
