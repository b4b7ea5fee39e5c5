"""What a project leaves out: `.modelopsignore` in git's syntax, and what is never part of one.

Patterns are matched by pathspec, which takes longer to load than a whole warm `status` may take.
It is loaded at the first question that no cached answer settles, and not at all where there are
no patterns.
"""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

_FOLDER_SLASH = "ps_d"
_BUILT_IN = frozenset(("node_modules", "__pycache__"))
#: A folder that directly holds one of these is somebody else's: a virtual environment (PEP 405),
#: a conda environment, or a project of its own.
FOREIGN_MARKERS = ("pyvenv.cfg", "conda-meta", ".modelops-bundle")


def excluded_by_name(folder_name: str) -> bool:
    """Whether a folder of this name is never part of a project."""
    return folder_name.startswith(".") or folder_name in _BUILT_IN


class IgnoreRules:
    """The patterns of one `.modelopsignore`.

    Attributes:
        key: Differs whenever the decisions may; they are cached under it.
    """

    __slots__ = ("_lines", "_patterns", "key")

    def __init__(self, text: bytes) -> None:
        """Take the file's bytes; b"" where there is no file."""
        lines = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").split("\n")
        self._lines = [line.removesuffix("\r") for line in lines if _is_pattern(line)]
        self._patterns: list[_Pattern] | None = None
        self.key = hashlib.sha256(text).digest()

    def __bool__(self) -> bool:
        return bool(self._lines)

    def matches(self, path: str, *, folder: bool) -> bool:
        """Whether the patterns leave out this very file or folder.

        What lies below an ignored folder is ignored with it and need not be asked about: no
        pattern can bring it back (gitignore(5), "PATTERN FORMAT").

        Args:
            path: Relative to the root; no folder above it is ignored.
            folder: Whether it is a folder; a link counts as a file.
        """
        if not self._lines:
            return False
        if self._patterns is None:
            self._patterns = [pattern for line in self._lines for pattern in _compiled(line)]
            self._patterns.reverse()
        return next((p.ignores for p in self._patterns if p.means(path, folder)), False)


class _Pattern:
    """One line: what it means, and whether that is ignored or brought back."""

    __slots__ = ("_folders_only", "_regex", "ignores")

    def __init__(self, regex: Pattern[str], *, ignores: bool, folders_only: bool) -> None:
        self.ignores = ignores
        self._regex = regex
        self._folders_only = folders_only

    def means(self, path: str, folder: bool) -> bool:
        """Whether the pattern means this very path, and not one above it.

        pathspec decides about files alone, so that its expressions also match what lies below a
        folder that is meant; a group marks the slash behind that folder.
        """
        if self._folders_only and not folder:
            return False
        found = self._regex.search(path)
        return found is not None and found.groupdict().get(_FOLDER_SLASH) is None


def default_ignore_text() -> str:
    """The `.modelopsignore` that `init` writes."""
    return """\
# What is no part of this bundle, in the syntax of .gitignore. Ignored files are not looked at and
# never travel. Folders whose names begin with a dot, virtual environments, node_modules,
# __pycache__ and nested projects are left out without being named here.

# editors and systems
*~
*.swp
.DS_Store
Thumbs.db

# build and test products
/build/
/dist/
*.egg-info/
*.py[co]
/htmlcov/

# notebooks' checkpoints, logs and temporary files
*.log
*.tmp
"""


def default_private_ignore_text() -> str:
    """The `.modelops-bundle/.gitignore` that `init` writes: what is this clone's alone."""
    return "/state.json\n/cache/\n/lock\n.mops-*.tmp\n"


def _is_pattern(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _compiled(line: str) -> list[_Pattern]:
    """The line's pattern; empty if it is none, which git passes over, too."""
    import re

    from pathspec import GitIgnoreSpec
    from pathspec.pattern import RegexPattern

    text = line if line.endswith("\\ ") else line.rstrip(" ")
    try:
        found = list(GitIgnoreSpec.from_lines([text.removesuffix("/")]).patterns)
    except (ValueError, re.error):
        return []
    return [
        _Pattern(pattern.regex, ignores=pattern.include, folders_only=text.endswith("/"))
        for pattern in found
        if isinstance(pattern, RegexPattern) and pattern.regex and pattern.include is not None
    ]
