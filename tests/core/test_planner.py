"""The plan for one situation at a time: what changed, what a sync would do, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.core.behavior import statements_digest
from modelops_bundle.core.observation import Discovered, FileSemantics, ListFact, Observation
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import (
    Action,
    ChangeKind,
    PlanOptions,
    Registration,
    State,
    SyncPlan,
    Verdict,
)
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from modelops_bundle.errors import NeedsDecisionError, UsageError
from support.registries import (
    closure,
    content_digest,
    declared,
    file_state,
    found_model,
    found_target,
    list_fact,
    observation,
    parse_failure,
    paths,
    target_set,
    unresolved,
)
from support.registries import project as project_facts

TARGET = EntryKey(Kind.TARGET, "incidence_target")
MODEL = EntryKey(Kind.MODEL, "sir_sir")
OBSERVED_CSV = "data/observed.csv"


def synced(observed: Observation) -> BundleRegistry:
    """The registry that a sync of this project writes."""
    return plan_sync(BundleRegistry(), observed, PlanOptions(discover=True)).result


def project(*found: Discovered, **files: str) -> Observation:
    contents = {name.replace("__", "/"): text for name, text in files.items()}
    return observation(*found, files={OBSERVED_CSV: "1,2,3", **contents})


def verdict_of(plan: SyncPlan, key: EntryKey) -> Verdict:
    return next(verdict for verdict in plan.verdicts if verdict.key == key)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


BEFORE = project(found_model(), found_target(data=[OBSERVED_CSV]))


def test_nothing_changed_is_an_empty_plan() -> None:
    plan = plan_sync(synced(BEFORE), BEFORE)
    assert plan.in_sync
    assert [v.state for v in plan.verdicts] == [State.FRESH, State.FRESH]


def test_a_renamed_function_keeps_its_id_its_set_and_its_weight() -> None:
    record = replace(
        synced(BEFORE), target_sets={"all": target_set("incidence_target", incidence_target=2.0)}
    )
    after = project(
        found_model(), found_target("mean_target", body="incidence_target", data=[OBSERVED_CSV])
    )
    plan = plan_sync(record, after)
    verdict = verdict_of(plan, TARGET)
    assert (verdict.state, verdict.action) == (State.STALE, Action.RENAME)
    assert verdict.reasons[0].evidence == "same body"
    assert plan.result.targets["incidence_target"].symbol == "mean_target"
    assert plan.result.target_sets == record.target_sets
    assert not plan.destructive


def test_a_changed_output_is_an_update_with_the_old_and_the_new_name() -> None:
    record = synced(project(found_model(), found_target(model_output="BAD_OUTPUT_NAME")))
    plan = plan_sync(record, project(found_model(), found_target()))
    reasons = verdict_of(plan, TARGET).reasons
    assert [(r.code, r.old, r.new) for r in reasons] == [("MB107", "BAD_OUTPUT_NAME", "incidence")]


def test_edited_data_is_stale_and_names_the_file() -> None:
    after = observation(
        found_model(), found_target(data=[OBSERVED_CSV]), files={OBSERVED_CSV: "9,9,9"}
    )
    verdict = verdict_of(plan_sync(synced(BEFORE), after), TARGET)
    assert verdict.state is State.STALE
    assert [(r.field, r.path) for r in verdict.reasons] == [("data_digests", OBSERVED_CSV)]


def test_an_edited_helper_is_stale_through_its_chain() -> None:
    def with_helper(text: str) -> Observation:
        chain = closure(
            "models/sir.py",
            "models/network.py",
            "models/contacts.py",
            contents={"models/contacts.py": text},
            via={"models/contacts.py": "models/network.py"},
        )
        return observation(found_model(), closures=[chain], files={"models/contacts.py": text})

    plan = plan_sync(synced(with_helper("old")), with_helper("new"))
    reason = verdict_of(plan, MODEL).reasons[0]
    assert reason.code == "MB121"
    assert reason.via == paths("models/sir.py", "models/network.py", "models/contacts.py")


def test_other_bytes_with_the_same_meaning_are_cosmetic() -> None:
    record = synced(BEFORE)
    states = dict(BEFORE.files)
    path = BundlePath("models/sir.py")
    states[path] = replace(states[path], digest=content_digest("reformatted"))
    plan = plan_sync(record, replace(BEFORE, files=states))
    assert verdict_of(plan, MODEL).state is State.COSMETIC
    assert plan.cosmetic
    assert not plan.stale


def test_a_new_target_in_a_registered_file_is_added() -> None:
    after = project(
        found_model(),
        found_target(data=[OBSERVED_CSV]),
        found_target("prevalence_target", line=20),
    )
    plan = plan_sync(synced(BEFORE), after)
    assert [str(key) for key, _ in plan.additions] == ["target:prevalence_target"]


def test_a_symbol_in_an_unregistered_file_is_added_only_when_discovering() -> None:
    after = project(
        found_model(), found_target(data=[OBSERVED_CSV]), found_model("SEIR", "models/seir.py")
    )
    record = synced(BEFORE)
    assert [f.symbol for f in plan_sync(record, after).unregistered] == ["SEIR"]
    plan = plan_sync(record, after, PlanOptions(discover=True))
    assert [str(key) for key, _ in plan.additions] == ["model:seir_seir"]


def test_an_exclusion_holds_for_what_is_there_though_an_entry_of_its_name_is_kept() -> None:
    """A model became a target of the same name, which nobody wants registered."""
    record = replace(
        synced(observation(found_model("SIR"), found_model("Debug"))),
        excluded=(Entrypoint("models.sir:Debug"),),
    )
    now = observation(found_model("SIR"), found_target("Debug", "models/sir.py"))
    plan = plan_sync(record, now, PlanOptions(keep=True))
    assert plan.result.excluded == record.excluded
    again = plan_sync(plan.result, now, PlanOptions(keep=True))
    assert again.changes == ()
    assert not again.result.targets


def test_an_excluded_symbol_is_neither_added_nor_listed() -> None:
    record = replace(synced(BEFORE), excluded=(Entrypoint("models.sir:Debug"),))
    after = project(found_model(), found_model("Debug", line=9), found_target(data=[OBSERVED_CSV]))
    plan = plan_sync(record, after)
    assert (plan.additions, plan.unregistered) == ((), ())


def test_a_moved_file_keeps_the_ids() -> None:
    moved = found_model("SIR", "epi/sir.py")
    plan = plan_sync(synced(BEFORE), project(moved, found_target(data=[OBSERVED_CSV])))
    verdict = verdict_of(plan, MODEL)
    assert verdict.action is Action.MOVE
    assert plan.result.models["sir_sir"].entrypoint == "epi.sir:SIR"


def test_a_deleted_target_is_a_destructive_removal_that_takes_it_out_of_its_set() -> None:
    two = project(found_target(), found_target("second_target", line=9))
    record = replace(
        synced(two),
        target_sets={
            "both": target_set("incidence_target", "second_target", second_target=3.0),
            "one": target_set("second_target"),
        },
    )
    plan = plan_sync(record, project(found_target()))
    assert {change.kind for change in plan.destructive} == {ChangeKind.REMOVE, ChangeKind.UPDATE}
    assert plan.result.target_sets == {"both": target_set("incidence_target")}
    kept = plan_sync(record, project(found_target()), PlanOptions(keep=True))
    assert kept.result == record
    assert verdict_of(kept, EntryKey(Kind.TARGET, "second_target")).state is State.MISSING


def test_two_candidates_are_a_decision_and_a_rename_settles_it() -> None:
    after = project(
        found_model(),
        found_target("first", body="x", data=[OBSERVED_CSV]),
        found_target("second", body="y", line=9, data=[OBSERVED_CSV]),
    )
    plan = plan_sync(synced(BEFORE), after)
    verdict = verdict_of(plan, TARGET)
    assert (verdict.state, verdict.action) == (State.AMBIGUOUS, Action.DECIDE)
    assert [c.symbol for c in verdict.candidates] == ["first", "second"]
    assert plan.additions == ()
    settled = plan_sync(synced(BEFORE), after, PlanOptions(renames={TARGET: "second"}))
    assert settled.result.targets["incidence_target"].symbol == "second"
    assert [str(key) for key, _ in settled.additions] == ["target:first"]


def test_swapped_bodies_are_updates_and_no_renames() -> None:
    one = project(found_target("a", body="1"), found_target("b", body="2", line=9))
    two = project(found_target("a", body="2"), found_target("b", body="1", line=9))
    plan = plan_sync(synced(one), two)
    assert all(v.action in (Action.NONE, Action.UPDATE) for v in plan.verdicts)
    assert list(plan.result.targets) == ["a", "b"]


def test_an_unlike_candidate_is_not_taken_for_the_new_name() -> None:
    after = replace(
        project(found_target("other", body="unlike")),
        similarity={
            (
                Entrypoint("targets.incidence:incidence_target"),
                Entrypoint("targets.incidence:other"),
            ): 0.2
        },
    )
    plan = plan_sync(synced(project(found_target())), after)
    assert verdict_of(plan, TARGET).action is Action.REMOVE
    assert [str(key) for key, _ in plan.additions] == ["target:other"]


def test_what_one_pair_settles_is_settled_in_the_same_plan() -> None:
    """With beta moved, gamma is the only thing that alpha can be, and the rest follows."""
    record = synced(
        observation(
            found_model("alpha", body="b"),
            found_model("beta", body="b", line=9),
            found_model("alpha", "models/other.py", body="b"),
        )
    )
    after = observation(
        found_model("gamma", body="b"),
        found_model("alpha", "models/seir.py", body="b"),
        found_model("beta", "models/seir.py", body="b", line=9),
    )
    plan = plan_sync(record, after)
    assert not plan.undecided
    assert plan_sync(plan.result, after).empty


def test_source_that_cannot_be_parsed_leaves_the_entry_alone() -> None:
    after = observation(found_target(), failures=[parse_failure("models/sir.py", line=7)])
    record = synced(project(found_model(), found_target()))
    plan = plan_sync(record, after)
    verdict = verdict_of(plan, MODEL)
    assert (verdict.state, verdict.action, verdict.line) == (State.UNPARSED, Action.NONE, 7)
    assert plan.result.models == record.models


def test_a_missing_helper_that_is_still_imported_keeps_the_entry_as_it_is() -> None:
    before = closure("models/sir.py", "lib/rates.py")
    record = synced(observation(found_model(), closures=[before]))
    after = replace(closure("models/sir.py"), dangling=frozenset({"lib.rates"}))
    plan = plan_sync(record, observation(found_model(), closures=[after]))
    verdict = verdict_of(plan, MODEL)
    assert (verdict.state, verdict.action) == (State.MISSING, Action.NONE)
    reasons = [(reason.code, reason.field, reason.path) for reason in verdict.reasons]
    assert reasons == [("MB125", "code_digests", "lib/rates.py")]
    assert plan.empty
    assert not plan.in_sync
    assert plan.result.models == record.models


def test_what_a_missing_helper_imports_stays_until_it_is_back() -> None:
    """What it led to cannot be told without it, whether that is there or not."""
    files = ("lib/network.py", "lib/rates.py", "lib/hours.py")
    record = synced(observation(found_model(), closures=[closure("models/sir.py", *files)]))
    after = replace(closure("models/sir.py"), dangling=frozenset({"lib.network"}))
    left = observation(found_model(), closures=[after], files=["lib/rates.py"])
    plan = plan_sync(record, left)
    verdict = verdict_of(plan, MODEL)
    assert (verdict.state, verdict.action) == (State.MISSING, Action.NONE)
    assert {reason.path for reason in verdict.reasons} == {"lib/network.py", "lib/hours.py"}
    assert plan.result.models == record.models


def test_what_a_helper_imports_stays_while_the_helper_cannot_be_parsed() -> None:
    files = ("lib/network.py", "lib/rates.py")
    record = synced(observation(found_model(), closures=[closure("models/sir.py", *files)]))
    after = closure("models/sir.py", "lib/network.py", contents={"lib/network.py": "def f(:"})
    left = observation(
        found_model(),
        closures=[after],
        failures=[parse_failure("lib/network.py")],
        files={"lib/rates.py": "content of lib/rates.py", "lib/network.py": "def f(:"},
    )
    plan = plan_sync(record, left)
    verdict = verdict_of(plan, MODEL)
    assert (verdict.state, verdict.action) == (State.STALE, Action.UPDATE)
    assert [(reason.code, reason.path) for reason in verdict.reasons] == [
        ("MB121", "lib/network.py")
    ]
    assert set(plan.result.models["sir_sir"].code) == set(files)
    rates = file_state("lib/rates.py", "edited")
    again = plan_sync(plan.result, replace(left, files={**left.files, rates.path: rates}))
    assert verdict_of(again, MODEL).state is State.STALE


def test_a_local_module_that_gave_way_to_an_installed_one_is_not_missing() -> None:
    record = synced(observation(found_model(), closures=[closure("models/sir.py", "my_six.py")]))
    after = replace(closure("models/sir.py"), dangling=frozenset({"my_six"}))
    observed = observation(
        found_model(), closures=[after], project=project_facts(distributions=frozenset({"my-six"}))
    )
    plan = plan_sync(record, observed)
    assert verdict_of(plan, MODEL).action is Action.UPDATE
    assert plan.result.models["sir_sir"].code == ()


def test_missing_data_keeps_its_path_and_its_recorded_digest() -> None:
    record = synced(BEFORE)
    after = observation(found_model(), found_target(data=[OBSERVED_CSV]))
    plan = plan_sync(record, after)
    verdict = verdict_of(plan, TARGET)
    assert (verdict.state, verdict.action, codes(verdict)) == (
        State.MISSING,
        Action.NONE,
        ["MB125"],
    )
    assert plan.result == record


def test_data_renamed_together_with_its_decorator_is_an_update_without_loss() -> None:
    after = observation(
        found_model(), found_target(data=["data/new.csv"]), files={"data/new.csv": "1,2,3"}
    )
    plan = plan_sync(synced(BEFORE), after)
    assert verdict_of(plan, TARGET).action is Action.UPDATE
    assert plan.result.targets["incidence_target"].data == paths("data/new.csv")
    assert not plan.destructive


def test_an_unresolved_list_gains_what_is_known_and_loses_nothing() -> None:
    record = synced(project(found_model(outputs=["incidence", "deaths"])))
    partly = ListFact(("incidence", "prevalence"), (unresolved("NAMES[i]"),))
    plan = plan_sync(record, project(found_model(outputs=partly)))
    assert plan.result.models["sir_sir"].outputs == ("incidence", "deaths", "prevalence")
    assert [f.code for f in plan.findings] == ["MB201"]


def test_a_recorded_output_that_no_candidate_matches_is_an_error() -> None:
    record = synced(project(found_target(model_output="deaths")))
    open_fact = unresolved("OUTPUT", "incidence", "prevalence")
    plan = plan_sync(record, project(found_target(model_output=open_fact)))
    assert [(f.code, f.severity.value) for f in plan.findings] == [("MB202", "error")]
    assert plan.result.targets["incidence_target"].model_output == "deaths"


def test_an_entry_of_the_existing_tool_keeps_all_that_it_names() -> None:
    record = synced(project(found_model(), found_target(data=[OBSERVED_CSV])))
    legacy = replace(
        record.models["sir_sir"],
        declared=None,
        symbol_digest=None,
        behavior_digest=None,
        data=paths("data/demographics.csv"),
        code=paths("models/extra.py"),
    )
    old = replace(record, version="1.0", models={"sir_sir": legacy})
    after = observation(
        found_model(),
        found_target(data=[OBSERVED_CSV]),
        files={OBSERVED_CSV: "1,2,3", "data/demographics.csv": "x", "models/extra.py": "y"},
    )
    result = plan_sync(old, after).result
    assert result.version == "1.1"
    entry = result.models["sir_sir"]
    assert entry.declared == declared(data=["data/demographics.csv"], code=["models/extra.py"])
    assert entry.data == paths("data/demographics.csv")
    assert entry.code == paths("models/extra.py")


def test_registering_again_merges_what_is_declared() -> None:
    record = synced(BEFORE)
    request = Registration(
        kind=Kind.MODEL,
        path=BundlePath("models/sir.py"),
        symbol="SIR",
        declared=declared(data=["data/extra.csv"]),
    )
    after = project(found_model(), found_target(data=[OBSERVED_CSV]), **{"data__extra.csv": "z"})
    scope = frozenset(paths("models/sir.py"))
    plan = plan_sync(record, after, PlanOptions(register=(request,), scope=scope))
    assert plan.result.models["sir_sir"].data == paths("data/extra.csv")
    assert plan.result.targets == record.targets


def test_registering_a_renamed_symbol_renames_its_entry() -> None:
    after = project(found_target("mean_target", body="incidence_target"))
    request = Registration(
        kind=Kind.TARGET, path=BundlePath("targets/incidence.py"), symbol="mean_target"
    )
    scope = frozenset(paths("targets/incidence.py"))
    plan = plan_sync(
        synced(project(found_target())), after, PlanOptions(register=(request,), scope=scope)
    )
    assert list(plan.result.targets) == ["incidence_target"]
    assert plan.result.targets["incidence_target"].symbol == "mean_target"


def test_registering_what_may_be_a_new_name_asks_first() -> None:
    after = project(found_target("first", body="x"), found_target("second", body="y", line=9))
    request = Registration(
        kind=Kind.TARGET, path=BundlePath("targets/incidence.py"), symbol="first"
    )
    with pytest.raises(NeedsDecisionError, match="may be the new name of target:incidence"):
        plan_sync(synced(project(found_target())), after, PlanOptions(register=(request,)))


def test_an_id_that_is_taken_gets_its_module_in_front() -> None:
    after = project(found_target(), found_target(path="targets/other.py"))
    plan = plan_sync(synced(project(found_target())), after, PlanOptions(discover=True))
    assert [key.id for key, _ in plan.additions] == ["targets.other.incidence_target"]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [("nowhere", "is no unregistered symbol"), ("other.module:second", "no unregistered")],
)
def test_a_rename_to_something_that_is_not_there_is_refused(chosen: str, message: str) -> None:
    after = project(found_target("second", body="y"))
    with pytest.raises(UsageError, match=message):
        plan_sync(synced(project(found_target())), after, PlanOptions(renames={TARGET: chosen}))


def test_editing_one_of_two_targets_in_a_file_leaves_the_other_cosmetic() -> None:
    path = BundlePath("targets/incidence.py")

    def two(first_body: str) -> Observation:
        statements = (("", "imports"), ("a", first_body), ("b", "body of b"))
        meaning = FileSemantics(statements_digest(d for _, d in statements), statements)
        shared = replace(
            closure(str(path)),
            semantics={path: meaning},
            droppable=frozenset({(path, "a"), (path, "b")}),
        )
        return observation(
            found_target("a", body=first_body),
            found_target("b", body="body of b", line=9),
            closures=[shared],
            files={str(path): first_body},
        )

    plan = plan_sync(synced(two("old")), two("new"))
    states = {verdict.key.id: verdict.state for verdict in plan.verdicts}
    assert states == {"a": State.STALE, "b": State.COSMETIC}


def test_what_an_entry_may_have_become_is_no_concern_of_its_neighbour() -> None:
    path = BundlePath("targets/incidence.py")

    def file(*found: Discovered) -> Observation:
        statements = (("", "imports"), *((one.symbol, one.symbol_digest) for one in found))
        meaning = FileSemantics(statements_digest(d for _, d in statements), statements)
        names = frozenset((path, one.symbol) for one in found)
        shared = replace(closure(str(path)), semantics={path: meaning}, droppable=names)
        text = " ".join(one.symbol for one in found)
        return observation(*found, closures=[shared], files={str(path): text})

    neighbour = found_target("b", body="body of b", line=9)
    record = synced(file(found_target("a", body="old"), neighbour))
    after = file(found_target("x", body="1"), found_target("y", body="2", line=5), neighbour)
    states = {verdict.key.id: verdict.state for verdict in plan_sync(record, after).verdicts}
    assert states == {"a": State.AMBIGUOUS, "b": State.COSMETIC}


def test_a_changed_environment_is_one_change_and_not_one_per_entry() -> None:
    lock = BundlePath("uv.lock")
    before = replace(BEFORE, environment={lock: content_digest("1")})
    after = replace(BEFORE, environment={lock: content_digest("2")})
    plan = plan_sync(synced(before), after)
    assert [change.path for change in plan.environment] == [lock]
    assert [v.state for v in plan.verdicts] == [State.FRESH, State.FRESH]
    assert plan.stale


def test_facts_compare_as_sets_and_keep_the_recorded_order() -> None:
    record = synced(project(found_model(outputs=["a", "b"])))
    same = plan_sync(record, project(found_model(outputs=["b", "a"])))
    assert same.in_sync
    more = plan_sync(record, project(found_model(outputs=list_fact(["c", "b", "a"]))))
    assert more.result.models["sir_sir"].outputs == ("a", "b", "c")
