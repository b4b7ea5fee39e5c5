"""The JSON documents of `watch`: a status, and what became of the one before."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.errors import BundleError
from modelops_bundle.operations.documents import (
    EntryDocument,
    ErrorDocument,
    FindingDocument,
    StatusDocument,
)
from modelops_bundle.operations.report_documents import error_document

#: States in which a push would be refused, or results computed before are no longer valid.
BROKEN = frozenset(("stale", "missing", "unparsed", "ambiguous", "new"))


class TransitionDocument(TypedDict):
    """One thing whose state changed, or that differs for other reasons than before.

    `entity` is `model:ID`, `target:ID`, `environment`, or a part of the registry such as
    `source_roots`. The states are those of entries, `new` for a symbol that a sync would register,
    or null where there is, or was, no such thing.
    """

    entity: str
    before: str | None
    after: str | None


class WatchDocument(TypedDict):
    """`mops-bundle.watch/1`: one line of output.

    `at` is local time with its offset (RFC 3339). `status` is null where none could be worked out
    for now, and `error` then says why. `transitions`, `found` and `settled` (findings that are new,
    and that are gone) compare with the line before that had a status; in the first line they are
    empty.
    """

    schema: str
    at: str
    transitions: list[TransitionDocument]
    found: list[FindingDocument]
    settled: list[FindingDocument]
    status: StatusDocument | None
    error: ErrorDocument | None


def watch_document(
    before: StatusDocument | None, after: StatusDocument | BundleError, at: str
) -> WatchDocument:
    """The document of one look.

    Args:
        before: The last status that there was.
        after: The status now, or why there is none.
        at: RFC 3339.
    """
    status = None if isinstance(after, BundleError) else after
    comparable = before is not None and status is not None
    return {
        "schema": "mops-bundle.watch/1",
        "at": at,
        "transitions": transitions(before, status) if before and status else [],
        "found": _added(before, status) if comparable else [],
        "settled": _added(status, before) if comparable else [],
        "status": status,
        "error": error_document(after) if isinstance(after, BundleError) else None,
    }


def transitions(before: StatusDocument, after: StatusDocument) -> list[TransitionDocument]:
    """What differs in another way than before: first what became stale, in the order of `after`."""
    old, new = _parts(before), _parts(after)
    found: list[TransitionDocument] = []
    for entity in (*new, *(name for name in old if name not in new)):
        was, now = old.get(entity), new.get(entity)
        if was != now:
            found.append(
                {
                    "entity": entity,
                    "before": None if was is None else was[0],
                    "after": None if now is None else now[0],
                }
            )
    return sorted(found, key=_rank)


def became_stale(transition: TransitionDocument) -> bool:
    """Whether it differs from the code now and did not before."""
    return transition["after"] in BROKEN and transition["before"] not in BROKEN


def became_fresh(transition: TransitionDocument) -> bool:
    """Whether it was other than the code, and no longer is."""
    return transition["after"] == "fresh" and transition["before"] != "fresh"


def _rank(transition: TransitionDocument) -> int:
    if became_stale(transition):
        return 0
    return 2 if became_fresh(transition) else 1


#: What of an entry decides whether it is as it was.
_Part = tuple[str, object]


def _parts(document: StatusDocument) -> dict[str, _Part]:
    """By entity: its state, and all that is said of it."""
    parts: dict[str, _Part] = {
        f"{entry['kind']}:{entry['id']}": (entry["state"], _said(entry))
        for entry in document["entries"]
    }
    for new in document["additions"]:
        parts[f"{new['kind']}:{new['id']}"] = ("new", new["entrypoint"])
    environment = document["environment"]
    parts["environment"] = (environment["state"], environment["changes"])
    for section in document["sections"]:
        if section["section"] not in ("environment", "target_set"):
            name = ":".join(filter(None, (section["section"], section["name"])))
            state = "cosmetic" if section["cosmetic"] else "stale"
            parts[name] = (state, section["messages"])
    if document["conflicted"]:
        parts["registry"] = ("ambiguous" if document["conflicts"] else "stale", "")
    return parts


def _said(entry: EntryDocument) -> object:
    """Lines move when something is written above them: that is no news."""
    reasons = [(r["field"], r["old"], r["new"], r["path"]) for r in entry["reasons"]]
    return entry["action"], reasons, entry["candidates"]


def _added(before: StatusDocument | None, after: StatusDocument | None) -> list[FindingDocument]:
    """Errors and warnings of `after` that `before` has not, without those that a sync cures."""
    known = {_name(finding) for finding in before["preflight"]} if before else set()
    return [
        finding
        for finding in (after["preflight"] if after else ())
        if finding["severity"] != "info"
        and not finding["code"].startswith("MB11")
        and _name(finding) not in known
    ]


def _name(finding: FindingDocument) -> tuple[str, str, str, str]:
    return finding["code"], finding["severity"], finding["entity"], finding["message"]
