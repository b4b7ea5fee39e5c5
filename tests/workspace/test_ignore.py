"""Ignore rules, with git itself as the oracle."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.workspace.ignore import (
    IgnoreRules,
    default_ignore_text,
    default_private_ignore_text,
    excluded_by_name,
)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle")
_GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C",
}
TREE = ("a", "a.txt", "b/a", "b/a.txt", "b/c/a", "b/c/d.txt", "c/b/x y", "c/d.txt", "d/a/b/c.txt")


@pytest.fixture(scope="module")
def git_tree() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path in TREE:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(b"")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True, env=_GIT_ENVIRONMENT)
        yield root


def ignored_by_git(root: Path, text: str) -> set[str]:
    (root / ".gitignore").write_text(text, encoding="utf-8")
    found = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=root,
        input=b"\0".join(path.encode() for path in TREE),
        capture_output=True,
        check=False,
        env=_GIT_ENVIRONMENT,
    )
    assert found.returncode in (0, 1), found.stderr
    return {path.decode() for path in found.stdout.split(b"\0") if path}


def ignored_by_us(text: str) -> set[str]:
    rules = IgnoreRules(text.encode())

    def ignored(path: str) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts))]
        return any(rules.matches(folder, folder=True) for folder in above) or rules.matches(
            path, folder=False
        )

    return {path for path in TREE if ignored(path)}


@needs_git
@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a/",
        "/a",
        "/b/",
        "b/c",
        "*.txt\n!b/a.txt",
        "/*\n!/b/\n/b/*\n!/b/c/",
        "*\n!*/\n!*.txt",
        "*.txt\n!b",
        "*.txt\n!b/",
        "b\n!b/a.txt",
        "**/a",
        "b/**",
        "b/**/d.txt",
        "x\\ y",
        "x y",
        "a.txt   ",
        "# a\n\\#a",
        "\\!a",
        "[ab].txt",
        "[!a].txt",
        "?",
        "[a",
        "!",
        "/",
        "",
        "\ufeffa",
        "a\r\nd.txt\r\n",
        "b/*/a",
        "*/",
    ],
)
def test_decides_as_git_does(git_tree: Path, text: str) -> None:
    assert ignored_by_us(text) == ignored_by_git(git_tree, text)


# Three stars in a row are left out: pathspec takes them for one, git for two.
_segment = st.text(alphabet="abcd*?.xt", min_size=1, max_size=3).filter(
    lambda text: "***" not in text
) | st.sampled_from(["a", "b", "c", "*", "**", "*.txt", "d.txt", "[a-c]", "?"])
_pattern = st.builds(
    lambda negated, lead, parts, tail: negated + lead + "/".join(parts) + tail,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(_segment, min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
)


@needs_git
@given(st.lists(_pattern, min_size=1, max_size=4))
def test_any_patterns_decide_as_git_does(git_tree: Path, patterns: list[str]) -> None:
    text = "\n".join(patterns)
    assert ignored_by_us(text) == ignored_by_git(git_tree, text)


def test_without_patterns_nothing_is_left_out() -> None:
    rules = IgnoreRules(b"\n# only a comment\n\n")

    assert not rules
    assert not rules.matches("a", folder=False)


def test_a_line_that_is_no_pattern_does_not_spoil_the_others() -> None:
    rules = IgnoreRules(b"!\n//\n[z-a]\nkept.txt\n")

    assert rules.matches("kept.txt", folder=False)
    assert not rules.matches("other.txt", folder=False)


def test_the_key_follows_the_text() -> None:
    assert IgnoreRules(b"a").key == IgnoreRules(b"a").key
    assert IgnoreRules(b"a").key != IgnoreRules(b"b").key


def test_patterns_that_are_not_utf8_match_names_that_are_not() -> None:
    assert IgnoreRules(b"\xff*").matches(os.fsdecode(b"\xffname"), folder=False)


@pytest.mark.parametrize("name", [".venv", ".git", "node_modules", "__pycache__"])
def test_some_folders_are_never_part_of_a_project(name: str) -> None:
    assert excluded_by_name(name)


@pytest.mark.parametrize("name", ["models", "pycache", "modules", "venv"])
def test_other_folders_may_be(name: str) -> None:
    assert not excluded_by_name(name)


@pytest.mark.parametrize(
    "path", ["data/observed.csv", "models/sir.py", "data/build/x.csv", "README.md", "uv.lock"]
)
def test_the_default_rules_leave_data_and_code_alone(path: str) -> None:
    assert not IgnoreRules(default_ignore_text().encode()).matches(path, folder=False)


def test_the_default_rules_leave_out_build_products() -> None:
    rules = IgnoreRules(default_ignore_text().encode())

    assert rules.matches("build", folder=True)
    assert rules.matches("models/sir.pyc", folder=False)


def test_what_is_this_clones_alone_is_kept_from_version_control() -> None:
    rules = IgnoreRules(default_private_ignore_text().encode())

    assert rules.matches("state.json", folder=False)
    assert rules.matches("cache", folder=True)
    assert rules.matches("lock", folder=False)
    assert not rules.matches("registry.yaml", folder=False)
