"""A small part of the oracles of `benchmarks/`: closures of public packages against what runs."""

from __future__ import annotations

import argparse
import sys
import sysconfig
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
#: Packages that this environment has, and entry modules of each.
PACKAGES = ("click", "jinja2", "yaml", "urllib3", "werkzeug", "packaging", "jsonschema", "pathspec")
MODULES = 4
PROGRAMS = ("click_program", "jinja2_templates")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the probes fork")


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_public_package_loads_is_in_its_closures(package: str, tmp_path: Path) -> None:
    import import_oracle
    from oracle_environment import OracleEnvironment

    here = OracleEnvironment(Path(sys.executable), Path(sysconfig.get_path("purelib")))
    args = argparse.Namespace(modules=MODULES, excess=False, answers=None)
    found = import_oracle.measured(here, package, tmp_path, args)
    assert found.entries == MODULES
    assert found.loaded > MODULES
    assert found.misses == []
    assert found.closure <= 2 * found.loaded


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_file_in_which_a_program_runs_is_in_its_closure(program: str, tmp_path: Path) -> None:
    import execution_oracle
    from oracle_environment import OracleEnvironment

    here = OracleEnvironment(Path(sys.executable), Path(sysconfig.get_path("purelib")))
    path = BENCHMARKS / "oracle" / "programs" / f"{program}.py"
    found = execution_oracle.measured(here, path, tmp_path.resolve())
    assert found.problem == ""
    assert len(found.ran) > 10
    assert found.missed == []
