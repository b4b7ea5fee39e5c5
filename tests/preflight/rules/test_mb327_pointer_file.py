"""MB327 reports data that only points to data kept elsewhere."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.rules.mb327_pointer_file import RULE
from support.preflight import findings, keys
from support.registries import found_target, observation, paths, project, registry, target

RECORD = registry(targets={"t": target(data=["data", "obs.csv"]), "u": target("u")})


def pointing(**pointers: str) -> Observation:
    names = {name.replace("__", "/").replace("_", "."): pointers[name] for name in pointers}
    return observation(
        found_target(),
        files=names,
        directories={BundlePath("data"): paths("data/a.csv")},
        project=project(pointers={BundlePath(name): names[name] for name in names}),
    )


def test_a_pointer_is_an_error_with_the_entries_that_need_the_data() -> None:
    (finding,) = findings(RULE, RECORD, pointing(obs_csv="Git LFS"))
    assert finding.severity is Severity.ERROR
    assert finding.key == "target:t"
    assert finding.message == (
        "'obs.csv' is a Git LFS pointer and holds no data (needed by target 't')"
    )
    assert str(finding.location) == "obs.csv"


@pytest.mark.parametrize(
    ("keeper", "hint"),
    [
        ("Git LFS", "Run 'git lfs pull', then sync"),
        ("git-annex", "Run 'git annex get .', then sync"),
        ("DVC", "Run 'dvc pull', and name obs.csv as data"),
    ],
)
def test_each_keeper_has_a_command_that_fetches(keeper: str, hint: str) -> None:
    (finding,) = findings(RULE, RECORD, pointing(obs_csv=keeper))
    assert finding.hint == hint


def test_a_pointer_inside_a_data_folder_is_found() -> None:
    assert keys(findings(RULE, RECORD, pointing(data__a_csv="DVC"))) == ["target:t"]


def test_a_pointer_that_no_entry_needs_is_no_concern() -> None:
    assert findings(RULE, RECORD, pointing(other_csv="DVC")) == []
