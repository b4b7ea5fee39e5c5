"""Folders that code adds to a package's `__path__`: each way beside its near misses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.analysis.project import AnalysisRequest, analyse
from modelops_bundle.core.observation import Closure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from support.trees import memory_tree

PROJECT: dict[str, str] = {
    "main.py": "from pkg import extra\n",
    "pkg/own.py": "",
    "plugins/extra.py": "from . import own\n",
    "plugins/unused.py": "",
    "elsewhere.py": "",
}
IMPORTS = "import os, sys\nfrom pathlib import Path\n"
FOLLOWED = [
    "__path__.append(os.path.join(os.path.dirname(__file__), '..', 'plugins'))",
    "__path__.append(os.path.join(__path__[0], '..', 'plugins'))",
    "__path__.insert(0, str(Path(__file__).parent.parent / 'plugins'))",
    "__path__.extend([os.path.join(os.path.dirname(os.path.dirname(__file__)), 'plugins')])",
    "__path__ += [str(Path(__file__).parents[1] / 'plugins')]",
    "__path__ = [*__path__, str(Path(__file__).parents[1] / 'plugins')]",
    "__path__ = list(__path__) + [str(Path(__file__).parents[1] / 'plugins')]",
    "__path__[:0] = [str(Path(__file__).parents[1] / 'plugins')]",
    "for name in ('plugins', 'nowhere'):\n"
    "    __path__.append(os.path.join(os.path.dirname(__file__), '..', name))",
]


def analysed(sources: dict[str, str], path: str = "main.py") -> tuple[Closure, list[str]]:
    """The closure of one file, and the findings as `code line`."""
    entry = BundlePath(path)
    tree = memory_tree({**PROJECT, **sources})
    analysis = analyse(tree, AnalysisRequest(entries=((Kind.MODEL, entry, "M"),)))
    found = [f"{one.code} {one.location.line}" for one in analysis.findings if one.location]
    return analysis.closures[entry], found


@pytest.mark.parametrize("edit", FOLLOWED)
def test_submodules_are_looked_for_in_folders_that_a_package_adds(edit: str) -> None:
    closure, found = analysed({"pkg/__init__.py": f"{IMPORTS}{edit}\n"})
    assert set(closure.files) == {"pkg/__init__.py", "plugins/extra.py", "pkg/own.py"}
    assert found == []


@pytest.mark.parametrize("edit", FOLLOWED)
def test_python_finds_it_there_too(edit: str, tmp_path: Path) -> None:
    for path, text in {**PROJECT, "pkg/__init__.py": f"{IMPORTS}{edit}\n"}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    program = "import sys, main; print(sys.modules['pkg.extra'].__file__)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).resolve() == tmp_path.resolve() / "plugins" / "extra.py"


@pytest.mark.parametrize(
    "edit",
    [
        "import pkg\npkg.__path__.append('plugins')",
        "import pkg as p\np.__path__ += ['plugins']",
        "import pkg\nsetattr(pkg, '__path__', [*pkg.__path__, 'plugins'])",
        "import pkg\npkg.__path__ = ['plugins', *pkg.__path__]",
    ],
)
def test_another_module_may_add_to_a_package(edit: str) -> None:
    main = f"{edit}\nfrom pkg import extra\n"
    closure, found = analysed({"pkg/__init__.py": "", "main.py": main})
    assert set(closure.files) == {"pkg/__init__.py", "plugins/extra.py", "pkg/own.py"}
    assert found == []


def test_a_folder_that_is_put_first_hides_what_the_package_holds() -> None:
    both = {"pkg/extra.py": "", "plugins/extra.py": ""}
    for edit, expected in (
        ("__path__.insert(0, 'plugins')", "plugins/extra.py"),
        ("__path__.append('plugins')", "pkg/extra.py"),
    ):
        closure, _ = analysed({**both, "pkg/__init__.py": edit})
        assert set(closure.files) == {"pkg/__init__.py", expected}


def test_a_module_with_a_path_is_a_package() -> None:
    closure, found = analysed({"pkg.py": "__path__ = ['plugins']", "plugins/extra.py": ""})
    assert set(closure.files) == {"pkg.py", "plugins/extra.py"}
    assert found == []


@pytest.mark.parametrize(
    "edit",
    [
        "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)",
        "__path__ = __import__('pkgutil').extend_path(__path__, __name__)",
    ],
)
def test_the_packages_of_one_name_in_several_roots_are_one(edit: str) -> None:
    sources = {
        "pkg/__init__.py": edit,
        "src/pkg/__init__.py": edit,
        "src/pkg/extra.py": "",
        "plugins/extra.py": "",
    }
    closure, found = analysed(sources)
    assert "src/pkg/extra.py" in closure.files
    assert found == []


@pytest.mark.parametrize(
    "edit",
    [
        "__path__.append(folder())",
        "__path__.append(os.environ['PLUGINS'])",
        "__path__ = find(__path__)",
        "path = __path__\npath.append('plugins')",
        "sys.modules[__name__].__path__ = folders()",
        "setattr(sys.modules[__name__], '__path__', folders())",
    ],
)
def test_what_cannot_be_told_counts_as_any_file_and_is_a_warning(edit: str) -> None:
    closure, found = analysed({"pkg/__init__.py": f"{IMPORTS}{edit}\n"})
    assert {"plugins/extra.py", "elsewhere.py"} <= set(closure.files)
    assert found == ["MB204 3"]


def test_a_package_that_cannot_be_told_gets_the_whole_folder() -> None:
    edit = "import sys\nsys.modules[__name__].__path__.append('plugins')\n"
    closure, found = analysed({"pkg/__init__.py": edit})
    assert {"plugins/extra.py", "plugins/unused.py"} <= set(closure.files)
    assert "elsewhere.py" not in closure.files
    assert found == []


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ("__path__.append(folder())  # mops: imports plugins.extra", []),
        ("import pkgutil\nlist(pkgutil.iter_modules(__path__))", []),
        ("print(__path__, len(__path__), __path__[0])", []),
        ("__path__.append('no/such/folder')", []),
        ("other.path.append(folder())", []),
        ("TEXT = '__path__'", []),
        ("__path__.append('/opt/plugins')", ["MB208 1"]),
        ("__path__.append('../../plugins')", ["MB208 1"]),
    ],
)
def test_near_misses_widen_nothing(edit: str, found: list[str]) -> None:
    closure, seen = analysed({"pkg/__init__.py": edit, "main.py": "import pkg\n"})
    assert "elsewhere.py" not in closure.files
    assert seen == found
