"""The record of a cached bundle."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.cache_json import decode_cache_record, encode_cache_record
from modelops_bundle.core.cache import CachedFile, CacheRecord
from modelops_bundle.core.paths import BundlePath
from support.bundles import digest_of

BUNDLE, INDEX = digest_of(b"bundle"), digest_of(b"index")
NUMBERS = st.integers(0, 2**63)
FILES = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.[a-z]{1,3}", fullmatch=True).map(BundlePath),
    st.builds(
        CachedFile,
        st.binary(max_size=4).map(digest_of),
        NUMBERS,
        st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    ),
    max_size=4,
)


@given(FILES, st.text(max_size=10))
def test_a_record_reads_back_as_it_was(files: dict[BundlePath, CachedFile], boot: str) -> None:
    record = CacheRecord(digest=BUNDLE, index=INDEX, boot=boot, files=files)
    assert decode_cache_record(encode_cache_record(record), BUNDLE) == record


def document(**changes: object) -> bytes:
    file = [INDEX, 1, 1, 2, 3, 4]
    plain = {"version": 1, "digest": BUNDLE, "index": INDEX, "boot": "", "files": {"a.py": file}}
    return json.dumps({**plain, **changes}).encode()


def test_the_document_that_the_others_differ_from_is_a_record() -> None:
    assert decode_cache_record(document(), BUNDLE) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        document(version=2),
        document(digest=INDEX),
        document(index="sha256:1"),
        document(files=None),
        document(files={"../a.py": [INDEX, 1, 1, 2, 3, 4]}),
        document(files={"/a.py": [INDEX, 1, 1, 2, 3, 4]}),
        document(files={"a.py": [INDEX, 1, 1, 2, 3, 4], "A.py": [INDEX, 1, 1, 2, 3, 4]}),
        document(files={"a.py": [INDEX, 1, 1, 2, 3]}),
        document(files={"a.py": [INDEX, "x", 1, 2, 3, 4]}),
        document(files={"a.py": 7}),
    ],
    ids=range(14),
)
def test_what_is_no_record_of_this_bundle_counts_as_none(content: bytes) -> None:
    assert decode_cache_record(content, BUNDLE) is None
