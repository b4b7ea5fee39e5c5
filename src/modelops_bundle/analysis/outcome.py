"""What is asked of an analysis, and what it finds: all that a remembered one takes to be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.data_reads import FileReads
from modelops_bundle.core.findings import Finding, Location
from modelops_bundle.core.observation import Closure, Discovered, ParseFailure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind

#: A class or function: its file, and its qualified name there.
Symbol = tuple[BundlePath, str]


@dataclass(frozen=True, slots=True, order=True)
class FrameworkUse:
    """A dotted name whose first part is a framework's package, and the first place that uses it."""

    dotted: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiscovery:
    """What one file defines, as far as the file and what it imports can tell.

    Attributes:
        discovered: In source order. `abstract` is set for classes that say so themselves;
            `settle_abstract` adds those that others make so.
        findings: MB205 outputs lost on a mixin, MB206 outputs of a second model base lost,
            MB207 parameters in a method. Unresolved facts are not reported here.
        extended: Model classes of the project, in any file, that models of this file derive from.
        partial: Symbols of this file that are intermediates if a model derives from them.
    """

    discovered: tuple[Discovered, ...] = ()
    findings: tuple[Finding, ...] = ()
    extended: frozenset[Symbol] = frozenset()
    partial: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What is asked of an analysis.

    Attributes:
        entries: Registered or named symbols: kind, file, qualified name.
        conventions: What models and targets look like.
        source_roots: What goes on `sys.path`; None for `.`, and `src` if it is no package.
        extra_roots: What goes there besides, after them.
    """

    entries: tuple[tuple[Kind, BundlePath, str], ...] = ()
    conventions: tuple[Convention, ...] = ()
    source_roots: tuple[BundlePath, ...] | None = None
    extra_roots: tuple[BundlePath, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the code of a project says.

    Attributes:
        discovered: Sorted by path, line and kind: what conventions find in any file; every
            requested symbol that exists; and, where a requested symbol does not, what may have
            become of it: the plain classes or functions of its file, and what has its name in any
            other.
        closures: Of the file of every requested entry and of everything discovered.
        parse_failures: Of files among those closures.
        reads: What the files of those closures name as data.
        findings: About the closures of requested entries only: what nobody asked for may be
            broken.
        framework_uses: What those closures take from the conventions' frameworks.
    """

    discovered: tuple[Discovered, ...] = ()
    closures: Mapping[BundlePath, Closure] = field(default_factory=dict)
    parse_failures: Mapping[BundlePath, ParseFailure] = field(default_factory=dict)
    reads: Mapping[BundlePath, FileReads] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    source_roots: tuple[BundlePath, ...] = ()
    framework_uses: tuple[FrameworkUse, ...] = ()
