"""A folder of blobs by digest: what comes out is what the digest says, or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.storage.cas import BlobStore
from support.bundles import digest_of

CONTENT = b"day,in_bed\n" * 1000
DIGEST = digest_of(CONTENT)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    for name in ("blobs", "ingest"):
        (tmp_path / name).mkdir()
    return BlobStore(tmp_path / "blobs", tmp_path / "ingest")


@pytest.fixture
def filled(blobs: BlobStore) -> BlobStore:
    blobs.put(DIGEST, [CONTENT[:5], CONTENT[5:]])
    return blobs


def damage(tmp_path: Path) -> None:
    blob = tmp_path / "blobs" / DIGEST.hex
    blob.chmod(0o644)
    blob.write_bytes(CONTENT[:-1] + b"!")


def test_a_content_comes_out_as_it_went_in(filled: BlobStore, tmp_path: Path) -> None:
    assert filled.has(DIGEST, len(CONTENT))
    assert not filled.has(DIGEST, 1)
    assert filled.read(DIGEST) == CONTENT
    assert filled.verify(DIGEST)
    assert [digest for digest, _ in filled.stored()] == [DIGEST]
    for number, trusted in enumerate((True, False)):
        target = tmp_path / str(number)
        found = filled.place(DIGEST, len(CONTENT), target, trusted=trusted)
        assert found is not None
        assert target.read_bytes() == CONTENT
        assert os.path.samestat(found, target.stat())
        assert not os.path.samestat(found, (tmp_path / "blobs" / DIGEST.hex).stat())
    assert os.listdir(tmp_path / "ingest") == []


def test_a_content_whose_source_fails_is_not_stored(blobs: BlobStore, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put(DIGEST, broken())
    assert list(blobs.stored()) == []
    assert os.listdir(tmp_path / "ingest") == []


@pytest.mark.parametrize("use", ["read", "place", "link", "verify"])
def test_a_damaged_content_is_dropped_when_it_is_used(
    filled: BlobStore, tmp_path: Path, use: str
) -> None:
    damage(tmp_path)
    target = tmp_path / "target"
    size_bytes = len(CONTENT)
    outcomes = {
        "read": lambda: filled.read(DIGEST),
        "place": lambda: filled.place(DIGEST, size_bytes, target, trusted=False),
        "link": lambda: filled.link(DIGEST, size_bytes, target, trusted=False),
        "verify": lambda: filled.verify(DIGEST) or None,
    }
    assert outcomes[use]() is None
    assert not target.exists()
    assert list(filled.stored()) == []


def test_a_content_that_is_not_there(blobs: BlobStore, tmp_path: Path) -> None:
    assert blobs.read(DIGEST) is None
    assert blobs.place(DIGEST, 1, tmp_path / "x", trusted=True) is None
    assert blobs.link(DIGEST, 1, tmp_path / "x", trusted=True) is None
    assert not blobs.verify(DIGEST)
    blobs.drop(DIGEST)


def test_a_link_is_the_blob_itself_and_may_be_made_again(filled: BlobStore, tmp_path: Path) -> None:
    for _ in range(2):
        assert filled.link(DIGEST, len(CONTENT), tmp_path / "x", trusted=True) is not None
    assert os.path.samefile(tmp_path / "x", tmp_path / "blobs" / DIGEST.hex)
    assert os.listdir(tmp_path / "ingest") == []


def test_a_link_in_place_of_a_blob_is_not_followed(blobs: BlobStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)
    (tmp_path / "blobs" / DIGEST.hex).symlink_to(secret)
    assert blobs.read(DIGEST) is None
    assert not blobs.has(DIGEST, len(CONTENT))
    assert not blobs.verify(DIGEST)


def test_names_that_are_no_digests_are_passed_over(filled: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "blobs" / "readme").write_text("theirs")
    assert [digest for digest, _ in filled.stored()] == [DIGEST]
