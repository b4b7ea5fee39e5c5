"""What refers to a manifest of a registry: its own list, or the tag that stands in for one.

OCI distribution-spec v1.1, "Listing Referrers", "Pushing Manifests with Subject", "Referrers Tag
Schema". Registries from before it answer 404, and keep the list under a tag that clients write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from urllib.parse import quote

from modelops_bundle.codec.referrer_json import decode_referrers, encode_referrers
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import IMAGE_INDEX_MEDIA_TYPE
from modelops_bundle.core.provenance import Referrer
from modelops_bundle.errors import RemoteError
from modelops_bundle.storage.base import referrers_tag
from modelops_bundle.storage.registry_client import RegistryClient, Request

#: Rounds of reading and writing the list while others do the same.
_ROUNDS = 4
#: What somebody has piled up on a bundle is left to the registry.
_MOST_DROPPED = 100


def read_referrers(
    client: RegistryClient, subject: Digest, artifact_type: str
) -> tuple[Referrer, ...]:
    """The manifests of one type that refer to a manifest.

    Raises:
        RemoteError: the registry failed, or its list cannot be read.
    """
    place = f"referrers/{subject}?artifactType={quote(artifact_type, safe='')}"
    answer = client.metadata(Request(method="GET", place=place, expect=(200, 400, 404, 405)))
    if answer.status == 200:
        listed: Sequence[Referrer] = decode_referrers(answer.body)
    else:
        listed = _listed_under_tag(client, subject)
    return tuple(one for one in listed if one.artifact_type == artifact_type)


def add_under_tag(client: RegistryClient, subject: Digest, referrer: Referrer) -> None:
    """Add a manifest to the list that the registry does not keep itself.

    Somebody else may write the list at the same moment: it is read again afterwards.

    Raises:
        RemoteError: the registry failed, or the list was overwritten each time.
    """
    for _ in range(_ROUNDS):
        listed = _listed_under_tag(client, subject)
        if referrer in listed:
            return
        request = Request(
            method="PUT",
            place=f"manifests/{referrers_tag(subject)}",
            expect=(200, 201, 202),
            headers={"Content-Type": IMAGE_INDEX_MEDIA_TYPE},
            write=True,
            body=encode_referrers((*listed, referrer)),
        )
        client.metadata(request)
        if referrer in _listed_under_tag(client, subject):
            return
    raise RemoteError(f"the list of what refers to {subject} was overwritten by others each time")


def referring_to(client: RegistryClient, subject: Digest) -> tuple[Digest, ...]:
    """What refers to a manifest, or to something that does, and the lists that say so.

    As far as the registry tells: to be asked before the manifest is deleted.
    """
    found: dict[Digest, None] = {}
    queue = [subject]
    with suppress(RemoteError):
        for digest in queue:
            content, is_manifest = _all_that_refer(client, digest)
            listed = [one.manifest.digest for one in decode_referrers(content)] if content else []
            queue += [one for one in listed if one not in found and one != subject]
            found |= dict.fromkeys([Digest.of_bytes(content)] if is_manifest else ())
            found |= dict.fromkeys(one for one in listed if one != subject)
            if len(found) > _MOST_DROPPED:
                break
    return tuple(found)


def drop(client: RegistryClient, digests: Iterable[Digest]) -> None:
    """Delete manifests that mean nothing any more, as far as the registry lets us.

    One that keeps the list itself may have deleted them with what they refer to.
    """
    with suppress(RemoteError):
        for digest in digests:
            place = f"manifests/{digest}"
            client.metadata(
                Request(method="DELETE", place=place, expect=(200, 202, 404, 405), delete=True)
            )


def _all_that_refer(client: RegistryClient, subject: Digest) -> tuple[bytes, bool]:
    """The list of what refers to a manifest, and whether it is a manifest under a tag."""
    request = Request(method="GET", place=f"referrers/{subject}", expect=(200, 400, 404, 405))
    answer = client.metadata(request)
    if answer.status == 200:
        return answer.body, False
    content = _under_tag(client, subject)
    return content, bool(content)


def _listed_under_tag(client: RegistryClient, subject: Digest) -> tuple[Referrer, ...]:
    content = _under_tag(client, subject)
    return decode_referrers(content) if content else ()


def _under_tag(client: RegistryClient, subject: Digest) -> bytes:
    """The list as it is stored, or b""."""
    request = Request(
        method="GET",
        place=f"manifests/{referrers_tag(subject)}",
        expect=(200, 404),
        headers={"Accept": IMAGE_INDEX_MEDIA_TYPE},
    )
    answer = client.metadata(request)
    return b"" if answer.status == 404 else answer.body
