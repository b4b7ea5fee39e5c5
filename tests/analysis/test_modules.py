"""Dotted names to files, in the order of the import system."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.modules import ModuleIndex, PlaceKind, default_source_roots
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree

SRC = BundlePath("src")


def index(*files: str, roots: tuple[str, ...] = (".",)) -> ModuleIndex:
    return ModuleIndex(memory_tree(dict.fromkeys(files, "")), tuple(map(BundlePath, roots)))


@pytest.mark.parametrize(
    ("files", "name", "kind", "file"),
    [
        (["a.py"], "a", PlaceKind.MODULE, "a.py"),
        (["a/__init__.py", "a.py"], "a", PlaceKind.PACKAGE, "a/__init__.py"),
        (["a/b.py", "a.py"], "a", PlaceKind.MODULE, "a.py"),
        (["a/b.py"], "a", PlaceKind.NAMESPACE, None),
        (["a/b.py"], "a.b", PlaceKind.MODULE, "a/b.py"),
        (["a/b/c.py"], "a.b.c", PlaceKind.MODULE, "a/b/c.py"),
        (["a.cpython-311-x86_64-linux-gnu.so"], "a", PlaceKind.OPAQUE, None),
        (["a.pyd"], "a", PlaceKind.OPAQUE, "a.pyd"),
        (["a/__init__.so", "a/b.py"], "a.b", PlaceKind.MODULE, "a/b.py"),
        (["a.pyi"], "a", PlaceKind.OPAQUE, "a.pyi"),
        (["a.zip"], "a", PlaceKind.OPAQUE, "a.zip"),
        (["random.py"], "random", PlaceKind.MODULE, "random.py"),
        (["random/__init__.py"], "random", PlaceKind.PACKAGE, "random/__init__.py"),
    ],
)
def test_a_module_is_found_as_the_import_system_finds_it(
    files: list[str], name: str, kind: PlaceKind, file: str | None
) -> None:
    place = index(*files).locate(name)
    assert place is not None
    assert place.kind is kind
    assert place.name == name
    assert file is None or place.file == file


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (["a.py"], "b"),
        (["a.py"], "a.b"),
        (["a.py", "a/b.py"], "a.b"),
        (["A.py"], "a"),
        (["sys.py"], "sys"),
        (["os.py"], "os"),
        (["random/more.py"], "random"),
        (["a/b.py"], "a..b"),
        (["a/b.py"], "a/b"),
        (["a/b.py"], "a."),
        (["a.py"], ""),
        (["a.py"], "../a"),
        (["a.py"], "a\0"),
        (["a.txt"], "a"),
        (["a.py"], ".".join(["a"] * 50_000)),
    ],
)
def test_what_is_no_module_of_the_project_is_not_found(files: list[str], name: str) -> None:
    assert index(*files).locate(name) is None


def test_a_module_beside_its_compiled_form_names_both() -> None:
    place = index("a.py", "a.abi3.so", "a.pyi").locate("a")
    assert place is not None
    assert (place.source, place.opaque) == ("a.py", ("a.abi3.so",))


def test_the_first_root_wins_and_a_later_package_wins_over_an_earlier_namespace() -> None:
    both = index("a.py", "src/a.py", "b/x.py", "src/b/__init__.py", roots=(".", "src"))
    first, later = both.locate("a"), both.locate("b")
    assert first is not None
    assert first.file == "a.py"
    assert later is not None
    assert later.file == "src/b/__init__.py"


def test_a_namespace_package_spans_roots() -> None:
    both = index("n/x.py", "src/n/y.py", roots=(".", "src"))
    place = both.locate("n")
    assert place is not None
    assert place.folders == ("n", "src/n")
    assert all(both.locate(name) for name in ("n.x", "n.y"))


@pytest.mark.parametrize(
    ("path", "name", "package"),
    [
        ("models/sir.py", "models.sir", "models"),
        ("models/__init__.py", "models", "models"),
        ("sir.py", "sir", ""),
        ("src/pkg/a.py", "pkg.a", "pkg"),
        ("src/pkg/__init__.py", "pkg", "pkg"),
        ("src/a.py", "a", ""),
        ("__init__.py", "__init__", "__init__"),
    ],
)
def test_the_longest_root_names_a_module(path: str, name: str, package: str) -> None:
    both = index(path, roots=(".", "src"))
    assert both.module_name(BundlePath(path)) == name
    assert both.package_of(BundlePath(path)) == package


@pytest.mark.parametrize(
    ("path", "level", "module", "expected"),
    [
        ("p/q/a.py", 0, "x.y", "x.y"),
        ("p/q/a.py", 1, "b", "p.q.b"),
        ("p/q/a.py", 1, None, "p.q"),
        ("p/q/a.py", 2, "b.c", "p.b.c"),
        ("p/q/a.py", 3, "b", None),
        ("p/q/__init__.py", 1, "b", "p.q.b"),
        ("p/q/__init__.py", 2, None, "p"),
        ("a.py", 1, "b", None),
    ],
)
def test_relative_names_count_from_the_package(
    path: str, level: int, module: str | None, expected: str | None
) -> None:
    assert index(path).resolve_relative(BundlePath(path), level, module) == expected


def test_src_is_a_root_unless_it_is_a_package() -> None:
    assert default_source_roots(memory_tree({"src/a.py": ""})) == (ROOT, SRC)
    assert default_source_roots(memory_tree({"src/__init__.py": ""})) == (ROOT,)
    assert default_source_roots(memory_tree({"src": ""})) == (ROOT,)


def test_a_file_is_read_once_and_a_vanished_one_is_a_failure() -> None:
    tree = memory_tree({"a.py": "x = 1", "b.py": "x ="})
    modules = ModuleIndex(tree, (ROOT,))
    for _ in range(3):
        modules.parsed(BundlePath("a.py"))
        assert isinstance(modules.parsed(BundlePath("b.py")), ParseFailure)
    assert tree.reads == ["a.py", "b.py"]
    assert isinstance(modules.parsed(BundlePath("c.py")), ParseFailure)


def test_every_question_is_recorded() -> None:
    modules = index("a/b.py", "a/c.so")
    modules.locate("numpy")
    modules.locate("a.b")
    assert modules.probes["numpy.py"] == modules.probes["numpy"] == ""
    assert modules.probes["a"] == "folder"
    assert modules.listings["a"] == ("a/c.so",)
