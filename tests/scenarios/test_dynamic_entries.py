"""Entries that code makes: registered, kept while they may be there, missing when they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Shell, make_project

HEAD = """\
import modelops_calabaria as cb


class Base(cb.BaseModel):
    PARAMS = cb.ParameterSpace([cb.ParameterSpec("beta", 0, 1)])

    @cb.model_output("incidence")
    def incidence(self, raw, seed): ...


"""
LOOP = """\
for place in ("north", "south"):
    globals()[place.title()] = type(place.title(), (Base,), {"place": place})
"""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A project whose models a loop makes, registered and in sync."""
    (tmp_path / "sir").mkdir()
    shell = Shell(tmp_path / "sir", capsys)
    make_project(shell, {"models/__init__.py": "", "models/places.py": HEAD + LOOP})
    shell.ok("register-model", "models/places.py", "--class", "North", "--class", "South")
    return shell


def states(shell: Shell) -> dict[str, tuple[str, str]]:
    document = shell.json("status")
    return {one["id"]: (one["state"], one["action"]) for one in document["entries"]}


def test_what_a_loop_makes_is_registered_with_its_facts(shell: Shell) -> None:
    assert states(shell) == {"places_north": ("fresh", "none"), "places_south": ("fresh", "none")}
    assert shell.registry.count("incidence") == 2
    assert "entrypoint: models.places:North" in shell.registry


def test_a_loop_over_what_is_computed_loses_nothing(shell: Shell) -> None:
    before = shell.registry
    shell.edit("models/places.py", '("north", "south")', "open('places.txt').read().split()")
    assert {state for state, _ in states(shell).values()} <= {"stale", "fresh"}
    shell.ok("sync")
    assert set(states(shell).values()) == {("fresh", "none")}
    for text in ("North", "South", "incidence", "beta"):
        assert shell.registry.count(text) == before.count(text)
    warnings = [one["message"] for one in shell.json("status")["preflight"]]
    assert len([one for one in warnings if "in a way that is not followed" in one]) == 2


def test_a_name_that_is_taken_out_of_the_loop_is_missing(shell: Shell) -> None:
    shell.edit("models/places.py", '("north", "south")', '("north",)')
    assert states(shell)["places_south"] == ("missing", "remove")
    assert shell("sync").code == 3
    assert "South" in shell.registry
    shell.ok("sync", "--force")
    assert "South" not in shell.registry


def test_a_name_that_is_changed_in_the_loop_is_renamed(shell: Shell) -> None:
    shell.edit("models/places.py", '"south"', '"west"')
    assert states(shell)["places_south"] == ("stale", "rename")
    shell.ok("sync")
    assert "places_south:" in shell.registry
    assert "entrypoint: models.places:West" in shell.registry
