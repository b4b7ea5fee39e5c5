"""Two branches of a real git repository that both synced, merged with conflict markers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.project import Shell
from support.scenarios import REGISTRY, assert_true_to_disk, parsed_registry

MODEL, ID, OTHER = "sir_starsimsir", "incidence_target", "incidence_annealed_target"
SOURCE, DATA = "targets/incidence.py", "data/observed_incidence.csv"


class Repository:
    """A git repository whose identity and configuration are its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self("init", "-q", "-b", "main")
        self.commit("start")

    def __call__(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        identity = ("Ann", "ann@example.org")
        return subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={
                **os.environ,
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": identity[0],
                "GIT_AUTHOR_EMAIL": identity[1],
                "GIT_COMMITTER_NAME": identity[0],
                "GIT_COMMITTER_EMAIL": identity[1],
            },
            capture_output=True,
            text=True,
            check=check,
        )

    def commit(self, message: str) -> None:
        """Commit everything."""
        self("add", "-A")
        self("commit", "-q", "-m", message)

    def merge(self, branch: str) -> bool:
        """Merge a branch; whether there were conflicts."""
        return self("merge", "-q", branch, check=False).returncode != 0


@pytest.fixture
def repository(sir: Shell) -> Repository:
    """The example under version control."""
    return Repository(sir.root)


def move_model(sir: Shell) -> None:
    """The model's file gets another name."""
    (sir.root / "models/sir.py").rename(sir.root / "models/school.py")
    sir.ok("sync")


def test_a_file_moved_on_one_branch_and_edited_on_the_other(
    sir: Shell, repository: Repository
) -> None:
    repository("checkout", "-q", "-b", "moved")
    move_model(sir)
    repository.commit("move")
    repository("checkout", "-q", "main")
    sir.edit("models/sir.py", "DAYS = 14", "DAYS = 21")
    sir.edit(DATA, "14,4\n", "14,4\n15,2\n")
    sir.ok("sync")
    repository.commit("edit")

    assert repository.merge("moved")
    assert "<<<<<<<" in sir.registry
    assert sir.json("status")["in_sync"] is False
    assert sir("status", "--check").code == 1
    refused = sir("push")
    assert refused.code == 1
    assert refused.err == (
        "error: registry holds a git conflict; nothing was uploaded\n"
        "help: run `mops-bundle sync`, then push again (or `mops-bundle push --sync`)\n"
    )
    document = sir.json("sync")
    assert (document["written"], document["refused"]) == (True, None)
    assert "<<<<<<<" not in sir.registry
    model = parsed_registry(sir.root)["models"][MODEL]
    assert model["entrypoint"] == "models.school:StarsimSIR"
    assert model["path"] == "models/school.py"
    assert list(parsed_registry(sir.root)["targets"]) == [ID, OTHER]
    assert sir.json("status")["in_sync"] is True
    assert_true_to_disk(sir.root)
    assert sir("push").code == 0


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_both_branches_moved_the_model_and_renamed_a_target(
    sir: Shell, repository: Repository, style: str
) -> None:
    repository("config", "merge.conflictStyle", style)
    repository("checkout", "-q", "-b", "theirs")
    move_model(sir)
    sir.edit(SOURCE, f"def {OTHER}(", "def annealed(")
    sir.ok("sync")
    sir.ok("target-set", "set", "quick", "--target", OTHER)
    repository.commit("theirs")
    repository("checkout", "-q", "main")
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    sir.edit("sirlib/timetable.py", "6.0", "5.0")
    sir.ok("sync")
    sir.ok("target-set", "set", "slow", "--target", ID, "--weight", f"{ID}=3")
    repository.commit("ours")

    assert repository.merge("theirs")
    assert "<<<<<<<" in sir.registry
    if "<<<<<<<" in sir.read(SOURCE):
        assert sir("sync").code == 2
        repository("checkout", "-q", "--theirs", SOURCE)
        sir.edit(SOURCE, f"def {ID}(", "def curve(")
    sir.ok("sync")
    registry = parsed_registry(sir.root)
    assert registry["models"][MODEL]["entrypoint"] == "models.school:StarsimSIR"
    entrypoints = [entry["entrypoint"] for entry in registry["targets"].values()]
    assert list(registry["targets"]) == [ID, OTHER]
    assert entrypoints == ["targets.incidence:curve", "targets.incidence:annealed"]
    assert set(registry["target_sets"]) == {"incidence", "quick", "slow"}
    assert registry["target_sets"]["slow"]["weights"] == {ID: 3.0}
    assert sir.json("status")["in_sync"] is True
    assert_true_to_disk(sir.root)


def test_a_weight_that_both_branches_set_is_left_to_a_person(
    sir: Shell, repository: Repository
) -> None:
    repository("checkout", "-q", "-b", "theirs")
    sir.edit(REGISTRY, f"      {ID}: 1.0\n", f"      {ID}: 3.0\n")
    repository.commit("theirs")
    repository("checkout", "-q", "main")
    sir.edit(REGISTRY, f"      {ID}: 1.0\n", f"      {ID}: 2.0\n")
    repository.commit("ours")

    assert repository.merge("theirs")
    before = sir.registry
    shown = sir("sync")
    assert shown.code == 3
    assert "2" in shown.out
    assert "3" in shown.out
    assert sir("sync", "--force").code == 3
    assert sir("push").code == 1
    assert sir("push", "--sync").code == 3
    assert sir.registry == before
    ours = before.replace("<<<<<<< HEAD\n", "").replace(
        f"=======\n      {ID}: 3.0\n>>>>>>> theirs\n", ""
    )
    sir.write(REGISTRY, ours)
    sir.ok("sync")
    weights = parsed_registry(sir.root)["target_sets"]["incidence"]["weights"]
    assert weights == {ID: 2.0, OTHER: 0.5}


def test_new_targets_on_both_branches(sir: Shell, repository: Repository) -> None:
    def add(name: str, file: str) -> None:
        text = sir.read(SOURCE)
        head, first, _ = text.split("\n\n\n")
        sir.write(file, "\n\n\n".join((head, first.replace(ID, name))) + "\n")
        sir.ok("register-target", file)

    repository("checkout", "-q", "-b", "theirs")
    add("peak_target", "targets/peak.py")
    repository.commit("theirs")
    repository("checkout", "-q", "main")
    add("size_target", "targets/size.py")
    repository.commit("ours")
    assert repository.merge("theirs")
    sir.ok("sync")
    assert set(parsed_registry(sir.root)["targets"]) == {ID, OTHER, "peak_target", "size_target"}
    assert sir.json("status")["in_sync"] is True


def test_what_git_does_not_know_is_not_committed(sir: Shell, repository: Repository) -> None:
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    sir.ok("sync")
    sir.ok("push")
    status = repository("status", "--porcelain").stdout.splitlines()
    assert sorted(line[3:] for line in status) == [REGISTRY, SOURCE]
