"""The small files beside the registry."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.config import (
    decode_config,
    decode_environment,
    decode_state,
    decode_tracked,
    encode_config,
    encode_state,
    encode_tracked,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.settings import (
    BundleConfig,
    Layout,
    StorageMode,
    StoragePolicy,
    SyncPoint,
    SyncState,
)
from modelops_bundle.errors import ConfigError, InvalidPathError

A = Digest("sha256:" + "a" * 64)
texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


def bundle_path(text: str) -> BundlePath | None:
    try:
        path = BundlePath.parse(text)
    except InvalidPathError:
        return None
    return None if path == "." else path


bundle_paths = texts.map(bundle_path).filter(lambda path: path is not None)

# Configuration


def test_an_absent_configuration_is_the_default() -> None:
    for content in (b"", b"# nothing\n", b"null\n", b"remote:\ntag: ~\nstorage:\n"):
        assert decode_config(content) == BundleConfig()


def test_our_own_configuration() -> None:
    content = b"""\
name: starsim-sir
remote: oci://registry.example.org/bundles/sir  # ours
tag: 1.0
layout: packed
insecure: true
storage:
  mode: blob
  threshold_bytes: 1_000
  blob_patterns: ['*.h5']
  oci_patterns: [data/small/*]
  provider: s3
  container: big
  prefix: x
unknown: [1]
"""
    assert decode_config(content) == BundleConfig(
        name="starsim-sir",
        remote="oci://registry.example.org/bundles/sir",
        tag="1.0",
        layout=Layout.PACKED,
        insecure=True,
        storage=StoragePolicy(
            mode=StorageMode.BLOB,
            threshold_bytes=1000,
            blob_patterns=("*.h5",),
            oci_patterns=("data/small/*",),
            provider="s3",
            container="big",
            prefix="x",
        ),
    )


def test_the_existing_tools_configuration() -> None:
    content = b"""\
cache_dir: null
cache_link_mode: auto
default_tag: main
registry_ref: localhost:5555/epi_model
storage:
  container: ''
  force_blob_patterns: ['*.parquet']
  force_oci_patterns: []
  mode: oci-only
  prefix: ''
  provider: ''
  threshold_bytes: 52428800
"""
    assert decode_config(content) == BundleConfig(
        remote="localhost:5555/epi_model",
        tag="main",
        storage=StoragePolicy(mode=StorageMode.OCI, blob_patterns=("*.parquet",)),
    )


def test_our_keys_win_over_the_existing_tools() -> None:
    config = decode_config(b"registry_ref: old\ndefault_tag: old\nremote: new\ntag: new\n")
    assert (config.remote, config.tag) == ("new", "new")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"remote: ]", "c.yaml:1: not YAML"),
        (b"a: 1\nremote: [x]\n", "c.yaml:2: 'remote' must be a single value"),
        (b"tag: 'no tag'\n", "c.yaml:1: 'tag' must be a tag"),
        (b"tag: -x\n", "c.yaml:1: 'tag' must be a tag"),
        (b"\nlayout: folded\n", "c.yaml:2: 'layout' must be one of auto, files, packed"),
        (b"storage: []\n", "c.yaml:1: 'storage' must be a mapping"),
        (b"storage:\n  mode: fast\n", "c.yaml:2: 'mode' must be one of auto, oci, blob"),
        (b"storage: {threshold_bytes: -1}\n", "c.yaml:1: 'threshold_bytes' must be a number"),
        (b"storage: {threshold_bytes: 1e3}\n", "'threshold_bytes' must be a number of bytes"),
        (b"storage: {blob_patterns: x}\n", "'blob_patterns' must be a list"),
        (b"storage: {blob_patterns: [[x]]}\n", "'blob_patterns' must be a list of texts"),
        (b"insecure: maybe\n", "c.yaml:1: 'insecure' must be true or false"),
        (b"- remote\n", "c.yaml:1: expected a mapping"),
        (b"tag: a\ntag: b\n", "c.yaml:2: duplicate key"),
        (b"a: b\nc: \xff\n", "c.yaml:2: not UTF-8"),
        (b"[" * 100_000, "levels deep"),
    ],
)
def test_a_bad_configuration_is_refused_with_its_place(content: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode_config(content, name="c.yaml")
    assert said in caught.value.message
    assert caught.value.message.startswith("c.yaml:")


@given(
    st.builds(
        BundleConfig,
        remote=st.none() | texts.filter(bool),
        store_id=texts,
        tag=st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,10}", fullmatch=True),
        name=texts,
        layout=st.sampled_from(Layout),
        insecure=st.booleans(),
        storage=st.builds(
            StoragePolicy,
            mode=st.sampled_from(StorageMode),
            threshold_bytes=st.integers(0, 10**15),
            blob_patterns=st.lists(texts, max_size=3).map(tuple),
            oci_patterns=st.lists(texts, max_size=3).map(tuple),
            provider=texts,
            container=texts,
            prefix=texts,
        ),
    )
)
def test_a_configuration_reads_back(config: BundleConfig) -> None:
    assert decode_config(encode_config(config)) == config


def test_defaults_are_not_written() -> None:
    assert encode_config(BundleConfig(remote="local", store_id="sir", name="sir")) == (
        b"name: sir\nremote: local\nstore: sir\ntag: latest\n"
    )


# Environments

ENVIRONMENT = b"""\
environment: dev
registry:
  provider: acr
  login_server: bundles.azurecr.io
  username: ann
  password: 012345
  requires_auth: yes
storage:
  provider: azure
  container: bundles
  connection_string: AccountName=x;AccountKey=secret
timestamp: '2025-01-01T00:00:00'
"""


def test_an_environment_of_the_platform() -> None:
    environment = decode_environment(ENVIRONMENT, name="dev")
    assert environment.name == "dev"
    assert environment.registry is not None
    assert environment.registry.login_server == "bundles.azurecr.io"
    assert environment.registry.requires_auth
    assert environment.storage is not None
    assert environment.storage.provider == "azure"
    assert environment.storage.connection_string == "AccountName=x;AccountKey=secret"


def test_a_password_of_digits_is_what_was_written() -> None:
    environment = decode_environment(ENVIRONMENT, name="dev")
    assert environment.registry is not None
    assert environment.registry.password == "012345"


def test_an_environment_may_lack_either_half() -> None:
    environment = decode_environment(b"environment: dev\nstorage: null\n", name="dev")
    assert (environment.registry, environment.storage) == (None, None)


def test_secrets_do_not_show() -> None:
    shown = repr(decode_environment(ENVIRONMENT, name="dev"))
    assert "012345" not in shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"registry: {password: hunter2}\n", "dev.yaml:1: 'registry' needs 'login_server'"),
        (b"registry: {}\n", "'registry' needs 'login_server'"),
        (b"registry: hunter2\n", "dev.yaml:1: 'registry' must be a mapping"),
        (b"registry: {login_server: x, password: [hunter2]}\n", "'password' must be a single"),
        (b"registry: {login_server: x, requires_auth: hunter2}\n", "must be true or false"),
        (b"storage: {provider: hunter2, container: x}\n", "'provider' must be one of azure"),
        (b"storage: {provider: s3}\n", "'storage' needs 'container'"),
        (b"password: 'hunter2\n", "not YAML"),
    ],
)
def test_a_bad_environment_is_refused_without_showing_it(content: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode_environment(content, name="dev")
    assert said in caught.value.message
    assert "hunter2" not in caught.value.message
    assert caught.value.message.startswith("~/.modelops/bundle-env/dev.yaml:")


# Tracked files


def test_tracked_files_with_comments_blank_lines_and_any_line_breaks() -> None:
    content = b"\xef\xbb\xbf# ours\r\nREADME.md\r\n\n  \ndocs//a b.md\n./#odd\nREADME.md\n last"
    assert decode_tracked(content) == (" last", "#odd", "README.md", "docs/a b.md")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a\n/etc/passwd\n", "t.txt:2: absolute path"),
        (b"a/../../b\n", "t.txt:1: path leaves the project"),
        (b"a\nb\n\xff\n", "t.txt:3: not UTF-8"),
        (b".\n", "t.txt:1: names the project folder itself"),
        (b"a\x00b\n", "t.txt:1: control character"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(content: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode_tracked(content, name="t.txt")
    assert caught.value.message.startswith(said)


@given(st.sets(bundle_paths))
def test_tracked_files_read_back_sorted(paths: set[BundlePath]) -> None:
    assert decode_tracked(encode_tracked(paths)) == tuple(sorted(paths))


def test_many_tracked_files_are_read_soon() -> None:
    content = encode_tracked(BundlePath(f"data/run_{n:05}/result.csv") for n in range(10_000))
    started = time.process_time()
    assert len(decode_tracked(content)) == 10_000
    assert time.process_time() - started < 1


# Sync state

STATE = SyncState(
    {
        ("layout:/x", "latest"): SyncPoint(A, {BundlePath("b"): A, BundlePath("a"): A}),
        ("oci://h/r", "v1"): SyncPoint(A),
    }
)


def test_sync_state_reads_back() -> None:
    assert decode_state(encode_state(STATE)) == STATE
    assert decode_state(encode_state(SyncState())) == SyncState()


def test_sync_points_keep_the_order_in_which_they_were_made() -> None:
    turned = SyncState(dict(reversed(STATE.points.items())))
    assert list(decode_state(encode_state(turned)).points) == list(turned.points)
    assert encode_state(decode_state(encode_state(turned))) == encode_state(turned)


def test_a_state_remembers_one_tag_at_a_time() -> None:
    other = SyncPoint(Digest("sha256:" + "b" * 64))
    state = STATE.with_point("oci://h/r", "v1", other)
    assert state.get("oci://h/r", "v1") == other
    assert state.get("layout:/x", "latest") == STATE.get("layout:/x", "latest")
    assert state.get("oci://h/r", "v2") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"last_push_digest": "sha256:x", "last_synced_files": {}}',
        b'{"schema": "mops-bundle.state/2", "points": []}',
        b'{"schema": "mops-bundle.state/1"}',
        b'{"schema": "mops-bundle.state/1", "points": [3]}',
        b'{"schema": "mops-bundle.state/1", "points": {"a": 1}}',
        encode_state(STATE).replace(b"sha256:a", b"sha256:z"),
        encode_state(STATE).replace(b'"a":', b'"../a":'),
        encode_state(STATE).replace(b'"latest"', b"null"),
        encode_state(STATE)[:-20],
    ],
)
def test_a_damaged_or_foreign_state_counts_as_absent(content: bytes) -> None:
    assert decode_state(content) == SyncState()


@given(st.binary(max_size=60))
def test_any_bytes_are_a_state(content: bytes) -> None:
    assert isinstance(decode_state(content), SyncState)
