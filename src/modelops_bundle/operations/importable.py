"""Which bundles this process imports from: one of each module, and none of an older version."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import BundleError


class ModuleConflictError(BundleError):
    """Two bundles, or a bundle and what is installed, have a module of the same name."""

    code = "module-conflict"


@dataclass(slots=True)
class _Active:
    """A bundle on the import path; `users` is how often it was added."""

    folder: Path
    roots: tuple[str, ...]
    modules: frozenset[str]
    users: int = 1


class ImportableBundles:
    """The bundles on `sys.path`; one object for one process, since that is one for the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: dict[Digest, _Active] = {}

    def add(
        self,
        digest: Digest,
        folder: Path,
        source_roots: Collection[BundlePath],
        files: Collection[BundlePath],
    ) -> None:
        """Let a bundle's modules be imported, before any others of the same names.

        Args:
            folder: Where the bundle is.
            source_roots: Folders of the bundle that its modules are named from.
            files: All of it.

        Raises:
            ModuleConflictError: a module of one of its names is another bundle's, or was imported
                from elsewhere already; nothing was changed.
        """
        with self._lock:
            known = self._active.get(digest)
            if known is not None:
                known.users += 1
                return
            modules = frozenset(top_level_modules(files, source_roots))
            self._check(digest, modules, folder)
            roots = tuple(str(folder / root) for root in source_roots)
            sys.path[:0] = roots
            importlib.invalidate_caches()
            self._active[digest] = _Active(folder, roots, modules)

    def remove(self, digest: Digest) -> None:
        """Take a bundle back: what was imported from it is forgotten.

        Code that runs goes on as it is; the next import of the name is another one's.
        """
        with self._lock:
            known = self._active.get(digest)
            if known is None:
                return
            known.users -= 1
            if known.users:
                return
            del self._active[digest]
            sys.path[:] = [entry for entry in sys.path if entry not in known.roots]
            # All are found before any goes: a namespace package asks its parent where it is.
            gone = [name for name, m in list(sys.modules.items()) if _comes_from(m, known.folder)]
            for name in gone:
                del sys.modules[name]
            for entry in list(sys.path_importer_cache):
                if Path(entry).is_relative_to(known.folder):
                    del sys.path_importer_cache[entry]
            importlib.invalidate_caches()

    def _check(self, digest: Digest, modules: frozenset[str], folder: Path) -> None:
        for other, active in self._active.items():
            both = sorted(modules & active.modules)
            if both:
                raise ModuleConflictError(
                    f"bundle {digest} has the modules {', '.join(both)}, and so has {other}, which "
                    "this process imports from",
                    not_done="its modules cannot be imported",
                    hint="unregister the other one first, or use workers of their own for each",
                )
        for name in sorted(modules):
            module = sys.modules.get(name)
            if module is not None and not _comes_from(module, folder):
                place = vars(module).get("__file__") or "somewhere else"
                raise ModuleConflictError(
                    f"bundle {digest} has a module {name}, and this process has imported another "
                    f"one of that name from {place}",
                    not_done="its modules cannot be imported",
                    hint="rename it in the project, or keep the other one out of the workers",
                )


def top_level_modules(
    files: Collection[BundlePath], source_roots: Collection[BundlePath]
) -> Iterator[str]:
    """The names under which files can be imported from these folders, possibly repeated.

    A folder that is a source root itself, or leads to one, is no package of another root.
    """
    for root in source_roots:
        inner = [r for r in source_roots if r != root and r.is_within(root)]
        for path in files:
            if path.suffix != ".py" or not path.is_within(root):
                continue
            if any(path.is_within(other) for other in inner):
                continue
            parts = path.parts[len(root.parts) :]
            name = parts[0].removesuffix(".py") if len(parts) == 1 else parts[0]
            if name.isidentifier():
                yield name


def _comes_from(module: ModuleType, folder: Path) -> bool:
    # Read past `__getattr__`, which may import what a lazy module stands for.
    names = getattr(module, "__dict__", {})
    places = [names.get("__file__")]
    try:
        # A package without a file of its own, which may be in several places.
        places += [str(place) for place in names.get("__path__") or ()]
    except (KeyError, TypeError):
        return False
    return any(isinstance(place, str) and Path(place).is_relative_to(folder) for place in places)
