"""A reference that says where the bundle is, told from a plain one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.errors import BundleError, UsageError
from modelops_bundle.storage.full_reference import FullReference, parse_full_reference

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("text", "url", "reference"),
    [
        ("oci://host.example/team/flu", "oci://host.example/team/flu", ""),
        ("oci://host.example/team/flu:v1", "oci://host.example/team/flu", "v1"),
        ("oci://host.example:5000/flu", "oci://host.example:5000/flu", ""),
        ("oci://host.example:5000/flu:v1", "oci://host.example:5000/flu", "v1"),
        (f"oci://host.example/flu@{DIGEST}", "oci://host.example/flu", DIGEST),
        ("oci://host.example/flu@sha256:abcdef", "oci://host.example/flu", "sha256:abcdef"),
        ("host.example/flu:v1", "host.example/flu", "v1"),
        ("localhost:5000/flu:v1", "localhost:5000/flu", "v1"),
        (f"127.0.0.1:5000/flu@{DIGEST}", "127.0.0.1:5000/flu", DIGEST),
        ("[::1]:5000/flu:v1", "[::1]:5000/flu", "v1"),
        ("layout:/a/b", "layout:/a/b", ""),
        ("layout:/a/b:v1", "layout:/a/b", "v1"),
        (f"layout:/a/b@{DIGEST}", "layout:/a/b", DIGEST),
        ("layout:/a:b/c", "layout:/a:b/c", ""),
        ("layout:/a@b/c", "layout:/a@b/c", ""),
        ("layout:store", "layout:store", ""),
        ("layout:store:v1", "layout:store", "v1"),
        ("layout:~/store:v1", "layout:~/store", "v1"),
        ("file:///a/b:v1", "file:///a/b", "v1"),
    ],
)
def test_a_full_reference(text: str, url: str, reference: str) -> None:
    assert parse_full_reference(text) == FullReference(url, reference)


@pytest.mark.parametrize("text", ["latest", "v1.0", DIGEST, "abcd", "sha256:abcd", "a/b", "", "@"])
def test_a_plain_reference_or_no_reference_at_all(text: str) -> None:
    assert parse_full_reference(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "oci://host.example/flu@v1",
        "oci://host.example/flu@md5:abcd",
        "oci://ada:secret@host.example/flu:no tag",
        "oci://ada:secret@host.example",
        "layout:/a/b:",
    ],
)
def test_what_is_no_reference_is_refused_and_no_password_shown(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_full_reference(text)
    assert "secret" not in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_full_reference(text)
    except BundleError:
        return
    assert found is None or (found.url and text.startswith(found.url))
