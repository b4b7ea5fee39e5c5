"""Assignments to the attributes of a module or class from outside its own body."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from modelops_bundle.analysis.resolve_modules import Evaluate, LoadedModules
from modelops_bundle.analysis.scope_effects import AttributeSet, SetOn
from modelops_bundle.analysis.values import Class, Module, Point, Unknown
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath


class Outside:
    """Finds `owner.name = …` and `setattr(owner, …)` in all files that take part.

    Args:
        modules: The project's files.
        evaluate: Evaluates an expression at a point.
        root: The file that the question is about: what it imports, directly or not, takes part.
    """

    def __init__(self, modules: LoadedModules, evaluate: Evaluate, root: BundlePath) -> None:
        self._modules = modules
        self._evaluate = evaluate
        self._root = root
        self._files: dict[str, list[BundlePath]] = {}
        self._known_sites: dict[str, dict[BundlePath, list[tuple[AttributeSet, bool]]]] = {}

    def files(self, name: str) -> list[BundlePath]:
        """Files that take part and mention a name."""
        if name not in self._files:
            self._files[name] = self._modules.mentioning(self._root, name)
        return self._files[name]

    def circular(self, path: BundlePath, asking: BundlePath) -> bool:
        """Whether two files import each other, so that one may see the other half-made."""
        return path != asking and asking in self._modules.reached(path)

    def sets(
        self, owner: Class | Module, path: BundlePath, name: str, asking: BundlePath
    ) -> list[Unknown]:
        """Assignments to `owner.name`, one per file.

        Args:
            owner: The class or module.
            path: The file that defines it.
            name: The attribute.
            asking: The file in which it is used.
        """
        found: dict[BundlePath, Unknown] = {}
        for place, site, computed in self._sites(name, path, asking):
            if place not in found and self._may_be(site, owner, place, computed=computed):
                where = Location(place, site.line)
                found[place] = Unknown(name, f"{name} is also set from outside", where)
        return list(found.values())

    def sets_any(self, name: str, places: Iterable[BundlePath]) -> bool:
        """Whether one of these files, or one that takes part, sets an attribute of that name."""
        return any(self._sites(name, place, place) for place in places)

    def _sites(
        self, name: str, path: BundlePath, asking: BundlePath
    ) -> list[tuple[BundlePath, AttributeSet, bool]]:
        """All places that set an attribute of that name, or (True) of a computed one."""
        known = self._known_sites.get(name)
        if known is None:
            known = self._known_sites[name] = {}
            for place in self.files(name):
                known[place] = self._sites_in(place, name)
        for place in (path, asking):
            if place not in known:
                known[place] = self._sites_in(place, name)
        return [(place, *site) for place in known for site in known[place]]

    def _sites_in(self, place: BundlePath, name: str) -> list[tuple[AttributeSet, bool]]:
        sites = self._modules.attributes_set(place, name)
        found = [(site, False) for site in sites.get(name, ())]
        return found + [(site, True) for site in sites.get("*", ())]

    def _may_be(
        self, site: AttributeSet, owner: Class | Module, place: BundlePath, *, computed: bool
    ) -> bool:
        if site.on is SetOn.CLASS:
            return isinstance(owner, Class) and owner.path == place
        if site.on is SetOn.PARAMETER:
            return not computed
        loaded = self._modules.get(place)
        if loaded is None:
            return False
        root = site.base
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name) and loaded.scope.rebinds(root.id):
            # At the time of the assignment the name may have stood for something else.
            return True
        values = self._evaluate(site.base, Point(loaded.scope))
        if any(isinstance(value, type(owner)) and value == owner for value in values):
            return True
        return not site.in_function and any(isinstance(value, Unknown) for value in values)
