"""How a project's content stands to what is published."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.settings import SyncPoint


class PublishState(StrEnum):
    """`remote.state` of `status --json` (contract.md), as far as content decides it."""

    UNKNOWN = "unknown"
    NEVER_PUSHED = "never-pushed"
    SYNCED = "synced"
    AHEAD = "ahead"
    BEHIND = "behind"
    DIVERGED = "diverged"


def offline_state(
    point: SyncPoint | None, files: Mapping[BundlePath, FileState] | None
) -> PublishState:
    """The state as far as it can be told without asking the remote.

    Args:
        point: What the tag held when this project last pushed or pulled it; None for never.
        files: What would be published now; None where the registry is stale, so that nothing
            could be published as it is.
    """
    if point is None:
        return PublishState.NEVER_PUSHED
    return PublishState.SYNCED if is_as_at(point, files) else PublishState.AHEAD


def checked_state(
    point: SyncPoint | None,
    files: Mapping[BundlePath, FileState] | None,
    held: Digest | None,
    published: Mapping[BundlePath, Digest] | None = None,
) -> PublishState:
    """The state when the remote has been asked.

    Args:
        point, files: As for `offline_state`.
        held: What the tag holds; None where there is no such tag.
        published: The files of that bundle, where it is not the one of `point`; None where they
            are not known.
    """
    if held is None:
        return PublishState.NEVER_PUSHED
    if point is None or point.manifest != held:
        if published is not None and is_as_at(SyncPoint(held, published), files):
            return PublishState.SYNCED
        unchanged = point is not None and is_as_at(point, files)
        return PublishState.BEHIND if unchanged else PublishState.DIVERGED
    return PublishState.SYNCED if is_as_at(point, files) else PublishState.AHEAD


def is_as_at(point: SyncPoint, files: Mapping[BundlePath, FileState] | None) -> bool:
    """Whether what would be published now is what was published then."""
    return files is not None and point.files == {p: state.digest for p, state in files.items()}
