"""Law 8: no command but `verify` runs code of the project, however the program is started.

Every Python file of the project leaves a mark and does harm when it runs, and an audit hook in the
program's process tells what was only imported, executed, or compiled to run. Each command of the
catalogue has its calls in `CALLS`: a command without any fails a test.
"""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from modelops_bundle.cli import catalogue
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
#: What every Python file of the project does when it runs.
HARMFUL = """\
import os as _os
open({mark!r}, "a").write(__file__ + "\\n")
_os.path.exists("data/observed_incidence.csv") and _os.remove("data/observed_incidence.csv")
"""
DESTRUCTIVE = HARMFUL + "import shutil\nshutil.rmtree(_os.path.dirname(__file__))\n"
#: Files that hide modules of the program, or that tools run unasked. `runpy` and the package
#: `modelops_bundle` are not among them: Python looks them up before we have a say.
TRAPS = (
    *("conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "wire.py", "evil.py"),
    *("concurrent/__init__.py", "modelops_bundle/cli/x.py"),
    *("argparse.py", "ast.py", "dataclasses.py", "difflib.py", "hashlib.py", "json.py"),
    *("pathspec.py", "subprocess.py", "tomllib.py", "urllib3.py", "yaml.py"),
)
DIST_INFO = {
    "METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
    "RECORD": "evil.py,,\n",
    "top_level.txt": "evil\n",
    "entry_points.txt": "".join(
        f"[{group}]\nevil = evil:main\n"
        for group in (
            "console_scripts",
            "modelops.wire",
            "modelops.bundle_repos",
            "keyring.backends",
        )
    ),
}

MODEL, TARGET = "sir_starsimsir", "incidence_target"
_NOWHERE = "oci://127.0.0.1:1/nothing"
#: Calls of each command in the order of a life, with the exit codes that may come of them.
CALLS: tuple[tuple[list[str], set[int]], ...] = (
    (["init", "--fix-gitignore"], {0}),
    (["register-model", "models/sir.py", "--data", "data/demographics.csv"], {0}),
    (["register-target", "targets/incidence.py"], {0}),
    (["sync", "--discover", "--force"], {0}),
    (["status", "--check-staleness", "--files", "-v"], {0}),
    (["status"], {0}),
    (["status", "--remote"], {0}),
    (["check", "--strict"], {0, 1}),
    (["check", "--output-format", "json"], {0, 1}),
    (["check", "--output-format", "github"], {0, 1}),
    (["check", "--output-format", "sarif", "--job", "study.json"], {1}),
    (["explain", MODEL], {0}),
    (["graph"], {0}),
    (["graph", "data/demographics.csv", "--format", "dot"], {0}),
    (["graph", "--format", "html", "--output", "../picture.html"], {0}),
    (["list"], {0}),
    (["show", MODEL], {0}),
    (["target-set", "set", "fit", "--target", TARGET], {0}),
    (["rename", "target", TARGET, "curve"], {0}),
    (["unregister", "curve", "--force"], {0}),
    (["sync", "--discover"], {0}),
    (["add", "conftest.py", "evil.py"], {0}),
    (["remove", "evil.py"], {0}),
    (["files"], {0}),
    (["remote", "show"], {0, 2}),
    (["env", "list"], {0}),
    (["login", "127.0.0.1:1", "--username", "u", "--password-stdin"], {2, 4}),
    (["logout", "127.0.0.1:1"], {0, 2, 4}),
    (["push"], {0}),
    (["push", "--tag", "v1"], {0}),
    (["push", "--dry-run"], {0}),
    (["pull"], {0}),
    (["diff"], {0}),
    (["diff", "v1", "v1"], {0}),
    (["versions"], {0}),
    (["manifest", "--tags-only"], {0}),
    (["inspect", "v1"], {0}),
    (["tag", "prod", "v1"], {0}),
    (["copy", "prod", "layout:../elsewhere"], {0}),
    (["ensure", "v1", "--dest", "../run", "--mirror"], {0}),
    (["ensure", _NOWHERE, "--dest", "../other"], {2, 4}),
    (["delete", "v1", "--force"], {0}),
    (["cache", "info"], {0}),
    (["cache", "prune", "--max-size", "1KB"], {0}),
    (["dev", "env"], {0, 2}),
    (["demo"], {0}),
    (["watch", "--until-fresh", "--json"], {0}),
    (["completion", "zsh"], {0}),
    (["__complete", "bash", "mops-bundle show ", ""], {0}),
    (["__complete", "fish", "mops-bundle register-model models/sir.py:", ""], {0}),
)
#: Runs what it imports, and says so.
EXEMPT = {"verify"}


def _known() -> set[str]:
    return {*catalogue.listed(), *catalogue.HIDDEN}


def test_each_command_has_a_call() -> None:
    assert _known() - EXEMPT <= {arguments[0] for arguments, _ in CALLS}


def _trap(file: Path, code: str) -> None:
    """Put code at the beginning of a file, which may be new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = file.read_text("utf-8").splitlines(keepends=True) if file.exists() else []
    future = [at for at, line in enumerate(lines) if line.startswith("from __future__")]
    lines.insert(future[0] + 1 if future else 0, code)
    file.write_text("".join(lines), "utf-8")


def _compiled(folder: Path, name: str, code: str) -> None:
    """A module without source, and bytes that only claim to be one."""
    source = folder.parent.parent / f"{name}.py"
    source.write_text(code, "utf-8")
    py_compile.compile(str(source), cfile=str(folder / f"{name}.pyc"), doraise=True)
    source.unlink()
    (folder / f"{name}_fast.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF not at all")


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A copy of the example in which everything that can run leaves a mark and does harm."""
    project = copy_example("starsim-sir", tmp_path / "project")
    mark = str(tmp_path / "mark")
    harmful, destructive = HARMFUL.format(mark=mark), DESTRUCTIVE.format(mark=mark)
    for path in TRAPS:
        _trap(project / path, harmful)
    for file in project.rglob("*.py"):
        if file.relative_to(project).as_posix() not in TRAPS:
            _trap(file, destructive if file.name == "__init__.py" else harmful)
    _compiled(project / "sirlib", "sneaky", harmful)
    with (project / "models/sir.py").open("a") as source:
        source.write(
            "\nfrom sirlib import sneaky_fast\n"
            "try:\n    from sirlib import sneaky\nexcept ImportError:\n    pass\n"
        )
    site = project / ".venv/lib/python3.11/site-packages"
    for folder in (project / "evil-1.0.dist-info", site / "evil-1.0.dist-info"):
        folder.mkdir(parents=True)
        for name, text in DIST_INFO.items():
            (folder / name).write_text(text, "utf-8")
    (project / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    for path in (
        "evil.py",
        "yaml/__init__.py",
        "sitecustomize.py",
        "modelops_calabaria/__init__.py",
    ):
        _trap(site / path, harmful)
    (site / "evil.pth").write_text(f"import os; open({mark!r}, 'a').write('pth')\n")
    (project / "study.json").write_text('{"model": "evil", "entrypoint": "evil:main"}')
    _git(project, mark)
    watcher = tmp_path / "watcher"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    return project


def _git(project: Path, mark: str) -> None:
    """A repository whose configuration names programs of its own."""
    if shutil.which("git") is None:
        return
    program = project / ".git-trap"
    program.write_text(f"#!/bin/sh\necho git >> {mark}\n")
    program.chmod(0o755)
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    for key in ("core.fsmonitor", "core.pager", "core.editor", "diff.external", "core.sshCommand"):
        subprocess.run(["git", "-C", str(project), "config", key, str(program)], check=True)


def run(project: Path, command: Sequence[str], *, here_on_path: bool = False) -> tuple[int, str]:
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
            "VIRTUAL_ENV": str(project / ".venv"),
            "WATCHED_PROJECT": str(project),
            "WATCHED_REPORT": str(folder / "report"),
        },
        input="secret\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def reported(project: Path) -> str:
    """What the hook, and the marks, have told so far."""
    told = (project.parent / "report", project.parent / "mark")
    return "".join(file.read_text() for file in told if file.exists())


@pytest.mark.parametrize(
    "code",
    [
        "import json",
        "import runpy; runpy.run_path('wire.py')",
        "compile(open('models/sir.py').read(), 'models/sir.py', 'exec')",
        "import importlib; importlib.import_module('sirlib')",
        "import sys; sys.path.insert(0, 'sirlib'); import sneaky",
    ],
)
def test_the_traps_work(trapped: Path, code: str) -> None:
    start = "import sys; sys.path.insert(0, ''); "
    run(trapped, [sys.executable, "-c", start + code])
    assert reported(trapped) != ""


STARTS = {
    "package": [sys.executable, "-m", "modelops_bundle"],
    "cli": [sys.executable, "-m", "modelops_bundle.cli"],
    "script": [sys.executable, str(Path(sys.executable).with_name("mops-bundle"))],
}


def test_no_command_runs_anything_of_the_project(trapped: Path) -> None:
    before = user_contents(trapped)
    known = _known()
    for arguments, codes in CALLS:
        if arguments[0] not in known:
            continue
        code, shown = run(trapped, [*STARTS["package"], *arguments])
        assert reported(trapped) == "", (arguments, shown)
        assert "unexpected" not in shown, (arguments, shown)
        assert "Traceback" not in shown, (arguments, shown)
        assert code in codes, (arguments, shown)
    after = user_contents(trapped)
    ours = {".modelops-bundle/registry.yaml", ".modelops-bundle/tracked.txt", ".gitignore"}
    assert {path for path in after if after[path] != before.get(path)} <= ours
    assert set(before) <= set(after)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("here_on_path", [False, True], ids=["", "folder on PYTHONPATH"])
def test_no_start_runs_anything_of_the_project(
    trapped: Path, start: str, here_on_path: bool
) -> None:
    if start == "script" and not Path(STARTS[start][1]).exists():
        pytest.skip("the program is not installed here")
    for arguments in (["sync", "--discover"], ["status", "--check-staleness"]):
        code, shown = run(trapped, [*STARTS[start], *arguments], here_on_path=here_on_path)
        assert reported(trapped) == "", (arguments, shown)
        assert "unexpected" not in shown, (arguments, shown)
        assert code == 0, (arguments, shown)


def test_verify_runs_nothing_in_this_program(trapped: Path) -> None:
    run(trapped, [*STARTS["package"], "sync", "--discover", "--force"])
    before = user_contents(trapped)
    code, shown = run(trapped, [*STARTS["package"], "verify"])
    # What ran left its marks, in a process that the hook is not in.
    assert (trapped.parent / "mark").exists(), shown
    report = trapped.parent / "report"
    assert not report.exists() or report.read_text() == "", shown
    assert code == 1, shown
    assert user_contents(trapped) == before
