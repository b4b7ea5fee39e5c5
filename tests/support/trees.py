"""A source tree in memory, for everything that reads projects without a disk."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import ROOT, BundlePath


class MemoryTree:
    """A `SourceTree` over a mapping; counts what is read."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {BundlePath.parse(path): content for path, content in files.items()}
        self._children: dict[BundlePath, set[BundlePath]] = {ROOT: set()}
        self._digests: dict[BundlePath, Digest] = {}
        self.reads: list[BundlePath] = []
        for path in self._files:
            child = path
            while child != ROOT:
                self._children.setdefault(child.parent, set()).add(child)
                child = child.parent

    def is_file(self, path: BundlePath) -> bool:
        return path in self._files

    def is_dir(self, path: BundlePath) -> bool:
        return path in self._children

    def children(self, folder: BundlePath) -> Iterable[BundlePath]:
        return sorted(self._children.get(folder, ()))

    def source_files(self) -> Iterable[BundlePath]:
        return sorted(path for path in self._files if path.endswith(".py"))

    def read(self, path: BundlePath) -> bytes:
        self.reads.append(path)
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path]

    def digest(self, path: BundlePath) -> Digest:
        if path not in self._files:
            raise FileNotFoundError(path)
        if path not in self._digests:
            self._digests[path] = Digest.of_bytes(self._files[path])
        return self._digests[path]

    def edited(self, changes: Mapping[str, str | bytes | None]) -> MemoryTree:
        """A copy with files replaced, added, or (None) removed."""
        files: dict[str, bytes] = {str(path): content for path, content in self._files.items()}
        for path, content in changes.items():
            if content is None:
                del files[path]
            else:
                files[path] = _as_bytes(content)
        return MemoryTree(files)


def memory_tree(files: Mapping[str, str | bytes]) -> MemoryTree:
    """A tree of path -> source; text is dedented and encoded as UTF-8."""
    return MemoryTree({path: _as_bytes(content) for path, content in files.items()})


def _as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else textwrap.dedent(content).encode()
