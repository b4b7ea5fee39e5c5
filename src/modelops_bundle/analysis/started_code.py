"""Code of the project that is run from a text or in a process of its own: `exec`, `subprocess`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.imports import ImportStatement, module_names
from modelops_bundle.analysis.texts import PACKAGE, TextEvaluator

EXECUTORS = frozenset({"exec", "eval", "builtins.exec", "builtins.eval"})
STARTERS = frozenset(
    {
        "subprocess.run",
        "subprocess.Popen",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "os.execv",
        "os.spawnv",
    }
)
_READERS = frozenset({"open", "read", "read_text", "read_bytes"})
_WRAPPERS = frozenset({"compile", "decode", "dedent"})
_MAX_TEXT = 1 << 16


@dataclass(frozen=True, slots=True)
class Started:
    """What such a call runs.

    Attributes:
        modules: Names that the text imports, relative ones as `package|.name`.
        programs: Modules that are run with `-m`.
        paths: Files; None where a file is run and cannot be told.
    """

    modules: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = ()


def executed(call: ast.Call, evaluator: TextEvaluator) -> Started:
    """What `exec` or `eval` of a literal text, or of a file's text, runs."""
    node = call.args[0] if call.args else None
    while isinstance(node, ast.Call) and _called(node) in _WRAPPERS:
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        node = node.args[0] if node.args else inner
    if isinstance(node, ast.Call) and _called(node) in _READERS:
        opened = _opened(node)
        return Started() if opened is None else Started(paths=evaluator.texts(opened).values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Started(modules=tuple(_imported(node.value)))
    return Started()


def started(call: ast.Call, evaluator: TextEvaluator) -> Started:
    """The module or the script of a Python that a list of literals starts."""
    argv = call.args[0] if call.args else None
    if not isinstance(argv, (ast.List, ast.Tuple)) or not argv.elts:
        return Started()
    if not _is_python(argv.elts[0]):
        return Started()
    rest = argv.elts[1:]
    while rest and isinstance(rest[0], ast.Constant) and str(rest[0].value).startswith("-"):
        option = rest.pop(0)
        if isinstance(option, ast.Constant) and option.value == "-m" and rest:
            return Started(programs=evaluator.texts(rest[0]).values or ())
        if isinstance(option, ast.Constant) and option.value == "-c" and rest:
            texts = evaluator.texts(rest[0]).values or ()
            return Started(modules=tuple(name for text in texts for name in _imported(text)))
    return Started(paths=(evaluator.texts(rest[0]).values or ()) if rest else ())


def _is_python(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.rpartition("/")[2].startswith("python")
    return isinstance(node, (ast.Attribute, ast.Name)) and _last(node) == "executable"


def _opened(node: ast.Call) -> ast.expr | None:
    """The path in `open(path)`, `open(path).read()` and `Path(path).read_text()`."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr != "open":
        inner = func.value
        if isinstance(inner, ast.Call) and _called(inner) == "open":
            return _opened(inner)
        return None if func.attr == "read" else inner
    return node.args[0] if node.args else None


def _imported(text: str) -> Iterator[str]:
    if len(text) > _MAX_TEXT:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in module_names(tree).imports:
        yield from _names(statement)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in ("__import__", "import_module"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _names(statement: ImportStatement) -> Iterator[str]:
    dots = "." * statement.level
    base = f"{PACKAGE}|{dots}{statement.module}" if dots else statement.module
    yield base
    for name in statement.names:
        if name != "*":
            yield base + name if base.endswith(".") else f"{base}.{name}"


def _called(node: ast.Call) -> str:
    return _last(node.func)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
