"""Which symbol an entry has become: chains of names, twins, rivals, and what nobody may guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.core.observation import Discovered, Observation
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import Action, PlanOptions, State, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from modelops_bundle.errors import UsageError
from support.registries import found_model, found_target, observation

TARGET_FILE = "targets/incidence.py"
OTHER_FILE = "targets/other.py"


def synced(*found: Discovered) -> BundleRegistry:
    """The registry that a sync of a project with these symbols writes."""
    return plan_sync(BundleRegistry(), observation(*found), PlanOptions(discover=True)).result


def a_target(name: str, body: str, path: str = TARGET_FILE, line: int = 1) -> Discovered:
    return found_target(name, path, body=body, line=line)


def pairs(plan: SyncPlan) -> dict[str, str]:
    """Each target's symbol after the sync, with its module where that says more."""
    return {name: entry.entrypoint for name, entry in plan.result.targets.items()}


def state(plan: SyncPlan, name: str) -> tuple[State, Action]:
    found = next(v for v in plan.verdicts if v.key.id == name)
    return found.state, found.action


def test_a_name_that_is_handed_on_does_not_take_its_entry_with_it() -> None:
    record = synced(a_target("a", "one"), a_target("b", "two", line=9))
    after = observation(a_target("b", "one"), a_target("c", "two", line=9))
    plan = plan_sync(record, after)
    assert pairs(plan) == {"a": "targets.incidence:b", "b": "targets.incidence:c"}
    assert [v.action for v in plan.verdicts] == [Action.RENAME, Action.RENAME]
    assert {r.evidence for v in plan.verdicts for r in v.reasons[:1]} == {"same body"}
    assert plan_sync(plan.result, after).empty


def test_a_chain_of_three_names_is_followed_to_its_end() -> None:
    before = [a_target(name, name, line=at) for at, name in enumerate("abc", start=1)]
    after = observation(*(a_target(n, b, line=i) for i, (n, b) in enumerate(["ba", "cb", "dc"], 1)))
    plan = plan_sync(synced(*before), after)
    assert [entry.symbol for entry in plan.result.targets.values()] == ["b", "c", "d"]


def test_files_that_take_each_others_names_in_turn_are_moves() -> None:
    record = synced(a_target("t", "one", "targets/a.py"), a_target("t", "two", "targets/b.py"))
    after = observation(a_target("t", "one", "targets/b.py"), a_target("t", "two", "targets/c.py"))
    plan = plan_sync(record, after)
    assert set(pairs(plan).values()) == {"targets.b:t", "targets.c:t"}
    assert [v.action for v in plan.verdicts] == [Action.MOVE, Action.MOVE]
    assert record.targets["t"].path == "targets/a.py"
    assert plan.result.targets["t"].path == "targets/b.py"


def test_a_chain_whose_end_was_edited_as_well_is_a_decision() -> None:
    record = synced(a_target("a", "one"), a_target("b", "two", line=9))
    after = observation(a_target("b", "one"), a_target("c", "two, edited", line=9))
    plan = plan_sync(record, after)
    assert state(plan, "a") == (State.AMBIGUOUS, Action.DECIDE)
    renames = {EntryKey(Kind.TARGET, "a"): "b", EntryKey(Kind.TARGET, "b"): "c"}
    settled = plan_sync(record, after, PlanOptions(renames=renames))
    assert pairs(settled) == {"a": "targets.incidence:b", "b": "targets.incidence:c"}


def test_two_names_that_were_swapped_are_edits() -> None:
    record = synced(a_target("a", "one"), a_target("b", "two", line=9))
    after = observation(a_target("a", "two"), a_target("b", "one", line=9))
    assert pairs(plan_sync(record, after)) == pairs(
        plan_sync(record, observation(*[a_target("a", "one"), a_target("b", "two", line=9)]))
    )


def test_a_class_that_moved_and_left_another_one_with_its_name_is_an_edit() -> None:
    record = synced(a_target("a", "one"))
    after = observation(a_target("a", "new"), a_target("a", "one", OTHER_FILE))
    plan = plan_sync(record, after)
    assert pairs(plan) == {"a": "targets.incidence:a"}
    assert [found.path for found in plan.unregistered] == [OTHER_FILE]


def test_a_definition_that_was_split_is_a_decision() -> None:
    record = synced(a_target("a", "one"))
    after = observation(a_target("b", "one"), a_target("c", "one", line=9))
    assert state(plan_sync(record, after), "a") == (State.AMBIGUOUS, Action.DECIDE)


def test_definitions_that_were_merged_leave_one_entry_to_remove() -> None:
    record = synced(a_target("a", "one"), a_target("b", "two", line=9))
    plan = plan_sync(record, observation(a_target("b", "one and two")))
    assert state(plan, "a") == (State.MISSING, Action.REMOVE)
    assert plan.destructive


def test_two_entries_of_one_symbol_follow_it_together() -> None:
    record = synced(a_target("a", "one"))
    record = replace(record, targets={**record.targets, "twin": record.targets["a"]})
    for after in (
        observation(a_target("b", "one")),
        likely({("a", "b"): 0.9}, a_target("b", "edited")),
        observation(a_target("a", "one", OTHER_FILE)),
    ):
        plan = plan_sync(record, after)
        assert not plan.destructive
        assert len(set(pairs(plan).values())) == 1
        assert plan_sync(plan.result, after).empty


def test_an_abstract_class_is_not_what_a_deleted_model_has_become() -> None:
    base = found_model("Base", body="base", abstract=True)
    record = synced(base, found_model("SIR", line=9))
    plan = plan_sync(record, observation(base))
    assert [v.action for v in plan.verdicts] == [Action.REMOVE]


def test_an_excluded_symbol_is_paired_only_where_a_person_says_so() -> None:
    record = replace(synced(a_target("a", "one")), excluded=(Entrypoint("targets.incidence:b"),))
    after = observation(a_target("b", "one"))
    assert state(plan_sync(record, after), "a") == (State.MISSING, Action.REMOVE)
    chosen = PlanOptions(renames={EntryKey(Kind.TARGET, "a"): "b"})
    plan = plan_sync(record, after, chosen)
    assert pairs(plan) == {"a": "targets.incidence:b"}
    assert plan.result.excluded == ()


def test_a_symbol_that_another_entry_has_cannot_be_chosen() -> None:
    record = synced(a_target("a", "one"), a_target("b", "two", line=9))
    with pytest.raises(UsageError, match="is no unregistered symbol"):
        plan_sync(
            record,
            observation(a_target("b", "two")),
            PlanOptions(renames={EntryKey(Kind.TARGET, "a"): "b"}),
        )


def moved(*paths: str, content: str = "same") -> Observation:
    return observation(
        *(a_target("t", f"now {path}", path) for path in paths),
        files=dict.fromkeys(paths, content),
    )


def test_one_file_that_equals_two_old_ones_is_a_decision() -> None:
    both = moved("targets/a.py", "targets/b.py")
    record = plan_sync(BundleRegistry(), both, PlanOptions(discover=True)).result
    legacy = {key: replace(entry, symbol_digest=None) for key, entry in record.targets.items()}
    plan = plan_sync(replace(record, targets=legacy), moved("targets/c.py"))
    assert {v.action for v in plan.verdicts} == {Action.DECIDE}


def test_a_legacy_entry_follows_its_file() -> None:
    record = plan_sync(BundleRegistry(), moved("targets/a.py"), PlanOptions(discover=True)).result
    legacy = {key: replace(entry, symbol_digest=None) for key, entry in record.targets.items()}
    plan = plan_sync(replace(record, targets=legacy), moved("targets/c.py"))
    assert plan.result.targets["t"].path == BundlePath("targets/c.py")
    assert plan.verdicts[0].reasons[0].evidence == "same file"


def likely(similarity: dict[tuple[str, str], float], *found: Discovered) -> Observation:
    """A project where the old sources are known: likeness by (old, new) symbol."""
    pairs = {
        (Entrypoint(f"targets.incidence:{old}"), one.entrypoint): value
        for (old, new), value in similarity.items()
        for one in found
        if one.symbol == new
    }
    return replace(observation(*found), similarity=pairs)


def test_a_copy_of_what_is_still_there_is_not_what_a_deleted_one_has_become() -> None:
    record = synced(a_target("a", "one"), a_target("b", "two", line=9))
    left, copy = a_target("b", "two"), a_target("c", "two, edited", line=9)
    copied = likely({("a", "c"): 0.85, ("b", "c"): 0.95}, left, copy)
    assert state(plan_sync(record, copied), "a") == (State.AMBIGUOUS, Action.DECIDE)
    edited = likely({("a", "c"): 0.85, ("b", "c"): 0.7}, left, copy)
    assert pairs(plan_sync(record, edited))["a"] == "targets.incidence:c"


def test_a_runner_up_in_another_file_makes_it_a_decision_that_names_the_likelier_first() -> None:
    record = synced(a_target("a", "one"))
    here, there = a_target("north", "1"), a_target("south", "2", OTHER_FILE)
    plan = plan_sync(record, likely({("a", "north"): 0.8, ("a", "south"): 0.9}, here, there))
    assert state(plan, "a") == (State.AMBIGUOUS, Action.DECIDE)
    assert [c.symbol for c in plan.verdicts[0].candidates] == ["south", "north"]
    assert "90% alike" in plan.verdicts[0].reasons[0].message
    clear = plan_sync(record, likely({("a", "north"): 0.8, ("a", "south"): 0.6}, here, there))
    assert pairs(clear)["a"] == "targets.incidence:north"


def test_a_file_that_moved_takes_an_edited_definition_with_another_name_along() -> None:
    record = synced(a_target("a", "one"))
    moved = a_target("b", "two", OTHER_FILE)
    plan = plan_sync(record, likely({("a", "b"): 0.8}, moved))
    assert (pairs(plan)["a"], state(plan, "a")[1]) == ("targets.other:b", Action.MOVE)
    stays = likely({("a", "b"): 0.8}, moved, found_model(path=TARGET_FILE))
    assert state(plan_sync(record, stays), "a") == (State.AMBIGUOUS, Action.DECIDE)


def test_the_only_candidate_is_asked_about_where_the_old_source_is_not_known() -> None:
    """The one that was deleted and the one that was added may have all but the body in common."""
    record = synced(found_target("a", TARGET_FILE, body="one", data=["data/a.csv"]))
    for output, data in (("deaths", "b"), ("deaths", "a"), ("incidence", "b"), ("incidence", "a")):
        path = f"data/{data}.csv"
        new = found_target("b", TARGET_FILE, body="two", model_output=output, data=[path])
        plan = plan_sync(record, observation(new))
        assert state(plan, "a") == (State.AMBIGUOUS, Action.DECIDE)
        assert plan.additions == ()


def test_an_unlike_newcomer_in_the_file_does_not_stand_in_the_way() -> None:
    record = synced(a_target("a", "one"))
    found = (a_target("b", "edited"), a_target("new", "other", line=9))
    clear = plan_sync(record, likely({("a", "b"): 0.8, ("a", "new"): 0.3}, *found))
    assert pairs(clear) == {"a": "targets.incidence:b", "new": "targets.incidence:new"}
    close = plan_sync(record, likely({("a", "b"): 0.65, ("a", "new"): 0.55}, *found))
    assert state(close, "a") == (State.AMBIGUOUS, Action.DECIDE)
    assert close.additions == ()
