"""What a remote has already, found out with few questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from modelops_bundle.codec.oci_json import decode_manifest
from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import RemoteError
from modelops_bundle.operations.blob_layout import Wrapped
from modelops_bundle.storage.base import Remote

#: How many blobs show whether a repository holds what a push left that was cut off: uploads go in
#: order, so it would be the first.
_SAMPLE = 8
#: Sending a smaller blob again costs no more than asking for a few of them.
_WORTH_ASKING_BYTES = 1024 * 1024


def present_blobs(remote: Remote, wrapped: Wrapped, likely: Iterable[Digest]) -> frozenset[Digest]:
    """Which of a bundle's blobs need not be sent.

    A manifest that is there keeps its blobs there, so those of a bundle that was published before
    need not be asked for one by one. A remote that has lost some of them all the same refuses the
    new manifest; whoever sends it must be prepared for that.

    Args:
        likely: Bundles that may be there.
    """
    if not remote.is_distant:
        return remote.present(wrapped.wanted)
    named = _named_by(remote, likely)
    wanted = {descriptor.digest: descriptor for descriptor in wrapped.wanted}
    known = frozenset(name for name in wanted if name in named)
    new = [blob for name, blob in wanted.items() if name not in named]
    if len(new) <= _SAMPLE or not (named or _has_no_tags(remote)):
        return known | remote.present(new)
    # In the order in which they would be sent.
    order = {blob.descriptor.digest: blob.descriptor for blob in wrapped.blobs}
    sample = [blob for name, blob in order.items() if name not in named][:_SAMPLE]
    if named:
        sample += [blob for blob in new if blob.size_bytes >= _WORTH_ASKING_BYTES]
    found = remote.present(sample)
    if not found:
        return known
    sampled = {blob.digest for blob in sample}
    return known | found | remote.present([blob for blob in new if blob.digest not in sampled])


def _named_by(remote: Remote, digests: Iterable[Digest]) -> Collection[Digest]:
    named: set[Digest] = set()
    for digest in digests:
        try:
            manifest = decode_manifest(remote.read_manifest(digest))
        except RemoteError:
            # Gone, or no bundle: then each blob is asked for. A remote that fails says so then.
            continue
        named.update(blob.digest for blob in (manifest.config, *manifest.layers))
    return named


def _has_no_tags(remote: Remote) -> bool:
    return not remote.tags()
