"""MB306 knows the module paths that the platform's workers accept."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb306_no_package import RULE
from support.preflight import findings, keys
from support.registries import found_model, model, observation, registry, target


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("sir.py", "Move sir.py to models/sir.py, then run 'mops-bundle sync'"),
        ("src/sir.py", "Move src/sir.py to src/models/sir.py, then run 'mops-bundle sync'"),
        (
            "models/__init__.py",
            "Move the definition to a module such as models/model.py, then run 'mops-bundle sync'",
        ),
        ("my-models/sir.py", "Rename 'my-models' in my-models/sir.py to 'my_models', then run"),
        ("models/2024.py", "Rename '2024' in models/2024.py to '_2024', then run"),
        ("models/été.py", "Rename 'été' in models/été.py to '_t_', then run"),
    ],
)
def test_a_module_that_workers_refuse_is_an_error(path: str, hint: str) -> None:
    observed = observation(found_model(path=path, line=5))
    (finding,) = findings(RULE, registry({"sir": model(path=path)}), observed)
    assert finding.severity is Severity.ERROR
    assert finding.key == "model:sir"
    assert finding.hint.startswith(hint)
    assert str(finding.location) == f"{path}:5"


@pytest.mark.parametrize(
    ("path", "sought", "hint"),
    [
        ("models/sir.v2.py", "models/sir/v2.py", "Rename 'sir.v2' in models/sir.v2.py to 'sir_v2'"),
        ("src/models/sir.v2.py", "models/sir/v2.py", "Rename 'sir.v2' in src/models/sir.v2.py to"),
        ("sir.v2.py", "sir/v2.py", "Rename 'sir.v2' in sir.v2.py to 'sir_v2'"),
        ("v1.2/sir.py", "v1/2/sir.py", "Rename 'v1.2' in v1.2/sir.py to 'v1_2'"),
        ("v1.2/__init__.py", "v1/2.py", "Rename 'v1.2' in v1.2/__init__.py to 'v1_2'"),
    ],
)
def test_a_name_with_a_dot_stands_for_a_folder_where_it_is_imported(
    path: str, sought: str, hint: str
) -> None:
    (finding,) = findings(RULE, registry({"sir": model(path=path)}))
    assert finding.severity is Severity.ERROR
    assert finding.message.endswith(f"is imported from {sought}")
    assert finding.hint.startswith(hint)


@pytest.mark.parametrize(
    "path",
    [
        "models/sir.py",
        "src/models/sir.py",
        "models/network/sir.py",
        "models/network/__init__.py",
        "models/_private.py",
        "models/données/sir.py",
        "models/sir_2024.py",
        "src/v1/models/sir.py",
    ],
)
def test_a_module_in_a_package_is_fine(path: str) -> None:
    assert findings(RULE, registry({"sir": model(path=path)})) == []


def test_a_target_is_sent_to_a_package_of_targets() -> None:
    (finding,) = findings(RULE, registry(targets={"t": target(path="incidence.py")}))
    assert finding.hint.startswith("Move incidence.py to targets/incidence.py,")


def test_all_entries_of_one_module_are_one_finding() -> None:
    record = registry({"a": model("A", "all.py")}, {"t": target(path="all.py")})
    assert keys(findings(RULE, record)) == ["model:a"]
