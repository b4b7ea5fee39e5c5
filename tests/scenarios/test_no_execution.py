"""Law 8 under an audit hook: nothing of a project is imported, executed, or compiled to run.

Marks that project code leaves (`tests/test_no_user_code_runs.py`) show what ran; the hook also sees
what was only compiled or looked up, and does not depend on what the project's files contain.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.scenarios import copy_example, user_contents

#: Put first on PYTHONPATH, outside the project: the interpreter imports it before anything else.
WATCHER = """\
import os, sys

_project = os.environ["WATCHED_PROJECT"]
_report = os.environ["WATCHED_REPORT"]


def _inside(name):
    return os.path.abspath(os.fsdecode(name)).startswith(_project + os.sep)


def _caller():
    try:
        return sys._getframe(2)
    except ValueError:
        return None


def _note(*words):
    with open(_report, "a") as stream:
        stream.write(" ".join(map(str, words)) + "\\n")


def _watch(event, arguments):
    if event == "exec":
        name = arguments[0].co_filename
        if not name.startswith("<") and _inside(name):
            _note("executed", name)
    elif event == "compile":
        name, caller = arguments[1], _caller()
        # `ast.parse` makes a tree, which nothing can run.
        if caller is None or caller.f_globals.get("__name__") == "ast":
            return
        if name and not os.fsdecode(name).startswith("<") and _inside(name):
            _note("compiled", name)
    elif event == "import" and arguments[1] and _inside(arguments[1]):
        _note("imported", arguments[0])


sys.addaudithook(_watch)
"""
HARMFUL = "import os\nopen('TRAPPED', 'a').close()\nos.remove('data/observed_incidence.csv')\n"
HIDING = (
    "argparse",
    "ast",
    "difflib",
    "hashlib",
    "json",
    "pathspec",
    "subprocess",
    "tomllib",
    "yaml",
)
TRAPS = (
    *("conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "wire.py"),
    *("concurrent/__init__.py", "modelops_bundle/cli/x.py"),
    *(f"{name}.py" for name in HIDING),
)
DESTRUCTIVE = "import os, shutil\nshutil.rmtree(os.path.dirname(__file__))\n"
COMMANDS = (
    ["register-model", "models/sir.py"],
    ["register-target", "targets/incidence.py"],
    ["sync", "--discover"],
    ["status", "--check-staleness", "--files"],
    ["push"],
    ["pull"],
    ["inspect"],
    ["ensure", "latest", "--dest", "../run", "--mirror"],
)


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A copy of the example in which every module does harm when it is imported."""
    project = copy_example("starsim-sir", tmp_path / "project")
    for path in TRAPS:
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HARMFUL, encoding="utf-8")
    for package in ("models", "sirlib", "targets"):
        (project / package / "__init__.py").write_text(DESTRUCTIVE, encoding="utf-8")
    watcher = tmp_path / "watcher"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    return project


def run(project: Path, *command: str, here_on_path: bool = False) -> tuple[int, str]:
    """Run a program in the project under the hook."""
    folder = project.parent
    path = [str(folder / "watcher"), *filter(None, sys.path)]
    if here_on_path:
        path += ["", str(project)]
    done = subprocess.run(
        command,
        cwd=project,
        env={
            "HOME": str(folder / "home"),
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "WATCHED_PROJECT": str(project),
            "WATCHED_REPORT": str(folder / "report"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def reported(project: Path) -> str:
    """What the hook has seen so far."""
    report = project.parent / "report"
    return report.read_text() if report.exists() else ""


@pytest.mark.parametrize(
    "code",
    [
        "import json",
        "import runpy; runpy.run_path('wire.py')",
        "compile(open('models/sir.py').read(), 'models/sir.py', 'exec')",
        "import importlib; importlib.import_module('sirlib')",
    ],
)
def test_the_hook_sees_what_it_must(trapped: Path, code: str) -> None:
    run(trapped, sys.executable, "-c", "import sys; sys.path.insert(0, ''); " + code)
    assert reported(trapped).startswith(("imported", "executed", "compiled"))


STARTS = {
    "package": [sys.executable, "-m", "modelops_bundle"],
    "cli": [sys.executable, "-m", "modelops_bundle.cli"],
    "script": [sys.executable, str(Path(sys.executable).with_name("mops-bundle"))],
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("here_on_path", [False, True], ids=["", "folder on PYTHONPATH"])
def test_nothing_of_the_project_is_run(trapped: Path, start: str, here_on_path: bool) -> None:
    if start == "script" and not Path(STARTS[start][1]).exists():
        pytest.skip("the program is not installed here")
    before = user_contents(trapped)
    # One start is followed through all commands; the others differ in how they begin only.
    commands = COMMANDS if start == "package" and not here_on_path else COMMANDS[2:3]
    for command in commands:
        code, shown = run(trapped, *STARTS[start], *command, here_on_path=here_on_path)
        assert reported(trapped) == "", (command, shown)
        assert "unexpected" not in shown, (command, shown)
        assert code == 0, (command, shown)
    after = user_contents(trapped)
    registry = ".modelops-bundle/registry.yaml"
    assert {path for path in after if after[path] != before.get(path)} <= {registry}
    assert set(before) <= set(after)
    assert not (trapped / "TRAPPED").exists()
