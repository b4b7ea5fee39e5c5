"""Provenance comes back as it was written; a list of referrers is anybody's word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelops_bundle.codec.referrer_json import (
    EMPTY,
    check_subject,
    decode_provenance,
    decode_referrers,
    encode_provenance,
    encode_referrers,
    referrer_of,
    subject_of,
)
from modelops_bundle.core.oci import MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.provenance import PROVENANCE_TYPE, Provenance
from modelops_bundle.errors import HostileBundleError
from support.bundles import digest_of

SUBJECT = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest_of(b"{}"), size_bytes=2)
FULL = Provenance(
    created="2026-11-30T12:00:00Z",
    author="Bärbel <b@example.org>",
    commit="1a" * 20,
    dirty=True,
    tool="modelops-bundle 1.0",
)


@pytest.mark.parametrize(
    "provenance",
    [
        FULL,
        Provenance(created="2026-11-30T12:00:00Z"),
        Provenance(created="2026-11-30T12:00:00Z", commit="1a" * 20, dirty=False),
    ],
)
def test_provenance_comes_back(provenance: Provenance) -> None:
    referrer = referrer_of(encode_provenance(SUBJECT, provenance))
    assert decode_provenance(referrer.manifest.annotations) == provenance
    assert referrer.artifact_type == PROVENANCE_TYPE


def test_the_form_is_that_of_the_standard() -> None:
    """OCI image-spec v1.1, "Guidelines for Artifact Usage"."""
    document = json.loads(encode_provenance(SUBJECT, FULL))
    empty = {
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "size": 2,
    }
    assert document["config"] == empty
    assert document["layers"] == [empty]
    assert document["subject"]["digest"] == SUBJECT.digest
    assert document["annotations"]["org.opencontainers.image.revision"] == "1a" * 20
    assert EMPTY.digest == empty["digest"]


def test_what_a_manifest_refers_to() -> None:
    content = encode_provenance(SUBJECT, FULL)
    assert subject_of(content) == check_subject(content) == SUBJECT.digest
    for other in (b"{}", b"x", b'{"subject": 3}', b'{"subject": {"digest": "md5:1"}}'):
        assert subject_of(other) is None
        with pytest.raises(HostileBundleError):
            check_subject(other)


def test_a_list_comes_back_and_what_is_not_understood_is_passed_over() -> None:
    mine = referrer_of(encode_provenance(SUBJECT, FULL))
    content = encode_referrers([mine])
    assert decode_referrers(content) == (mine,)
    document = json.loads(content)
    document["manifests"] += [3, {}, {"digest": "sha512:0"}]
    assert decode_referrers(json.dumps(document).encode()) == (mine,)


@pytest.mark.parametrize("manifests", [None, {}, "x", [{}] * 1001])
def test_what_is_no_list_is_refused(manifests: Any) -> None:
    with pytest.raises(HostileBundleError):
        decode_referrers(json.dumps({"manifests": manifests}).encode())


def test_annotations_are_shown_on_one_short_line() -> None:
    hostile = {"org.opencontainers.image.authors": "Ada\x1b[31m\nx" + "y" * 5000}
    author = decode_provenance(hostile).author
    assert author.isprintable()
    assert len(author) <= 200
