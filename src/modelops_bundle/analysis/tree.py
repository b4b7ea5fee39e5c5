"""The files that an analysis may look at, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath


class SourceTree(Protocol):
    """A read-only view of a project: paths are relative to its root.

    Implementations list only what the project holds: no ignored file, nothing in a virtual
    environment, a dot-folder or a nested project.
    """

    def is_file(self, path: BundlePath) -> bool:
        """Whether there is a regular file at this path (exact case)."""
        ...

    def is_dir(self, path: BundlePath) -> bool:
        """Whether there is a folder at this path (exact case)."""
        ...

    def children(self, folder: BundlePath) -> Iterable[BundlePath]:
        """Files and folders directly in a folder, sorted."""
        ...

    def source_files(self) -> Iterable[BundlePath]:
        """All `.py` files, sorted."""
        ...

    def read(self, path: BundlePath) -> bytes:
        """The bytes of a file.

        Raises:
            FileNotFoundError: it is not there (any more).
        """
        ...

    def digest(self, path: BundlePath) -> Digest:
        """The content digest of the bytes that `read` gives.

        Raises:
            FileNotFoundError: as `read`.
        """
        ...
