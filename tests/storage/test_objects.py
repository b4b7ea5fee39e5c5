"""The object storage of a project: opened when it is needed, with the keys that belong to it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from modelops_bundle.core.placement import object_addresses
from modelops_bundle.core.settings import StorageMode, StoragePolicy
from modelops_bundle.errors import ConfigError, HostileBundleError
from modelops_bundle.storage.objects import ObjectStorage
from support.bundles import descriptor_of, state_of
from support.object_servers import ObjectServers


@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_what_a_policy_places_there_is_found_by_its_uri(
    kind: str, object_servers: ObjectServers
) -> None:
    access = object_servers[kind].new_container()
    policy = StoragePolicy(
        mode=StorageMode.BLOB, provider=access.provider, container=access.container, prefix="p/q"
    )
    objects = ObjectStorage(policy, access)
    descriptor = descriptor_of(b"large")
    objects.store().upload_blob(descriptor, [b"large"])
    (address,) = object_addresses(policy, [state_of("a.csv", b"large")]).values()
    assert b"".join(objects.open_object(address.uri, descriptor)) == b"large"
    # A project with other settings reads it all the same, given the keys.
    other = ObjectStorage(StoragePolicy(), access)
    assert b"".join(other.open_object(address.uri, descriptor)) == b"large"


def test_keys_are_not_used_for_another_container(
    object_servers: ObjectServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT_NAME"):
        monkeypatch.delenv(name, raising=False)
    access = object_servers["azure"].new_container()
    objects = ObjectStorage(StoragePolicy(), replace(access, container="another"))
    with pytest.raises(ConfigError, match="which account"):
        objects.open_object(f"azure://{access.container}/x", descriptor_of(b"x"))


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(HostileBundleError):
        ObjectStorage().open_object("fs:///etc/passwd", descriptor_of(b"x"))


def test_without_the_extra_the_error_says_how_to_get_it() -> None:
    program = """
import sys
sys.modules["obstore"] = None
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.objects import ObjectStorage
try:
    ObjectStorage().open_object(
        "s3://bundles/x", Descriptor(media_type="", digest=Digest.of_bytes(b""), size_bytes=0)
    )
except ConfigError as error:
    print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "pip install 'modelops-bundle[cloud]'\n", done.stderr
