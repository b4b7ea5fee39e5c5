"""What the project's files and code say now: the one observation that every command makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelops_bundle.core.data_reads import FileReads
from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.findings import Finding, Location
from modelops_bundle.core.paths import ROOT, BundlePath, Entrypoint
from modelops_bundle.core.registry import Kind

#: How many files of an import chain are told, and what stands for those that are not.
LONGEST_CHAIN = 64
LEFT_OUT = BundlePath("...")


@dataclass(frozen=True, slots=True)
class FileState:
    """A regular file as it was when it was hashed."""

    path: BundlePath
    digest: Digest
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A fact that the code does not settle.

    Attributes:
        expression: The source text that could not be evaluated to one value.
        candidates: The values that it may have, where they are known; sorted.
    """

    expression: str
    reason: str
    location: Location
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListFact:
    """Names that the code states, in source order, without duplicates.

    While `unresolved` is not empty the list is a lower bound: elements may be missing from it.
    """

    values: tuple[str, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the list holds all elements."""
        return not self.unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What the code says of a model class."""

    outputs: ListFact = field(default_factory=ListFact)
    scenarios: ListFact = field(default_factory=ListFact)
    parameters: ListFact = field(default_factory=ListFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """What the code says of a target function.

    Attributes:
        model_output: The output's name; None where the code does not say (an undecorated
            function that a person registered).
        data: Data paths that the decorator gives, as written; None where it gives none, so that
            what a person declared is all there is.
        body_output: What the returned target says, where both the decorator and the body do.
    """

    model_output: str | Unresolved | None = None
    data: ListFact | None = None
    body_output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """One symbol that is, or may be registered as, a model or a target.

    Attributes:
        convention: The convention that found it; "" for a symbol that only the registry or the
            command line names, and for the plain functions and classes that may be its new name.
        abstract: A model class with local subclasses and no concrete use of its own: registered
            only when named.
    """

    kind: Kind
    entrypoint: Entrypoint
    path: BundlePath
    facts: ModelFacts | TargetFacts
    location: Location
    symbol_digest: SemanticDigest
    convention: str = ""
    abstract: bool = False

    @property
    def symbol(self) -> str:
        """The qualified name in its module."""
        return self.entrypoint.symbol


@dataclass(frozen=True, slots=True)
class FileSemantics:
    """What one source file means.

    Attributes:
        digest: Over all top-level statements: `core.behavior.statements_digest(statements)`.
        statements: (defined symbol or "", digest) per top-level statement in order; given only
            for files that define a droppable symbol (see `Closure.droppable`), else empty.
    """

    digest: SemanticDigest
    statements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """All project files that importing one module can run.

    Attributes:
        path: The module's own file.
        files: The others, sorted.
        via: For each of `files`, the file that imports it, on a shortest chain from `path`.
        lines: For each of `files`, the 1-based line of that import.
        semantics: For `path` and each of `files`; opaque or unparsable files count by content.
        droppable: (file, symbol) of top-level definitions that nothing else in this closure
            names, in files without reflection: if registered as another entry, such a
            definition does not count for this closure's behaviour (analysis.md, "Digests").
        third_party: Top-level names of imports that are neither local nor standard library, with
            the place of the first import.
        optional: Those of them that every import of the closure may do without.
        dangling: Dotted names of modules that are imported and found nowhere in the project nor
            in the standard library, installed packages included (`numpy`, `models.gone`).
    """

    path: BundlePath
    files: tuple[BundlePath, ...] = ()
    via: Mapping[BundlePath, BundlePath] = field(default_factory=dict)
    lines: Mapping[BundlePath, int] = field(default_factory=dict)
    semantics: Mapping[BundlePath, FileSemantics] = field(default_factory=dict)
    droppable: frozenset[tuple[BundlePath, str]] = frozenset()
    third_party: Mapping[str, Location] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    dangling: frozenset[str] = frozenset()

    def chain(self, path: BundlePath) -> tuple[BundlePath, ...]:
        """The import chain from the module's own file to this one, both included.

        Of a chain of more than `LONGEST_CHAIN` files the middle is left out: chains for all files
        of thousands in a row would grow with their square.
        """
        chain = [path]
        while chain[-1] != self.path and chain[-1] in self.via:
            if len(chain) == LONGEST_CHAIN:
                return (self.path, LEFT_OUT, *reversed(chain[: LONGEST_CHAIN - 2]))
            chain.append(self.via[chain[-1]])
        return tuple(reversed(chain))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailure:
    """Source that this interpreter cannot parse; `line` and `column` are 1-based, 0 if unknown."""

    path: BundlePath
    message: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What preflight needs to know of the project beside its code.

    Attributes:
        pyproject: The file is there and could be read.
        pyproject_problem: Why it could not, or "".
        pyproject_line: The 1-based line of the problem, or 0.
        distributions: Normalised names (PEP 503) of all distributions that `pyproject.toml`
            names, in any table.
        providers: For imports that names alone do not explain: normalised names of the installed
            distributions that provide them, as far as metadata tell.
        wire: What tells the platform's workers how to run the bundle (an entry point, a
            dependency, `.modelops/manifest.json`, `wire.py`), or "" if nothing does.
        wire_line: The 1-based line of a function in `wire.py` that they could not call, or 0.
        ignored: Files of closures and data that `.modelopsignore` leaves out: they would not
            travel.
        outside: Dependencies that resolve to a place outside the project root, with that place.
        pointers: Data files that only stand for data kept elsewhere, with what keeps it
            ("Git LFS", "DVC", "git-annex").
        tracked: Further files that travel (`tracked.txt`), whether they are there or not.
        packages: Folders that hold an `__init__.py`.
        also_travels: The readme and licence files that `pyproject.toml` names.
    """

    name: str = ""
    pyproject: bool = True
    pyproject_problem: str = ""
    pyproject_line: int = 0
    distributions: frozenset[str] = frozenset()
    providers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    wire: str = ""
    wire_line: int = 0
    ignored: frozenset[BundlePath] = frozenset()
    outside: Mapping[BundlePath, str] = field(default_factory=dict)
    pointers: Mapping[BundlePath, str] = field(default_factory=dict)
    tracked: tuple[BundlePath, ...] = ()
    packages: frozenset[BundlePath] = frozenset()
    also_travels: tuple[BundlePath, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The project as it is.

    Attributes:
        files: Every file that the registry, the closures, `tracked.txt` or the environment
            names and that is there.
        directories: For each data folder that an entry names: the files below it, sorted.
        discovered: Symbols, sorted by path, line and kind. Every registered symbol that still
            exists is among them, whether a convention finds it or not.
        closures: By the module's own file: of every entry and of everything discovered.
        reads: What the source files of registered entries' closures name as data.
        environment: Digests of dependency tables and lock files.
        environment_details: What is other in those that are not as recorded, where their earlier
            text is known: `numpy >=1.26 -> >=2.0`.
        similarity: How alike a registered symbol's source at the last sync and a candidate
            are, 0 to 1, by (old entrypoint, candidate's entrypoint); absent where the old source
            is not known.
        findings: What the scan and the analysis noticed.
    """

    files: Mapping[BundlePath, FileState] = field(default_factory=dict)
    directories: Mapping[BundlePath, tuple[BundlePath, ...]] = field(default_factory=dict)
    discovered: tuple[Discovered, ...] = ()
    closures: Mapping[BundlePath, Closure] = field(default_factory=dict)
    parse_failures: Mapping[BundlePath, ParseFailure] = field(default_factory=dict)
    reads: Mapping[BundlePath, FileReads] = field(default_factory=dict)
    environment: Mapping[BundlePath, Digest] = field(default_factory=dict)
    environment_details: Mapping[BundlePath, tuple[str, ...]] = field(default_factory=dict)
    source_roots: tuple[BundlePath, ...] = (ROOT,)
    similarity: Mapping[tuple[Entrypoint, Entrypoint], float] = field(default_factory=dict)
    project: ProjectFacts = field(default_factory=ProjectFacts)
    findings: tuple[Finding, ...] = ()
