"""What the fields of a registry document are, and how each is read from a node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

import yaml

from modelops_bundle.codec.yaml_nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    YamlProblem,
    resolved,
    scalar_type,
)
from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.errors import InvalidDigestError, InvalidPathError, UsageError


class Form(Enum):
    """How the value of a field is written."""

    TEXT = auto()
    PATH = auto()
    ENTRYPOINT = auto()
    DIGEST = auto()
    SEMANTIC = auto()
    NAMES = auto()
    PATHS = auto()
    ENTRYPOINTS = auto()
    DIGESTS = auto()
    WEIGHTS = auto()
    DECLARED = auto()


#: What one field may hold, once read. Lists are tuples; an absent list or mapping is empty.
Value = str | None | tuple[str, ...] | Mapping[str, str] | Mapping[str, float]

# The order is that of contract.md: new entries are written in it, and a field that an entry
# lacks is put after the last of its predecessors that are there.
MODEL_FIELDS: Mapping[str, Form] = {
    "entrypoint": Form.ENTRYPOINT,
    "path": Form.PATH,
    "class_name": Form.TEXT,
    "scenarios": Form.NAMES,
    "parameters": Form.NAMES,
    "outputs": Form.NAMES,
    "data": Form.PATHS,
    "data_digests": Form.DIGESTS,
    "code": Form.PATHS,
    "code_digests": Form.DIGESTS,
    "model_digest": Form.DIGEST,
    "symbol_digest": Form.SEMANTIC,
    "behavior_digest": Form.SEMANTIC,
    "declared": Form.DECLARED,
}
TARGET_FIELDS: Mapping[str, Form] = {
    "path": Form.PATH,
    "entrypoint": Form.ENTRYPOINT,
    "model_output": Form.TEXT,
    "data": Form.PATHS,
    "target_digest": Form.DIGEST,
    "data_digests": Form.DIGESTS,
    "code": Form.PATHS,
    "code_digests": Form.DIGESTS,
    "symbol_digest": Form.SEMANTIC,
    "behavior_digest": Form.SEMANTIC,
    "declared": Form.DECLARED,
}
DECLARED_FIELDS: Mapping[str, Form] = {
    "data": Form.PATHS,
    "code": Form.PATHS,
    "outputs": Form.NAMES,
    "model_output": Form.TEXT,
}
TARGET_SET_FIELDS: Mapping[str, Form] = {"targets": Form.NAMES, "weights": Form.WEIGHTS}
ROOT_FIELDS: Mapping[str, Form] = {
    "excluded": Form.ENTRYPOINTS,
    "source_roots": Form.PATHS,
    "environment": Form.DIGESTS,
}
#: All keys of the root, in order.
ROOT_KEYS = ("version", "models", "targets", "target_sets", *ROOT_FIELDS)

_LISTS = {Form.NAMES, Form.PATHS, Form.ENTRYPOINTS}
_SEMANTIC = re.compile(r"v[0-9]+:\S+")
_NUMBERS = yaml.constructor.SafeConstructor()

Fields = dict[str, tuple[Node, Node]]
#: Key node, value node, and the value; None where it counts as absent.
ReadPair = tuple[Node, Node, str | float | None]


def fields_of(node: MappingNode) -> Fields:
    """The pairs by the text of their keys, merge keys (`<<`) followed; own pairs win.

    Keys that are no text are left out.

    Raises:
        YamlProblem: a merge key of something else than mappings.
    """
    found: Fields = {}
    merges: list[Node] = []
    for key, value in node.pairs:
        text = resolved(key)
        if not isinstance(text, ScalarNode):
            continue
        kind = scalar_type(text)
        if kind == "str":
            found[text.value] = (key, value)
        elif kind == "merge":
            merges.append(value)
    for merge in merges:
        target = resolved(merge)
        sources = target.items if isinstance(target, SequenceNode) else [target]
        for source in map(resolved, sources):
            if not isinstance(source, MappingNode):
                raise merge.problem("'<<' needs a mapping or a list of mappings")
            for text_key, pair in fields_of(source).items():
                found.setdefault(text_key, pair)
    return found


def refuse_other_keys(node: MappingNode) -> None:
    """Insist that all keys are text, where each key names something.

    Raises:
        YamlProblem: a key is a number, `yes`, a list, ….
    """
    for key, _ in node.pairs:
        target = resolved(key)
        if not isinstance(target, ScalarNode) or scalar_type(target) not in ("str", "merge"):
            raise _not_text(key)


def is_null(node: Node | None) -> bool:
    """Whether there is no value: no node, nothing written, `null` or `~`."""
    target = None if node is None else resolved(node)
    return target is None or (isinstance(target, ScalarNode) and scalar_type(target) == "null")


@dataclass(slots=True)
class FieldReader:
    """Reads values of one document.

    Attributes:
        backslashes: Paths may be written with backslashes (version 1.0, written on Windows).
    """

    backslashes: bool
    _paths: dict[str, BundlePath] = field(default_factory=dict)
    _digests: dict[str, Digest | None] = field(default_factory=dict)

    def read(self, form: Form, node: Node | None) -> Value:
        """The value of a field; a missing or null one is None or empty.

        Raises:
            YamlProblem: a wrong type, or a path or entrypoint that cannot stand.
        """
        if form in _LISTS:
            return self._list(form, node)
        if form is Form.DIGESTS:
            return self._digest_map(node)
        if form is Form.WEIGHTS:
            return self._weights(node)
        if node is None or is_null(node):
            return None
        return self.read_text(form, node)

    def read_text(self, form: Form, node: Node) -> str | None:
        """One text of the given form; None for a digest that is none."""
        if form is Form.DIGEST:
            return self._digest(node)
        if form is Form.SEMANTIC:
            return _semantic(node)
        text = text_of(node)
        if form in (Form.PATH, Form.PATHS):
            return self._path(node, text)
        if form in (Form.ENTRYPOINT, Form.ENTRYPOINTS):
            return _entrypoint(node, text)
        return text

    def read_items(self, form: Form, node: SequenceNode) -> list[str | None]:
        """The elements of a list, None for those that are null."""
        return [None if is_null(item) else self.read_text(form, item) for item in node.items]

    def read_pairs(self, form: Form, node: MappingNode) -> dict[str, ReadPair]:
        """The pairs by key, normalised.

        Raises:
            YamlProblem: also for two keys that name one path.
        """
        found: dict[str, ReadPair] = {}
        for raw, (key, value) in fields_of(node).items():
            name = self._path(key, raw) if form is Form.DIGESTS else raw
            if name in found:
                raise key.problem(f"duplicate key {raw!r}")
            read: str | float | None
            read = self._digest(value) if form is Form.DIGESTS else _number(value)
            found[name] = (key, value, read)
        refuse_other_keys(node)
        return found

    def _list(self, form: Form, node: Node | None) -> tuple[str, ...]:
        if node is None or is_null(node):
            return ()
        target = resolved(node)
        if not isinstance(target, SequenceNode):
            raise node.problem(f"expected a list, found {described(target)}")
        return tuple(item for item in self.read_items(form, target) if item is not None)

    def _digest_map(self, node: Node | None) -> dict[str, str]:
        pairs = self._pairs(Form.DIGESTS, node)
        return {name: value for name, value in pairs.items() if isinstance(value, str)}

    def _weights(self, node: Node | None) -> dict[str, float]:
        pairs = self._pairs(Form.WEIGHTS, node)
        return {name: value for name, value in pairs.items() if isinstance(value, float)}

    def _pairs(self, form: Form, node: Node | None) -> dict[str, str | float | None]:
        if node is None or is_null(node):
            return {}
        pairs = self.read_pairs(form, as_mapping(node))
        return {name: value for name, (_, _, value) in pairs.items()}

    def _path(self, node: Node, text: str) -> BundlePath:
        path = self._paths.get(text)
        if path is None:
            try:
                path = BundlePath.parse(text.replace("\\", "/") if self.backslashes else text)
            except InvalidPathError as error:
                raise node.problem(error.message) from None
            self._paths[text] = path
        return path

    def _digest(self, node: Node) -> Digest | None:
        target = resolved(node)
        if not isinstance(target, ScalarNode):
            return None
        text = target.value
        if text not in self._digests:
            try:
                self._digests[text] = Digest.parse(text)
            except InvalidDigestError:
                self._digests[text] = None
        return self._digests[text]


def as_mapping(node: Node) -> MappingNode:
    """The mapping that a node is, or is an alias for.

    Raises:
        YamlProblem: it is none.
    """
    target = resolved(node)
    if not isinstance(target, MappingNode):
        raise node.problem(f"expected a mapping, found {described(target)}")
    return target


def text_of(node: Node) -> str:
    """The text of a scalar.

    Raises:
        YamlProblem: it is no text for YAML 1.1 (a number, `yes`, a date, a list, …).
    """
    target = resolved(node)
    if not isinstance(target, ScalarNode) or scalar_type(target) != "str":
        raise _not_text(node)
    return target.value


def described(node: Node) -> str:
    """What a node is, for people."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if not isinstance(node, ScalarNode):
        return "an alias"
    kind = scalar_type(node)
    if kind == "null":
        return "nothing"
    shown = node.value if len(node.value) <= 40 else node.value[:37] + "..."
    names = {"str": "text", "bool": "the boolean", "int": "the number", "float": "the number"}
    return f"{names.get(kind, f'a {kind}')} {shown!r}"


def _not_text(node: Node) -> YamlProblem:
    target = resolved(node)
    problem = f"expected text, found {described(target)}"
    if isinstance(target, ScalarNode) and target.style is None and target.tag is None:
        problem += "; put it in quotes" if target.value else ""
    return node.problem(problem)


def _entrypoint(node: Node, text: str) -> Entrypoint:
    try:
        return Entrypoint.parse(text)
    except UsageError as error:
        raise node.problem(error.message) from None


def _semantic(node: Node) -> SemanticDigest | None:
    target = resolved(node)
    if not isinstance(target, ScalarNode) or not _SEMANTIC.fullmatch(target.value):
        return None
    return SemanticDigest(target.value)


def _number(node: Node) -> float | None:
    target = resolved(node)
    if not isinstance(target, ScalarNode):
        raise node.problem(f"expected a number, found {described(target)}")
    kind = scalar_type(target)
    if kind == "null":
        return None
    try:
        if kind == "int":
            return float(_NUMBERS.construct_yaml_int(yaml.ScalarNode("", target.value)))
        if kind == "float":
            return float(_NUMBERS.construct_yaml_float(yaml.ScalarNode("", target.value)))
        if kind == "str" and "_" not in target.value:
            # `1e-3` is text for YAML 1.1, and a number for everybody who writes it.
            return float(target.value)
    except (ValueError, OverflowError):
        pass
    raise node.problem(f"expected a number, found {described(target)}")
