"""`check` in its four formats, on projects that can be checked and on those that cannot."""

from __future__ import annotations

import json
import subprocess

import pytest

from support.project import Shell
from support.sarif import assert_sarif

FORMATS = ("text", "json", "github", "sarif")


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def no_project(shell: Shell) -> None:
    for file in sorted((shell.root / ".modelops-bundle").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (shell.root / ".modelops-bundle").rmdir()


def no_registry(shell: Shell) -> None:
    (shell.root / ".modelops-bundle/registry.yaml").unlink()


def broken_registry(shell: Shell) -> None:
    shell.write(".modelops-bundle/registry.yaml", "version: '1.1'\nmodels: [\n")


def broken_side(shell: Shell) -> None:
    shell.write(
        ".modelops-bundle/registry.yaml",
        "version: '1.1'\n<<<<<<< ours\nmodels: [\n=======\nmodels: {}\n>>>>>>> theirs\n",
    )


def broken_configuration(shell: Shell) -> None:
    shell.write(".modelops-bundle/config.yaml", "name: sir\nlayout: sideways\n")


UNCHECKABLE = {
    "no project": (no_project, None, 1),
    "no registry": (no_registry, ".modelops-bundle/registry.yaml", 1),
    "registry": (broken_registry, ".modelops-bundle/registry.yaml", 3),
    "one side": (broken_side, ".modelops-bundle/registry.yaml", 1),
    "configuration": (broken_configuration, ".modelops-bundle/config.yaml", 2),
}


@pytest.mark.parametrize("case", UNCHECKABLE)
def test_an_error_comes_in_the_format_with_the_same_exit_code(shell: Shell, case: str) -> None:
    spoil, path, line = UNCHECKABLE[case]
    spoil(shell)
    text, document, github, sarif = (shell("check", "--output-format", f) for f in FORMATS)
    assert {text.code, document.code, github.code, sarif.code} == {2}
    assert text.out == ""
    message = document.document["message"]
    assert text.err.startswith(f"error: {message}\n")
    assert github.out.count("\n") == 1
    assert github.out.startswith("::error ")
    assert f"title=MB001 Check could not be made::{message}" in github.out
    assert ("file=" in github.out) == (path is not None)
    assert_sarif(sarif.document)
    (run,) = sarif.document["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == path or path is None
    assert place["region"]["startLine"] == line
    assert message in result["message"]["text"]
    assert sarif.err == text.err  # the log goes to a file as a rule


def test_conflict_markers_are_a_finding_in_every_format(shell: Shell) -> None:
    registry = shell.registry
    shell.write(
        ".modelops-bundle/registry.yaml",
        f"<<<<<<< ours\n{registry}=======\n{registry}>>>>>>> theirs\n",
    )
    shown = [shell("check", "--output-format", name) for name in FORMATS]
    assert {one.code for one in shown} == {1}
    text, document, github, sarif = (one.out for one in shown)
    place = ".modelops-bundle/registry.yaml"
    assert text.startswith(f"{place}:1: error MB135 ")
    assert json.loads(document)["findings"][0]["code"] == "MB135"
    assert github.startswith(f"::error file={place},line=1,title=MB135 ")
    log = json.loads(sarif)
    assert_sarif(log)
    assert log["runs"][0]["results"][0]["ruleId"] == "MB135"
    assert shown[3].err == "check failed: 1 error.\n"


def test_source_that_cannot_be_parsed_is_found_at_its_column(shell: Shell) -> None:
    shell.edit("models/sir.py", "class StarsimSIR(", "class StarsimSIR((")
    shown = [shell("check", "--output-format", name) for name in FORMATS]
    assert {one.code for one in shown} == {1}
    finding = shown[1].document["findings"][0]
    assert (finding["code"], finding["path"], finding["line"]) == ("MB305", "models/sir.py", 5)
    assert f"file=models/sir.py,line=5,col={finding['column']},title=MB305" in shown[2].out
    region = shown[3].document["runs"][0]["results"][0]["locations"][0]["physicalLocation"][
        "region"
    ]
    assert region == {"startLine": 5, "startColumn": finding["column"]}


def test_a_project_below_the_repository_is_told_from_there(shell: Shell) -> None:
    subprocess.run(["git", "init", "-q", str(shell.root.parent)], check=True)
    shell.edit("targets/incidence.py", "def incidence_target(", "def incidence_mean(")
    assert (
        "::error file=sir/targets/incidence.py,line=5,"
        in shell("check", "--output-format", "github").out
    )
    sarif = shell("check", "--output-format", "sarif", folder=shell.root / "targets").document
    assert sarif["runs"][0]["automationDetails"]["id"] == "mops-bundle/sir/"


def test_one_document_is_printed_at_a_time(shell: Shell) -> None:
    shown = shell("check", "--json", "--output-format", "sarif")
    assert shown.code == 2
    assert shown.document["code"] == "usage"
