"""The index of a bundle is a function of its files."""

from __future__ import annotations

import pytest

from modelops_bundle.core.oci import BundleIndex, media_type_of
from modelops_bundle.core.paths import BundlePath
from support.bundles import digest_of, state_of, states_of

CONTENTS = {"b.csv": b"12", "a/x.py": b"1", "a/y.PY": b"1"}


def test_files_are_sorted_whatever_order_they_come_in() -> None:
    index = BundleIndex.of([state_of(path, CONTENTS[path]) for path in CONTENTS])
    assert list(index.files) == ["a/x.py", "a/y.PY", "b.csv"]
    assert index == BundleIndex.of(reversed(list(states_of(CONTENTS).values())))


def test_each_file_has_a_layer_titled_with_its_path() -> None:
    layers = BundleIndex.of(states_of(CONTENTS).values()).layers()
    assert [(x.title, x.digest, x.size_bytes) for x in layers] == [
        (path, digest_of(CONTENTS[path]), len(CONTENTS[path])) for path in sorted(CONTENTS)
    ]


def test_digests_and_sizes_are_those_of_the_files() -> None:
    index = BundleIndex.of(states_of(CONTENTS).values())
    assert index.digests == {path: digest_of(content) for path, content in CONTENTS.items()}
    assert index.size_bytes == 4


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("models/sir.py", "text/x-python"),
        ("data/A.CSV", "text/csv"),
        ("x.parquet", "application/vnd.apache.parquet"),
        ("uv.lock", "text/plain"),
        ("LICENSE", "application/octet-stream"),
        (".python-version", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
    ],
)
def test_media_types_come_from_a_table(path: str, media_type: str) -> None:
    """Not from the machine's own: they are part of the digest (law 5)."""
    assert media_type_of(BundlePath(path)) == media_type
