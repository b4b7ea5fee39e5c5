"""Sources as of the last sync, from this machine or from git, and never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.operations.old_sources import OldSources
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import scan
from support.disk import make_project, write
from support.rename_judge import git

PATH = BundlePath("models/sir.py")
OLD, NEW = "x = 1\n", "x = 2\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose file was committed with the registry, then edited and committed again."""
    made = make_project(tmp_path, {PATH: OLD, ".modelops-bundle/registry.yaml": "version: '1.1'\n"})
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "in sync")
    write(tmp_path, PATH, NEW)
    git(tmp_path, "commit", "--quiet", "--all", "--message", "edited")
    return made


def digest(text: str) -> Digest:
    return Digest.of_bytes(text.encode())


def test_a_source_is_found_as_it_was_when_the_registry_was_committed(project: Project) -> None:
    old = OldSources(project)
    assert old.get(PATH, digest(OLD)) == OLD.encode()
    assert old.get(PATH, digest(NEW)) == NEW.encode()
    assert old.get(PATH, digest("x = 3\n")) is None
    assert old.get(BundlePath("absent.py"), digest(OLD)) is None


def test_a_checkout_with_other_line_endings_is_recognised(project: Project) -> None:
    text = OLD.replace("\n", "\r\n")
    assert OldSources(project).get(PATH, digest(text)) == text.encode()


def test_git_is_asked_only_for_what_is_not_kept(project: Project) -> None:
    KeptSources(project).keep(scan(project), [PATH])
    old = OldSources(project)
    assert old.get(PATH, digest(NEW)) == NEW.encode()
    assert old.depends_on() == ()
    assert old.held(digest(NEW))
    assert not old.held(digest(OLD))
    old.get(PATH, digest(OLD))
    log = project.root / ".git/logs/HEAD"
    assert old.depends_on() == (str(log),)
    assert log.is_file()


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    project = make_project(tmp_path, {PATH: OLD})
    old = OldSources(project)
    assert old.get(PATH, digest(OLD)) is None
    assert old.depends_on() == ()


def test_an_empty_repository_knows_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path, {PATH: OLD})
    git(tmp_path, "init", "--quiet")
    assert OldSources(project).get(PATH, digest(OLD)) is None
