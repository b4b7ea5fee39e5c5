"""The registry for people: all of it in short, or one entry in full."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import labelled, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_bundle.operations.registry_documents import (
        ListDocument,
        ShowDocument,
        TargetSetDocument,
        TargetSetsDocument,
    )

_LABEL_CELLS = 17


def render_list(document: ListDocument, columns: int) -> list[str]:
    """Models, targets and target sets, one line each."""
    blocks = [
        (
            "Models:",
            [
                (model["id"], model["entrypoint"], _names("outputs", model["outputs"]))
                for model in document["models"]
            ],
        ),
        (
            "Targets:",
            [
                (
                    target["id"],
                    target["entrypoint"],
                    f"output {target['model_output'] or 'unknown'}",
                )
                for target in document["targets"]
            ],
        ),
    ]
    lines: list[str] = []
    for title, rows in blocks:
        if rows:
            lines += [*([""] if lines else []), title, *table(rows)]
    if document["target_sets"]:
        lines += ["", "Target sets:", *_target_sets(document["target_sets"])]
    if document["excluded"]:
        lines += ["", "Excluded:", *(f"  {entrypoint}" for entrypoint in document["excluded"])]
    return lines or ["No models or targets are registered."]


def render_target_sets(document: TargetSetsDocument, columns: int) -> list[str]:
    """Target sets with their weights."""
    return _target_sets(document["target_sets"]) or ["There are no target sets."]


def render_show(document: ShowDocument, columns: int) -> list[str]:
    """Every field that the entry has, in the order of `registry.yaml`."""
    kind = document["kind"]
    rows: list[tuple[str, str]] = [
        ("entrypoint", document["entrypoint"]),
        ("path", document["path"]),
        ("outputs", ", ".join(document["outputs"])),
        ("scenarios", ", ".join(document["scenarios"])),
        ("parameters", ", ".join(document["parameters"])),
        ("model_output", document["model_output"] or ""),
        *_files("data", document["data"], document["data_digests"]),
        *_files("code", document["code"], document["code_digests"]),
        ("target sets", ", ".join(document["target_sets"])),
        (f"{kind}_digest", document["source_digest"] or ""),
        ("symbol_digest", document["symbol_digest"] or ""),
        ("behavior_digest", document["behavior_digest"] or ""),
        ("declared", _declared(document)),
    ]
    return [f"{kind} {document['id']}", *labelled([r for r in rows if r[1]], 2, _LABEL_CELLS)]


def _names(label: str, names: Sequence[str]) -> str:
    return f"{label} {', '.join(names)}" if names else f"no {label}"


def _target_sets(target_sets: Sequence[TargetSetDocument]) -> list[str]:
    rows = []
    for group in target_sets:
        members = [
            f"{target} ({group['weights'][target]:g})" if target in group["weights"] else target
            for target in group["targets"]
        ]
        rows.append((group["name"], ", ".join(members)))
    return table(rows) if rows else []


def _files(label: str, paths: Sequence[str], digests: dict[str, str]) -> list[tuple[str, str]]:
    """One row for each path; a folder's files follow it."""
    rows: list[tuple[str, str]] = []
    names = [*paths, *(path for path in digests if path not in paths)]
    for path in names:
        digest = digests.get(path, "").rpartition(":")[2][:8]
        rows.append((label if not rows else "", f"{path}  {digest}".rstrip()))
    return rows


def _declared(document: ShowDocument) -> str:
    declared = document["declared"]
    if declared is None:
        return ""
    named = [*declared["data"], *declared["code"], *declared["outputs"]]
    if declared["model_output"]:
        named.append(declared["model_output"])
    return ", ".join(named)
