"""What is published in a repository: each bundle once, with the tags that name it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.transfer import immutable_tag
from modelops_bundle.storage.base import Remote

#: Where registries without a referrers API keep lists of what refers to a digest (OCI
#: distribution-spec v1.1, "Referrers Tag Schema"): no version of anything.
_FALLBACK = re.compile(r"sha256-[0-9a-f]{64}(\.[\w.-]+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published bundle.

    Attributes:
        tags: All tags that name it, sorted; the immutable one last.
    """

    digest: Digest
    tags: tuple[str, ...]


def list_versions(remote: Remote) -> tuple[Version, ...]:
    """All bundles that a tag names: those that people named first, by name.

    Raises:
        RemoteError: the remote failed.
    """
    names = [name for name in remote.tags() if not _FALLBACK.fullmatch(name)]
    tags: dict[Digest, list[str]] = {}
    for name, digest in sorted(remote.held(names).items()):
        tags.setdefault(digest, []).append(name)
    found = [Version(digest=digest, tags=_ordered(digest, names)) for digest, names in tags.items()]
    return tuple(sorted(found, key=lambda version: (len(version.tags) == 1, version.tags)))


def tags_of(remote: Remote, digest: Digest) -> tuple[str, ...]:
    """All tags that name a bundle, sorted; the immutable one last.

    Raises:
        RemoteError: the remote failed.
    """
    found = [version.tags for version in list_versions(remote) if version.digest == digest]
    return found[0] if found else ()


def _ordered(digest: Digest, names: list[str]) -> tuple[str, ...]:
    own = immutable_tag(digest)
    return tuple(sorted(names, key=lambda name: (name == own, name)))
