"""Which files of the project its code names as data, and for which entries such a place speaks."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from modelops_bundle.core.paths import BundlePath


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRead:
    """A place in the code that names files of the project.

    Attributes:
        path: The file; or the folder whose files are listed, or matched with a pattern.
        line: 1-based.
        holder: The top-level definition that it stands in, or the constant that it is assigned
            to; "" for code that runs when the module is imported.
        files: For a folder, the files in it that are meant, sorted, as many as `MAX_FILES`; None
            for a file.
        sure: False for a folder that is named and may not be read.
    """

    path: BundlePath
    line: int
    holder: str = ""
    files: tuple[BundlePath, ...] | None = None
    sure: bool = True

    @property
    def named(self) -> tuple[BundlePath, ...]:
        """The files that are read."""
        return (self.path,) if self.files is None else self.files


#: More files of one folder are not listed.
MAX_FILES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReads:
    """What one source file names.

    Attributes:
        reads: By line.
        users: For each holder, the top-level definitions and constants of the file that mention
            it; "" for code that runs when the module is imported.
        names: Last parts of everything in it that looks like a path, be there such a file or not.
        computed: It also builds paths that only the running program knows.
    """

    reads: tuple[DataRead, ...] = ()
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    computed: bool = False

    def speaks_for(self, read: DataRead, own: str, others: Container[str]) -> bool:
        """Whether a place counts for an entry.

        It does not where only definitions of other registered entries can lead to it.

        Args:
            read: One of `reads`.
            own: The entry's top-level symbol, if this is its file, or "".
            others: Top-level symbols of the other entries of this file.
        """
        seen: set[str] = set()
        pending = [read.holder]
        for holder in pending:
            if holder in seen:
                continue
            seen.add(holder)
            if not holder or holder == own:
                return True
            if holder in others:
                continue
            users = self.users.get(holder, ())
            if not users:
                return True
            pending += users
        return False
