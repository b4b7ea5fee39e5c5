"""The closure against the interpreter: what a fresh process has imported must be in it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.analysis.closure import ClosureBuilder
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.paths import BundlePath
from support.trees import memory_tree

# Imports every named module in a child of its own, so that one does not see the others'.
PROBE = """
import importlib, json, os, sys
root, roots, modules = json.load(sys.stdin)
sys.path[:0] = [os.path.normpath(os.path.join(root, one)) for one in roots]
sys.dont_write_bytecode = True
found = {}
for module in modules:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        importlib.import_module(module)
        files = {getattr(m, "__file__", None) for m in list(sys.modules.values())}
        files = [os.path.relpath(f, root) for f in files if f and f.startswith(root + os.sep)]
        os.write(writer, json.dumps(sorted(files)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    found[module] = json.loads(content) if content else None
json.dump(found, sys.stdout)
"""

FORMS = (
    "import {dotted}",
    "import {dotted} as x{n}",
    "from {dotted} import *",
    "from {parent} import {last} as x{n}",
    "def f{n}(): import {dotted}\nf{n}()",
    "import importlib; importlib.import_module('{dotted}')",
    "import importlib; importlib.import_module('.{last}', package='{parent}')",
    "__import__('{dotted}')",
    "try:\n    import nothing.at.all\nexcept ImportError:\n    import {dotted}",
    "if not 0:\n    import {dotted}\nelse:\n    import never",
    "for name in ['{dotted}']:\n    __import__(name)",
)
RELATIVE = ("from .{last} import __name__ as x{n}", "from . import {last} as y{n}")


def imported(root: Path, roots: list[str], modules: list[str]) -> dict[str, list[str] | None]:
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROBE],
        input=json.dumps([str(root), roots, modules]),
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, list[str] | None] = json.loads(answer.stdout)
    return result


def write(root: Path, sources: dict[str, str]) -> None:
    for path, text in sources.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def closures(sources: dict[str, str], roots: list[str]) -> dict[str, set[str]]:
    index = ModuleIndex(memory_tree(sources), tuple(map(BundlePath, roots)))
    builder = ClosureBuilder(Linker(FactsStore(index)), {})
    return {
        index.module_name(BundlePath(path)): {path, *builder.closure(BundlePath(path)).files}
        for path in sources
    }


def project(seed: int) -> dict[str, str]:
    """A project of packages, namespace folders and modules that import each other at random."""
    chance = random.Random(seed)
    folders = ["", "pk/", "pk/sub/", "ns/", "ns/deep/", "src/lib/", "src/lib/in/"]
    paths = [f"{folder}m{n}.py" for folder in folders for n in range(3)]
    packages = ["pk/__init__.py", "pk/sub/__init__.py", "src/lib/__init__.py"]
    names = {
        path: path.removeprefix("src/").removesuffix(".py").replace("/", ".") for path in paths
    }
    sources = dict.fromkeys((*paths, *packages), "")
    for number, path in enumerate((*paths, *packages)):
        lines = []
        for _ in range(chance.choice((0, 1, 1, 2))):
            target = chance.choice(paths)
            dotted = names[target]
            if dotted.startswith("lib.in"):
                continue  # `in` is a keyword: only importable by text
            parent, _, last = dotted.rpartition(".")
            forms = [form for form in FORMS if parent or "{parent}" not in form]
            near = target.rpartition("/")[0] == path.rpartition("/")[0]
            form = chance.choice((*forms, *(RELATIVE if near and "/" in path else ())))
            lines.append(form.format(dotted=dotted, parent=parent, last=last, n=number))
        sources[path] = "\n".join(lines) + "\n"
    return sources


@pytest.mark.skipif(sys.platform == "win32", reason="the probe forks")
@pytest.mark.parametrize("seed", range(6))
def test_nothing_that_an_import_loads_is_missing(tmp_path: Path, seed: int) -> None:
    sources = project(seed)
    write(tmp_path, sources)
    root = tmp_path.resolve()
    found = closures(sources, [".", "src"])
    modules = [name for name in found if ".in." not in name]
    loaded = imported(root, [".", "src"], modules)
    assert sum(files is not None for files in loaded.values()) > len(modules) // 2
    for module, files in loaded.items():
        if files is not None:
            assert set(files) <= found[module], module


@pytest.mark.skipif(sys.platform == "win32", reason="the probe forks")
def test_plain_imports_give_exactly_what_is_loaded(tmp_path: Path) -> None:
    sources = {
        "a.py": "import pk.sub.c\nfrom ns import d\nimport random, json",
        "pk/__init__.py": "from .star import *",
        "pk/star.py": "__all__ = ['x']\nx = 1",
        "pk/unused.py": "",
        "pk/sub/__init__.py": "from .. import other",
        "pk/sub/c.py": "from . import e as f",
        "pk/sub/e.py": "",
        "pk/other.py": "import pk",
        "ns/d.py": "from both import y",
        "ns/more.py": "",
        "both/__init__.py": "y = 1",
        "src/both/__init__.py": "import never",
        "src/both/y.py": "",
        "random.py": "import helper",
        "helper.py": "",
        "json/helper.py": "",
    }
    write(tmp_path, sources)
    found = closures(sources, [".", "src"])
    loaded = imported(tmp_path.resolve(), [".", "src"], ["a"])
    assert loaded["a"] is not None
    assert found["a"] == set(loaded["a"])


@settings(max_examples=40)
@given(
    st.integers(2, 12).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30),
        )
    )
)
def test_a_closure_is_what_a_walk_over_all_imports_reaches(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    count, edges = graph
    lines = {number: ["x = 1"] for number in range(count)}
    for start, end in edges:
        lines[start].append(f"import m{end}")
    sources = {f"m{number}.py": "\n".join(lines[number]) for number in lines}
    index = ModuleIndex(memory_tree(sources), (BundlePath("."),))
    builder = ClosureBuilder(Linker(FactsStore(index)), {})
    for number in range(count):
        distance = {number: 0}
        queue = [number]
        for here in queue:
            for start, end in edges:
                if start == here and end not in distance:
                    distance[end] = distance[here] + 1
                    queue.append(end)
        found = builder.closure(BundlePath(f"m{number}.py"))
        assert set(found.files) == {f"m{one}.py" for one in distance if one != number}
        for one, steps in distance.items():
            chain = found.chain(BundlePath(f"m{one}.py"))
            assert len(chain) == steps + 1
            assert chain[0] == f"m{number}.py"
