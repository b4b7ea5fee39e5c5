"""What differs in dependency tables and lock files, as people say it."""

from __future__ import annotations

import json

import pytest

from modelops_bundle.codec.dependency_changes import locks_differ, tables_differ


def tables(**parts: object) -> bytes:
    return json.dumps(parts).encode()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"dependencies": ["numpy>=1.26"]}, {"dependencies": ["numpy>=2.0"]},
         ["numpy >=1.26 -> >=2.0"]),
        ({"dependencies": ["numpy"]}, {"dependencies": ["NumPy >= 2.0"]},
         ["numpy any -> >= 2.0"]),
        ({"dependencies": ["numpy>=2"]}, {"dependencies": ["numpy"]}, ["numpy >=2 -> any"]),
        ({"dependencies": ["a"]}, {"dependencies": ["b[x]>1; os_name == 'nt'"]},
         ["-a", "+b [x]>1; os_name == 'nt'"]),
        ({"dependencies": ["a; x == '1'", "a>1; x == '2'"]}, {"dependencies": ["a; x == '1'"]},
         ["a ; x == '1' | >1; x == '2' -> ; x == '1'"]),
        ({"requires-python": ">=3.11"}, {"requires-python": ">=3.12"},
         ["requires-python >=3.11 -> >=3.12"]),
        ({}, {"optional-dependencies": {"plot": ["matplotlib>=3"]}},
         ["extra plot: +matplotlib >=3"]),
        ({"dependency-groups": {"dev": [{"include-group": "test"}]}},
         {"dependency-groups": {"dev": ["pytest"]}},
         ["group dev: +pytest", 'group dev: -{"include-group": "test"}']),
        ({"uv-sources": {"lib": {"path": "../a"}}}, {"uv-sources": {"lib": {"path": "../b"}}},
         ['source: lib {"path": "../a"} -> {"path": "../b"}']),
        ({"poetry": {"dependencies": {"numpy": "^1"}, "group.dev": {"ruff": "*"}}},
         {"poetry": {"dependencies": {"numpy": "^2"}}},
         ["numpy ^1 -> ^2", "group.dev: -ruff"]),
        ({"dependencies": ["a", "b"]}, {"dependencies": ["b", "a"]}, []),
        ({"dependencies": ["a @ https://x/a.whl"]}, {"dependencies": ["a @ https://x/b.whl"]},
         ["a @ https://x/a.whl -> @ https://x/b.whl"]),
    ],
)  # fmt: skip
def test_dependency_tables(old: dict[str, object], new: dict[str, object], told: list[str]) -> None:
    assert list(tables_differ(tables(**old), tables(**new))) == told


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000])
def test_what_are_no_tables_says_nothing(content: bytes) -> None:
    assert tables_differ(content, tables()) == ()
    assert tables_differ(tables(), content) == ()


def lock(**versions: str) -> bytes:
    rows = (f'[[package]]\nname = "{n}"\nversion = "{v}"\n' for n, v in versions.items())
    return "".join(rows).encode()


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        ("uv.lock", lock(starsim="3.2.0"), lock(starsim="3.3.0"), ["starsim 3.2.0 -> 3.3.0"]),
        ("poetry.lock", lock(a="1"), lock(a="1", b="2"), ["+b 2"]),
        ("pdm.lock", lock(a="1", b="2"), lock(a="1"), ["-b"]),
        ("pylock.toml", b'[[packages]]\nname = "a"\nversion = "1"\n',
         b'[[packages]]\nname = "a"\nversion = "2"\n', ["a 1 -> 2"]),
        ("uv.lock", lock(a="1") + lock(a="2"), lock(a="2"), ["a 1, 2 -> 2"]),
        ("uv.lock", lock(a="1"), b"# x\n" + lock(a="1"),
         ["the same versions; hashes or sources differ"]),
        ("uv.lock", b'[[package]]\nname = "a"\nsource = {git = "https://x?rev=1"}\n',
         b'[[package]]\nname = "a"\nsource = {git = "https://x?rev=2"}\n',
         ["a https://x?rev=1 -> https://x?rev=2"]),
        ("requirements.txt", b"numpy==1.26 \\\n  --hash=sha256:ab\n# c\nscipy\n-r base.txt\n",
         b"numpy==2.0 --hash=sha256:cd  # pinned\n-r other.txt\n",
         ["+-r other.txt", "--r base.txt", "numpy ==1.26 -> ==2.0", "-scipy"]),
        ("requirements.txt", b"a==1\n", b"\xef\xbb\xbfa==1\r\n",
         ["the same versions; hashes or sources differ"]),
        ("uv.lock", b"not [toml", lock(a="1"), []),
        ("uv.lock", lock(a="1"), b"\xff", []),
        ("requirements.txt", b"a", b"\xff", []),
        ("uv.lock", b"package = 1", b"package = [1, {name = 2}]",
         ["the same versions; hashes or sources differ"]),
    ],
)  # fmt: skip
def test_lock_files(path: str, old: bytes, new: bytes, told: list[str]) -> None:
    assert sorted(locks_differ(path, old, new)) == sorted(told)
