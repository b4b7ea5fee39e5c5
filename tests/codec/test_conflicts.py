"""Conflict markers as git really writes them, and the way back to one registry."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from modelops_bundle.codec.conflicts import has_conflict_markers, split_conflicts
from modelops_bundle.codec.registry_yaml import decode, edit, new_document
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.merge import merge_registries
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)
from modelops_bundle.errors import RegistryError

A = Digest("sha256:" + "a" * 64)
B = Digest("sha256:" + "b" * 64)
C = Digest("sha256:" + "c" * 64)
MERGE = b"x: 1\n<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> theirs\ny: 2\n"
DIFF3 = MERGE.replace(b"=======\n", b"||||||| 1234567\na: 0\n=======\n")


def test_both_sides_of_a_plain_conflict() -> None:
    sides = split_conflicts(MERGE)
    assert sides.ours == b"x: 1\na: 1\ny: 2\n"
    assert sides.theirs == b"x: 1\na: 2\ny: 2\n"
    assert sides.base is None


def test_the_base_where_git_wrote_it() -> None:
    assert split_conflicts(DIFF3).base == b"x: 1\na: 0\ny: 2\n"


def test_the_base_needs_every_conflict_to_have_one() -> None:
    assert split_conflicts(DIFF3 + MERGE).base is None


def test_line_breaks_stay_as_they_are() -> None:
    sides = split_conflicts(DIFF3.replace(b"\n", b"\r\n"))
    assert sides.ours == b"x: 1\r\na: 1\r\ny: 2\r\n"
    assert sides.base == b"x: 1\r\na: 0\r\ny: 2\r\n"


def test_a_last_line_without_a_break_is_a_marker_too() -> None:
    content = MERGE.partition(b"y: 2")[0].rstrip(b"\n")
    assert has_conflict_markers(content)
    assert split_conflicts(content).theirs == b"x: 1\na: 2\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a: 1\n",
        b"a: |\n  <<<<<<< HEAD\n  =======\n  >>>>>>> x\n",
        b"# =======\n",
        b"<<<<<<<< eight\n=======\n>>>>>>>> eight\n",
        b"<<<<<<< alone\n",
        b">>>>>>> alone\n<<<<<<< alone\n",
    ],
)
def test_what_is_no_conflict(content: bytes) -> None:
    assert not has_conflict_markers(content)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"<<<<<<< a\n=======\n", 1),
        (b"x\n<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> b\n>>>>>>> a\n", 3),
        (b"<<<<<<< a\n>>>>>>> b\n", 1),
    ],
)
def test_markers_that_do_not_pair_up_are_refused(content: bytes, line: int) -> None:
    with pytest.raises(RegistryError) as caught:
        split_conflicts(content, name="registry.yaml")
    assert caught.value.line == line
    assert "by hand" in caught.value.hint


# Two branches of a real repository


class Repository:
    """A git repository whose two branches both edit one registry."""

    def __init__(self, folder: Path, style: str) -> None:
        self._folder = folder
        self._style = style
        self.file = folder / "registry.yaml"
        self._git("init", "-q", "-b", "main")

    def _git(self, *arguments: str, check: bool = True) -> None:
        settings = {
            "user.name": "Ann",
            "user.email": "ann@example.org",
            "commit.gpgsign": "false",
            "core.autocrlf": "false",
            "merge.conflictStyle": self._style,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        subprocess.run(
            ["git", *options, *arguments], cwd=self._folder, check=check, capture_output=True
        )

    def _commit(self, content: bytes, said: str) -> None:
        self.file.write_bytes(content)
        self._git("add", "registry.yaml")
        self._git("commit", "-q", "-m", said)

    def merged(self, base: bytes, ours: bytes, theirs: bytes) -> bytes:
        self._commit(base, "base")
        self._git("checkout", "-q", "-b", "theirs")
        self._commit(theirs, "theirs")
        self._git("checkout", "-q", "main")
        self._commit(ours, "ours")
        self._git("merge", "-q", "theirs", check=False)
        return self.file.read_bytes()


def entry(name: str, **fields: object) -> TargetEntry:
    given = {
        "entrypoint": Entrypoint(f"t:{name}"),
        "path": BundlePath("t.py"),
        "model_output": "incidence",
        "source_digest": A,
        "symbol_digest": None,
        "declared": Declared(data=(BundlePath("data/a.csv"),)),
        "data": (BundlePath("data/a.csv"),),
        "data_digests": {BundlePath("data/a.csv"): A},
        **fields,
    }
    return TargetEntry(**given)  # type: ignore[arg-type]


BASE = BundleRegistry(
    models={
        "sir": ModelEntry(
            entrypoint=Entrypoint("m:SIR"), path=BundlePath("m.py"), class_name="SIR",
            source_digest=A, outputs=("incidence",),
        )
    },
    targets={"one": entry("one"), "two": entry("two")},
    target_sets={"fit": TargetSet(("one", "two"), {"one": 1.0, "two": 1.0})},
)  # fmt: skip


def changed(registry: BundleRegistry, name: str, **fields: object) -> BundleRegistry:
    key = EntryKey(Kind.TARGET, name)
    return registry.with_entry(key, replace(registry.targets[name], **fields))  # type: ignore[arg-type]


def ours(registry: BundleRegistry) -> BundleRegistry:
    """Our sync: digests, a renamed symbol, a new target, a removed one, more data, a weight."""
    registry = changed(
        registry, "one", source_digest=B, entrypoint=Entrypoint("t:uno"),
        declared=Declared(data=(BundlePath("data/a.csv"), BundlePath("data/b.csv"))),
        data=(BundlePath("data/a.csv"), BundlePath("data/b.csv")),
        data_digests={BundlePath("data/a.csv"): B, BundlePath("data/b.csv"): B},
    )  # fmt: skip
    registry = registry.without_entry(EntryKey(Kind.TARGET, "two"))
    registry = registry.with_entry(EntryKey(Kind.TARGET, "three"), entry("three"))
    return replace(
        registry, target_sets={"fit": TargetSet(("one", "three"), {"one": 2.0, "three": 1.0})}
    )


def theirs(registry: BundleRegistry) -> BundleRegistry:
    """Their sync: other digests of the same, a new target beside ours, another new set."""
    registry = changed(registry, "one", source_digest=C, data_digests={BundlePath("data/a.csv"): C})
    registry = changed(registry, "two", source_digest=C, data_digests={})
    registry = registry.with_entry(EntryKey(Kind.TARGET, "four"), entry("four"))
    return replace(
        registry,
        target_sets={
            "fit": TargetSet(("one", "two", "four"), {"one": 1.0, "two": 1.0}),
            "later": TargetSet(("four",)),
        },
        excluded=(Entrypoint("m:Debug"),),
    )


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_two_branches_that_both_synced(tmp_path: Path, style: str, newline: bytes) -> None:
    document = new_document(BASE).replace(b"targets:", b"# our targets\ntargets:", 1)
    document = document.replace(b"\n", newline)
    one, other = ours(BASE), theirs(BASE)
    repository = Repository(tmp_path, style)
    conflicted = repository.merged(document, edit(document, one), edit(document, other))
    assert has_conflict_markers(conflicted)

    sides = split_conflicts(conflicted)
    assert (sides.base is None) == (style == "merge")
    base = None if sides.base is None else decode(sides.base)
    outcome = merge_registries(base, decode(sides.ours), decode(sides.theirs))
    content = edit(sides.ours, outcome.registry)

    merged = decode(content)
    assert merged == outcome.registry
    assert not has_conflict_markers(content)
    assert b"# our targets" + newline in content
    assert {"one", "three", "four"} <= {*merged.targets}
    assert merged.targets["one"].entrypoint == "t:uno"
    assert merged.targets["one"].declared == one.targets["one"].declared
    assert merged.target_sets["later"] == TargetSet(("four",))
    assert merged.excluded == ("m:Debug",)
    if style == "diff3":
        assert "two" not in merged.targets
        assert merged.target_sets["fit"] == TargetSet(
            ("one", "three", "four"), {"one": 2.0, "three": 1.0}
        )
        assert outcome.conflicts == ()


@pytest.mark.parametrize("style", ["diff3", "zdiff3"])
def test_only_what_people_declared_is_left_to_decide(tmp_path: Path, style: str) -> None:
    def weight(value: float) -> Callable[[BundleRegistry], BundleRegistry]:
        group = TargetSet(("one", "two"), {"one": value, "two": 1.0})
        return lambda registry: replace(
            changed(registry, "one", source_digest=B if value == 2 else C),
            target_sets={"fit": group},
        )

    document = new_document(BASE)
    repository = Repository(tmp_path, style)
    conflicted = repository.merged(
        document, edit(document, weight(2)(BASE)), edit(document, weight(3)(BASE))
    )
    sides = split_conflicts(conflicted)
    assert sides.base is not None
    outcome = merge_registries(decode(sides.base), decode(sides.ours), decode(sides.theirs))
    assert [(str(c.key), c.field, c.ours, c.theirs) for c in outcome.conflicts] == [
        ("target_set:fit", "weights.one", "2.0", "3.0")
    ]


def test_a_base_that_zdiff3_made_unreadable_is_left_out() -> None:
    """Lines that both sides changed alike move out of the conflict, but not out of its base."""
    content = (
        b"models: {}\n<<<<<<< a\nx: 1\n||||||| base\nmodels: {}\nx: 0\n=======\nx: 2\n>>>>>>> b\n"
    )
    sides = split_conflicts(content)
    assert sides.base is None
    assert sides.ours == b"models: {}\nx: 1\n"
