"""The files that docs/how-to/ci.md has readers write are what the programs that read them want."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelops_bundle.cli.render.check import finding_line, verdict_line
from modelops_bundle.operations.report_documents import check_document
from support.pages import FENCE, ROOT, Written, shown_in
from support.project import FILES, Shell, make_project, register_all
from support.reports import fresh_report, mission_report

PAGE = (ROOT / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def written() -> dict[str, str]:
    return {step.path: step.content for step in shown_in(PAGE) if isinstance(step, Written)}


def run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (".github/workflows/bundle.yaml", "vendor.github-workflows"),
        (".github/workflows/bundle-scan.yaml", "vendor.github-workflows"),
        (".gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_the_workflows_are_valid(file: str, schema: str, tmp_path: Path) -> None:
    path = tmp_path / Path(file).name
    path.write_text(written()[file])
    code, shown = run(BIN / "check-jsonschema", "--builtin-schema", schema, path)
    assert (code, shown) == (0, "ok -- validation done\n")


def test_the_workflows_call_check_as_it_is_called() -> None:
    texts = [written()[name] for name in written() if name.endswith((".yaml", ".yml"))]
    calls = re.findall(r"mops-bundle check[^\n>]*", "\n".join(texts))
    assert len(calls) == 3
    for call in calls:
        code, shown = run(BIN / "mops-bundle", *call.split()[1:], "--help")
        assert (code, shown.split("\n")[0][:25]) == (0, "usage: mops-bundle check ")


def pre_commit_configurations() -> list[str]:
    blocks = [block["body"] for block in FENCE.finditer(PAGE) if block["kind"] == "yaml"]
    return [body for body in blocks if body.startswith("repos:")]


def test_the_configurations_of_pre_commit_are_valid(tmp_path: Path) -> None:
    shared, local = pre_commit_configurations()
    path = tmp_path / ".pre-commit-config.yaml"
    for text in (shared, local):
        path.write_text(text)
        assert run(BIN / "pre-commit", "validate-config", path) == (0, "")
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    hooks = {hook["id"]: hook for hook in manifest}
    assert [hook["id"] for hook in yaml.safe_load(shared)["repos"][0]["hooks"]] == [
        "mops-bundle-sync",
        "mops-bundle-check",
    ]
    (own,) = yaml.safe_load(local)["repos"][0]["hooks"]
    same = {key: hooks[own["id"]][key] for key in own if key != "language"}
    assert own == {**same, "language": "system"}


def matchers() -> list[dict[str, Any]]:
    (task,) = json.loads(written()[".vscode/tasks.json"])["tasks"]
    found: list[dict[str, Any]] = task["problemMatcher"]
    return found


def matched(line: str) -> list[dict[str, str]]:
    """What each pattern that matches a line takes from it, as an editor would."""
    found = []
    for matcher in matchers():
        pattern = matcher["pattern"]
        match = re.search(pattern["regexp"], line)
        if match is not None:
            groups = {k: match.group(v) for k, v in pattern.items() if isinstance(v, int)}
            assert ("line" in groups) != (pattern.get("kind") == "file")
            found.append(groups)
    return found


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A project with findings of lines and of whole files."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = tmp_path / "sir"
    root.mkdir()
    made = Shell(root, capsys)
    make_project(made, FILES)
    register_all(made)
    made.edit("targets/incidence.py", "def incidence_target(", "def incidence_mean(")
    made.edit("pyproject.toml", '"modelops-calabaria"', '"modelops-calabaria", "numpy"')
    made.write("a job, 100%: odd.yaml", "model: models.sir\nscenario: 'x: y:3: error MB101 z'\n")
    return made


def test_the_problem_matcher_reads_every_line_of_a_check(shell: Shell) -> None:
    arguments = ("check", "--job", "a job, 100%: odd.yaml")
    *lines, verdict = shell(*arguments).out.splitlines()
    findings = shell.json(*arguments)["findings"]
    assert len(lines) == len(findings) >= 4
    assert matched(verdict) == []
    for line, finding in zip(lines, findings, strict=True):
        (problem,) = matched(line)
        assert problem["file"] == finding["path"]
        assert problem["severity"] == finding["severity"]
        assert problem["code"] == finding["code"]
        assert problem["message"].startswith(finding["message"])
        assert problem.get("line") == (finding["line"] and str(finding["line"]))
    assert {"line" in matched(line)[0] for line in lines} == {True, False}


@pytest.mark.parametrize(
    ("path", "line"),
    [("C:\\work\\sir\\models\\sir.py", 12), ("C:\\data\\a b.csv", None), ("é/日本.py", 1)],
)
def test_the_problem_matcher_reads_paths_of_other_systems(path: str, line: int | None) -> None:
    document = check_document(mission_report(), mission_report().findings, ok=False)
    finding = {
        "code": "MB302",
        "severity": "error",
        "entity": "",
        "message": "needed by: 'a', see b.py:3",
        "hint": "C:\\x:1: or so",
        "path": path,
        "line": line,
        "column": None,
    }
    (problem,) = matched(finding_line(finding, document["project"]["registry"]))  # type: ignore[arg-type]
    assert (problem["file"], problem.get("line")) == (path, line and str(line))
    assert problem["message"] == "needed by: 'a', see b.py:3 [C:\\x:1: or so]"


def test_the_problem_matcher_passes_over_the_verdict() -> None:
    assert matched(verdict_line(check_document(fresh_report(), (), ok=True))) == []
