"""The command `verify` where something of this machine could stand in for what does not travel."""

from __future__ import annotations

import json
import shutil
import venv
from pathlib import Path
from typing import Any

import pytest

from support.project import Shell
from support.verifying import verified

MODEL = "decay/sample.py"
IMPORTS = "from __future__ import annotations\n"
HIDDEN = "__import__(f'{chr(101)}xtras')  # mops: imports decay"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    place = tmp_path / "environment"
    venv.create(place, symlinks=True)
    return place


def site_of(environment: Path) -> Path:
    [site] = environment.glob("lib/python*/site-packages")
    return site


def model_with(project: Shell, code: str, *arguments: str) -> dict[str, Any]:
    project.edit(MODEL, IMPORTS, f"{IMPORTS}\n{code}\n")
    project.ok("sync")
    entry: dict[str, Any] = verified(project, *arguments)["sample_decayingsample"]
    return entry


def test_a_module_that_a_pth_file_has_imported_does_not_stand_in(
    decay: Shell, environment: Path
) -> None:
    decay.write("extras.py", "PER_BQ = 1.0\n")
    (site_of(environment) / "extras.pth").write_text(f"{decay.root}\nimport extras\n")
    [problem] = model_with(decay, HIDDEN, "--python", str(environment))["problems"]
    assert (problem["absence"], problem["module"]) == ("untracked", "extras")


def test_a_project_inside_of_the_environment_is_still_a_project(
    decay: Shell, environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = Shell(environment / "src" / "decay", capsys)
    shutil.copytree(decay.root, inside.root)
    inside.write("extras.py", "PER_BQ = 1.0\n")
    (site_of(environment) / "extras.pth").write_text(f"{inside.root}\n")
    code = f"open({str(inside.root / 'note.txt')!r}, 'w')"
    python = ("--python", str(environment))
    assert model_with(inside, code, *python)["problems"][-1]["kind"] == "data-error"
    inside.edit(MODEL, code, HIDDEN)
    inside.ok("sync")
    [problem] = verified(inside, *python)["sample_decayingsample"]["problems"]
    assert problem["absence"] == "untracked"


@pytest.mark.parametrize(
    "access",
    [
        "open('data/' + 'activity.csv')",
        "open('note' + '.txt', 'w')",
        "os.remove(Path('data') / 'activity.csv')",
        "__import__('sqlite3').connect('note' + '.db')",
        "os.utime('data/' + 'activity.csv')",
    ],
)
def test_a_change_of_the_working_folder_does_not_lead_into_the_project(
    decay: Shell, access: str
) -> None:
    code = f"import os\nfrom pathlib import Path\nos.chdir({str(decay.root)!r})\n{access}"
    problems = model_with(decay, code)["problems"]
    assert problems[-1]["kind"] == "data-error"
    assert problems[-1]["line"] == 8


def test_a_module_of_a_folder_that_nothing_installs_is_found_out(
    decay: Shell, environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "lucky.py").write_text("")
    (site_of(environment) / "beside.pth").write_text(f"{tmp_path / 'beside'}\n")
    [problem] = model_with(decay, "import lucky", "--python", str(environment))["problems"]
    assert (problem["kind"], problem["absence"]) == ("import-error", "undeclared")
    assert str(tmp_path / "beside/lucky.py") in problem["message"]


def test_an_editable_package_beside_the_project_counts_only_where_it_is_declared(
    decay: Shell, environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "beside" / "lucky").mkdir(parents=True)
    (tmp_path / "beside" / "lucky" / "__init__.py").write_text("")
    site = site_of(environment)
    (site / "__editable__.chance.pth").write_text(f"{tmp_path / 'beside'}\n")
    info = site / "chance-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: chance\nVersion: 1.0\n")
    (info / "RECORD").write_text("__editable__.chance.pth,,\n")
    origin = {"url": (tmp_path / "beside").as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(origin))
    python = ("--python", str(environment))
    [problem] = model_with(decay, "import lucky", *python)["problems"]
    assert problem["message"].startswith("'lucky' is installed here by chance")
    assert problem["hint"] == "Add 'chance' to the dependencies in pyproject.toml"
    decay.edit("pyproject.toml", "dependencies = []", 'dependencies = ["chance"]')
    decay.ok("sync")
    assert verified(decay, *python, code=0)["sample_decayingsample"]["notes"] == []


def test_what_is_read_outside_of_the_bundle_is_noted_with_its_line(
    decay: Shell, tmp_path: Path
) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "rates.csv").write_text("1\n")
    (tmp_path / "beside" / "lucky.py").write_text("")
    place = str(tmp_path / "beside")
    code = (
        "import sys, tempfile\n"
        f"sys.path.append({place!r})\n"
        f"open({place!r} + '/rates.csv').close()\n"
        f"__import__(f'{{chr(108)}}ucky')  # mops: imports decay\n"
        "with tempfile.NamedTemporaryFile() as own:\n"
        "    open(own.name).close()\n"
        f"open({place!r} + '/mine.csv', 'w').close()\n"
        f"open({place!r} + '/mine.csv').close()\n"
        "open('/etc/hostname').close()"
    )
    decay.edit(MODEL, IMPORTS, f"{IMPORTS}\n{code}\n")
    decay.ok("sync")
    [note] = verified(decay, code=0)["sample_decayingsample"]["notes"]
    assert f"reads {place}/rates.csv ({MODEL}:7), {place}" in note
    assert note.endswith(f"({MODEL}:8): a worker has that only in the same place")
