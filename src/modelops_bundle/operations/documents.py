"""The shape of the JSON documents of `status`, `sync` and `check`, and of errors (contract.md)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from modelops_bundle.operations.file_documents import FileStateDocument

Refusal = Literal["destructive", "ambiguous", "unparsed", "conflict"]


class ProjectDocument(TypedDict):
    """The project, and its registry relative to the project's root."""

    name: str
    registry: str


class ReasonDocument(TypedDict):
    """One difference between the record and the code; null stands for none.

    `evidence` is what a rename or move rests on, such as "same body".
    """

    code: str
    field: str
    old: str | None
    new: str | None
    path: str | None
    line: int | None
    via: list[str]
    cosmetic: bool
    evidence: str
    message: str


class EntryDocument(TypedDict):
    """One recorded entry.

    `entrypoint` is what the registry says; `target_sets` are the sets that hold the target
    before the sync; `candidates` are the entrypoints to choose from when it is ambiguous.
    """

    kind: str
    id: str
    state: str
    action: str
    destructive: bool
    entrypoint: str
    path: str
    line: int | None
    reasons: list[ReasonDocument]
    target_sets: list[str]
    candidates: list[str]


class AdditionDocument(TypedDict):
    """A symbol that a sync would register, under this id."""

    kind: str
    id: str
    entrypoint: str
    path: str
    line: int | None


class UnregisteredDocument(TypedDict):
    """A symbol that a convention finds and nobody registered."""

    kind: str
    entrypoint: str
    path: str
    line: int | None


class FindingDocument(TypedDict):
    """One finding; `entity` is "" for the project. `column` counts characters, from 1."""

    code: str
    severity: str
    entity: str
    message: str
    hint: str
    path: str | None
    line: int | None
    column: int | None


class SummaryDocument(TypedDict):
    """Counts. `unchanged` are entries that a sync leaves alone."""

    add: int
    update: int
    rename: int
    move: int
    remove: int
    decide: int
    unchanged: int
    errors: int
    warnings: int
    infos: int


class EntryCountDocument(TypedDict):
    """How many entries the registry holds after the sync."""

    models: int
    targets: int


class SectionDocument(TypedDict):
    """A change of a part of the registry that is no entry, such as a target set."""

    section: str
    name: str
    change: str
    destructive: bool
    cosmetic: bool
    messages: list[str]


class EnvironmentChangeDocument(TypedDict):
    """A dependency table or lock file that differs; null where there was, or is, none.

    `details` tell what is other in it, as far as its earlier text is known here.
    """

    path: str
    old: str | None
    new: str | None
    details: list[str]


class EnvironmentDocument(TypedDict):
    """What the entries run on: `fresh`, `stale`, or `cosmetic` where none was recorded."""

    state: str
    changes: list[EnvironmentChangeDocument]


class RemoteDocument(TypedDict):
    """Where the bundle is published; `checked` tells whether the remote was asked.

    `problem` says why it could not be, or is "".
    """

    url: str
    checked: bool
    state: str
    digest: str | None
    problem: str


class MergeConflictDocument(TypedDict):
    """What people declared differently on the two sides of a git merge; "" for nothing."""

    entity: str
    field: str
    ours: str
    theirs: str


class StatusDocument(TypedDict):
    """`mops-bundle.status/1`, and with `written` and `refused` `mops-bundle.sync/1`.

    `conflicted` tells that the registry file holds git's conflict markers, and `conflicts` what a
    person has to settle of it. `files` is there where it was asked for (`status --files`), and
    `passed_over` where some files of a registration hold nothing to register.
    """

    schema: str
    project: ProjectDocument
    in_sync: bool
    entries: list[EntryDocument]
    additions: list[AdditionDocument]
    unregistered: list[UnregisteredDocument]
    sections: list[SectionDocument]
    environment: EnvironmentDocument
    conflicted: bool
    conflicts: list[MergeConflictDocument]
    preflight: list[FindingDocument]
    summary: SummaryDocument
    after: EntryCountDocument
    remote: RemoteDocument
    written: NotRequired[bool]
    refused: NotRequired[str | None]
    passed_over: NotRequired[list[str]]
    files: NotRequired[list[FileStateDocument]]


class CheckDocument(TypedDict):
    """`mops-bundle.check/1`: stale entries are findings here too."""

    schema: str
    project: ProjectDocument
    ok: bool
    findings: list[FindingDocument]
    errors: int
    warnings: int
    infos: int


class ErrorDocument(TypedDict):
    """What a command prints in place of its own document where it could make none."""

    schema: str
    code: str
    message: str
    hint: str
