"""Sources as of the last sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import scan
from support.disk import make_project, write

ONE, TWO = BundlePath("one.py"), BundlePath("two.py")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path, {"one.py": "one = 1\n", "two.py": "two = 2\n"})


def digest(text: str) -> Digest:
    return Digest.of_bytes(text.encode())


def test_a_source_outlives_its_file(project: Project) -> None:
    KeptSources(project).keep(scan(project), [ONE, BundlePath("absent.py")])
    write(project.root, "one.py", "edited\n")

    assert KeptSources(project).get(digest("one = 1\n")) == b"one = 1\n"
    assert KeptSources(project).get(digest("edited\n")) is None


def test_only_the_sources_of_the_last_sync_are_kept(project: Project) -> None:
    kept = KeptSources(project)
    kept.keep(scan(project), [ONE, TWO])
    kept.keep(scan(project), [TWO])

    assert kept.get(digest("one = 1\n")) is None
    assert kept.get(digest("two = 2\n")) == b"two = 2\n"


def test_a_forged_copy_is_none(project: Project) -> None:
    kept = KeptSources(project)
    kept.keep(scan(project), [ONE])
    (project.cache / "sources" / digest("one = 1\n").hex).write_text("forged\n")

    assert kept.get(digest("one = 1\n")) is None


def test_large_files_are_not_kept(project: Project) -> None:
    text = "x" * (5 << 20)
    write(project.root, "one.py", text)
    kept = KeptSources(project)
    kept.keep(scan(project), [ONE, TWO])

    assert kept.get(digest(text)) is None
    assert kept.get(digest("two = 2\n")) is not None


def test_a_cache_that_cannot_be_written_is_done_without(project: Project) -> None:
    project.cache.write_text("a file in the folder's place")

    KeptSources(project).keep(scan(project), [ONE])

    assert KeptSources(project).get(digest("one = 1\n")) is None


def test_texts_are_kept_and_what_is_held_stays(project: Project) -> None:
    kept = KeptSources(project)
    kept.keep(scan(project), [ONE], texts=[b"tables"])
    assert kept.get(digest("tables")) == b"tables"
    kept.keep(scan(project), [TWO], held=[digest("tables"), digest("never kept")])
    assert kept.get(digest("tables")) == b"tables"
    kept.keep(scan(project), [TWO])
    assert kept.get(digest("tables")) is None
