"""Which names the code of a file mentions, and how it could reach others without naming them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from modelops_bundle.analysis.walk import DEFINITIONS, Canonical, Definition, children

# `targets:incidence`, `list[Incidence]`, `Incidence | None`: what code that looks names up, or
# that evaluates annotations, may hold. Prose is not looked at.
_NAME_LIKE = re.compile(r"[^\W\d][\w.:]*(?:(?: ?[\[|,] ?)[\w.:]+\]*)*")
_MAX_NAME_LIKE = 256

# Calls that reach the names of the module they stand in.
_NAMESPACE_FUNCTIONS = frozenset({"dir", "globals", "locals", "vars"})
_NAMESPACE_WORDS = frozenset({"__dict__", "__globals__", "__builtins__"})
# What reaches any module that is loaded, or any class.
_RUNNERS = frozenset({"compile", "eval", "exec"})
_FAR_WORDS = frozenset(
    {"__init_subclass__", "__subclasses__", "_getframe", "f_back", "f_globals", "f_locals"}
)
_FAR_MODULES = ("gc.", "sys.modules.", "builtins.")
_DOCUMENTATION = frozenset({"__doc__", "getcomments", "getdoc", "getsource", "getsourcelines"})

#: Built-in callables that change nothing but what they return.
PURE_BUILTINS = frozenset(
    """
    bool bytes classmethod complex dict float frozenset int len list max min object property range
    round set slice sorted staticmethod str sum super tuple type zip
    """.split()  # noqa: SIM905 - a column of names is not readable
)


_NAMING = frozenset({ast.alias, ast.Global, *DEFINITIONS})


@dataclass(frozen=True, slots=True)
class Reach:
    """How far code can get without naming what it uses.

    Attributes:
        own: It uses the names of its own module, or of one that it imports, by reflection.
        anywhere: It can get at any loaded module.
        documentation: It reads docstrings or source text.
    """

    own: bool
    anywhere: bool
    documentation: bool


def words_of(walked: Canonical) -> set[str]:
    """Every name that a top-level statement mentions, in code or in a string that is a name.

    What the statement itself defines is not among them.
    """
    words = walked.names | walked.attributes
    for text in walked.strings:
        if text.isidentifier():
            if len(text) <= _MAX_NAME_LIKE:
                words.add(text)
        elif 0 < len(text) <= _MAX_NAME_LIKE and _NAME_LIKE.fullmatch(text):
            words.update(re.findall(r"\w+", text))
    root = walked.nodes[0]
    for node in walked.others:
        kind = node.__class__
        if kind not in _NAMING:
            continue
        if kind is ast.alias:
            words.update(node.name.split("."))  # type: ignore[attr-defined]
            words.add(node.asname or "")  # type: ignore[attr-defined]
        elif kind is ast.Global:
            words.update(node.names)  # type: ignore[attr-defined]
        elif node is not root:
            words.add(node.name)  # type: ignore[attr-defined]
    return words


def reach_of(names: Set[str], words: Set[str], dotted: Set[str], *, has_metaclass: bool) -> Reach:
    """Judge a file.

    Args:
        names: The identifiers of all its names.
        words: All its `words_of`.
        dotted: All dotted names that it imports, or reaches through imports.
        has_metaclass: It says `metaclass=`.
    """
    inspecting = any(name.split(".")[0] == "inspect" for name in dotted)
    far = any(f"{name}.".startswith(_FAR_MODULES) for name in dotted)
    anywhere = far or has_metaclass or bool(names & _RUNNERS or words & _FAR_WORDS)
    own = anywhere or inspecting or bool(names & _NAMESPACE_FUNCTIONS or words & _NAMESPACE_WORDS)
    return Reach(own, anywhere, bool(words & _DOCUMENTATION))


def definition_calls(node: Definition) -> frozenset[str] | None:
    """The names from which everything starts that is called when a definition runs.

    Decorators, defaults, bases and the statements of a class body run with the module. Where all
    that they call comes from outside the project, the definition is taken to do nothing but make
    a function or class; None where it does something to what is there already.
    """
    called: set[str] = set()
    inner: set[str] = set()
    for child in _run_by(node):
        if isinstance(child, ast.Call):
            called.add(_root(child.func))
        elif isinstance(child, (ast.Attribute, ast.Subscript)):
            if not isinstance(child.ctx, ast.Load):
                return None
        elif isinstance(child, (ast.Global, ast.NamedExpr, ast.Await, ast.Import, ast.ImportFrom)):
            return None
        elif isinstance(child, DEFINITIONS):
            called.update(_root(decorator) for decorator in child.decorator_list)
            if child is not node:
                inner.add(child.name)
    return frozenset(called - inner)


def _run_by(node: Definition) -> Iterator[ast.AST]:
    """What runs when a definition does, the bodies of functions excepted."""
    pending: list[ast.AST] = [node]
    for child in pending:
        yield child
        if isinstance(child, (ast.Name, ast.Constant)):
            continue
        if isinstance(child, ast.Lambda):
            pending.append(child.args)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            pending += [child.args, *child.decorator_list]
            if child.returns is not None:
                pending.append(child.returns)
        else:
            pending += children(child)


def _root(node: ast.expr) -> str:
    """The name that a call or decorator starts from; "" if it is no name."""
    while True:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
