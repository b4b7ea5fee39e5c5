"""Publishing elsewhere what is published here: the same bytes, and so the same digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor, IndexFile
from modelops_bundle.core.placement import parse_object_uri
from modelops_bundle.core.transfer import TagMove, immutable_tag, is_immutable, may_move
from modelops_bundle.errors import RemoteError, TagMovedError
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.provenance import copy_provenance
from modelops_bundle.operations.publish import Volume
from modelops_bundle.operations.tagging import check_movable
from modelops_bundle.operations.transfers import transfer_each
from modelops_bundle.storage.base import Remote, parse_reference
from modelops_bundle.workspace.phases import Phase, phase, saying_what_stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A bundle that is published in a second place.

    Attributes:
        tags: What names it there, the immutable tag first.
        copied, mounted, reused: Contents that were sent, that the server took over from the other
            repository by itself, and that were there already.
        external: Files that stay where they are, in object storage.
        containers: Which that are, as `s3://name`, sorted: whoever pulls needs access there too.
        unrecorded: Why the second place does not say where the bundle comes from, or "".
    """

    source_url: str
    url: str
    digest: Digest
    tags: tuple[str, ...]
    copied: Volume
    mounted: Volume
    reused: Volume
    external: Volume = field(default_factory=Volume)
    containers: tuple[str, ...] = ()
    unrecorded: str = ""


def copy_bundle(
    source: Remote,
    reference: str,
    target: Remote,
    tags: Sequence[str],
    *,
    force: bool = False,
) -> Copied:
    """Copy a bundle: its contents first, then its manifest, then the tags.

    Args:
        tags: What to call it there, besides its immutable tag; none for the tag that the
            reference is, if it is one.
        force: Set the tags whatever they hold.

    Raises:
        TagMovedError: a tag holds another bundle there; nothing was copied.
        RemoteError: one of the two remotes failed, or it is no bundle that may be published.
    """
    bundle = fetch_bundle(source, reference)
    moves = _moves(source, reference, bundle.digest, tags, force=force)
    _check_tags(target, bundle.digest, moves)
    outside = [file for file in bundle.index.files.values() if file.external_uri]
    parts = (bundle.manifest.config, *bundle.manifest.layers)
    blobs = list({part.digest: part for part in parts}.values())
    present = target.present(blobs)
    absent = [blob for blob in blobs if blob.digest not in present]
    mounted = _moved(source, target, absent)
    with saying_what_stays(lambda: f"all contents are at {target.url}; look there for the tags"):
        unrecorded = _recorded(source, target, bundle.digest)
        target.publish_manifest(source.read_manifest(bundle.digest), moves)
    return Copied(
        source_url=source.url,
        url=target.url,
        digest=bundle.digest,
        tags=tuple(move.name for move in moves),
        copied=_volume(blob for blob in absent if blob.digest not in mounted),
        mounted=_volume(blob for blob in absent if blob.digest in mounted),
        reused=_volume(blob for blob in blobs if blob.digest in present),
        external=Volume(len(outside), sum(file.size_bytes for file in outside)),
        containers=tuple(sorted({_container(file) for file in outside})),
        unrecorded=unrecorded,
    )


def _moves(
    source: Remote, reference: str, digest: Digest, tags: Sequence[str], *, force: bool
) -> list[TagMove]:
    is_name = not tags and parse_reference(reference).tag and not is_immutable(reference)
    if is_name and source.held([reference]).get(reference) == digest:
        tags = [reference]
    for name in tags:
        check_movable(name, not_done="nothing was copied")
    named = [TagMove(name=name, force=force) for name in dict.fromkeys(tags)]
    return [TagMove(name=immutable_tag(digest)), *named]


def _recorded(source: Remote, target: Remote, digest: Digest) -> str:
    """Say there too where the bundle comes from; why not, where that cannot be."""
    try:
        copy_provenance(source, target, digest)
    except RemoteError as error:
        # As in a push: not content, and the bundle is complete without it.
        return error.message
    return ""


def _check_tags(target: Remote, digest: Digest, moves: Sequence[TagMove]) -> None:
    """Look before anything is sent; a tag that is moved after that is noticed too."""
    held = target.held([move.name for move in moves])
    for move in moves:
        if not move.force and not may_move(held.get(move.name), digest, move.expected):
            raise TagMovedError(
                f"tag {move.name} of {target.url} holds another bundle, {held[move.name]}",
                not_done="nothing was copied",
                hint="give --force to replace it, or another name with --tag",
            )


def _moved(source: Remote, target: Remote, absent: Sequence[Descriptor]) -> frozenset[Digest]:
    """Bring blobs over; those that the server took over by itself are returned."""
    mounted: set[Digest] = set()
    arrived: list[Digest] = []

    def move(blob: Descriptor, meter: Phase) -> None:
        if target.mount_blob(blob, source.url):
            mounted.add(blob.digest)
            meter.add(blob.size_bytes)
        else:
            target.upload_blob(blob, _Blob(source, blob, meter))
        arrived.append(blob.digest)

    def standing() -> str:
        return (
            f"nothing was tagged; {len(arrived)} of {len(absent)} blobs are at {target.url}, "
            "and are not sent again"
        )

    with (
        saying_what_stays(standing),
        phase("Copying", sum(blob.size_bytes for blob in absent)) as meter,
    ):
        transfer_each(lambda blob: move(blob, meter), absent, meter)
    return frozenset(mounted)


class _Blob:
    """A blob of the source in pieces, verified; whoever takes them may begin again."""

    def __init__(self, source: Remote, blob: Descriptor, meter: Phase) -> None:
        self._source = source
        self._blob = blob
        self._meter = meter
        self._counted_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        taken_bytes = 0
        for piece in self._source.open_blob(self._blob):
            yield piece
            taken_bytes += len(piece)
            # What is sent again has been counted.
            self._meter.add(max(0, taken_bytes - self._counted_bytes))
            self._counted_bytes = max(taken_bytes, self._counted_bytes)


def _container(file: IndexFile) -> str:
    address = parse_object_uri(file.external_uri, of=file.path)
    return f"{address.scheme}://{address.container}"


def _volume(blobs: Iterable[Descriptor]) -> Volume:
    sizes = [blob.size_bytes for blob in blobs]
    return Volume(len(sizes), sum(sizes))
