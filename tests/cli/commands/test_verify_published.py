"""`verify REF`, `push --verify` and `verify --install`: what is published, and what may be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from modelops_bundle import api
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from support.bundles import put_bundle
from support.project import Shell
from support.scenarios import published
from support.schemas import assert_documented
from support.verifying import is_running, verified

SOURCE = "checks/activity.py"


@pytest.fixture
def stored(decay: Shell) -> Shell:
    """The project, published as `v1`."""
    decay.ok("remote", "set", "layout:../store")
    decay.ok("push", "--tag", "v1")
    return decay


def test_a_published_bundle_is_verified_without_a_project(stored: Shell, tmp_path: Path) -> None:
    shutil.move(stored.root, tmp_path / "gone")
    shown = stored("verify", f"layout:{tmp_path}/store:v1", "--json", folder=tmp_path)
    assert shown.code == 0, shown
    assert_documented(shown.document)
    assert [entry["outcome"] for entry in shown.document["entries"]] == ["ok", "ok"]


def test_what_a_reference_holds_is_verified_not_what_is_here(stored: Shell) -> None:
    stored.edit(SOURCE, 'row["activity_bq"]', 'row["nothing"]')
    verified(stored, "v1", "--call", code=0)
    shown = stored.json("verify", "v1")
    assert shown["digest"] == stored.json("inspect", "v1")["digest"]
    stored.ok("sync")
    assert verified(stored, "--call")["activity_target"]["outcome"] == "call-error"


def test_a_bundle_that_lies_of_its_files_is_found_out(stored: Shell, tmp_path: Path) -> None:
    contents = {
        path: (stored.root / path).read_bytes()
        for path in stored.json("inspect", "v1")["files"]
        for path in [path["path"]]
    }
    contents["data/activity.csv"] += b"31,0\n"
    del contents["decay/law.py"]
    put_bundle(OciLayoutRemote(tmp_path / "store"), contents, "lie")
    entries = verified(stored, "lie")
    [problem] = entries["activity_target"]["problems"]
    assert problem["kind"] == "data-error"
    assert problem["message"] == "data/activity.csv is not the data that is registered"
    [problem] = entries["sample_decayingsample"]["problems"]
    assert (problem["module"], problem["absence"]) == ("decay.law", "untracked")


def test_a_bundle_without_a_registry_declares_nothing(stored: Shell, tmp_path: Path) -> None:
    put_bundle(OciLayoutRemote(tmp_path / "store"), {"readme.md": b"x"}, "bare")
    shown = stored("verify", "bare")
    assert shown.code == 2
    assert "declares nothing" in shown.err


def test_push_publishes_what_was_verified(stored: Shell) -> None:
    document = stored.json("push", "--verify", "--call", "--tag", "v2")
    assert_documented(document)
    assert document["verification"]["ok"]
    assert document["verification"]["call"]
    shown = stored.ok("push", "--verify")
    assert shown.out.startswith("Verified: 2 entries.\n")


def test_push_publishes_nothing_that_fails(stored: Shell, tmp_path: Path) -> None:
    stored.edit(SOURCE, 'row["activity_bq"]', 'row["nothing"]')
    stored.ok("sync")
    before = published(tmp_path)
    shown = stored("push", "--verify", "--call", "--json")
    assert shown.code == 1
    assert_documented(shown.document)
    assert shown.document["refused"] == "verify"
    assert shown.document["digest"] is None
    shown = stored("push", "--verify", "--call")
    assert shown.code == 1
    assert "calling it raises KeyError: 'nothing'" in shown.err
    assert "error: verification failed (target:activity_target); nothing was uploaded" in shown.err
    assert published(tmp_path) == before


def test_push_takes_no_options_of_verify_without_it(stored: Shell) -> None:
    shown = stored("push", "--call")
    assert shown.code == 2
    assert "add --verify" in shown.err


def test_programs_verify_too(stored: Shell) -> None:
    done = api.verify(stored.root, call=True)
    assert done.ok
    assert repr(done) == "VerifyResult(plain-decay: 2 of 2 entries verified)"
    assert [entry.outcome for entry in done] == ["ok", "ok"]
    assert str(done).endswith("Verified and called: 2 entries.")
    assert api.verify(stored.root, "v1").document["digest"] is not None
    stored.edit(SOURCE, 'row["activity_bq"]', 'row["nothing"]')
    assert api.verify(stored.root).refused == "stale"
    stored.ok("sync")
    failed = api.verify(stored.root, call=True)
    assert [entry.id for entry in failed.failed] == ["activity_target"]


def test_an_interrupt_ends_everything_and_leaves_nothing(decay: Shell, tmp_path: Path) -> None:
    note = tmp_path / "started"
    code = f"open({str(note)!r}, 'w').write(str(__import__('os').getpid()))\nwhile True:\n    pass"
    decay.edit(SOURCE, "import csv", f"import csv\n{code}")
    decay.ok("sync")
    for signal in ("INT", "TERM"):
        note.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "modelops_bundle", "verify"],
            cwd=decay.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        _wait_for(lambda: note.exists() and note.read_text() != "")
        subprocess.run(["kill", f"-{signal}", str(process.pid)], check=True)
        process.communicate()
        assert process.returncode == {"INT": 130, "TERM": 143}[signal]
        assert not is_running(int(note.read_text()))
        assert os.listdir(os.environ["TMPDIR"]) == []


def _wait_for(condition: Any) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


BACKEND = '''\
"""A build backend that needs nothing: packages `decay`, `simkit` and `checks`."""

import pathlib
import zipfile


def build_wheel(folder, settings=None, metadata=None):
    name = "plain_decay-0.1.0-py3-none-any.whl"
    info = "plain_decay-0.1.0.dist-info"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        for package in ("decay", "simkit", "checks"):
            for file in sorted(pathlib.Path(package).rglob("*.py")):
                wheel.write(file)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\\nName: plain-decay\\nVersion: 0.1.0\\n"
            "Requires-Dist: isotopes\\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    return name
'''


def _wheel(folder: Path, name: str, source: str) -> None:
    folder.mkdir()
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", source)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def installable(decay: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A project that needs a package which only a folder of wheels has."""
    wheels = tmp_path / "wheels"
    _wheel(wheels, "isotopes", "IODINE_131 = 8.02\n")
    for name, value in (("NO_INDEX", "1"), ("FIND_LINKS", str(wheels)), ("NO_CACHE", "1")):
        monkeypatch.setenv(f"PIP_{name}", value)
        monkeypatch.setenv(f"UV_{name}", value)
    monkeypatch.setenv("UV_OFFLINE", "1")
    build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    decay.edit("pyproject.toml", "dependencies = []", f'dependencies = ["isotopes"]\n\n{build}')
    decay.write("backend.py", BACKEND)
    decay.edit(
        "decay/sample.py", "import simkit", "from isotopes import IODINE_131\n\nimport simkit"
    )
    decay.ok("add", "backend.py")
    decay.ok("sync")
    return decay


def test_it_runs_with_what_workers_install(installable: Shell) -> None:
    problems = verified(installable)["sample_decayingsample"]["problems"]
    assert [problem["absence"] for problem in problems] == ["not-installed"]
    verified(installable, "--install", code=0)


def test_what_cannot_be_installed_is_told(installable: Shell, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "wheels")
    (tmp_path / "wheels").mkdir()
    shown = installable("verify", "--install", "--json")
    assert shown.code == 1
    assert_documented(shown.document)
    assert shown.document["refused"] == "install"
    assert any("isotopes" in line for line in shown.document["output"])
    assert os.listdir(os.environ["TMPDIR"]) == []


def test_a_target_that_cannot_be_called_is_not_counted_as_called(stored: Shell) -> None:
    stored.write("checks/plain.py", "def misfit(simulated):\n    return 0.0\n")
    stored.ok("register-target", "checks/plain.py:misfit", "--output", "activity")
    shown = stored.ok("verify", "--call").out
    assert "Not compared: call of misfit (it takes arguments: simulated)" in shown
    assert shown.endswith("Verified: 3 entries; 1 of 2 targets called.\n")
