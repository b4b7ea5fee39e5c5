"""Folders outside the project that its bundle carries: what may be configured, and where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import ConfigError
from modelops_bundle.workspace.extra_roots import ExtraRoots, read_extra_roots
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import Scan, scan
from support.disk import write

SHARED = BundlePath("libs/shared")


def configured(root: Path, table: str) -> ExtraRoots:
    write(root, "pyproject.toml", f"[tool.modelops-bundle]\nextra-roots = {table}\n")
    return read_extra_roots(str(root))


def looked(root: Path) -> Scan:
    (root / ".modelops-bundle").mkdir(exist_ok=True)
    return scan(Project(root, read_extra_roots(str(root))))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a sibling beside it."""
    project = tmp_path.resolve() / "project"
    write(project, "models/sir.py", "import shared\n")
    write(project, "libs/own.py", "")
    write(tmp_path, "shared/src/shared/__init__.py", "x = 1\n")
    write(tmp_path, "shared/src/shared/deep/rates.csv", "1\n")
    write(tmp_path, "shared/src/.hidden/x.py", "")
    return project


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('["../shared/src"]', "it must be a table"),
        ('{"libs/shared" = 1}', "1 is no folder"),
        ('{"libs/shared" = ""}', "'' is no folder"),
        ('{"libs/shared" = "/srv/shared"}', "absolute"),
        ('{"libs/shared" = "~/shared"}', "absolute"),
        ('{"libs/shared" = "C:/shared"}', "absolute"),
        ('{"libs/shared" = "libs/other"}', "inside the project"),
        ('{"libs/shared" = "../project/libs"}', "inside the project"),
        ('{"libs/shared" = ".."}', "holds the project itself"),
        ('{"../shared" = "../shared/src"}', "leaves the project"),
        ('{"." = "../shared/src"}', "cannot be a folder of the bundle"),
        ('{".venv/x" = "../shared/src"}', "cannot be a folder of the bundle"),
        ('{"libs" = "../shared/src", "libs/x" = "../shared"}', "inside another one"),
    ],
)
def test_what_would_mean_nothing_elsewhere_is_refused(root: Path, table: str, problem: str) -> None:
    found = configured(root, table)
    assert found.configured == ()
    with pytest.raises(ConfigError, match="extra-roots") as error:
        found.require()
    assert problem in error.value.message


@pytest.mark.parametrize("text", ["", "[project]\n", "# extra-roots\n", "extra-roots = [[["])
def test_a_project_without_the_setting_has_none(root: Path, text: str) -> None:
    write(root, "pyproject.toml", text)
    assert read_extra_roots(str(root)) == ExtraRoots()


def test_its_files_count_as_files_of_the_project(root: Path) -> None:
    configured(root, '{"libs/shared" = "../shared/src"}')
    scan_ = looked(root)
    assert scan_.is_dir(SHARED)
    assert scan_.is_file(BundlePath("libs/shared/shared/__init__.py"))
    assert scan_.read(BundlePath("libs/shared/shared/__init__.py")) == b"x = 1\n"
    assert scan_.files_below(SHARED) == (
        "libs/shared/shared/__init__.py",
        "libs/shared/shared/deep/rates.csv",
    )
    assert set(scan_.source_files()) == {
        "libs/own.py",
        "libs/shared/shared/__init__.py",
        "models/sir.py",
    }
    assert scan_.findings == ()


def test_the_folders_above_it_need_not_be_there(root: Path) -> None:
    configured(root, '{"vendor/deep/shared" = "../shared/src"}')
    scan_ = looked(root)
    assert scan_.is_file(BundlePath("vendor/deep/shared/shared/__init__.py"))
    assert "vendor" in scan_.children(BundlePath("."))
    assert not (root / "vendor").exists()


def test_a_second_scan_sees_what_changed_there(root: Path) -> None:
    configured(root, '{"libs/shared" = "../shared/src"}')
    first = looked(root)
    path = BundlePath("libs/shared/shared/__init__.py")
    before = first.digest(path)
    first.commit_cache()
    write(root, "../shared/src/shared/__init__.py", "x = 20\n")
    write(root, "../shared/src/shared/new.py", "")
    second = looked(root)
    assert second.digest(path) != before
    assert second.is_file(BundlePath("libs/shared/shared/new.py"))
    assert str(root.parent / "shared/src/shared/__init__.py") in second.watched().seen


def test_links_there_must_stay_there(root: Path) -> None:
    configured(root, '{"libs/shared" = "../shared/src"}')
    write(root, "../secret.py", "")
    (root.parent / "shared/src/shared/inside.py").symlink_to("__init__.py")
    (root.parent / "shared/src/shared/outside.py").symlink_to(root.parent / "secret.py")
    scan_ = looked(root)
    assert scan_.is_file(BundlePath("libs/shared/shared/inside.py"))
    assert not scan_.is_file(BundlePath("libs/shared/shared/outside.py"))
    assert [one.code for one in scan_.findings] == ["MB312"]


def test_where_it_is_not_there_the_projects_own_folder_counts(root: Path) -> None:
    found = configured(root, '{"libs/shared" = "../nowhere"}')
    assert found.places == {}
    write(root, "libs/shared/shared/__init__.py", "y = 1\n")
    assert looked(root).read(BundlePath("libs/shared/shared/__init__.py")) == b"y = 1\n"
    assert looked(root).watched().seen[str(root.parent / "nowhere")] is None
