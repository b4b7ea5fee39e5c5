"""What the analysis says of a class against what the class registers when it is imported."""

from __future__ import annotations

import inspect
import tempfile
import types
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings

from modelops_bundle.analysis.discover import Discovery
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.observation import Discovered, ListFact, ModelFacts
from modelops_bundle.core.paths import ROOT, BundlePath
from support import calabaria
from support.models import projects
from support.trees import memory_tree


def _imported(files: dict[str, str]) -> types.ModuleType | None:
    """The module `models`, None where Python refuses the code."""
    with tempfile.TemporaryDirectory() as folder:
        for name, source in files.items():
            Path(folder, name).write_text(source)
        with calabaria.importable(Path(folder)) as load:
            try:
                return load("models")
            except Exception:
                return None


def _registered(module: types.ModuleType) -> dict[str, type[calabaria.BaseModel]]:
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, calabaria.BaseModel)
        and value.__module__ == module.__name__
        and value.__qualname__ == name
    }


def _agrees(fact: ListFact, real: set[str], what: str) -> None:
    said = set(fact.values)
    if fact.complete:
        assert said == real, f"{what}: said {sorted(said)}, registered {sorted(real)}"
    else:
        assert said <= real, f"{what}: said {sorted(said)}, registered only {sorted(real)}"


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(projects())
def test_facts_are_what_the_imported_class_registers_or_unresolved(files: dict[str, str]) -> None:
    module = _imported(files)
    assume(module is not None)
    assert module is not None
    discovery = Discovery(ModuleIndex(memory_tree(files), [ROOT]), BUILT_IN)
    found = {one.symbol: one for one in discovery.file(BundlePath("models.py")).discovered}
    real = _registered(module)
    assert set(found) == set(real)
    for name, cls in real.items():
        _check(found[name], cls)


def _check(found: Discovered, cls: type[calabaria.BaseModel]) -> None:
    facts = found.facts
    assert isinstance(facts, ModelFacts)
    _agrees(facts.outputs, set(cls.registered_outputs), f"outputs of {found.symbol}")
    scenarios = {*cls.registered_scenarios, "baseline"}
    _agrees(facts.scenarios, scenarios, f"scenarios of {found.symbol}")
    names = {spec.name for spec in cls.PARAMS.specs}
    _agrees(facts.parameters, names, f"parameters of {found.symbol}")
