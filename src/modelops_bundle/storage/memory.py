"""A remote that lives in this process: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from modelops_bundle.codec.referrer_json import check_subject, referrer_of, subject_of
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.provenance import Referrer
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import NotFoundInRemoteError
from modelops_bundle.storage.base import (
    CHUNK_BYTES,
    check_moves,
    check_range,
    is_referrers_tag,
    resolve_among,
    verified,
    verified_bytes,
)
from modelops_bundle.storage.objects import ObjectStorage


class MemoryRemote:
    """A `Remote` in memory; safe to use from several threads."""

    objects: ObjectStorage | None = None

    def __init__(self, name: str = "memory") -> None:
        self._url = f"memory:{name}"
        self._lock = threading.Lock()
        self._tags: dict[str, Digest] = {}
        self._manifests: dict[Digest, bytes] = {}
        self._blobs: dict[Digest, bytes] = {}

    @property
    def url(self) -> str:
        """See `Remote`."""
        return self._url

    @property
    def is_distant(self) -> bool:
        """See `Remote`."""
        return False

    def tags(self) -> tuple[str, ...]:
        """See `Remote`."""
        return tuple(sorted(name for name in self._tags if not is_referrers_tag(name)))

    def held(self, names: Collection[str]) -> Mapping[str, Digest]:
        """See `Remote`."""
        return {name: self._tags[name] for name in names if name in self._tags}

    def resolve(self, reference: str) -> Digest:
        """See `Remote`."""
        return resolve_among(reference, dict(self._tags), list(self._manifests), self._url)

    def read_manifest(self, digest: Digest) -> bytes:
        """See `Remote`."""
        content = self._manifests.get(digest)
        if content is None:
            raise NotFoundInRemoteError(f"{self._url} has no manifest {digest}")
        return verified_bytes(content, digest, self._url)

    def put_manifest(self, content: bytes) -> Digest:
        """See `Remote`."""
        digest = Digest.of_bytes(content)
        self._manifests[digest] = content
        return digest

    def present(self, descriptors: Collection[Descriptor]) -> frozenset[Digest]:
        """See `Remote`."""
        return frozenset(d.digest for d in descriptors if d.digest in self._blobs)

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """See `Remote`."""
        content = self._blobs.get(descriptor.digest)
        if content is None:
            raise NotFoundInRemoteError(f"{self._url} has no blob {descriptor.digest}")
        starts = range(0, len(content), CHUNK_BYTES)
        return verified((content[n : n + CHUNK_BYTES] for n in starts), descriptor, self._url)

    def open_range(
        self, descriptor: Descriptor, start_bytes: int, end_bytes: int
    ) -> Iterator[bytes]:
        """See `Remote`."""
        content = self._blobs.get(descriptor.digest)
        if content is None:
            raise NotFoundInRemoteError(f"{self._url} has no blob {descriptor.digest}")
        check_range(descriptor, start_bytes, end_bytes, len(content), self._url)
        starts = range(start_bytes, end_bytes, CHUNK_BYTES)
        return (content[n : min(n + CHUNK_BYTES, end_bytes)] for n in starts)

    def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
        """See `Remote`."""
        self._blobs[descriptor.digest] = b"".join(verified(content, descriptor, self._url))

    def put_referrer(self, content: bytes) -> Digest:
        """See `Remote`."""
        check_subject(content)
        return self.put_manifest(content)

    def referrers(self, subject: Digest, artifact_type: str) -> tuple[Referrer, ...]:
        """See `Remote`."""
        found = [
            referrer_of(content)
            for _, content in sorted(self._manifests.items())
            if subject_of(content) == subject
        ]
        return tuple(one for one in found if one.artifact_type == artifact_type)

    def mount_blob(self, descriptor: Descriptor, source_url: str) -> bool:
        """See `Remote`."""
        return False

    def delete(self, digest: Digest) -> None:
        """See `Remote`. Blobs stay."""
        with self._lock:
            if self._manifests.pop(digest, None) is None:
                raise NotFoundInRemoteError(f"{self._url} has no manifest {digest}")
            self._tags = {name: held for name, held in self._tags.items() if held != digest}
            about = [one for one, held in self._manifests.items() if subject_of(held) == digest]
            for one in about:
                del self._manifests[one]

    def publish_manifest(self, content: bytes, moves: Sequence[TagMove]) -> Digest:
        """See `Remote`."""
        digest = self.put_manifest(content)
        self.set_tags(digest, moves)
        return digest

    def set_tags(self, digest: Digest, moves: Sequence[TagMove]) -> None:
        """See `Remote`."""
        with self._lock:
            if digest not in self._manifests:
                raise NotFoundInRemoteError(f"{self._url} has no manifest {digest}")
            check_moves(digest, moves, self._tags, self._url)
            self._tags.update((move.name, digest) for move in moves)
