"""`explain` for people: every input of one entry, what changed, and what depends on it."""

from __future__ import annotations

from modelops_bundle.cli.render.environment import shortened
from modelops_bundle.cli.render.layout import cells, counted, labelled, place
from modelops_bundle.cli.render.reflow import Verbatim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_bundle.operations.documents import ReasonDocument
    from modelops_bundle.operations.explain_documents import (
        ExplainDocument,
        InputDocument,
        SourceChangeDocument,
        SymbolDocument,
    )

_SIGNS = {"fresh": "=", "cosmetic": "~", "added": "+", "removed": "-", "undeclared": "?"}
_ROLES = {"environment": "env"}
_LABELS = {
    "entrypoint": "name",
    "class_name": "class",
    "parameters": "params",
    "model_digest": "code",
    "target_digest": "code",
}
_LABEL_CELLS = 8


def render_explain(document: ExplainDocument, columns: int) -> list[str]:
    """Lines of `explain`.

    Args:
        document: `mops-bundle.explain/1`.
        columns: Width of the terminal.
    """
    differences = [
        (f"! {_LABELS.get(reason['field'], reason['field'])}", _difference(reason))
        for reason in document["differences"]
    ]
    width = max([_LABEL_CELLS, *(cells(label) + 2 for label, _ in differences)])
    inputs = [(_label(one), _text(one, document)) for one in document["inputs"]]
    lines = [_headline(document), *labelled((*differences, *inputs), 2, width, columns)]
    details = [*_diffs(document), *_downstream(document)]
    if details:
        lines += [*details, ""]
    if document["fix"]:
        lines.append(f"Fix: {document['fix']}")
    return lines if lines[-1] else lines[:-1]


def _headline(document: ExplainDocument) -> str:
    declared = [one for one in document["inputs"] if one["state"] != "undeclared"]
    total = counted(len(declared), "input")
    changed = f"{document['changed'] or 'none'} of {total} changed since sync"
    state = document["state"]
    if document["changed"] and state in ("fresh", "cosmetic"):
        state += ", what it runs with is not"
    return f"{document['id']} is {state}: {changed}"


def _difference(reason: ReasonDocument) -> str:
    message = reason["message"].removeprefix(f"{reason['field']} ")
    label = _LABELS.get(reason["field"], "")
    return message.removeprefix(f"{label} ") if label else message


def _label(one: InputDocument) -> str:
    sign = _SIGNS.get(one["state"], "!")
    return f"{sign} {_ROLES.get(one['role'], one['role'])}"


def _text(one: InputDocument, document: ExplainDocument) -> str:
    if one["role"] == "link":
        return _link(one)
    read_at = one["read_at"]
    if read_at is not None:
        return f"{one['path']}   read, not declared ({place(read_at['path'], read_at['line'])})"
    subject = " -> ".join(one["via"]) or one["path"] or ""
    notes = {"missing": "is missing", "added": "is new", "removed": "is no longer used"}
    if one["state"] in notes:
        return f"{subject}   {notes[one['state']]}"
    if one["state"] == "fresh":
        return subject
    if one["role"] == "code" and one["state"] == "cosmetic":
        return f"{subject}   {_cosmetic(one['change'], document)}: digest only"
    what = _changed(one["change"], document)
    if what:
        return f"{place(subject, one['line'])} ({what})"
    if one["details"]:
        return f"{subject}   {', '.join(shortened(one['details'], 4))}"
    if one["old"] is None or one["new"] is None:
        return f"{subject}   {'not recorded yet' if one['old'] is None else 'is gone'}"
    if one["via"]:
        return f"{subject} (changed)"
    return f"{subject}   {_short(one['old'])} -> {_short(one['new'])}"


def _link(one: InputDocument) -> str:
    models = [
        f"model {model['id']}" + ("" if model["state"] == "fresh" else f" ({model['state']})")
        for model in one["models"]
    ]
    output = f'output "{one["new"] or ""}" <- {", ".join(models) or "no model"}'
    return output if one["old"] == one["new"] else f'{output}   was "{one["old"] or ""}"'


def _cosmetic(change: SourceChangeDocument | None, document: ExplainDocument) -> str:
    if change is None or not change["kept"]:
        return "changed without effect"
    if change["symbols"]:
        return f"changed outside this {document['kind']}"
    return f"changed in {change['summary']}" if change["summary"] else "changed without effect"


def _changed(change: SourceChangeDocument | None, document: ExplainDocument) -> str:
    if change is None:
        return ""
    symbols = change["symbols"]
    if not symbols:
        return f"changed: {change['summary']}" if change["summary"] else ""
    irrelevant = all(symbol["reached"] is False for symbol in symbols)
    parts: list[str] = []
    for difference in ("changed", "added", "removed"):
        names = [
            _named(symbol)
            + (" (not reached)" if symbol["reached"] is False and not irrelevant else "")
            for symbol in symbols
            if symbol["difference"] == difference
        ]
        if names:
            parts.append(f"{difference}: {', '.join(names)}")
    note = f", which {document['symbol']} does not reach: probably irrelevant"
    return "; ".join(parts) + (note if irrelevant else "")


def _named(symbol: SymbolDocument) -> str:
    kind, name = symbol["kind"], symbol["name"]
    fixed = {"import": "imports", "code": "module-level code", "name": name}
    return fixed.get(kind, f"{kind} {name}")


def _diffs(document: ExplainDocument) -> Iterator[str]:
    for one in document["inputs"]:
        change = one["change"]
        if change is None or one["state"] == "cosmetic":
            continue
        if not change["kept"]:
            yield ""
            yield f"No earlier {one['path']} is kept here: what changed in it cannot be shown."
        elif change["diff"] is None:
            yield ""
            yield f"Too much of {one['path']} changed to be shown."
        else:
            yield ""
            yield Verbatim(f"    --- {one['path']} (last sync)")
            yield Verbatim(f"    +++ {one['path']}")
            for line in change["diff"]:
                yield Verbatim(f"    {line[:1]}{line[1:].expandtabs(4)}".rstrip())


def _downstream(document: ExplainDocument) -> Iterator[str]:
    below = document["downstream"]
    rows = [
        (f"target {user['id']}", f'compares output "{user["output"]}"') for user in below["targets"]
    ]
    rows += [(f"target set {name}", "") for name in below["target_sets"]]
    if not rows:
        return
    yield ""
    yield "Invalidates:" if below["invalid"] else "Used by:"
    width = max(cells(label) for label, _ in rows) + 2
    yield from labelled(rows, 2, width)


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:8]
