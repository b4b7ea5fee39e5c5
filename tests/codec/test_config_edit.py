"""The remote changes; comments, order and everything else of the file stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.config import decode_config, encode_config
from modelops_bundle.codec.config_edit import edit_remote
from modelops_bundle.core.settings import BundleConfig
from modelops_bundle.errors import ConfigError

OCI = "oci://registry.example/team/flu"


def changed(text: str, *, store: str = "", insecure: bool = False, remote: str = OCI) -> str:
    return edit_remote(text.encode(), remote=remote, store_id=store, insecure=insecure).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"remote: {OCI}\ntag: latest\n"),
        ("# ours\n", f"# ours\nremote: {OCI}\ntag: latest\n"),
        ("name: flu", f"name: flu\nremote: {OCI}\n"),
        ("remote: layout:x # here\nname: flu\n", f"remote: {OCI} # here\nname: flu\n"),
        ("remote: 'layout:x'\n", f"remote: '{OCI}'\n"),
        (
            "# top\nname: flu\n# where\nremote: local\nstore: flu-1\ntag: main\n",
            f"# top\nname: flu\n# where\nremote: {OCI}\ntag: main\n",
        ),
        ("registry_ref: a.example/b\nother: 1\n", f"registry_ref: {OCI}\nother: 1\n"),
        ("remote: a.example/b\ninsecure: true\n", f"remote: {OCI}\n"),
        ("remote: a.example/b\r\nx: 1\r\n", f"remote: {OCI}\r\nx: 1\r\n"),
        ("{remote: layout:x, name: flu}\n", f"{{remote: '{OCI}', name: flu}}\n"),
        (
            "storage:\n  mode: oci  # all\nname: flu\n",
            f"storage:\n  mode: oci  # all\nname: flu\nremote: {OCI}\n",
        ),
    ],
)
def test_only_the_remote_changes(before: str, after: str) -> None:
    assert changed(before) == after


def test_a_store_of_one_s_own_gets_its_id() -> None:
    assert changed(f"remote: {OCI}\n", remote="local", store="flu-1") == (
        "remote: local\nstore: flu-1\n"
    )
    assert changed("remote: local\nstore: flu-1\n", remote="local", store="flu-1") == (
        "remote: local\nstore: flu-1\n"
    )


def test_a_registry_without_tls_is_marked() -> None:
    assert changed("name: flu\n", insecure=True) == f"name: flu\nremote: {OCI}\ninsecure: true\n"
    assert "insecure: true" in changed(f"remote: {OCI}\ninsecure: true\n", insecure=True)


@pytest.mark.parametrize("text", ["- a\n", "remote: [\n", "remote: {a: 1}\n", "a: 1\na: 2\n"])
def test_a_file_that_cannot_be_read_is_not_written(text: str) -> None:
    with pytest.raises(ConfigError):
        changed(text)


@given(st.booleans(), st.sampled_from(["", "flu", "a: b #"]), st.sampled_from(["latest", "v1"]))
def test_what_is_written_reads_back(insecure: bool, name: str, tag: str) -> None:
    before = BundleConfig(remote="layout:x", name=name, tag=tag, insecure=True)
    after = changed(encode_config(before).decode(), insecure=insecure)
    assert decode_config(after.encode()) == BundleConfig(
        remote=OCI, name=name, tag=tag, insecure=insecure
    )
