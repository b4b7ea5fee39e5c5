"""Names taken from a framework, and a framework's source asked for them."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.framework_uses import Framework, framework_uses
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree

KIT = {
    "kit/__init__.py": "from .api import *\nfrom .api import __version__\n",
    "kit/api.py": (
        "from .base import Model\nfrom .more import *\n__version__ = '1'\n"
        "__all__ = ['Model', 'output']\n"
    ),
    "kit/base.py": "class Model: ...\n",
    "kit/more.py": "def output(name): ...\n",
    "kit/lazy.py": "def __getattr__(name): ...\n",
    "kit/sub/__init__.py": "",
}


def uses(source: str, **files: str) -> list[tuple[str, int]]:
    tree = memory_tree({"main.py": source, **{f"{name}.py": text for name, text in files.items()}})
    linker = Linker(FactsStore(ModuleIndex(tree, [ROOT])))
    found = framework_uses(linker, [BundlePath("main.py")], frozenset({"kit"}))
    assert all(one.location.path == "main.py" for one in found)
    return [(one.dotted, one.location.line) for one in found]


USES = {
    "names": ("from kit import Model, output as out", [("kit.Model", 1), ("kit.output", 1)]),
    "a module": ("import kit.base", [("kit.base", 1)]),
    "attributes": (
        "import kit as k\nk.Model\nk.base.Model",
        [("kit", 1), ("kit.Model", 2), ("kit.base.Model", 3)],
    ),
    "the first place": ("from kit import a\nfrom kit import a", [("kit.a", 1)]),
    "a star": ("from kit import *", [("kit", 1)]),
    "a failure that is caught": ("try:\n    from kit import a\nexcept ImportError: pass", []),
    "for a type checker": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kit import a",
        [],
    ),
    "another package": ("from kitten import a", []),
}


@pytest.mark.parametrize(("source", "wanted"), USES.values(), ids=USES)
def test_what_a_file_takes_from_a_framework(source: str, wanted: list[tuple[str, int]]) -> None:
    assert uses(source) == wanted


def test_a_module_of_the_project_is_no_framework() -> None:
    assert uses("from kit import a", kit="a = 1") == []


@pytest.mark.parametrize(
    "dotted",
    [
        "kit.Model",
        "kit.output",
        "kit.__version__",
        "kit.base",
        "kit.base.Model",
        "kit.sub",
        "kit.lazy.anything",
        "kit.Model.method",
        "elsewhere.name",
    ],
)
def test_a_name_that_is_there_or_may_be_is_not_lacked(dotted: str) -> None:
    assert Framework(memory_tree(KIT)).lacks(dotted) is None


@pytest.mark.parametrize(
    ("dotted", "lacked"),
    [
        ("kit.Modle", ("kit", "Modle")),
        ("kit.bsae", ("kit", "bsae")),
        ("kit.base.Modle", ("kit.base", "Modle")),
        ("kit.sub.x", ("kit.sub", "x")),
    ],
)
def test_a_name_that_is_surely_not_there_is_lacked(dotted: str, lacked: tuple[str, str]) -> None:
    assert Framework(memory_tree(KIT)).lacks(dotted) == lacked


def test_the_names_of_a_module_are_its_own_and_those_of_its_star_imports() -> None:
    assert {"Model", "output"} <= set(Framework(memory_tree(KIT)).names("kit"))
    assert list(Framework(memory_tree(KIT)).names("kit.base")) == ["Model"]


def test_places_are_those_of_the_files_that_were_asked_about() -> None:
    tree = memory_tree({"a.py": "import kit.base", "b.py": "import kit.base"})
    linker = Linker(FactsStore(ModuleIndex(tree, [ROOT])))
    found = framework_uses(linker, [BundlePath("b.py")], frozenset({"kit"}))
    assert [one.location for one in found] == [Location(BundlePath("b.py"), 1)]
