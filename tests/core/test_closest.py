"""Which known names a mistyped one may stand for, and how the hint reads."""

from __future__ import annotations

import pytest

from modelops_bundle.core.closest import closest, did_you_mean

COMMANDS = ["register-model", "register-target", "unregister", "remove", "list", "status"]


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("lsit", COMMANDS, ("list",)),
        ("STATUS", COMMANDS, ("status",)),
        ("register", COMMANDS, ("register-model", "register-target", "unregister")),
        ("xyzzy", COMMANDS, ()),
        ("Incidence", ["incidence", "incidence_rate"], ("incidence", "incidence_rate")),
        ("", ["a"], ()),
        ("a", [], ()),
    ],
)
def test_the_likeliest_come_first(word: str, known: list[str], expected: tuple[str, ...]) -> None:
    assert closest(word, known) == expected


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("lsit", COMMANDS, "did you mean 'list'?"),
        ("register", COMMANDS, "did you mean 'register-model' or 'register-target'?"),
        ("v10", ["v11", "v12", "v13"], "did you mean 'v11', 'v12' or 'v13'?"),
        ("v1", ["v1a", "other"], "did you mean 'v1a'?"),
        ("xyzzy", COMMANDS, "look it up"),
    ],
)
def test_the_hint_names_what_is_equally_close(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, sorted(known), "look it up") == hint


def test_names_are_shown_as_they_are_typed() -> None:
    assert did_you_mean("--forc", ["--force"], shown=str) == "did you mean --force?"
