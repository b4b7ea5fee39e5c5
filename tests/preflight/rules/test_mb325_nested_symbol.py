"""MB325 warns of symbols that are attributes of others."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb325_nested_symbol import RULE
from support.preflight import findings
from support.registries import found_model, model, observation, registry, target


def test_a_nested_class_is_a_warning_at_its_definition() -> None:
    observed = observation(found_model("Models.SIR", line=6))
    (finding,) = findings(RULE, registry({"sir": model("Models.SIR")}), observed)
    assert finding.severity is Severity.WARNING
    assert finding.key == "model:sir"
    assert "'Models.SIR' is not at the top level of models/sir.py" in finding.message
    assert str(finding.location) == "models/sir.py:6"


def test_a_top_level_symbol_in_a_deep_module_is_fine() -> None:
    record = registry({"sir": model("SIR", "a/b/c.py")}, {"t": target("f", "d/e/f.py")})
    assert findings(RULE, record) == []
