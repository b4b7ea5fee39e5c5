"""Where a bundle comes from: found out when it is published, and read from where it is."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime

from modelops_bundle import __version__
from modelops_bundle.codec.referrer_json import decode_provenance, encode_provenance, subject_of
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.provenance import PROVENANCE_TYPE, Provenance
from modelops_bundle.errors import HostileBundleError, IntegrityError, NotFoundInRemoteError
from modelops_bundle.storage.base import Remote
from modelops_bundle.workspace.git import author_of, checkout_of
from modelops_bundle.workspace.project import Project


def provenance_of(project: Project) -> Provenance:
    """Who is about to publish the project, when, and from which state of its source."""
    checkout = checkout_of(project.root)
    return Provenance(
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        author=author_of(project.root) or _login(),
        commit=checkout.commit if checkout else "",
        dirty=checkout.dirty if checkout else None,
        tool=f"modelops-bundle {__version__}",
    )


def record_provenance(
    remote: Remote, document: bytes, provenance: Callable[[], Provenance]
) -> None:
    """Store where a bundle comes from beside it, if it is new there: it is never said twice.

    Whoever calls this stores the manifest afterwards. So a push that was cut off in between has
    said it already.

    Args:
        document: The manifest's bytes.
        provenance: Called only if it is new.

    Raises:
        RemoteError: the remote failed.
    """
    digest = Digest.of_bytes(document)
    if _is_there(remote, digest) or remote.referrers(digest, PROVENANCE_TYPE):
        return
    subject = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=len(document))
    remote.put_referrer(encode_provenance(subject, provenance()))


def read_provenance(remote: Remote, digest: Digest) -> Provenance | None:
    """Where a published bundle comes from; of several accounts the earliest, None of none.

    Raises:
        RemoteError: the remote failed.
    """
    try:
        referrers = remote.referrers(digest, PROVENANCE_TYPE)
    except (HostileBundleError, IntegrityError):
        # A list that somebody else has spoilt hides no bundle.
        return None
    found = [decode_provenance(referrer.manifest.annotations) for referrer in referrers]
    return min(found, key=lambda one: (not one.created, one.created), default=None)


def copy_provenance(source: Remote, target: Remote, digest: Digest) -> None:
    """Bring along what a bundle's first place of publication says of it, if it is new there.

    Raises:
        RemoteError: one of the remotes failed.
    """
    if _is_there(target, digest) or target.referrers(digest, PROVENANCE_TYPE):
        return
    for referrer in source.referrers(digest, PROVENANCE_TYPE):
        content = source.read_manifest(referrer.manifest.digest)
        if subject_of(content) == digest:
            target.put_referrer(content)


def _is_there(remote: Remote, digest: Digest) -> bool:
    try:
        remote.read_manifest(digest)
    except NotFoundInRemoteError:
        return False
    return True


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
