"""What is published, and what was done to it, for people."""

from __future__ import annotations

from modelops_bundle.cli.render.files import size_text
from modelops_bundle.cli.render.layout import WIDE, counted, table
from modelops_bundle.cli.render.pull import conflict_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.published_documents import (
        CopyDocument,
        DeleteDocument,
        EnsureDocument,
        InspectDocument,
        ProvenanceDocument,
        PublishedFileDocument,
        TagDocument,
        VersionDocument,
        VersionsDocument,
    )
    from modelops_bundle.operations.transfer_documents import VolumeDocument

#: Hex digits of a digest in a list: those of the immutable tag.
_DIGITS = 12
_COMMIT_DIGITS = 8
_TO_THE_MINUTE = len("2026-11-30 12:00")


def render_versions(document: VersionsDocument, columns: int) -> list[str]:
    """One line for each bundle: the beginning of its digest, its tags, and where it comes from."""
    if not document["versions"]:
        return [f"Nothing is published in {document['url']}."]
    rows = [
        (_short(version["digest"]), _tags(version), *_origin(version["provenance"]))
        for version in document["versions"]
    ]
    number = counted(len(rows), "version")
    return [document["url"], "", *table(rows), "", f"{number}."]


def render_inspect(document: InspectDocument, columns: int) -> list[str]:
    """The bundle, its entries, its files."""
    entries = [
        *(("model", m["id"], m["entrypoint"]) for m in document["models"]),
        *(("target", t["id"], t["entrypoint"]) for t in document["targets"]),
    ]
    rows = [
        (kind, name, *([at] if columns >= WIDE else []), _behavior(document, f"{kind}:{name}"))
        for kind, name, at in entries
    ]
    lines = [f"{document['url']}", f"{document['digest']}", ""]
    origin = ", ".join(filter(None, _origin(document["provenance"])))
    lines += [f"  pushed {origin}", ""] if origin else []
    lines += [*table(rows), ""] if rows else ["  no entries", ""]
    sets = [(g["name"], ", ".join(g["targets"])) for g in document["target_sets"]]
    lines += ["Target sets:", *table(sets), ""] if sets else []
    lines += ["Files:", *table([_file(file) for file in document["files"]]), ""]
    number = counted(len(document["files"]), "file")
    kept = "one blob each" if document["layout"] == "files" else document["layout"]
    return [*lines, f"{number}, {size_text(document['total_bytes'])} ({kept})."]


def render_tag(document: TagDocument, columns: int) -> list[str]:
    """What the tag names now, and what it named before."""
    before = document["before"]
    if before == document["digest"]:
        moved = "as before"
    else:
        moved = f"was {_short(before)}" if before else "new"
    return [f"{document['tag']} of {document['url']} ({moved})", document["digest"]]


def render_copy(document: CopyDocument, columns: int) -> list[str]:
    """What was moved; the last line is the digest alone."""
    lines = [
        f"Copied from {document['source']} to {document['url']}",
        f"  tags     {', '.join(document['tags'])}",
        f"  copied   {_volume(document['copied'])}",
    ]
    if document["mounted"]["blobs"]:
        lines.append(f"  mounted  {_volume(document['mounted'])} (moved by the registry itself)")
    lines.append(f"  reused   {_volume(document['reused'])}")
    if document["external"]:
        number = counted(document["external"], "file", "files")
        size, places = size_text(document["external_bytes"]), ", ".join(document["containers"])
        lines.append(f"  stays    {number}, {size}, in {places}: whoever pulls needs access there")
    if document["unrecorded"]:
        lines.append(f"  not recorded: who published it and when ({document['unrecorded']})")
    return [*lines, document["digest"]]


def render_delete(document: DeleteDocument, columns: int) -> list[str]:
    """What is gone."""
    tags = ", ".join(document["tags"]) or "none"
    return [f"Deleted from {document['url']} (tags: {tags})", document["digest"]]


def render_ensure(document: EnsureDocument, columns: int) -> list[str]:
    """What was removed, and how much was written; the last line is the digest alone."""
    lines = [f"  - {path}" for path in document["removed"]]
    written = len(document["written"])
    done = f"{written} written" if written else "all there already"
    parts = [size_text(document["fetched_bytes"])] if document["fetched_bytes"] else []
    if document["cached_bytes"]:
        parts.append(f"{size_text(document['cached_bytes'])} from the cache")
    fetched = f" ({', '.join(parts)})" if parts else ""
    lines.append(
        f"{document['folder']} holds {counted(document['files'], 'file')}: {done}{fetched}."
    )
    if document["backup"]:
        lines.append(f"What was replaced is kept in {document['backup']}.")
    return [*lines, document["digest"]]


def render_ensure_conflicts(document: EnsureDocument) -> list[str]:
    """Why nothing was written, for stderr."""
    return conflict_lines(
        document["conflicts"],
        "give another --dest, or --overwrite: what is replaced or deleted is put aside",
        "move away what stands in the way, or give another --dest",
    )


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:_DIGITS]


def _tags(version: VersionDocument) -> str:
    """Tags that a person gave; the immutable one says no more than the digest."""
    own = f"sha-{_short(version['digest'])}"
    return ", ".join(tag for tag in version["tags"] if tag != own)


def _origin(provenance: ProvenanceDocument | None) -> tuple[str, str, str]:
    """When, who, and which commit; a mark where the project differed from that."""
    if provenance is None:
        return ("", "", "")
    moment = provenance["created"].removesuffix("Z").replace("T", " ")[:_TO_THE_MINUTE]
    name = provenance["author"].partition(" <")[0]
    commit = provenance["commit"][:_COMMIT_DIGITS]
    return (moment, name, f"{commit} dirty" if provenance["dirty"] else commit)


def _behavior(document: InspectDocument, key: str) -> str:
    digest = document["behavior"].get(key)
    return f"behavior {digest.rpartition(':')[2][:8]}" if digest else ""


def _file(file: PublishedFileDocument) -> tuple[str, str, str]:
    where = f"in {file['uri']}" if file["uri"] else ""
    return (file["path"], size_text(file["size_bytes"]), where or file["digest"][7:15])


def _volume(volume: VolumeDocument) -> str:
    return f"{counted(volume['blobs'], 'blob')}, {size_text(volume['bytes'])}"
