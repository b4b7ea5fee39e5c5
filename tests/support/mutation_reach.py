"""What a module imports, by other means than the analysis: the standard library's `modulefinder`.

It reads compiled bytecode and looks modules up as the interpreter does, so it shares no code and no
idea with the analysis. Blocks under `if TYPE_CHECKING:` are taken out first: they do not run.
"""

from __future__ import annotations

import ast
import hashlib
import io
import modulefinder
import os
import types
import warnings
from collections.abc import Iterable
from pathlib import Path


class _WithoutTyping(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        test = ast.unparse(node.test)
        if test in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"):
            node.test = ast.copy_location(ast.Constant(False), node.test)
            node.body = [ast.copy_location(ast.Pass(), node.body[0])]
        return node


def _without_future(tree: ast.Module) -> ast.Module:
    """An edit may have put something above them, which matters only when the file is run."""
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    ]
    return tree


class _Finder(modulefinder.ModuleFinder):
    """Looks in the project only, and compiles each content once."""

    def __init__(
        self,
        path: list[str],
        code: dict[tuple[str, bool], types.CodeType | None],
        scanned: dict[types.CodeType, list[object]],
        *,
        typing: bool,
    ) -> None:
        super().__init__(path=path)
        self._code = code
        self._typing = typing
        self._scanned = scanned

    def scan_opcodes(self, co):  # type: ignore[no-untyped-def]
        """As the original, remembered for each code object."""
        if co not in self._scanned:
            self._scanned[co] = list(super().scan_opcodes(co))
        return self._scanned[co]

    def find_module(self, name, path, parent=None):  # type: ignore[no-untyped-def]
        """As the original, which stumbles over folders without `__init__.py`."""
        try:
            return super().find_module(name, path, parent)
        except (TypeError, AttributeError):
            folders = (os.path.join(one, name) for one in path or self.path)
            folder = next(one for one in folders if os.path.isdir(one))
            return None, folder, ("", "", modulefinder._PKG_DIRECTORY)  # type: ignore[attr-defined]

    def load_package(self, fqname, pathname):  # type: ignore[no-untyped-def]
        """As the original, also for a folder without `__init__.py`."""
        if os.path.isfile(os.path.join(pathname, "__init__.py")):
            return super().load_package(fqname, pathname)
        module = self.add_module(fqname)
        module.__path__ = [pathname]
        return module

    def load_module(self, fqname, fp, pathname, file_info):  # type: ignore[no-untyped-def]
        """As the original, for source; with a memory."""
        _, _, kind = file_info
        if kind != modulefinder._PY_SOURCE:  # type: ignore[attr-defined]
            return super().load_module(fqname, fp, pathname, file_info)
        content = fp.read()
        code = self._compiled(content, pathname)
        module = self.add_module(fqname)
        module.__file__ = pathname
        if code is not None:
            module.__code__ = code
            self.scan_code(code, module)
        return module

    def _compiled(self, content: bytes, pathname: str) -> types.CodeType | None:
        key = (hashlib.sha256(content).hexdigest(), self._typing)
        if key not in self._code:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = _without_future(ast.parse(content))
                    if not self._typing:
                        tree = ast.fix_missing_locations(_WithoutTyping().visit(tree))
                    self._code[key] = compile(tree, pathname, "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError):
                self._code[key] = None
        return self._code[key]


class Reach:
    """Which project files an entry's module imports, one project at a time."""

    def __init__(self, root: Path, roots: Iterable[str]) -> None:
        self._root = str(root)
        self._path = [os.path.normpath(os.path.join(root, one)) for one in roots]
        self._code: dict[tuple[str, bool], types.CodeType | None] = {}
        self._scanned: dict[types.CodeType, list[object]] = {}

    def of(self, path: str, *, typing: bool = False) -> frozenset[str]:
        """Files that importing this one may load, itself included; none if it is not there.

        Args:
            path: Relative to the root.
            typing: Follow what is only imported for type checkers too.
        """
        full = os.path.join(self._root, path)
        if not os.path.isfile(full):
            return frozenset()
        finder = _Finder(self._path, self._code, self._scanned, typing=typing)
        module = self._module(full)
        try:
            finder.import_hook(module)
        except (ImportError, AttributeError):
            with open(full, "rb") as stream:
                finder.load_module("__main__", io.BytesIO(stream.read()), full, ("", "r", 1))
        found = {path}
        for one in finder.modules.values():
            file = getattr(one, "__file__", None)
            if file and file.startswith(self._root + os.sep):
                found.add(os.path.relpath(file, self._root))
        return frozenset(found)

    def _module(self, full: str) -> str:
        root = max((one for one in self._path if full.startswith(one + os.sep)), key=len)
        dotted = os.path.relpath(full, root).removesuffix(".py").replace(os.sep, ".")
        return dotted.removesuffix(".__init__")
