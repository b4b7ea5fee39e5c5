"""Names that a project takes from the frameworks of its conventions, and whether they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelops_bundle.analysis.imports import Certainty
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.missing import may_define
from modelops_bundle.analysis.modules import ModuleIndex, PlaceKind
from modelops_bundle.analysis.outcome import FrameworkUse
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.analysis.tree import SourceTree
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import ROOT, BundlePath


def framework_uses(
    linker: Linker, files: Iterable[BundlePath], packages: frozenset[str]
) -> tuple[FrameworkUse, ...]:
    """What some files import from packages that are not the project's, sorted by name.

    Imports whose failure is caught, or that only a type checker sees, are left out.

    Args:
        linker: Where facts come from.
        files: Project files.
        packages: Top-level names of frameworks.
    """
    places: dict[str, Location] = {}
    for file in sorted(files):
        facts = linker.store.parsed_facts(file) if file.endswith(".py") else None
        if facts is None:
            continue
        guarded: set[str] = set()
        found: list[tuple[str, int]] = []
        for statement in facts.imports:
            top = statement.module.partition(".")[0]
            if statement.level or top not in packages:
                continue
            named = [name for name in statement.names if name != "*"]
            dotted = [f"{statement.module}.{name}" for name in named] or [statement.module]
            if statement.certainty is Certainty.GUARDED or statement.typing_only:
                guarded.add(top)
            else:
                found += ((name, statement.line) for name in dotted)
        found += ((one.dotted, one.line) for one in facts.reads if one.attributes)
        for name, line in found:
            top = name.partition(".")[0]
            if top in packages and top not in guarded and linker.index.locate(top) is None:
                place = Location(file, line)
                places[name] = min(place, places.get(name, place))
    return tuple(FrameworkUse(name, place) for name, place in sorted(places.items()))


class Framework:
    """The source of an installed package, asked for names; nothing of it is run.

    Args:
        tree: Holds the package's folder, or its one file, at its root.
    """

    def __init__(self, tree: SourceTree) -> None:
        self._index = ModuleIndex(tree, [ROOT])
        self._linker = Linker(FactsStore(self._index))

    def lacks(self, dotted: str) -> tuple[str, str] | None:
        """The module and the name that it surely does not have; None where all may be there.

        The first name below a module counts: what is below that is not looked at.
        """
        module, *rest = dotted.split(".")
        place = self._index.locate(module)
        if place is None:
            return None
        for part in rest:
            below = self._index.locate(f"{place.name}.{part}")
            if below is None:
                known = place.kind is PlaceKind.NAMESPACE or place.source is None
                if known or may_define(self._linker, place, part):
                    return None
                return place.name, part
            place = below
        return None

    def names(self, module: str) -> Iterator[str]:
        """Names that a module has, as far as its own text and its star imports tell."""
        seen: set[str] = set()
        pending = [module]
        for dotted in pending:
            place = self._index.locate(dotted)
            if place is None or dotted in seen or place.source is None:
                continue
            seen.add(dotted)
            facts = self._linker.store.parsed_facts(place.source)
            if facts is None:
                continue
            yield from sorted(name for name in facts.names if not name.startswith("_"))
            for statement in facts.imports:
                if "*" in statement.names:
                    target = self._index.resolve_relative(
                        place.source, statement.level, statement.module
                    )
                    pending += [target] if target else []
