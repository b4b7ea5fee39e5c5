"""The start-up path stays short: a warm `status` imports nothing that is heavy.

The modules are what counts here; the milliseconds are in `benchmarks/`, because a test that
depends on the speed of the machine fails for no reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.demo.example import copy_example

#: Nothing on this path needs them, and each costs a good part of the budget (experience.md).
HEAVY = {
    "asyncio",
    "click",
    "concurrent",
    "difflib",
    "email",
    "filelock",
    "http",
    "importlib.metadata",
    "logging",
    "multiprocessing",
    "pathspec",
    "pydantic",
    "rich",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "tomllib",
    "typer",
    "unittest",
    "urllib3",
    "urllib.request",
    "uuid",
    "zipfile",
}
DUMP = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from modelops_bundle.cli.app import main
sys.argv = ["mops-bundle", *{arguments}]
sys.exit(main())
"""


def modules(program: str, folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def loaded(folder: Path, *arguments: str) -> set[str]:
    return modules(DUMP.format(arguments=list(arguments)), folder)


@pytest.fixture
def warm_project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    copy_example(project)
    # A file that changed in this instant is hashed again by the next command, however warm.
    for file in project.rglob("*"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    loaded(project, "status")
    return project


def test_a_warm_status_imports_nothing_heavy(warm_project: Path) -> None:
    found = loaded(warm_project, "status")
    assert not {
        name for name in found for heavy in HEAVY if name == heavy or name.startswith(heavy + ".")
    }


def test_a_warm_status_imports_no_third_party_package_but_yaml(warm_project: Path) -> None:
    tops = {name.partition(".")[0] for name in loaded(warm_project, "status")}
    bare = {
        name.partition(".")[0]
        for name in modules(
            "import json, sys; print(json.dumps(sorted(sys.modules)), file=sys.stderr)",
            warm_project,
        )
    }
    third_party = {name for name in tops - bare if name not in sys.stdlib_module_names}
    assert third_party <= {"modelops_bundle", "yaml", "_yaml"}


def test_version_and_help_import_no_more_than_the_command_line(warm_project: Path) -> None:
    for arguments in (["--version"], ["--help"], ["status", "--help"]):
        found = loaded(warm_project, *arguments)
        assert not {"yaml", "pathspec", "tomllib", "ast"} & found


def test_a_command_that_remembers_the_analysis_does_not_load_what_analyses(
    warm_project: Path,
) -> None:
    (warm_project / ".modelops-bundle" / "tracked.txt").touch()  # no status is remembered now
    found = loaded(warm_project, "check")
    assert "modelops_bundle.operations.observe" in found
    assert (
        not {f"modelops_bundle.analysis.{name}" for name in ("project", "facts", "scope")} & found
    )


def test_a_check_without_jobs_loads_nothing_of_jobs_and_with_sound_ones_compares_no_names(
    warm_project: Path,
) -> None:
    jobs = {f"modelops_bundle.{name}" for name in ("operations.jobs", "preflight.jobs")}
    found = loaded(warm_project, "check")
    assert "modelops_bundle.operations.check" in found
    assert not {*jobs, "modelops_bundle.codec.job_document"} & found
    (warm_project / "job.json").write_text('{"model": "models.sir"}')
    found = loaded(warm_project, "check", "--job", "job.json")
    assert jobs <= found
    assert "difflib" not in found


def test_a_push_loads_what_it_does_and_a_pull_nothing_that_looks_at_the_code(
    warm_project: Path, tmp_path: Path
) -> None:
    found = loaded(warm_project, "push", "--remote", f"layout:{tmp_path}/store")
    assert "modelops_bundle.operations.push" in found
    assert not {f"modelops_bundle.operations.{name}" for name in ("verify", "diff", "pull")} & found
    target = tmp_path / "target"
    loaded(tmp_path, "init", str(target), "--remote", f"layout:{tmp_path}/store")
    found = loaded(target, "pull", "--overwrite")
    assert "modelops_bundle.operations.pull" in found
    assert not {f"modelops_bundle.operations.{name}" for name in ("observe", "push")} & found
