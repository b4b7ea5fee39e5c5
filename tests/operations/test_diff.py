"""Entries with what they compute, then files."""

from __future__ import annotations

from dataclasses import replace

from modelops_bundle.codec.registry_yaml import new_document
from modelops_bundle.core.digest import SemanticDigest
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import BundleRegistry, ModelEntry, TargetEntry, TargetSet
from modelops_bundle.operations.diff import Difference, Side, diff, published_side
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import digest_of, put_bundle

MODEL = ModelEntry(
    entrypoint=Entrypoint("models.sir:SIR"),
    path=BundlePath("models/sir.py"),
    class_name="SIR",
    outputs=("incidence", "prevalence"),
    source_digest=digest_of(b"code"),
    behavior_digest=SemanticDigest("v1:sha256:" + "1" * 64),
)
TARGET = TargetEntry(
    entrypoint=Entrypoint("targets.inc:inc"),
    path=BundlePath("targets/inc.py"),
    model_output="incidence",
    data=(BundlePath("data/obs.csv"),),
    data_digests={BundlePath("data/obs.csv"): digest_of(b"1")},
    behavior_digest=SemanticDigest("v1:sha256:" + "2" * 64),
)
REGISTRY = BundleRegistry(models={"sir": MODEL}, targets={"inc": TARGET})


def compare(old: BundleRegistry, new: BundleRegistry) -> Difference:
    def side(registry: BundleRegistry) -> Side:
        return Side(label="x", digest=None, registry=registry, files={})

    return diff(side(old), side(new))


def test_equal_sides_do_not_differ() -> None:
    assert compare(REGISTRY, REGISTRY).empty
    reordered = replace(MODEL, outputs=("prevalence", "incidence"))
    assert compare(REGISTRY, replace(REGISTRY, models={"sir": reordered})).empty


def test_added_and_removed_entries() -> None:
    fewer = replace(REGISTRY, targets={})
    (gone,) = compare(REGISTRY, fewer).entries
    assert (str(gone.key), gone.kind, gone.new_behavior) == ("target:inc", "remove", None)
    (come,) = compare(fewer, REGISTRY).entries
    assert (str(come.key), come.kind, come.old_behavior) == ("target:inc", "add", None)
    assert come.new_behavior == TARGET.behavior_digest


def test_changed_fields_are_shown_as_text() -> None:
    other = SemanticDigest("v1:sha256:" + "3" * 64)
    changed = replace(MODEL, outputs=("incidence",), class_name="Sir2", behavior_digest=other)
    (found,) = compare(REGISTRY, replace(REGISTRY, models={"sir": changed})).entries
    assert [(f.field, f.old, f.new) for f in found.fields] == [
        ("class_name", "SIR", "Sir2"),
        ("outputs", "incidence, prevalence", "incidence"),
    ]
    assert not found.cosmetic
    assert found.new_behavior == other


def test_changed_data_is_named() -> None:
    edited = replace(TARGET, data_digests={BundlePath("data/obs.csv"): digest_of(b"2")})
    (found,) = compare(REGISTRY, replace(REGISTRY, targets={"inc": edited})).entries
    assert (found.fields, found.data) == ((), ("data/obs.csv",))


def test_equal_behaviour_is_cosmetic() -> None:
    commented = replace(MODEL, source_digest=digest_of(b"code # with a comment"))
    (found,) = compare(REGISTRY, replace(REGISTRY, models={"sir": commented})).entries
    assert found.cosmetic
    unknown = replace(commented, behavior_digest=None)
    (found,) = compare(REGISTRY, replace(REGISTRY, models={"sir": unknown})).entries
    assert not found.cosmetic


def test_target_sets_that_differ_are_named() -> None:
    grouped = replace(REGISTRY, target_sets={"all": TargetSet(("inc",), {"inc": 2.0})})
    assert compare(REGISTRY, grouped).target_sets == ("all",)
    assert not compare(REGISTRY, grouped).empty


def test_published_bundles_are_compared_with_their_files() -> None:
    remote = MemoryRemote()
    code = {"models/sir.py": b"code", "data/obs.csv": b"1", "gone.txt": b""}
    old = {".modelops-bundle/registry.yaml": new_document(REGISTRY), **code}
    new = {**old, "data/obs.csv": b"2", "new.txt": b""}
    del new["gone.txt"]
    put_bundle(remote, old, "v1")
    digest = put_bundle(remote, new, "v2")
    found = diff(published_side(remote, "v1"), published_side(remote, "v2"))
    assert found.entries == ()
    assert [(f.path, f.old is None, f.new is None) for f in found.files] == [
        ("data/obs.csv", False, False),
        ("gone.txt", False, True),
        ("new.txt", True, False),
    ]
    assert (found.new.label, found.new.digest) == ("v2", digest)


def test_a_bundle_without_a_registry_has_no_entries() -> None:
    remote = MemoryRemote()
    put_bundle(remote, {"a.txt": b""}, "v1")
    assert list(published_side(remote, "v1").registry.entries()) == []


BODY = SemanticDigest("v1:sha256:" + "b" * 64)


def test_an_entry_that_kept_its_id_was_renamed_or_moved() -> None:
    renamed = replace(MODEL, entrypoint=Entrypoint("models.sir:Renamed"))
    (found,) = compare(REGISTRY, replace(REGISTRY, models={"sir": renamed})).entries
    assert (found.kind, found.old_id) == ("rename", "")
    moved = replace(MODEL, entrypoint=Entrypoint("other.sir:SIR"), path=BundlePath("other/sir.py"))
    (found,) = compare(REGISTRY, replace(REGISTRY, models={"sir": moved})).entries
    assert (found.kind, found.old_id) == ("move", "")
    assert [field.field for field in found.fields] == ["entrypoint", "path"]


def test_an_entry_with_another_id_is_known_by_its_definition() -> None:
    old = replace(REGISTRY, targets={"inc": replace(TARGET, symbol_digest=BODY)})
    new = replace(REGISTRY, targets={"curve": replace(TARGET, symbol_digest=BODY)})
    difference = compare(old, new)
    (found,) = difference.entries
    assert (str(found.key), found.kind, found.old_id) == ("target:curve", "rename", "inc")
    assert found.cosmetic
    assert {str(key): b for key, b in difference.behavior.items()} == {
        "model:sir": "unchanged",
        "target:curve": "unchanged",
    }


def test_where_several_have_one_definition_none_is_taken_for_another() -> None:
    same = replace(TARGET, symbol_digest=BODY)
    old = replace(REGISTRY, targets={"inc": same})
    new = replace(REGISTRY, targets={"one": same, "two": same})
    assert sorted(e.kind for e in compare(old, new).entries) == ["add", "add", "remove"]


def test_a_model_is_never_a_target_of_before() -> None:
    old = replace(REGISTRY, models={}, targets={"x": replace(TARGET, symbol_digest=BODY)})
    new = replace(REGISTRY, models={"y": replace(MODEL, symbol_digest=BODY)}, targets={})
    assert sorted(e.kind for e in compare(old, new).entries) == ["add", "remove"]


def test_which_results_stay_valid() -> None:
    other = SemanticDigest("v1:sha256:" + "3" * 64)
    old = BundleRegistry(models={"a": MODEL, "b": MODEL, "c": MODEL, "gone": MODEL})
    new = BundleRegistry(
        models={
            "a": replace(MODEL, source_digest=digest_of(b"commented")),
            "b": replace(MODEL, behavior_digest=other),
            "c": replace(MODEL, behavior_digest=None),
            "new": MODEL,
        }
    )
    behavior = compare(old, new).behavior
    assert {key.id: str(b) for key, b in behavior.items()} == {
        "a": "unchanged",
        "b": "changed",
        "c": "unknown",
    }


def test_an_environment_that_differs_is_named() -> None:
    path = BundlePath("uv.lock")
    locked = replace(REGISTRY, environment={path: digest_of(b"1")})
    difference = compare(REGISTRY, locked)
    assert difference.environment == (path,)
    assert not difference.empty
