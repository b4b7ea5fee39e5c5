"""Three-way merge of registries: what is declared is merged, the rest is derived again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.merge import MergeConflict, MergeOutcome, merge_registries
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from support.registries import declared, model, paths, registry, target, target_set
from support.registry_documents import Author

A = Digest("sha256:" + "a" * 64)
B = Digest("sha256:" + "b" * 64)
C = Digest("sha256:" + "c" * 64)
ONE, TWO = target("one"), target("two")
seeds = st.integers(0, 2**48)


def targets(**entries: object) -> BundleRegistry:
    return registry(targets=entries)  # type: ignore[arg-type]


def shown(outcome: MergeOutcome) -> list[tuple[str, str, str, str]]:
    return [(str(c.key), c.field, c.ours, c.theirs) for c in outcome.conflicts]


# Laws


@given(seeds, st.integers(0, 4))
def test_one_side_that_changed_nothing_gives_the_other(seed: int, size: int) -> None:
    author = Author(seed, size)
    base = author.registry()
    other, _ = author.edited(base)
    assert merge_registries(base, base, other) == MergeOutcome(other)
    assert merge_registries(base, other, base) == MergeOutcome(other)


@given(seeds, st.integers(0, 4))
def test_equal_sides_merge_to_themselves(seed: int, size: int) -> None:
    author = Author(seed, size)
    base = author.registry()
    side, _ = author.edited(base)
    for known in (base, None):
        assert merge_registries(known, side, side) == MergeOutcome(side)


@given(seeds, st.integers(0, 4))
def test_nothing_that_is_new_is_lost(seed: int, size: int) -> None:
    author = Author(seed, size)
    base = author.registry()
    ours, _ = author.edited(base)
    theirs, _ = author.edited(base)
    merged = merge_registries(base, ours, theirs).registry
    known = {entry.entrypoint for _, entry in base.entries()}
    symbols = {entry.entrypoint for _, entry in merged.entries()}
    for key, entry in (*ours.entries(), *theirs.entries()):
        new = base.get(key) is None and entry.entrypoint not in known
        if new and not (ours.get(key) and theirs.get(key)):
            assert entry.entrypoint in symbols
    for side in (ours, theirs):
        assert {*side.excluded} - {*base.excluded} <= {*merged.excluded}


@given(seeds, st.integers(0, 4))
def test_sets_are_in_conflict_whichever_side_is_ours(seed: int, size: int) -> None:
    author = Author(seed, size)
    base = author.registry()
    ours, _ = author.edited(base)
    theirs, _ = author.edited(base)
    one = {c.key for c in merge_registries(base, ours, theirs).conflicts}
    other = {c.key for c in merge_registries(base, theirs, ours).conflicts}
    assert {key for key in one if not isinstance(key, EntryKey)} == {
        key for key in other if not isinstance(key, EntryKey)
    }


# Entries


def test_entries_added_on_either_side_are_kept_in_order() -> None:
    outcome = merge_registries(
        targets(one=ONE), targets(one=ONE, b=target("b")), targets(one=ONE, c=target("c"))
    )
    assert list(outcome.registry.targets) == ["one", "b", "c"]
    assert outcome.conflicts == ()


def test_an_entry_removed_on_one_side_goes_though_the_other_synced() -> None:
    synced = replace(ONE, source_digest=B, data_digests={BundlePath("x"): B})
    for ours, theirs in (({}, {"one": synced}), ({"one": synced}, {})):
        outcome = merge_registries(targets(one=ONE), targets(**ours), targets(**theirs))
        assert outcome == MergeOutcome(targets())


def test_an_entry_removed_here_and_declared_anew_there_is_a_conflict() -> None:
    changed = replace(ONE, declared=declared(data=["x.csv"]))
    outcome = merge_registries(targets(one=ONE), targets(), targets(one=changed))
    assert outcome.registry == targets(one=changed)
    assert shown(outcome) == [("target:one", "removed", "removed", "changed")]


def test_without_a_base_nothing_counts_as_removed() -> None:
    outcome = merge_registries(None, targets(one=ONE), targets(two=TWO))
    assert outcome == MergeOutcome(targets(one=ONE, two=TWO))


def test_an_id_for_two_symbols_is_a_conflict() -> None:
    outcome = merge_registries(targets(), targets(t=ONE), targets(t=TWO))
    assert outcome.registry == targets(t=ONE)
    assert shown(outcome) == [("target:t", "entrypoint", ONE.entrypoint, TWO.entrypoint)]


def test_a_renamed_symbol_brings_its_facts_along() -> None:
    renamed = replace(TWO, source_digest=B)
    synced = replace(ONE, source_digest=C, declared=declared(data=["x.csv"]))
    for ours, theirs in ((renamed, synced), (synced, renamed)):
        outcome = merge_registries(targets(t=ONE), targets(t=ours), targets(t=theirs))
        merged = outcome.registry.targets["t"]
        assert (merged.entrypoint, merged.source_digest) == (TWO.entrypoint, B)
        assert merged.declared == declared(data=["x.csv"])
        assert outcome.conflicts == ()


def test_a_symbol_renamed_two_ways_is_a_conflict() -> None:
    outcome = merge_registries(targets(t=ONE), targets(t=TWO), targets(t=target("three")))
    assert [conflict.field for conflict in outcome.conflicts] == ["entrypoint"]


def test_an_id_renamed_on_one_side_is_followed_on_the_other() -> None:
    base = replace(targets(old=ONE), target_sets={"s": target_set("old", old=1.0)})
    ours = replace(targets(new=ONE), target_sets={"s": target_set("new", new=1.0)})
    theirs = replace(
        targets(old=replace(ONE, declared=declared(data=["x.csv"])), two=TWO),
        target_sets={"s": target_set("old", "two", old=2.0)},
    )
    for outcome in (merge_registries(base, ours, theirs), merge_registries(base, theirs, ours)):
        assert list(outcome.registry.targets) == ["new", "two"]
        assert outcome.registry.targets["new"].declared == declared(data=["x.csv"])
        assert outcome.registry.target_sets == {"s": target_set("new", "two", new=2.0)}
        assert outcome.conflicts == ()


def test_an_id_renamed_two_ways_is_a_conflict() -> None:
    outcome = merge_registries(targets(old=ONE), targets(a=ONE), targets(b=ONE))
    assert outcome.registry == targets(a=ONE)
    assert shown(outcome) == [("target:a", "id", "a", "b")]


def test_facts_and_digests_come_from_the_side_that_changed_them() -> None:
    base = model(outputs=("a",), source_digest=A)
    ours, theirs = replace(base, outputs=("a", "b")), replace(base, source_digest=B)
    merged = merge_registries(
        registry({"m": base}), registry({"m": ours}), registry({"m": theirs})
    ).registry.models["m"]
    assert (merged.outputs, merged.source_digest) == (("a", "b"), B)


def test_derived_values_that_both_sides_changed_are_ours_without_a_conflict() -> None:
    base = model(source_digest=A, code=("x.py",))
    ours = replace(base, source_digest=B, code=paths("y.py"))
    theirs = replace(base, source_digest=C, code=paths("z.py"))
    for known in (registry({"m": base}), None):
        outcome = merge_registries(known, registry({"m": ours}), registry({"m": theirs}))
        assert outcome.registry.models["m"].source_digest == B
        assert outcome.registry.models["m"].code == ("y.py",)
        assert outcome.conflicts == ()


# What is declared


def test_declared_paths_are_merged_one_by_one() -> None:
    def entry(*data: str, **fields: object) -> BundleRegistry:
        return targets(t=target("t", data=data, declared=declared(data=data), **fields))

    outcome = merge_registries(entry("a", "b"), entry("b", "c"), entry("d", "a", "b"))
    merged = outcome.registry.targets["t"]
    assert merged.declared == declared(data=["b", "c", "d"])
    assert merged.data == ("b", "c", "d")
    assert {*merged.data_digests} == {"b", "c", "d"}


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged", "conflicts"),
    [
        ("a", "b", "a", "b", 0),
        ("a", "a", "b", "b", 0),
        ("a", "b", "b", "b", 0),
        ("a", "b", "c", "b", 1),
        (None, "b", None, "b", 0),
        (None, None, "c", "c", 0),
        (None, "b", "c", "b", 1),
        ("a", None, "a", None, 0),
        ("a", None, "c", None, 1),
    ],
)
def test_a_declared_output_is_merged_three_ways(
    base: str | None, ours: str | None, theirs: str | None, merged: str | None, conflicts: int
) -> None:
    def entry(output: str | None) -> BundleRegistry:
        return targets(t=target("t", declared=declared(model_output=output)))

    outcome = merge_registries(entry(base), entry(ours), entry(theirs))
    found = outcome.registry.targets["t"].declared
    assert found is not None
    assert found.model_output == merged
    expected = [("target:t", "model_output", ours or "", theirs or "")] * conflicts
    assert shown(outcome) == expected


def test_an_entry_that_only_one_side_upgraded_keeps_what_it_declares() -> None:
    legacy = target("t", data=("a.csv",), declared=None)
    upgraded = replace(legacy, declared=declared(data=["a.csv"]), source_digest=B)
    touched = replace(legacy, data=paths("a.csv", "b.csv"))
    outcome = merge_registries(targets(t=legacy), targets(t=upgraded), targets(t=touched))
    merged = outcome.registry.targets["t"]
    assert merged.declared == declared(data=["a.csv"])
    assert merged.data == ("a.csv", "b.csv")


def test_paths_of_two_legacy_entries_are_united() -> None:
    one = target("t", data=("a.csv",), code=("x.py",), declared=None)
    other = target("t", data=("b.csv",), code=("y.py",), declared=None)
    merged = merge_registries(None, targets(t=one), targets(t=other)).registry.targets["t"]
    assert (merged.data, merged.code) == (("a.csv", "b.csv"), ("x.py", "y.py"))
    assert {*merged.code_digests} == {"x.py", "y.py"}


# Target sets, exclusions, roots


def sets(**groups: object) -> BundleRegistry:
    return registry(target_sets=groups)


def test_members_of_target_sets_are_merged_one_by_one() -> None:
    outcome = merge_registries(
        sets(s=target_set("a", "b", a=1.0)),
        sets(s=target_set("b", "c")),
        sets(s=target_set("a", "b", "d", a=1.0, b=2.0)),
    )
    assert outcome == MergeOutcome(sets(s=target_set("b", "c", "d", b=2.0)))


def test_a_weight_changed_two_ways_is_a_conflict() -> None:
    base = sets(s=target_set("a", a=1.0))
    outcome = merge_registries(base, sets(s=target_set("a", a=2.0)), sets(s=target_set("a", a=3.0)))
    assert outcome.registry == sets(s=target_set("a", a=2.0))
    assert shown(outcome) == [("target_set:s", "weights.a", "2.0", "3.0")]
    without_base = merge_registries(None, sets(s=target_set("a", a=2.0)), base)
    assert shown(without_base) == [("target_set:s", "weights.a", "2.0", "1.0")]


def test_a_weight_set_here_for_a_member_removed_there_is_a_conflict() -> None:
    outcome = merge_registries(
        sets(s=target_set("a", "b")), sets(s=target_set("a", "b", a=2.0)), sets(s=target_set("b"))
    )
    assert outcome.registry == sets(s=target_set("b"))
    assert shown(outcome) == [("target_set:s", "weights.a", "2.0", "")]


def test_target_sets_come_and_go() -> None:
    base = sets(old=target_set("a"), kept=target_set("a"))
    outcome = merge_registries(
        base,
        sets(kept=target_set("a"), new=target_set("b")),
        sets(old=target_set("a"), kept=target_set("a"), other=target_set("c")),
    )
    assert outcome == MergeOutcome(
        sets(kept=target_set("a"), new=target_set("b"), other=target_set("c"))
    )


def test_a_target_set_removed_here_and_changed_there_is_a_conflict() -> None:
    outcome = merge_registries(sets(s=target_set("a")), sets(s=target_set("a", "b")), sets())
    assert outcome.registry == sets(s=target_set("a", "b"))
    assert outcome.conflicts == (
        MergeConflict(outcome.conflicts[0].key, "removed", "changed", "removed"),
    )


def test_exclusions_and_source_roots_are_merged_one_by_one() -> None:
    def side(excluded: str, roots: tuple[str, ...]) -> BundleRegistry:
        return registry(
            excluded=tuple(Entrypoint(f"m:{letter}") for letter in excluded),
            source_roots=paths(*roots),
        )

    merged = merge_registries(
        side("ab", (".",)), side("bc", ("src", ".")), side("abd", (".", "lib"))
    ).registry
    assert merged == side("bcd", ("src", ".", "lib"))


def test_the_newer_format_and_each_environment_digest_win() -> None:
    def side(version: str, **digests: Digest) -> BundleRegistry:
        return registry(version=version, environment={BundlePath(k): v for k, v in digests.items()})

    merged = merge_registries(
        side("1.0", a=A, b=A, c=A), side("1.9", a=B, b=A), side("1.10", a=C, b=B, c=A, d=C)
    ).registry
    assert merged == side("1.10", a=B, b=B, d=C)


def test_the_key_of_a_conflict_names_its_entry() -> None:
    outcome = merge_registries(targets(), targets(t=ONE), targets(t=TWO))
    assert outcome.conflicts[0].key == EntryKey(Kind.TARGET, "t")
