"""The contents of a bundle's files arrive whole, verified and each once, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import IntegrityError, NotFoundInRemoteError
from modelops_bundle.operations.contents import fetch_contents, read_content
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import descriptor_of, put_bundle, states_of

CONTENTS = {
    "a.py": b"1",
    "data/b.csv": b"22",
    "data/empty.csv": b"",
    "same.py": b"1",
    "large.bin": bytes(range(256)) * 12_000,
}


class Arrived:
    """Keeps what arrives, by path."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.states: dict[BundlePath, FileState] = {}

    def __call__(self, state: FileState, content: Iterator[bytes]) -> None:
        whole = b"".join(content)
        assert state.path not in self.contents
        self.contents[state.path] = whole
        self.states[state.path] = state


def fetched(remote: MemoryRemote, *paths: str) -> Arrived:
    arrived = Arrived()
    index = fetch_bundle(remote, "latest").index
    fetch_contents(remote, index, [BundlePath(path) for path in paths], arrived)
    return arrived


def test_each_file_arrives_once_with_what_it_is() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    arrived = fetched(remote, *CONTENTS)
    assert arrived.contents == CONTENTS
    assert arrived.states == states_of(CONTENTS)


def test_only_what_is_wanted_arrives() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    assert fetched(remote).contents == {}
    assert fetched(remote, "data/b.csv").contents == {"data/b.csv": b"22"}


def test_progress_ends_with_all_bytes() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    index = fetch_bundle(remote, "latest").index
    told: list[tuple[int, int]] = []
    fetch_contents(remote, index, index.files, Arrived(), lambda *now: told.append(now))
    total = sum(map(len, CONTENTS.values()))
    assert told[-1] == (total, total)
    assert told == sorted(told)


def test_what_a_sink_raises_comes_through() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    index = fetch_bundle(remote, "latest").index

    def full(_state: FileState, _content: Iterator[bytes]) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        fetch_contents(remote, index, index.files, full)


def test_damage_is_noticed_before_the_end() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    remote._blobs[descriptor_of(b"22").digest] = b"23"
    with pytest.raises(IntegrityError):
        fetched(remote, "data/b.csv")


def test_a_content_that_is_gone_is_an_error() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    del remote._blobs[descriptor_of(b"22").digest]
    with pytest.raises(NotFoundInRemoteError):
        fetched(remote, *CONTENTS)


def test_one_small_file_is_read_as_a_whole() -> None:
    remote = MemoryRemote()
    put_bundle(remote, CONTENTS, "latest")
    index = fetch_bundle(remote, "latest").index
    assert read_content(remote, index, BundlePath("data/b.csv")) == b"22"
    assert read_content(remote, index, BundlePath("data/empty.csv")) == b""
