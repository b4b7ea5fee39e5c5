"""The command `verify` on a bundle that is sound, and on bundles broken in every way."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from support.project import Shell
from support.schemas import assert_documented
from support.verifying import is_running, verified

MODEL, TARGET = "decay/sample.py", "checks/activity.py"
IMPORTS = "from __future__ import annotations\n"


def broken(decay: Shell, path: str, code: str, *arguments: str) -> Any:
    """The one problem of the target, or the model, into whose file this code was put."""
    decay.edit(path, IMPORTS, f"{IMPORTS}\n{code}\n")
    decay.ok("sync")
    entries = verified(decay, *arguments)
    name = {MODEL: "sample_decayingsample", TARGET: "activity_target"}[path]
    others = [entry for id, entry in entries.items() if id != name]
    assert [entry["outcome"] for entry in others] == ["ok"]
    [problem] = entries[name]["problems"]
    assert entries[name]["outcome"] == problem["kind"]
    return problem


def test_a_sound_bundle_is_what_its_registry_says(decay: Shell) -> None:
    entries = verified(decay, "--call", code=0)
    model, target = entries["sample_decayingsample"], entries["activity_target"]
    assert model["compared"] == ["class", "outputs", "scenarios", "parameters"]
    assert target["compared"] == ["function", "model_output", "data"]
    assert target["called"]
    assert target["not_compared"] == model["not_compared"] == []


def test_for_people_it_is_a_line_an_entry(decay: Shell) -> None:
    shown = decay.ok("verify", "--python", sys.executable)
    lines = shown.out.splitlines()
    assert lines[0].startswith("plain-decay as it would travel: 12 files")
    assert lines[1].endswith(f"{os.path.abspath(sys.executable)} (--python)")
    assert [line.split()[:3] for line in lines[3:5]] == [
        ["=", "model", "sample_decayingsample"],
        ["=", "target", "activity_target"],
    ]
    assert lines[-1] == "Verified: 2 entries."


def test_what_a_push_would_refuse_is_not_run(decay: Shell) -> None:
    decay.edit(MODEL, '"activity"', '"rate"')
    shown = decay("verify")
    assert shown.code == 1
    assert shown.err.startswith("error: registry is stale")
    assert "nothing was run" in shown.err
    document = decay.json("verify")
    assert_documented(document)
    assert (document["refused"], document["entries"]) == ("stale", [])


def test_what_is_decided_when_it_runs_is_compared(decay: Shell) -> None:
    with (decay.root / MODEL).open("a") as source:
        source.write('\n\nsk.output("dose")(DecayingSample.activity)\n')
        source.write('setattr(DecayingSample, "late", sk.output("late")(lambda s, t: t))\n')
    decay.ok("sync")
    entry = verified(decay)["sample_decayingsample"]
    assert [(p["kind"], p["message"]) for p in entry["problems"]] == [
        (
            "fact-mismatch",
            "output 'activity' is registered, and not there when it runs",
        ),
        (
            "fact-mismatch",
            "outputs 'dose', 'late' are there when it runs, and not registered",
        ),
    ]


def test_a_class_that_is_renamed_when_it_runs_is_missing(decay: Shell) -> None:
    with (decay.root / MODEL).open("a") as source:
        source.write('\n\nglobals()["Renamed"] = globals().pop("DecayingSample")\n')
    decay.ok("sync")
    [problem] = verified(decay)["sample_decayingsample"]["problems"]
    assert problem["kind"] == "fact-mismatch"
    assert problem["message"] == "decay.sample has no DecayingSample when it is imported"


def test_a_model_may_be_a_function_that_a_person_registered(decay: Shell) -> None:
    decay.write(
        "decay/plain.py",
        "import functools\n\n\n"
        "def kept(function):\n"
        "    @functools.wraps(function)\n    def wrapper(*given):\n"
        "        return function(*given)\n    return wrapper\n\n\n"
        "def simulate(rate):\n    return {'left': rate}\n\n\n"
        "@kept\ndef cached(rate):\n    return {'left': rate}\n\n\n"
        "@lambda cls: lambda: cls()\nclass Hidden:\n    pass\n",
    )
    for name in ("simulate", "cached"):
        decay.ok("register-model", f"decay/plain.py:{name}", "--output", "left")
    entries = verified(decay, code=0)
    plain, cached = entries["plain_simulate"], entries["plain_cached"]
    assert plain["compared"] == cached["compared"] == ["function"]
    assert {one["reason"] for one in plain["not_compared"]} == {"no convention knows this function"}
    # A class that is none when it runs is no model.
    decay.ok("register-model", "decay/plain.py:Hidden", "--output", "left")
    [problem] = verified(decay, code=1)["plain_hidden"]["problems"]
    assert problem["message"] == "Hidden is no class (it is of type function)"


def test_a_helper_that_does_not_travel_is_named(decay: Shell) -> None:
    decay.write("extras/__init__.py", "")
    decay.write("extras/dose.py", "PER_BQ = 1.0\n")
    code = (
        "import importlib\nimportlib.import_module(f'{chr(101)}xtras.dose')  # mops: imports decay"
    )
    problem = broken(decay, MODEL, code)
    assert (problem["kind"], problem["absence"]) == ("import-error", "untracked")
    assert problem["module"] == "extras"
    assert "extras/__init__.py is in the project and does not travel" in problem["message"]
    assert (problem["path"], problem["line"]) == (MODEL, 6)


FINDER = """\
import importlib.util, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "extras":
            return importlib.util.spec_from_file_location(name, {place!r})

sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize("way", ["path", "finder", "copy"])
def test_an_installed_project_does_not_stand_in_for_what_does_not_travel(
    decay: Shell, tmp_path: Path, way: str
) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    [site] = environment.glob("lib/python*/site-packages")
    helper = decay.root / "extras.py"
    helper.write_text("PER_BQ = 1.0\n")
    if way == "path":
        (site / "plain_decay.pth").write_text(f"{decay.root}\n")
    elif way == "finder":
        (site / "plain_decay.pth").write_text("import plain_decay_finder\n")
        (site / "plain_decay_finder.py").write_text(FINDER.format(place=str(helper)))
    else:
        _distribution(site, "plain_decay", modules=("extras",))
    check = subprocess.run([environment / "bin/python", "-I", "-c", "import extras"], check=False)
    assert check.returncode == 0
    code = "__import__(f'{chr(101)}xtras')  # mops: imports decay"
    problem = broken(decay, MODEL, code, "--python", str(environment))
    assert (problem["absence"], problem["module"]) == ("untracked", "extras")


def test_a_package_that_nothing_declares_is_told_from_one_that_is_not_installed(
    decay: Shell,
) -> None:
    problem = broken(decay, MODEL, "import nowhere_to_be_found")
    assert (problem["kind"], problem["absence"]) == ("import-error", "undeclared")
    assert problem["hint"] == "Add 'nowhere-to-be-found' to the dependencies in pyproject.toml"
    decay.edit("pyproject.toml", "dependencies = []", 'dependencies = ["nowhere-to-be-found"]')
    decay.ok("sync")
    [problem] = verified(decay)["sample_decayingsample"]["problems"]
    assert problem["absence"] == "not-installed"
    assert problem["line"] == 5


def _distribution(site: Path, name: str, requires: str = "", modules: tuple[str, ...] = ()) -> None:
    """A package of one module, or of several, as if it were installed."""
    modules = modules or (name,)
    for module in modules:
        (site / f"{module}.py").write_text("")
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
    files = [*(f"{module}.py" for module in modules), f"{name}-1.0.dist-info/METADATA"]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))


def test_a_package_that_is_installed_by_chance_is_found_out(decay: Shell, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    [site] = environment.glob("lib/python*/site-packages")
    _distribution(site, "lucky")
    python = ("--python", str(environment))
    problem = broken(decay, MODEL, "import lucky", *python)
    assert (problem["kind"], problem["absence"], problem["line"]) == (
        "import-error",
        "undeclared",
        5,
    )
    assert problem["message"].startswith("'lucky' is installed here by chance")
    decay.edit("pyproject.toml", "dependencies = []", 'dependencies = ["kit"]')
    decay.ok("sync")
    entry = verified(decay, *python, code=0)["sample_decayingsample"]
    assert entry["notes"][0].endswith("it may come with what is not installed here")
    _distribution(site, "kit", "Requires-Dist: lucky (>=1) ; python_version > '3'\n")
    assert verified(decay, *python, code=0)["sample_decayingsample"]["notes"] == []


def test_what_a_package_needs_and_does_not_bring_along_is_named(
    decay: Shell, tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    [site] = environment.glob("lib/python*/site-packages")
    _distribution(site, "kit")
    (site / "kit.py").write_text("import lacking\n")
    decay.edit("pyproject.toml", "dependencies = []", 'dependencies = ["kit"]')
    decay.ok("sync")
    problem = broken(decay, MODEL, "import kit", "--python", str(environment))
    assert problem["message"].endswith("kit.py imports it, and it is not installed")
    assert problem["hint"].startswith("If kit.py does not bring it along, add 'lacking' to the ")


def test_another_python_than_the_project_asks_for_is_noted(decay: Shell) -> None:
    decay.edit("pyproject.toml", '">=3.11"', '">=3.99"')
    decay.ok("sync")
    assert "is not what pyproject.toml asks for (>=3.99)" in decay.ok("verify").out


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("float('none')", "import-error", "raises ValueError: could not convert string to float"),
        ("import sys; sys.exit(3)", "import-error", "ends the program (sys.exit(3))"),
        ("import os; os._exit(0)", "crashed", "ended the process (exit code 0)"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "(SIGSEGV)"),
        ("open('data/activity.csv', 'a').write('9,9')", "data-error", "data/activity.csv"),
        ("import os; os.remove('data/activity.csv')", "data-error", "data/activity.csv"),
        ("input()", "import-error", "EOFError"),
        ("import os; os.kill(os.getpid(), 2)", "import-error", "KeyboardInterrupt"),
    ],
    ids=["raise", "exit", "_exit", "segfault", "edit", "delete", "input", "interrupt"],
)
def test_what_code_does_is_told_with_its_line(
    decay: Shell, code: str, kind: str, message: str
) -> None:
    problem = broken(decay, TARGET, code)
    assert problem["kind"] == kind
    assert message in problem["message"]
    if "_exit" not in code and kind != "data-error":
        assert (problem["path"], problem["line"]) == (TARGET, 5)


def test_code_that_never_ends_is_ended_and_told_where_it_was(decay: Shell) -> None:
    problem = broken(decay, TARGET, "while True:\n    pass", "--timeout", "1")
    assert problem["kind"] == "timed-out"
    assert problem["message"] == "importing it took more than 1 s"
    assert problem["path"] == TARGET
    assert problem["line"] in (5, 6)


def test_memory_is_limited(decay: Shell) -> None:
    problem = broken(decay, TARGET, "hoard = bytearray(1 << 33)", "--memory", "2GB")
    assert problem["kind"] == "out-of-memory"
    assert problem["line"] == 5


def test_what_code_prints_goes_nowhere(decay: Shell) -> None:
    code = "import os\nfor _ in range(1 << 12):\n    print('x' * 1024)\nos.write(2, b'y' * 9)"
    decay.edit(TARGET, IMPORTS, f"{IMPORTS}\n{code}\n")
    decay.ok("sync")
    assert verified(decay, code=0)["activity_target"]["outcome"] == "ok"


def test_a_file_that_is_written_beside_the_code_is_noted(decay: Shell) -> None:
    decay.edit(TARGET, IMPORTS, f"{IMPORTS}\nopen('result.csv', 'w').close()\n")
    decay.ok("sync")
    entry = verified(decay, code=0)["activity_target"]
    assert entry["notes"] == ["wrote result.csv into the bundle's folder"]
    assert not (decay.root / "result.csv").exists()


def test_a_process_that_hides_is_ended(decay: Shell, tmp_path: Path) -> None:
    note = tmp_path / "daemon"
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork():\n"
        "        os._exit(0)\n"
        f"    open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        f"while not os.path.exists({str(note)!r}) or not os.path.getsize({str(note)!r}):\n"
        "    time.sleep(0.01)"
    )
    decay.edit(TARGET, IMPORTS, f"{IMPORTS}\n{code}\n")
    decay.ok("sync")
    entry = verified(decay, code=0)["activity_target"]
    assert entry["notes"] == ["left processes running, which were ended"]
    assert not is_running(int(note.read_text()))


def test_the_project_is_neither_read_nor_written_past_the_bundle(decay: Shell) -> None:
    data = str(decay.root / "data/activity.csv")
    code = f"from pathlib import Path\nPath({data!r}).read_text()\nPath({data!r}).write_text('')"
    entry = _entry(decay, code)
    assert [problem["kind"] for problem in entry["problems"]] == [
        "import-error",
        "data-error",
        "data-error",
    ]
    assert [problem["line"] for problem in entry["problems"]] == [7, 6, 7]
    assert "reads data/activity.csv in the project itself" in entry["problems"][1]["message"]


def _entry(decay: Shell, code: str) -> Any:
    decay.edit(TARGET, IMPORTS, f"{IMPORTS}\n{code}\n")
    decay.ok("sync")
    return verified(decay)["activity_target"]


def test_a_column_that_is_not_in_the_data_shows_when_targets_are_called(decay: Shell) -> None:
    decay.edit(TARGET, 'row["activity_bq"]', 'row["activity"]')
    decay.ok("sync")
    verified(decay, code=0)
    [problem] = verified(decay, "--call")["activity_target"]["problems"]
    assert problem["kind"] == "call-error"
    assert problem["message"] == "calling it raises KeyError: 'activity'"
    assert (problem["path"], problem["line"]) == (TARGET, 16)


@pytest.mark.parametrize("python", ["/nowhere/python", "", "/bin/true"])
def test_what_is_no_python_is_refused(decay: Shell, python: str) -> None:
    shown = decay("verify", "--python", python)
    assert shown.code == 2
    assert shown.err.startswith("error: ")
    assert os.listdir(os.environ["TMPDIR"]) == []
