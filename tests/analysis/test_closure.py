"""What importing a module can run: each import form beside its near misses."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.closure import closure_of
from modelops_bundle.analysis.modules import ModuleIndex, default_source_roots
from modelops_bundle.core.observation import LONGEST_CHAIN, Closure
from modelops_bundle.core.paths import BundlePath
from support.trees import MemoryTree, memory_tree

PACKAGE = {"p/__init__.py": "", "p/a.py": "", "p/b.py": "", "p/q/__init__.py": "", "p/q/c.py": ""}


def closure(tree: MemoryTree, path: str = "main.py") -> Closure:
    return closure_of(ModuleIndex(tree, default_source_roots(tree)), BundlePath(path))


def files(sources: dict[str, str | bytes], path: str = "main.py") -> set[str]:
    return set(closure(memory_tree(sources), path).files)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import p", {"p/__init__.py"}),
        ("import p.a", {"p/__init__.py", "p/a.py"}),
        ("import p.a as x", {"p/__init__.py", "p/a.py"}),
        ("import p.q.c", {"p/__init__.py", "p/q/__init__.py", "p/q/c.py"}),
        ("from p import a", {"p/__init__.py", "p/a.py"}),
        ("from p import a, b as x", {"p/__init__.py", "p/a.py", "p/b.py"}),
        ("from p.q import c", {"p/__init__.py", "p/q/__init__.py", "p/q/c.py"}),
        ("from p import *", {"p/__init__.py"}),
        ("from p.a import anything", {"p/__init__.py", "p/a.py"}),
        ("if x:\n import p.a\nelse:\n import p.b", {"p/__init__.py", "p/a.py", "p/b.py"}),
        ("try:\n import p.a\nexcept E:\n import p.b", {"p/__init__.py", "p/a.py", "p/b.py"}),
        ("try:\n pass\nfinally:\n import p.a", {"p/__init__.py", "p/a.py"}),
        ("with x:\n import p.a", {"p/__init__.py", "p/a.py"}),
        ("for x in y:\n import p.a", {"p/__init__.py", "p/a.py"}),
        ("while x:\n pass\nelse:\n import p.a", {"p/__init__.py", "p/a.py"}),
        ("match x:\n case 1:\n  import p.a", {"p/__init__.py", "p/a.py"}),
        ("def f():\n import p.a", {"p/__init__.py", "p/a.py"}),
        ("class C:\n async def f(self):\n  from p import a", {"p/__init__.py", "p/a.py"}),
        ("x = 'import p.a'", set()),
        ("# import p.a", set()),
        ("import q", set()),
        ("import p.missing", {"p/__init__.py"}),
        ("from p import missing", {"p/__init__.py"}),
        ("import P", set()),
        ("import main", set()),
    ],
)
def test_import_statements(source: str, expected: set[str]) -> None:
    assert files({**PACKAGE, "main.py": source}) == expected


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("p/q/c.py", "from . import d", {"p/__init__.py", "p/q/__init__.py", "p/q/d.py"}),
        ("p/q/c.py", "from .d import x", {"p/__init__.py", "p/q/__init__.py", "p/q/d.py"}),
        ("p/q/c.py", "from .. import a", {"p/__init__.py", "p/q/__init__.py", "p/a.py"}),
        ("p/q/c.py", "from ..a import x", {"p/__init__.py", "p/q/__init__.py", "p/a.py"}),
        ("p/q/c.py", "from ... import a", {"p/__init__.py", "p/q/__init__.py"}),
        ("p/q/__init__.py", "from . import d", {"p/__init__.py", "p/q/d.py"}),
        ("p/q/__init__.py", "from .. import a", {"p/__init__.py", "p/a.py"}),
        ("p/a.py", "", {"p/__init__.py"}),
        ("p/__init__.py", "", set()),
    ],
)
def test_relative_imports_and_parent_packages(path: str, source: str, expected: set[str]) -> None:
    assert files({**PACKAGE, "p/q/d.py": "", path: source}, path) == expected


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("__all__ = ['a']", {"p/a.py"}),
        ("__all__ = ('a', 'b')", {"p/a.py", "p/b.py"}),
        ("__all__ = ['a']\n__all__ += ['b']", {"p/a.py", "p/b.py"}),
        ("__all__ = ['a']\n__all__.append('b')", {"p/a.py", "p/b.py"}),
        ("__all__ = []\n__all__.extend(['q'])", {"p/q/__init__.py"}),
        ("NAMES = ['b']\n__all__ = ['a'] + NAMES", {"p/a.py", "p/b.py"}),
        ("__all__ = [n for n in found()]", {"p/a.py", "p/b.py", "p/q/__init__.py"}),
        ("from .a import *\nfrom . import a\n__all__ = a.__all__", {"p/a.py"}),
        (
            "from .a import *\nfrom . import a, q\n__all__ = [*a.__all__, *q.__all__, 'b']",
            {"p/a.py", "p/b.py", "p/q/__init__.py"},
        ),
        ("__all__ = " + " + ".join(["['a']"] * 1200), {"p/a.py"}),
        ("__all__ = ['x']", set()),
        ("", set()),
    ],
)
def test_star_imports_take_submodules_that_all_names(init: str, expected: set[str]) -> None:
    found = files({**PACKAGE, "p/__init__.py": init, "main.py": "from p import *"})
    assert found == {"p/__init__.py", *expected}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import importlib\nimportlib.import_module('p.a')", {"p/a.py"}),
        ("import importlib as i\ni.import_module('p.a')", {"p/a.py"}),
        ("from importlib import import_module as m\nm('p.a')", {"p/a.py"}),
        ("from importlib import import_module\nimport_module(name='p.a')", {"p/a.py"}),
        ("import importlib\nimportlib.import_module('.a', 'p')", {"p/a.py"}),
        ("import importlib\nimportlib.import_module('.a', package='p')", {"p/a.py"}),
        ("__import__('p.a')", {"p/a.py"}),
        ("__import__('p', fromlist=['a'])", {"p/a.py"}),
        ("__import__('p', None, None, ('a', 'b'))", {"p/a.py", "p/b.py"}),
        ("import builtins\nbuiltins.__import__('p.a')", {"p/a.py"}),
        ("import runpy\nrunpy.run_module('p.a')", {"p/a.py"}),
        ("import runpy\nrunpy.run_module('p.q')", {"p/q/__init__.py", "p/q/__main__.py"}),
        ("from importlib import resources\nresources.files('p')", set()),
        ("import importlib.resources\nimportlib.resources.read_text('p.q', 'f')",
         {"p/q/__init__.py"}),
        ("import pkgutil\npkgutil.get_data('p', 'x.csv')", set()),
        ("from importlib import import_module\nN = 'p.a'\nimport_module(N)", {"p/a.py"}),
        ("from importlib import import_module\nfor n in ('a', 'b'):\n import_module('p.' + n)",
         {"p/a.py", "p/b.py"}),
        ("from importlib import import_module\nM = {'x': 'p.a'}\nimport_module(M[k])", {"p/a.py"}),
        ("from importlib import import_module\nM = 'a', 'b'\n[import_module(f'p.{m}') for m in M]",
         {"p/a.py", "p/b.py"}),
        ("from importlib import import_module\nimport_module('p.a' if x else 'p.b')",
         {"p/a.py", "p/b.py"}),
    ],
)  # fmt: skip
def test_literal_dynamic_imports(source: str, expected: set[str]) -> None:
    tree = memory_tree({**PACKAGE, "p/q/__main__.py": "", "main.py": source})
    found = closure(tree)
    assert set(found.files) == {"p/__init__.py", *expected}


@pytest.mark.parametrize(
    "source",
    [
        "import importlib\nimportlib.import_module(name)",
        "from importlib import import_module\nlist(map(import_module, names))",
        "from importlib import import_module\nN = 'q.c'\nN = other()\nimport_module(N)",
        "from importlib import import_module\ndef f(m):\n import_module(m)",
        "from importlib import import_module\nM = []\nM.append(x)\n[import_module(m) for m in M]",
        "from importlib import import_module\nimport_module(*names)",
        "from importlib import import_module\nimport_module('.a', package)",
        "__import__(name)",
        "from importlib import import_module\nfor n in other.__all__: import_module(n)",
        "import runpy\nrunpy.run_path(path)",
        "from importlib import import_module\nimport_module(f'{__name__}.{x}')",
        "import importlib.util as u\nu.spec_from_file_location('x', path)",
    ],
)
def test_a_computed_import_takes_the_whole_package(source: str) -> None:
    sources = {**PACKAGE, "p/__init__.py": source, "r.py": "", "p/q/data.txt": ""}
    assert files(sources, "p/__init__.py") == {"p/a.py", "p/b.py", "p/q/__init__.py", "p/q/c.py"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import_module(name)  # mops: imports p.a", {"p/a.py"}),
        ("# mops: imports p.a, p.b\nimport_module(name)", {"p/a.py", "p/b.py"}),
        ("import_module(\n  name,\n)  # mops:imports p.q.c", {"p/q/__init__.py", "p/q/c.py"}),
        ("import_module(name)  # mops: imports", set()),
        ("import_module(name)  # mops: imports numpy", set()),
    ],
)
def test_a_comment_settles_a_computed_import(source: str, expected: set[str]) -> None:
    head = "from importlib import import_module\n"
    found = files({**PACKAGE, "main.py": head + source})
    assert found == ({"p/__init__.py", *expected} if expected else set())


def test_a_comment_elsewhere_or_in_a_string_settles_nothing() -> None:
    for source in (
        "# mops: imports p.a\n\n\n__import__(name)",
        "x = '# mops: imports p.a'; __import__(name)",
    ):
        assert files({**PACKAGE, "main.py": source}) == set(PACKAGE)


def test_a_known_beginning_narrows_a_computed_import() -> None:
    source = "from importlib import import_module\nimport_module('p.q.' + name)"
    assert files({**PACKAGE, "main.py": source}) == {
        "p/__init__.py",
        "p/q/__init__.py",
        "p/q/c.py",
    }
    partly = "from importlib import import_module\nimport_module('p.%s_x' % name)"
    modules = {"p/a_x.py": "", "p/b_x.py": "", "r/c_x.py": "", "p/tests/d_x.py": ""}
    assert files({**PACKAGE, **modules, "main.py": partly}) == {
        "p/__init__.py",
        "p/a_x.py",
        "p/b_x.py",
    }
    outside = "from importlib import import_module\nimport_module(f'scipy.{name}')"
    assert files({**PACKAGE, "main.py": outside}) == set()


def test_a_known_end_is_looked_for_in_all_of_the_project() -> None:
    source = "from importlib import import_module\nimport_module('%s.models' % app)"
    sources = {
        "main/x.py": source,
        "one/models.py": "",
        "two/models/__init__.py": "",
        "two/a.py": "",
    }
    assert files(sources, "main/x.py") == {"one/models.py", "two/models/__init__.py"}


def test_test_files_are_meant_by_tests_alone() -> None:
    source = "from importlib import import_module\nimport_module(name)"
    sources = {
        "p/x.py": source,
        "p/a.py": "",
        "p/tests/t.py": source,
        "p/test_b.py": "",
        "p/conftest.py": "",
    }
    assert files(sources, "p/x.py") == {"p/a.py"}
    assert files(sources | {"p/test_b.py": source}, "p/test_b.py") == {
        "p/x.py",
        "p/a.py",
        "p/tests/t.py",
        "p/conftest.py",
    }


@pytest.mark.parametrize(
    "source",
    [
        "import runpy\nrunpy.run_path('p/a.py')",
        "import runpy\nfrom pathlib import Path as P\nx = P(__file__)\n"
        "runpy.run_path(x.parent / 'p/a.py')",
        "import runpy, os\nrunpy.run_path(os.path.join(os.path.dirname(__file__), 'p', 'a.py'))",
        "import runpy, os.path\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
        "runpy.run_path(HERE + '/p/a.py')",
        "import importlib.util\nimportlib.util.spec_from_file_location('x', './p/a.py')",
        "import runpy\nfrom pathlib import Path\nX = str(Path(__file__).with_name('p') / 'a.py')\n"
        "runpy.run_path(X)",
    ],
)
def test_files_that_are_run_by_path_count(source: str) -> None:
    assert files({**PACKAGE, "main.py": source}) == {"p/__init__.py", "p/a.py"}


@pytest.mark.parametrize("path", ["/etc/passwd.py", "../x.py", "p/../../x.py", "p\nq.py", ""])
def test_a_path_outside_the_project_is_ignored(path: str) -> None:
    source = f"import runpy\nrunpy.run_path({path!r})"
    assert files({**PACKAGE, "main.py": source}) == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import p", set()),
        ("import typing as t\nif t.TYPE_CHECKING:\n import p", set()),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING and x:\n import p", set()),
        ("TYPE_CHECKING = False\nif TYPE_CHECKING:\n import p", set()),
        ("from typing import TYPE_CHECKING as T\nif not TYPE_CHECKING:\n pass\nelse:\n import p",
         set()),
        ("if TYPE_CHECKING:\n pass\nelse:\n import p", {"p/__init__.py"}),
        ("if not TYPE_CHECKING:\n import p", {"p/__init__.py"}),
        ("if TYPE_CHECKING or x:\n import p", {"p/__init__.py"}),
        ("TYPE_CHECKING = True\nif TYPE_CHECKING:\n import p", {"p/__init__.py"}),
        ("if TYPE_CHECKING:\n import p\ndef __getattr__(name): ...", {"p/__init__.py"}),
        ("if OTHER:\n import p", {"p/__init__.py"}),
    ],
)  # fmt: skip
def test_what_only_type_checkers_import_is_left_out(source: str, expected: set[str]) -> None:
    assert files({"p/__init__.py": "", "main.py": source}) == expected


def test_source_roots_and_namespace_packages() -> None:
    sources: dict[str, str | bytes] = {
        "src/pkg/__init__.py": "",
        "src/pkg/a.py": "from pkg.b import x\nimport ns.deep.m",
        "src/pkg/b.py": "",
        "ns/deep/m.py": "",
    }
    expected = {"src/pkg/__init__.py", "src/pkg/b.py", "ns/deep/m.py"}
    assert files(sources, "src/pkg/a.py") == expected


def test_the_root_and_src_are_no_packages() -> None:
    sources: dict[str, str | bytes] = {"__init__.py": "", "a.py": "import b", "b.py": ""}
    assert files(sources, "a.py") == {"b.py"}


def test_a_local_module_shadows_the_standard_library_where_python_lets_it() -> None:
    sources: dict[str, str | bytes] = {
        "main.py": "import random, sys, json, os, time",
        "random.py": "",
        "sys.py": "",
        "os.py": "",
        "time.py": "",
        "json/data.py": "",
    }
    assert files(sources) == {"random.py"}


def test_compiled_modules_count_by_content() -> None:
    sources: dict[str, str | bytes] = {
        "main.py": "import fast, slow",
        "fast.cpython-311-x86_64-linux-gnu.so": b"\x7fELF\0",
        "slow.py": "x = 1",
        "slow.abi3.so": b"\x7fELF\1",
    }
    tree = memory_tree(sources)
    found = closure(tree)
    assert set(found.files) == set(sources) - {"main.py"}
    other = closure(tree.edited({"slow.abi3.so": b"\x7fELF\2"}))
    assert found.semantics != other.semantics


def test_a_member_that_does_not_parse_counts_by_content() -> None:
    tree = memory_tree({"main.py": "import bad", "bad.py": "x ="})
    assert closure(tree).files == ("bad.py",)
    edited = tree.edited({"bad.py": "x = # comment"})
    assert closure(tree).semantics != closure(edited).semantics
    own = closure(tree, "bad.py")
    assert own.files == ()
    assert list(own.semantics) == ["bad.py"]


def test_the_shortest_chain_is_kept_with_the_lines_of_its_imports() -> None:
    tree = memory_tree(
        {
            "a.py": "\nimport b\n\nimport c",
            "b.py": "import d",
            "c.py": "\n\n\n\nimport d, e",
            "d.py": "import e",
            "e.py": "import a",
        }
    )
    found = closure(tree, "a.py")
    assert found.files == ("b.py", "c.py", "d.py", "e.py")
    assert found.chain(BundlePath("d.py")) == ("a.py", "b.py", "d.py")
    assert found.chain(BundlePath("e.py")) == ("a.py", "c.py", "e.py")
    assert (found.lines["b.py"], found.lines["c.py"], found.lines["e.py"]) == (2, 4, 5)


def test_parent_packages_have_no_line() -> None:
    found = closure(memory_tree({"p/__init__.py": "", "p/a.py": ""}), "p/a.py")
    assert found.lines == {"p/__init__.py": 0}
    assert found.chain(BundlePath("p/__init__.py")) == ("p/a.py", "p/__init__.py")


def test_third_party_and_dangling_imports_are_named_with_their_first_place() -> None:
    tree = memory_tree(
        {
            "main.py": "import numpy.linalg\nimport json\nimport helper\nimport helper.gone",
            "helper/__init__.py": "import numpy, pandas as pd\nfrom . import lost",
        }
    )
    found = closure(tree)
    assert {name: str(place) for name, place in found.third_party.items()} == {
        "numpy": "main.py:1",
        "pandas": "helper/__init__.py:1",
    }
    assert found.dangling == {
        "numpy.linalg",
        "numpy",
        "pandas",
        "helper.gone",
        "helper.lost",
    }


def test_an_installed_part_of_a_local_namespace_is_third_party() -> None:
    tree = memory_tree({"main.py": "import google.protobuf", "google/mine.py": ""})
    assert set(closure(tree).third_party) == {"google"}


def test_docstrings_count_only_where_the_closure_reads_them() -> None:
    tree = memory_tree({"main.py": "import a", "a.py": "'''one'''\ndef f():\n  '''one'''\n"})
    other = tree.edited({"a.py": "'''two'''\ndef f():\n  '''two'''\n"})
    assert closure(tree).semantics == closure(other).semantics
    for reader in ("print(a.__doc__)", "import inspect\ninspect.getdoc(a)", "getsource(a)"):
        main: dict[str, str | bytes | None] = {"main.py": f"import a\n{reader}"}
        assert closure(tree.edited(main)).semantics != closure(other.edited(main)).semantics


def test_a_circle_of_many_modules_is_no_problem() -> None:
    count = 1500
    sources: dict[str, str | bytes] = {
        f"p/m{number}.py": f"from .m{(number + 1) % count} import f" for number in range(count)
    }
    found = closure(memory_tree(sources), "p/m0.py")
    assert len(found.files) == count - 1
    # Each but the first is reached from the one before it, and the chain says so.
    assert all(found.via[f"p/m{n}.py"] == f"p/m{n - 1}.py" for n in range(1, count))
    chain = found.chain(BundlePath(f"p/m{count - 1}.py"))
    assert (chain[0], chain[-1], len(chain)) == ("p/m0.py", f"p/m{count - 1}.py", LONGEST_CHAIN)


@pytest.mark.parametrize(
    "source",
    [
        "import " + ".".join(["p"] * 20_000),
        "from " + "." * 5_000 + " import a",
        "from importlib import import_module\nimport_module('.' * 9, 'p')",
        "from importlib import import_module\nimport_module('p..a')\nimport_module('')",
        "__import__('p', level=-5)\n__import__('', globals(), locals(), ['a'], 10**9)",
        "a = b\nb = a\n__import__(a)",
        "a = 'p'\n"
        + "\n".join(f"a{i} = a{i - 1} + a{i - 1}" for i in range(1, 60))
        + "\n__import__(a59)",
        "__import__('\\x00\\x01\\x02')\n__import__('p\\x00')",
        "# mops: imports ..., .., p..a, \x0c",
        "__all__ = __all__\n__all__ += __all__",
        "from p import " + ", ".join(f"n{i}" for i in range(5_000)),
        "import runpy\nrunpy.run_path(__file__)\nrunpy.run_path('\\ud800')",
    ],
)
def test_hostile_imports_are_bounded(source: str) -> None:
    closure(memory_tree({**PACKAGE, "main.py": source}))
    closure(
        memory_tree({**PACKAGE, "p/__init__.py": source, "p/a.py": "from p import *"}), "p/a.py"
    )
