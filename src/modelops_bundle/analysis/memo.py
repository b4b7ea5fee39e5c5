"""A whole analysis as bytes, for a project of which nothing has changed."""

from __future__ import annotations

from modelops_bundle.analysis.discovery_memo import (
    pack_discovered,
    pack_finding,
    unpack_discovered,
    unpack_finding,
)
from modelops_bundle.analysis.outcome import Analysis, FrameworkUse
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
from modelops_bundle.core.data_reads import DataRead, FileReads
from modelops_bundle.core.digest import SemanticDigest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Closure, FileSemantics, ParseFailure
from modelops_bundle.core.paths import BundlePath


def encode_analysis(analysis: Analysis) -> bytes:
    """An analysis as JSON. Paths and the meanings of files are written once and numbered."""
    tables = _Tables()
    closures = [tables.closure(one) for _, one in sorted(analysis.closures.items())]
    reads = [tables.reads(file, one) for file, one in sorted(analysis.reads.items())]
    return pack(
        [
            ANALYSIS_VERSION,
            list(tables.paths),
            [[meaning.digest, meaning.statements] for meaning in tables.meanings],
            [pack_discovered(one) for one in analysis.discovered],
            closures,
            [
                [one.path, one.message, one.line, one.column]
                for _, one in sorted(analysis.parse_failures.items())
            ],
            [pack_finding(one) for one in analysis.findings],
            analysis.source_roots,
            reads,
            [[use.dotted, use.location.path, use.location.line] for use in analysis.framework_uses],
        ]
    )


def decode_analysis(content: bytes) -> Analysis | None:
    """The inverse of `encode_analysis`; None for anything else, other versions included."""
    try:
        return _decode(content)
    except UnreadableError:
        return None


class _Tables:
    def __init__(self) -> None:
        self.paths: dict[BundlePath, int] = {}
        self.meanings: dict[FileSemantics, int] = {}

    def path(self, path: BundlePath) -> int:
        return self.paths.setdefault(path, len(self.paths))

    def closure(self, one: Closure) -> list[object]:
        return [
            self.path(one.path),
            [[self.path(file), self.path(one.via[file]), one.lines[file]] for file in one.files],
            [
                [self.path(file), self.meanings.setdefault(meaning, len(self.meanings))]
                for file, meaning in one.semantics.items()
            ],
            [[self.path(file), symbol] for file, symbol in sorted(one.droppable)],
            [[name, self.path(place.path), place.line] for name, place in one.third_party.items()],
            sorted(one.dangling),
            sorted(one.optional),
        ]

    def reads(self, file: BundlePath, one: FileReads) -> list[object]:
        return [
            self.path(file),
            [
                [
                    self.path(read.path),
                    read.line,
                    read.holder,
                    None if read.files is None else [self.path(path) for path in read.files],
                    read.sure,
                ]
                for read in one.reads
            ],
            sorted([holder, *users] for holder, users in one.users.items()),
            sorted(one.names),
            one.computed,
        ]


def _decode(content: bytes) -> Analysis:
    (version, paths, meanings, discovered, closures, failures, findings, roots, reads, uses) = (
        items(unpack(content), 10)
    )
    if version != ANALYSIS_VERSION:
        raise UnreadableError("another version")
    known_paths = [BundlePath(path) for path in texts(paths)]
    known_meanings = [_meaning(meaning) for meaning in items(meanings)]
    reader = _Reader(known_paths, known_meanings)
    found = [reader.closure(one) for one in items(closures)]
    return Analysis(
        discovered=tuple(map(unpack_discovered, items(discovered))),
        closures={one.path: one for one in found},
        parse_failures={one.path: one for one in map(_failure, items(failures))},
        reads=dict(map(reader.reads, items(reads))),
        findings=tuple(map(unpack_finding, items(findings))),
        source_roots=tuple(BundlePath(root) for root in texts(roots)),
        framework_uses=tuple(map(_use, items(uses))),
    )


def _use(value: object) -> FrameworkUse:
    dotted, path, line = items(value, 3)
    return FrameworkUse(text(dotted), Location(BundlePath(text(path)), number(line)))


class _Reader:
    def __init__(self, paths: list[BundlePath], meanings: list[FileSemantics]) -> None:
        self._paths = paths
        self._meanings = meanings

    def path(self, value: object) -> BundlePath:
        index = number(value)
        if index >= len(self._paths):
            raise UnreadableError("no such path")
        return self._paths[index]

    def meaning(self, value: object) -> FileSemantics:
        index = number(value)
        if index >= len(self._meanings):
            raise UnreadableError("no such file")
        return self._meanings[index]

    def closure(self, value: object) -> Closure:
        path, files, semantics, droppable, third_party, dangling, optional = items(value, 7)
        rows = [items(row, 3) for row in items(files)]
        members = [self.path(row[0]) for row in rows]
        pairs = [items(pair, 2) for pair in items(semantics)]
        dropped = [items(pair, 2) for pair in items(droppable)]
        places = [items(place, 3) for place in items(third_party)]
        return Closure(
            path=self.path(path),
            files=tuple(members),
            via={file: self.path(row[1]) for file, row in zip(members, rows, strict=True)},
            lines={file: number(row[2]) for file, row in zip(members, rows, strict=True)},
            semantics={self.path(file): self.meaning(meaning) for file, meaning in pairs},
            droppable=frozenset((self.path(file), text(symbol)) for file, symbol in dropped),
            third_party={
                text(name): Location(self.path(file), number(line)) for name, file, line in places
            },
            dangling=frozenset(texts(dangling)),
            optional=frozenset(texts(optional)),
        )

    def reads(self, value: object) -> tuple[BundlePath, FileReads]:
        file, reads, users, names, computed = items(value, 5)
        rows = [texts(row) for row in items(users)]
        if not all(rows):
            raise UnreadableError("users of nothing")
        return self.path(file), FileReads(
            reads=tuple(map(self._read, items(reads))),
            users={row[0]: row[1:] for row in rows},
            names=frozenset(texts(names)),
            computed=flag(computed),
        )

    def _read(self, value: object) -> DataRead:
        path, line, holder, files, sure = items(value, 5)
        return DataRead(
            path=self.path(path),
            line=number(line),
            holder=text(holder),
            files=None if files is None else tuple(map(self.path, items(files))),
            sure=flag(sure),
        )


def _meaning(value: object) -> FileSemantics:
    digest, statements = items(value, 2)
    rows = [texts(items(row, 2)) for row in items(statements)]
    return FileSemantics(
        SemanticDigest(text(digest)), tuple((symbol, found) for symbol, found in rows)
    )


def _failure(value: object) -> ParseFailure:
    path, message, line, column = items(value, 4)
    return ParseFailure(
        path=BundlePath(text(path)),
        message=text(message),
        line=number(line),
        column=number(column),
    )
