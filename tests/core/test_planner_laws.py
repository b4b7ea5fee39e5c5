"""Laws 1, 2, 3 and 7 of architecture.md, on generated projects and generated edits."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.apply import apply_changes
from modelops_bundle.core.observation import Discovered, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import PlanOptions, State
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, Kind
from support.registries import (
    closure,
    declared,
    found_model,
    found_target,
    observation,
    target_set,
)

FILES = ("models/sir.py", "models/seir.py", "targets/incidence.py", "targets/prevalence.py")
DATA = ("data/a.csv", "data/b.csv", "data/c.csv")
NAMES = ("alpha", "beta", "gamma", "delta")
OUTPUTS = ("incidence", "prevalence", "deaths")
BODIES = ("one", "two", "three", "four", "five")


@dataclass(frozen=True)
class Symbol:
    kind: Kind
    path: str
    name: str
    body: str
    outputs: tuple[str, ...]
    data: tuple[str, ...] | None
    convention: str
    abstract: bool


symbols = st.builds(
    Symbol,
    kind=st.sampled_from(Kind),
    path=st.sampled_from(FILES),
    name=st.sampled_from(NAMES),
    body=st.sampled_from(BODIES),
    outputs=st.lists(st.sampled_from(OUTPUTS), unique=True, min_size=1).map(tuple),
    data=st.one_of(st.none(), st.lists(st.sampled_from(DATA), unique=True).map(tuple)),
    convention=st.sampled_from(["calabaria"] * 4 + [""]),
    abstract=st.sampled_from([False] * 4 + [True]),
)
projects = st.lists(symbols, max_size=7, unique_by=lambda s: (s.path, s.name))
contents = st.dictionaries(st.sampled_from((*FILES, *DATA)), st.sampled_from(("x", "y")))
helpers = st.dictionaries(
    st.sampled_from(FILES), st.lists(st.sampled_from(("lib/a.py", "lib/b.py")), unique=True)
)


def discovered(symbol: Symbol, line: int) -> Discovered:
    if symbol.kind is Kind.MODEL:
        return found_model(
            symbol.name,
            symbol.path,
            line=line,
            body=symbol.body,
            outputs=symbol.outputs,
            convention=symbol.convention,
            abstract=symbol.abstract,
        )
    return found_target(
        symbol.name,
        symbol.path,
        line=line,
        body=symbol.body,
        model_output=symbol.outputs[0],
        data=symbol.data,
        convention=symbol.convention,
    )


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    found = [discovered(s, line) for line, s in enumerate(draw(projects), start=1)]
    texts = draw(contents)
    imports = draw(helpers)
    return observation(
        *found,
        files={name: texts.get(name, "x") for name in DATA if name in texts} | texts,
        closures=[
            closure(path, *imports.get(path, ()), contents=texts)
            for path in sorted({item.path for item in found})
        ],
        environment=draw(
            st.sampled_from([{}, {BundlePath("uv.lock"): "sha256:" + "0" * 64}])  # type: ignore[list-item]
        ),
    )


@st.composite
def records(draw: st.DrawFn, observed: Observation) -> BundleRegistry:
    """A registry as a sync of some project wrote it, with what people add by hand."""
    registry = plan_sync(BundleRegistry(), observed, PlanOptions(discover=True)).result
    for key, entry in list(registry.entries()):
        if draw(st.booleans()):
            named = declared(data=draw(st.lists(st.sampled_from(DATA), unique=True)))
            entry = replace(entry, declared=draw(st.sampled_from([named, None])))
            entry = replace(entry, data=tuple(dict.fromkeys((*entry.data, *named.data))))
            registry = registry.with_entry(key, entry)
    targets = list(registry.targets)
    if targets:
        chosen = draw(st.lists(st.sampled_from(targets), unique=True, min_size=1))
        sets = {"mine": target_set(*chosen, **dict.fromkeys(chosen[:1], 2.0))}
        registry = replace(registry, target_sets=sets)
    return replace(registry, version=draw(st.sampled_from(["1.0", "1.1"])))


@st.composite
def situations(draw: st.DrawFn) -> tuple[BundleRegistry, Observation]:
    before, after = draw(observations()), draw(observations())
    return draw(records(before)), after


@given(situations(), st.booleans())
def test_planning_again_on_the_result_finds_nothing(
    situation: tuple[BundleRegistry, Observation], discover: bool
) -> None:
    record, observed = situation
    options = PlanOptions(discover=discover)
    plan = plan_sync(record, observed, options)
    again = plan_sync(plan.result, observed, options)
    assert again.changes == ()
    settled = {v.key: v.state for v in again.verdicts}
    undecided = {v.key for v in plan.undecided}
    for key, state in settled.items():
        assert state in (State.FRESH, State.MISSING) or key in undecided


@given(situations(), st.booleans(), st.booleans())
def test_applying_the_changes_gives_the_result(
    situation: tuple[BundleRegistry, Observation], keep: bool, discover: bool
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, PlanOptions(keep=keep, discover=discover))
    assert apply_changes(record, plan.changes) == plan.result


@given(situations(), st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_discovery(
    situation: tuple[BundleRegistry, Observation], shuffle: random.Random
) -> None:
    record, observed = situation
    items = list(observed.discovered)
    shuffle.shuffle(items)
    files = list(observed.files.items())
    shuffle.shuffle(files)
    shuffled = replace(observed, discovered=tuple(items), files=dict(files))
    assert plan_sync(record, shuffled) == plan_sync(record, observed)


@given(situations())
def test_what_a_person_declared_stays_unless_the_plan_is_destructive(
    situation: tuple[BundleRegistry, Observation],
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    removed = {change.key for change in plan.destructive}
    for key, entry in record.entries():
        after = plan.result.get(key)
        if after is None:
            assert key in removed
            continue
        if entry.declared is not None:
            assert after.declared is not None
            assert set(entry.declared.data) <= set(after.declared.data)
            assert set(entry.declared.data) <= set(after.data)
    if not plan.destructive:
        assert plan.result.target_sets == record.target_sets


@given(situations())
def test_keep_never_loses_an_entry(situation: tuple[BundleRegistry, Observation]) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, PlanOptions(keep=True))
    assert not plan.destructive
    assert {key for key, _ in record.entries()} <= {key for key, _ in plan.result.entries()}


@given(observations())
def test_a_project_that_was_just_registered_is_in_sync(observed: Observation) -> None:
    plan = plan_sync(BundleRegistry(), observed, PlanOptions(discover=True))
    again = plan_sync(plan.result, observed, PlanOptions(discover=True))
    missing_data = any(v.state is State.MISSING for v in again.verdicts)
    assert again.in_sync or missing_data


@given(situations())
def test_an_entry_is_fresh_exactly_when_its_record_is_what_the_code_says(
    situation: tuple[BundleRegistry, Observation],
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    for verdict in plan.verdicts:
        before, after = record.get(verdict.key), plan.result.get(verdict.key)
        if verdict.state is State.FRESH:
            assert before is not None
            assert after is not None
            assert replace(before, behavior_digest=None) == replace(after, behavior_digest=None)
        if verdict.state is State.STALE and verdict.action.value == "update":
            assert before != after
