"""Imports that are calls: `import_module`, `__import__`, `runpy`, `importlib.resources` and kin."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from modelops_bundle.analysis.chains import Chain
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.texts import PACKAGE, TextEvaluator


class How(StrEnum):
    """What a call does with the name it is given."""

    IMPORT = "import"
    #: Imports it and runs it as a program; of a package, `__main__`.
    RUN = "run"
    #: Imports it for the files beside it.
    RESOURCE = "resource"
    #: Loads the file at a path.
    PATH = "path"
    #: A comment says so.
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class DynamicImport:
    """A call that imports.

    Attributes:
        names: Dotted names (relative ones as `package|.name`) or paths, with the placeholders of
            `texts`; None where they are computed.
        prefix: What a computed name begins with.
        settled: A comment on its lines or right above says what is imported.
    """

    line: int
    how: How
    names: tuple[str, ...] | None
    prefix: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class _Importer:
    how: How
    #: Where the name or path stands among the arguments.
    position: int
    keywords: tuple[str, ...]


_RESOURCE = _Importer(How.RESOURCE, 0, ("package", "anchor"))
_IMPORTERS = {
    "importlib.import_module": _Importer(How.IMPORT, 0, ("name",)),
    "importlib.__import__": _Importer(How.IMPORT, 0, ("name",)),
    "builtins.__import__": _Importer(How.IMPORT, 0, ("name",)),
    "__import__": _Importer(How.IMPORT, 0, ("name",)),
    "pkgutil.resolve_name": _Importer(How.IMPORT, 0, ("name",)),
    "runpy.run_module": _Importer(How.RUN, 0, ("mod_name",)),
    "runpy.run_path": _Importer(How.PATH, 0, ("path_name",)),
    "importlib.util.spec_from_file_location": _Importer(How.PATH, 1, ("location",)),
    "importlib.machinery.SourceFileLoader": _Importer(How.PATH, 1, ("path",)),
    "imp.load_source": _Importer(How.PATH, 1, ("pathname",)),
    "pkgutil.get_data": _RESOURCE,
    "importlib.resources.contents": _RESOURCE,
    "importlib.resources.files": _RESOURCE,
    "importlib.resources.is_resource": _RESOURCE,
    "importlib.resources.open_binary": _RESOURCE,
    "importlib.resources.open_text": _RESOURCE,
    "importlib.resources.path": _RESOURCE,
    "importlib.resources.read_binary": _RESOURCE,
    "importlib.resources.read_text": _RESOURCE,
}
_COMMENT = re.compile(r"#\s*mops:\s*imports\b[ \t]*(.*)")


def dynamic_imports(
    source: ParsedSource, chains: Sequence[Chain], evaluator: TextEvaluator
) -> tuple[DynamicImport, ...]:
    """The importing calls of a file, and what its `# mops: imports` comments name."""
    comments = _comments(source)
    found = [DynamicImport(line, How.COMMENT, names) for line, names in comments.items()]
    for chain in chains:
        importer = _IMPORTERS.get(chain.dotted)
        if importer is None or not chain.read:
            continue
        whole = chain.call or chain.node
        lines = range(whole.lineno - 1, (whole.end_lineno or whole.lineno) + 1)
        settled = any(line in comments for line in lines)
        if chain.call is not None:
            found.append(_from_call(chain.call, chain.dotted, evaluator, settled))
        elif importer.how is not How.RESOURCE:
            # Handed on, as in `map(import_module, names)`.
            found.append(DynamicImport(whole.lineno, importer.how, None, "", settled))
    found.sort(key=lambda one: (one.line, one.how, one.names or ()))
    return tuple(found)


def _from_call(
    call: ast.Call, dotted: str, evaluator: TextEvaluator, settled: bool
) -> DynamicImport:
    importer = _IMPORTERS[dotted]
    how = importer.how
    texts = evaluator.texts(_argument(call, importer.position, importer.keywords))
    values = texts.values
    if values is None:
        # A resource of a package that is not named by a literal: its module is imported anyway.
        names = () if how is How.RESOURCE else None
        return DynamicImport(call.lineno, how, names, texts.prefix, settled)
    if dotted == "importlib.import_module":
        values = _absolute(call, values, evaluator)
    elif dotted == "pkgutil.resolve_name":
        values = tuple(value.partition(":")[0] for value in values)
    elif how is How.IMPORT:
        values = tuple(_with_level(call, values, evaluator))
    return DynamicImport(call.lineno, how, values, "", settled)


def _argument(call: ast.Call, position: int, keywords: tuple[str, ...]) -> ast.expr | None:
    if any(isinstance(argument, ast.Starred) for argument in call.args[: position + 1]):
        return None
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in keywords), None)


def _absolute(
    call: ast.Call, values: tuple[str, ...], evaluator: TextEvaluator
) -> tuple[str, ...] | None:
    """The names of `import_module(name, package)`; None where the package cannot be told."""
    if not any(value.startswith(".") for value in values):
        return values
    packages = evaluator.texts(_argument(call, 1, ("package",))).values
    if packages is None:
        return None
    return tuple(
        f"{package}|{value}" if value.startswith(".") else value
        for value in values
        for package in packages
    )


def _with_level(call: ast.Call, values: tuple[str, ...], evaluator: TextEvaluator) -> Iterator[str]:
    """The names of `__import__(name, globals, locals, fromlist, level)`, submodules included."""
    given: dict[str, ast.expr] = {k.arg: k.value for k in call.keywords if k.arg}
    for index, label in ((3, "fromlist"), (4, "level")):
        if len(call.args) > index:
            given[label] = call.args[index]
    level = given.get("level")
    dots = level.value if isinstance(level, ast.Constant) and isinstance(level.value, int) else 0
    dots = min(max(dots, 0), 64)
    submodules = evaluator.elements(given["fromlist"]).values if "fromlist" in given else ()
    for value in values:
        base = f"{PACKAGE}|{'.' * dots}{value}" if dots else value
        yield base
        for submodule in submodules or ():
            if submodule != "*":
                yield f"{base}.{submodule}" if value else f"{base}{submodule}"


def _comments(source: ParsedSource) -> dict[int, tuple[str, ...]]:
    """Line to the names in a `# mops: imports` comment."""
    if not any("mops:" in line and _COMMENT.search(line) for line in source.lines):
        return {}
    found: dict[int, tuple[str, ...]] = {}
    # The tokenizer tells comments from strings that look like one.
    reader = io.StringIO(source.text).readline
    try:
        for token in tokenize.generate_tokens(reader):
            match = _COMMENT.match(token.string) if token.type == tokenize.COMMENT else None
            if match:
                found[token.start[0]] = tuple(re.split(r"[\s,]+", match.group(1).strip(", \t")))
    except (tokenize.TokenError, SyntaxError):
        pass  # it parsed, so only what comes after the last complete statement is lost
    return {line: tuple(name for name in names if name) for line, names in found.items()}
