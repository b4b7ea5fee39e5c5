"""Random edits of a project on disk, each as people or their tools make them."""

from __future__ import annotations

import ast
import random
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.mutation_judge import Entry, Snapshot, defined


@dataclass(slots=True)
class Edit:
    """What an edit did.

    Attributes:
        kind: The operator's name.
        where: The file that it was done to.
        truth: Entry key to the entrypoint's symbol and file that it is now, for renames and moves.
        added: Names of definitions that are not what they were or are new.
        environment: The dependencies of `pyproject.toml` changed.
    """

    kind: str
    where: str
    truth: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    environment: bool = False


@dataclass(slots=True)
class Bench:
    """A project that edits are made to.

    Attributes:
        state: As of the last sync.
        entries: As registered then.
        count: Of the edits so far: makes names that were never used.
    """

    root: Path
    random: random.Random
    state: Snapshot
    entries: tuple[Entry, ...]
    count: int = 0

    def fresh(self, stem: str) -> str:
        return f"{stem}{self.count}"

    def write(self, path: str, content: bytes) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)

    def pick(self, among: str = "any") -> str | None:
        """A source: an entry's own, one that an entry reaches, or any of the project."""
        own = sorted({e.path for e in self.entries if e.path in self.state.files})
        reached = sorted({f for files in self.state.must.values() for f in files} - set(own))
        every = sorted(f for f in self.state.files if f.endswith(".py"))
        weights = {
            "any": (own, reached, reached, every),
            "own": (own,),
            "reached": (reached or own,),
            "other": (sorted(set(every) - set(own) - set(reached)),),
        }[among]
        pool = self.random.choice(weights)
        return self.random.choice(pool) if pool else None


Operator = Callable[[Bench], Edit | None]


def _tree(text: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _plain(bench: Bench, among: str = "any") -> tuple[str, bytes, ast.Module] | None:
    """A source that can be edited by lines: parsable, UTF-8, newlines as on Unix."""
    path = bench.pick(among)
    if path is None:
        return None
    text = bench.state.files[path]
    tree = _tree(text)
    if tree is None or b"\r" in text or b"\f" in text or text.startswith(b"\xef\xbb\xbf"):
        return None
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return path, text, tree


def _starts(tree: ast.Module, text: bytes) -> list[int]:
    """Lines (from 0) where a top-level statement starts that shares no line with the one before."""
    found, last = [], 0
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if first > last and not _is_text(node) and not future:
            found.append(first - 1)
        last = node.end_lineno or first
    lines = text.split(b"\n")
    return [n for n in found if n < 1 or not lines[n - 1].rstrip().endswith(b"\\")]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _insert(bench: Bench, kind: str, addition: bytes, among: str = "any") -> Edit | None:
    chosen = _plain(bench, among)
    if chosen is None:
        return None
    path, text, tree = chosen
    starts = _starts(tree, text)
    if not starts:
        return None
    lines = text.split(b"\n")
    lines.insert(bench.random.choice(starts), addition)
    bench.write(path, b"\n".join(lines))
    return Edit(kind, path)


def comment(bench: Bench) -> Edit | None:
    return _insert(bench, "comment", f"# A remark {bench.count}.".encode())


def blank_lines(bench: Bench) -> Edit | None:
    return _insert(bench, "blank lines", b"\n\n")


def statement(bench: Bench) -> Edit | None:
    return _insert(bench, "new statement", f"_remark_{bench.count} = {bench.count}".encode())


def new_helper(bench: Bench) -> Edit | None:
    return _insert(bench, "new function", f"def _helper_{bench.count}(x):\n    return x\n".encode())


def trailing(bench: Bench) -> Edit | None:
    """A comment behind a line of code."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    ends = [
        node.end_lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.Return | ast.Import) and node.end_lineno
    ]
    lines = text.split(b"\n")
    ends = [
        end for end in ends if end <= len(lines) and lines[end - 1].strip()[-1:] not in (b"\\", b"")
    ]
    if not ends:
        return None
    end = bench.random.choice(ends)
    lines[end - 1] += b"  # so it is"
    bench.write(path, b"\n".join(lines))
    return Edit("trailing comment", path)


def docstring(bench: Bench) -> Edit | None:
    """Another docstring, or the first one."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    nodes = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.body[0].lineno > n.lineno
    ]
    if not nodes:
        return None
    node = bench.random.choice(nodes)
    lines = text.split(b"\n")
    first = node.body[0]
    new = " " * first.col_offset + f'"""Say {bench.count}."""'
    if _is_text(first) and isinstance(first.value.value, str):  # type: ignore[attr-defined]
        end = first.end_lineno or first.lineno
        if len(node.body) > 1 and node.body[1].lineno == end:
            return None
        if lines[end - 1].strip().endswith(b";"):
            return None
        lines[first.lineno - 1 : end] = [new.encode()]
    else:
        at = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", ()))])
        lines.insert(at - 1, new.encode())
    bench.write(path, b"\n".join(lines))
    return Edit("docstring", path)


def reformat(bench: Bench) -> Edit | None:
    """`ruff format` with a taste of its own."""
    path = bench.pick()
    if path is None:
        return None
    length = bench.random.choice(["60", "79", "100", "140"])
    quotes = bench.random.choice(["single", "double"])
    config = f"format.quote-style = '{quotes}'"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--isolated",
            "--no-cache",
            "--quiet",
            "--line-length",
            length,
            "--config",
            config,
            path,
        ],
        cwd=bench.root,
        capture_output=True,
        check=False,
    )
    same = (bench.root / path).read_bytes() == bench.state.files[path]
    return None if done.returncode or same else Edit("ruff format", path)


def line_endings(bench: Bench) -> Edit | None:
    chosen = _plain(bench)
    if chosen is None or not chosen[1].strip():
        return None
    bench.write(chosen[0], chosen[1].replace(b"\n", b"\r\n"))
    return Edit("line endings", chosen[0])


def byte_order_mark(bench: Bench) -> Edit | None:
    chosen = _plain(bench)
    if chosen is None:
        return None
    bench.write(chosen[0], b"\xef\xbb\xbf" + chosen[1])
    return Edit("byte order mark", chosen[0])


def again(bench: Bench) -> Edit | None:
    """The same bytes written again, or other permissions."""
    path = bench.random.choice(sorted(bench.state.files))
    if bench.random.random() < 0.5:
        bench.write(path, bench.state.files[path])
    else:
        (bench.root / path).chmod(bench.random.choice([0o600, 0o644, 0o755]))
    return Edit("written again", path)


def constant(bench: Bench) -> Edit | None:
    """Another number or another text."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    docs = {id(n.value) for n in ast.walk(tree) if _is_text(n)}  # type: ignore[attr-defined]
    inside = {id(c) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for c in ast.walk(n)}
    found = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant)
        and id(n) not in docs
        and id(n) not in inside
        and n.lineno == n.end_lineno
        and type(n.value) in (int, float, str, bool)
    ]
    lines = text.split(b"\n")
    bench.random.shuffle(found)
    for node in found[:20]:
        line = lines[node.lineno - 1]
        old = line[node.col_offset : node.end_col_offset]
        new = _other_constant(old, node.value)
        if new is not None:
            lines[node.lineno - 1] = line[: node.col_offset] + new + line[node.end_col_offset :]
            bench.write(path, b"\n".join(lines))
            return Edit("constant", path)
    return None


def _other_constant(old: bytes, value: object) -> bytes | None:
    if isinstance(value, bool):
        return b"False" if value else b"True"
    if isinstance(value, int | float) and re.fullmatch(rb"[0-9]+(\.[0-9]+)?", old):
        return old + b"1" if b"." in old else str(int(old) + 1).encode()
    if isinstance(value, str) and re.fullmatch(rb"'[^'\\]+'|\"[^\"\\]+\"", old):
        return old[:-1] + b"_x" + old[-1:]
    return None


def drop_statement(bench: Bench) -> Edit | None:
    """A simple statement of a function becomes `pass`."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    lines = text.split(b"\n")
    found = [
        n
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for n in function.body
        if isinstance(n, ast.Assign | ast.AugAssign | ast.Return | ast.Raise | ast.Assert)
        and lines[n.lineno - 1][: n.col_offset].strip() == b""
        and not lines[(n.end_lineno or 1) - 1][n.end_col_offset :].strip()
    ]
    if not found:
        return None
    node = bench.random.choice(found)
    lines[node.lineno - 1 : node.end_lineno] = [b" " * node.col_offset + b"pass"]
    bench.write(path, b"\n".join(lines))
    return Edit("statement dropped", path)


def annotate(bench: Bench) -> Edit | None:
    return _pattern(bench, "annotation", rb"^def (\w+)\(\):", rb"def \1() -> object:")


def rename_local(bench: Bench) -> Edit | None:
    """A function that is no entry gets another name where it is defined."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    taken = {e.symbol for e in bench.entries}
    names = [
        n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name not in taken
    ]
    names = [n for n in names if not n.startswith("__")]
    if not names:
        return None
    name = bench.random.choice(names)
    new = f"{name}_{bench.count}"
    text = re.sub(rb"\bdef " + name.encode() + rb"\b", b"def " + new.encode(), text, count=1)
    bench.write(path, text)
    return Edit("function renamed", path)


def decorator(bench: Bench) -> Edit | None:
    """A decorator more on some definition, or one less."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    taken = {(e.path, e.symbol) for e in bench.entries}
    lines = text.split(b"\n")
    nodes = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef | ast.ClassDef)
        and (path, n.name) not in taken
        and lines[n.lineno - 1].lstrip().startswith((b"def", b"class"))
    ]
    if not nodes:
        return None
    node = bench.random.choice(nodes)
    if node.decorator_list and bench.random.random() < 0.5:
        first = node.decorator_list[0]
        del lines[first.lineno - 1 : first.end_lineno]
    else:
        lines.insert(node.lineno - 1, b" " * node.col_offset + b"@_same")
        lines.append(b"def _same(x): return x")
    bench.write(path, b"\n".join(lines))
    return Edit("decorator", path)


def entry_decorator(bench: Bench) -> Edit | None:
    """Another text in the decorator of an entry, or of a method of one."""
    return _pattern(
        bench,
        "entry's decorator",
        rb"(@[\w.]*output\(|model_output=)(['\"])(\w+)",
        rb"\1\2\3_x",
        "own",
    )


def _pattern(bench: Bench, kind: str, old: bytes, new: bytes, among: str = "any") -> Edit | None:
    chosen = _plain(bench, among)
    if chosen is None:
        return None
    path, text, _ = chosen
    hits = list(re.finditer(old, text, re.MULTILINE))
    if not hits:
        return None
    hit = bench.random.choice(hits)
    bench.write(path, text[: hit.start()] + hit.expand(new) + text[hit.end() :])
    return Edit(kind, path)


def add_import(bench: Bench) -> Edit | None:
    """One more import of a project module, or of the standard library."""
    others = sorted(f for f in bench.state.files if re.fullmatch(r"(\w+/)*[a-z]\w*\.py", f))
    module = bench.random.choice(others).removesuffix(".py").removesuffix("/__init__")
    module = module.removeprefix("src/").replace("/", ".")
    name = bench.random.choice([module, module, "colorsys"])
    return _insert(bench, "import", f"import {name} as _import_{bench.count}".encode())


def rename_entry(bench: Bench) -> Edit | None:
    entry = bench.random.choice(bench.entries)
    new = bench.fresh(f"{entry.symbol.rstrip('0123456789')}")
    return _rename(bench, "entry renamed", {entry.symbol: new}, entry)


def rename_and_edit(bench: Bench) -> Edit | None:
    """An entry renamed, with a statement more in its body."""
    entry = bench.random.choice(bench.entries)
    text = bench.state.files[entry.path]
    new = bench.fresh(entry.symbol.rstrip("0123456789"))
    pattern = rb"\b" + entry.symbol.encode() + rb"\b"
    text = re.sub(pattern, new.encode(), text)
    tree = _tree(text)
    node = next((n for n in tree.body if getattr(n, "name", "") == new), None) if tree else None
    if node is None or b"\r" in text:
        return None
    lines = text.split(b"\n")
    last = node.body[-1]  # type: ignore[attr-defined]
    at = min([last.lineno, *(d.lineno for d in getattr(last, "decorator_list", ()))])
    lines.insert(at - 1, b" " * last.col_offset + b"edited = 1")
    bench.write(entry.path, b"\n".join(lines))
    truth = {
        e.key: (new, e.path)
        for e in bench.entries
        if (e.path, e.symbol) == (entry.path, entry.symbol)
    }
    return Edit("entry renamed and edited", entry.path, truth, frozenset({entry.symbol, new}))


def swap_entries(bench: Bench) -> Edit | None:
    """Two entries of a file exchange their names."""
    one = bench.random.choice(bench.entries)
    others = [e for e in bench.entries if e.path == one.path and e.symbol != one.symbol]
    if not others:
        return None
    other = bench.random.choice(others)
    return _rename(
        bench,
        "entries swapped",
        {one.symbol: other.symbol, other.symbol: one.symbol},
        None,
        one.path,
    )


def _rename(
    bench: Bench, kind: str, names: Mapping[str, str], entry: Entry | None, path: str = ""
) -> Edit | None:
    path = entry.path if entry is not None else path
    text = bench.state.files[path]
    pattern = re.compile(rb"\b(" + "|".join(map(re.escape, names)).encode() + rb")\b")
    bench.write(path, pattern.sub(lambda hit: names[hit[1].decode()].encode(), text))
    truth = {}
    if entry is not None:
        new = names[entry.symbol]
        truth = {
            e.key: (new, path) for e in bench.entries if (e.path, e.symbol) == (path, entry.symbol)
        }
    return Edit(kind, path, truth, frozenset({*names, *names.values()}))


def move_entry(bench: Bench) -> Edit | None:
    """An entry's file gets another name in its folder."""
    entry = bench.random.choice(bench.entries)
    if entry.path.endswith("__init__.py"):
        return None
    folder, _, name = entry.path.rpartition("/")
    new = f"{folder}/{bench.fresh(name.removesuffix('.py').rstrip('0123456789'))}.py"
    (bench.root / entry.path).rename(bench.root / new)
    truth = {e.key: (e.symbol, new) for e in bench.entries if e.path == entry.path}
    return Edit("entry's file moved", entry.path, truth)


def copy_entry(bench: Bench) -> Edit | None:
    """A copy of an entry's definition under another name."""
    entry = bench.random.choice(bench.entries)
    text = bench.state.files[entry.path]
    tree = _tree(text)
    node = (
        next((n for n in tree.body if getattr(n, "name", "") == entry.symbol), None)
        if tree
        else None
    )
    if node is None or b"\r" in text:
        return None
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])  # type: ignore[attr-defined]
    lines = text.split(b"\n")[first - 1 : node.end_lineno]
    new = bench.fresh(entry.symbol.rstrip("0123456789"))
    copied = b"\n".join(lines).replace(entry.symbol.encode(), new.encode())
    bench.write(entry.path, text.rstrip() + b"\n\n\n" + copied + b"\n")
    return Edit("entry copied", entry.path, {}, frozenset({new}))


def delete_entry(bench: Bench) -> Edit | None:
    entry = bench.random.choice(bench.entries)
    text = bench.state.files[entry.path]
    tree = _tree(text)
    node = (
        next((n for n in tree.body if getattr(n, "name", "") == entry.symbol), None)
        if tree
        else None
    )
    if node is None or b"\r" in text:
        return None
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])  # type: ignore[attr-defined]
    lines = text.split(b"\n")
    del lines[first - 1 : node.end_lineno]
    bench.write(entry.path, b"\n".join(lines))
    return Edit("entry deleted", entry.path, {}, frozenset({entry.symbol}))


def swap_definitions(bench: Bench) -> Edit | None:
    """Two definitions change places."""
    chosen = _plain(bench)
    if chosen is None:
        return None
    path, text, tree = chosen
    nodes = [
        n
        for n in tree.body
        if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.decorator_list
    ]
    if len(nodes) < 2:
        return None
    at = bench.random.randrange(len(nodes) - 1)
    one, other = nodes[at], nodes[at + 1]
    lines = text.split(b"\n")
    a, b, c, d = one.lineno - 1, one.end_lineno, other.lineno - 1, other.end_lineno
    bench.write(path, b"\n".join([*lines[:a], *lines[c:d], *lines[b:c], *lines[a:b], *lines[d:]]))
    return Edit("definitions swapped", path)


def delete_helper(bench: Bench) -> Edit | None:
    path = bench.pick("reached")
    if path is None or path in {e.path for e in bench.entries}:
        return None
    (bench.root / path).unlink()
    return Edit("helper deleted", path)


def move_helper(bench: Bench) -> Edit | None:
    """A helper moves, and nothing follows it."""
    path = bench.pick("reached")
    if path is None or path in {e.path for e in bench.entries} or path.endswith("__init__.py"):
        return None
    new = f"{path.removesuffix('.py')}_{bench.count}.py"
    (bench.root / path).rename(bench.root / new)
    return Edit("helper moved", path)


def data(bench: Bench) -> Edit | None:
    """A byte of a data file, with the same size or another."""
    files = sorted(f for f in bench.state.files if re.search(r"\.(csv|json|txt|npy)$", f))
    if not files:
        return None
    path = bench.random.choice(files)
    content = bench.state.files[path]
    if bench.random.random() < 0.5 and content:
        at = bench.random.randrange(len(content))
        content = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    else:
        content += f"{bench.count}\n".encode()
    bench.write(path, content)
    return Edit("data", path)


def delete_data(bench: Bench) -> Edit | None:
    used = sorted({d for e in bench.entries for d in e.data if d in bench.state.files})
    if not used:
        return None
    path = bench.random.choice(used)
    (bench.root / path).unlink()
    return Edit("data deleted", path)


def unrelated(bench: Bench) -> Edit | None:
    """A file that nothing reads: new, changed, or code that nobody imports."""
    path = bench.random.choice(
        [
            f"notes/{bench.fresh('n')}.md",
            f"scratch_{bench.count}.py",
            "README.md",
            f"logs/{bench.count}.log",
        ]
    )
    old = bench.state.files.get(path, b"")
    bench.write(path, old + f"x = {bench.count}  # unrelated\n".encode())
    return Edit("unrelated file", path)


def unreached_source(bench: Bench) -> Edit | None:
    path = bench.pick("other")
    if path is None:
        return None
    bench.write(path, bench.state.files[path] + f"\n_unreached = {bench.count}\n".encode())
    return Edit("unreached source", path)


def dependencies(bench: Bench) -> Edit | None:
    """One more dependency, or something else in `pyproject.toml`."""
    text = bench.state.files.get("pyproject.toml")
    if text is None:
        return None
    if bench.random.random() < 0.5:
        new = re.sub(
            rb"(?m)^dependencies = \[", f'dependencies = [\n  "extra{bench.count}",'.encode(), text
        )
    else:
        new = text + f"\n[tool.other{bench.count}]\nx = 1\n".encode()
    if new == text:
        return None
    bench.write("pyproject.toml", new)
    return Edit("pyproject", "pyproject.toml", environment=b"extra%d" % bench.count in new)


_SHADOWED = (
    "csv",
    "json",
    "random",
    "statistics",
    "numpy",
    "polars",
    "pandas",
    "colorsys",
    "math_",
)


def shadow(bench: Bench) -> Edit | None:
    """A file appears that has the name of an installed module, or a package that hides a module."""
    if bench.random.random() < 0.6:
        name = bench.random.choice(_SHADOWED)
        path = f"{name}.py"
        if path in bench.state.files or any(f.startswith(f"{name}/") for f in bench.state.files):
            return None
    else:
        hidden = bench.pick("reached")
        if hidden is None or hidden.endswith("__init__.py"):
            return None
        path = f"{hidden.removesuffix('.py')}/__init__.py"
    bench.write(path, b"value = 1\n")
    return Edit("shadowing file", path)


def syntax_error(bench: Bench) -> Edit | None:
    path = bench.pick()
    if path is None:
        return None
    bench.write(path, bench.state.files[path] + b"\ndef broken(:\n")
    return Edit("syntax error", path)


def two_at_once(bench: Bench) -> Edit | None:
    """Data and code at once."""
    first = data(bench)
    second = constant(bench)
    return second or first


#: Each with how often it is drawn.
OPERATORS: tuple[tuple[Operator, int], ...] = (
    (comment, 4),
    (blank_lines, 2),
    (trailing, 3),
    (docstring, 4),
    (reformat, 4),
    (line_endings, 2),
    (byte_order_mark, 1),
    (again, 2),
    (constant, 8),
    (drop_statement, 4),
    (statement, 3),
    (new_helper, 2),
    (annotate, 1),
    (rename_local, 3),
    (decorator, 3),
    (entry_decorator, 2),
    (add_import, 3),
    (rename_entry, 3),
    (rename_and_edit, 3),
    (swap_entries, 2),
    (move_entry, 3),
    (copy_entry, 2),
    (delete_entry, 2),
    (swap_definitions, 2),
    (delete_helper, 2),
    (move_helper, 2),
    (data, 4),
    (delete_data, 1),
    (unrelated, 3),
    (unreached_source, 2),
    (dependencies, 2),
    (shadow, 3),
    (syntax_error, 2),
    (two_at_once, 2),
)


def make_edit(bench: Bench) -> Edit:
    """Draw an edit until one can be made."""
    operators = [operator for operator, weight in OPERATORS for _ in range(weight)]
    while True:
        bench.count += 1
        edit = bench.random.choice(operators)(bench)
        if edit is not None:
            return edit


__all__ = ["Bench", "Edit", "defined", "make_edit"]
