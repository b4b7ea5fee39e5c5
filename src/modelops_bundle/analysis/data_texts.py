"""The paths that one file names or builds, wherever it stands: what may be data that it reads.

Nothing here knows which files there are. A text counts by what is done with it: what is compared,
logged, looked up in a mapping or only written to is no reading.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard

from modelops_bundle.analysis.data_calls import (
    LISTERS,
    MATCHERS,
    may_read,
    reads_computed_path,
)
from modelops_bundle.analysis.data_context import Nodes, Surroundings
from modelops_bundle.analysis.holders import Statements
from modelops_bundle.analysis.path_texts import PathEvaluator
from modelops_bundle.analysis.texts import FILE

_MAX_LENGTH = 512
_MAX_WORD = 64
# More blanks make it prose.
_MAX_BLANKS = 4
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
# What prose ends with has no lower-case suffix without a blank before it.
_PLAIN_ENDING = re.compile(r"\w\.[a-z][a-z0-9]{0,9}$")
# A file without any of these, and without a literal that looks like a path, builds none.
_PATH_WORDS = frozenset({"__file__", "Path", "PurePath", "joinpath", "files"}) | LISTERS | MATCHERS
_ONLY_UP = re.compile(r"(?:/\.\.|/\.|/)*")


class Naming(StrEnum):
    """How a text comes to be taken for a path."""

    #: It is a word that something is read by: no path, but perhaps part of one.
    WORD = "word"
    #: It is a literal that looks like one.
    NAMED = "named"
    #: It is built, or used, as one.
    BUILT = "built"
    #: The folder at it is listed.
    LISTED = "listed"
    #: It is a pattern that files are matched with.
    MATCHED = "matched"


@dataclass(frozen=True, slots=True)
class DataText:
    """A place where a path is named.

    Attributes:
        holder: The top-level definition, or the constant, that it belongs to, or "".
        texts: What it may be, with the placeholders of `texts` and `path_texts`.
    """

    line: int
    holder: str
    naming: Naming
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataTexts:
    """All places of one file.

    Attributes:
        places: By line.
        users: Holder to the definitions, constants and "" that mention it.
        constants: Module-level names that are worth paths: other files may build on them.
        computed: Paths are read that cannot be told.
    """

    places: tuple[DataText, ...] = ()
    users: tuple[tuple[str, tuple[str, ...]], ...] = ()
    constants: tuple[tuple[str, tuple[str, ...]], ...] = ()
    computed: bool = False


NOTHING = DataTexts()
COMPUTED = DataTexts(computed=True)


def data_texts(
    strings: Set[str],
    words: Set[str],
    nodes_of_file: Callable[[], Nodes],
    bindings: Mapping[str, frozenset[str]],
    body: Sequence[ast.stmt],
    mentioned: Sequence[Set[str]],
) -> DataTexts:
    """Find them. By far the most files are judged by their strings and words.

    Args:
        strings: All string constants of the file.
        words: All names that it mentions.
        nodes_of_file: Gives its nodes by type, outer ones first.
        bindings: What its imports bind.
        body: Its statements.
        mentioned: For each of them the words that it mentions.
    """
    built = not words.isdisjoint(_PATH_WORDS) or ("join" in words and "path" in words)
    if not built and not any(map(_may_be_path, strings)):
        # What is read, if anything, is computed.
        return COMPUTED if any(map(may_read, words)) else NOTHING
    nodes = nodes_of_file()
    evaluator = PathEvaluator(nodes, bindings)
    around = Surroundings(nodes, words, evaluator)
    finder = _Finder(nodes, evaluator, around, names_itself="__file__" in words)
    found = finder.run()
    if not found:
        return COMPUTED if finder.computed else NOTHING
    statements = Statements(body, mentioned)
    places: dict[DataText, None] = {}
    for node, naming, texts in found:
        holder = statements.holder(node)
        if holder is not None:
            places[DataText(node.lineno, holder, naming, texts)] = None
    holders = {place.holder for place in places} - {""}
    ordered = sorted(places, key=lambda one: (one.line, one.texts, one.naming))
    return DataTexts(
        tuple(ordered),
        tuple(statements.users(holders)),
        tuple(finder.constants(statements.constants)),
        finder.computed,
    )


_Found = Iterator[tuple[ast.expr, Naming, tuple[str, ...]]]


class _Finder:
    """Starts at literals that look like paths, and follows each to the expression it is part of.

    Args:
        nodes: The file's nodes by type.
        evaluator: Of the file.
        around: What its code does with what.
        names_itself: It uses `__file__`.
    """

    def __init__(
        self,
        nodes: Nodes,
        evaluator: PathEvaluator,
        around: Surroundings,
        *,
        names_itself: bool,
    ) -> None:
        self._nodes = nodes
        self._evaluator = evaluator
        self._around = around
        self._names_itself = names_itself
        self.computed = False
        self._parts: dict[int, list[ast.Constant]] = {}
        self._names: dict[str, None] = {}

    def run(self) -> list[tuple[ast.expr, Naming, tuple[str, ...]]]:
        """Places with their texts, in no particular order."""
        roots = self._roots([*_literals(self._nodes), *self._joined_parts()])
        return [*self._readers(), *self._listings(), *self._places(roots)]

    def constants(self, names: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Those of these names that are worth paths."""
        for name in sorted(names.intersection(self._names)):
            texts = self._evaluator.texts(ast.Name(name, ast.Load())).values
            if texts is not None:
                yield name, texts

    def _readers(self) -> _Found:
        streams = frozenset(
            node.optional_vars.id  # type: ignore[attr-defined]
            for node in self._nodes.get(ast.withitem, ())
            if isinstance(node.optional_vars, ast.Name)  # type: ignore[attr-defined]
        )
        evaluator = self._evaluator
        for name, call in self._around.readers:
            for part in call.args:
                if _is_word(part):
                    yield part, Naming.WORD, (str(part.value),)
            self.computed = self.computed or reads_computed_path(name, call, evaluator, streams)

    def _joined_parts(self) -> Iterator[ast.expr]:
        """Texts that are no path by themselves, and are joined to one; the file's own name."""
        consumer = self._around.consumer
        for node in self._nodes.get(ast.Constant, ()):
            outer = consumer(node)
            if outer is None or not isinstance(node, ast.Constant):
                continue
            text = node.value
            if not isinstance(text, str) or len(text) > _MAX_LENGTH or not hasattr(node, "lineno"):
                continue
            if not _is_text(outer) or _in_text(node):
                yield node
        for node in self._nodes.get(ast.JoinedStr, ()):
            outer = consumer(node)
            if outer is not None and not _is_text(outer):
                assert isinstance(node, ast.JoinedStr)
                yield node
        if not self._names_itself:
            return
        for node in self._nodes.get(ast.Name, ()):
            if node.id == "__file__" and consumer(node) is not None:  # type: ignore[attr-defined]
                assert isinstance(node, ast.Name)
                yield node

    def _roots(self, seeds: list[ast.expr]) -> dict[int, ast.expr]:
        """Whole expressions by identity, those included that are built on a name of another."""
        around = self._around
        roots: dict[int, ast.expr] = {}
        for node in seeds:
            root = around.root_of(node)
            if isinstance(node, ast.Constant) and node is not root:
                self._parts.setdefault(id(root), []).append(node)
            if id(root) in roots:
                continue
            roots[id(root)] = root
            for name in around.names_of(root):
                if name not in self._names:
                    self._names[name] = None
                    seeds += [one for one in self._evaluator.loads(name) if around.consumer(one)]
        return roots

    def _listings(self) -> _Found:
        """Calls that list a folder, or match a pattern."""
        for name, node in self._around.listings:
            func = node.func
            method = name in ("iterdir", "rglob") or (name == "glob" and not _is_module(func))
            start = func.value if method and isinstance(func, ast.Attribute) else None
            texts = self._evaluator.texts(start or next(iter(node.args), None)).values
            naming = Naming.LISTED
            if name in MATCHERS:
                naming = Naming.MATCHED
                if method:
                    patterns = self._evaluator.texts(next(iter(node.args), None)).values
                    deep = "**/" if name == "rglob" else ""
                    texts = texts and tuple(
                        f"{text}/{deep}{pattern}" for text in texts for pattern in patterns or ()
                    )
            if texts:
                yield node, naming, texts
            else:
                self.computed = True

    def _places(self, roots: Mapping[int, ast.expr]) -> _Found:
        if not roots:
            return
        around = self._around
        idle = around.mentioned_only()
        # Of the names that something is given: whether all that is done with them is idle, and
        # whether they are only joined to other parts.
        uses: dict[str, tuple[bool, bool]] = {}
        for root in roots.values():
            if idle(root):
                continue
            names = [name for name in around.names_of(root) if self._evaluator.loads(name)]
            for name in names:
                if name not in uses:
                    loads = self._evaluator.loads(name)
                    uses[name] = all(map(idle, loads)), all(map(around.consumer, loads))
            if names and all(uses[name][0] for name in names):
                continue
            if isinstance(root, ast.Constant) and isinstance(root.value, str):
                # A part that is joined to others where it is used says nothing by itself.
                parts = names and all(uses[name][1] for name in names)
                if not (parts and "/" not in root.value):
                    yield root, Naming.NAMED, (root.value,)
            else:
                yield from self._built(root)

    def _built(self, root: ast.expr) -> _Found:
        found = self._evaluator.texts(root).values
        built = not _is_text(root)
        if found is None:
            self.computed = True
            for part in self._parts.get(id(root), ()) if built else ():
                # Below a folder that is not known, which is most likely the project's root.
                text = str(part.value)
                if "/" in text and _looks_like_path(text.rpartition("/")[2]):
                    yield part, Naming.NAMED, (text,)
            return
        kept = tuple(
            text
            for text in found
            if 0 < len(text) <= _MAX_LENGTH
            and not (text.startswith(FILE) and _ONLY_UP.fullmatch(text, len(FILE)))
            and (built or _looks_like_path(text))
        )
        if kept:
            yield root, Naming.BUILT if built else Naming.NAMED, kept


def _literals(nodes: Nodes) -> Iterator[ast.expr]:
    """Literals that look like paths."""
    for node in nodes.get(ast.Constant, ()):
        text = node.value  # type: ignore[attr-defined]
        if text.__class__ is not str or not ("/" in text or "." in text):
            continue
        # A part of an f-string has no place of its own.
        if _looks_like_path(text) and hasattr(node, "lineno"):
            assert isinstance(node, ast.Constant)
            yield node
    for node in nodes.get(ast.JoinedStr, ()):
        assert isinstance(node, ast.JoinedStr)
        if any(map(_in_text, node.values)):
            yield node


def _is_text(node: ast.expr) -> bool:
    """A sum or an f-string, which may be worth anything."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    )


def _is_module(func: ast.expr) -> bool:
    """`glob.glob`, not a method of a path."""
    return not isinstance(func, ast.Attribute) or (
        isinstance(func.value, ast.Name) and func.value.id == "glob"
    )


def _is_word(part: ast.expr) -> TypeGuard[ast.Constant]:
    return (
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and 0 < len(part.value) <= _MAX_WORD
        and not _looks_like_path(part.value)
    )


def _may_be_path(text: str) -> bool:
    """Whether a text may be a path, or the part of one that tells."""
    if ("/" not in text and "." not in text) or len(text) > _MAX_LENGTH or "\n" in text:
        return False
    if " " in text:
        return text.count(" ") <= _MAX_BLANKS and _PLAIN_ENDING.search(text) is not None
    if "/" in text:
        return "://" not in text and any(c.isalnum() for c in text)
    return _ENDING.search(text) is not None


def _in_text(part: ast.expr) -> bool:
    """Whether such a part of a sum or an f-string makes it worth a look."""
    if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
        return False
    return _may_be_path(part.value) and not any(c.isspace() for c in part.value)


def _looks_like_path(text: str) -> bool:
    """Whether a text by itself may be a path: `contacts.csv`, `data/contacts.csv`, `data/raw`."""
    plain = not text.startswith(("/", " ")) and ("/" in text or not text.startswith("."))
    return plain and _may_be_path(text)
