"""Old sources that nobody kept: with the old name put back, the file has its old digest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from modelops_bundle import api
from support.disk import make_project, write
from support.project import FILES, TARGETS

SOURCE = "targets/incidence.py"
FIRST, SECOND = "incidence_target", "incidence_annealed_target"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A synced project of which only the committed registry is left: no cache, no git."""
    make_project(tmp_path, {**FILES, ".modelops-bundle/registry.yaml": "version: '1.1'\n"})
    api.sync(tmp_path, discover=True)
    forget(tmp_path)
    return tmp_path


def forget(root: Path) -> None:
    """Without symbol digests too, as the existing tool writes a registry."""
    shutil.rmtree(root / ".modelops-bundle" / "cache")
    registry = root / ".modelops-bundle" / "registry.yaml"
    lines = registry.read_text().splitlines(keepends=True)
    registry.write_text("".join(line for line in lines if "symbol_digest" not in line))


def actions(root: Path) -> dict[str, str]:
    return {entry.id: entry.action for entry in api.status(root) if entry.kind == "target"}


def test_a_mere_rename_is_followed(root: Path) -> None:
    write(root, SOURCE, TARGETS.replace(f"def {FIRST}(", "def mean_target("))
    assert actions(root)[FIRST] == "rename"


def test_two_renames_at_once_are_asked(root: Path) -> None:
    text = TARGETS.replace(f"def {FIRST}(", "def mean_target(")
    write(root, SOURCE, text.replace(f"def {SECOND}(", "def a_target("))
    assert actions(root) == {FIRST: "decide", SECOND: "decide"}


def test_what_was_edited_besides_is_asked(root: Path) -> None:
    text = TARGETS.replace(f"def {FIRST}(", "def mean_target(")
    write(root, SOURCE, text.replace('data_paths["observed"]', "data_paths", 1))
    assert actions(root)[FIRST] == "decide"


def test_another_definition_in_its_place_is_asked(root: Path) -> None:
    copy = TARGETS.partition(f"def {FIRST}")[0] + TARGETS[TARGETS.index("@", 40) :].replace(
        f"def {SECOND}(", "def median_target("
    )
    write(root, SOURCE, copy)
    assert "rename" not in actions(root).values()
