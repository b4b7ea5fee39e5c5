"""Analyses a whole project: what it defines, what each module needs, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial

from modelops_bundle.analysis.closure import ClosureBuilder, imported_files, linker_of
from modelops_bundle.analysis.computed import computed
from modelops_bundle.analysis.data_files import DataFiles
from modelops_bundle.analysis.discover import Discovery, settle_abstract
from modelops_bundle.analysis.discovery_memo import decode_discovery, encode_discovery
from modelops_bundle.analysis.facts_memo import PYTHON_VERSION, AnalysisMemo, RememberedFacts
from modelops_bundle.analysis.framework_uses import framework_uses
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.missing import MissingNames
from modelops_bundle.analysis.modules import ModuleIndex, default_source_roots
from modelops_bundle.analysis.outcome import Analysis, AnalysisRequest, FileDiscovery, FrameworkUse
from modelops_bundle.analysis.packing import ANALYSIS_VERSION, UnreadableError
from modelops_bundle.analysis.prefilter import (
    ANYTHING,
    candidates,
    framework_words,
    interesting_words,
    narrowed,
)
from modelops_bundle.analysis.reachable import ReachDigests
from modelops_bundle.analysis.source_words import words_of_sources
from modelops_bundle.analysis.store import ExtractMany, FactsStore
from modelops_bundle.analysis.tree import SourceTree
from modelops_bundle.core.data_reads import FileReads
from modelops_bundle.core.digest import digest_of_fields
from modelops_bundle.core.findings import Finding, Location, Severity, finding_order
from modelops_bundle.core.observation import Closure, Discovered, ParseFailure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind

__all__ = ["Analysis", "AnalysisMemo", "AnalysisRequest", "analyse"]


def analyse(
    tree: SourceTree,
    request: AnalysisRequest,
    memo: AnalysisMemo | None = None,
    extract_many: ExtractMany | None = None,
) -> Analysis:
    """Analyse a project. The outcome depends on the tree and the request alone.

    Args:
        tree: The project's files.
        request: What to look for.
        memo: What is known of files from earlier analyses.
        extract_many: Reads many files at once faster than one by one; a way to do it, no more.
    """
    return _ProjectAnalysis(tree, request, memo, extract_many).run()


class _ProjectAnalysis:
    def __init__(
        self,
        tree: SourceTree,
        request: AnalysisRequest,
        memo: AnalysisMemo | None,
        extract_many: ExtractMany | None,
    ) -> None:
        self._tree = tree
        self._request = request
        self._memo = memo
        roots = request.source_roots
        roots = default_source_roots(tree) if roots is None else roots
        self._roots = tuple(dict.fromkeys((*roots, *request.extra_roots)))
        self._index = ModuleIndex(tree, self._roots)
        remembered = None if memo is None else RememberedFacts(memo)
        self._linker = Linker(FactsStore(self._index, remembered, extract_many))
        self._reach = ReachDigests(self._linker)
        self._discovery = Discovery(self._index, request.conventions, self._linker)
        self._sources = tuple(tree.source_files())
        self._entry_files = sorted({path for _, path, _ in request.entries if tree.is_file(path)})

    def run(self) -> Analysis:
        files = self._discovered_files()
        discovered = self._with_requested(settle_abstract(files.values()))
        closures = self._closures(discovered)
        findings = set(self._findings(closures))
        for path in self._entry_files:
            findings.update(files[path].findings if path in files else ())
        return Analysis(
            discovered=discovered,
            closures=closures,
            parse_failures=self._failures(closures),
            reads=self._reads(closures),
            findings=tuple(sorted(findings, key=finding_order)),
            source_roots=self._roots,
            framework_uses=self._framework_uses(closures),
        )

    def _framework_uses(self, closures: Mapping[BundlePath, Closure]) -> tuple[FrameworkUse, ...]:
        packages = framework_words(self._request.conventions)
        members = {file for path in self._entry_files for file in closures[path].semantics}
        return framework_uses(self._linker, members, packages)

    def _discovered_files(self) -> dict[BundlePath, FileDiscovery]:
        conventions = self._request.conventions
        interesting = interesting_words(self._sources, conventions)
        words = words_of_sources(self._tree, self._sources, interesting, self._memo)
        found = candidates(words, conventions)
        framework = framework_words(conventions)
        askers = [path for path in found if not words[path].isdisjoint(framework)]
        self._linker.read_ahead((*self._entry_files, *found), askers)
        return {
            path: self._remembered(path, "", partial(self._discovery.file, path))
            for path in narrowed(found, words, conventions, self._linker.reaches)
        }

    def _remembered(
        self, path: BundlePath, question: str, ask: Callable[[], FileDiscovery]
    ) -> FileDiscovery:
        """The answer to a question about a file that nothing it can reach has changed."""
        if self._memo is None:
            return ask()
        key = f"discovery {self._context} {path} {self._reach.of(path)} {question}"
        known = self._memo.get(key)
        if known is not None:
            try:
                return decode_discovery(known)
            except UnreadableError:
                pass  # as if it had been forgotten
        found = ask()
        self._memo.put(key, encode_discovery(found))
        return found

    @cached_property
    def _context(self) -> str:
        """What every discovery depends on beside the contents that its file reaches.

        The names of all sources are part of it: a file that is added can change what an import
        in an untouched file leads to.
        """
        return digest_of_fields(
            ANALYSIS_VERSION,
            PYTHON_VERSION,
            repr(self._request.conventions),
            *self._roots,
            "sources",
            *self._sources,
        )

    def _with_requested(self, discovered: tuple[Discovered, ...]) -> tuple[Discovered, ...]:
        known = {(one.kind, one.path, one.symbol): one for one in discovered}
        missing: set[tuple[BundlePath, Kind]] = set()
        nowhere: set[tuple[Kind, str]] = set()
        for kind, path, symbol in self._request.entries:
            if (kind, path, symbol) in known:
                continue
            if path not in self._entry_files:
                nowhere.add((kind, symbol))
                continue
            described = self._described(kind, path, symbol)
            for one in described:
                known[kind, path, symbol] = one
            if not described:
                missing.add((path, kind))
                nowhere.add((kind, symbol))
        for path, kind in sorted(missing):
            for one in self._plain(kind, path):
                known.setdefault((kind, path, one.symbol), one)
        for one in self._of_same_name(nowhere):
            known.setdefault((one.kind, one.path, one.symbol), one)
        return tuple(
            sorted(
                known.values(),
                key=lambda one: (one.path, one.location.line, one.kind.value, one.symbol),
            )
        )

    def _described(
        self, kind: Kind, path: BundlePath, symbol: str, *, possible: bool = True
    ) -> tuple[Discovered, ...]:
        """The symbol, or nothing where the file does not define it."""

        def ask() -> FileDiscovery:
            found = self._discovery.describe(path, symbol, kind, possible=possible)
            return FileDiscovery(discovered=() if found is None else (found,))

        question = f"{kind} {symbol}" if possible else f"certain {kind} {symbol}"
        return self._remembered(path, question, ask).discovered

    def _plain(self, kind: Kind, path: BundlePath) -> tuple[Discovered, ...]:
        """The classes or functions of a file that no convention finds."""

        def ask() -> FileDiscovery:
            return FileDiscovery(discovered=self._discovery.plain(path, kind))

        return self._remembered(path, f"plain {kind}", ask).discovered

    def _of_same_name(self, nowhere: set[tuple[Kind, str]]) -> Iterator[Discovered]:
        """Definitions in any file whose name is that of a symbol which is gone from its own."""
        if not nowhere:
            return
        first = frozenset(symbol.partition(".")[0] for _, symbol in nowhere)
        words = words_of_sources(self._tree, self._sources, first, self._memo)
        for path, mentioned in words.items():
            for kind, symbol in sorted(nowhere):
                if symbol.partition(".")[0] in mentioned or ANYTHING in mentioned:
                    yield from self._described(kind, path, symbol, possible=False)

    def _closures(self, discovered: tuple[Discovered, ...]) -> dict[BundlePath, Closure]:
        symbols: dict[BundlePath, set[str]] = {}
        for one in discovered:
            symbols.setdefault(one.path, set()).add(one.symbol)
        builder = ClosureBuilder(
            self._linker, {path: frozenset(names) for path, names in symbols.items()}
        )
        return {path: builder.closure(path) for path in sorted({*self._entry_files, *symbols})}

    def _reads(self, closures: Mapping[BundlePath, Closure]) -> dict[BundlePath, FileReads]:
        data = DataFiles(self._linker)
        members = {file for closure in closures.values() for file in closure.semantics}
        found = ((file, data.of(file)) for file in sorted(members))
        return {file: reads for file, reads in found if reads is not None}

    def _failures(self, closures: Mapping[BundlePath, Closure]) -> dict[BundlePath, ParseFailure]:
        members = {file for closure in closures.values() for file in closure.semantics}
        found: dict[BundlePath, ParseFailure] = {}
        for file in sorted(members):
            failure = self._failure(file)
            if failure is not None:
                found[file] = failure
        return found

    def _failure(self, file: BundlePath) -> ParseFailure | None:
        if not file.endswith(".py"):
            return None
        facts = self._linker.store.facts(file)
        return facts if isinstance(facts, ParseFailure) else None

    def _findings(self, closures: Mapping[BundlePath, Closure]) -> Iterator[Finding]:
        missing = MissingNames()
        for path in self._entry_files:
            linker = linker_of(self._linker, path)
            yield from missing.of(linker, imported_files(linker, path))
            for file in closures[path].files:
                failure = self._failure(file)
                if failure is not None:
                    yield _unparsed_helper(failure)
            for file in closures[path].semantics:
                yield from computed(file, linker.links(file))


def _unparsed_helper(failure: ParseFailure) -> Finding:
    return Finding(
        code="MB203",
        severity=Severity.WARNING,
        key=failure.path,
        message=f"{failure.path} cannot be parsed ({failure.message}): it counts by its bytes, "
        "and what it imports is not known",
        hint=f"Correct {failure.path}, or use a Python that can read it",
        location=Location(failure.path, failure.line, failure.column),
    )
