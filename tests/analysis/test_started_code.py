"""Code that runs from a text or in another process: what is literal is followed."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.closure import closure_of
from modelops_bundle.analysis.modules import ModuleIndex, default_source_roots
from modelops_bundle.core.paths import BundlePath
from support.trees import memory_tree

PACKAGE = {"p/__init__.py": "", "p/a.py": "", "p/b.py": "", "p/__main__.py": ""}


def files(source: str) -> set[str]:
    tree = memory_tree({**PACKAGE, "main.py": source})
    index = ModuleIndex(tree, default_source_roots(tree))
    return set(closure_of(index, BundlePath("main.py")).files)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("exec('import p.a')", {"p/a.py"}),
        ("exec('from p import a, b')", {"p/a.py", "p/b.py"}),
        ("eval('__import__(\"p.a\")')", {"p/a.py"}),
        ("exec(compile('import p.a', 'x', 'exec'))", {"p/a.py"}),
        ("exec(open('p/a.py').read())", {"p/a.py"}),
        ("from pathlib import Path\nexec(Path('p/a.py').read_text())", {"p/a.py"}),
        ("exec(compile(open('p/a.py', 'rb').read(), 'a', 'exec'), {})", {"p/a.py"}),
        ("import subprocess, sys\nsubprocess.run([sys.executable, 'p/a.py'])", {"p/a.py"}),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'p.a'])", {"p/a.py"}),
        ("import subprocess\nsubprocess.run(('python3', '-u', '-m', 'p'))", {"p/__main__.py"}),
        ("import subprocess\nsubprocess.check_output(['python', '-c', 'import p.b'])",
         {"p/b.py"}),
        ("import importlib.util\nimportlib.util.find_spec('p.a')", {"p/a.py"}),
        ("import importlib.util\nimportlib.util.find_spec('.a', 'p')", {"p/a.py"}),
        ("import pydoc\npydoc.locate('p.a.Thing')", {"p/a.py"}),
        ("import lazy_loader as lazy\nlazy.load('p.a')", {"p/a.py"}),
        ("from unittest import mock\nmock.patch('p.a.name')", {"p/a.py"}),
    ],
)  # fmt: skip
def test_what_is_literal_is_followed(source: str, expected: set[str]) -> None:
    assert files(source) == {"p/__init__.py", *expected}


@pytest.mark.parametrize(
    "source",
    [
        "exec(text)",
        "exec('x = 1')",
        "exec('import (')",
        "import subprocess\nsubprocess.run(['ls', 'p/a.py'])",
        "import subprocess, sys\nsubprocess.run([sys.executable, script])",
        "import subprocess, sys\nsubprocess.run([sys.executable])",
        "import subprocess\nsubprocess.run(command)",
        "import importlib.util\nimportlib.util.find_spec(name)",
        "thing.exec('import p.a')",
    ],
)
def test_what_is_computed_or_no_python_is_not(source: str) -> None:
    assert files(source) == set()


def test_a_file_that_is_run_and_cannot_be_told_widens() -> None:
    assert files("exec(open(path).read())") == set(PACKAGE)


def test_lazy_submodules_are_imported_on_demand() -> None:
    tree = memory_tree(
        {
            **PACKAGE,
            "p/__init__.py": "import lazy_loader as lazy\n"
            "g, d, a = lazy.attach(__name__, ['a'], submod_attrs={'b': ['x']})",
        }
    )
    index = ModuleIndex(tree, default_source_roots(tree))
    assert set(closure_of(index, BundlePath("p/__init__.py")).files) == {"p/a.py", "p/b.py"}
