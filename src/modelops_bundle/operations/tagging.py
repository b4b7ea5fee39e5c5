"""Moving and deleting names of what is published."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.transfer import TagMove, immutable_tag, is_immutable
from modelops_bundle.errors import NeedsDecisionError, UsageError
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.versions import tags_of
from modelops_bundle.storage.base import Remote, check_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A tag that was set.

    Attributes:
        before: What it held; None where it is new.
    """

    url: str
    tag: str
    digest: Digest
    before: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A bundle that is gone.

    Attributes:
        tags: What named it.
    """

    url: str
    digest: Digest
    tags: tuple[str, ...]


def tag_bundle(remote: Remote, name: str, reference: str) -> Tagged:
    """Let a tag name a bundle.

    Raises:
        UsageError: no tag, or one that push sets and that never moves.
        TagMovedError: somebody else moved it at the same moment.
        RemoteError: no such bundle, or none that may be published.
    """
    check_movable(name)
    bundle = fetch_bundle(remote, reference)
    before = remote.held([name]).get(name)
    expected = frozenset() if before is None else frozenset({before})
    remote.set_tags(bundle.digest, [TagMove(name=name, expected=expected)])
    return Tagged(url=remote.url, tag=name, digest=bundle.digest, before=before)


def delete_bundle(remote: Remote, reference: str, *, force: bool = False) -> Deleted:
    """Delete a bundle with all its tags.

    Args:
        force: Also where others than the given tag name it.

    Raises:
        NeedsDecisionError: other tags name it; nothing was deleted.
        UnsupportedByRemoteError: the remote does not delete.
        RemoteError: no such bundle, or the remote failed.
    """
    digest = remote.resolve(reference)
    tags = tags_of(remote, digest)
    others = [tag for tag in tags if tag not in (reference, immutable_tag(digest))]
    if others and not force:
        raise NeedsDecisionError(
            f"{digest} is also {', '.join(others)}",
            not_done="nothing was deleted",
            hint="give --force to delete it with all its tags, or move them with `mops-bundle tag`",
        )
    remote.delete(digest)
    return Deleted(url=remote.url, digest=digest, tags=tags)


def check_movable(name: str, *, not_done: str = "nothing was tagged") -> None:
    """Check that a person may set a tag.

    Raises:
        UsageError: no tag, or one that push sets and that never moves.
    """
    if is_immutable(check_tag(name)):
        raise UsageError(
            f"tag {name}: such tags are set by push itself and never move",
            not_done=not_done,
            hint="give another name",
        )
