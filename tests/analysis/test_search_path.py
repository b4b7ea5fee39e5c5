"""What a program adds to `sys.path` while it runs: each way beside its near misses."""

from __future__ import annotations

import io
import zipfile

import pytest

from modelops_bundle.analysis.project import AnalysisRequest, analyse
from modelops_bundle.core.observation import Closure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from support.trees import memory_tree

PROJECT: dict[str, str | bytes] = {
    "lib/extra.py": "",
    "lib/pk/__init__.py": "",
    "p/__init__.py": "",
    "p/near.py": "",
}
HERE = "import os, sys\nfrom pathlib import Path\n"


def analysed(
    sources: dict[str, str | bytes], path: str = "main.py"
) -> tuple[Closure, list[tuple[str, int]]]:
    """The closure of one file, and the code and line of each finding."""
    entry = BundlePath(path)
    analysis = analyse(
        memory_tree({**PROJECT, **sources}), AnalysisRequest(entries=((Kind.MODEL, entry, "M"),))
    )
    found = [(one.code, one.location.line) for one in analysis.findings if one.location]
    return analysis.closures[entry], found


@pytest.mark.parametrize(
    "edit",
    [
        "sys.path.insert(0, 'lib')",
        "sys.path.append('./lib')",
        "sys.path.extend(['nowhere', 'lib'])",
        "sys.path += ['lib']",
        "sys.path[:0] = ['lib']",
        "sys.path[0:0] = ('lib',)",
        "sys.path = ['lib'] + sys.path",
        "sys.path = [*sys.path, 'lib']",
        "from sys import path as q\nq.append('lib')",
        "import site\nsite.addsitedir('lib')",
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))",
        "sys.path.insert(1, os.path.join(os.getcwd(), 'lib'))",
        "sys.path.append(str(Path(__file__).resolve().parent / 'lib'))",
        "LIB = Path(__file__).parent / 'lib'\nsys.path.append(str(LIB))",
        "for name in ('lib', 'p'):\n    sys.path.append(name)",
        "def prepare():\n    sys.path.append('lib')",
    ],
)
def test_folders_of_the_project_are_searched(edit: str) -> None:
    closure, findings = analysed({"main.py": f"{HERE}{edit}\nimport extra, pk\n"})
    assert set(closure.files) == {"lib/extra.py", "lib/pk/__init__.py"}
    assert findings == []
    assert not closure.third_party


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        ("sys.path.insert(0, folder())", 3),
        ("sys.path.append(os.environ['LIB'])", 3),
        ("sys.path += folders", 3),
        ("sys.path.insert(0, '../lib')", 3),
        ("sys.path.append(str(Path(__file__).parent.parent / 'lib'))", 3),
        ("sys.path.append('/opt/lib')", 3),
    ],
)
def test_what_cannot_be_followed_is_a_warning_at_its_line(edit: str, line: int) -> None:
    closure, findings = analysed({"main.py": f"{HERE}{edit}\nimport extra\n"})
    assert closure.files == ()
    assert findings == [("MB208", line)]


@pytest.mark.parametrize(
    "edit",
    [
        "sys.path.insert(0, folder())  # mops: imports",
        "# mops: imports p.near\nsys.path.append(os.environ['LIB'])",
        "sys.path.remove('x')",
        "print(sys.path, sys.path[0])",
        "other.path.append(folder())",
        "sys.path.append('no/such/folder')",
    ],
)
def test_what_is_settled_or_adds_nothing_is_no_matter(edit: str) -> None:
    _, findings = analysed({"main.py": HERE + edit})
    assert findings == []


def test_a_folder_put_first_hides_what_the_roots_hold_and_one_put_last_does_not() -> None:
    sources: dict[str, str | bytes] = {"extra.py": "", "lib/extra.py": ""}
    for call, expected in (("insert(0, 'lib')", "lib/extra.py"), ("append('lib')", "extra.py")):
        main = f"import sys\nsys.path.{call}\nimport extra"
        closure, _ = analysed({**sources, "main.py": main})
        assert closure.files == (expected,)


def test_a_module_adds_for_all_that_are_imported_with_it_and_for_no_other_entry() -> None:
    sources: dict[str, str | bytes] = {
        "main.py": "import setup_path, user",
        "setup_path.py": "import sys\nsys.path.append('lib')",
        "user.py": "import extra",
        "other.py": "import extra",
    }
    assert set(analysed(sources)[0].files) == {"setup_path.py", "user.py", "lib/extra.py"}
    assert analysed(sources, "other.py")[0].files == ()


def test_modules_found_that_way_may_add_more() -> None:
    closure, _ = analysed(
        {
            "main.py": "import sys\nsys.path.append('lib')\nimport second",
            "lib/second.py": "import sys\nsys.path.append('deep')\nimport third",
            "deep/third.py": "",
        }
    )
    assert set(closure.files) == {"lib/second.py", "deep/third.py"}


def test_an_archive_on_the_path_counts_by_content() -> None:
    sources: dict[str, str | bytes] = {
        "main.py": "import sys\nsys.path.insert(0, 'vendor/kit.zip')\nimport kit",
        "vendor/kit.zip": b"PK",
    }
    before, findings = analysed(sources)
    after, _ = analysed({**sources, "vendor/kit.zip": b"PK2"})
    assert before.files == ("vendor/kit.zip",)
    assert findings == []
    assert before.semantics != after.semantics


def test_what_an_archive_holds_is_no_distribution() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("kit/__init__.py", "")
    closure, _ = analysed(
        {
            "main.py": "import sys\nsys.path.insert(0, 'kit.zip')\nimport kit, numpy",
            "kit.zip": stream.getvalue(),
        }
    )
    assert set(closure.third_party) == {"numpy"}


def test_a_stub_stands_for_a_module_that_is_installed() -> None:
    closure, _ = analysed({"main.py": "import kit", "kit.pyi": ""})
    assert closure.files == ("kit.pyi",)
    assert set(closure.third_party) == {"kit"}
