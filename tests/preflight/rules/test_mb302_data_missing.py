"""MB302 reports each absent data path once, unless something else explains it."""

from __future__ import annotations

from typing import Any

import pytest

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.rules.mb302_data_missing import RULE
from support.preflight import findings, keys
from support.registries import (
    found_model,
    found_target,
    model,
    observation,
    paths,
    project,
    registry,
    target,
)

RECORD = registry({"sir": model(data=["data/raw/pop.csv"])})


def test_an_absent_file_is_an_error_at_the_definition_that_needs_it() -> None:
    (finding,) = findings(RULE, RECORD, observation(found_model(line=12)))
    assert finding.severity is Severity.ERROR
    assert finding.key == "model:sir"
    assert finding.message == "Data file 'data/raw/pop.csv' is missing (needed by model 'sir')"
    assert finding.hint == (
        "Restore data/raw/pop.csv, or take it back with "
        "'mops-bundle register-model models/sir.py --no-data data/raw/pop.csv'"
    )
    assert str(finding.location) == "models/sir.py:12"


def test_a_path_that_the_decorator_gives_is_to_be_corrected_there() -> None:
    record = registry(targets={"t": target(data=["obs.csv"])})
    (finding,) = findings(RULE, record, observation(found_target(data=["obs.csv"], line=4)))
    assert finding.hint == "Restore obs.csv, or correct its path at targets/incidence.py:4"


def test_one_absent_file_of_several_entries_is_one_finding() -> None:
    record = registry(
        {name: model(name, data=["a.csv", "b.csv"]) for name in ("M1", "M2", "M3", "M4")},
        {"t": target(data=["b.csv"])},
    )
    found = findings(RULE, record, observation(files=["a.csv"]))
    assert keys(found) == ["model:M1"]
    assert "(needed by model 'M1', model 'M2', model 'M3' and 2 more)" in found[0].message


def explained(code: str, key: str = "", place: str = "") -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message="explained",
        key=key,
        location=Location(BundlePath(place)) if place else None,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"files": ["data/raw/pop.csv"]},
        {"project": project(ignored=["data/raw/pop.csv"])},
        {"project": project(ignored=["data"])},
        {"project": project(outside={BundlePath("data/raw"): "somewhere else"})},
        {"findings": (explained("MB314", key="data/raw/pop.csv"),)},
        {"findings": (explained("MB312", place="data/raw/pop.csv"),)},
    ],
    ids=["there", "ignored", "folder-ignored", "outside", "unreadable", "link-leads-out"],
)
def test_a_file_that_is_there_or_explained_otherwise_is_not_reported(
    fields: dict[str, Any],
) -> None:
    assert findings(RULE, RECORD, observation(found_model(), **fields)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"files": ["data/raw/pop.csv.bak"]},
        {"project": project(ignored=["data/raw/pop"])},
        {"findings": (explained("MB201", place="data/raw/pop.csv"),)},
    ],
    ids=["longer-name", "shorter-name-ignored", "another-matter"],
)
def test_what_only_looks_like_an_explanation_is_none(fields: dict[str, Any]) -> None:
    assert keys(findings(RULE, RECORD, observation(found_model(), **fields))) == ["model:sir"]


@pytest.mark.parametrize(
    ("directories", "message"),
    [
        ({"data": ["data/a.csv"]}, None),
        ({"data": []}, "Data folder 'data' holds no file that would travel (needed by target 't')"),
        ({}, "Data file 'data' is missing (needed by target 't')"),
    ],
    ids=["files", "empty", "gone"],
)
def test_a_data_folder_needs_a_file(directories: dict[str, list[str]], message: str | None) -> None:
    record = registry(targets={"t": target(data=["data"])})
    observed = observation(
        found_target(),
        directories={BundlePath(name): paths(*files) for name, files in directories.items()},
    )
    found = findings(RULE, record, observed)
    assert [finding.message for finding in found] == ([message] if message else [])
