"""Which absent paths are reported, and for whom."""

from __future__ import annotations

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.presence import absent
from support.registries import model, observation, plan, project, registry


def test_an_absent_path_is_listed_with_each_entry_once() -> None:
    record = registry({"a": model(data=["x", "x"]), "b": model("B", data=["x", "y"])})
    context = PreflightContext(record, plan(record), observation(files=["y"]))
    gone = absent(context, lambda entry: entry.data)
    assert gone == {BundlePath("x"): [EntryKey(Kind.MODEL, "a"), EntryKey(Kind.MODEL, "b")]}


def test_a_path_below_an_explained_folder_is_left_out_at_any_depth() -> None:
    record = registry({"a": model(data=["raw/a/b/c.csv", "rawer/c.csv"])})
    observed = observation(project=project(ignored=["raw"]))
    gone = absent(PreflightContext(record, plan(record), observed), lambda entry: entry.data)
    assert list(gone) == ["rawer/c.csv"]
