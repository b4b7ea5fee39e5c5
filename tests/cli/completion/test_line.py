"""Command lines are split as the shells do it."""

from __future__ import annotations

import pytest

from modelops_bundle.cli.completion.line import split_line

BREAKS = " \t\n\"'@><=;|&(:"


@pytest.mark.parametrize(
    ("text", "words", "current", "quote"),
    [
        ("mops-bundle ", ["mops-bundle"], "", ""),
        ("mops-bundle sh", ["mops-bundle"], "sh", ""),
        ("m show  a ", ["m", "show", "a"], "", ""),
        (r"m add my\ dir/a", ["m", "add"], "my dir/a", ""),
        ("m add 'my dir/a", ["m", "add"], "my dir/a", "'"),
        ('m add "my dir/a', ["m", "add"], "my dir/a", '"'),
        ('m add "my dir"/a', ["m", "add"], "my dir/a", ""),
        (r'm add "a\"b\x', ["m", "add"], r'a"b\x', '"'),
        (r"m add 'a\x", ["m", "add"], r"a\x", "'"),
        ("m show '' ", ["m", "show", ""], "", ""),
        ("echo a; m show b", ["m", "show"], "b", ""),
        ("a | m sh", ["m"], "sh", ""),
        ("m show x 2>/dev/null y", ["m", "show", "x"], "y", ""),
        ("m show x >out ", ["m", "show", "x"], "", ""),
        ("m a\\\nb c", ["m", "ab"], "c", ""),
        ("m trailing\\", ["m"], "trailing", ""),
    ],
)
def test_words_lose_their_quotes(text: str, words: list[str], current: str, quote: str) -> None:
    line = split_line(text)
    assert (list(line.words), line.current, line.quote) == (words, current, quote)


@pytest.mark.parametrize("text", ["m files >", "m files > ou", "m files 2>e", "m files >> x/"])
def test_what_a_redirection_names_is_no_argument(text: str) -> None:
    line = split_line(text)
    assert line.redirected
    assert line.words == ("m", "files")


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("m show target:inc", "target:"),
        ("m sync --rename=a", "--rename="),
        ("m sync --rename=a=b", "--rename=a="),
        (r"m show a\:b", ""),
        ('m add "my dir', ""),
        ('m x --a="b c', "--a="),
        ('m x --a="b=c"d', "--a="),
        ("m login user@ho", "user@"),
    ],
)
def test_bash_replaces_what_follows_the_last_word_break(text: str, settled: str) -> None:
    line = split_line(text, breaks=BREAKS)
    assert line.current[: line.settled] == settled


def test_fish_quotes_a_quotation_mark_inside_single_quotes() -> None:
    assert split_line(r"m show 'it\'s", fish=True).current == "it's"
    assert split_line("m show (a", fish=True).current == "(a"
