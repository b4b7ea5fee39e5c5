"""A cache of bundles, for people."""

from __future__ import annotations

import os

from modelops_bundle.cli.render.files import size_text
from modelops_bundle.cli.render.layout import counted, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.cache_documents import (
        CachedBundleDocument,
        CacheInfoDocument,
        CachePruneDocument,
        CacheVerifyDocument,
    )

_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def render_cache_info(document: CacheInfoDocument, columns: int) -> list[str]:
    """Each bundle, then what everything takes."""
    lines = [_shown(document["folder"]), ""]
    lines += table([_row("=", bundle) for bundle in document["bundles"]])
    if document["unfinished"]:
        lines.append(f"  - {counted(document['unfinished'], 'bundle')} left unfinished")
    bundles = counted(len(document["bundles"]), "bundle")
    blobs = document["blobs"]
    held = f"{counted(blobs['count'], 'blob')} of {size_text(blobs['size_bytes'])}"
    summary = f"{bundles}, {held}: {size_text(document['size_bytes'])} in all."
    return [*lines, *([""] if len(lines) > 2 else []), summary]


def render_cache_prune(document: CachePruneDocument, columns: int) -> list[str]:
    """What went, then what that freed and what is left."""
    lines = table([_row("-", bundle) for bundle in document["removed"]])
    lines += [f"  = {digest[7:19]} (in use, kept)" for digest in document["in_use"]]
    gone = [
        counted(number, thing)
        for number, thing in (
            (len(document["removed"]), "bundle"),
            (document["blobs"]["count"], "blob"),
            (document["unfinished"], "unfinished bundle"),
        )
        if number
    ]
    verb = "Would free" if document["dry_run"] else "Freed"
    what = f" ({', '.join(gone)})" if gone else ""
    freed, left = size_text(document["freed_bytes"]), size_text(document["size_bytes"])
    return [*lines, *([""] if lines else []), f"{verb} {freed}{what}; {left} left."]


def render_cache_verify(document: CacheVerifyDocument, columns: int) -> list[str]:
    """Each damaged file, then what was read."""
    lines = [
        f"  ! {bundle['digest'][7:19]} {path}"
        for bundle in document["damaged"]
        for path in bundle["paths"]
    ]
    lines += [
        f"  + {bundle['digest'][7:19]} {path} (not of the bundle; delete it by hand)"
        for bundle in document["strangers"]
        for path in bundle["paths"]
    ]
    lines += [f"  - {digest[7:19]} blob dropped" for digest in document["dropped"]]
    read = f"{counted(document['bundles'], 'bundle')} and {counted(document['blobs'], 'blob')}"
    if not lines:
        return [f"{read} read back; all are sound."]
    return [*lines, "", f"{read} read back; damage is mended when the bundle is next used."]


def _row(symbol: str, bundle: CachedBundleDocument) -> tuple[str, ...]:
    return (
        f"{symbol} {bundle['digest'][7:19]}",
        counted(bundle["files"], "file"),
        size_text(bundle["size_bytes"]),
        "in use" if bundle["in_use"] else f"used {_ago(bundle['idle_s'])}",
    )


def _shown(folder: str) -> str:
    """A folder, the home folder as `~`."""
    home = os.path.expanduser("~")
    return f"~{folder[len(home) :]}" if folder.startswith(f"{home}/") and home != "/" else folder


def _ago(idle_s: int) -> str:
    for span_s, unit in _SPANS:
        if idle_s >= span_s:
            return f"{idle_s // span_s} {unit} ago"
    return "just now"
