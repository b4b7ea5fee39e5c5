"""A bundle that is copied from any kind of store to any other is the same bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelops_bundle.codec.distribution_json import Credentials
from modelops_bundle.core.transfer import immutable_tag
from modelops_bundle.errors import TagMovedError, UnsupportedByRemoteError, UsageError
from modelops_bundle.operations.copying import copy_bundle
from modelops_bundle.operations.publish import Volume
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import parse_address
from support.bundles import descriptor_of, put_bundle
from support.registry_faults import front_of, status
from support.registry_server import PASSWORD, USER, Registries, running_registry

CONTENTS = {"a.py": b"1", "b.py": b"", "c/same.py": b"1", "data/d.csv": b"1,2\n" * 300_000}
ADA = Credentials(username=USER, password=PASSWORD)

Make = Callable[[str], Remote]


def at(url: str) -> OciRegistryRemote:
    return OciRegistryRemote(parse_address(url), find_credentials=lambda: ADA)


@pytest.fixture
def make(registries: Registries, tmp_path: Path) -> Make:
    """Makes an empty store of a kind."""

    def made(kind: str) -> Remote:
        if kind == "memory":
            return MemoryRemote()
        if kind == "layout":
            return OciLayoutRemote(tmp_path / "store")
        return at(registries[kind].url())

    return made


@pytest.mark.parametrize("target", ["memory", "layout", "plain"])
@pytest.mark.parametrize("source", ["memory", "layout", "plain"])
def test_the_digest_stays_the_same(make: Make, tmp_path: Path, source: str, target: str) -> None:
    one = make(source)
    digest = put_bundle(one, CONTENTS, "v1")
    two = OciLayoutRemote(tmp_path / "two") if target == "layout" else make(target)
    copied = copy_bundle(one, "v1", two, ["prod"])
    assert copied.digest == digest
    assert two.held(two.tags()) == {"prod": digest, immutable_tag(digest): digest}
    assert two.read_manifest(digest) == one.read_manifest(digest)
    for content in CONTENTS.values():
        assert b"".join(two.open_blob(descriptor_of(content))) == content
    again = copy_bundle(one, digest, two, ["prod"])
    assert (again.copied, again.mounted, again.reused.blobs) == (Volume(), Volume(), 4)


@pytest.mark.parametrize("kind", ["plain", "htpasswd", "bearer"])
def test_a_registry_moves_blobs_between_its_repositories_by_itself(make: Make, kind: str) -> None:
    one, two = make(kind), make(kind)
    digest = put_bundle(one, CONTENTS, "v1")
    copied = copy_bundle(one, "v1", two, [])
    assert copied.mounted.blobs == 4
    assert copied.copied == Volume()
    assert two.held(["v1"]) == {"v1": digest}


def test_where_a_mount_is_not_allowed_the_bytes_are_sent(registries: Registries) -> None:
    with front_of(registries["plain"].host) as front:
        one = at(f"oci://{front.host}/test/source-of-mounts")
        put_bundle(one, CONTENTS, "v1")
        two = at(f"oci://{front.host}/test/not-mounted")
        for code in (202, 401, 403, 404, 405):
            location = {"Location": "/v2/test/not-mounted/blobs/uploads/x"}
            front.fail("POST", "mount=", status(code, location if code == 202 else None))
        copied = copy_bundle(one, "v1", two, [])
    assert copied.mounted.blobs + copied.copied.blobs == 4
    assert copied.copied.blobs >= 3


def test_a_tag_that_holds_another_bundle_is_not_taken() -> None:
    one, two = MemoryRemote(), MemoryRemote("two")
    digest = put_bundle(one, CONTENTS, "v1")
    other = put_bundle(two, {"a.py": b"other"}, "v1")
    with pytest.raises(TagMovedError, match=other):
        copy_bundle(one, "v1", two, [])
    assert two.held(["v1"]) == {"v1": other}
    assert two.present([descriptor_of(b"1")]) == frozenset(), "nothing was copied"
    assert copy_bundle(one, "v1", two, [], force=True).tags == (immutable_tag(digest), "v1")
    assert copy_bundle(one, digest, two, []).tags == (immutable_tag(digest),)
    with pytest.raises(UsageError):
        copy_bundle(one, "v1", two, ["sha-0123456789ab"])


def test_a_registry_that_does_not_delete_says_so(tmp_path: Path) -> None:
    with running_registry(tmp_path / "registry", deletes=False) as server:
        remote = at(server.url())
        digest = put_bundle(remote, {"a.py": b"1"}, "v1")
        with pytest.raises(UnsupportedByRemoteError, match="does not delete") as caught:
            remote.delete(digest)
        assert caught.value.hint
        assert remote.held(["v1"]) == {"v1": digest}
