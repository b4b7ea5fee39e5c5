"""Reading `registry.yaml` as a record, and writing a result back: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelops_bundle.codec.conflicts import has_conflict_markers, split_conflicts
from modelops_bundle.codec.registry_yaml import decode, edit, new_document
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.merge import MergeConflict, merge_registries
from modelops_bundle.core.registry import BundleRegistry, EntryKey
from modelops_bundle.errors import ChangedDuringUseError, NeedsDecisionError, RegistryError
from modelops_bundle.log import Log
from modelops_bundle.workspace.atomic import write_atomic
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.project import REGISTRY, Project

_LOG = Log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFile:
    """The registry as it stands on disk.

    Attributes:
        content: The file's bytes; empty where there is no file.
        text: What an edit starts from: `content`, or one side of a git conflict.
        record: What it says, with both sides of a git conflict merged.
        conflicts: What people declared differently on the two sides.
        was_conflicted: The file holds git's conflict markers.
    """

    content: bytes
    text: bytes
    record: BundleRegistry
    conflicts: tuple[MergeConflict, ...] = ()
    was_conflicted: bool = False

    @property
    def digest(self) -> Digest:
        """Of the file's bytes; a plan is made from it, and applied only to it."""
        return Digest.of_bytes(self.content)


def read_registry(project: Project) -> RegistryFile:
    """Read and decode the registry; an absent file is an empty registry.

    Raises:
        RegistryError: it cannot be read.
    """
    content = _read(project)
    if not has_conflict_markers(content):
        return RegistryFile(content=content, text=content, record=decode(content, name=REGISTRY))
    sides = split_conflicts(content)
    outcome = merge_registries(
        None if sides.base is None else decode(sides.base, name=f"{REGISTRY} (base)"),
        decode(sides.ours, name=f"{REGISTRY} (ours)"),
        decode(sides.theirs, name=f"{REGISTRY} (theirs)"),
    )
    return RegistryFile(
        content=content,
        text=sides.ours,
        record=outcome.registry,
        conflicts=outcome.conflicts,
        was_conflicted=True,
    )


def require_registry(file: RegistryFile, to: str = "check", done: str = "checked") -> None:
    """Refuse to work on what is not there: in a clone that lacks its registry all would seem well.

    Args:
        to, done: What it is wanted for, as "check" and "checked".

    Raises:
        RegistryError: there is no registry, or nothing in it.
    """
    if not file.content:
        raise RegistryError(
            f"there is no registry to {to}",
            path=REGISTRY,
            not_done=f"nothing was {done}",
            hint="commit it where it was made, or run `mops-bundle init`",
        )


def write_registry(
    project: Project,
    file: RegistryFile,
    result: BundleRegistry,
    *,
    renamed: Mapping[EntryKey, str] | None = None,
) -> bytes:
    """Write a result, if the file still has the bytes that it was worked out from.

    Args:
        renamed: Entries whose id changes, with the new one.

    Returns:
        The bytes that the file now has.

    Raises:
        ChangedDuringUseError: another process or a person wrote the file meanwhile.
        NeedsDecisionError: both sides of a git conflict declared something else.
        RegistryError: the text cannot be edited safely.
        LockTimeoutError: another command holds the project's lock.
    """
    if file.conflicts:
        raise NeedsDecisionError(
            f"{REGISTRY} holds a git conflict: both sides declared {_named(file.conflicts)}",
            not_done="it was not written",
            hint=f"settle the conflict in {REGISTRY}, then run the command again",
        )
    with exclusive(project.lock):
        if _read(project) != file.content:
            raise ChangedDuringUseError(
                f"{REGISTRY} changed while the command ran",
                not_done="it was not written",
                hint="run the command again",
            )
        if file.text.strip():
            text = edit(file.text, result, renamed=renamed or {})
        else:
            text = new_document(result)
        if text != file.content:
            write_atomic(project.registry, text)
            _LOG.info("wrote %s", project.registry)
        return text


def _named(conflicts: tuple[MergeConflict, ...]) -> str:
    return ", ".join(f"{conflict.field} of {conflict.key}" for conflict in conflicts)


def _read(project: Project) -> bytes:
    try:
        return project.registry.read_bytes()
    except FileNotFoundError:
        return b""
