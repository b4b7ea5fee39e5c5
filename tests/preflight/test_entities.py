"""How entries are found, placed and named in findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.entities import Definitions, argument_for, listed, quoted
from support.registries import found_model, model, observation, plan, registry, target

KEY = EntryKey(Kind.MODEL, "sir")


def context(*discovered: str) -> PreflightContext:
    record = registry({"sir": model()}, {"sir": target(), "other": target()})
    observed = observation(*(found_model(symbol, line=8) for symbol in discovered))
    return PreflightContext(record, plan(record), observed)


def test_a_definition_is_found_by_entrypoint_where_the_path_differs() -> None:
    definitions = Definitions(context("SIR"))
    through_package = replace(model(), path=BundlePath("models/__init__.py"))
    found = definitions.of(KEY, through_package)
    assert found is not None
    assert str(found.location) == "models/sir.py:8"


def test_an_entry_without_a_definition_is_placed_in_its_file() -> None:
    definitions = Definitions(context("SEIR"))
    assert definitions.of(KEY, model()) is None
    assert str(definitions.place(KEY, model())) == "models/sir.py"


def test_a_class_is_no_target() -> None:
    definitions = Definitions(context("SIR"))
    assert definitions.of(EntryKey(Kind.TARGET, "sir"), target("SIR", "models/sir.py")) is None


def test_an_id_that_two_entries_share_is_told_apart() -> None:
    here = context()
    assert argument_for(here, KEY) == "model:sir"
    assert argument_for(here, EntryKey(Kind.TARGET, "other")) == "other"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_names_are_listed_for_people(names: list[str], text: str) -> None:
    assert listed(names) == text


def test_names_are_quoted() -> None:
    assert quoted(["a", "b c"]) == "'a', 'b c'"
