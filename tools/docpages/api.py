"""`reference/api.md`: the Python API, from its signatures and docstrings.

The source is read, not imported: an extra need not be installed to document it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from docpages.docstrings import as_markdown, items
from docpages.markdown import generated_from, table

PACKAGE = Path(__file__).parents[2] / "src" / "modelops_bundle"

_INTRODUCTION = f"""\
# Python API

{generated_from("the docstrings of the modules")}

`modelops_bundle.api` does what the commands do, for scripts and notebooks. `modelops_bundle.dask`
needs the extra `modelops-bundle[dask]`. `modelops_bundle.repository` and `modelops_bundle.ops` are
what the ModelOps platform calls. What is not on this page may change without notice.
"""

#: Methods that a framework calls.
_HOOKS = frozenset({"setup", "teardown"})
Definition = ast.FunctionDef | ast.ClassDef
#: Module -> (file, the names that are public; all of those in `__all__` where none are given).
_MODULES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("modelops_bundle.api", "api/__init__.py", ()),
    (
        "modelops_bundle.dask",
        "dask.py",
        ("BundlePlugin", "worker_bundle", "WorkerBundle", "BundleSetupError"),
    ),
    (
        "modelops_bundle.repository",
        "repository.py",
        ("ModelOpsBundleRepository", "InvalidBundleReferenceError"),
    ),
    ("modelops_bundle.ops", "ops.py", ("load_config", "LoadedConfig", "NoConfigurationError")),
)


def api_page() -> str:
    """The text of the page."""
    parts = [_INTRODUCTION]
    for module, file, names in _MODULES:
        tree = _tree(PACKAGE / file)
        parts += [f"## {module}", ""]
        parts += [*as_markdown(ast.get_docstring(tree) or "")]
        for definition in _public(PACKAGE / file, names or _exported(tree)):
            parts += _section(definition)
    parts += _errors()
    return "\n".join(parts).rstrip("\n") + "\n"


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _exported(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return tuple(ast.literal_eval(node.value))
    raise AssertionError("no __all__")


def _public(file: Path, names: Iterable[str]) -> Iterator[Definition]:
    """The definitions, functions first, in the order of the names; also from files beside it."""
    found: dict[str, Definition] = {}
    for path in (
        (*sorted(file.parent.glob("*.py")), file) if file.name == "__init__.py" else (file,)
    ):
        for node in _tree(path).body:
            if isinstance(node, Definition):
                found[node.name] = node
    known = [found[name] for name in names]
    yield from (node for node in known if isinstance(node, ast.FunctionDef))
    yield from (node for node in known if isinstance(node, ast.ClassDef))


def _section(node: Definition) -> Iterator[str]:
    docstring = ast.get_docstring(node) or ""
    if isinstance(node, ast.FunctionDef):
        yield from (f"### {node.name}", "", "```python", _signature(node), "```", "")
        yield from as_markdown(docstring)
        return
    yield from (f"### {node.name}", "")
    yield from _class(node, docstring)


def _class(node: ast.ClassDef, docstring: str) -> Iterator[str]:
    methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
    constructor = next((one for one in methods if one.name == "__init__"), None)
    raised = _is_error(node)
    if constructor is not None and not raised:
        yield from ("```python", _signature(constructor, name=node.name), "```", "")
    yield from as_markdown(docstring)
    if constructor is not None and not raised:
        yield from as_markdown(ast.get_docstring(constructor) or "")
    words = {
        name: text for names, text in items(docstring, "Attributes") for name in names.split(", ")
    }
    fields = [
        (one.target.id, ast.unparse(one.annotation))
        for one in node.body
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and not one.target.id.startswith("_")
    ]
    fields += [(name, "") for name in words if name not in dict(fields)]
    rows = [
        [f"`{name}`", f"`{kind}`" if kind else "", words.get(name, "")] for name, kind in fields
    ]
    for one in methods:
        if "property" in map(ast.unparse, one.decorator_list) and not one.name.startswith("_"):
            kind = ast.unparse(one.returns) if one.returns else ""
            rows.append([f"`{one.name}`", f"`{kind}`", _first(one)])
    if rows:
        yield from (*table(["attribute", "type", ""], rows), "")
    for one in methods:
        if not (one.name.startswith("_") or one.decorator_list or raised or one.name in _HOOKS):
            yield from (f"#### {node.name}.{one.name}", "", "```python", _signature(one), "```", "")
            yield from as_markdown(ast.get_docstring(one) or "")


def _first(node: ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")


def _is_error(node: ast.ClassDef) -> bool:
    return node.name.endswith("Error")


def _signature(node: ast.FunctionDef, name: str = "") -> str:
    """How it is called; one argument a line where it is long."""
    arguments = node.args
    own = [one for one in arguments.args if one.arg != "self"]
    padding = [None] * (len(own) - len(arguments.defaults))
    shown = [
        _argument(one, default)
        for one, default in zip(own, [*padding, *arguments.defaults], strict=True)
    ]
    if arguments.kwonlyargs:
        shown.append("*")
        shown += map(_argument, arguments.kwonlyargs, arguments.kw_defaults)
    returned = f" -> {ast.unparse(node.returns)}" if node.returns and not name else ""
    line = f"{name or node.name}({', '.join(shown)}){returned}"
    if len(line) <= 88:
        return line
    inner = "".join(f"    {one},\n" for one in shown)
    return f"{name or node.name}(\n{inner}){returned}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    kind = f": {ast.unparse(argument.annotation)}" if argument.annotation else ""
    given = "" if default is None else f" = {ast.unparse(default)}"
    return f"{argument.arg}{kind}{given}"


def _errors() -> Iterator[str]:
    """The tree of errors that everything here may raise."""
    yield from ("## modelops_bundle.errors", "")
    tree = _tree(PACKAGE / "errors.py")
    yield from as_markdown(ast.get_docstring(tree) or "")
    known: dict[str, tuple[int, str]] = {}
    rows = []
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        base = ast.unparse(node.bases[0])
        exit_code, code = known.get(base, (2, "error"))
        for statement in node.body:
            if isinstance(statement, ast.Assign):
                target = ast.unparse(statement.targets[0])
                value = ast.literal_eval(statement.value)
                exit_code = value if target == "exit_code" else exit_code
                code = value if target == "code" else code
        known[node.name] = (exit_code, code)
        words = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
        rows.append([f"`{node.name}`", f"`{base}`", str(exit_code), f"`{code}`", words])
    yield from table(["error", "is a", "exit code", "`code`", ""], rows)
