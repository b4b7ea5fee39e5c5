"""The texts that an expression can be worth where it builds a path to data.

Beside what import names are built of, paths come from constants of other modules and from
attributes of the object or class. What only the project can tell stands between two `IMPORTED`
marks. Files that come with a package are part of the closure, see `package_resources`.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from modelops_bundle.analysis.chains import called_as
from modelops_bundle.analysis.texts import FILE, NAME, PACKAGE, TextEvaluator, Texts

#: `<dotted name>`: what an import binds; relative names keep their dots.
IMPORTED = "\3"
#: Calls that build a path, or text for one, of what they are given.
PATH_CALLS = frozenset(
    """
    Path PurePath PosixPath PurePosixPath str fspath abspath realpath normpath expanduser join
    joinpath resolve absolute as_posix with_name with_suffix dirname
    """.split()  # noqa: SIM905 - a column of names is not readable
)
_JOINS = frozenset({"os.path.join", "posixpath.join"})
_HERE = frozenset({"cwd", "getcwd"})
_SELF = frozenset({"self", "cls"})
_MARKS = frozenset((FILE, NAME, PACKAGE, IMPORTED))
_UNKNOWN = Texts(None)


class PathEvaluator(TextEvaluator):
    """Evaluates expressions of one file that build paths.

    Args:
        nodes: The file's nodes by type.
        bindings: What its imports bind.
    """

    def __init__(
        self,
        nodes: Mapping[type, Sequence[ast.AST]],
        bindings: Mapping[str, frozenset[str]],
    ) -> None:
        """Prepare; nothing is evaluated yet."""
        super().__init__(lambda: nodes, bindings)
        self._imported = bindings
        self._stored: dict[str, int] | None = None
        self._loads: dict[str, list[ast.Name]] = {}
        self._attributes: dict[str, list[ast.expr] | None] | None = None
        self._asked: set[str] = set()
        #: Imported names to the last part of what they stand for, where that is another.
        self.aliases: dict[str, str] = {}
        for name, meanings in bindings.items():
            last = next(iter(meanings)).rpartition(".")[2]
            if len(meanings) == 1 and last != name:
                self.aliases[name] = last

    def texts(self, node: ast.expr | None, depth: int = 0) -> Texts:
        """The texts that an expression can be worth."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if not _MARKS.isdisjoint(node.value):
                return _UNKNOWN
        elif isinstance(node, ast.Call):
            special = self._special(node, depth + 1)
            if special is not None:
                return special
        known = super().texts(node, depth)
        if known.values is not None or known.prefix:
            return known
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._elsewhere(node, depth + 1)
        return known

    def _elsewhere(self, node: ast.Name | ast.Attribute, depth: int) -> Texts:
        """What a name from another module, or an attribute of the object, is worth."""
        owner = node.value if isinstance(node, ast.Attribute) else None
        own = isinstance(owner, ast.Name) and (owner.id in _SELF or owner.id not in self._bindings)
        if own and isinstance(node, ast.Attribute):
            return self._attribute(node.attr, depth)
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name) or self._is_stored(inner.id):
            return _UNKNOWN
        meanings = self._bindings.get(inner.id, frozenset())
        if len(meanings) != 1 or len(parts) > 1:
            return _UNKNOWN
        dotted = ".".join((*meanings, *reversed(parts)))
        return Texts((f"{IMPORTED}{dotted}{IMPORTED}",))

    def _is_stored(self, name: str) -> bool:
        return name in self._stores()

    def loads(self, name: str) -> Sequence[ast.Name]:
        """Where a name is read."""
        self._stores()
        return self._loads.get(name, ())

    def _stores(self) -> dict[str, int]:
        if self._stored is None:
            stored: dict[str, int] = {}
            loads = self._loads
            for node in self._nodes.get(ast.Name, ()):
                name = node.id  # type: ignore[attr-defined]
                if node.ctx.__class__ is not ast.Load:  # type: ignore[attr-defined]
                    stored[name] = stored.get(name, 0) + 1
                elif name in loads:
                    loads[name].append(node)  # type: ignore[arg-type]
                else:
                    loads[name] = [node]  # type: ignore[list-item]
            self._stored = stored
        return self._stored

    def _attribute(self, name: str, depth: int) -> Texts:
        """What an attribute is worth, whatever object or class of the file it is set on."""
        if name in self._asked or depth > 24:
            return _UNKNOWN
        if self._attributes is None:
            self._attributes = self._all_attributes()
        found = self._attributes.get(name, [])
        if found is None:
            return _UNKNOWN
        self._asked.add(name)
        choices = [self.texts(value, depth) for value in found]
        self._asked.discard(name)
        values: dict[str, None] = {}
        for choice in choices:
            if choice.values is None:
                return _UNKNOWN
            values.update(dict.fromkeys(choice.values))
        return Texts(tuple(values)) if values else _UNKNOWN

    def _all_attributes(self) -> dict[str, list[ast.expr] | None]:
        """Attributes that are set, with their values; None where some value is not understood."""
        found: dict[str, list[ast.expr] | None] = {}
        for owner in self._nodes.get(ast.ClassDef, ()):
            assert isinstance(owner, ast.ClassDef)
            for statement in owner.body:
                for name, value in _assigned_names(statement):
                    found.setdefault(name, []).append(value)  # type: ignore[union-attr]
        understood: dict[int, ast.expr] = {}
        for node in self._nodes.get(ast.Assign, ()):
            assert isinstance(node, ast.Assign)
            understood.update((id(target), node.value) for target in node.targets)
        for node in self._nodes.get(ast.AnnAssign, ()):
            assert isinstance(node, ast.AnnAssign)
            if node.value is not None:
                understood[id(node.target)] = node.value
        for node in self._nodes.get(ast.Attribute, ()):
            assert isinstance(node, ast.Attribute)
            if isinstance(node.ctx, ast.Load):
                continue
            given, known = understood.get(id(node)), found.setdefault(node.attr, [])
            if given is None or known is None:
                found[node.attr] = None
            else:
                known.append(given)
        return found

    def _special(self, call: ast.Call, depth: int) -> Texts | None:
        """Calls that only make paths; None for all others."""
        args, name = call.args, self._called(call.func)
        if not call.keywords and called_as(call.func, self._imported) in _JOINS:
            return self._joined_path([self.texts(argument, depth) for argument in args])
        if name in _HERE and not args:
            return Texts((".",))
        if name in ("Path", "PurePath") and not args and not call.keywords:
            return Texts((".",))
        if name == "resolve" and call.keywords and isinstance(call.func, ast.Attribute):
            return self.texts(call.func.value, depth)
        if name == "normpath" and len(args) == 1:
            return self.texts(args[0], depth)
        if name == "with_suffix" and len(args) == 1 and isinstance(call.func, ast.Attribute):
            return _with_suffix(self.texts(call.func.value, depth), self.texts(args[0], depth))
        return None

    def _joined_path(self, parts: Sequence[Texts]) -> Texts:
        values = [""]
        for part in parts:
            if part.values is None:
                return Texts(None, values[0] if len(values) == 1 else "")
            values = [posixpath.join(head, tail) for head in values for tail in part.values]
            if len(values) > 256:
                return _UNKNOWN
        return Texts(tuple(values))


def _assigned_names(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Names that a statement of a class body gives a value to."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id, value


def _with_suffix(paths: Texts, suffixes: Texts) -> Texts:
    if paths.values is None or suffixes.values is None:
        return _UNKNOWN
    found = []
    for path in paths.values:
        stem, _ = posixpath.splitext(path)
        if not _MARKS.isdisjoint(posixpath.basename(path)):
            return _UNKNOWN  # the name of a file that is not known here
        found += [stem + suffix for suffix in suffixes.values]
    return Texts(tuple(found))
