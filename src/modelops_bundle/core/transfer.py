"""What a push uploads and what a pull changes, decided before anything is moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.paths import BundlePath

#: Hex digits of a bundle's digest in the immutable tag that each push sets.
IMMUTABLE_TAG_DIGITS = 12
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagMove:
    """A tag to set, and what it may overwrite.

    Attributes:
        expected: What it may hold; empty where nothing is known of it.
        force: Overwrite whatever it holds.
    """

    name: str
    expected: frozenset[Digest] = frozenset()
    force: bool = False


@dataclass(frozen=True, slots=True)
class ContentBlob:
    """A blob to be, and the files whose contents it holds, one after the other.

    Attributes:
        parts: At least one, with no content twice.
    """

    descriptor: Descriptor
    parts: tuple[FileState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPlan:
    """What publishing takes.

    Attributes:
        tags: The tags to set when all else is there, with what each is expected to hold; the
            immutable tag first.
        upload: What the remote lacks, each content once.
        reuse: What the remote has.
    """

    tags: tuple[TagMove, ...]
    digest: Digest
    upload: tuple[ContentBlob, ...] = ()
    reuse: tuple[ContentBlob, ...] = ()


def plan_push(
    digest: Digest,
    blobs: Iterable[ContentBlob],
    present: Collection[Digest],
    tags: tuple[TagMove, ...],
) -> PushPlan:
    """Decide which blobs to upload: each once, however often it is needed.

    Args:
        digest: Of the manifest's bytes.
        blobs: All that the manifest lists.
        present: Blobs that the remote has.
        tags: What the bundle will be called, the immutable tag not included.
    """
    first: dict[Digest, ContentBlob] = {}
    for blob in blobs:
        first.setdefault(blob.descriptor.digest, blob)
    return PushPlan(
        tags=(TagMove(name=immutable_tag(digest)), *tags),
        digest=digest,
        upload=tuple(blob for name, blob in first.items() if name not in present),
        reuse=tuple(blob for name, blob in first.items() if name in present),
    )


def immutable_tag(digest: Digest) -> str:
    """The tag that keeps a bundle findable when `latest` has moved on: `sha-<12 hex>`."""
    return f"sha-{digest.hex[:IMMUTABLE_TAG_DIGITS]}"


def is_immutable(tag: str) -> bool:
    """Whether a tag is of the kind that each push sets, and that never moves."""
    digits = tag.removeprefix("sha-")
    return digits != tag and len(digits) == IMMUTABLE_TAG_DIGITS and _HEX.issuperset(digits)


def may_move(current: Digest | None, new: Digest, expected: frozenset[Digest]) -> bool:
    """Whether a tag may be set without overwriting what somebody else published.

    An absent tag loses nothing; one that holds the new bundle already was set by a push that was
    cut off before it could record it, or by somebody with the same content.
    """
    return current is None or current == new or current in expected


class Clash(StrEnum):
    """Why a pull cannot go on by itself at a path."""

    BOTH_CHANGED = "changed here and in the bundle"
    GONE_THERE = "changed here, gone from the bundle"
    GONE_HERE = "deleted here, changed in the bundle"
    UNRECORDED = "differs from the bundle, and no push or pull is on record"
    UNTRACKED = "not published from here, and in the way of a file of the bundle"
    EDITED = "changed since it was put there"
    EXTRA = "not in the bundle"
    OBSTACLE = "something else stands here than a file of this project"

    @property
    def settled_by_overwrite(self) -> bool:
        """Whether `--overwrite` may take the bundle's side."""
        return self is not Clash.OBSTACLE


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path where the bundle's version and local work stand against each other."""

    path: BundlePath
    clash: Clash


@dataclass(frozen=True, slots=True, kw_only=True)
class PullStep:
    """One file to write or to delete.

    Attributes:
        old: What stands there, and must still stand there when the step is taken; None for none.
        new: What will stand there; None to delete.
        backup: Local work goes under, as `--overwrite` asks: it is put aside.
    """

    path: BundlePath
    old: Digest | None
    new: FileState | None
    backup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPlan:
    """What a pull would do: nothing while there are conflicts, else all of it.

    Attributes:
        write, delete: Sorted by path.
        keep: Files changed or deleted here and not in the bundle, sorted.
        stay_deleted: Those of `keep` that are not there.
        conflicts: Sorted by path.
    """

    write: tuple[PullStep, ...] = ()
    delete: tuple[PullStep, ...] = ()
    keep: tuple[BundlePath, ...] = ()
    stay_deleted: tuple[BundlePath, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to do and nothing to decide."""
        return not (self.write or self.delete or self.conflicts)

    @property
    def steps(self) -> tuple[PullStep, ...]:
        """All steps in the order in which they can be taken: a folder may follow a file."""
        return self.delete + self.write


@dataclass(frozen=True, slots=True, kw_only=True)
class PullJournal:
    """Everything that it takes to finish a pull that was cut off.

    Attributes:
        url, reference, digest: What was pulled.
        files: All files of the bundle; the record of what this project and the remote had in
            common, once the steps have been taken. None where the pull leaves the record alone.
        steps: In order. New content is put aside under the number of its step.
    """

    url: str
    reference: str
    digest: Digest
    files: Mapping[BundlePath, Digest] | None
    steps: tuple[PullStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTree:
    """What stands at the paths that a pull may touch.

    Attributes:
        files: Regular files (a symbolic link within the project counts as what it leads to), at
            least at every path of the last state and of the bundle, and at folders of these.
        folders: Paths of the bundle at which a folder stands, with all files below it.
        obstacles: Paths of the bundle or of the last state that lead out of the project through
            a symbolic link, or at which a device, a socket or the like stands.
    """

    files: Mapping[BundlePath, Digest] = field(default_factory=dict)
    folders: Mapping[BundlePath, tuple[BundlePath, ...]] = field(default_factory=dict)
    obstacles: frozenset[BundlePath] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """What a person asks of a pull.

    Attributes:
        overwrite: Take the bundle's side in every conflict; local work is put aside.
        restore_deleted: Bring back files that were deleted here.
        data: Only write what is absent and lies at or below these paths; None for everything.
    """

    overwrite: bool = False
    restore_deleted: bool = False
    data: frozenset[BundlePath] | None = None


def plan_pull(
    base: Mapping[BundlePath, Digest] | None,
    local: WorkingTree,
    remote: Mapping[BundlePath, FileState],
    options: PullOptions,
) -> PullPlan:
    """Decide for each path of the last state and of the bundle (contract.md, "Pull").

    Args:
        base: What the last push or pull held; None where there is no record.
        local: The working tree. Paths that neither `base` nor `remote` has are never touched.
        remote: The bundle.
        options: What a person asks for.
    """
    if options.data is not None:
        return _settled(_fetch_data(local, remote, options.data), [], [], local)
    steps: list[PullStep] = []
    keep: list[BundlePath] = []
    conflicts: list[Conflict] = []
    for path in sorted({*(base or ()), *remote}):
        if path in local.obstacles:
            if path in remote:
                conflicts.append(Conflict(path, Clash.OBSTACLE))
            continue
        here, there = local.files.get(path), remote.get(path)
        wanted = there.digest if there else None
        before = base.get(path) if base is not None else None
        if here == wanted:
            continue
        changed_here, changed_there = here != before, wanted != before
        if not changed_there:
            if here is None and options.restore_deleted:
                steps.append(PullStep(path=path, old=None, new=there))
            else:
                keep.append(path)
        elif not changed_here or (here is None and options.restore_deleted):
            steps.append(PullStep(path=path, old=here, new=there))
        elif options.overwrite:
            steps.append(PullStep(path=path, old=here, new=there, backup=here is not None))
        else:
            conflicts.append(Conflict(path, _clash(base, path, here, there)))
    return _settled(steps, keep, conflicts, local)


def _clash(
    base: Mapping[BundlePath, Digest] | None,
    path: BundlePath,
    here: Digest | None,
    there: FileState | None,
) -> Clash:
    if base is None:
        return Clash.UNRECORDED
    if path not in base:
        return Clash.UNTRACKED
    if here is None:
        return Clash.GONE_HERE
    return Clash.GONE_THERE if there is None else Clash.BOTH_CHANGED


def _fetch_data(
    local: WorkingTree, remote: Mapping[BundlePath, FileState], data: frozenset[BundlePath]
) -> list[PullStep]:
    return [
        PullStep(path=path, old=None, new=remote[path])
        for path in sorted(remote)
        if path not in local.files and (path in data or any(f in data for f in _folders(path)))
    ]


def _settled(
    steps: list[PullStep],
    keep: list[BundlePath],
    conflicts: list[Conflict],
    local: WorkingTree,
) -> PullPlan:
    """Divide the steps, and turn those that something else stands in the way of into conflicts."""
    delete = [step for step in steps if step.new is None]
    gone = {step.path for step in delete}
    write: list[PullStep] = []
    for step in steps:
        if step.new is None:
            continue
        below = local.folders.get(step.path, ())
        blocked = step.path in local.obstacles or not gone.issuperset(below)
        if blocked or any(f in local.files and f not in gone for f in _folders(step.path)):
            conflicts.append(Conflict(step.path, Clash.OBSTACLE))
        else:
            write.append(step)
    return PullPlan(
        write=tuple(write),
        delete=tuple(delete),
        keep=tuple(keep),
        stay_deleted=tuple(path for path in keep if path not in local.files),
        conflicts=tuple(sorted(conflicts, key=lambda conflict: conflict.path)),
    )


def _folders(path: BundlePath) -> Iterator[BundlePath]:
    """The folders above a path, the root not included."""
    folder = path.parent
    while folder != ".":
        yield folder
        folder = folder.parent
