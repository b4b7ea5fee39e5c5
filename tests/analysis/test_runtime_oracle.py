"""What the analysis says of a class against what the class registers when it is imported."""

from __future__ import annotations

import inspect
import tempfile
import types
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings

from modelops_bundle.analysis.discover import Discovery
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.observation import Discovered, ListFact, ModelFacts, TargetFacts
from modelops_bundle.core.paths import ROOT, BundlePath
from support import calabaria
from support.models import projects, target_projects
from support.trees import memory_tree


def _imported(files: dict[str, str], name: str = "models") -> types.ModuleType | None:
    """One of the modules, None where Python refuses the code."""
    with tempfile.TemporaryDirectory() as folder:
        for file, source in files.items():
            Path(folder, file).write_text(source)
        with calabaria.importable(Path(folder)) as load:
            try:
                return load(name)
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


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(target_projects())
def test_targets_are_what_the_imported_function_states_or_unresolved(files: dict[str, str]) -> None:
    module = _imported(files, "targets")
    assume(module is not None)
    assert module is not None
    discovery = Discovery(ModuleIndex(memory_tree(files), [ROOT]), BUILT_IN)
    found = {one.symbol: one for one in discovery.file(BundlePath("targets.py")).discovered}
    for name in ("first", "second", "third"):
        function = getattr(module, name, None)
        decorated = getattr(function, "metadata", None)
        if function is None or (decorated is None and name not in found):
            # A definition under a test that cannot be told may not be there.
            open_test = any(word in files["targets.py"] for word in ("try:", "if consts.FLAG"))
            assert function is not None or name not in found or open_test
            continue
        assert name in found
        _check_target(found[name], function, decorated)


def _check_target(
    found: Discovered, function: Callable[[], object], decorated: dict[str, object] | None
) -> None:
    facts = found.facts
    assert isinstance(facts, TargetFacts)
    try:
        made = function()
    except TypeError:
        return  # two decorators on top of each other: the framework's targets take no argument
    returned = made.model_output if isinstance(made, calabaria.LossTarget) else None
    stated = (decorated or {}).get("model_output", returned)
    if isinstance(facts.model_output, str | None):
        assert facts.model_output == stated or (facts.model_output is None and not decorated)
    if facts.body_output is not None:
        assert facts.body_output == returned
    given = (decorated or {}).get("data")
    if facts.data is not None and facts.data.complete:
        assert set(facts.data.values) == set(_paths_in(given))
    if facts.data is None:
        assert given is None or not isinstance(facts.model_output, str)


def _paths_in(given: object) -> list[str]:
    if isinstance(given, dict):
        return [path for item in given.values() for path in _paths_in(item)]
    if isinstance(given, list):
        return [path for item in given for path in _paths_in(item)]
    return [given] if isinstance(given, str) else []
