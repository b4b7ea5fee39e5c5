"""What every store of published bundles can do, and the rules that all of them share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.naming_some import some_of
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.provenance import Referrer
from modelops_bundle.core.transfer import TagMove, may_move
from modelops_bundle.errors import (
    IntegrityError,
    InvalidDigestError,
    NotFoundInRemoteError,
    TagMovedError,
    UsageError,
)
from modelops_bundle.storage.registry_address import without_login

if TYPE_CHECKING:  # it reads through what this module says
    from modelops_bundle.storage.objects import ObjectStorage

#: How much of a blob is in memory at a time (transport.md: `readinto` with 1 MiB buffers).
CHUNK_BYTES = 1024 * 1024

#: OCI distribution-spec v1.1, "Pulling manifests", tag.
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}", re.ASCII)
#: How many tags a message lists.
_SHOWN = 10
_REFERRERS_TAG = re.compile(r"sha256-[0-9a-f]{64}(\.[\w.-]+)?", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{4,64}", re.ASCII)


class BlobStore(Protocol):
    """A place for contents by digest.

    Everything that is read has been verified against its digest, and everything that is written
    is verified before it can be found. All methods raise RemoteError where the store fails, and
    several threads may call them at once.
    """

    @property
    def url(self) -> str:
        """Where it is, for people and for the record."""
        ...

    def present(self, descriptors: Collection[Descriptor]) -> frozenset[Digest]:
        """Which of these blobs the store holds."""
        ...

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """A blob in pieces of at most `CHUNK_BYTES`.

        The last piece is not handed out before all have been verified, so a consumer that came to
        the end has the right bytes.

        Raises:
            NotFoundInRemoteError: not there.
            IntegrityError: damaged.
        """
        ...

    def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
        """Store a blob; nothing is stored where `content` raises.

        Raises:
            IntegrityError: the content is not what the descriptor says; nothing was stored.
        """
        ...


class Remote(BlobStore, Protocol):
    """A repository of bundles: blobs and manifests by digest, and tags that name manifests.

    Attributes:
        objects: Where the files are that a bundle keeps in object storage; None where nothing is
            known of any.
    """

    objects: ObjectStorage | None

    @property
    def is_distant(self) -> bool:
        """Whether each question takes a round trip, so that few should be asked."""
        ...

    def tags(self) -> tuple[str, ...]:
        """All tags that name bundles, sorted; none where nothing has been published yet."""
        ...

    def held(self, names: Collection[str]) -> Mapping[str, Digest]:
        """What those of these tags hold that exist."""
        ...

    def resolve(self, reference: str) -> Digest:
        """The digest of the manifest that a tag, a digest or a unique digest prefix names.

        A tag goes before a prefix of the same text.

        Raises:
            NotFoundInRemoteError: nothing of that name.
            UsageError: no reference at all, or a prefix of several digests.
        """
        ...

    def read_manifest(self, digest: Digest) -> bytes:
        """A manifest's bytes.

        Raises:
            NotFoundInRemoteError: not there.
            IntegrityError: damaged.
        """
        ...

    def put_manifest(self, content: bytes) -> Digest:
        """Store a manifest; all blobs that it names are there already. No tag names it yet.

        Raises:
            NotFoundInRemoteError: they are not, and the remote noticed.
        """
        ...

    def publish_manifest(self, content: bytes, moves: Sequence[TagMove]) -> Digest:
        """Store a manifest and let these tags name it: `put_manifest` and `set_tags` in one.

        Where a tag may not be set, the manifest may be there all the same.

        Raises:
            NotFoundInRemoteError, TagMovedError: see there.
        """
        ...

    def open_range(
        self, descriptor: Descriptor, start_bytes: int, end_bytes: int
    ) -> Iterator[bytes]:
        """A part of a blob in pieces of at most `CHUNK_BYTES`: exactly so many bytes.

        They have not been verified: whoever asks for a part knows a digest of it.

        Args:
            start_bytes, end_bytes: The first byte, and the one after the last; within the blob, and
                not the same.

        Raises:
            NotFoundInRemoteError: the blob is not there.
            IntegrityError: it is too short.
        """
        ...

    def put_referrer(self, content: bytes) -> Digest:
        """Store a manifest that refers to another, its `subject`, which need not be there yet.

        Its config and its only layer are the empty blob.

        Raises:
            HostileBundleError: it refers to nothing.
        """
        ...

    def referrers(self, subject: Digest, artifact_type: str) -> tuple[Referrer, ...]:
        """The manifests of one type that refer to a manifest, with their annotations.

        Sorted by digest; none where there is nothing of that kind, or no such subject.
        """
        ...

    def mount_blob(self, descriptor: Descriptor, source_url: str) -> bool:
        """Store a blob that another repository of the same server holds, without moving its bytes.

        Returns:
            Whether it is there now; False where the remote cannot do that, or will not.
        """
        ...

    def delete(self, digest: Digest) -> None:
        """Remove a manifest, and every tag that names it.

        What nothing else needs is freed at once, or whenever the remote does that.

        Raises:
            NotFoundInRemoteError: no such manifest.
            UnsupportedByRemoteError: the remote does not delete.
        """
        ...

    def set_tags(self, digest: Digest, moves: Sequence[TagMove]) -> None:
        """Let these tags name a manifest that is there: all of them, or none.

        A remote that cannot change several tags at once checks all before it sets the first.

        Raises:
            TagMovedError: a tag holds something else than it may (`core.transfer.may_move`).
            NotFoundInRemoteError: no such manifest.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that names a bundle in a repository: what it may mean, in this order.

    Attributes:
        tag: A tag's name, or "".
        digest: A full digest, or None.
        prefix: The beginning of a digest's hex part, or "".
    """

    tag: str
    digest: Digest | None
    prefix: str


def parse_reference(text: str) -> Reference:
    """Read a tag, a digest, or a digest prefix of at least 4 hex digits.

    Raises:
        UsageError: none of these.
    """
    head, colon, hexadecimal = text.rpartition(":")
    if colon and head == "sha256" and _HEX.fullmatch(hexadecimal):
        if len(hexadecimal) == 64:
            return Reference("", Digest.parse(text), "")
        return Reference("", None, hexadecimal)
    if not _TAG.fullmatch(text):
        raise UsageError(
            f"not a reference: {without_login(text)!r:.300}",
            hint="give a tag, a digest (sha256:...) or its beginning",
        )
    try:
        return Reference(text, Digest.parse(f"sha256:{text}"), "")
    except InvalidDigestError:
        return Reference(text, None, text if _HEX.fullmatch(text) else "")


def check_tag(name: str) -> str:
    """Check a tag's form.

    Raises:
        UsageError: no remote would take it.
    """
    if not _TAG.fullmatch(name):
        raise UsageError(
            f"not a tag: {without_login(name)!r:.300}",
            not_done="nothing was uploaded",
            hint="use letters, digits, '.', '_' and '-', at most 128, not beginning with '.'",
        )
    return name


def referrers_tag(subject: Digest) -> str:
    """The tag under which registries without a referrers API keep a list of what refers to it.

    OCI distribution-spec v1.1, "Referrers Tag Schema".
    """
    return f"sha256-{subject.hex}"


def is_referrers_tag(name: str) -> bool:
    """Whether a tag is such a list, or what signing tools keep beside it: no name of a bundle."""
    return _REFERRERS_TAG.fullmatch(name) is not None


def resolve_among(
    text: str,
    tags: Mapping[str, Digest],
    digests: Iterable[Digest],
    url: str,
    names: Iterable[str] = (),
) -> Digest:
    """Resolve a reference where all tags and manifests that it may mean are known.

    Args:
        names: Further tags, to be shown where there is nothing of that name.

    Raises:
        NotFoundInRemoteError, UsageError: as `Remote.resolve`.
    """
    reference = parse_reference(text)
    if reference.tag in tags:
        return tags[reference.tag]
    known = set(digests)
    if reference.digest in known and reference.digest is not None:
        return reference.digest
    found = sorted(d for d in known if reference.prefix and d.hex.startswith(reference.prefix))
    if len(found) > 1:
        raise UsageError(
            f"{text!r} is the beginning of {len(found)} digests", hint="give more digits"
        )
    if not found:
        raise NotFoundInRemoteError(
            f"{url} has no {text!r}", hint=_published(text, {*tags, *names})
        )
    return found[0]


def _published(text: str, tags: Iterable[str]) -> str:
    names = sorted(tags)
    if not names:
        return "nothing has been published there yet"
    near = did_you_mean(text, names)
    if near:
        return near
    return f"its tags are {some_of(names, _SHOWN)}"


def check_moves(
    digest: Digest,
    moves: Sequence[TagMove],
    current: Mapping[str, Digest],
    url: str,
    not_done: str = "nothing was tagged",
) -> None:
    """Check that every tag may be set.

    Raises:
        TagMovedError: one may not.
        UsageError: a name that is no tag.
    """
    for move in moves:
        held = current.get(check_tag(move.name))
        if not move.force and not may_move(held, digest, move.expected):
            raise TagMovedError(
                f"tag {move.name} of {url} holds {held}, not what this project last pushed or "
                "pulled",
                not_done=not_done,
                hint="pull what somebody else published, or push with --force to replace it",
            )


def verified(
    chunks: Iterable[bytes], descriptor: Descriptor, url: str
) -> Generator[bytes, None, None]:
    """Pass a blob through, holding each piece back until the next shows that it is not the last.

    Raises:
        IntegrityError: other bytes than the descriptor says; raised before the last piece is
            handed out, and as soon as there are too many.
    """
    running, size_bytes, held = hashlib.sha256(), 0, b""
    for chunk in filter(None, chunks):
        size_bytes += len(chunk)
        if size_bytes > descriptor.size_bytes:
            break
        running.update(chunk)
        if held:
            yield held
        held = chunk
    if size_bytes != descriptor.size_bytes or running.hexdigest() != descriptor.digest.hex:
        raise IntegrityError(
            f"blob {descriptor.digest} of {url} is damaged "
            f"({descriptor.title or 'its bytes are not what the digest says'})"
        )
    if held:
        yield held


def check_range(
    descriptor: Descriptor, start_bytes: int, end_bytes: int, size_bytes: int, url: str
) -> None:
    """Check that a blob of this size has a part from start to end.

    Raises:
        IntegrityError: it is too short.
    """
    if not 0 <= start_bytes < end_bytes <= size_bytes:
        raise IntegrityError(
            f"blob {descriptor.digest} of {url} has {size_bytes} bytes, and no part from "
            f"{start_bytes} to {end_bytes}"
        )


def verified_bytes(content: bytes, digest: Digest, url: str) -> bytes:
    """Check a document that is in memory.

    Raises:
        IntegrityError: other bytes than the digest says.
    """
    if Digest.of_bytes(content) != digest:
        raise IntegrityError(f"manifest {digest} of {url} is damaged")
    return content
