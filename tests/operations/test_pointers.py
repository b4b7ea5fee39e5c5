"""Which data files are pointers, and what is read to tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from modelops_bundle.operations.pointers import pointer_files
from modelops_bundle.operations.register import RegisterRequest, register
from modelops_bundle.operations.status import status
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.result_cache import ResultCache
from modelops_bundle.workspace.scan import Scan, scan
from support.disk import make_project, write
from support.project import FILES

DATA = BundlePath("data/observed.csv")
OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n"
DVC = "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 14445097\n  path: data.xml\n"
DVC_IMPORT = "md5: 96060aad\ndeps:\n- path: get\nouts:\n- etag: a3\n  path: data.xml\n"


def pointers(project: Project, looked: Scan | None = None) -> dict[BundlePath, str]:
    looked = looked or scan(project)
    return pointer_files(looked, looked.states([DATA]), [DATA], ResultCache(project))


@pytest.mark.parametrize(
    ("content", "keeper"),
    [
        (LFS, "Git LFS"),
        (DVC, "DVC"),
        (DVC_IMPORT, "DVC"),
        ("/annex/objects/SHA256E-s10--abc.csv\n", "git-annex"),
        ("version,https://git-lfs.github.com/spec/v1\n", None),
        ("outs: a list of what came out\n", None),
        ("day,in_bed\n1,3\n", None),
        ("", None),
        (LFS + "x" * 5000, None),
    ],
)
def test_a_pointer_is_told_from_data(tmp_path: Path, content: str, keeper: str | None) -> None:
    project = make_project(tmp_path, {DATA: content})
    assert pointers(project).get(DATA) == keeper
    assert pointers(project).get(DATA) == keeper


def test_a_content_that_is_known_is_not_read_again(tmp_path: Path) -> None:
    project = make_project(tmp_path, {DATA: LFS})
    assert pointers(project) == {DATA: "Git LFS"}
    looked = scan(project)
    looked.states([DATA])
    (tmp_path / DATA).unlink()
    assert pointers(project, looked) == {DATA: "Git LFS"}


def test_a_file_that_was_fetched_is_data_again(tmp_path: Path) -> None:
    project = make_project(tmp_path, {DATA: LFS})
    assert pointers(project)
    write(tmp_path, DATA, "day,in_bed\n1,3\n")
    assert pointers(project) == {}


def test_an_entry_with_a_pointer_for_data_has_an_error(tmp_path: Path) -> None:
    project = make_project(tmp_path, {**FILES, DATA: LFS})
    request = RegisterRequest(kind=Kind.TARGET, files=("targets/incidence.py",), base=tmp_path)
    register(project, request)
    assert "MB327" in [finding.code for finding in status(project).errors]
