"""MB310 reports what an entry needs and `.modelopsignore` leaves out."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.rules.mb310_dependency_ignored import RULE
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

RECORD = registry(
    {"sir": model(code=["models/network.py"])}, {"t": target(data=["data", "obs.csv"])}
)


def ignoring(*ignored: str, folder: bool = True) -> Observation:
    directories = {BundlePath("data"): paths("data/a.csv")} if folder else {}
    return observation(
        found_model(),
        found_target(),
        files=["data/a.csv"],
        directories=directories,
        project=project(ignored=ignored),
    )


def test_an_ignored_dependency_is_an_error_with_the_entries_that_need_it() -> None:
    (finding,) = findings(RULE, RECORD, ignoring("obs.csv"))
    assert finding.severity is Severity.ERROR
    assert finding.key == "target:t"
    assert finding.message == (
        "'obs.csv' is ignored by .modelopsignore and would not travel (needed by target 't')"
    )
    assert finding.hint == "Take the pattern that matches obs.csv out of .modelopsignore"
    assert str(finding.location) == ".modelopsignore"


def test_what_no_entry_names_after_the_sync_is_no_concern() -> None:
    assert keys(findings(RULE, RECORD, ignoring("models/network.py", "models/old.py"))) == [
        "model:sir"
    ]


def test_a_path_that_several_entries_need_is_one_finding() -> None:
    record = registry({name: model(name, code=["shared.py"]) for name in ("M1", "M2")})
    (finding,) = findings(RULE, record, ignoring("shared.py"))
    assert finding.key == "model:M1"
    assert "(needed by model 'M1' and model 'M2')" in finding.message


def test_files_that_are_ignored_inside_a_data_folder_are_meant_to_stay_behind() -> None:
    assert findings(RULE, RECORD, ignoring("data/.DS_Store", "data/tmp/x")) == []


def test_an_ignored_data_folder_is_an_error() -> None:
    assert keys(findings(RULE, RECORD, ignoring("data", folder=False))) == ["target:t"]


def test_nothing_ignored_is_fine() -> None:
    assert findings(RULE, RECORD, ignoring()) == []
