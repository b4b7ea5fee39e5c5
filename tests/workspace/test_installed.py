"""Where the source of an installed package is found."""

from __future__ import annotations

from pathlib import Path

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.installed import InstalledPackages


def environment(root: Path, name: str = ".venv") -> Path:
    """An empty virtual environment; gives its `site-packages`."""
    packages = root / name / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (root / name / "pyvenv.cfg").write_text("home = /nowhere\n")
    return packages


def package(folder: Path, name: str = "somekit") -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text("from .api import *\n")
    (folder / name / "api.py").write_text("X = 1\n")


def test_a_package_of_the_projects_own_environment_is_found(tmp_path: Path) -> None:
    packages = environment(tmp_path)
    package(packages)
    found = InstalledPackages(str(tmp_path)).find("somekit")
    assert found is not None
    assert found.folder == str(packages)
    assert found.is_file(BundlePath("somekit/api.py"))
    assert found.read(BundlePath("somekit/api.py")) == b"X = 1\n"
    assert list(found.source_files()) == ["somekit/__init__.py", "somekit/api.py"]


def test_nothing_beside_the_package_is_seen(tmp_path: Path) -> None:
    packages = environment(tmp_path)
    package(packages)
    package(packages, "other")
    found = InstalledPackages(str(tmp_path)).find("somekit")
    assert found is not None
    assert not found.is_file(BundlePath("other/api.py"))
    assert not found.is_dir(BundlePath("other"))
    assert list(found.children(BundlePath("other"))) == []


def test_an_editable_install_is_followed(tmp_path: Path) -> None:
    packages = environment(tmp_path / "project")
    package(tmp_path / "kit" / "src")
    (packages / "_somekit.pth").write_text(f"import sys\n{tmp_path / 'kit' / 'src'}\n")
    found = InstalledPackages(str(tmp_path / "project")).find("somekit")
    assert found is not None
    assert found.folder == str(tmp_path / "kit" / "src")


def test_a_single_module_is_found(tmp_path: Path) -> None:
    (environment(tmp_path) / "somekit.py").write_text("X = 1\n")
    found = InstalledPackages(str(tmp_path)).find("somekit")
    assert found is not None
    assert list(found.source_files()) == ["somekit.py"]


def test_the_environment_of_this_program_is_looked_at_too(tmp_path: Path) -> None:
    found = InstalledPackages(str(tmp_path)).find("yaml")
    assert found is not None
    assert found.is_file(BundlePath("yaml/__init__.py"))


def test_what_is_not_installed_depends_on_where_it_was_looked_for(tmp_path: Path) -> None:
    packages = InstalledPackages(str(tmp_path))
    assert packages.find("somekit_that_nobody_has") is None
    assert str(tmp_path / ".venv") in packages.looked_at


def test_the_project_itself_is_no_installed_package(tmp_path: Path) -> None:
    package(tmp_path)
    assert InstalledPackages(str(tmp_path)).find("somekit") is None
