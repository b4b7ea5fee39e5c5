"""Pure packages never touch disk, network, clock, environment or logging (architecture.md).

The test reads syntax trees: it names what a pure module may import and what it may not call, so
that a new import is a decision that somebody takes here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "modelops_bundle"
PURE = ("core", "codec", "conventions", "analysis", "preflight")
FILES = sorted(path for name in PURE for path in (PACKAGE / name).rglob("*.py"))

#: Everything that pure modules may import from outside the program.
ALLOWED_IMPORTS = frozenset(
    """
    __future__ ast base64 binascii bisect builtins codecs collections contextlib dataclasses
    difflib enum fnmatch fractions functools hashlib heapq io itertools json keyword math numbers
    operator posixpath re string struct symtable sys textwrap threading token tokenize tomllib types
    typing unicodedata warnings yaml
    """.split()  # noqa: SIM905 - a column of names is not readable
)
#: What of those reaches outside the process after all, or depends on where it runs.
FORBIDDEN_NAMES = frozenset(
    """
    codecs.open hashlib.file_digest io.FileIO io.open io.open_code sys.argv sys.executable sys.exit
    sys.modules sys.path sys.platform sys.stderr sys.stdin sys.stdout tokenize.open
    """.split()  # noqa: SIM905 - a column of names is not readable
)
FORBIDDEN_BUILTINS = frozenset(
    "__import__ breakpoint compile eval exec exit input open print quit".split()  # noqa: SIM905
)
#: Methods that read or write through an object that somebody else named: a path, a clock. Those
#: of `self` are a class's own, since no class can be derived from what cannot be imported.
FORBIDDEN_METHODS = frozenset(
    """
    chmod cwd expanduser getenv glob home iterdir mkdir now putenv read_bytes read_text rglob
    rmdir stat symlink_to today touch unlink urlopen utcnow write_bytes write_text
    """.split()  # noqa: SIM905 - a column of names is not readable
)


def impurities(source: str) -> list[str]:
    """What a module of a pure package must not do, as `line: what`."""
    return [f"{line}: {what}" for line, what in sorted(_impurities(ast.parse(source)))]


def _impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name.partition(".")[0]] = alias.name
                yield from _imported(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from _imported(node.lineno, "." * node.level + module)
            for alias in node.names:
                if f"{module}.{alias.name}" in FORBIDDEN_NAMES:
                    yield node.lineno, f"{module}.{alias.name}"
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_BUILTINS:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            name = f"{modules.get(owner, owner)}.{node.attr}"
            if name in FORBIDDEN_NAMES:
                yield node.lineno, name
            elif node.attr in FORBIDDEN_METHODS and owner != "self" and id(node) in called:
                yield node.lineno, f".{node.attr}"


def _imported(line: int, module: str) -> Iterator[tuple[int, str]]:
    top = module.partition(".")[0]
    if top not in ALLOWED_IMPORTS and top != "modelops_bundle":
        yield line, f"import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_pure_module_stays_inside_the_process(path: Path) -> None:
    assert impurities(path.read_text(encoding="utf-8")) == []


def test_pure_packages_are_where_this_test_looks_for_them() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in FILES} == set(PURE)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os", "1: import os"),
        ("import os.path as p", "1: import os.path"),
        ("from pathlib import Path", "1: import pathlib"),
        ("from time import monotonic", "1: import time"),
        ("import datetime", "1: import datetime"),
        ("import random", "1: import random"),
        ("import logging", "1: import logging"),
        ("import subprocess", "1: import subprocess"),
        ("import socket", "1: import socket"),
        ("from . import sibling", "1: import ."),
        ("def f():\n    import tempfile", "2: import tempfile"),
        ("open('x')", "1: open"),
        ("read = open", "1: open"),
        ("print('x')", "1: print"),
        ("exec('x')", "1: exec"),
        ("import io\nio.open('x')", "2: io.open"),
        ("from io import open_code", "1: io.open_code"),
        ("import sys as s\ns.stdout", "2: sys.stdout"),
        ("from sys import argv", "1: sys.argv"),
        ("x.read_text()", "1: .read_text"),
        ("x.unlink()", "1: .unlink"),
        ("clock.now()", "1: .now"),
        ("self.path.read_bytes()", "1: .read_bytes"),
    ],
)
def test_the_test_sees_what_it_forbids(source: str, found: str) -> None:
    assert impurities(source) == [found]


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.version_info",
        "import sys\nsys.stdlib_module_names",
        "import io\nio.BytesIO()",
        "text = 'open(x); print(y)'",
        "tree.read(path)",
        "fact.open = True",
        "self.read_text(node)",
        "opened = 1",
        "from modelops_bundle.core.digest import Digest",
        "import hashlib\nhashlib.sha256()",
    ],
)
def test_near_misses_are_allowed(source: str) -> None:
    assert impurities(source) == []
