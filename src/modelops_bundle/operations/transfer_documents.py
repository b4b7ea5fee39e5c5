"""The JSON documents of `push`, `pull` and `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from modelops_bundle.storage.resolve import shown_url

if TYPE_CHECKING:  # each command has loaded its own
    from modelops_bundle.core.transfer import PullPlan
    from modelops_bundle.operations.diff import Difference, EntryDifference, Side
    from modelops_bundle.operations.documents import StatusDocument
    from modelops_bundle.operations.publish import Volume
    from modelops_bundle.operations.pull import PullOutcome
    from modelops_bundle.operations.push import PushOutcome
    from modelops_bundle.operations.verification.documents import VerifyDocument


class VolumeDocument(TypedDict):
    """Different contents, and their bytes."""

    blobs: int
    bytes: int


class PushDocument(TypedDict):
    """`mops-bundle.push/1` (contract.md).

    `ref` is a full reference, null where the push was refused. `recorded`: cosmetic digests were
    written to the registry first. `layout` says which workers can pull it: `files` all, `packed`
    those with this tool; null where the push was refused. `unrecorded` says why the remote did
    not take who published it and when, or "". `status` is there where the push was
    refused for what it says, `verification` where the entries were run first.
    """

    schema: str
    ref: str | None
    digest: str | None
    tags: list[str]
    files: int
    uploaded: VolumeDocument
    reused: VolumeDocument
    layout: str | None
    unrecorded: str
    refused: str | None
    url: str
    dry_run: bool
    recorded: bool
    entries: int
    message: str
    hint: str
    status: NotRequired[StatusDocument]
    verification: NotRequired[VerifyDocument]


class ConflictDocument(TypedDict):
    """A path where local work and the bundle stand against each other."""

    path: str
    reason: str
    overwrite: bool


class PullDocument(TypedDict):
    """`mops-bundle.pull/1`.

    `stay_deleted` are those of `kept` that were deleted here. `backup` is the folder that holds
    local work which `--overwrite` replaced.
    """

    schema: str
    url: str
    ref: str
    digest: str
    added: list[str]
    updated: list[str]
    deleted: list[str]
    kept: list[str]
    stay_deleted: list[str]
    conflicts: list[ConflictDocument]
    pulled: bool
    refused: str | None
    dry_run: bool
    backup: str | None
    fetched_bytes: int
    elsewhere: list[str]


class SideDocument(TypedDict):
    """One of the two things compared; the working tree has no digest."""

    label: str
    digest: str | None


class FieldDifferenceDocument(TypedDict):
    """One field, as text."""

    field: str
    old: str
    new: str


class EntryDifferenceDocument(TypedDict):
    """One entry that differs; `cosmetic` where both sides compute the same.

    `old_id` is what it was called where it has another id now, null otherwise.
    """

    kind: str
    id: str
    old_id: str | None
    change: str
    cosmetic: bool
    old_behavior: str | None
    new_behavior: str | None
    fields: list[FieldDifferenceDocument]
    data: list[str]


class FileDifferenceDocument(TypedDict):
    """One file that differs; null where it is not there."""

    path: str
    old: str | None
    new: str | None


class BehaviorDocument(TypedDict):
    """Entries that are on both sides, as `kind:id` of the newer one.

    Results that were computed with the older bundle stay valid for those that are `unchanged`;
    `unknown` have no digest on one of the sides.
    """

    unchanged: list[str]
    changed: list[str]
    unknown: list[str]


class DiffDocument(TypedDict):
    """`mops-bundle.diff/1`."""

    schema: str
    old: SideDocument
    new: SideDocument
    equal: bool
    entries: list[EntryDifferenceDocument]
    behavior: BehaviorDocument
    target_sets: list[str]
    environment: list[str]
    files: list[FileDifferenceDocument]


def push_document(outcome: PushOutcome, *, url: str, dry_run: bool) -> PushDocument:
    """The document of `push --json`."""
    published = outcome.published
    registry = outcome.report.plan.result
    document: PushDocument = {
        "schema": "mops-bundle.push/1",
        "ref": f"{published.url}@{published.digest}" if published else None,
        "digest": published.digest if published else None,
        "tags": list(published.tags) if published else [],
        "files": len(published.files) if published else 0,
        "uploaded": volume_document(published.uploaded if published else None),
        "reused": volume_document(published.reused if published else None),
        "layout": published.layout.value if published else None,
        "unrecorded": published.unrecorded if published else "",
        "refused": outcome.refused,
        "url": shown_url(url),
        "dry_run": dry_run,
        "recorded": outcome.recorded,
        "entries": len(registry.models) + len(registry.targets),
        "message": str(outcome.error) if outcome.error else "",
        "hint": outcome.error.hint if outcome.error else "",
    }
    if outcome.refused in ("stale", "preflight"):
        from modelops_bundle.operations.report_documents import status_document

        document["status"] = status_document(outcome.report)
    if outcome.verification is not None:
        from modelops_bundle.operations.verification.documents import verify_document

        document["verification"] = verify_document(outcome.verification)
    return document


def pull_document(outcome: PullOutcome, *, dry_run: bool) -> PullDocument:
    """The document of `pull --json`."""
    plan = outcome.plan
    return {
        "schema": "mops-bundle.pull/1",
        "url": shown_url(outcome.url),
        "ref": outcome.reference,
        "digest": outcome.digest,
        "added": [str(step.path) for step in plan.write if step.old is None],
        "updated": [str(step.path) for step in plan.write if step.old is not None],
        "deleted": [str(step.path) for step in plan.delete],
        "kept": [str(path) for path in plan.keep],
        "stay_deleted": [str(path) for path in plan.stay_deleted],
        "conflicts": conflict_documents(plan),
        "pulled": outcome.pulled,
        "refused": "conflict" if plan.conflicts else None,
        "dry_run": dry_run,
        "backup": None if outcome.backup is None else str(outcome.backup),
        "fetched_bytes": outcome.fetched_bytes,
        "elsewhere": [str(path) for path in outcome.elsewhere],
    }


def conflict_documents(plan: PullPlan) -> list[ConflictDocument]:
    """Why nothing is written."""
    return [
        {
            "path": str(conflict.path),
            "reason": conflict.clash.value,
            "overwrite": conflict.clash.settled_by_overwrite,
        }
        for conflict in plan.conflicts
    ]


def diff_document(difference: Difference) -> DiffDocument:
    """The document of `diff --json`."""
    return {
        "schema": "mops-bundle.diff/1",
        "old": _side(difference.old),
        "new": _side(difference.new),
        "equal": difference.empty,
        "entries": [_entry(entry) for entry in difference.entries],
        "behavior": {
            "unchanged": _keys(difference, "unchanged"),
            "changed": _keys(difference, "changed"),
            "unknown": _keys(difference, "unknown"),
        },
        "target_sets": list(difference.target_sets),
        "environment": [str(path) for path in difference.environment],
        "files": [
            {"path": str(file.path), "old": file.old, "new": file.new} for file in difference.files
        ],
    }


def volume_document(volume: Volume | None) -> VolumeDocument:
    """A number of contents; None for none."""
    return {"blobs": volume.blobs, "bytes": volume.bytes} if volume else {"blobs": 0, "bytes": 0}


def _keys(difference: Difference, wanted: str) -> list[str]:
    return [str(key) for key, behavior in difference.behavior.items() if behavior.value == wanted]


def _side(side: Side) -> SideDocument:
    return {"label": side.label, "digest": side.digest}


def _entry(entry: EntryDifference) -> EntryDifferenceDocument:
    return {
        "kind": entry.key.kind.value,
        "id": entry.key.id,
        "old_id": entry.old_id or None,
        "change": entry.kind.value,
        "cosmetic": entry.cosmetic,
        "old_behavior": entry.old_behavior,
        "new_behavior": entry.new_behavior,
        "fields": [
            {"field": field.field, "old": field.old, "new": field.new} for field in entry.fields
        ],
        "data": [str(path) for path in entry.data],
    }
