"""The JSON document of `verify`."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from modelops_bundle.core.proof import EntryProof, Problem
from modelops_bundle.errors import InstallError
from modelops_bundle.operations.documents import StatusDocument
from modelops_bundle.operations.report_documents import status_document
from modelops_bundle.operations.verification.verify import Verification

#: Characters of what an entry printed.
_PRINTED = 4_000


class PythonDocument(TypedDict):
    """The interpreter that ran the entries, and why this one."""

    executable: str
    version: str
    chosen: str


class FrameDocument(TypedDict):
    """One line of a traceback; `own` is code of the bundle, and then `path` is one of its paths."""

    path: str
    line: int
    function: str
    own: bool


class ProblemDocument(TypedDict):
    """One thing that is wrong.

    `module` is the one that is missing, and `absence` why: `undeclared`, `untracked`,
    `not-installed` or `nowhere`; null where none is. `traceback` has the innermost line last.
    """

    kind: str
    message: str
    hint: str
    path: str | None
    line: int | None
    module: str | None
    absence: str | None
    traceback: list[FrameDocument]


class OpenFactDocument(TypedDict):
    """A fact that could not be compared, and why."""

    fact: str
    reason: str


class EntryProofDocument(TypedDict):
    """One entry: `outcome` is `ok`, or the kind of its weightiest problem.

    `printed` is the end of what its process printed; entries of one module may share it.
    """

    kind: str
    id: str
    entrypoint: str
    path: str
    line: int | None
    outcome: str
    problems: list[ProblemDocument]
    compared: list[str]
    not_compared: list[OpenFactDocument]
    notes: list[str]
    called: bool
    printed: str
    seconds: float


class VerifyDocument(TypedDict):
    """`mops-bundle.verify/1`.

    `digest` is that of the published bundle, null for a project. `python` is null where nothing
    was run. `notes` concern all entries. `output` is what an installer that failed printed last.
    `status` is there where nothing was run because of what
    it says.
    """

    schema: str
    name: str
    digest: str | None
    ok: bool
    python: PythonDocument | None
    files: int
    size_bytes: int
    call: bool
    install: bool
    entries: list[EntryProofDocument]
    notes: list[str]
    refused: str | None
    message: str
    hint: str
    output: list[str]
    status: NotRequired[StatusDocument]


def verify_document(done: Verification) -> VerifyDocument:
    """The document of `verify --json`."""
    python = done.interpreter
    document: VerifyDocument = {
        "schema": "mops-bundle.verify/1",
        "name": done.name,
        "digest": done.digest,
        "ok": done.ok,
        "python": None
        if python is None
        else {
            "executable": python.executable,
            "version": python.version,
            "chosen": python.chosen,
        },
        "files": len(done.files),
        "size_bytes": sum(state.size_bytes for state in done.files.values()),
        "call": done.called,
        "install": done.installed,
        "entries": [_entry(entry) for entry in done.entries],
        "notes": list(done.notes),
        "refused": done.refused,
        "message": str(done.error) if done.error else "",
        "hint": done.error.hint if done.error else "",
        "output": list(done.error.output) if isinstance(done.error, InstallError) else [],
    }
    if done.refused in ("stale", "preflight") and done.report is not None:
        document["status"] = status_document(done.report)
    return document


def _entry(entry: EntryProof) -> EntryProofDocument:
    return {
        "kind": entry.key.kind.value,
        "id": entry.key.id,
        "entrypoint": str(entry.entrypoint),
        "path": str(entry.path),
        "line": entry.line or None,
        "outcome": entry.outcome,
        "problems": [_problem(problem) for problem in entry.problems],
        "compared": list(entry.compared),
        "not_compared": [{"fact": one.fact, "reason": one.reason} for one in entry.open_facts],
        "notes": list(entry.notes),
        "called": entry.called,
        "printed": entry.printed[-_PRINTED:],
        "seconds": round(entry.seconds, 3),
    }


def _problem(problem: Problem) -> ProblemDocument:
    place = problem.location
    return {
        "kind": problem.trouble.value,
        "message": problem.message,
        "hint": problem.hint,
        "path": None if place is None else str(place.path),
        "line": None if place is None else place.line or None,
        "module": problem.module or None,
        "absence": None if problem.absence is None else problem.absence.value,
        "traceback": [
            {
                "path": frame.place,
                "line": frame.line,
                "function": frame.function,
                "own": frame.own,
            }
            for frame in problem.frames
        ],
    }
