"""Modules of bundles in one process: each name is one bundle's."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.operations.importable import (
    ImportableBundles,
    ModuleConflictError,
    top_level_modules,
)
from support.bundles import digest_of
from support.disk import write
from support.registries import paths

ONE, TWO = digest_of(b"one"), digest_of(b"two")


@pytest.fixture
def importable() -> Iterator[ImportableBundles]:
    before = list(sys.path)
    bundles = ImportableBundles()
    yield bundles
    for digest in (ONE, TWO):
        for _ in range(3):
            bundles.remove(digest)
    assert sys.path == before


def bundle(folder: Path, **modules: str) -> tuple[Path, tuple[BundlePath, ...]]:
    """A folder with these modules, `a__b` for `a/b.py`."""
    names = [f"{name.replace('__', '/')}.py" for name in modules]
    for name, text in zip(names, modules.values(), strict=True):
        write(folder, name, text)
    return folder, paths(*names)


@pytest.mark.parametrize(
    ("roots", "files", "names"),
    [
        (".", "wire.py models/sir.py models/deep/a.py data/x.csv", "wire models"),
        ("src", "src/flu/__init__.py setup.py", "flu"),
        (". src", "src/flu/__init__.py src/one.py wire.py", "flu one wire"),
        (". lib/src", "lib/src/flu.py lib/own.py", "flu lib"),
        (".", "not-a-name.py 2.py a-b/c.py", ""),
    ],
)
def test_names_that_can_be_imported(roots: str, files: str, names: str) -> None:
    found = top_level_modules(paths(*files.split()), paths(*roots.split()))
    assert set(found) == set(names.split())


def test_a_newer_version_is_another_module(importable: ImportableBundles, tmp_path: Path) -> None:
    old, old_files = bundle(tmp_path / "1", mops_t__part="V = 1", mops_w="from mops_t import part")
    new, new_files = bundle(tmp_path / "2", mops_t__part="V = 2", mops_w="from mops_t import part")
    importable.add(ONE, old, (ROOT,), old_files)
    assert importlib.import_module("mops_w").part.V == 1
    with pytest.raises(ModuleConflictError, match="mops_t, mops_w, and so has"):
        importable.add(TWO, new, (ROOT,), new_files)
    importable.remove(ONE)
    assert not [name for name in sys.modules if name.startswith("mops_t")]
    importable.add(TWO, new, (ROOT,), new_files)
    assert importlib.import_module("mops_w").part.V == 2


def test_packages_without_a_file_of_their_own_are_forgotten_too(
    importable: ImportableBundles, tmp_path: Path
) -> None:
    importable.add(ONE, *_with_root(bundle(tmp_path / "1", mops_n__deep__part="V = 1")))
    assert importlib.import_module("mops_n.deep.part").V == 1
    importable.remove(ONE)
    assert not [name for name in sys.modules if name.startswith("mops_n")]


def test_bundles_with_nothing_in_common_stand_side_by_side(
    importable: ImportableBundles, tmp_path: Path
) -> None:
    importable.add(ONE, *_with_root(bundle(tmp_path / "1", mops_t1="V = 1")))
    importable.add(TWO, *_with_root(bundle(tmp_path / "2", mops_t2="V = 2")))
    importable.remove(ONE)
    assert importlib.import_module("mops_t2").V == 2
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("mops_t1")


def test_a_bundle_that_was_added_twice_stays_until_both_have_gone(
    importable: ImportableBundles, tmp_path: Path
) -> None:
    made = _with_root(bundle(tmp_path / "1", mops_t3="V = 3"))
    importable.add(ONE, *made)
    importable.add(ONE, *made)
    importable.remove(ONE)
    assert importlib.import_module("mops_t3").V == 3


def test_a_module_that_was_imported_from_elsewhere_is_in_the_way(
    importable: ImportableBundles, tmp_path: Path
) -> None:
    made = _with_root(bundle(tmp_path / "1", json="V = 1"))
    with pytest.raises(ModuleConflictError, match=r"has a module json, .*json/__init__\.py"):
        importable.add(ONE, *made)


def _with_root(
    made: tuple[Path, tuple[BundlePath, ...]],
) -> tuple[Path, tuple[BundlePath, ...], tuple[BundlePath, ...]]:
    folder, files = made
    return folder, (ROOT,), files
