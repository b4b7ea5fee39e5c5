"""`check --job` as CI calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import jobs
from support.golden import assert_golden
from support.project import Shell
from support.sarif import assert_sarif

JOB = """\
# A calibration by hand.
model: models.sir.StarsimSIR
scenario: lockdown
parameters: {bta: 0.3}
outputs:
  - incidence
  - "prevalence: 100%, \\e[31m"
targets: [targets.incidence:incidence_target, incidence_anealed_target]
target_set: fits
bundle_ref: latest
n_replicate: 3
"""


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def study(**changes: object) -> str:
    fitting = {"parameter_sets": [{"params": {"beta": 0.1}}], "metadata": {}, **changes}
    return json.dumps(jobs.study(**fitting), indent=2)


def test_a_job_that_fits_passes(shell: Shell) -> None:
    shell.write("study.json", study(targets=["targets.incidence:incidence_target"]))
    assert shell.ok("check", "--job", "study.json").out == "check ok: no findings.\n"


@pytest.mark.parametrize("style", ["text", "github", "sarif"])
def test_what_does_not_fit_is_found_at_its_line(shell: Shell, style: str) -> None:
    shell.write("jobs/job.yaml", JOB)
    shown = shell("check", "--job", "jobs/job.yaml", "--output-format", style)
    assert shown.code == 1
    if style == "sarif":
        assert_sarif(shown.document)
        results = shown.document["runs"][0]["results"]
        text = json.dumps(results, indent=2) + "\n"
    else:
        text = shown.out
    assert "\x1b" not in text
    assert_golden(f"check-job.{style}", text)


def test_the_document_names_columns(shell: Shell) -> None:
    shell.write("job.yaml", JOB)
    document = shell.json("check", "--job", "job.yaml")
    places = {(f["code"], f["path"], f["line"], f["column"]) for f in document["findings"]}
    assert ("MB332", "job.yaml", 3, 11) in places
    assert ("MB333", "job.yaml", 4, 14) in places


def test_several_jobs_are_checked_with_the_registry_of_a_sync(shell: Shell) -> None:
    shell.edit("models/sir.py", '"incidence"', '"cases"')
    shell.edit("targets/incidence.py", '"incidence"', '"cases"')
    shell.write("a.json", study(outputs=["cases"]))
    shell.write("b.json", study(outputs=["incidence"]))
    for calls in (
        ["--job", "a.json", "--job", "b.json"],
        ["--job", "a.json", "b.json", "--strict"],
    ):
        found = shell.json("check", *calls)["findings"]
        assert [f["path"] for f in found if f["code"] == "MB335"] == ["b.json"]


def test_a_job_elsewhere_is_told_from_the_project(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text(study(scenario="x"))
    shown = shell("check", "--job", "../job.json", "--output-format", "text")
    assert shown.out.startswith("../job.json:3: error MB332 ")
    inside = shell("check", "--job", "../../job.json", folder=shell.root / "models")
    assert inside.out == shown.out


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_a_malformed_job_is_exit_2_with_its_place(shell: Shell, style: str) -> None:
    shell.write("job.json", '{"model": "sir",\n "outputs": 3}')
    shown = shell("check", "--job", "job.json", "--output-format", style)
    assert shown.code == 2
    message = "job.json:2:13: 'outputs' must be a name or a list of names; the job was not checked"
    if style == "sarif":
        assert_sarif(shown.document)
        place = shown.document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "job.json"
        assert place["region"] == {"startLine": 2, "startColumn": 13}
    elif style == "json":
        assert (shown.document["code"], shown.document["message"]) == ("job", message)
    elif style == "github":
        assert shown.out.startswith("::error file=job.json,line=2,col=13,title=MB001 ")
    else:
        assert shown.err == f"error: {message}\nhelp: mend job.json:2\n"


def test_the_bundle_of_a_job_is_compared_with_the_last_push(shell: Shell) -> None:
    def notes(digest: str) -> list[tuple[str, str]]:
        shell.write("job.json", study(bundle_ref=digest))
        found = shell.json("check", "--job", "job.json")["findings"]
        return [(f["severity"], f["message"]) for f in found if f["code"] == "MB338"]

    assert [severity for severity, _ in notes(jobs.DIGEST)] == ["info"]
    shell.ok("push")
    digest = shell.json("push")["digest"]
    assert notes(f"sir@{digest}") == []
    ((severity, message),) = notes(jobs.DIGEST)
    assert severity == "warning"
    assert digest[:19] in message
    shell.edit("lib/rates.py", "2.0", "3.0")
    shell.ok("sync")
    ((severity, message),) = notes(digest)
    assert (severity, message[-27:]) == ("info", "what is here has changed since"[-27:])
