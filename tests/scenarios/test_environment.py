"""A changed dependency is stale, with old and new named as far as anybody here knows."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from support.project import Shell

LOCK = 'version = 1\n[[package]]\nname = "starsim"\nversion = "{}"\n'


@pytest.fixture
def locked(sir: Shell) -> Shell:
    """The example with a lock file, in sync."""
    sir.write("uv.lock", LOCK.format("3.2.0"))
    sir.edit("pyproject.toml", '"polars>=1.33"', '"polars>=1.33", "numpy>=1.26"')
    sir.ok("sync")
    return sir


def changes(shell: Shell, command: str = "status") -> dict[str, list[str]]:
    document: Any = shell.json(command)["environment"]
    assert document["state"] == "stale"
    return {change["path"]: change["details"] for change in document["changes"]}


def change(shell: Shell) -> None:
    shell.edit("pyproject.toml", "numpy>=1.26", "numpy>=2.0")
    shell.write("uv.lock", LOCK.format("3.3.0"))


def test_every_command_names_old_and_new(locked: Shell) -> None:
    change(locked)
    expected = {
        "pyproject.toml": ["numpy >=1.26 -> >=2.0"],
        "uv.lock": ["starsim 3.2.0 -> 3.3.0"],
    }
    assert changes(locked) == expected
    shown = locked.ok("status").out
    assert "      pyproject.toml  numpy >=1.26 -> >=2.0\n" in shown
    assert "      uv.lock         starsim 3.2.0 -> 3.3.0\n" in shown
    assert "numpy >=1.26 -> >=2.0" in locked.ok("explain", "incidence_target").out
    inputs = locked.json("explain", "incidence_target")["inputs"]
    assert {one["path"]: one["details"] for one in inputs if one["details"]} == expected
    checked = locked("check")
    assert checked.code == 1
    assert "pyproject.toml: numpy >=1.26 -> >=2.0; uv.lock: starsim 3.2.0 -> 3.3.0" in checked.out
    assert locked("push").code == 1
    assert changes(locked, "sync") == expected
    assert locked.json("status")["environment"] == {"state": "fresh", "changes": []}


def test_a_registration_does_not_forget_what_was_recorded(locked: Shell) -> None:
    change(locked)
    locked.ok("register-model", "models/sir.py", "--data", "data/observed_incidence.csv")
    assert changes(locked)["pyproject.toml"] == ["numpy >=1.26 -> >=2.0"]


def test_without_the_earlier_text_only_the_file_is_named(locked: Shell) -> None:
    change(locked)
    shutil.rmtree(locked.root / ".modelops-bundle" / "cache")
    assert changes(locked) == {"pyproject.toml": [], "uv.lock": []}
    assert "  ~ environment: pyproject.toml changed, uv.lock changed\n" in locked.ok("status").out


def test_a_commit_tells_where_the_cache_does_not(locked: Shell) -> None:
    git = ["git", "-C", str(locked.root), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *arguments], check=True)
    change(locked)
    shutil.rmtree(locked.root / ".modelops-bundle" / "cache")
    assert changes(locked)["pyproject.toml"] == ["numpy >=1.26 -> >=2.0"]


@pytest.mark.parametrize("spelling", ["  'numpy>=1.26'  ", '"numpy>=1.26", # why\n'])
def test_the_way_it_is_written_means_nothing(locked: Shell, spelling: str) -> None:
    locked.edit("pyproject.toml", 'description = "', 'description = "Now: ')
    locked.edit("pyproject.toml", '"numpy>=1.26"', spelling)
    assert locked.json("status")["environment"]["state"] == "fresh"


def test_a_new_and_a_lost_lock_file_are_told(locked: Shell) -> None:
    (locked.root / "uv.lock").unlink()
    locked.write("requirements-dev.txt", "pytest\n")
    assert changes(locked) == {"uv.lock": [], "requirements-dev.txt": []}
    shown = locked.ok("status").out
    assert "uv.lock gone" in shown
    assert "requirements-dev.txt added" in shown


def test_installed_metadata_tell_which_distribution_an_import_is_of(locked: Shell) -> None:
    locked.write("sirlib/voice.py", "import speech\n")
    locked.edit("sirlib/network.py", "import starsim", "from . import voice\nimport starsim")
    locked.ok("sync")

    def hints() -> list[str]:
        return [f["hint"] for f in locked.json("status")["preflight"] if f["code"] == "MB322"]

    assert hints() == ["Add 'speech' to the dependencies in pyproject.toml"]
    locked.write(".venv/pyvenv.cfg", "home = /usr/bin\n")
    site = ".venv/lib/python3.11/site-packages"
    locked.write(f"{site}/py_voice-1.0.dist-info/RECORD", "speech/__init__.py,,\n")
    assert hints() == ["Add 'py-voice' to the dependencies in pyproject.toml"]
    locked.edit("pyproject.toml", '"numpy>=1.26"', '"numpy>=1.26", "py.voice"')
    assert hints() == []
    # A model that is about to be registered counts as one that is.
    locked.ok("unregister", "sir_starsimsir")
    document = locked("register-model", "models/sir.py", "--json").document
    assert "MB322" not in {f["code"] for f in document["preflight"]}


def test_an_import_that_the_code_can_do_without_is_a_note(locked: Shell) -> None:
    guarded = "try:\n    import speech\nexcept ImportError:\n    speech = None\n"
    locked.write("sirlib/voice.py", guarded)
    locked.edit("sirlib/network.py", "import starsim", "from . import voice\nimport starsim")

    def severities() -> list[str]:
        return [f["severity"] for f in locked.json("sync")["preflight"] if f["code"] == "MB322"]

    assert severities() == ["info"]
    locked.edit("sirlib/network.py", "import starsim", "import speech\nimport starsim")
    assert severities() == ["warning"]


@pytest.mark.parametrize("how", ["moved", "ignored"])
def test_a_local_module_that_is_not_seen_is_no_dependency(sir: Shell, how: str) -> None:
    """What is wrong is said by the error; adding 'sirlib' to the dependencies would not help."""
    if how == "moved":
        (sir.root / "sirlib").rename(sir.root / "lib")
    else:
        sir.write(".modelopsignore", sir.read(".modelopsignore") + "sirlib/\n")
    for _ in range(2):
        codes = {f["code"] for f in sir.json("status")["preflight"]}
        assert ("MB303" if how == "moved" else "MB310") in codes
        assert "MB322" not in codes
