"""What a pull did, or why it stopped, for people."""

from __future__ import annotations

from modelops_bundle.cli.render.files import size_text
from modelops_bundle.cli.render.layout import counted, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.transfer_documents import ConflictDocument, PullDocument


def render_pull(document: PullDocument, columns: int) -> list[str]:
    """Every path that was changed or kept, then their number and the digest."""
    marks = (("+", "added"), ("~", "updated"), ("-", "deleted"))
    lines = [f"  {mark} {path}" for mark, kind in marks for path in _paths(document, kind)]
    gone = set(document["stay_deleted"])
    lines += [
        f"  = {path} (deleted here, left so; --restore-deleted brings it back)"
        if path in gone
        else f"  = {path} (changed here, kept)"
        for path in document["kept"]
    ]
    counts = [
        f"{len(_paths(document, kind))} {kind}" for _, kind in marks if _paths(document, kind)
    ]
    lines += [
        f"  = {path} (from an extra root, left alone; the bundle's differs)"
        for path in document["elsewhere"]
    ]
    done = ", ".join(counts) or "nothing to do"
    verb = "Would pull" if document["dry_run"] else "Pulled"
    fetched = f" ({size_text(document['fetched_bytes'])})" if document["fetched_bytes"] else ""
    lines += [
        *([""] if lines else []),
        f"{verb} {document['ref']} from {document['url']}: {done}{fetched}.",
    ]
    if document["backup"]:
        lines.append(f"What was overwritten is kept in {document['backup']}.")
    return [*lines, document["digest"]]


def render_conflicts(document: PullDocument) -> list[str]:
    """Why nothing was pulled, for stderr."""
    return conflict_lines(
        document["conflicts"],
        "commit or copy your work, then pull with --overwrite, or push yours",
        "move away what stands in the way, then pull again",
    )


def conflict_lines(conflicts: list[ConflictDocument], settled: str, blocked: str) -> list[str]:
    """Paths with what is wrong there, and what to do.

    Args:
        settled: Where `--overwrite` would settle all.
        blocked: Where it would not.
    """
    number = counted(len(conflicts), "path needs", "paths need")
    help_ = settled if all(conflict["overwrite"] for conflict in conflicts) else blocked
    return [
        f"error: {number} a decision; nothing was written",
        *table([(conflict["path"], conflict["reason"]) for conflict in conflicts]),
        f"help: {help_}",
    ]


def _paths(document: PullDocument, kind: str) -> list[str]:
    lists = {
        "added": document["added"],
        "updated": document["updated"],
        "deleted": document["deleted"],
    }
    return lists[kind]
