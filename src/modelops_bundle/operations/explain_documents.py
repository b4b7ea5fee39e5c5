"""The JSON document of `explain`, `mops-bundle.explain/1`."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.operations.documents import ReasonDocument
from modelops_bundle.operations.explain import Explanation, Input
from modelops_bundle.operations.report_documents import reason_document
from modelops_bundle.operations.source_changes import SourceChange


class SymbolDocument(TypedDict):
    """A definition that differs; `reached` is null where it cannot be told.

    `kind` is `def`, `class`, `name` (an assignment), `import` or `code`; `difference` is
    `changed`, `added` or `removed`.
    """

    kind: str
    name: str
    difference: str
    line: int | None
    reached: bool | None


class SourceChangeDocument(TypedDict):
    """How a source differs from that of the last sync, as far as that one is `kept`.

    `diff` holds the lines of a unified difference; null where it is not known.
    """

    kept: bool
    symbols: list[SymbolDocument]
    summary: str
    diff: list[str] | None


class ProviderDocument(TypedDict):
    """A model that has the output which a target is compared with."""

    id: str
    state: str


class PlaceDocument(TypedDict):
    """A place in a project file; `line` is null where only the file is known."""

    path: str
    line: int | None


class InputDocument(TypedDict):
    """One input: `role` is `code`, `data`, `link` or `environment`.

    The state `undeclared` is that of data which the code reads, at `read_at`, and which the entry
    does not declare: `via` leads to the file that names it, and a change of it goes unseen.

    `old` and `new` are digests, for a link the names of outputs; `details` tell what is other in
    an environment file, as far as its earlier text is known here.
    """

    role: str
    state: str
    path: str | None
    line: int | None
    old: str | None
    new: str | None
    via: list[str]
    change: SourceChangeDocument | None
    details: list[str]
    models: list[ProviderDocument]
    read_at: PlaceDocument | None


class UserDocument(TypedDict):
    """A target that is compared with an output of the model."""

    id: str
    output: str


class DownstreamDocument(TypedDict):
    """What uses the entry; `invalid` tells that results of it may no longer hold."""

    invalid: bool
    targets: list[UserDocument]
    target_sets: list[str]


class ExplainDocument(TypedDict):
    """`mops-bundle.explain/1`.

    `symbol` is what the entry's symbol is called now, or `candidates` are the entrypoints that it
    may be; `changed` counts the inputs that can make a difference; `differences` are those beside
    the inputs.
    """

    schema: str
    kind: str
    id: str
    symbol: str
    state: str
    action: str
    path: str
    line: int | None
    inputs: list[InputDocument]
    changed: int
    differences: list[ReasonDocument]
    candidates: list[str]
    downstream: DownstreamDocument
    fix: str | None


def explain_document(found: Explanation) -> ExplainDocument:
    """The document of an explanation."""
    verdict = found.verdict
    return {
        "schema": "mops-bundle.explain/1",
        "kind": verdict.key.kind.value,
        "id": verdict.key.id,
        "symbol": found.symbol,
        "state": verdict.state.value,
        "action": verdict.action.value,
        "path": str(verdict.path),
        "line": verdict.line or None,
        "inputs": [_input(one) for one in found.inputs],
        "changed": sum(one.changed for one in found.inputs),
        "differences": [reason_document(reason) for reason in found.differences],
        "candidates": [str(candidate) for candidate in verdict.candidates],
        "downstream": {
            "invalid": found.invalidates,
            "targets": [{"id": key.id, "output": output} for key, output in found.users],
            "target_sets": list(found.target_sets),
        },
        "fix": found.fix or None,
    }


def _input(one: Input) -> InputDocument:
    lines = [touched.symbol.line for touched in one.change.symbols] if one.change else []
    return {
        "role": one.role.value,
        "state": one.state.value,
        "path": None if one.path is None else str(one.path),
        "line": next((line for line in lines if line), None),
        "old": one.old or None,
        "new": one.new or None,
        "via": [str(path) for path in one.via],
        "change": None if one.change is None else _change(one.change),
        "details": list(one.details),
        "models": [{"id": key.id, "state": state.value} for key, state in one.providers],
        "read_at": None
        if one.read_at is None
        else {"path": str(one.read_at.path), "line": one.read_at.line or None},
    }


def _change(change: SourceChange) -> SourceChangeDocument:
    return {
        "kept": change.kept,
        "symbols": [
            {
                "kind": touched.symbol.kind.value,
                "name": touched.symbol.name,
                "difference": touched.symbol.difference,
                "line": touched.symbol.line or None,
                "reached": touched.reached,
            }
            for touched in change.symbols
        ],
        "summary": change.summary,
        "diff": None if change.diff is None else list(change.diff),
    }
