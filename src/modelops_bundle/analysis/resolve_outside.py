"""Assignments to the attributes of a module or class from outside its own body."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.resolve_modules import Evaluate, LoadedModules
from modelops_bundle.analysis.scope import END
from modelops_bundle.analysis.scope_effects import AttributeSet, local_names
from modelops_bundle.analysis.values import Class, Module, Point, Unknown
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath


class Outside:
    """Finds `owner.name = ...` and `setattr(owner, ...)` where they can matter."""

    def __init__(self, modules: LoadedModules, evaluate: Evaluate) -> None:
        self._modules = modules
        self._evaluate = evaluate

    def sets(
        self, owner: Class | Module, path: BundlePath, name: str, asking: BundlePath
    ) -> list[Unknown]:
        """Assignments to `owner.name` in the file that defines it or the one that asks."""
        found = []
        for place in dict.fromkeys((path, asking)):
            loaded = self._modules.get(place)
            if loaded is None:
                continue
            sites = loaded.effects.attributes_set
            for site in (*sites.get(name, ()), *sites.get("*", ())):
                if self._may_be(site, owner, place):
                    where = Location(place, site.line)
                    found.append(Unknown(name, f"{name} is also set from outside", where))
                    break
        return found

    def _may_be(self, site: AttributeSet, owner: Class | Module, place: BundlePath) -> bool:
        base = site.base
        own_file = isinstance(owner, Class) and owner.path == place
        if _reaches_class(base):
            return own_file
        root = base
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name) and any(
            root.id in local_names(function)
            for function in site.inside
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        ):
            return own_file and root is base and root.id == "cls"
        loaded = self._modules.get(place)
        if loaded is None:
            return False
        values = self._evaluate(base, Point(loaded.scope, END))
        if any(isinstance(value, type(owner)) and value == owner for value in values):
            return True
        return not site.inside and any(isinstance(value, Unknown) for value in values)


def _reaches_class(base: ast.expr) -> bool:
    """Whether a target is `type(x).…` or `x.__class__.…`: some class, not known which."""
    if isinstance(base, ast.Attribute):
        return base.attr == "__class__"
    return isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "type"
