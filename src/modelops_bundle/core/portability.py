"""Which sets of paths may stand in a bundle, whoever wrote it and wherever it is unpacked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import InvalidPathError

#: The folder that holds a project's record and settings.
BUNDLE_FOLDER = ".modelops-bundle"
#: The one file below it that travels.
REGISTRY_PATH = BundlePath(f"{BUNDLE_FOLDER}/registry.yaml")

#: Usual limit of one name on ext4, XFS, APFS and NTFS, in UTF-8 bytes.
MAX_NAME_BYTES = 255
#: Leaves room for the folder a bundle is unpacked in (PATH_MAX is 4,096 on Linux, 1,024 on macOS).
MAX_PATH_BYTES = 900

#: Folders whose content makes a version control tool run programs. `git~1` is the short name that
#: NTFS may give `.git`.
_VERSION_CONTROL = frozenset({".git", "git~1", ".hg", ".svn", ".bzr"})
#: Line separators, and what turns the direction of text: a listing would show another path.
_MISLEADING = frozenset(
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
#: Paths that no rule below objects to; nearly all are, and there may be 100,000.
_PLAIN = re.compile(r"(?:\w[\w-]*(?:\.[\w-]+)*/)*\w[\w-]*(?:\.[\w-]+)*", re.ASCII)


def check_paths(paths: Iterable[str]) -> tuple[BundlePath, ...]:
    """Check that these paths can be unpacked below one folder, anywhere, and nowhere else.

    Each must be normalised already, and no two may be the same file, or a file and a folder, on a
    file system that ignores case or normalises Unicode.

    Returns:
        The paths, in the order given.

    Raises:
        InvalidPathError: with the path and what is wrong with it.
    """
    checked = tuple(check_path(text) for text in paths)
    check_together(checked)
    return checked


#: A command checks a path up to four times; more paths than that are checked each time.
@lru_cache(maxsize=1 << 14)
def check_path(text: str) -> BundlePath:
    """Check one path by itself.

    Raises:
        InvalidPathError: with the path and what is wrong with it.
    """
    if len(text) <= MAX_NAME_BYTES and _PLAIN.fullmatch(text):
        return BundlePath(text)
    path = BundlePath.parse(text)
    if path == "." or path != text:
        raise InvalidPathError(f"path is not normalised: {text!r}")
    if "\\" in text:
        raise InvalidPathError(f"backslash in path: {text!r}")
    if not text.isascii() and not _MISLEADING.isdisjoint(text):
        raise InvalidPathError(f"invisible control character in path: {text!r}")
    if len(text.encode()) > MAX_PATH_BYTES:
        raise InvalidPathError(f"path is longer than {MAX_PATH_BYTES} bytes: {text[:80]!r}...")
    for name in path.parts:
        _check_name(name, text)
    folded = _folded(path.parts[0])
    if folded == BUNDLE_FOLDER and path != REGISTRY_PATH:
        raise InvalidPathError(f"reserved path: {text!r}")
    return path


def _check_name(name: str, text: str) -> None:
    if len(name.encode()) > MAX_NAME_BYTES:
        raise InvalidPathError(f"name is longer than {MAX_NAME_BYTES} bytes: {name[:80]!r}...")
    if name[1:2] == ":" and name[0].isascii() and name[0].isalpha():
        raise InvalidPathError(f"drive letter in path: {text!r}")
    folded = _folded(name)
    if not folded:
        raise InvalidPathError(f"name that no file system keeps: {text!r}")
    if folded in _VERSION_CONTROL:
        raise InvalidPathError(f"reserved path: {text!r}")
    if folded == BUNDLE_FOLDER and not text.startswith(f"{BUNDLE_FOLDER}/"):
        raise InvalidPathError(f"reserved path: {text!r}")


def check_together(paths: Iterable[BundlePath]) -> None:
    """Check that no two paths, each of them sound, are one file, or a file and a folder.

    Every file and every folder on the way to it is compared, each once, by its folded name.

    Raises:
        InvalidPathError: two are, with both.
    """
    seen: dict[str, BundlePath] = {}
    folders: dict[BundlePath, str] = {BundlePath("."): ""}
    files: set[str] = set()
    for path in paths:
        key = _folded_folder(path.parent, folders, seen) + _folded(path.name)
        other = seen.setdefault(key, path)
        if key in files or other != path:
            raise InvalidPathError(f"two paths for one file: {other!r} and {path!r}")
        files.add(key)
    for folder, key in folders.items():
        if key.removesuffix("/") in files:
            raise InvalidPathError(f"path is both a file and a folder: {folder!r}")


def _folded_folder(
    folder: BundlePath, folders: dict[BundlePath, str], seen: dict[str, BundlePath]
) -> str:
    """The folded form of a folder with a slash at its end; the root's is empty."""
    pending: list[BundlePath] = []
    while folder not in folders:
        pending.append(folder)
        folder = folder.parent
    for below in reversed(pending):
        key = folders[below.parent] + _folded(below.name)
        other = seen.setdefault(key, below)
        if other != below:
            raise InvalidPathError(f"two paths for one file: {other!r} and {below!r}")
        folders[below] = key + "/"
    return folders[pending[0]] if pending else folders[folder]


def _folded(name: str) -> str:
    """The name as the most forgiving file systems compare it.

    Case and normalisation as in Unicode, "Canonical Caseless Matching" (D145); HFS+ ignores format
    characters, and NTFS dots and spaces at the end.
    """
    if name.isascii():
        return name.lower().rstrip(". ")
    visible = "".join(c for c in name if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", visible).casefold())
    return folded.rstrip(". ")
