"""Data of an entry when what names it changes: a decorator, the command line, or a hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.core.observation import Discovered, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Action, PlanOptions, Registration, State, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind, TargetEntry
from support.registries import declared, found_model, found_target, observation, paths

FILES = ("data/a.csv", "data/b.csv")
KEY = EntryKey(Kind.TARGET, "incidence_target")


def project(found: Discovered) -> Observation:
    return observation(found, files=FILES)


def synced(found: Discovered, *, data: tuple[str, ...] = ()) -> BundleRegistry:
    """The registry after this target was registered with `--data`."""
    wanted = Registration(
        kind=found.kind, path=found.path, symbol=found.symbol, declared=declared(data=data)
    )
    return plan_sync(BundleRegistry(), project(found), PlanOptions(register=(wanted,))).result


def target_of(plan: SyncPlan) -> TargetEntry:
    return plan.result.targets["incidence_target"]


def test_data_goes_with_the_decorator_that_named_it() -> None:
    plan = plan_sync(synced(found_target(data=["data/a.csv"])), project(found_target(data=None)))
    assert target_of(plan).data == ()
    assert target_of(plan).declared == declared()
    assert plan.verdicts[0].action is Action.UPDATE


def test_declared_data_stays_when_the_decorator_goes() -> None:
    record = synced(found_target(data=["data/a.csv"]), data=("data/b.csv",))
    assert target_of(plan_sync(record, project(found_target(data=None)))).data == paths(
        "data/b.csv"
    )


def test_data_stays_as_recorded_while_no_convention_finds_the_target() -> None:
    record = synced(found_target(data=["data/a.csv"]))
    plain = project(found_target(data=None, model_output=None, convention=""))
    entry = target_of(plan_sync(record, plain))
    assert (entry.data, entry.declared) == (paths("data/a.csv"), declared())


def test_data_that_was_written_into_the_list_by_hand_counts_as_declared() -> None:
    for found in (found_target(data=None), found_model()):
        record = synced(found)
        key, entry = next(record.entries())
        edited = record.with_entry(key, replace(entry, data=paths("data/b.csv")))
        after = plan_sync(edited, project(found)).result.get(key)
        assert after is not None
        assert (after.data, after.declared) == (
            paths("data/b.csv"),
            declared(data=["data/b.csv"]),
        )


def test_registering_a_legacy_entry_again_declares_only_what_the_code_does_not_say() -> None:
    found = found_target(data=["data/a.csv"])
    record = synced(found)
    legacy = record.with_entry(KEY, replace(record.targets["incidence_target"], declared=None))
    wanted = Registration(
        kind=Kind.TARGET,
        path=BundlePath("targets/incidence.py"),
        symbol="incidence_target",
        declared=declared(data=["data/b.csv"]),
    )
    entry = target_of(plan_sync(legacy, project(found), PlanOptions(register=(wanted,))))
    assert entry.declared == declared(data=["data/b.csv"])
    assert entry.data == paths("data/a.csv", "data/b.csv")


def test_a_file_of_a_folder_that_cannot_be_read_keeps_the_recorded_digests() -> None:
    folder = BundlePath("data/many")
    found = found_target(data=[folder])
    whole = observation(
        found,
        files=["data/many/a", "data/many/b"],
        directories={folder: paths("data/many/a", "data/many/b")},
    )
    record = plan_sync(BundleRegistry(), whole, PlanOptions(discover=True)).result
    one = {path: state for path, state in whole.files.items() if path != "data/many/b"}
    plan = plan_sync(record, replace(whole, files=one))
    assert plan.result == record
    (verdict,) = plan.verdicts
    assert (verdict.state, verdict.action) == (State.MISSING, Action.NONE)
    assert [reason.path for reason in verdict.reasons] == ["data/many/b"]


def many(count: int) -> Observation:
    files = [f"data/many/{number:03}" for number in range(count)]
    folder = BundlePath("data/many")
    found = found_target(data=[folder])
    return observation(found, files=files, directories={folder: paths(*files)})


@pytest.mark.parametrize(("before", "after"), [(256, 257), (257, 256)])
def test_a_folder_that_becomes_large_or_small_has_changed_as_a_whole(
    before: int, after: int
) -> None:
    record = plan_sync(BundleRegistry(), many(before), PlanOptions(discover=True)).result
    (verdict,) = plan_sync(record, many(after)).verdicts
    assert [reason.message for reason in verdict.reasons] == ["data/many changed"]
    assert not verdict.reasons[0].cosmetic
