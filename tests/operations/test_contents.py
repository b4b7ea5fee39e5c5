"""The contents of a bundle's files arrive whole, verified and each once, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import IntegrityError, NotFoundInRemoteError
from modelops_bundle.operations.contents import fetch_contents, read_content
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.phases import listening
from support.bundles import put_bundle, states_of
from support.listener import Heard

CONTENTS = {
    "a.py": b"1",
    "data/b.csv": b"22",
    "data/empty.csv": b"",
    "same.py": b"1",
    "large.bin": bytes(range(256)) * 12_000,
    "large-copy.bin": bytes(range(256)) * 12_000,
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


@pytest.fixture(params=["files", "packed"])
def remote(request: pytest.FixtureRequest) -> MemoryRemote:
    """Holds `CONTENTS`, in either layout."""
    made = MemoryRemote()
    put_bundle(made, CONTENTS, "latest", packed=request.param == "packed")
    return made


def fetched(remote: MemoryRemote, *paths: str) -> Arrived:
    arrived = Arrived()
    index = fetch_bundle(remote, "latest").index
    fetch_contents(remote, index, [BundlePath(path) for path in paths], arrived)
    return arrived


def test_each_file_arrives_once_with_what_it_is(remote: MemoryRemote) -> None:
    arrived = fetched(remote, *CONTENTS)
    assert arrived.contents == CONTENTS
    assert arrived.states == states_of(CONTENTS)


def test_only_what_is_wanted_arrives(remote: MemoryRemote) -> None:
    assert fetched(remote).contents == {}
    assert fetched(remote, "data/b.csv").contents == {"data/b.csv": b"22"}


def test_progress_ends_with_all_bytes(remote: MemoryRemote) -> None:
    index = fetch_bundle(remote, "latest").index
    heard = Heard()
    with listening(heard):
        fetch_contents(remote, index, index.files, Arrived())
    total = sum(map(len, CONTENTS.values()))
    ((title, told_total, told),) = heard.phases
    assert (title, told_total, told[-1]) == ("Downloading", total, total)
    assert told == sorted(told)


def test_what_a_sink_raises_comes_through(remote: MemoryRemote) -> None:
    index = fetch_bundle(remote, "latest").index

    def full(_state: FileState, _content: Iterator[bytes]) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        fetch_contents(remote, index, index.files, full)


def damage(remote: MemoryRemote, old: bytes, new: bytes) -> None:
    """Change what the remote holds, wherever that is, but in documents."""
    for digest, blob in remote._blobs.items():
        if old in blob and not blob.startswith(b"{"):
            remote._blobs[digest] = blob.replace(old, new)


def test_damage_is_noticed_before_the_end(remote: MemoryRemote) -> None:
    damage(remote, b"22", b"23")
    with pytest.raises(IntegrityError):
        fetched(remote, "data/b.csv")


def test_a_content_that_is_gone_is_an_error(remote: MemoryRemote) -> None:
    for digest in [
        d for d, blob in remote._blobs.items() if b"22" in blob and not blob.startswith(b"{")
    ]:
        del remote._blobs[digest]
    with pytest.raises(NotFoundInRemoteError):
        fetched(remote, *CONTENTS)


def test_one_small_file_is_read_as_a_whole(remote: MemoryRemote) -> None:
    index = fetch_bundle(remote, "latest").index
    assert read_content(remote, index, BundlePath("data/b.csv")) == b"22"
    assert read_content(remote, index, BundlePath("data/empty.csv")) == b""


def test_files_of_a_pack_are_read_with_one_request() -> None:
    class Counting(MemoryRemote):
        asked: list[tuple[int, int]]

        def open_range(self, descriptor: Descriptor, start: int, end: int) -> Iterator[bytes]:
            self.asked.append((start, end))
            return super().open_range(descriptor, start, end)

    remote = Counting()
    contents = {f"a/{n}": b"%d" % n * 1000 for n in range(10)}
    put_bundle(remote, contents, "latest", packed=True)
    for wanted, asked in (
        (("a/7",), [(7000, 8000)]),
        (("a/3", "a/1"), [(1000, 4000)]),
        (tuple(contents), [(0, 10_000)]),
    ):
        remote.asked = []
        assert fetched(remote, *wanted).contents == {path: contents[path] for path in wanted}
        assert remote.asked == asked


def test_a_damaged_neighbour_does_not_matter() -> None:
    remote = MemoryRemote()
    put_bundle(remote, {"a/1": b"one", "a/2": b"two"}, "latest", packed=True)
    damage(remote, b"one", b"One")
    assert fetched(remote, "a/2").contents == {"a/2": b"two"}
    with pytest.raises(IntegrityError, match="a/1"):
        fetched(remote, "a/1", "a/2")


def test_a_sink_that_stops_half_way_does_not_spoil_the_next(remote: MemoryRemote) -> None:
    seen: dict[str, bytes] = {}

    def sink(state: FileState, content: Iterator[bytes]) -> None:
        if state.path == "a.py":
            return
        seen[state.path] = b"".join(content)

    index = fetch_bundle(remote, "latest").index
    fetch_contents(remote, index, index.files, sink)
    assert seen == {path: content for path, content in CONTENTS.items() if path != "a.py"}
