"""Pull decides as the contract's table says; push uploads each content once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import (
    Clash,
    ContentBlob,
    PullOptions,
    PullPlan,
    TagMove,
    WorkingTree,
    immutable_tag,
    may_move,
    plan_pull,
    plan_push,
)
from support.bundles import descriptor_of, digest_of, state_of, states_of

A, B, C = (digest_of(content) for content in (b"a", b"b", b"c"))
BY_LETTER = {"A": b"a", "B": b"b", "C": b"c"}
PATH = BundlePath("data/x.csv")


def decide(
    base: str,
    here: str,
    there: str,
    options: PullOptions = PullOptions(),  # noqa: B008
) -> PullPlan:
    """Plan for one path; a letter is a content, `-` is no file, base `?` is no record at all."""
    digest = {letter: digest_of(content) for letter, content in BY_LETTER.items()}
    return plan_pull(
        None if base == "?" else {PATH: digest[base]} if base != "-" else {},
        WorkingTree(files={} if here == "-" else {PATH: digest[here]}),
        {} if there == "-" else {PATH: state_of(PATH, BY_LETTER[there])},
        options,
    )


def told(plan: PullPlan) -> str:
    """The plan for one path in a word."""
    if plan.conflicts:
        return plan.conflicts[0].clash.name
    if plan.write:
        return "write, with a backup" if plan.write[0].backup else "write"
    if plan.delete:
        return "delete, with a backup" if plan.delete[0].backup else "delete"
    return "keep" if plan.keep else "nothing"


#: base, here, there: plain, --overwrite, --restore-deleted (contract.md, "Pull").
TABLE = [
    # The same here and there: nothing to do, whatever was before.
    ("A", "A", "A", "nothing", "nothing", "nothing"),
    ("A", "B", "B", "nothing", "nothing", "nothing"),
    ("-", "A", "A", "nothing", "nothing", "nothing"),
    ("A", "-", "-", "nothing", "nothing", "nothing"),
    # Changed here and not there: kept.
    ("A", "B", "A", "keep", "keep", "keep"),
    ("A", "-", "A", "keep", "keep", "write"),
    # Changed there and not here: updated.
    ("A", "A", "B", "write", "write", "write"),
    ("-", "-", "A", "write", "write", "write"),
    # Gone there and unchanged here: deleted.
    ("A", "A", "-", "delete", "delete", "delete"),
    # Changed on both sides.
    ("A", "B", "C", "BOTH_CHANGED", "write, with a backup", "BOTH_CHANGED"),
    ("A", "B", "-", "GONE_THERE", "delete, with a backup", "GONE_THERE"),
    ("A", "-", "B", "GONE_HERE", "write", "write"),
    ("-", "B", "A", "UNTRACKED", "write, with a backup", "UNTRACKED"),
    # No record: nothing is deleted, what differs is a conflict.
    ("?", "A", "A", "nothing", "nothing", "nothing"),
    ("?", "-", "A", "write", "write", "write"),
    ("?", "B", "A", "UNRECORDED", "write, with a backup", "UNRECORDED"),
    ("?", "B", "-", "nothing", "nothing", "nothing"),
    ("-", "B", "-", "nothing", "nothing", "nothing"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: " ".join(row[:3]))
def test_each_case_of_the_contract(row: tuple[str, str, str, str, str, str]) -> None:
    base, here, there, plain, overwrite, restore = row
    assert told(decide(base, here, there)) == plain
    assert told(decide(base, here, there, PullOptions(overwrite=True))) == overwrite
    assert told(decide(base, here, there, PullOptions(restore_deleted=True))) == restore


def test_the_table_has_every_case() -> None:
    def shape(base: str, here: str, there: str) -> tuple[str, ...]:
        names: dict[str, str] = {}
        return tuple(
            x if x in "?-" else names.setdefault(x, str(len(names))) for x in (base, here, there)
        )

    every = {
        shape(base, here, there) for base in "?-ABC" for here in "-ABC" for there in "-ABC"
    } - {shape("-", "-", "-"), shape("?", "-", "-")}
    assert {shape(*row[:3]) for row in TABLE} == every


def test_a_step_says_what_must_stand_there() -> None:
    step = decide("A", "B", "C", PullOptions(overwrite=True)).write[0]
    assert (step.old, step.new and step.new.digest, step.backup) == (B, C, True)
    assert decide("A", "A", "-").steps[0].new is None


def test_paths_that_neither_side_knows_are_not_touched() -> None:
    local = WorkingTree(files={BundlePath("mine.txt"): A})
    plan = plan_pull({}, local, states_of({"a.py": b"x"}), PullOptions(overwrite=True))
    assert [step.path for step in plan.steps] == ["a.py"]


def test_data_only_fetches_data_that_is_absent() -> None:
    contents = {"data/a.csv": b"a", "data/b.csv": b"b", "more/c/d.csv": b"c", "models/m.py": b"a"}
    local = WorkingTree(files={BundlePath("data/b.csv"): C})
    data = frozenset({BundlePath("data/a.csv"), BundlePath("data/b.csv"), BundlePath("more")})
    base = {BundlePath("data/b.csv"): A, BundlePath("old.py"): A}
    plan = plan_pull(base, local, states_of(contents), PullOptions(data=data))
    assert [step.path for step in plan.write] == ["data/a.csv", "more/c/d.csv"]
    assert not plan.delete
    assert not plan.conflicts


def pull_into(
    local: WorkingTree,
    there: dict[str, bytes],
    base: dict[str, Digest] | None = None,
    *,
    overwrite: bool = False,
) -> PullPlan:
    known = None if base is None else {BundlePath(p): d for p, d in base.items()}
    return plan_pull(known, local, states_of(there), PullOptions(overwrite=overwrite))


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_untracked_file_where_a_folder_must_be_is_not_overwritten(overwrite: bool) -> None:
    plan = pull_into(WorkingTree(files={BundlePath("a"): A}), {"a/b": b"b"}, overwrite=overwrite)
    assert [(c.path, c.clash) for c in plan.conflicts] == [("a/b", Clash.OBSTACLE)]
    assert not Clash.OBSTACLE.settled_by_overwrite


def test_a_published_file_makes_way_for_a_folder() -> None:
    plan = pull_into(WorkingTree(files={BundlePath("a"): A}), {"a/b": b"b"}, {"a": A})
    assert [step.path for step in plan.steps] == ["a", "a/b"]
    assert not plan.conflicts


def test_a_published_folder_makes_way_for_a_file() -> None:
    local = WorkingTree(
        files={BundlePath("a/b"): A}, folders={BundlePath("a"): (BundlePath("a/b"),)}
    )
    plan = pull_into(local, {"a": b"b"}, {"a/b": A})
    assert [(step.path, step.new is None) for step in plan.steps] == [("a/b", True), ("a", False)]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_with_something_of_ones_own_does_not_make_way(overwrite: bool) -> None:
    local = WorkingTree(
        files={BundlePath("a/b"): A},
        folders={BundlePath("a"): (BundlePath("a/b"), BundlePath("a/mine"))},
    )
    plan = pull_into(local, {"a": b"b"}, {"a/b": A}, overwrite=overwrite)
    assert [(c.path, c.clash) for c in plan.conflicts] == [("a", Clash.OBSTACLE)]


@pytest.mark.parametrize("overwrite", [False, True])
def test_nothing_is_written_through_a_link_that_leads_out(overwrite: bool) -> None:
    local = WorkingTree(obstacles=frozenset({BundlePath("out/x"), BundlePath("out/y")}))
    plan = pull_into(local, {"out/x": b"a"}, {"out/y": A}, overwrite=overwrite)
    assert [(c.path, c.clash) for c in plan.conflicts] == [("out/x", Clash.OBSTACLE)]
    assert not plan.steps


@dataclass(frozen=True)
class Case:
    base: dict[BundlePath, Digest] | None
    local: dict[BundlePath, Digest]
    remote: dict[str, bytes]
    options: PullOptions


NAMES = [BundlePath(name) for name in ("a", "b/c", "b/d", "e.py", "f")]
FILES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"a", b"b", b"c"]))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    def digests(files: dict[BundlePath, bytes]) -> dict[BundlePath, Digest]:
        return {path: digest_of(content) for path, content in files.items()}

    return Case(
        base=digests(draw(FILES)) if draw(st.booleans()) else None,
        local=digests(draw(FILES)),
        remote={str(path): content for path, content in draw(FILES).items()},
        options=PullOptions(
            overwrite=draw(st.booleans()),
            restore_deleted=draw(st.booleans()),
            data=draw(st.sampled_from([None, None, frozenset({BundlePath("b")})])),
        ),
    )


@given(cases())
def test_no_local_change_is_ever_lost(case: Case) -> None:
    plan = plan_pull(case.base, WorkingTree(files=case.local), states_of(case.remote), case.options)
    base = case.base or {}
    for step in plan.steps:
        here = case.local.get(step.path)
        assert step.old == here
        changed_here = here is not None and here != base.get(step.path)
        assert step.backup == changed_here
        assert case.options.overwrite or not changed_here
        assert step.path in base or str(step.path) in case.remote, "untracked files stay"
    if case.base is None:
        assert not plan.delete
    if case.options.overwrite:
        assert not plan.conflicts


@given(cases())
def test_after_a_pull_the_next_one_has_nothing_to_do(case: Case) -> None:
    remote = states_of(case.remote)
    plan = plan_pull(case.base, WorkingTree(files=case.local), remote, case.options)
    if plan.conflicts or case.options.data is not None:
        return
    after = dict(case.local)
    for step in plan.steps:
        after.pop(step.path, None)
        if step.new is not None:
            after[step.path] = step.new.digest
    record = {path: state.digest for path, state in remote.items()}
    again = plan_pull(record, WorkingTree(files=after), remote, PullOptions())
    assert again.empty
    if not plan.keep:
        published = {path: digest for path, digest in after.items() if path in record}
        assert published == record, "after a pull without local changes a push has nothing to do"


def test_each_content_is_uploaded_once_and_only_if_it_is_not_there() -> None:
    contents = {"a.py": b"1", "b.py": b"1", "c.py": b"2", "d.py": b"3"}
    blobs = [
        ContentBlob(descriptor_of(content), (state_of(path, content),))
        for path, content in contents.items()
    ]
    digest = digest_of(b"a manifest")
    moves = (TagMove(name="latest"),)
    plan = plan_push(digest, blobs, {digest_of(b"2")}, moves)
    assert [blob.parts[0].path for blob in plan.upload] == ["a.py", "d.py"]
    assert [blob.parts[0].path for blob in plan.reuse] == ["c.py"]
    assert [move.name for move in plan.tags] == [immutable_tag(digest), "latest"]
    assert immutable_tag(digest) == f"sha-{digest[7:19]}"
    assert not plan.tags[0].force


@pytest.mark.parametrize(
    ("held", "expected", "allowed"),
    [(None, set(), True), (None, {A}, True), (A, {A}, True), (B, {A}, False), (B, set(), False)],
)
def test_a_tag_moves_only_from_what_is_known(
    held: Digest | None, expected: set[Digest], allowed: bool
) -> None:
    assert may_move(held, C, frozenset(expected)) is allowed
    assert may_move(C, C, frozenset(expected)), "it holds the new bundle already"
