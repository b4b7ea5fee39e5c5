"""The example in the help of each command, and of each action of one, really runs.

Each runs in a copy of the shipped project, which has been published as `v1` to its own store and to
a registry on loopback that stands in for `registry.example`.
"""

from __future__ import annotations

import importlib
import io
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelops_bundle.cli import catalogue
from support.project import Shell
from support.registry_server import PASSWORD, Registries
from support.scenarios import copy_example

#: Where `tests/cli/commands/test_demo.py` and `test_verify.py` run them: they take their time.
ELSEWHERE = {"demo", "verify"}
#: What a command needs to have happened first.
BEFORE = {"remove": ["add", "notebooks/fit.ipynb"]}
#: An option without which it would not end by itself.
ENDS_WITH = {"watch": ["--until-fresh"]}


def examples() -> Iterator[str]:
    for command in [*catalogue.listed(), *catalogue.HIDDEN]:
        module = importlib.import_module(catalogue.module_of(command))
        words = [word.example for word in getattr(module, "ACTIONS", {}).values()]
        yield from dict.fromkeys([module.EXAMPLE, *words])


@dataclass(frozen=True)
class Stage:
    """Folders as they are before each example, and the host that stands in for a registry."""

    folder: Path
    plain: str
    private: str


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    environments = folder / "home" / ".modelops" / "bundle-env"
    environments.mkdir(parents=True)
    project = copy_example("starsim-sir", folder / "project")
    (project / "notebooks").mkdir()
    (project / "notebooks" / "fit.ipynb").write_text("{}\n")
    with ExitStack() as stack:
        registries = Registries(tmp_path_factory.mktemp("registries"), stack)
        plain, private = registries["plain"].host, registries["htpasswd"].host
        for name in ("local", "staging"):
            text = f"registry: {{login_server: '{plain}', requires_auth: false}}\n"
            (environments / f"{name}.yaml").write_text(text)
        yield Stage(folder, plain, private)


@pytest.mark.parametrize("example", [*examples()])
def test_the_example_runs(
    example: str,
    stage: Stage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program, *arguments = shlex.split(example)
    command = arguments[0]
    assert program == "mops-bundle"
    if command in ELSEWHERE:
        assert (Path(__file__).parent / "commands" / f"test_{command}.py").exists()
        return
    shutil.copytree(stage.folder, tmp_path / "stage")
    monkeypatch.setenv("HOME", str(tmp_path / "stage" / "home"))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    shell = Shell(tmp_path / "stage" / "project", capsys)
    shell.ok("push", "--tag", "v1")
    if command == "ensure":
        shell.ok("push", "--tag", "v1", "--remote", f"oci://{stage.plain}/team/flu")
    if command in BEFORE:
        shell.ok(*BEFORE[command])
    host = stage.private if command == "login" else stage.plain
    words = [word.replace("registry.example", host) for word in arguments]
    shown = shell(*words, *ENDS_WITH.get(command, ()))
    assert shown.code == 0, (words, shown)
