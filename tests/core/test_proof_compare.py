"""The registry's word against what was found at run time."""

from __future__ import annotations

import pytest

from modelops_bundle.core.digest import Digest, tree_digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.probing import RunCall, RunFact, RunFacts
from modelops_bundle.core.proof import OpenFact, Trouble
from modelops_bundle.core.proof_compare import compare_call, compare_entry, compare_files
from modelops_bundle.core.registry import Declared, ModelEntry, TargetEntry

DATA = BundlePath("data/a.csv")
MODEL = ModelEntry(
    entrypoint=Entrypoint("m:M"),
    path=BundlePath("m.py"),
    class_name="M",
    outputs=("a", "b"),
    scenarios=("baseline",),
    parameters=("beta",),
)
TARGET = TargetEntry(
    entrypoint=Entrypoint("t:t"), path=BundlePath("t.py"), model_output="a", data=(DATA,)
)


def found(**facts: tuple[str, ...] | str) -> RunFacts:
    """What was found: values, or a reason where there are none."""
    return RunFacts(
        found=True,
        facts={
            name: RunFact(None, told) if isinstance(told, str) else RunFact(told)
            for name, told in facts.items()
        },
    )


def test_facts_compare_as_sets() -> None:
    facts = found(outputs=("b", "a"), scenarios=("baseline",), parameters=("beta",))
    done = compare_entry(MODEL, facts)
    assert done.problems == done.open_facts == ()
    assert done.compared == ("class", "outputs", "scenarios", "parameters")


@pytest.mark.parametrize(
    ("outputs", "messages"),
    [
        (("a",), ["output 'b' is registered, and not there when it runs"]),
        (("a", "b", "c"), ["output 'c' is there when it runs, and not registered"]),
        (
            ("c", "d"),
            [
                "outputs 'a', 'b' are registered, and not there when it runs",
                "outputs 'c', 'd' are there when it runs, and not registered",
            ],
        ),
    ],
)
def test_both_directions_are_told(outputs: tuple[str, ...], messages: list[str]) -> None:
    done = compare_entry(MODEL, found(outputs=outputs, scenarios="x", parameters=("beta",)))
    assert [problem.message for problem in done.problems] == messages
    assert {problem.trouble for problem in done.problems} == {Trouble.FACT_MISMATCH}
    assert done.compared == ("class", "parameters")
    assert done.open_facts == (OpenFact("scenarios", "x"),)


def test_what_was_not_reported_is_not_compared() -> None:
    done = compare_entry(TARGET, RunFacts(found=True))
    assert [one.fact for one in done.open_facts] == ["model_output", "data"]
    assert done.problems == ()


@pytest.mark.parametrize(
    ("entry", "facts", "message"),
    [
        (MODEL, RunFacts(found=False), "m has no M when it is imported"),
        (MODEL, RunFacts(found=True, right=False, is_a="int"), "M is no class (it is of type int)"),
        (
            TARGET,
            RunFacts(found=True, right=False, is_a="int"),
            "t cannot be called (it is of type int)",
        ),
    ],
)
def test_a_symbol_that_is_not_what_it_should_be(
    entry: ModelEntry | TargetEntry, facts: RunFacts, message: str
) -> None:
    assert [problem.message for problem in compare_entry(entry, facts).problems] == [message]


def test_data_paths_are_compared_as_paths_and_declared_ones_stay() -> None:
    entry = TargetEntry(
        entrypoint=TARGET.entrypoint,
        path=TARGET.path,
        model_output="a",
        data=(DATA, BundlePath("data/more.csv")),
        declared=Declared(data=(BundlePath("data/more.csv"),)),
    )
    done = compare_entry(entry, found(model_output=("a",), data=("./data//a.csv",)))
    assert done.problems == ()
    done = compare_entry(entry, found(model_output=("b",), data=("data/b.csv",)))
    assert [problem.message for problem in done.problems] == [
        "it is for output 'b' when it runs, not 'a' as registered",
        "data 'data/a.csv' is registered, and not there when it runs",
        "data 'data/b.csv' is there when it runs, and not registered",
    ]


def test_a_call_settles_what_the_function_does_not_tell() -> None:
    told = compare_entry(TARGET, found(model_output="no mark", data=("data/a.csv",)))
    done = compare_call(TARGET, RunCall(called=True, output="a"), told)
    assert (done.compared, done.open_facts) == (("function", "data", "model_output"), ())
    done = compare_call(TARGET, RunCall(called=True, output="c"), told)
    assert [problem.message for problem in done.problems] == [
        "calling it gives a target for output 'c', not 'a' as registered"
    ]
    assert compare_call(TARGET, RunCall(called=False, reason="x"), told) == told


def state(path: str, content: bytes) -> tuple[BundlePath, FileState]:
    return BundlePath(path), FileState(BundlePath(path), Digest.of_bytes(content), len(content))


def test_files_are_those_that_are_registered() -> None:
    folder = BundlePath("tables")
    files = dict([state("m.py", b"m"), state("data/a.csv", b"a"), state("tables/x/1.csv", b"1")])
    tree = tree_digest({BundlePath("x/1.csv"): Digest.of_bytes(b"1")})
    entry = ModelEntry(
        entrypoint=MODEL.entrypoint,
        path=BundlePath("m.py"),
        class_name="M",
        data=(DATA, folder),
        data_digests={DATA: Digest.of_bytes(b"a"), folder: tree},
        source_digest=Digest.of_bytes(b"m"),
    )
    assert list(compare_files(entry, files)) == []
    other = dict([state("m.py", b"M"), state("tables/x/1.csv", b"2")])
    assert [(problem.trouble, problem.message) for problem in compare_files(entry, other)] == [
        (Trouble.DATA_ERROR, "data/a.csv is registered as data and not in the bundle"),
        (Trouble.DATA_ERROR, "tables is not the data that is registered"),
        (Trouble.FACT_MISMATCH, "m.py is not the code that is registered"),
    ]
