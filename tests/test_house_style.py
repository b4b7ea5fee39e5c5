"""What the house style says of size, names and types, and what no committed file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "modelops_bundle"
SOURCES = sorted(PACKAGE.rglob("*.py"))

MODULE_LINES = 400
FUNCTION_LINES = 50
UNTYPED_PACKAGE = PACKAGE / "codec"
FORBIDDEN_WORDS = frozenset({"util", "utils", "helpers", "manager", "managers", "misc"})

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def definitions(tree: ast.Module) -> Iterator[Definition]:
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            yield node


def words(name: str) -> set[str]:
    """The words of a `snake_case` or `CamelCase` name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)}


def long_functions(tree: ast.Module) -> list[str]:
    return [
        f"{node.lineno}: {node.name}"
        for node in definitions(tree)
        if not isinstance(node, ast.ClassDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]


def badly_named(stem: str, tree: ast.Module) -> list[str]:
    names = [stem, *(node.name for node in definitions(tree))]
    return [name for name in names if words(name) & FORBIDDEN_WORDS]


def uses_of_any(tree: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and any(a.name == "Any" for a in node.names))
        or (isinstance(node, ast.Attribute) and node.attr == "Any")
    ]


source_files = pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE))
)


@source_files
def test_a_module_is_short_and_says_what_it_knows(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MODULE_LINES
    docstring = ast.get_docstring(tree_of(path))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))


@source_files
def test_functions_are_short(path: Path) -> None:
    assert long_functions(tree_of(path)) == []


@source_files
def test_names_say_what_things_are(path: Path) -> None:
    assert badly_named(path.stem, tree_of(path)) == []


@source_files
def test_nothing_is_untyped_outside_the_codec(path: Path) -> None:
    if not path.is_relative_to(UNTYPED_PACKAGE):
        assert uses_of_any(tree_of(path)) == []


def test_the_tests_see_what_they_forbid() -> None:
    body = "\n".join("    pass" for _ in range(FUNCTION_LINES - 1))
    assert long_functions(ast.parse(f"def f():\n{body}")) == []
    assert long_functions(ast.parse(f"def f():\n{body}\n    pass")) == ["1: f"]
    assert badly_named("path_utils", ast.parse("class CacheManager: ...")) == [
        "path_utils",
        "CacheManager",
    ]
    assert badly_named("manage", ast.parse("def manages(): ...")) == []
    assert uses_of_any(ast.parse("import typing\nx: typing.Any")) == [2]
    assert uses_of_any(ast.parse("from typing import Any, NamedTuple")) == [1]
    assert uses_of_any(ast.parse("from typing import NamedTuple\nx = any([])")) == []


# Put together here, so that this file does not hold what it forbids.
_MACHINE_FOLDERS = ("work", "root", "home/[a-z][a-z0-9_-]*", "Users/[A-Za-z][A-Za-z0-9_-]*")
_SCRATCH_FOLDERS = ("brief", "devvenv", "bash_jobs")
_INDEX_HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("crates", "io"))
MACHINE_PATH = re.compile(
    rf"(?<![\w.~}}-])/(?:(?:{'|'.join(_MACHINE_FOLDERS)})|tmp/(?:{'|'.join(_SCRATCH_FOLDERS)}))/"
)
INDEX_HOST = re.compile("|".join(rf"\b{name}\.{domain}\b" for name, domain in _INDEX_HOSTS))


def committed_files() -> list[Path]:
    """Everything that version control holds, as it is in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def occurrences(pattern: re.Pattern[str], text: str) -> list[str]:
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("pattern", [MACHINE_PATH, INDEX_HOST], ids=["path", "index"])
def test_no_committed_file_knows_a_machine_or_a_package_index(pattern: re.Pattern[str]) -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in committed_files()
        if (lines := occurrences(pattern, path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("pattern", "text", "seen"),
    [
        (MACHINE_PATH, "cd /" + "work/main", True),
        (MACHINE_PATH, "'/" + "root/x'", True),
        (MACHINE_PATH, "/" + "tmp/devvenv/bin", True),
        (MACHINE_PATH, "/" + "home/ann/project", True),
        (MACHINE_PATH, "docs/work/main", False),
        (MACHINE_PATH, "/" + "tmp/x", False),
        (MACHINE_PATH, "~/work/x", False),
        (INDEX_HOST, "https://" + "pypi" + ".org/simple", True),
        (INDEX_HOST, "files." + "pythonhosted" + ".org", True),
        (INDEX_HOST, "PyPI starsim", False),
    ],
)
def test_the_patterns_match_what_they_mean(pattern: re.Pattern[str], text: str, seen: bool) -> None:
    assert bool(occurrences(pattern, text)) is seen
