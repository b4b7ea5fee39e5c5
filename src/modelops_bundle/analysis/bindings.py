"""The scopes of modules, classes and functions: who binds which name when."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from modelops_bundle.analysis.bindings_imports import RelativeNames
from modelops_bundle.analysis.bindings_state import Clock, Steady
from modelops_bundle.analysis.bindings_walk import Walk
from modelops_bundle.analysis.scope import Given, Opaque, Scope, ScopeKind
from modelops_bundle.core.paths import BundlePath


def module_scope(path: BundlePath, tree: ast.Module, absolute: RelativeNames) -> Scope:
    """The scope of a module, with those of the classes in it.

    Args:
        path: The file.
        tree: Its syntax tree.
        absolute: Resolves relative imports.
    """
    scope = Scope(ScopeKind.MODULE, path)
    steady = Steady(tree)
    Walk(scope, absolute, Clock(), steady).statements(tree.body)
    return scope


def function_scope(
    parent: Scope,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    absolute: RelativeNames,
    *,
    parent_at: int,
    given: Mapping[str, tuple[object, ...]] | None = None,
    instance: tuple[object, ...] = (),
) -> Scope:
    """The scope of a function's body.

    Args:
        parent: The scope around it.
        node: The function.
        absolute: Resolves relative imports.
        parent_at: The position in the parent at which the body runs.
        given: The values of its parameters; without them they are `Opaque`.
        instance: What tells this call from others.
    """
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
    scope = Scope(
        ScopeKind.FUNCTION,
        parent.path,
        parent.qualify(node.name),
        parent,
        parent_at,
        frozenset(argument.arg for argument in named),
        instance=instance,
    )
    walk = Walk(scope, absolute, Clock(), Steady(node))
    for argument in named:
        name = argument.arg
        if given is not None and name in given:
            walk.bind(name, Given(given[name]))
        else:
            walk.bind(name, Opaque("parameter", argument.lineno, name))
    walk.statements(node.body)
    scope.open_end = not walk.dead
    return scope
