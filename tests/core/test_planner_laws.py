"""Laws 1, 2, 3 and 7 of architecture.md, on generated projects and generated edits."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from modelops_bundle.core.apply import apply_changes
from modelops_bundle.core.derive import Context, entry_behavior
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.plan import Action, PlanOptions, State, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, ModelEntry, TargetEntry
from modelops_bundle.errors import BundleError
from support.generated import observations, open_situations, registrations, situations

Situation = tuple[BundleRegistry, Observation]
Entry = ModelEntry | TargetEntry

options_of_sync = st.builds(PlanOptions, keep=st.booleans(), discover=st.booleans())


def facts(entry: Entry) -> tuple[object, ...]:
    """What an entry says of its code, lists as sets."""
    lists = ("outputs", "scenarios", "parameters", "data")
    return (
        entry.entrypoint,
        entry.path,
        getattr(entry, "model_output", ""),
        *(frozenset(getattr(entry, name, ())) for name in lists),
    )


def behaviour(plan: SyncPlan, entry: Entry, observed: Observation, **kept: object) -> object:
    """The behaviour digest of an entry of the result, worked out from the observation alone."""
    there = {(found.kind, found.path, found.symbol) for found in observed.discovered}
    registered = {
        (one.path, one.symbol)
        for key, one in plan.result.entries()
        if (key.kind, one.path, one.symbol) in there
    }
    # One of the candidates will be registered: until a person says which, none counts.
    open_for = {(v.key.kind, name) for v in plan.undecided for name in v.candidates}
    registered |= {
        (found.path, found.symbol)
        for found in observed.discovered
        if (found.kind, found.entrypoint) in open_for
    }
    context = Context(observed, frozenset(registered), plan.result.environment)
    return entry_behavior(entry, context, kept.get("environment", plan.result.environment))  # type: ignore[arg-type]


@given(situations(), options_of_sync)
def test_planning_again_on_the_result_finds_nothing(
    situation: Situation, options: PlanOptions
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, options)
    again = plan_sync(plan.result, observed, options)
    assert again.changes == ()
    undecided = {v.key for v in plan.undecided}
    for verdict in again.verdicts:
        settled = (State.FRESH, State.MISSING, State.UNPARSED)
        assert verdict.state in settled or verdict.key in undecided


@given(situations(), options_of_sync)
def test_applying_the_changes_gives_the_result(situation: Situation, options: PlanOptions) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, options)
    assert apply_changes(record, plan.changes) == plan.result


@given(situations(), st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_discovery(
    situation: Situation, shuffle: random.Random
) -> None:
    record, observed = situation
    items = list(observed.discovered)
    shuffle.shuffle(items)
    files = list(observed.files.items())
    shuffle.shuffle(files)
    shuffled = replace(observed, discovered=tuple(items), files=dict(files))
    assert plan_sync(record, shuffled) == plan_sync(record, observed)


@given(situations(), st.booleans())
def test_what_a_person_declared_stays_unless_the_plan_is_destructive(
    situation: Situation, keep: bool
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, PlanOptions(keep=keep))
    removed = {change.key for change in plan.destructive}
    for key, entry in record.entries():
        after = plan.result.get(key)
        if after is None:
            assert key in removed
            continue
        if entry.declared is None:
            continue
        assert after.declared is not None
        for name in ("data", "code", "outputs"):
            assert set(getattr(entry.declared, name)) <= set(getattr(after.declared, name))
        assert after.declared.model_output == entry.declared.model_output
        settled = next(v.state for v in plan.verdicts if v.key == key)
        if settled in (State.UNPARSED, State.AMBIGUOUS) or (
            key.kind,
            after.path,
            after.symbol,
        ) not in {(found.kind, found.path, found.symbol) for found in observed.discovered}:
            continue
        assert set(entry.declared.data) <= set(after.data)
        assert set(entry.declared.code) <= {*after.code, after.path}
        assert set(entry.declared.outputs) <= set(getattr(after, "outputs", ()))
    if not plan.destructive:
        assert plan.result.target_sets == record.target_sets


@given(open_situations(), options_of_sync)
def test_what_is_left_to_decide_is_given_to_nobody_meanwhile(
    situation: Situation, options: PlanOptions
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, options)
    for verdict in plan.undecided:
        assert plan.result.get(verdict.key) == record.get(verdict.key)
        others = {
            entry.entrypoint
            for key, entry in plan.result.entries()
            if key.kind is verdict.key.kind and key not in {v.key for v in plan.undecided}
        }
        assert not others.intersection(verdict.candidates)


@given(open_situations())
def test_a_decision_can_be_made_and_settles_it(situation: Situation) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    for verdict, candidate in [(v, c) for v in plan.undecided for c in v.candidates]:
        settled = plan_sync(record, observed, PlanOptions(renames={verdict.key: candidate}))
        entry = settled.result.get(verdict.key)
        assert entry is not None
        assert entry.entrypoint == candidate
        assert plan_sync(settled.result, observed).changes == ()


@given(situations())
def test_keep_never_loses_an_entry(situation: Situation) -> None:
    record, observed = situation
    plan = plan_sync(record, observed, PlanOptions(keep=True))
    assert not plan.destructive
    assert {key for key, _ in record.entries()} <= {key for key, _ in plan.result.entries()}


@given(observations)
def test_a_project_that_was_just_registered_is_in_sync(observed: Observation) -> None:
    plan = plan_sync(BundleRegistry(), observed, PlanOptions(discover=True))
    again = plan_sync(plan.result, observed, PlanOptions(discover=True))
    assert again.empty
    assert {v.state for v in again.verdicts} <= {State.FRESH, State.MISSING}


@given(situations())
def test_what_is_fresh_or_cosmetic_says_of_its_code_what_the_code_says(
    situation: Situation,
) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    for verdict in plan.verdicts:
        before, after = record.get(verdict.key), plan.result.get(verdict.key)
        if verdict.state not in (State.FRESH, State.COSMETIC):
            continue
        assert before is not None
        assert after is not None
        assert facts(before) == facts(after)
        if verdict.state is State.FRESH:
            assert replace(before, behavior_digest=None) == replace(after, behavior_digest=None)
        elif (before.source_digest, before.code_digests) != (
            after.source_digest,
            after.code_digests,
        ):
            assert before.behavior_digest is not None
            now = behaviour(plan, after, observed, environment=record.environment)
            assert before.behavior_digest == now
            assert before.data_digests == after.data_digests


@given(situations())
def test_the_recorded_behaviour_is_that_of_the_code(situation: Situation) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    assume(not plan.undecided)
    states = {verdict.key: verdict for verdict in plan.verdicts}
    for key, entry in plan.result.entries():
        verdict = states.get(key)
        if verdict is None or verdict.state in (State.FRESH, State.COSMETIC, State.STALE):
            assert entry.behavior_digest == behaviour(plan, entry, observed)


@given(situations())
def test_every_definition_has_one_entry_unless_it_had_more(situation: Situation) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    for key, entry in plan.result.entries():
        same = [
            other
            for other, one in plan.result.entries()
            if (other.kind, one.path, one.symbol) == (key.kind, entry.path, entry.symbol)
        ]
        gone = {v.key for v in plan.verdicts if v.state in (State.AMBIGUOUS, State.MISSING)}
        before = {
            (one.path, one.symbol)
            for other in same
            if (one := record.get(other)) is not None and other not in gone
        }
        assert len(before) <= 1
        assert sum(record.get(other) is None for other in same) <= (0 if len(same) > 1 else 1)


@given(situations(), st.data())
def test_registering_is_idempotent_and_never_removes(
    situation: Situation, data: st.DataObject
) -> None:
    record, observed = situation
    assume(observed.discovered)
    options = data.draw(registrations(observed))
    try:
        plan = plan_sync(record, observed, options)
    except BundleError:
        return
    assert apply_changes(record, plan.changes) == plan.result
    assert not plan.destructive
    assert {key for key, _ in record.entries()} <= {key for key, _ in plan.result.entries()}
    for wanted in options.register:
        symbol = (wanted.kind, wanted.path, wanted.symbol)
        entries = [e for k, e in plan.result.entries() if (k.kind, e.path, e.symbol) == symbol]
        named = (set(entry.declared.data) for entry in entries if entry.declared is not None)
        assert any(data.issuperset(wanted.declared.data) for data in named)
        assert all(entry.entrypoint not in plan.result.excluded for entry in entries)
    assert plan_sync(plan.result, observed, options).changes == ()


@given(situations())
def test_nothing_is_done_to_an_entry_whose_own_file_cannot_be_parsed(situation: Situation) -> None:
    record, observed = situation
    plan = plan_sync(record, observed)
    for verdict in plan.unparsed:
        assert verdict.action is Action.NONE
        assert plan.result.get(verdict.key) == record.get(verdict.key)
