"""A bundle is in the cache, complete and right, or it is not there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.core.cache import CacheRecord
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import CacheError, NotFoundInRemoteError, RemoteError
from modelops_bundle.operations.cached import ensure_cached, is_cached, resolved
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import contents_of, digest_of, put_bundle
from support.disk import set_times

CONTENTS = {"a.py": b"a = 1\n", "data/b.csv": b"1,2\n", "data/copy.csv": b"1,2\n", "empty": b""}


class CountingRemote(MemoryRemote):
    """Notes what is read from it, and fails where a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Digest] = []
        self.broken: set[Digest] = set()

    def read_manifest(self, digest: Digest) -> bytes:
        self.read.append(digest)
        return super().read_manifest(digest)

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        self.read.append(descriptor.digest)
        if descriptor.digest in self.broken:
            raise RemoteError("the line is down")
        return super().open_blob(descriptor)


@pytest.fixture
def remote() -> CountingRemote:
    return CountingRemote()


@pytest.fixture
def cache(tmp_path: Path) -> BundleCache:
    return BundleCache(tmp_path / "cache")


def ensured(cache: BundleCache, remote: MemoryRemote, digest: Digest) -> Path:
    with ensure_cached(cache, remote, digest) as bundle:
        assert contents_of(bundle.folder).keys() >= {str(path) for path in bundle.files}
        return bundle.folder


def test_a_bundle_is_fetched_once_and_each_content_once(
    cache: BundleCache, remote: CountingRemote
) -> None:
    digest = put_bundle(remote, CONTENTS, "latest")
    assert contents_of(ensured(cache, remote, digest)) == CONTENTS
    assert len(remote.read) == len(set(remote.read)) == 2 + 2, "nothing is asked for an empty file"
    remote.read.clear()
    assert contents_of(ensured(cache, remote, digest)) == CONTENTS
    assert remote.read == []
    assert is_cached(cache, digest)


def test_a_name_that_is_not_there_is_the_only_error_that_is_told(remote: MemoryRemote) -> None:
    with pytest.raises(NotFoundInRemoteError) as caught:
        resolved(remote, "latest")
    assert caught.value.__context__ is None
    # A program that lets it pass shows the hint in the traceback.
    assert caught.value.__notes__ == ["help: nothing has been published there yet"]


def test_another_version_fetches_only_what_differs(
    cache: BundleCache, remote: CountingRemote
) -> None:
    ensured(cache, remote, put_bundle(remote, CONTENTS))
    remote.read.clear()
    changed = {**CONTENTS, "a.py": b"a = 2\n"}
    folder = ensured(cache, remote, put_bundle(remote, changed))
    assert contents_of(folder) == changed
    assert len(remote.read) == 2 + 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.unlink(),
        lambda file: (file.chmod(0o644), file.write_bytes(b"a = 9\n")),
        lambda file: (file.chmod(0o644), file.write_bytes(b"")),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to("data/b.csv")),
    ],
    ids=["deleted", "edited", "emptied", "folder", "link"],
)
def test_a_damaged_bundle_is_mended_without_the_remote(
    cache: BundleCache, remote: CountingRemote, damage: object
) -> None:
    digest = put_bundle(remote, CONTENTS)
    folder = ensured(cache, remote, digest)
    sound = (folder / "data/b.csv").stat().st_ino
    damage(folder / "a.py")  # type: ignore[operator]
    assert not is_cached(cache, digest)
    remote.read.clear()
    assert contents_of(ensured(cache, remote, digest)) == CONTENTS
    assert remote.read == []
    assert (folder / "data/b.csv").stat().st_ino == sound, "what is sound stays"


def test_an_edit_that_sets_the_times_back_is_noticed(
    cache: BundleCache, remote: CountingRemote
) -> None:
    digest = put_bundle(remote, CONTENTS)
    file = ensured(cache, remote, digest) / "a.py"
    before = file.stat()
    file.chmod(0o644)
    file.write_bytes(b"a = 7\n")
    set_times(file, before)
    ensured(cache, remote, digest)
    assert file.read_bytes() == CONTENTS["a.py"]


def test_a_file_that_was_only_touched_is_no_damage(
    cache: BundleCache, remote: CountingRemote
) -> None:
    digest = put_bundle(remote, CONTENTS)
    file = ensured(cache, remote, digest) / "a.py"
    inode = file.stat().st_ino
    os.utime(file, (1, 1))
    assert is_cached(cache, digest)
    ensured(cache, remote, digest)
    assert file.stat().st_ino == inode


def test_a_folder_that_became_a_link_leads_nothing_out_of_the_cache(
    cache: BundleCache, remote: CountingRemote, tmp_path: Path
) -> None:
    contents = {**CONTENTS, "data/deep/er.csv": b"3,4\n"}
    digest = put_bundle(remote, contents)
    folder = ensured(cache, remote, digest)
    outside = tmp_path / "outside"
    (folder / "data").rename(outside)
    (outside / "b.csv").unlink()
    (folder / "data").symlink_to(outside)
    assert contents_of(ensured(cache, remote, digest)) == contents
    assert not (outside / "b.csv").exists()


def test_a_content_that_was_damaged_in_the_cache_is_fetched_again(
    cache: BundleCache, remote: CountingRemote
) -> None:
    ensured(cache, remote, put_bundle(remote, CONTENTS))
    blob = cache.folder / "blobs/sha256" / digest_of(b"1,2\n").hex
    blob.chmod(0o644)
    blob.write_bytes(b"9,9\n")
    folder = ensured(cache, remote, put_bundle(remote, {**CONTENTS, "new": b"n"}))
    assert (folder / "data/b.csv").read_bytes() == b"1,2\n"
    assert blob.read_bytes() == b"1,2\n"


def test_editing_a_file_of_a_bundle_does_not_poison_the_next(
    cache: BundleCache, remote: CountingRemote
) -> None:
    file = ensured(cache, remote, put_bundle(remote, CONTENTS)) / "a.py"
    assert stat.S_IMODE(file.stat().st_mode) == 0o444
    file.chmod(0o644)
    file.write_bytes(b"a = 666\n")
    folder = ensured(cache, remote, put_bundle(remote, {**CONTENTS, "new": b"n"}))
    assert (folder / "a.py").read_bytes() == CONTENTS["a.py"]


def test_files_may_share_the_blobs_where_nobody_else_can_write(
    remote: CountingRemote, tmp_path: Path
) -> None:
    cache = BundleCache(tmp_path / "cache", link_files=True)
    digest = put_bundle(remote, CONTENTS)
    folder = ensured(cache, remote, digest)
    assert contents_of(folder) == CONTENTS
    blob = cache.folder / "blobs/sha256" / digest_of(CONTENTS["a.py"]).hex
    assert (folder / "a.py").stat().st_ino == blob.stat().st_ino
    # A further link changes the ctime, and nothing else.
    ensured(cache, remote, put_bundle(remote, {**CONTENTS, "new": b"n"}))
    remote.read.clear()
    ensured(cache, remote, digest)
    assert remote.read == []
    assert not list((cache.folder / "ingest").iterdir())


def test_what_was_fetched_before_a_failure_is_not_fetched_again(
    cache: BundleCache, remote: CountingRemote
) -> None:
    digest = put_bundle(remote, CONTENTS)
    broken = digest_of(b"1,2\n")
    remote.broken.add(broken)
    with pytest.raises(RemoteError):
        ensured(cache, remote, digest)
    assert cache.record(digest) is None
    assert not is_cached(cache, digest)
    remote.broken.clear()
    remote.read.clear()
    assert contents_of(ensured(cache, remote, digest)) == CONTENTS
    assert digest_of(CONTENTS["a.py"]) not in remote.read


def test_a_digest_that_nobody_published(cache: BundleCache, remote: CountingRemote) -> None:
    with pytest.raises(NotFoundInRemoteError):
        ensured(cache, remote, digest_of(b"nothing"))
    assert cache.bundles() == ([], [])


def test_what_was_written_before_the_system_went_down_is_read_back_once(
    cache: BundleCache, remote: CountingRemote
) -> None:
    digest = put_bundle(remote, CONTENTS)
    file = ensured(cache, remote, digest) / "a.py"
    record = cache.record(digest)
    assert record is not None
    assert record.boot
    # As a disk leaves a file whose stamp it kept and whose bytes it lost.
    file.chmod(0o644)
    file.write_bytes(b"\0" * 6)
    found = file.stat()
    lost = record.files[next(p for p in record.files if p == "a.py")]
    stamp = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    files = {**record.files, "a.py": type(lost)(lost.digest, lost.size_bytes, stamp)}
    crashed = CacheRecord(digest=digest, index=record.index, boot="another", files=files)
    assert cache.remember(crashed)
    assert contents_of(ensured(cache, remote, digest)) == CONTENTS
    settled = cache.record(digest)
    assert settled is not None
    cache.remember(CacheRecord(digest=digest, index=record.index, boot="x", files=settled.files))
    ensured(cache, remote, digest)
    read_back = cache.record(digest)
    assert read_back is not None
    assert read_back.boot == ""


def test_a_bundle_in_a_cache_that_cannot_be_written_is_used(
    cache: BundleCache, remote: CountingRemote
) -> None:
    digest = put_bundle(remote, CONTENTS)
    ensured(cache, remote, digest)
    # Locks cannot be made where this is no folder; root is not bound by permissions.
    locks = cache.folder / "locks"
    for file in locks.iterdir():
        file.unlink()
    locks.rmdir()
    locks.write_bytes(b"")
    with ensure_cached(cache, remote, digest) as bundle:
        assert bundle.hold is None
        assert contents_of(bundle.folder) == CONTENTS
    with pytest.raises(CacheError, match="cannot write to the cache"):
        ensured(cache, remote, put_bundle(remote, {"new": b"n"}))


_FILL = """
import resource, signal, sys
from pathlib import Path
from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import CacheError
from modelops_bundle.operations.cached import ensure_cached
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.oci_layout import OciLayoutRemote

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
cache = BundleCache(Path(sys.argv[1]))
try:
    ensure_cached(cache, OciLayoutRemote(Path(sys.argv[2])), Digest.parse(sys.argv[3]))
except CacheError as error:
    print(error.code, error.hint)
print(*sorted(path.name for path in (cache.folder / "ingest").iterdir()))
"""


def test_a_full_disk_is_told_and_leaves_nothing_half(cache: BundleCache, tmp_path: Path) -> None:
    from modelops_bundle.storage.oci_layout import OciLayoutRemote

    remote = OciLayoutRemote(tmp_path / "store")
    contents = {"big": bytes(200_000), "a.py": b"a = 1\n"}
    digest = put_bundle(remote, contents)
    command = [sys.executable, "-c", _FILL, str(cache.folder), str(tmp_path / "store"), digest]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("cache free some space")
    assert done.stdout.splitlines()[1:] == [""]
    assert not is_cached(cache, digest)
    with ensure_cached(cache, remote, digest) as bundle:
        assert contents_of(bundle.folder) == contents


def test_a_bundle_that_is_held_is_not_removed(cache: BundleCache, remote: CountingRemote) -> None:
    digest = put_bundle(remote, CONTENTS)
    with ensure_cached(cache, remote, digest) as bundle:
        assert not cache.remove(digest)
        assert [kept.in_use for kept in cache.bundles()[0]] == [True]
    assert [kept.in_use for kept in cache.bundles()[0]] == [False]
    assert cache.remove(digest)
    assert not bundle.folder.exists()
    assert cache.bundles() == ([], [])


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"version": 1}', b"\xff"])
def test_a_record_that_cannot_be_read_is_made_anew(
    cache: BundleCache, remote: CountingRemote, content: bytes
) -> None:
    digest = put_bundle(remote, CONTENTS)
    ensured(cache, remote, digest)
    (cache.folder / "records" / f"{digest.hex}.json").write_bytes(content)
    remote.read.clear()
    assert contents_of(ensured(cache, remote, digest)) == CONTENTS
    assert remote.read == []
