"""Which files of a bundle live in object storage, and under which names."""

from __future__ import annotations

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.placement import (
    effective_policy,
    object_addresses,
    parse_object_uri,
)
from modelops_bundle.core.settings import StorageAccess, StorageMode, StoragePolicy
from modelops_bundle.errors import ConfigError, HostileBundleError

DIGEST = Digest.of_bytes(b"x")
S3 = StoragePolicy(provider="s3", container="bundles", threshold_bytes=100)


def state(path: str, size_bytes: int = 1) -> FileState:
    return FileState(BundlePath.parse(path), DIGEST, size_bytes)


def placed(policy: StoragePolicy, *states: FileState) -> list[str]:
    return list(object_addresses(policy, states))


def test_large_files_go_to_object_storage() -> None:
    assert placed(S3, state("a.csv", 99), state("b.csv", 100)) == ["b.csv"]


def test_nothing_goes_there_without_a_provider() -> None:
    assert placed(StoragePolicy(threshold_bytes=1), state("a.csv", 100)) == []


def test_patterns_decide_before_the_size_and_those_for_the_registry_win() -> None:
    policy = StoragePolicy(
        provider="s3",
        container="bundles",
        threshold_bytes=100,
        blob_patterns=("*.parquet", "raw/*"),
        oci_patterns=("raw/keep*", "*.csv"),
    )
    states = [
        state("x.parquet"),
        state("raw/a.bin"),
        state("raw/keep.bin"),
        state("big.csv", 1000),
        state("deep/down/y.parquet"),
        state("z.txt"),
    ]
    assert placed(policy, *states) == ["x.parquet", "raw/a.bin", "deep/down/y.parquet"]


@pytest.mark.parametrize(
    ("mode", "there"),
    [
        (StorageMode.OCI, []),
        (StorageMode.BLOB, ["a.csv", "b.csv"]),
        (StorageMode.AUTO, ["b.csv"]),
    ],
)
def test_the_mode_decides_before_patterns(mode: StorageMode, there: list[str]) -> None:
    policy = StoragePolicy(mode=mode, provider="s3", container="c-1", threshold_bytes=100)
    states = [
        state("a.csv"),
        state("b.csv", 500),
        state(".modelops-bundle/registry.yaml", 500),
    ]
    assert placed(policy, *states) == there


@pytest.mark.parametrize(
    ("provider", "prefix", "uri"),
    [
        ("azure", "", f"azure://bundles/sha256/2d/{DIGEST.hex}"),
        ("azurite", "a/b", f"azure://bundles/a/b/sha256/2d/{DIGEST.hex}"),
        ("s3", "/a/", f"s3://bundles/a/sha256/2d/{DIGEST.hex}"),
        ("minio", "a", f"s3://bundles/a/sha256/2d/{DIGEST.hex}"),
        ("gcs", "", f"gs://bundles/sha256/2d/{DIGEST.hex}"),
    ],
)
def test_an_object_is_named_by_its_content(provider: str, prefix: str, uri: str) -> None:
    policy = StoragePolicy(
        mode=StorageMode.BLOB, provider=provider, container="bundles", prefix=prefix
    )
    address = object_addresses(policy, [state("a")])[BundlePath("a")]
    assert address.uri == uri
    assert parse_object_uri(uri) == address


def test_the_environments_storage_serves_a_project_that_names_none() -> None:
    access = StorageAccess(provider="azurite", container="env")
    policy = effective_policy(StoragePolicy(threshold_bytes=7), access)
    assert (policy.provider, policy.container, policy.threshold_bytes) == ("azurite", "env", 7)
    assert effective_policy(S3, access) == S3
    assert effective_policy(StoragePolicy(), None) == StoragePolicy()


@pytest.mark.parametrize(
    "policy",
    [
        StoragePolicy(mode=StorageMode.BLOB),
        StoragePolicy(provider="ftp", container="bundles"),
        StoragePolicy(provider="s3"),
        StoragePolicy(provider="s3", container="a/b"),
        StoragePolicy(provider="s3", container="UPPER"),
        StoragePolicy(provider="s3", container="bundles", prefix="../x"),
        StoragePolicy(provider="s3", container="bundles", prefix="a//b"),
        StoragePolicy(provider="s3", container="bundles", prefix="a b"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(policy: StoragePolicy) -> None:
    with pytest.raises(ConfigError):
        effective_policy(policy, None)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "x",
        "s3://",
        "s3://bundles",
        "s3://bundles/",
        "s3://bundles//x",
        "s3://bundles/a/../b",
        "s3://bundles/./b",
        "s3://bundles/a?b",
        "s3://bundles/a#b",
        "s3://bundles/a%2e",
        "s3://bundles/" + "x" * 1001,
        "s3:///x",
        "s3://user:pw@bundles/x",
        "fs:///etc/passwd",
        "file:///etc/passwd",
        "http://bundles/x",
        "S3://bundles/x",
        "gcs://bundles/x",
    ],
)
def test_what_is_no_address_of_an_object_is_refused(uri: str) -> None:
    with pytest.raises(HostileBundleError):
        parse_object_uri(uri)
