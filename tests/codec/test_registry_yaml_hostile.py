"""Whatever the bytes: a registry or a RegistryError, soon, and never another exception."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.codec import yaml_nodes
from modelops_bundle.codec.registry_yaml import decode, edit, new_document
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.errors import RegistryError
from support.registry_documents import Author

_PIECES = (
    b"&a ", b"*a", b"<<: *a\n", b"!!str ", b"!x ", b"? ", b": ", b"- ", b"|\n", b">+\n", b"[", b"]",
    b"{", b"}", b"#", b"'", b'"', b"\\", b"%YAML 1.1\n", b"---\n", b"...\n", b"\t", b"\r", b"\x00",
    b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\x85", b"models:\n", b"targets:\n", b"  ",
    b"\n", b"version: 2\n", b"null", b"~", b"1e999", b"0x", b"!!binary ", b"!!timestamp ",
)  # fmt: skip
_EDITED = Author(7, 3).registry()


@pytest.fixture(params=["libyaml", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pure":
        monkeypatch.setattr(yaml_nodes, "_PARSER", yaml.SafeLoader)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML without libyaml")
    return str(request.param)


def attempt(content: bytes) -> None:
    try:
        registry = decode(content)
    except RegistryError:
        return
    assert isinstance(registry, BundleRegistry)
    assert edit(content, registry) == content
    try:
        changed = edit(content, _EDITED)
    except RegistryError as error:
        refused = error.not_done
    else:
        refused = ""
        assert decode(changed) == _EDITED
    assert refused in ("", "registry.yaml was not written")


def mutated(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at:at] = chance.choice(_PIECES)
            case 1:
                del data[at : at + chance.randrange(1, 8)]
            case 2:
                data[at : at + 1] = chance.randbytes(1)
            case 3:
                end = at + chance.randrange(60)
                data[at:at] = data[at:end]
    return bytes(data)


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    attempt(content)


@given(st.lists(st.sampled_from((*_PIECES, b"a", b"b:", b" ")), max_size=25))
@settings(max_examples=150)
def test_any_soup_of_yaml(pieces: list[bytes]) -> None:
    attempt(b"".join(pieces))


@given(st.integers(0, 2**48), st.integers(0, 3))
@settings(max_examples=250)
def test_damaged_documents(seed: int, size: int) -> None:
    attempt(mutated(Author(seed, size).document().content, random.Random(seed)))


def test_damaged_documents_with_either_parser(parser: str) -> None:
    for seed in range(60):
        attempt(mutated(Author(seed, 2).document().content, random.Random(seed)))


def test_edits_with_either_parser(parser: str) -> None:
    for seed in range(60):
        author = Author(seed, 3)
        written = author.document()
        result, renamed = author.edited(written.registry)
        assert decode(edit(written.content, result, renamed=renamed)) == result


_BILLION = b"".join(
    b"x%d: &x%d [%s]\n" % (level, level, b", ".join([b"*x%d" % (level - 1)] * 10))
    for level in range(1, 30)
)
_CHAIN = b"x0: &x0 [[[[[[[[[[]]]]]]]]]]\n" + b"".join(
    b"x%d: &x%d [[[[[[[*x%d]]]]]]]\n" % (level, level, level - 1) for level in range(1, 200)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x0: &x0 lol\n" + _BILLION, "expand to more than"),
        (_CHAIN, "nest more than"),
        (b"models: &m {a: *m}\n", "contains itself"),
        (b"models: &m\n  <<: *m\n", "contains itself"),
        (b"[" * 300_000, "levels deep"),
        (b"models: " + b"{a: " * 100_000, "levels deep"),
        (b"- " * 100_000, "levels deep"),
        (b"".join(b" " * depth + b"a:\n" for depth in range(2_000)), "levels deep"),
        (b"models:\n  <<: [" + b"*a, " * 3 + b"]\n", "not defined"),
        (
            b"a: &a {%s}\nmodels:\n  <<: [%s]\n"
            % (b", ".join(b"k%d: 1" % n for n in range(2_000)), b", ".join([b"*a"] * 2_000)),
            "expand to more than",
        ),
    ],
    ids=[
        "billion laughs", "deep aliases", "self", "self merge", "open brackets", "open braces",
        "dashes", "deep block", "unknown alias", "merge bomb",
    ],
)  # fmt: skip
def test_bombs_are_refused_at_once(parser: str, content: bytes, said: str) -> None:
    started = time.process_time()
    with pytest.raises(RegistryError, match=said):
        decode(content)
    assert time.process_time() - started < 5


def test_many_long_keys_and_values_take_linear_time() -> None:
    lines = b"".join(b"x%d: %s\n" % (n, b"v" * 200) for n in range(5_000))
    started = time.process_time()
    decode(lines)
    edit(lines, _EDITED)
    assert time.process_time() - started < 10


def test_a_large_edit_takes_linear_time() -> None:
    author = Author(3, 1)
    entries = {f"m{n}": author.model() for n in range(2_000)}
    before = BundleRegistry(models=entries)
    after = BundleRegistry(models={f"n{n}": author.model() for n in range(2_000)})
    content = new_document(before)
    started = time.process_time()
    assert decode(edit(content, after)) == after
    assert time.process_time() - started < 20


def test_five_thousand_lines_are_edited_at_once() -> None:
    """About 0.1 s on two cores; a round trip through a document model takes many times that."""
    author = Author(5, 8)
    before = BundleRegistry(models={f"m{n}": author.model() for n in range(125)})
    changed = {
        key: replace(entry, source_digest=author.digest()) for key, entry in before.models.items()
    }
    content = new_document(before)
    assert 4_000 < content.count(b"\n") < 7_000
    started = time.process_time()
    edit(content, replace(before, models=changed))
    assert time.process_time() - started < 1
