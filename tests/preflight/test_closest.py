"""Suggestions are few, in order of likeness, and bounded in cost."""

from __future__ import annotations

from modelops_bundle.preflight.closest import Closest


def test_the_closest_names_come_first_and_at_most_three() -> None:
    names = Closest(["incidence_c", "incidence_ab", "incidence_abc", "incidence_abcd", "deaths"])
    assert names.to("incidence_abc")[0] == "incidence_abc"
    assert len(names.to("incidence_abc")) == 3
    assert "deaths" not in names.to("incidence_abc")


def test_case_does_not_matter_and_the_name_is_given_as_it_is_written() -> None:
    assert Closest(["Incidence"]).to("INCIDENSE") == ("Incidence",)


def test_nothing_alike_gives_nothing() -> None:
    assert Closest(["incidence"]).to("xyz") == ()
    assert Closest([]).to("xyz") == ()


def test_names_are_compared_until_it_would_take_too_long() -> None:
    names = Closest([f"output_{number}" for number in range(1000)])
    answers = [names.to(f"output-{number}") for number in range(40)]
    assert all(answers[:20])
    assert not any(answers[20:])
    assert names.to("output-0") == answers[0]
