"""MB328 reports paths that push would refuse."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Location, Severity
from modelops_bundle.preflight.rules.mb328_unportable_path import RULE
from support.preflight import findings, keys
from support.registries import observation, project, registry


def test_a_path_that_windows_would_read_otherwise_is_an_error() -> None:
    observed = observation(files=["data/x:y.csv"], project=project(tracked=["data/x:y.csv"]))
    (finding,) = findings(RULE, registry(), observed)
    assert finding.severity is Severity.ERROR
    assert finding.key == "data/x:y.csv"
    assert finding.message == "Drive letter in path: 'data/x:y.csv'"
    assert finding.location == Location("data/x:y.csv")


@pytest.mark.parametrize("paths", [["d/Case", "d/case"], ["d/\u00e9", "d/e\u0301"]])
def test_two_paths_that_may_be_one_file_are_an_error(paths: list[str]) -> None:
    observed = observation(files=paths, project=project(tracked=paths))
    (finding,) = findings(RULE, registry(), observed)
    assert finding.message.startswith("Two paths for one file: ")
    assert all(repr(path) in finding.key for path in paths)


def test_each_path_is_told_and_what_does_not_travel_is_not() -> None:
    names = ["d/a:b", "d/c:d", "ok"]
    observed = observation(files=[*names, "d/e:f"], project=project(tracked=names))
    assert keys(findings(RULE, registry(), observed)) == ["d/a:b", "d/c:d"]
    assert findings(RULE, registry(), observation(files=["d/e:f"])) == []
