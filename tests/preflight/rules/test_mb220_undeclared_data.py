"""MB220 names data that code reads and the entry does not declare, and the command that does."""

from __future__ import annotations

from modelops_bundle.core.data_reads import DataRead, FileReads
from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.preflight.rules.mb220_undeclared_data import RULE
from support.preflight import findings
from support.registries import (
    closure,
    found_model,
    found_target,
    model,
    observation,
    paths,
    project,
    registry,
    target,
)

MODEL, TARGET, HELPER = "models/sir.py", "targets/incidence.py", "models/network.py"


def read(path: str, line: int = 4, holder: str = "", **fields: object) -> DataRead:
    return DataRead(path=BundlePath(path), line=line, holder=holder, **fields)  # type: ignore[arg-type]


def reading(reads: dict[str, list[DataRead]], users: dict[str, str] | None = None) -> Observation:
    """A project in which files read; the model's closure holds the helper."""
    listed = {holder: (user,) for holder, user in (users or {}).items()}
    return observation(
        found_model(),
        found_target("incidence_target"),
        closures=[closure(MODEL, HELPER), closure(TARGET, HELPER)],
        files=["data/contacts.csv", HELPER],
        project=project(tracked=paths("data/tracked.csv")),
        reads={
            BundlePath(file): FileReads(reads=tuple(found), users=listed)
            for file, found in reads.items()
        },
    )


def record(data: tuple[str, ...] = (), observed: tuple[str, ...] = ()) -> BundleRegistry:
    return registry({"sir": model(data=data)}, {"t": target("incidence_target", data=observed)})


def test_what_is_read_and_not_declared_is_a_warning_at_the_place() -> None:
    (finding,) = findings(RULE, record(), reading({MODEL: [read("data/contacts.csv", 7)]}))
    assert finding.severity is Severity.WARNING
    assert finding.key == "model:sir"
    assert str(finding.location) == "models/sir.py:7"
    assert finding.message == (
        "model 'sir' reads data/contacts.csv, which it does not declare and which would not travel"
    )
    assert finding.hint == (
        "Run 'mops-bundle register-model models/sir.py --data data/contacts.csv'"
    )


def test_what_another_entry_declares_travels() -> None:
    observed = reading({MODEL: [read("data/contacts.csv")]})
    (finding,) = findings(RULE, record(observed=("data/contacts.csv",)), observed)
    assert finding.message == "model 'sir' reads data/contacts.csv, which it does not declare"


def test_declared_files_and_folders_are_fine() -> None:
    observed = reading({MODEL: [read("data/contacts.csv")]})
    assert findings(RULE, record(data=("data/contacts.csv",)), observed) == []
    assert findings(RULE, record(data=("data",)), observed) == []


def test_one_finding_for_each_kind_of_entry_at_the_first_place() -> None:
    observed = reading({HELPER: [read("data/contacts.csv", 9), read("data/contacts.csv", 3)]})
    both = registry({"a": model(), "b": model("Other")}, {"t": target("incidence_target")})
    models, targets = findings(RULE, both, observed)
    assert models.message == (
        "model 'a' and model 'b' read data/contacts.csv, which they do not declare "
        "and which would not travel"
    )
    assert models.hint == (
        "Run 'mops-bundle register-model models/sir.py models/sir.py:Other "
        "--data data/contacts.csv'"
    )
    assert str(models.location) == f"{HELPER}:3"
    assert targets.hint == (
        "Run 'mops-bundle register-target targets/incidence.py --data data/contacts.csv'"
    )


def test_other_entries_definitions_do_not_count() -> None:
    observed = reading(
        {MODEL: [read("data/contacts.csv", holder="Other"), read("data/a.csv", holder="DATA")]},
        users={"DATA": "Other"},
    )
    alone = record()
    assert [f.key for f in findings(RULE, alone, observed)] == ["model:sir", "model:sir"]
    both = registry({"sir": model(), "b": model("Other", data=("data",))})
    assert findings(RULE, both, observed) == []


def test_a_folder_is_told_with_its_files() -> None:
    files = paths("data/raw/a.csv", "data/raw/b.csv", "data/raw/c.csv", "data/raw/d.csv")
    observed = reading({MODEL: [read("data/raw", files=files)]})
    (finding,) = findings(RULE, record(), observed)
    assert finding.message == (
        "model 'sir' reads 4 files of data/raw (data/raw/a.csv, data/raw/b.csv, data/raw/c.csv "
        "and 1 more), which it does not declare and which would not travel"
    )
    assert finding.hint == "Run 'mops-bundle register-model models/sir.py --data data/raw'"
    assert findings(RULE, record(data=("data/raw",)), observed) == []
    (rest,) = findings(RULE, record(data=tuple(files[1:])), observed)
    assert "reads data/raw/a.csv, which" in rest.message


def test_files_of_the_root_are_declared_one_by_one() -> None:
    observed = reading({MODEL: [read(".", files=paths("a.csv", "my b.csv"))]})
    (finding,) = findings(RULE, record(), observed)
    assert "2 files of the project's root" in finding.message
    assert finding.hint.endswith("""--data a.csv --data "my b.csv"'""")


def test_a_folder_that_is_only_named_says_nothing() -> None:
    observed = reading({MODEL: [read("data", files=(), sure=False)]})
    assert findings(RULE, record(), observed) == []


def test_source_counts_where_it_is_named_with_its_folder_and_not_imported() -> None:
    observed = reading({MODEL: [read("setup.py"), read(HELPER), read("scripts/run.py")]})
    (finding,) = findings(RULE, record(), observed)
    assert finding.hint == "Run 'mops-bundle register-model models/sir.py --code scripts/run.py'"
