"""Files that cannot define models or targets are not parsed; no other file is left out."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.prefilter import candidates, interesting_words, narrowed, words_in
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.paths import BundlePath

CONVENTION = Convention(
    name="kit",
    model_bases=("simkit.Model",),
    output_decorators=("simkit.output",),
    target_decorators=("kittargets.target",),
)
MODEL = "import simkit\nclass Sir(simkit.Model): ..."
USER = "class Mine(Base): ..."


def chosen(sources: dict[str, str | bytes]) -> set[str]:
    contents = {
        BundlePath(path): text if isinstance(text, bytes) else text.encode()
        for path, text in sources.items()
    }
    interesting = interesting_words(contents, (CONVENTION,))
    words = {path: words_in(content, interesting) for path, content in contents.items()}
    return set(candidates(words, (CONVENTION,)))


def test_a_file_that_names_the_framework_is_chosen() -> None:
    sources: dict[str, str | bytes] = {
        "a.py": MODEL,
        "b.py": "from kittargets import target as t\n@t\ndef f(): ...",
        "c.py": "class C: ...",
        "d.py": "import simkit",
        "e.py": "simkitten = 1\nclass C: ...",
        "f.py": "async def f(): simkit",
    }
    assert chosen(sources) == {"a.py", "b.py", "f.py"}


@pytest.mark.parametrize(
    "use",
    [
        "from base import Base",
        "import base as b",
        "from .base import Base",
        "from . import base",
        "import importlib\nBase = importlib.import_module('base').Base",
        "from middle import Base",
        "from middle import *",
        "import deep.package",
        "from pkg import Base",
    ],
)
def test_a_file_that_reaches_such_a_file_is_chosen(use: str) -> None:
    sources: dict[str, str | bytes] = {
        "base.py": "import simkit\nBase = simkit.Model",
        "middle.py": "from base import *",
        "deep/package/__init__.py": "from middle import Base",
        "pkg/__init__.py": "from .inner import Base",
        "pkg/inner.py": "from base import Base",
        "user.py": f"{use}\n{USER}",
        "other.py": f"import json\n{USER}",
    }
    assert chosen(sources) == {"user.py"}


def test_a_bare_relative_import_reaches_the_package() -> None:
    sources: dict[str, str | bytes] = {
        "pkg/__init__.py": "from simkit import Model as Base",
        "pkg/user.py": f"from . import Base\n{USER}",
        "pkg/sub/user.py": f"from \\\n .. import Base\n{USER}",
        "pkg/other.py": USER,
        "far/user.py": f"from . import Base\n{USER}",
        "far/__init__.py": "",
    }
    assert chosen(sources) == {"pkg/user.py", "pkg/sub/user.py"}


def test_the_framework_may_be_in_the_project() -> None:
    sources: dict[str, str | bytes] = {
        "simkit/__init__.py": "from .core import Model",
        "simkit/core.py": "class Model: ...",
        "src/kittargets.py": "def target(f): ...",
    }
    assert chosen(sources) == {"simkit/core.py", "src/kittargets.py"}


@pytest.mark.parametrize(
    "content",
    [
        b"# coding: utf-7\nimport +AHM-imkit\nclass C: ...",
        "import ｓｉｍｋｉｔ\nclass C: ...".encode(),
        "# coding: latin-1\n# \xe9\nimport simkit\nclass C: ...".encode("latin-1"),
        b"\xef\xbb\xbfimport simkit\nclass C: ...",
        b"import simkit\r\nclass C: ...",
        b"import sim\\\nkit, simkit\nclass C: ...",
    ],
)
def test_unusual_bytes_hide_nothing(content: bytes) -> None:
    assert chosen({"a.py": content, "b.py": "class C: ..."}) == {"a.py"}


def test_without_conventions_nothing_is_chosen() -> None:
    words = {BundlePath("a.py"): frozenset({"class"})}
    assert candidates(words, ()) == ()


def test_a_word_without_a_way_is_not_enough() -> None:
    contents = {
        "model.py": MODEL,
        "base.py": "import model",
        "user.py": "import base\nclass Mine(base.model.Sir): ...",
        "other.py": "model = 'word'\nclass Other: ...",
        "unreadable.py": "# coding: utf-16\nclass Base: ...",
    }
    paths = {BundlePath(path): text.encode() for path, text in contents.items()}
    interesting = interesting_words(paths, (CONVENTION,))
    words = {path: words_in(content, interesting) for path, content in paths.items()}
    leads = {"user.py": ["base.py"], "base.py": ["model.py"], "other.py": []}
    found = candidates(words, (CONVENTION,))
    assert "other.py" in found
    kept = narrowed(found, words, (CONVENTION,), lambda path: map(BundlePath, leads.get(path, ())))
    assert kept == ("model.py", "unreadable.py", "user.py")


def test_each_file_is_asked_once_where_it_leads() -> None:
    paths = [BundlePath(f"f{number}.py") for number in range(200)]
    words = {path: frozenset({"simkit", "class"}) for path in paths}
    asked: list[BundlePath] = []

    def leads(path: BundlePath) -> list[BundlePath]:
        asked.append(path)
        return paths

    assert len(narrowed(paths, words, (CONVENTION,), leads)) == 200
    assert sorted(asked) == sorted(paths)
