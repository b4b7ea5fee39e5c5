"""The registry for people."""

from __future__ import annotations

from modelops_bundle.cli.render.registry import render_list, render_show, render_target_sets
from modelops_bundle.core.paths import Entrypoint
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from modelops_bundle.operations.registry_documents import (
    list_document,
    show_document,
    target_sets_document,
)
from support.golden import assert_golden
from support.registries import declared, model, registry, target, target_set

RECORD = registry(
    {
        "sir_starsimsir": model(
            "StarsimSIR",
            outputs=("incidence", "prevalence"),
            scenarios=("baseline", "lockdown"),
            parameters=("beta", "dur_inf"),
            data=("data/demographics.csv",),
            code=("models/__init__.py", "sirlib/network.py"),
            declared=declared(data=("data/demographics.csv",)),
        )
    },
    {
        "incidence_target": target("incidence_target", data=("data/observed_incidence.csv",)),
        "unknown_target": target("unknown_target", model_output=""),
    },
    target_sets={"fit": target_set("incidence_target", "unknown_target", incidence_target=2.0)},
    excluded=(Entrypoint.parse("models.sir:DebugSIR"),),
)


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def test_the_registry_in_short() -> None:
    assert_golden("list-80.txt", text(render_list(list_document(RECORD), 80)))


def test_an_empty_registry_says_so() -> None:
    assert render_list(list_document(BundleRegistry()), 80) == [
        "No models or targets are registered."
    ]
    assert render_target_sets(target_sets_document({}), 80) == ["There are no target sets."]


def test_a_model_in_full() -> None:
    key = EntryKey(Kind.MODEL, "sir_starsimsir")
    assert_golden("show-model-80.txt", text(render_show(show_document(key, RECORD), 80)))


def test_a_target_in_full_names_its_sets() -> None:
    key = EntryKey(Kind.TARGET, "incidence_target")
    assert_golden("show-target-80.txt", text(render_show(show_document(key, RECORD), 80)))


def test_weights_are_shown_where_they_are_given() -> None:
    document = target_sets_document(RECORD.target_sets)
    assert render_target_sets(document, 80) == ["  fit  incidence_target (2), unknown_target"]
