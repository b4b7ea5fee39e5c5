"""A whole analysis as bytes, for a project of which nothing has changed."""

from __future__ import annotations

from collections.abc import Callable

from modelops_bundle.analysis.closure_memo import ClosureReader, ClosureWriter
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
from modelops_bundle.core.observation import FileSemantics, ParseFailure
from modelops_bundle.core.paths import BundlePath


def encode_analysis(analysis: Analysis) -> bytes:
    """An analysis as JSON. Paths and the meanings of files are written once and numbered."""
    tables = _Tables()
    writer = ClosureWriter(tables.paths, tables.meanings)
    closures = [writer.write(one) for _, one in sorted(analysis.closures.items())]
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

    def _path(self, path: BundlePath) -> int:
        return self.paths.setdefault(path, len(self.paths))

    def reads(self, file: BundlePath, one: FileReads) -> list[object]:
        return [
            self._path(file),
            [
                [
                    self._path(read.path),
                    read.line,
                    read.holder,
                    None if read.files is None else [self._path(path) for path in read.files],
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
    reader = ClosureReader(known_paths, known_meanings)
    found = [reader.read(one) for one in items(closures)]
    return Analysis(
        discovered=tuple(map(unpack_discovered, items(discovered))),
        closures={one.path: one for one in found},
        parse_failures={one.path: one for one in map(_failure, items(failures))},
        reads=dict(map(_Reader(reader.path).reads, items(reads))),
        findings=tuple(map(unpack_finding, items(findings))),
        source_roots=tuple(BundlePath(root) for root in texts(roots)),
        framework_uses=tuple(map(_use, items(uses))),
    )


def _use(value: object) -> FrameworkUse:
    dotted, path, line = items(value, 3)
    return FrameworkUse(text(dotted), Location(BundlePath(text(path)), number(line)))


class _Reader:
    def __init__(self, path: Callable[[object], BundlePath]) -> None:
        self._path = path

    def reads(self, value: object) -> tuple[BundlePath, FileReads]:
        file, reads, users, names, computed = items(value, 5)
        rows = [texts(row) for row in items(users)]
        if not all(rows):
            raise UnreadableError("users of nothing")
        return self._path(file), FileReads(
            reads=tuple(map(self._read, items(reads))),
            users={row[0]: row[1:] for row in rows},
            names=frozenset(texts(names)),
            computed=flag(computed),
        )

    def _read(self, value: object) -> DataRead:
        path, line, holder, files, sure = items(value, 5)
        return DataRead(
            path=self._path(path),
            line=number(line),
            holder=text(holder),
            files=None if files is None else tuple(map(self._path, items(files))),
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
