"""MB321 warns once where there is something to run and nothing to run it with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.core.findings import Location, Severity
from modelops_bundle.core.observation import ProjectFacts
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.preflight.rules.mb321_no_wire import RULE
from support.preflight import findings
from support.registries import closure, model, observation, project, registry, target

MODELS = registry({"sir": model()})


@pytest.mark.parametrize("record", [MODELS, registry(targets={"t": target()})])
def test_entries_without_a_wire_function_are_one_warning(record: BundleRegistry) -> None:
    (finding,) = findings(RULE, record, observation(project=project(wire="")))
    assert finding.severity is Severity.WARNING
    assert "modelops-calabaria" in finding.hint


def test_a_wire_function_that_workers_cannot_call_is_a_warning_at_its_line() -> None:
    facts = project(wire="wire.py", wire_line=4)
    (finding,) = findings(RULE, MODELS, observation(project=facts))
    assert str(finding.location) == "wire.py:4"
    assert finding.hint == "Define it as wire(entrypoint, parameters, seed)"


@pytest.mark.parametrize(
    ("record", "facts"),
    [
        (MODELS, project(wire="wire.py")),
        (MODELS, project(wire="", pyproject=False, pyproject_problem="Invalid value")),
        (registry(), project(wire="")),
    ],
    ids=["wire", "unknown", "nothing-to-run"],
)
def test_otherwise_nothing_is_said(record: BundleRegistry, facts: ProjectFacts) -> None:
    assert findings(RULE, record, observation(project=facts)) == []


def test_code_that_imports_the_framework_undeclared_is_left_to_the_rule_on_imports() -> None:
    imports = {"modelops_calabaria": Location(BundlePath("models/sir.py"), 3)}
    closures = {BundlePath("models/sir.py"): replace(closure("models/sir.py"), third_party=imports)}
    observed = replace(observation(project=project(wire="")), closures=closures)
    assert findings(RULE, MODELS, observed) == []
    bare = replace(observed, project=project(wire="", pyproject=False))
    assert len(findings(RULE, MODELS, bare)) == 1
