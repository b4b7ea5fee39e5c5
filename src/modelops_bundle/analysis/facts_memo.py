"""Facts of files as bytes, so that what has not changed is not parsed again."""

from __future__ import annotations

import sys
from typing import Protocol

from modelops_bundle.analysis.data_texts import DataText, DataTexts, Naming
from modelops_bundle.analysis.dynamic import DynamicImport, How
from modelops_bundle.analysis.facts import Exports, FileFacts, Read, extract_facts
from modelops_bundle.analysis.imports import Certainty, ImportStatement
from modelops_bundle.analysis.mentions import Reach
from modelops_bundle.analysis.packing import (
    ANALYSIS_VERSION,
    UnreadableError,
    flag,
    items,
    number,
    pack,
    text,
    texts,
    unpack,
)
from modelops_bundle.analysis.search_path import SearchPathEdit
from modelops_bundle.analysis.semantic import Statement
from modelops_bundle.analysis.source import parse_source
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath

#: What parses depends on the interpreter.
PYTHON_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


class AnalysisMemo(Protocol):
    """Remembers bytes by a key that stands for everything they depend on."""

    def get(self, key: str) -> bytes | None:
        """What was put under the key, or None."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Remember, or not: a memo may forget at any time."""
        ...


class RememberedFacts:
    """A `FactsMemo` over an `AnalysisMemo`. What cannot be read back counts as forgotten."""

    def __init__(self, memo: AnalysisMemo) -> None:
        self._memo = memo

    def load(self, digest: str) -> FileFacts | None:
        """The facts of the file with this content digest."""
        content = self._memo.get(_key(digest))
        if content is None:
            return None
        try:
            return decode_facts(content)
        except UnreadableError:
            return None

    def save(self, digest: str, facts: FileFacts) -> None:
        """Remember the facts of the file with this content digest."""
        self.save_encoded(digest, encode_facts(facts))

    def save_encoded(self, digest: str, content: bytes) -> None:
        """The same for facts as `encode_facts` writes them."""
        self._memo.put(_key(digest), content)


def _key(digest: str) -> str:
    return f"facts {ANALYSIS_VERSION} {PYTHON_VERSION} {digest}"


def encoded_facts(path: BundlePath, content: bytes) -> bytes | None:
    """What `encode_facts` gives for a file's bytes; None where they do not parse."""
    source = parse_source(path, content)
    return None if isinstance(source, ParseFailure) else encode_facts(extract_facts(source))


def encode_facts(facts: FileFacts) -> bytes:
    """Facts as JSON."""
    exports, reach = facts.exports, facts.reach
    return pack(
        [
            facts.docstring,
            [
                [one.symbol, one.digest, one.documented if one.documented != one.digest else ""]
                for one in facts.statements
            ],
            [
                [
                    one.line,
                    one.level,
                    one.module,
                    one.names,
                    one.bound,
                    int(one.certainty),
                    one.typing_only,
                ]
                for one in facts.imports
            ],
            [
                [
                    one.line,
                    one.how.value,
                    one.names,
                    one.prefix,
                    one.settled,
                    one.files,
                    one.suffix,
                ]
                for one in facts.dynamic
            ],
            sorted(facts.names),
            facts.open_ended,
            None if exports is None else [exports.names, exports.computed],
            sorted(facts.words),
            [[symbol, sorted(called)] for symbol, called in facts.solitary],
            [[one.dotted, one.line, one.attributes] for one in facts.reads],
            sorted(facts.changes),
            sorted(facts.shadowed),
            [reach.own, reach.anywhere, reach.documentation],
            [_pack_edit(one) for one in facts.search_path],
            _pack_data(facts.data),
            sorted(facts.attributes_set),
        ]
    )


def decode_facts(content: bytes) -> FileFacts:
    """The inverse of `encode_facts`.

    Raises:
        UnreadableError: not what `encode_facts` writes.
    """
    (
        docstring,
        statements,
        imports,
        dynamic,
        names,
        open_ended,
        exports,
        words,
        solitary,
        reads,
        changes,
        shadowed,
        reach,
        search_path,
        data,
        attributes_set,
    ) = items(unpack(content), 16)
    own, anywhere, documentation = items(reach, 3)
    return FileFacts(
        docstring=text(docstring),
        statements=tuple(map(_statement, items(statements))),
        imports=tuple(map(_import, items(imports))),
        dynamic=tuple(map(_dynamic, items(dynamic))),
        names=frozenset(texts(names)),
        open_ended=flag(open_ended),
        exports=None if exports is None else _exports(exports),
        words=frozenset(texts(words)),
        solitary=tuple(map(_solitary, items(solitary))),
        reads=tuple(map(_read, items(reads))),
        changes=frozenset(texts(changes)),
        shadowed=frozenset(texts(shadowed)),
        reach=Reach(flag(own), flag(anywhere), flag(documentation)),
        search_path=tuple(map(_edit, items(search_path))),
        data=_data(data),
        attributes_set=frozenset(texts(attributes_set)),
    )


def _statement(value: object) -> Statement:
    symbol, digest, documented = texts(items(value, 3))
    return Statement(symbol, digest, documented or digest)


def _import(value: object) -> ImportStatement:
    line, level, module, names, bound, certainty, typing_only = items(value, 7)
    try:
        known = Certainty(number(certainty))
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    names, bound = texts(names), texts(bound)
    if len(bound) != max(len(names), 1):
        raise UnreadableError("an import without its names")
    return ImportStatement(
        number(line), number(level), text(module), names, bound, known, flag(typing_only)
    )


def _dynamic(value: object) -> DynamicImport:
    line, how, names, prefix, settled, files, suffix = items(value, 7)
    try:
        known = How(text(how))
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    found = None if names is None else texts(names)
    below = None if files is None else texts(files)
    return DynamicImport(
        number(line), known, found, text(prefix), flag(settled), below, text(suffix)
    )


def _pack_edit(edit: SearchPathEdit) -> list[object]:
    return [edit.line, edit.first, edit.folders, edit.settled, edit.package]


def _edit(value: object) -> SearchPathEdit:
    line, first, folders, settled, package = items(value, 5)
    found = None if folders is None else texts(folders)
    return SearchPathEdit(number(line), flag(first), found, flag(settled), text(package))


def _exports(value: object) -> Exports:
    names, computed = items(value, 2)
    return Exports(texts(names), flag(computed))


def _solitary(value: object) -> tuple[str, frozenset[str]]:
    symbol, called = items(value, 2)
    return text(symbol), frozenset(texts(called))


def _read(value: object) -> Read:
    dotted, line, attributes = items(value, 3)
    return Read(text(dotted), number(line), number(attributes))


def _pack_data(data: DataTexts) -> list[object]:
    return [
        [[one.line, one.holder, one.naming.value, one.texts] for one in data.places],
        data.users,
        data.constants,
        data.computed,
    ]


def _data(value: object) -> DataTexts:
    places, users, constants, computed = items(value, 4)
    return DataTexts(
        tuple(map(_place, items(places))),
        tuple(map(_named_texts, items(users))),
        tuple(map(_named_texts, items(constants))),
        flag(computed),
    )


def _place(value: object) -> DataText:
    line, holder, naming, found = items(value, 4)
    try:
        known = Naming(text(naming))
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    return DataText(number(line), text(holder), known, texts(found))


def _named_texts(value: object) -> tuple[str, tuple[str, ...]]:
    name, found = items(value, 2)
    return text(name), texts(found)
