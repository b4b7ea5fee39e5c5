"""Small projects as text, and what the analysis says of them."""

from __future__ import annotations

import ast
import textwrap

from modelops_bundle.analysis.discover import Discovery, FileDiscovery
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.resolve_modules import LoadedModules
from modelops_bundle.analysis.values import Point, Unknown, Values, shown
from modelops_bundle.conventions.base import Convention
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.observation import Discovered, ModelFacts, TargetFacts
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree


def resolved(source: str, expression: str, **files: str) -> Values:
    """The alternatives for an expression at the end of `main.py`.

    Args:
        source: `main.py`.
        expression: Python text.
        files: Further modules by name; `__` stands for a folder, as in `pkg__mod`.
    """
    tree = memory_tree({"main.py": source, **_paths(files)})
    modules = LoadedModules(ModuleIndex(tree, [ROOT]))
    main = BundlePath("main.py")
    loaded = modules.get(main)
    assert loaded is not None
    node = ast.parse(expression, mode="eval").body
    return Resolver(modules, main, _KNOWN).evaluate(node, Point(loaded.scope))


def said(source: str, expression: str, **files: str) -> list[str]:
    """As `resolved`, in words: values as written, `?` for what cannot be told; sorted."""
    values = resolved(source, expression, **files)
    return sorted({"?" if isinstance(value, Unknown) else shown(value) for value in values})


def discovery(files: dict[str, str], conventions: tuple[Convention, ...] = BUILT_IN) -> Discovery:
    """A discovery over files given as path -> source."""
    return Discovery(ModuleIndex(memory_tree(files), [ROOT]), conventions)


def found_in(source: str, **files: str) -> FileDiscovery:
    """What the built-in conventions find in `main.py`."""
    return discovery({"main.py": source, **_paths(files)}).file(BundlePath("main.py"))


def symbols(source: str, **files: str) -> list[str]:
    """The symbols that the built-in conventions find in `main.py`."""
    return [one.symbol for one in found_in(source, **files).discovered]


def model(source: str, symbol: str = "", **files: str) -> ModelFacts:
    """The facts of one model of `main.py`, by default the last."""
    facts = _pick(found_in(source, **files), symbol).facts
    assert isinstance(facts, ModelFacts)
    return facts


def target(source: str, symbol: str = "", **files: str) -> TargetFacts:
    """The facts of one target of `main.py`, by default the last."""
    facts = _pick(found_in(source, **files), symbol).facts
    assert isinstance(facts, TargetFacts)
    return facts


def indented(body: str) -> str:
    """A block as it stands in a class body."""
    return textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")


_KNOWN = frozenset(name for convention in BUILT_IN for name in convention.names())


def _paths(files: dict[str, str]) -> dict[str, str]:
    return {
        name.replace("__init__", "\0").replace("__", "/").replace("\0", "__init__") + ".py": text
        for name, text in files.items()
    }


def _pick(found: FileDiscovery, symbol: str) -> Discovered:
    chosen = [one for one in found.discovered if symbol in ("", one.symbol)]
    assert chosen, f"{symbol or 'nothing'} was not found"
    return chosen[-1]
