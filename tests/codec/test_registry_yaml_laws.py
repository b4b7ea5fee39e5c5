"""Law 4: decode∘encode is the identity, and an edit leaves alone what it does not concern."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.codec.registry_yaml import decode, edit, new_document
from support.registry_documents import COMMENT, FREE, Author, Line, Owner, gone_and_touched

seeds = st.integers(0, 2**48)
sizes = st.integers(0, 5)


def is_below(owner: Owner, owners: set[Owner]) -> bool:
    return any(owner[:depth] in owners for depth in range(1, len(owner) + 1))


def without_comma(text: str) -> str:
    """A flow item's line may gain the comma that its new neighbour needs."""
    code, mark, note = text.partition("# note")
    return code.rstrip().removesuffix(",") + mark + note


@given(seeds, sizes)
def test_a_document_reads_as_what_its_author_meant(seed: int, size: int) -> None:
    written = Author(seed, size).document()
    assert decode(written.content) == written.registry


@given(seeds, sizes)
def test_an_edit_that_changes_nothing_gives_the_same_bytes(seed: int, size: int) -> None:
    written = Author(seed, size).document()
    assert edit(written.content, decode(written.content)) == written.content


@given(seeds, sizes)
def test_a_new_document_reads_back(seed: int, size: int) -> None:
    author = Author(seed, size)
    registry, _ = author.edited(author.registry())
    assert decode(new_document(registry)) == registry
    if registry != decode(b""):
        assert edit(b"", registry) == new_document(registry)


@given(seeds, sizes)
@settings(max_examples=250)
def test_an_edit_does_what_it_should_and_nothing_else(seed: int, size: int) -> None:
    author = Author(seed, size)
    written = author.document()
    result, renamed = author.edited(written.registry)
    content = edit(written.content, result, renamed=renamed)
    assert decode(content) == result
    assert edit(content, result) == content
    text = content.decode("utf-8-sig")
    gone, touched = gone_and_touched(written.registry, result, renamed)

    kept_notes = [n for n, owner in written.comments.items() if not is_below(owner, gone)]
    notes = [int(number) for number in COMMENT.findall(text)]
    gone_notes = {n for n, owner in written.comments.items() if is_below(owner, gone)}
    assert [n for n in notes if n not in gone_notes] == kept_notes

    def stays(line: Line) -> bool:
        return not is_below(line.owner, gone) and line.owner not in touched

    remaining = iter(without_comma(line) for line in text.split(written.newline))
    for line in written.lines:
        if line.owner == FREE or (line.owner != ("root",) and stays(line)):
            assert without_comma(line.text) in remaining, line


@given(seeds, sizes)
def test_another_document_of_the_same_keys_can_be_made_of_any(seed: int, size: int) -> None:
    author = Author(seed, size)
    written, other = author.document(), author.registry()
    assert decode(edit(written.content, other)) == other
