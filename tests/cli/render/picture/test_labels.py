"""What is written in a box fits it, and says what the marks of `graph` say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.cli.render.graph import marked
from modelops_bundle.cli.render.picture.boxes import Box, by_folder, every_node
from modelops_bundle.cli.render.picture.labels import STATES, WIDEST, cells, label, shortened
from modelops_bundle.core.graph import NodeState
from support.pictures import document, node, project_of


def box(name: str, *, kind: str = "code", state: str = "fresh", affected: bool = False) -> Box:
    return Box(kind=kind, name=name, state=state, affected=affected, members=(0,))


def test_a_file_shows_its_name_above_its_folder() -> None:
    plain, stale = label(box("lib/io/rates.py")), label(box("lib/io/rates.py", state="stale"))
    assert (plain.mark, plain.name, plain.state, plain.note) == ("=", "rates.py", "", "lib/io/")
    assert (stale.mark, stale.state, stale.note) == ("!", "stale", "lib/io/")
    assert label(box("setup.py")).note == "code"


def test_what_is_as_recorded_and_depends_on_what_is_not_is_affected() -> None:
    drawn = label(box("cases", kind="output", affected=True))
    assert (drawn.mark, drawn.state, drawn.note) == ("=", "affected", "output")


def test_long_names_lose_their_middle_and_folders_their_beginning() -> None:
    assert shortened("incidence_target", 9, 0.5) == "inci\u2026rget"
    assert shortened("models/deep/", 6, 0.0) == "\u2026deep/"
    drawn = label(box("f" * 90 + "/" + "n" * 90))
    assert "\u2026" in drawn.name
    assert drawn.note.endswith("f/")


@given(st.text(max_size=60), st.integers(1, 20), st.sampled_from([0.0, 0.5]))
def test_a_shortened_text_fits(text: str, most: int, kept: float) -> None:
    assert cells(shortened(text, most, kept)) <= most
    if cells(text) <= most:
        assert shortened(text, most, kept) == text


def test_wide_characters_take_the_room_of_two() -> None:
    assert cells("a\u00e9\u03bb\u0436\u2026") == 5
    assert cells("\u6a21\u578b\U0001f9a0") == 6
    assert cells("e\u0301") == 1


@given(st.text(min_size=1, max_size=80), st.sampled_from(sorted(STATES)))
def test_no_box_is_wider_than_the_widest(name: str, state: str) -> None:
    assert label(box(name, kind="model", state=state)).width <= WIDEST + 2


def test_every_state_has_words() -> None:
    assert {state.value for state in NodeState} == set(STATES)


@pytest.mark.parametrize("state", sorted(STATES))
def test_marks_are_those_of_the_tree(state: str) -> None:
    assert label(box("x", state=state)).mark == marked(node("code", "x", state=state))[0]


def test_large_pictures_begin_with_folders() -> None:
    whole = project_of(2_000)
    view = by_folder(whole)
    folders = [one for one in view.boxes if one.kind == "folder"]
    entries = [one for one in whole["nodes"] if one["kind"] not in ("code", "data")]
    assert len(view.boxes) == len(entries) + len(folders)
    assert 5 <= len(folders) <= 60
    assert sorted(at for one in view.boxes for at in one.members) == list(range(2_000))
    assert all(link.start != link.end for link in view.links)
    (worst,) = (one for one in folders if one.state == "stale")
    assert label(worst).state == "stale"


def test_folders_are_told_apart_as_deeply_as_there_is_room() -> None:
    files = [node("code", f"a/b{at % 3}/c/{at}.py") for at in range(9)]
    few = by_folder(document(files))
    assert [one.name for one in few.boxes] == ["a/b0/c/", "a/b1/c/", "a/b2/c/"]
    many = [node("code", f"a/b{at}/{part}.py") for at in range(70) for part in "xy"]
    assert [one.name for one in by_folder(document(many)).boxes] == ["a/"]


def test_links_join_each_pair_of_boxes_once() -> None:
    files = [node("code", "a/x.py"), node("code", "a/y.py"), node("model", "m")]
    whole = document(
        files,
        ("code:a/x.py", "model:m", "needs"),
        ("code:a/y.py", "model:m", "defined_in"),
        ("code:a/x.py", "code:a/y.py", "imports"),
    )
    assert len(every_node(whole).links) == 3
    ((start, end, kind),) = ((one.start, one.end, one.kind) for one in by_folder(whole).links)
    assert (start, end, kind) == (1, 0, "defined_in")
