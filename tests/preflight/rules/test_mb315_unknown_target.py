"""MB315 reports members of target sets that are not registered."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb315_unknown_target import RULE
from support.preflight import findings, keys
from support.registries import registry, target, target_set


def test_an_unknown_member_is_an_error_with_what_is_closest() -> None:
    record = registry(
        targets={"incidence": target()},
        target_sets={"flu": target_set("incidence", "incidense", "deaths", "deaths")},
    )
    close, far = findings(RULE, record)
    assert close.severity is Severity.ERROR
    assert close.key == "target_set:flu"
    assert close.message == "Target set 'flu' names 'incidense', which is not a registered target"
    assert close.hint == "Name a registered target (closest: 'incidence')"
    assert str(close.location) == ".modelops-bundle/registry.yaml"
    assert far.hint == "Run 'mops-bundle target-set set flu' with registered targets only"


def test_each_set_is_reported() -> None:
    record = registry(target_sets={"a": target_set("x"), "b": target_set("x")})
    assert keys(findings(RULE, record)) == ["target_set:a", "target_set:b"]


def test_known_members_and_empty_sets_are_fine() -> None:
    record = registry(
        targets={"incidence": target()},
        target_sets={"flu": target_set("incidence"), "none": target_set()},
    )
    assert findings(RULE, record) == []
