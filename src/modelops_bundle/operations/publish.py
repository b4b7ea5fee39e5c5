"""Publishing files: everything that a tag leads to is there before the tag is (law 6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_paths
from modelops_bundle.core.provenance import Provenance
from modelops_bundle.core.settings import Layout
from modelops_bundle.core.transfer import ContentBlob, PushPlan, TagMove, plan_push
from modelops_bundle.errors import (
    IntegrityError,
    InvalidPathError,
    NotFoundInRemoteError,
    RemoteError,
)
from modelops_bundle.log import Log
from modelops_bundle.operations.blob_layout import NOTHING, Wrapped, wrap
from modelops_bundle.operations.local_contents import LocalContent, changed_error, changed_files
from modelops_bundle.operations.presence import present_blobs
from modelops_bundle.operations.provenance import record_provenance
from modelops_bundle.operations.transfers import transfer_each
from modelops_bundle.storage.base import BlobStore, Remote, check_moves
from modelops_bundle.workspace.phases import Phase, phase, saying_what_stays
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.worktree import Places

_LOG = Log(__name__)
#: Names those of the files that no longer are as they were observed.
Recheck = Callable[[Collection[FileState]], Iterable[BundlePath]]
#: A content, and where to send it.
_Upload = tuple[BlobStore, ContentBlob]
#: Something to do while contents are sent.
_Job = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Volume:
    """How much was moved: blobs, and their bytes."""

    blobs: int = 0
    bytes: int = 0

    @classmethod
    def of(cls, blobs: Collection[ContentBlob]) -> Volume:
        """Of these blobs."""
        return cls(len(blobs), sum(blob.descriptor.size_bytes for blob in blobs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A bundle as it was, or with `dry_run` would be, published.

    Attributes:
        tags: All that now name it, the immutable one first.
        uploaded, reused: Blobs and objects of file contents; the two documents of the bundle are
            not counted.
    """

    url: str
    digest: Digest
    layout: Layout
    tags: tuple[str, ...]
    files: Mapping[BundlePath, FileState]
    uploaded: Volume
    reused: Volume
    unrecorded: str = ""


def publish(
    project: Project,
    files: Mapping[BundlePath, FileState],
    remote: Remote,
    tags: tuple[TagMove, ...],
    *,
    layout: Layout = Layout.FILES,
    provenance: Callable[[], Provenance] | None = None,
    dry_run: bool = False,
    known: Mapping[BundlePath, bytes] = NOTHING,
    recheck: Recheck | None = None,
) -> Published:
    """Upload what the remote lacks, then the manifest, then move the tags.

    Args:
        files: As they were observed; the bundle holds exactly these.
        tags: What to call the bundle besides its immutable tag.
        layout: `files` or `packed`.
        provenance: Tells where the bundle comes from, to be recorded beside it if it is new.
        dry_run: Only find out what would be sent.
        known: Contents that need not be read; with `dry_run` they need not be on disk.
        recheck: A quicker way than hashing to tell that a file which need not be sent is still
            as it was observed.

    Raises:
        ChangedDuringUseError: a file is not as it was observed; no tag was moved.
        TagMovedError: a tag holds what this project does not know of; no tag was moved.
        InvalidPathError: a path that could not be unpacked everywhere.
        RemoteError: the remote failed; no tag was moved.
    """
    _check_portable(files)
    policy = remote.objects.policy if remote.objects else None
    wrapped = wrap(project, files, layout, policy, known=known)
    decided = _decide(remote, wrapped, tags)
    plan = decided.plan
    unrecorded = ""
    if not dry_run:
        unrecorded = _send(project, remote, wrapped, decided, provenance)
        unsent = _unsent(files, (*plan.upload, *decided.store))
        _check_unchanged(unsent, recheck or (lambda states: changed_files(project, states)))
        if not decided.settled:
            with saying_what_stays(lambda: _standing_tags(remote, plan)):
                _finish(project, remote, wrapped, plan.tags)
        sent, names = len(plan.upload), ", ".join(move.name for move in plan.tags)
        _LOG.info("published %s as %s; %d blobs sent", plan.digest, names, sent)
    return _published(remote, files, wrapped, decided, unrecorded)


def _standing_tags(remote: Remote, plan: PushPlan) -> str:
    names = " and ".join(move.name for move in plan.tags)
    return f"all blobs are at {remote.url}; whether {names} are set there is not known here"


def _published(
    remote: Remote,
    files: Mapping[BundlePath, FileState],
    wrapped: Wrapped,
    decided: _Decision,
    unrecorded: str,
) -> Published:
    plan = decided.plan
    return Published(
        url=remote.url,
        digest=plan.digest,
        layout=wrapped.layout,
        tags=tuple(move.name for move in plan.tags),
        files=files,
        uploaded=Volume.of((*plan.upload, *decided.store)),
        reused=Volume.of((*plan.reuse, *decided.stored)),
        unrecorded=unrecorded,
    )


def _recorded(remote: Remote, wrapped: Wrapped, provenance: Callable[[], Provenance] | None) -> str:
    """Record where the bundle comes from; why not, where the remote does not take that."""
    if provenance is None:
        return ""
    try:
        record_provenance(remote, wrapped.document, provenance)
    except RemoteError as error:
        # Not content: the bundle is complete without it.
        return error.message
    return ""


@dataclass(frozen=True, slots=True)
class _Decision:
    """What is to be sent, found out from the remote.

    Attributes:
        present: Blobs that need not be sent.
        settled: The tags lead to this bundle, as an earlier push from here left them: nothing is
            to be done, nor asked.
        store, stored: Contents that object storage lacks, and that it has.
    """

    plan: PushPlan
    present: frozenset[Digest]
    settled: bool
    store: tuple[ContentBlob, ...] = ()
    stored: tuple[ContentBlob, ...] = ()

    def uploads(self, remote: Remote) -> list[_Upload]:
        """What is to be sent, and where to; large contents first."""
        objects = remote.objects.store() if self.store and remote.objects else remote
        return [(objects, blob) for blob in self.store] + _to(remote, self.plan.upload)


def _decide(remote: Remote, wrapped: Wrapped, tags: tuple[TagMove, ...]) -> _Decision:
    held = remote.held([move.name for move in tags])
    if remote.is_distant and all(_is_settled(move, held, wrapped.digest) for move in tags):
        present = frozenset(descriptor.digest for descriptor in wrapped.wanted)
        plan = plan_push(wrapped.digest, wrapped.blobs, present, tags)
        return _Decision(plan, present, True, stored=wrapped.elsewhere)
    present = present_blobs(remote, wrapped, _likely(tags))
    plan = plan_push(wrapped.digest, wrapped.blobs, present, tags)
    held = {**held, **remote.held([plan.tags[0].name])}
    check_moves(plan.digest, plan.tags, held, remote.url)
    store, stored = _divided(remote, wrapped.elsewhere)
    return _Decision(plan, present, False, store, stored)


def _divided(
    remote: Remote, objects: tuple[ContentBlob, ...]
) -> tuple[tuple[ContentBlob, ...], tuple[ContentBlob, ...]]:
    """What object storage lacks, and what it has."""
    if not objects or remote.objects is None:
        return (), ()
    there = remote.objects.store().present([one.descriptor for one in objects])
    return (
        tuple(one for one in objects if one.descriptor.digest not in there),
        tuple(one for one in objects if one.descriptor.digest in there),
    )


def _is_settled(move: TagMove, held: Mapping[str, Digest], digest: Digest) -> bool:
    return held.get(move.name) == digest and digest in move.expected and not move.force


def _likely(tags: tuple[TagMove, ...]) -> frozenset[Digest]:
    """Bundles that this project knows to have been published there; with force, none."""
    return frozenset(digest for move in tags if not move.force for digest in move.expected)


def _finish(project: Project, remote: Remote, wrapped: Wrapped, tags: tuple[TagMove, ...]) -> None:
    """Store and tag the manifest: all blobs that it names are there, as far as is known."""
    try:
        remote.publish_manifest(wrapped.document, tags)
    except NotFoundInRemoteError:
        # The remote has lost what an earlier bundle names: ask for everything after all.
        there = remote.present(wrapped.wanted)
        lost = plan_push(wrapped.digest, wrapped.blobs, there, ()).upload
        _upload(project, _to(remote, lost))
        if wrapped.manifest.config.digest not in there:
            _send_index(remote, wrapped)
        remote.publish_manifest(wrapped.document, tags)


def _send_index(remote: Remote, wrapped: Wrapped) -> None:
    remote.upload_blob(wrapped.manifest.config, (wrapped.index,))


def _check_portable(files: Mapping[BundlePath, FileState]) -> None:
    try:
        check_paths(files)
    except InvalidPathError as error:
        raise InvalidPathError(
            error.message,
            not_done="nothing was uploaded",
            hint="rename it: a bundle must unpack on every file system",
        ) from None


def _to(store: BlobStore, blobs: Iterable[ContentBlob]) -> list[_Upload]:
    return [(store, blob) for blob in blobs]


def _send(
    project: Project,
    remote: Remote,
    wrapped: Wrapped,
    decided: _Decision,
    provenance: Callable[[], Provenance] | None,
) -> str:
    """Send what the remote lacks, all but the manifest, several things at a time.

    Returns:
        Why it is not recorded where the bundle comes from, or "".
    """
    if decided.settled:
        _upload(project, decided.uploads(remote))
        return ""
    told: list[str] = []

    def record() -> None:
        told.append(_recorded(remote, wrapped, provenance))

    lacks_index = wrapped.manifest.config.digest not in decided.present
    after: list[_Job] = [partial(_send_index, remote, wrapped)] if lacks_index else []
    # Over a network it takes no time of its own beside the contents. In a folder that is full it
    # would be all that is left of the push.
    beside: list[_Job] = [record] if remote.is_distant else []
    _upload(project, decided.uploads(remote), beside, after)
    if not beside:
        record()
    return "".join(told)


def _upload(
    project: Project,
    uploads: Sequence[_Upload],
    before: Sequence[_Job] = (),
    after: Sequence[_Job] = (),
) -> None:
    """Send contents, several at a time, and beside them, first and last, what takes as long."""
    places = Places(str(project.root), project.extra_roots)
    arrived: list[Digest] = []

    def upload(store: BlobStore, blob: ContentBlob, meter: Phase) -> None:
        _LOG.debug("uploading %s, %d bytes", blob.descriptor.digest, blob.descriptor.size_bytes)
        with LocalContent(places, blob.parts, meter) as content:
            try:
                store.upload_blob(blob.descriptor, content)
            except IntegrityError as error:
                changed = sorted(changed_files(project, blob.parts))
                raise changed_error(changed or [part.path for part in blob.parts]) from error
        arrived.append(blob.descriptor.digest)

    def standing() -> str:
        kept = f"{len(arrived)} of {len(uploads)} blobs are stored, and are not sent again"
        return f"nothing was tagged; {kept}"

    total_bytes = sum(blob.descriptor.size_bytes for _, blob in uploads)
    with saying_what_stays(standing), phase("Uploading", total_bytes) as meter:
        contents: list[_Job] = [partial(upload, store, blob, meter) for store, blob in uploads]
        transfer_each(lambda job: job(), [*before, *contents, *after], meter)


def _unsent(
    files: Mapping[BundlePath, FileState], uploaded: Iterable[ContentBlob]
) -> list[FileState]:
    """Files whose bytes need not be sent, and so were not checked on the way."""
    sent = {part.path for blob in uploaded for part in blob.parts}
    return [state for path, state in files.items() if path not in sent]


def _check_unchanged(states: Collection[FileState], recheck: Recheck) -> None:
    changed = sorted(recheck(states))
    if changed:
        raise changed_error(changed)
