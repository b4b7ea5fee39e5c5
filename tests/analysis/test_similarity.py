"""Likeness of definitions and files."""

from __future__ import annotations

import ast
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.analysis import similarity as module
from modelops_bundle.analysis.similarity import file_similarity, similarity

BODY = """
    observed = pl.read_csv(data_paths["observed"])
    return LossTarget(
        name="incidence", model_output="incidence", data=observed,
        alignment=JoinAlignment(on_cols="day"), evaluator=mean_signal_mse(col="infected"),
    )
"""
OLD = f"""
@cb.calibration_target(model_output="incidence", data={{"observed": "data/o.csv"}})
def incidence_target(data_paths):{BODY}
"""


def alike(old: str, new: str, old_name: str = "f", new_name: str = "f") -> float:
    found = similarity(old.encode(), old_name, new.encode(), new_name)
    assert found is not None
    return found


def test_name_comments_docstrings_and_layout_do_not_count() -> None:
    new = OLD.replace(
        "def incidence_target(data_paths):", 'def t(data_paths):\n    """Doc."""  # hm'
    )
    new = new.replace("name=", "\n\n      name = ")
    assert alike(OLD, new, "incidence_target", "t") == 1.0


def test_its_own_name_in_the_body_does_not_count() -> None:
    assert alike("def f(n): return f(n - 1)", "def g(n): return g(n - 1)", "f", "g") == 1.0


@pytest.mark.parametrize(
    ("edit", "least", "most"),
    [
        (("incidence", "prevalence"), 0.6, 0.99),
        (("mean_signal_mse", "annealed_mse"), 0.9, 0.99),
        (('"day"', '"week"'), 0.9, 0.99),
        (("    observed = ", "    print(1)\n    observed = "), 0.85, 0.99),
    ],
)
def test_an_edited_definition_stays_alike(edit: tuple[str, str], least: float, most: float) -> None:
    new = OLD.replace(*edit).replace("prevalence_target", "incidence_target")
    assert least <= alike(OLD, new, "incidence_target", "incidence_target") <= most


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(): return 1", "def f(): pass"),
        ("def f(a): return a.b", "def f(x): print(x)"),
        ("def f(): return load('a.csv')", "def f(x, y):\n    for z in x: yield y[z]"),
        (
            "def f(d): return LossTarget('a', model_output='a')",
            "def f(rows):\n    total = 0\n    for row in rows:\n        total += row.n\n"
            "    return total / len(rows)",
        ),
        (
            "class f:\n    def a(self): return 1",
            "class f(Base):\n    x = 3\n    def b(z): z()",
        ),
    ],
)
def test_short_but_different_definitions_are_not_alike(old: str, new: str) -> None:
    assert alike(old, new) < 0.6


def test_a_function_is_never_like_a_class() -> None:
    assert alike("def f(): pass", "class f: pass") == 0.0
    assert alike("def f(): pass", "async def f(): pass") == 1.0


def test_symbols_are_found_where_python_would_bind_them() -> None:
    source = b"if x:\n    class A:\n        class B:\n            y = 1\nclass C:\n    y = 1\n"
    assert similarity(source, "A.B", source, "C") == 1.0
    assert similarity(b"def f(): 1+1\ndef f(): 2+2", "f", b"def g(): 2+2", "g") == 1.0


@pytest.mark.parametrize(
    ("old", "new"), [("def (", "def f(): pass"), ("x = 1", "def f(): pass"), ("", "def f(): pass")]
)
def test_what_cannot_be_compared_has_no_likeness(old: str, new: str) -> None:
    assert similarity(old.encode(), "f", new.encode(), "f") is None
    assert similarity(new.encode(), "f", old.encode(), "f") is None
    assert similarity(new.encode(), "f.g", new.encode(), "f") is None


def test_files_are_compared_by_what_they_mean_or_by_words() -> None:
    assert file_similarity(OLD.encode(), b"# comment\n" + OLD.encode()) == 1.0
    assert file_similarity(b"", b"") == 1.0
    assert file_similarity(b"", b"# nothing") == 1.0
    assert 0.8 < file_similarity(OLD.encode(), OLD.encode() + b"\nx = 1\n") < 1.0
    assert file_similarity(OLD.encode(), b"import os\nprint(os.getcwd())") < 0.2
    assert 0.6 < file_similarity(b"a b c (", b"a b d (") < 0.8
    assert file_similarity(b"\xff\x00", b"\xff\x00") == 1.0


TOKENS = st.lists(st.sampled_from("abcd"), max_size=14)


@given(TOKENS, TOKENS)
def test_the_common_length_is_that_of_the_textbook(old: list[str], new: list[str]) -> None:
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            longest = max(table[i][j + 1], table[i + 1][j])
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else longest
    assert module._common_length(old, new) == table[-1][-1]


@given(TOKENS, TOKENS)
def test_likeness_is_symmetric_and_bounded(old: list[str], new: list[str]) -> None:
    sources = [f"def f(): ({', '.join(names)},)".encode() for names in (old or ["x"], new or ["x"])]
    one = similarity(sources[0], "f", sources[1], "f")
    assert one == similarity(sources[1], "f", sources[0], "f")
    assert one is not None
    assert 0.0 <= one <= 1.0


def test_very_long_definitions_take_bounded_time() -> None:
    chosen = random.Random(1)
    words = [f"w{chosen.randrange(50)}" for _ in range(2 * module.MAX_TOKENS)]
    old = "def f():\n" + "".join(f"    {word}\n" for word in words)
    new = old + "    more\n"
    assert len(ast.parse(old).body) == 1
    assert alike(old, new) > 0.99
