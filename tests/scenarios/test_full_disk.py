"""A disk that takes no more: a typed error, and everything as it was.

The limit on the size of a file stands in for the full disk: it needs no rights, and the system
reports it at the same place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import Shell
from support.scenarios import contents, user_contents

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from modelops_bundle.cli.app import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def large(sir: Shell) -> Shell:
    """A project with a file that is larger than the limit, published in a folder."""
    sir.write("data/large.bin", "x" * 300_000)
    sir.ok("add", "data/large.bin")
    sir.ok("remote", "set", "layout:../store")
    sir.ok("push", "--tag", "v1")
    return sir


def limited(folder: Path, *call: str) -> tuple[int, dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *call, "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "mops-bundle.error/1", document
    assert "File too large" in document["message"]
    assert document["hint"]
    return done.returncode, document


@pytest.mark.parametrize("call", [["push", "--remote"], ["copy", "v1"]], ids=lambda call: call[0])
def test_nothing_is_published_in_a_folder_that_is_full(large: Shell, call: list[str]) -> None:
    code, _ = limited(large.root, *call, "layout:../full")
    assert code == 4
    left = contents(large.root.parent / "full")
    assert "index.json" not in left, "no tag"
    assert not any(path.startswith("ingest/") for path in left), "no half of a file"
    assert large.ok(*call, "layout:../full")


def test_nothing_is_pulled(large: Shell, colleague: Shell) -> None:
    colleague.write(".modelops-bundle/config.yaml", "remote: layout:../store\n")
    colleague.write("wire.py", "mine = 1\n")
    before = user_contents(colleague.root)
    assert limited(colleague.root, "pull", "v1")[0] == 2
    assert user_contents(colleague.root) == before
    (colleague.root / "wire.py").unlink()
    colleague.ok("pull", "v1")
    assert colleague.read("data/large.bin") == large.read("data/large.bin")


@pytest.mark.parametrize("there", [False, True], ids=["absent", "there"])
def test_nothing_is_ensured(large: Shell, there: bool) -> None:
    folder = large.root.parent / "run"
    if there:
        folder.mkdir()
    assert limited(large.root, "ensure", "v1", "--dest", "../run")[0] == 2
    assert folder.exists() is there
    assert not any(path for path in contents(folder) if not path.startswith(".modelops-bundle/"))
    assert not list(large.root.parent.glob(".run.*"))
    large.ok("ensure", "v1", "--dest", "../run")
    assert (folder / "data/large.bin").read_text() == large.read("data/large.bin")
