"""MB221 speaks only where nothing in the code can mean the declared path."""

from __future__ import annotations

import pytest

from modelops_bundle.core.data_reads import DataRead, FileReads
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.rules.mb221_unread_data import RULE
from support.preflight import findings
from support.registries import (
    closure,
    declared,
    found_model,
    found_target,
    model,
    observation,
    parse_failure,
    paths,
    registry,
    target,
)

MODEL, HELPER = "models/sir.py", "models/network.py"
OLD = "data/old.csv"
RECORD = registry({"sir": model(data=[OLD], declared=declared(data=[OLD]))})


def saying(reads: FileReads | None = None, **fields: object) -> Observation:
    fields.setdefault("closures", [closure(MODEL, HELPER)])
    found = {} if reads is None else {BundlePath(HELPER): reads}
    return observation(found_model(), files=[HELPER, OLD], reads=found, **fields)  # type: ignore[arg-type]


def test_data_that_nothing_names_is_a_note_at_the_definition() -> None:
    (finding,) = findings(RULE, RECORD, saying(FileReads(names=frozenset({"other.csv"}))))
    assert finding.severity is Severity.INFO
    assert finding.key == "model:sir"
    assert finding.message == (
        "model 'sir' declares data/old.csv, and nothing in its code names it"
    )
    assert finding.location == found_model().location


def place(path: str, files: tuple[str, ...] | None = None) -> DataRead:
    listed = None if files is None else paths(*files)
    return DataRead(path=BundlePath(path), line=1, files=listed, sure=files is None)


@pytest.mark.parametrize(
    "reads",
    [
        FileReads(reads=(place(OLD),)),
        FileReads(reads=(place("data", ()),)),
        FileReads(names=frozenset({"old.csv"})),
        FileReads(names=frozenset({"old"})),
        FileReads(computed=True),
    ],
    ids=["read", "its folder", "its name", "its stem", "computed"],
)
def test_what_may_mean_it_keeps_quiet(reads: FileReads) -> None:
    assert findings(RULE, RECORD, saying(reads)) == []


def test_a_folder_is_read_with_any_of_its_files() -> None:
    record = registry({"sir": model(data=["data"], declared=declared(data=["data"]))})
    observed = saying(FileReads(reads=(place("data/a.csv"),)), directories={"data": [OLD]})
    assert findings(RULE, record, observed) == []


def test_code_that_cannot_be_read_or_is_imported_by_chance_keeps_quiet() -> None:
    dynamic = Finding(
        code="MB204",
        severity=Severity.WARNING,
        key=HELPER,
        message="an import is computed",
        location=Location(BundlePath(HELPER), 1),
    )
    assert findings(RULE, RECORD, saying(findings=(dynamic,))) == []
    assert findings(RULE, RECORD, saying(failures=[parse_failure(HELPER)])) == []
    compiled = saying(closures=[closure(MODEL, "models/fast.so")])
    assert findings(RULE, RECORD, compiled) == []


def test_data_that_a_target_is_given_is_no_concern() -> None:
    record = registry(targets={"t": target(data=[OLD], declared=declared(data=[OLD]))})
    bare = observation(found_target(), files=[OLD])
    assert findings(RULE, record, bare) == []
    decorated = observation(found_target(data=[OLD]), files=[OLD])
    assert findings(RULE, record, decorated) == []
    other = observation(found_target(data=["data/observed.csv"]), files=[OLD, "data/observed.csv"])
    assert [f.key for f in findings(RULE, record, other)] == ["target:t"]


def test_data_that_is_gone_has_a_finding_of_its_own() -> None:
    observed = observation(found_model(), closures=[closure(MODEL)])
    assert findings(RULE, RECORD, observed) == []
