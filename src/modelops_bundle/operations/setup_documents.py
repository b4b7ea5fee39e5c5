"""The JSON documents of `init`, `add` and `remove`."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.operations.scaffold import InitOutcome
from modelops_bundle.operations.tracked import TrackedOutcome


class InitDocument(TypedDict):
    """`mops-bundle.init/1`; `remote` is a URL, an environment's name, `local`, or ""."""

    schema: str
    project: str
    root: str
    remote: str
    created: list[str]
    kept: list[str]
    registry_ignored: bool


class TrackedDocument(TypedDict):
    """`mops-bundle.add/1` and `mops-bundle.remove/1`; `tracked` is the whole list afterwards."""

    schema: str
    changed: list[str]
    unchanged: list[str]
    tracked: list[str]


def init_document(outcome: InitOutcome) -> InitDocument:
    """The document of `init`."""
    return {
        "schema": "mops-bundle.init/1",
        "project": outcome.name,
        "root": str(outcome.project.root),
        "remote": outcome.remote,
        "created": [str(path) for path in outcome.created],
        "kept": [str(path) for path in outcome.kept],
        "registry_ignored": outcome.registry_ignored,
    }


def tracked_document(outcome: TrackedOutcome, command: str) -> TrackedDocument:
    """The document of `add` or `remove`."""
    return {
        "schema": f"mops-bundle.{command}/1",
        "changed": [str(path) for path in outcome.changed],
        "unchanged": [str(path) for path in outcome.unchanged],
        "tracked": [str(path) for path in outcome.tracked],
    }
