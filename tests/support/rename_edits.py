"""What an edit of a project does to its files, in words that a table of edits can be written in."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

Files = dict[str, str]
Step = Callable[[Files], None]


def sub(path: str, old: str, new: str) -> Step:
    """Replace a text that is in a file."""

    def step(files: Files) -> None:
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new)

    return step


def name(old: str, new: str, *paths: str) -> Step:
    """Give a name another spelling, in these files or in all."""

    def step(files: Files) -> None:
        pattern = re.compile(rf"\b{re.escape(old)}\b")
        hits = 0
        for path in paths or sorted(files):
            files[path], count = pattern.subn(new, files[path])
            hits += count
        assert hits, old

    return step


def move(old: str, new: str) -> Step:
    """Move a file, or a folder with all that is in it."""

    def step(files: Files) -> None:
        moving = [path for path in files if path == old or path.startswith(f"{old}/")]
        assert moving, old
        for path, text in [(path, files.pop(path)) for path in moving]:
            files[new + path.removeprefix(old)] = text

    return step


def copy(old: str, new: str) -> Step:
    """Copy a file."""

    def step(files: Files) -> None:
        files[new] = files[old]

    return step


def put(path: str, text: str) -> Step:
    """Write a file."""

    def step(files: Files) -> None:
        files[path] = text

    return step


def drop(path: str) -> Step:
    """Delete a file."""

    def step(files: Files) -> None:
        del files[path]

    return step


def cut(path: str, symbol: str) -> Step:
    """Delete a definition."""

    def step(files: Files) -> None:
        first, last = _lines(files[path], symbol)
        lines = files[path].splitlines(keepends=True)
        files[path] = "".join([*lines[: first - 1], *lines[last:]])

    return step


def carry(path: str, symbol: str, to: str) -> Step:
    """Move a definition to the end of another file; a new one gets the old one's imports."""

    def step(files: Files) -> None:
        first, last = _lines(files[path], symbol)
        text = "".join(files[path].splitlines(keepends=True)[first - 1 : last])
        files.setdefault(to, _imports(files[path]))
        files[to] = f"{files[to].rstrip()}\n\n\n{text}"
        cut(path, symbol)(files)

    return step


def double(path: str, symbol: str, new: str) -> Step:
    """Copy a definition within its file, under another name."""

    def step(files: Files) -> None:
        first, last = _lines(files[path], symbol)
        text = "".join(files[path].splitlines(keepends=True)[first - 1 : last])
        text = text.replace(f"def {symbol}(", f"def {new}(").replace(
            f"class {symbol}(", f"class {new}("
        )
        files[path] = f"{files[path].rstrip()}\n\n\n{text}"

    return step


def append(path: str, text: str) -> Step:
    """Write at the end of a file."""

    def step(files: Files) -> None:
        files[path] = f"{files[path].rstrip()}\n\n\n{text}"

    return step


def swap(path: str, one: str, other: str) -> Step:
    """Let two definitions of a file exchange their names."""

    def step(files: Files) -> None:
        for old, new in ((one, "exchanged_"), (other, one), ("exchanged_", other)):
            name(old, new, path)(files)

    return step


def _lines(source: str, symbol: str) -> tuple[int, int]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == symbol:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            assert node.end_lineno is not None
            return first, node.end_lineno
    raise AssertionError(f"no {symbol}")


def _imports(source: str) -> str:
    """Everything above the first definition."""
    tree = ast.parse(source)
    first = next(n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))
    top = min([first.lineno, *(d.lineno for d in first.decorator_list)])
    return "".join(source.splitlines(keepends=True)[: top - 1])
