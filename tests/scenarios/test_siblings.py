"""A package beside the project: an error that names it, then a part of the bundle."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from support.disk import write
from support.project import Shell

MODEL = """\
import modelops_calabaria as cb
import shared


class SIR(cb.BaseModel):
    @cb.model_output("incidence")
    def incidence(self, raw, seed):
        return shared.rate() * raw
"""
PYPROJECT = """\
[project]
name = "sir"
version = "0"
dependencies = ["modelops-calabaria", "shared"]
[tool.uv.sources]
shared = { path = "../shared", editable = true }
"""
SETTING = '[tool.modelops-bundle]\nextra-roots = {"libs/shared" = "../shared/src"}\n'


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A project with one registered model that imports a package beside it."""
    shell = Shell(tmp_path / "sir", capsys)
    write(tmp_path, "shared/src/shared/__init__.py", "from shared.core import rate\n")
    write(tmp_path, "shared/src/shared/core.py", "def rate(): return 1\n")
    write(tmp_path, "sir/pyproject.toml", PYPROJECT)
    write(tmp_path, "sir/models/__init__.py", "")
    write(tmp_path, "sir/models/sir.py", MODEL)
    shell("init", ".")
    shell("register-model", "models/sir.py")
    return shell


@pytest.fixture
def carried(shell: Shell) -> Shell:
    """The same with the package as an extra root, in sync."""
    shell.write("pyproject.toml", PYPROJECT + SETTING)
    assert shell("sync").code == 0
    return shell


def test_an_import_that_leads_outside_is_an_error_that_says_what_to_do(shell: Shell) -> None:
    finding, *more = [one for one in shell.json("status")["preflight"] if one["code"] == "MB312"]
    assert more == []
    assert finding["severity"] == "error"
    assert (finding["path"], finding["line"]) == ("models/sir.py", 2)
    assert "'shared' is imported from ../shared/src/shared" in finding["message"]
    assert 'extra-roots = {"libs/shared" = "../shared/src"}' in finding["hint"]
    assert shell("push").code == 1


def test_registering_says_so_at_once(shell: Shell) -> None:
    shell.ok("unregister", "sir_sir")
    assert "MB312" not in {one["code"] for one in shell.json("status")["preflight"]}
    document = shell("register-model", "models/sir.py", "--json").document
    assert "MB312" in {one["code"] for one in document["preflight"]}


def test_what_the_extra_root_holds_travels_under_its_name(carried: Shell, tmp_path: Path) -> None:
    registry = yaml.safe_load(carried.registry)
    assert registry["source_roots"] == [".", "libs/shared"]
    assert registry["models"]["sir_sir"]["code"] == [
        "models/__init__.py",
        "libs/shared/shared/__init__.py",
        "libs/shared/shared/core.py",
    ]
    assert carried("push").code == 0
    assert not (carried.root / "libs").exists()
    there = tmp_path / "worker"
    assert carried("ensure", "latest", "--dest", str(there)).code == 0
    assert (there / "libs/shared/shared/core.py").read_text() == "def rate(): return 1\n"


def test_an_edit_there_is_seen_and_a_pull_leaves_it_alone(carried: Shell, tmp_path: Path) -> None:
    assert carried("push").code == 0
    assert carried.json("status")["in_sync"]
    core = tmp_path / "shared/src/shared/core.py"
    core.write_text("def rate(): return 2\n")
    document = carried.json("status")
    assert [entry["state"] for entry in document["entries"]] == ["stale"]
    pulled = carried.json("pull")
    assert pulled["elsewhere"] == ["libs/shared/shared/core.py"]
    assert (pulled["updated"], pulled["conflicts"]) == ([], [])
    assert core.read_text() == "def rate(): return 2\n"
    assert not (carried.root / "libs").exists()


def test_a_machine_without_the_package_uses_what_it_pulled(carried: Shell, tmp_path: Path) -> None:
    assert carried("push").code == 0
    (tmp_path / "shared").rename(tmp_path / "gone")
    codes = [one["code"] for one in carried.json("status")["preflight"]]
    assert "MB312" in codes
    pulled = carried.json("pull")
    assert pulled["added"] == ["libs/shared/shared/__init__.py", "libs/shared/shared/core.py"]
    document = carried.json("status")
    assert document["in_sync"]
    assert not [one for one in document["preflight"] if one["severity"] == "error"]
    (tmp_path / "gone").rename(tmp_path / "shared")
    document = carried.json("status")
    assert [one["code"] for one in document["preflight"] if one["severity"] == "error"] == ["MB312"]


def test_a_setting_that_cannot_be_used_is_refused(shell: Shell) -> None:
    shell.write("pyproject.toml", PYPROJECT + SETTING.replace("../shared/src", ".."))
    shown = shell("status")
    assert shown.code == 2
    assert "extra-roots" in shown.err
    assert "holds the project itself" in shown.err


def test_a_package_inside_the_project_needs_a_source_root(shell: Shell, tmp_path: Path) -> None:
    (shell.root / "libs").mkdir()
    (tmp_path / "shared").rename(shell.root / "libs/shared")
    shell.write("pyproject.toml", PYPROJECT.replace("../shared", "libs/shared"))
    findings = shell.json("status")["preflight"]
    hints = [one["hint"] for one in findings if one["code"] == "MB312"]
    assert len(hints) == 1
    assert 'source-roots = [".", "libs/shared/src"]' in hints[0]
    shell.write(
        "pyproject.toml",
        PYPROJECT.replace("../shared", "libs/shared")
        + '[tool.modelops-bundle]\nsource-roots = [".", "libs/shared/src"]\n',
    )
    assert shell("sync").code == 0
    assert (
        "libs/shared/src/shared/core.py"
        in yaml.safe_load(shell.registry)["models"]["sir_sir"]["code"]
    )


@pytest.mark.parametrize(
    ("file", "line", "message", "hint"),
    [
        ("models/rates.py", "import rates", "models/rates.py is not found", "import models.rates"),
        ("models/rates/__init__.py", "import rates", "is not found", "source-roots"),
        ("rates.py", "import Rates", "rates.py is not found under that name: case", "'rates'"),
        ("rates/__init__.py", "from RATES import x", "case counts", "'rates'"),
    ],
)
def test_an_import_that_nearly_means_a_file_is_one_error(
    carried: Shell, file: str, line: str, message: str, hint: str
) -> None:
    carried.write(file, "x = 1\n")
    carried.edit("models/sir.py", "import shared\n", f"import shared\n{line}\n")
    findings = [
        one for one in carried.json("status")["preflight"] if one["code"] in ("MB304", "MB322")
    ]
    assert [one["code"] for one in findings] == ["MB304"]
    assert (findings[0]["path"], findings[0]["line"]) == ("models/sir.py", 3)
    assert message in findings[0]["message"]
    assert hint in findings[0]["hint"]


def test_a_declared_distribution_is_believed(carried: Shell) -> None:
    carried.write("models/pil.py", "x = 1\n")
    carried.edit("models/sir.py", "import shared\n", "import shared\nimport PIL\n")
    carried.edit("pyproject.toml", '"shared"]', '"shared", "pillow"]')
    codes = [one["code"] for one in carried.json("status")["preflight"]]
    assert "MB304" not in codes


def test_a_first_pull_beside_the_package_leaves_its_copy_out(
    carried: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carried("push").code == 0
    colleague = Shell(tmp_path / "colleague", capsys)
    config = ".modelops-bundle/config.yaml"
    write(tmp_path, f"colleague/{config}", carried.read(config))
    pulled = colleague.json("pull")
    assert "models/sir.py" in pulled["added"]
    assert pulled["elsewhere"] == []
    assert not (colleague.root / "libs").exists()
    document = colleague.json("status")
    assert document["in_sync"]
    assert document["remote"]["state"] == "synced"
    assert not [one for one in document["preflight"] if one["severity"] == "error"]
