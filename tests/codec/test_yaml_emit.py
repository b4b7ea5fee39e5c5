"""What is written reads back as what it was, with either parser and in either style."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from modelops_bundle.codec.yaml_emit import (
    Layout,
    NotWritable,
    block_pair,
    flow_pair,
    flow_text,
    scalar_text,
)

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]
texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
words = st.text("yesnotrufalYN0123456789.:-+_eE~ #'\"\\[]{},&*!|>%@`?=<\t\n", max_size=8)
styles = st.sampled_from([None, "'", '"'])


def check(value: str | float, style: str | None) -> None:
    for loader in LOADERS:
        block = f"key: {scalar_text(value, style=style)}  # note\nother: 1\n"
        assert yaml.load(block, loader)["key"] == value
        flow = f"[{scalar_text(value, flow=True, style=style)}, b]"
        assert yaml.load(flow, loader) == [value, "b"]


@given(texts | words, styles)
@example("", None)
@example("\x85\u2028\ufeff\x7f\x00", "'")
@example("1:30", None)
@example("0o17", None)
@example("2020-01-01", None)
@example("...", None)
@example("\U0001f9a0", None)
def test_any_text(value: str, style: str | None) -> None:
    check(value, style)
    assert "\n" not in scalar_text(value, style=style)


@given(st.floats(allow_nan=False))
def test_any_number(value: float) -> None:
    check(value, None)
    assert isinstance(yaml.safe_load(scalar_text(value)), float)


def test_not_a_number() -> None:
    assert math.isnan(yaml.safe_load(scalar_text(math.nan)))


@given(st.dictionaries(texts, st.lists(texts, max_size=2), max_size=3), styles)
@example({"k" * 1500: ["x"]}, None)
@example({"\x00" * 300: ["x"]}, None)
def test_any_mapping(value: dict[str, list[str]], style: str | None) -> None:
    lines = [line for key, item in value.items() for line in block_pair(key, item, 2, Layout())]
    pairs = [flow_pair(key, item, style) for key, item in value.items()]
    for loader in LOADERS:
        assert (yaml.load("\n".join(lines), loader) or {}) == value
        assert yaml.load("{" + ", ".join(pairs) + "}", loader) == value
        assert yaml.load(flow_text(value), loader) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("models.sir:StarsimSIR", "models.sir:StarsimSIR"),
        ("sha256:ab", "sha256:ab"),
        ("1978_data.csv", "1978_data.csv"),
        (".", "."),
        ("data/a b.csv", "'data/a b.csv'"),
        ("no", "'no'"),
        ("it's", "'it''s'"),
        ("1.1", "'1.1'"),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_quotes_only_where_they_are_needed(value: str, written: str) -> None:
    assert scalar_text(value) == written


def test_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(NotWritable):
        scalar_text("a\ud800")
