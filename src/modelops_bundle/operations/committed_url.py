"""How a remote stands in the configuration, which everybody has: never as a path of one machine."""

from __future__ import annotations

import os
from pathlib import Path

from modelops_bundle.core.settings import LOCAL_REMOTE
from modelops_bundle.errors import UsageError
from modelops_bundle.storage.full_reference import parse_full_reference
from modelops_bundle.storage.resolve import open_remote

_LAYOUT = "layout:"


def committed_url(url: str, root: Path, *, not_done: str) -> str:
    """The URL as it may be committed.

    An absolute path in the project, or in the folder around it, is written relative to the
    project; another one below the home folder begins with `~`.

    Args:
        url: Of a registry or a folder; `local` stands for a store of one's own.
        root: The project's folder, real and absolute; it need not be there yet.
        not_done: What to say of a URL that is refused.

    Raises:
        UsageError: a path that would mean nothing to others; or a tag in it.
        ConfigError: no remote.
    """
    if url == LOCAL_REMOTE:
        return url
    remote = open_remote(url, root=root)
    full = parse_full_reference(url)
    if full is not None and full.reference:
        raise UsageError(
            f"{url} names a bundle, not a remote",
            not_done=not_done,
            hint=f"give {full.url}; `push --tag` takes tags",
        )
    path = url.removeprefix(_LAYOUT)
    if not url.startswith("file:") and (path == url or not os.path.isabs(path)):
        return url
    portable = _portable(remote.url.removeprefix(_LAYOUT), str(root))
    if portable is None:
        raise UsageError(
            f"{url} is a place on this machine, and config.yaml is for everybody",
            not_done=not_done,
            hint="give a folder relative to the project (layout:../store) or to the home folder "
            "(layout:~/store; a link will do), `local` for a store of your own, or --remote for "
            "one command",
        )
    return _LAYOUT + portable


def _portable(path: str, root: str) -> str | None:
    """An absolute path from the project, or from the home folder; None where neither is near."""
    around = os.path.dirname(root)
    for place in (path, os.path.realpath(path)):
        if around != os.path.sep and os.path.commonpath((around, place)) == around != place:
            return Path(os.path.relpath(place, root)).as_posix()
    home = os.path.expanduser("~")
    if os.path.isabs(home) and home != os.path.sep and path.startswith(f"{home}{os.path.sep}"):
        return f"~{path[len(home) :]}"
    return None
