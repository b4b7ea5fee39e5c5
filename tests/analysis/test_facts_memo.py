"""Facts survive being remembered, and what is no memory is not believed."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import pytest

from modelops_bundle.analysis.facts import FileFacts, extract_facts
from modelops_bundle.analysis.facts_memo import decode_facts, encode_facts
from modelops_bundle.analysis.packing import UnreadableError
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.core.paths import BundlePath

EVERYTHING = b'''"""Doc \\ud800."""
from __future__ import annotations
import a.b as c, d.e
from . import f
from ..g import *
try:
    import h
except ImportError:
    h = None
if TYPE_CHECKING:
    import i
__all__ = ["one", *other()]
import importlib
importlib.import_module(__name__ + name)  # mops: imports j
@c.target
def one(): "doc"; return globals()
class Two(c.Base): x = d.e.f
DATA = {"a": "data/a.csv", "b": open(name)}
def three(): return DATA
'''


def facts(content: bytes) -> FileFacts:
    source = parse_source(BundlePath("a.py"), content)
    assert isinstance(source, ParsedSource)
    return extract_facts(source)


def test_facts_of_real_files_survive() -> None:
    library = Path(sysconfig.get_paths()["stdlib"])
    contents = [path.read_bytes() for path in sorted(library.glob("*.py"))[::12]]
    assert len(contents) > 5
    for content in (EVERYTHING, b"", *contents):
        found = facts(content)
        assert decode_facts(encode_facts(found)) == found


def test_equal_source_gives_equal_bytes() -> None:
    assert encode_facts(facts(EVERYTHING)) == encode_facts(facts(EVERYTHING + b"# comment"))


def _damaged(value: object) -> list[object]:
    """The value with each of its parts replaced, one at a time, by one of another type."""
    if not isinstance(value, list):
        return [{}]
    variants: list[object] = [{}, [*value, 1.5]]
    for position, item in enumerate(value):
        for other in _damaged(item):
            variants.append([*value[:position], other, *value[position + 1 :]])
    return variants


def test_damage_anywhere_is_noticed() -> None:
    whole = json.loads(encode_facts(facts(EVERYTHING)))
    variants = _damaged(whole)
    assert len(variants) > 100
    for variant in variants:
        with pytest.raises(UnreadableError):
            decode_facts(json.dumps(variant).encode())


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"[" * 100_000, b"[1]"])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        decode_facts(content)
