"""The hooks of `.pre-commit-hooks.yaml`, run by the real `pre-commit` at real commits.

pre-commit would install the program from an index, which tests do without: the hooks are the
file's own, with `language: system`, so that the program of these tests runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.pages import FENCE
from support.project import FILES, Shell, make_project, register_all

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "ci.md"
HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent


def hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))}


class Repository:
    """A git repository with the hooks installed."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self._environment = {
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_NAME": "n" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "n@example.org" for who in ("AUTHOR", "COMMITTER")},
        }

    def run(self, *command: str) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def ok(self, *command: str) -> str:
        code, shown = self.run(*command)
        assert code == 0, shown
        return shown

    def install(self, *ids: str, **changes: Any) -> None:
        chosen = [{**hooks()[id_], "language": "system", **changes} for id_ in ids]
        config = {"repos": [{"repo": "local", "hooks": chosen}]}
        (self.root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        self.ok("pre-commit", "install")
        self.ok("git", "add", "-A")

    def commit(self, message: str = "work") -> tuple[int, str]:
        return self.run("git", "commit", "-q", "-m", message)


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A project in sync."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = tmp_path / "repository" / "sir"
    root.mkdir(parents=True)
    made = Shell(root, capsys)
    make_project(made, {**FILES, "notes.md": "# Notes\n"})
    register_all(made)
    return made


@pytest.fixture
def repository(shell: Shell, tmp_path: Path) -> Repository:
    made = Repository(shell.root, tmp_path / "home")
    made.ok("git", "init", "-q")
    return made


def test_the_manifest_is_as_pre_commit_wants_it() -> None:
    done = subprocess.run(
        [BIN / "pre-commit", "validate-manifest", HOOKS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert {hook["language"] for hook in hooks().values()} == {"python"}


def test_the_checking_hook_stops_a_commit_that_makes_the_registry_lie(
    shell: Shell, repository: Repository
) -> None:
    repository.install("mops-bundle-check")
    code, shown = repository.commit()
    assert (code, shown.split("\n")[0][-6:]) == (0, "Passed")

    shell.edit("targets/incidence.py", "def incidence_target(", "def incidence_mean(")
    # What is not to be committed is put aside by pre-commit: that commit is as true as before.
    shell.write("notes.md", "# More\n")
    repository.ok("git", "add", "notes.md")
    assert repository.commit()[0] == 0

    repository.ok("git", "add", "-A")
    code, shown = repository.commit()
    assert code == 1
    assert "targets/incidence.py:5: error MB101 target incidence_target is stale" in shown
    assert not repository.ok("git", "status", "--porcelain", ".modelops-bundle")


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_data_alone_is_enough(shell: Shell, repository: Repository, how: str) -> None:
    repository.install("mops-bundle-check")
    assert repository.commit()[0] == 0
    if how == "removed":
        (shell.root / "data/observed.csv").unlink()
    else:
        shell.write("data/observed.csv", "day,in_bed\n1,4\n")
    repository.ok("git", "add", "-A")
    code, shown = repository.commit()
    assert code == 1
    assert f"error {'MB302' if how == 'removed' else 'MB120'} " in shown


def test_the_writing_hook_fails_where_it_changed_the_registry(
    shell: Shell, repository: Repository
) -> None:
    repository.install("mops-bundle-sync", "mops-bundle-check")
    assert repository.commit()[0] == 0
    shell.edit("targets/incidence.py", "def incidence_target(", "def incidence_mean(")
    repository.ok("git", "add", "-A")
    code, shown = repository.commit()
    assert code == 1
    assert "files were modified by this hook" in shown
    assert "> target incidence_target -> incidence_mean" in shown
    assert repository.ok("git", "diff", "--name-only") == ".modelops-bundle/registry.yaml\n"
    repository.ok("git", "add", "-A")
    assert repository.commit()[0] == 0


def test_the_writing_hook_decides_nothing(shell: Shell, repository: Repository) -> None:
    repository.install("mops-bundle-sync")
    assert repository.commit()[0] == 0
    (shell.root / "targets/incidence.py").unlink()
    repository.ok("git", "add", "-A")
    code, shown = repository.commit()
    assert code == 1
    assert "- exit code: 3" in shown
    assert "needs --force" in shown
    assert repository.ok("git", "diff", "--name-only") == ""


def test_a_project_below_the_root_is_named(shell: Shell, tmp_path: Path) -> None:
    above = Repository(shell.root.parent, tmp_path / "home")
    above.ok("git", "init", "-q")
    above.install("mops-bundle-check", args=["-C", "sir"])
    code, shown = above.commit()
    assert code == 0, shown
    shell.edit("lib/rates.py", "2.0", "3.0")
    above.ok("git", "add", "-A")
    code, shown = above.commit()
    assert code == 1
    assert "models/sir.py:5: error MB121 " in shown


def test_the_jobs_that_a_commit_changes_are_checked(shell: Shell, repository: Repository) -> None:
    blocks = [block["body"] for block in FENCE.finditer(PAGE.read_text(encoding="utf-8"))]
    (text,) = (body for body in blocks if body.startswith("- id: mops-bundle-check\n"))
    (hook,) = yaml.safe_load(text)
    repository.install(hook.pop("id"), **hook)
    code, shown = repository.commit()
    assert code == 0
    assert "(no files to check)Skipped" in shown
    shell.write("jobs/a.yaml", "model: models.sir\n")
    shell.write("jobs/b.json", '{"model": "models.sri"}')
    repository.ok("git", "add", "-A")
    code, shown = repository.commit()
    assert code == 1
    assert "jobs/b.json:1: error MB331 'models.sri' is no registered model" in shown
    assert "jobs/a.yaml" not in shown
