"""A reference leads to a bundle that has been checked, or to an error that says why not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelops_bundle.codec.index_json import bundle_documents
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.errors import (
    HostileBundleError,
    IntegrityError,
    NotFoundInRemoteError,
    RegistryError,
    RemoteError,
)
from modelops_bundle.operations.fetch import fetch_bundle, read_registry_of
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import descriptor_of, digest_of, put_bundle, state_of, states_of

CONTENTS = {"a.py": b"1", "data/b.csv": b"22"}
TYPE = "application/vnd.modelops.bundle.index.v1+json"


def put_documents(remote: MemoryRemote, index: bytes, **changes: Any) -> str:
    """A manifest with this config, written by somebody else."""
    config = {"mediaType": TYPE, "digest": digest_of(index), "size": len(index)}
    manifest = {"schemaVersion": 2, "config": config, "layers": []} | changes
    remote.upload_blob(descriptor_of(index), [index])
    return remote.put_manifest(json.dumps(manifest).encode())


def test_a_bundle_is_found_by_any_reference() -> None:
    remote = MemoryRemote()
    digest = put_bundle(remote, CONTENTS, "latest")
    for reference in ("latest", digest, digest.hex[:9]):
        bundle = fetch_bundle(remote, reference)
        assert bundle.digest == digest
        assert bundle.files == states_of(CONTENTS)


def test_a_hostile_index_is_refused_whatever_its_digests_say() -> None:
    remote = MemoryRemote()
    entry = {"path": "../x", "digest": digest_of(b""), "size": 0, "storage": "oci"}
    index = json.dumps({"version": "1.0", "files": {"../x": entry}}).encode()
    with pytest.raises(HostileBundleError):
        fetch_bundle(remote, put_documents(remote, index))


def test_an_index_of_another_size_than_announced_is_refused() -> None:
    remote = MemoryRemote()
    index = b'{"version":"1.0","files":{}}'
    config = {"mediaType": TYPE, "digest": digest_of(index), "size": len(index) + 1}
    with pytest.raises(IntegrityError):
        fetch_bundle(remote, put_documents(remote, index, config=config))
    huge = {**config, "size": 1 << 39}
    with pytest.raises(HostileBundleError):
        fetch_bundle(remote, put_documents(remote, index, config=huge))


def test_an_index_that_is_not_there_is_an_error_of_the_remote() -> None:
    remote = MemoryRemote()
    config = {"mediaType": TYPE, "digest": digest_of(b"gone"), "size": 4}
    with pytest.raises(NotFoundInRemoteError):
        fetch_bundle(remote, put_documents(remote, b"{}", config=config))


def test_the_digest_of_a_file_is_no_reference_to_a_bundle() -> None:
    remote = MemoryRemote()
    digest = remote.put_manifest(b"print('a file')\n")
    with pytest.raises(RemoteError):
        fetch_bundle(remote, digest)


def test_a_manifest_that_contradicts_its_index_is_refused() -> None:
    remote = MemoryRemote()
    _, _, index = bundle_documents(BundleIndex.of([state_of("a.py", b"1")]))
    with pytest.raises(IntegrityError, match=r"a\.py"):
        fetch_bundle(remote, put_documents(remote, index))


def test_the_registry_of_a_bundle_is_read() -> None:
    remote = MemoryRemote()
    path = ".modelops-bundle/registry.yaml"
    for content, expected in ((b"version: '1.1'\n", BundleRegistry()), (b"models: [", None)):
        bundle = fetch_bundle(remote, put_bundle(remote, {path: content}))
        if expected is None:
            with pytest.raises(RegistryError, match=bundle.digest):
                read_registry_of(remote, bundle)
        else:
            assert read_registry_of(remote, bundle) == expected
    assert read_registry_of(remote, fetch_bundle(remote, put_bundle(remote, CONTENTS))).models == {}
