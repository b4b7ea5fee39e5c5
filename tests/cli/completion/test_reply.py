"""How candidates reach each shell."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from modelops_bundle.cli.completion.engine import Completion
from modelops_bundle.cli.completion.line import split_line
from modelops_bundle.cli.completion.offers import Offer
from modelops_bundle.cli.completion.reply import bash_lines, fish_lines, zsh_lines

BREAKS = " \t\n\"'@><=;|&(:"


def bash(text: str, *offers: Offer, lead: str = "", after: str = "") -> list[str]:
    return list(bash_lines(Completion(offers, lead), split_line(text, breaks=BREAKS), after))


def words(*values: str) -> Iterable[Offer]:
    return [Offer(value) for value in values]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("m show ", ["a", "b"], ["a ", "b "]),
        ("m show flu", ["flu.v1:2"], ["flu.v1:2 "]),
        ("m show flu.v1:", ["flu.v1:2"], ["2 "]),
        ("m show a=", ["a=b"], ["b "]),
        ("m show it", ["it's $5"], ["it\\'s\\ \\$5 "]),
        ('m show "it', ["it's $5"], ["it's \\$5"]),
        ("m show 'it", ["it's $5"], ["it'\\''s $5"]),
        ("m show x", ["y"], []),
    ],
)
def test_bash_gets_what_replaces_the_last_part(
    text: str, values: list[str], expected: list[str]
) -> None:
    assert bash(text, *words(*values)) == ["words", *expected]


def test_bash_quotes_names_of_files_itself() -> None:
    offers = [Offer("my data/", whole=False, is_path=True), Offer("my a.csv", is_path=True)]
    assert bash("m add my", *offers) == ["paths", "my data", "my a.csv"]


def test_an_open_word_gets_no_blank_in_bash() -> None:
    assert bash("m x --rename=", Offer("a=", whole=False), lead="--rename=") == ["words", "a="]


def test_no_second_blank_comes_before_one_that_is_there() -> None:
    assert bash("m show ", Offer("a"), after=" --json") == ["words", "a"]


def test_zsh_and_fish_get_descriptions() -> None:
    completion = Completion((Offer("a:b\\", "target x:y"), Offer("c=", whole=False)), "--x=")
    line = split_line("m y --x=")
    assert list(zsh_lines(completion, line, "")) == ["words", "1a\\:b\\\\:target x:y", "0c="]
    assert list(fish_lines(completion, line, "")) == ["--x=a:b\\\ttarget x:y", "--x=c=\t"]


def test_what_does_not_begin_alike_is_left_to_the_matcher_of_zsh_and_fish() -> None:
    completion = Completion((Offer("Alpha"), Offer("beta")))
    assert list(zsh_lines(completion, split_line("m a"), "")) == ["words", "1Alpha", "1beta"]
    assert list(fish_lines(completion, split_line("m b"), "")) == ["beta\t"]


def test_what_could_steer_a_terminal_is_never_offered() -> None:
    completion = Completion((Offer("a\x1b[31m"), Offer("b\nc"), Offer("d\udcff", "x\ty\x07")))
    for lines in (zsh_lines, fish_lines):
        shown = "".join(lines(completion, split_line("m "), ""))
        assert "\x1b" not in shown
        assert "\x07" not in shown
    assert list(fish_lines(completion, split_line("m "), "")) == ["d\udcff\tx y "]
