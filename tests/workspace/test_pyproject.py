"""What the project says of itself, from `pyproject.toml` and the files beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.digest import Digest
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.pyproject import PyprojectFacts, read_project_facts
from modelops_bundle.workspace.pyproject_table import (
    PyprojectTable,
    canonical_distribution,
    parse_pyproject,
)
from modelops_bundle.workspace.scan import scan
from support.disk import make_project, settle, write

FULL = """
[project]
name = "Starsim_SIR"
readme = "docs/README.md"
license-files = ["LICEN[CS]E*", "absent.txt"]
requires-python = ">=3.11"
dependencies = ["starsim>=1.0", "Modelops.Calabaria ; python_version > '3'", "zope.interface[x]"]
[project.optional-dependencies]
plot = ["matplotlib"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["ipython"]
[tool.uv.sources]
starsim = { path = "../starsim" }
[tool.poetry.dependencies]
python = "^3.11"
numpy = "*"
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
[tool.modelops-bundle]
source-roots = [".", "src"]
[tool.modelops-bundle.conventions.simkit]
model-bases = ["simkit.Model"]
"""


def facts(project: Project) -> PyprojectFacts:
    return read_project_facts(project, scan(project))


def parsed(text: str) -> PyprojectTable:
    return parse_pyproject(text.encode())


def test_all_tables_are_read(tmp_path: Path) -> None:
    files = {"pyproject.toml": FULL, "docs/README.md": "", "LICENSE": "", "LICENCE.txt": ""}
    found = facts(make_project(tmp_path, files))

    assert found.present
    assert (found.problem, found.line) == ("", 0)
    assert found.name == "Starsim_SIR"
    assert found.distributions == {
        "starsim",
        "modelops-calabaria",
        "zope-interface",
        "matplotlib",
        "pytest",
        "ruff",
        "ipython",
        "numpy",
        "mkdocs",
    }
    assert found.wire == "dependency modelops-calabaria"
    assert found.also_travels == ("LICENCE.txt", "LICENSE", "docs/README.md")
    assert found.settings == {
        "source-roots": [".", "src"],
        "conventions": {"simkit": {"model-bases": ["simkit.Model"]}},
    }
    assert list(found.environment) == ["pyproject.toml"]


def test_a_second_reading_gives_the_same(tmp_path: Path) -> None:
    dated = FULL + '\n[tool.modelops-bundle.extra]\nsince = 2024-01-01\nok = "ü"\n'
    project = make_project(tmp_path, {"pyproject.toml": dated, "LICENSE": ""})

    first = facts(project)

    assert list(project.cache.glob("result-pyproject.*"))
    assert facts(project) == first


def test_a_damaged_cached_reading_is_read_again(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"pyproject.toml": FULL})
    first = facts(project)
    (kept,) = project.cache.glob("result-pyproject.*")
    kept.write_bytes(b"{}")

    assert facts(project) == first


def test_without_the_file_there_is_nothing_to_say(tmp_path: Path) -> None:
    found = facts(make_project(tmp_path))

    assert found == PyprojectFacts()
    assert not found.present


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"[project]\nname = \n", 2, "Invalid value"),
        (b"[project]\nname = 'a'\nname = 'b'\n", 3, "Cannot overwrite a value"),
        (b"[project]\nname = '\xff'\n", 2, "it is not valid UTF-8"),
        (b"a = " + b"[" * 5000, 0, "it is nested too deeply"),
        (b"a = " + b"[" * 320 + b"]" * 320, 0, ""),
        (b"a = " + b"9" * 5000, 0, "Exceeds the limit"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(
    tmp_path: Path, content: bytes, line: int, problem: str
) -> None:
    found = facts(make_project(tmp_path, {"pyproject.toml": content}))

    assert found.present
    assert found.problem.startswith(problem)
    assert found.line == line
    assert "at line" not in found.problem
    assert found.environment == {}


@pytest.mark.parametrize(
    "text",
    [
        "project = 1",
        "[project]\nname = 1\ndependencies = 'x'\nreadme = ['a']\nlicense = 3",
        "[project]\ndependencies = [1, {}, '', '???', ' ']\n[project.optional-dependencies]\na = 1",
        "tool = []",
        "[tool]\npoetry = 1\nuv = ''\nmodelops-bundle = 1",
        "[dependency-groups]\na = 'x'",
        "[project]\nreadme = '../outside.md'\nlicense-files = ['/etc/passwd', '']",
    ],
)
def test_values_of_the_wrong_type_count_for_nothing(tmp_path: Path, text: str) -> None:
    found = facts(make_project(tmp_path, {"pyproject.toml": text}))

    assert found.problem == ""
    assert found.distributions == frozenset()
    assert found.name == ""
    assert found.settings == {}
    assert found.also_travels == ()


@pytest.mark.parametrize(
    ("files", "wire"),
    [
        ({}, ""),
        ({"wire.py": ""}, "wire.py"),
        ({".modelops/manifest.json": "{}"}, ".modelops/manifest.json"),
        (
            {"pyproject.toml": "[project.entry-points.'modelops.wire']\nexecute = 'a:b'\n"},
            "entry point modelops.wire:execute",
        ),
        (
            {"pyproject.toml": "[tool.poetry.plugins.'modelops.wire']\nx = 'a:b'\n"},
            "entry point modelops.wire:x",
        ),
        (
            {"pyproject.toml": "[project]\ndependencies = ['modelops_calabaria==1']\n"},
            "dependency modelops-calabaria",
        ),
        ({"pyproject.toml": "[project]\ndependencies = ['modelops-contracts']\n"}, ""),
    ],
)
def test_what_tells_workers_how_to_run_it(tmp_path: Path, files: dict[str, str], wire: str) -> None:
    assert facts(make_project(tmp_path, files)).wire == wire


def test_lock_files_count_by_their_content(tmp_path: Path) -> None:
    locks = (
        "pylock.dev.toml",
        "pylock.toml",
        "requirements-dev.txt",
        "requirements.txt",
        "uv.lock",
    )
    others = {"requirements.in": "x", "sub/uv.lock": "x", "Pylock.toml": "x", "uv.lock/x": ""}
    del others["uv.lock/x"]
    project = make_project(tmp_path, {**dict.fromkeys(locks, "x"), **others})

    assert facts(project).environment == dict.fromkeys(locks, Digest.of_bytes(b"x"))


def test_an_ignored_lock_file_is_none(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"uv.lock": "x", ".modelopsignore": "uv.lock\n"})

    assert facts(project).environment == {}


@pytest.mark.parametrize(
    "edit",
    [
        ('name = "Starsim_SIR"', 'name = "other"'),
        ("source-roots", "# a comment\nsource-roots"),
        ('"pytest", {include-group = "lint"}', '{include-group = "lint"}, "pytest"'),
        ('plot = ["matplotlib"]', 'plot = [\n  "matplotlib",\n]'),
        ('readme = "docs/README.md"', ""),
    ],
)
def test_edits_that_install_the_same_leave_the_digest(edit: tuple[str, str]) -> None:
    assert edit[0] in FULL
    assert parsed(FULL.replace(*edit)).dependencies == parsed(FULL).dependencies


@pytest.mark.parametrize(
    "edit",
    [
        (">=3.11", ">=3.12"),
        ("starsim>=1.0", "starsim>=1.1"),
        ('plot = ["matplotlib"]', 'plots = ["matplotlib"]'),
        ('lint = ["ruff"]', 'lint = ["ruff", "mypy"]'),
        ("../starsim", "../fork"),
        ('numpy = "*"', 'numpy = "1"'),
        ("ipython", "ipdb"),
    ],
)
def test_edits_that_install_something_else_change_the_digest(edit: tuple[str, str]) -> None:
    assert edit[0] in FULL
    assert parsed(FULL.replace(*edit)).dependencies != parsed(FULL).dependencies


def test_the_digest_is_that_of_the_documented_form() -> None:
    text = "[project]\nrequires-python = '>=3.11'\ndependencies = ['b', 'a']\n"

    assert parsed(text).dependencies == Digest.of_bytes(
        b'{"dependencies":["a","b"],"requires-python":">=3.11"}'
    )


def test_a_project_that_installs_nothing_has_no_digest() -> None:
    assert parsed("[project]\nname = 'a'\n").dependencies is None


@pytest.mark.parametrize("name", ["A.b_c", "a--b__c", "a-B-c", "A._-b-.c"])
def test_names_of_distributions_are_normalised(name: str) -> None:
    assert canonical_distribution(name) == "a-b-c"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_have_a_problem(content: bytes) -> None:
    table = parse_pyproject(content)

    assert table.problem or table.line == 0


def test_an_edit_is_seen(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"pyproject.toml": "[project]\nname = 'one'\n"})
    assert facts(project).name == "one"

    write(project.root, "pyproject.toml", "[project]\nname = 'two'\n")
    settle(project.root)

    assert facts(project).name == "two"
