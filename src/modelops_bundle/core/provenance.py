"""Where a published bundle came from: what is not content, and so not in its digest."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.core.oci import Descriptor

#: The `artifactType` of the manifest that says it (OCI image-spec v1.1, "Guidelines for Artifact
#: Usage").
PROVENANCE_TYPE = "application/vnd.modelops.bundle.provenance.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who published a bundle, when, and from which state of the source.

    Attributes:
        created: RFC 3339, in UTC, to the second.
        author: A person, as version control or the system calls them; "" where nobody knows.
        commit: The full id of the commit that was checked out; "" without version control.
        dirty: Whether the project differed from that commit; None without one.
        tool: The program and its version.
    """

    created: str
    author: str = ""
    commit: str = ""
    dirty: bool | None = None
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Referrer:
    """A manifest that says something of another, its subject.

    Attributes:
        manifest: With the annotations that it carries.
    """

    manifest: Descriptor
    artifact_type: str
