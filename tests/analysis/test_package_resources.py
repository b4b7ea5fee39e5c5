"""Files that a package's code reads through `importlib.resources`: they count by content."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.closure import closure_of
from modelops_bundle.analysis.modules import ModuleIndex, default_source_roots
from modelops_bundle.core.paths import BundlePath
from support.trees import memory_tree

PACKAGE: dict[str, str | bytes] = {
    "p/__init__.py": "",
    "p/a.py": "",
    "p/rates.csv": "1",
    "p/tables/ages.csv": "2",
    "p/tables/deep/sizes.csv": "3",
    "p/q/__init__.py": "",
    "p/q/other.csv": "4",
    "far.csv": "5",
}
ALL = {"p/rates.csv", "p/tables/ages.csv", "p/tables/deep/sizes.csv"}


def data(sources: dict[str, str | bytes], path: str = "main.py") -> set[str]:
    tree = memory_tree({**PACKAGE, **sources})
    closure = closure_of(ModuleIndex(tree, default_source_roots(tree)), BundlePath(path))
    return {file for file in closure.files if not file.endswith(".py")}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("resources.read_text('p', 'rates.csv')", {"p/rates.csv"}),
        ("resources.open_binary('p', resource='rates.csv')", {"p/rates.csv"}),
        ("resources.files('p') / 'rates.csv'", {"p/rates.csv"}),
        ("(resources.files('p') / 'tables' / 'ages.csv').read_text()", {"p/tables/ages.csv"}),
        ("resources.files('p').joinpath('tables', 'ages.csv').open()", {"p/tables/ages.csv"}),
        ("resources.files('p').joinpath('tables') / 'ages.csv'", {"p/tables/ages.csv"}),
        ("resources.files('p.tables') / 'ages.csv'", {"p/tables/ages.csv"}),
        ("pkgutil.get_data('p', 'tables/ages.csv')", {"p/tables/ages.csv"}),
        ("resources.files(p) / 'rates.csv'", {"p/rates.csv"}),
        ("resources.files('p') / 'tables'", {"p/tables/ages.csv", "p/tables/deep/sizes.csv"}),
        ("[x for x in resources.files('p').iterdir()]", ALL),
        ("resources.files('p') / name", ALL),
        ("resources.read_text('p', name)", ALL),
        ("resources.contents('p')", ALL),
        ("for n in ('rates.csv', 'gone.csv'): resources.files('p') / n", {"p/rates.csv"}),
        ("[resources.files(k).joinpath(n) for k, n in [('p', 'rates.csv')]]", {"p/rates.csv"}),
        ("resources.files('p') / '../far.csv'", {"far.csv"}),
        ("resources.files('p') / '../../far.csv'", set()),
        ("resources.files(name) / 'rates.csv'", set()),
        ("resources.files('numpy') / 'rates.csv'", set()),
        ("other.files('p') / 'rates.csv'", set()),
    ],
)
def test_what_is_named_counts_and_else_all_that_the_package_holds(
    call: str, expected: set[str]
) -> None:
    assert data({"main.py": f"import pkgutil, p\nfrom importlib import resources\n{call}"}) == (
        expected
    )


@pytest.mark.parametrize("anchor", ["__name__", "__package__", "'.'.join(x)", "", "'p'"])
def test_a_module_may_ask_for_its_own_package(anchor: str) -> None:
    source = f"from importlib.resources import files\nfiles({anchor}) / 'rates.csv'"
    expected = set() if "join" in anchor else {"p/rates.csv"}
    assert data({"p/a.py": source}, "p/a.py") == expected


def test_its_bytes_are_part_of_the_closure_and_drop_no_other_definition() -> None:
    sources: dict[str, str | bytes] = {
        "main.py": "from importlib import resources\n"
        "def used(): return resources.read_text('p', 'rates.csv')\ndef spare(): ...\n"
    }
    closures = []
    for content in ("1", "2"):
        tree = memory_tree({**PACKAGE, **sources, "p/rates.csv": content})
        index = ModuleIndex(tree, default_source_roots(tree))
        closures.append(closure_of(index, BundlePath("main.py")))
    path = BundlePath("p/rates.csv")
    assert closures[0].semantics[path] != closures[1].semantics[path]
    assert (BundlePath("main.py"), "spare") in closures[0].droppable
