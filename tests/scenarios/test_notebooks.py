"""Notebooks are neither scanned nor bundled, unless somebody adds them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelops_bundle import api
from support.project import Shell
from support.scenarios import copy_example

CELL = "class InCell(DecayingSample):\n    pass\n"
MODEL = "from decay.sample import DecayingSample\n\n\n" + CELL


def notebook(path: Path, *sources: str) -> None:
    cells = [
        {
            "cell_type": "code",
            "source": text,
            "outputs": [],
            "metadata": {},
            "execution_count": None,
        }
        for text in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made = Shell(copy_example("plain-decay", tmp_path / "decay"), capsys)
    notebook(made.root / "notebooks" / "fit.ipynb", MODEL)
    saved = made.root / "notebooks" / ".ipynb_checkpoints"
    notebook(saved / "fit-checkpoint.ipynb", MODEL)
    (saved / "sample-checkpoint.py").write_text(MODEL)
    return made


def travelling(shell: Shell) -> set[str]:
    return {file["path"] for file in shell("files", "--json").document["files"]}


def test_what_a_notebook_defines_is_not_found(shell: Shell) -> None:
    assert api.status(shell.root).in_sync
    assert not api.plan(shell.root, discover=True).changes
    assert not api.status(shell.root).to_dict()["unregistered"]
    refused = shell("register-model", "notebooks/fit.ipynb")
    assert refused.code == 2
    assert "move the model into a .py file" in refused.err


def test_a_notebook_does_not_travel_until_it_is_added(shell: Shell) -> None:
    assert not any(path.startswith("notebooks") for path in travelling(shell))
    shell.ok("add", "notebooks")
    added = {path for path in travelling(shell) if path.startswith("notebooks")}
    assert added == {"notebooks/fit.ipynb"}
    assert shell("add", "notebooks/.ipynb_checkpoints/fit-checkpoint.ipynb").code == 2


def test_saving_a_notebook_that_was_added_makes_nothing_stale(shell: Shell) -> None:
    shell.ok("add", "notebooks/fit.ipynb")
    notebook(shell.root / "notebooks" / "fit.ipynb", MODEL, "1 + 1")
    assert api.status(shell.root).in_sync
