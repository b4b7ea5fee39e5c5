"""What is published in a repository: each bundle once, with the tags that name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.provenance import Provenance
from modelops_bundle.core.transfer import immutable_tag
from modelops_bundle.operations.provenance import read_provenance
from modelops_bundle.operations.transfers import transfer_each
from modelops_bundle.storage.base import Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published bundle.

    Attributes:
        tags: All tags that name it, sorted; the immutable one last.
        provenance: Where it comes from; None where nobody said.
    """

    digest: Digest
    tags: tuple[str, ...]
    provenance: Provenance | None = None


def list_versions(remote: Remote) -> tuple[Version, ...]:
    """All bundles that a tag names: those that people named first, by name.

    Raises:
        RemoteError: the remote failed.
    """
    tags: dict[Digest, list[str]] = {}
    for name, digest in sorted(remote.held(remote.tags()).items()):
        tags.setdefault(digest, []).append(name)
    found = [Version(digest=digest, tags=_ordered(digest, names)) for digest, names in tags.items()]
    return tuple(sorted(found, key=lambda version: (len(version.tags) == 1, version.tags)))


def with_provenance(remote: Remote, versions: Sequence[Version]) -> tuple[Version, ...]:
    """The same versions, with where they come from: the newest first, then those of no known date.

    Raises:
        RemoteError: the remote failed.
    """
    found: dict[Digest, Provenance | None] = {}

    def look(version: Version) -> None:
        found[version.digest] = read_provenance(remote, version.digest)

    transfer_each(look, versions)
    known = [replace(version, provenance=found[version.digest]) for version in versions]
    return tuple(sorted(known, key=_date, reverse=True))


def _date(version: Version) -> str:
    """Dates in UTC sort as texts; none comes before all."""
    return "" if version.provenance is None else version.provenance.created


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
