"""The one observation that every command makes: scan, read, analyse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from modelops_bundle.analysis.outcome import Analysis, AnalysisRequest
from modelops_bundle.conventions.base import Convention
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.conventions.user import conventions_from
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import finding_order
from modelops_bundle.core.observation import Observation, ProjectFacts, TargetFacts
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry, Kind
from modelops_bundle.core.settings import BundleConfig
from modelops_bundle.core.travel import PROJECT_FILES
from modelops_bundle.errors import ConfigError, InvalidPathError
from modelops_bundle.operations.analysis import analysed
from modelops_bundle.operations.document import RegistryFile, read_registry
from modelops_bundle.operations.environment_details import environment_details
from modelops_bundle.operations.frameworks import framework_names
from modelops_bundle.operations.gitignore import GitView, view_git
from modelops_bundle.operations.import_providers import import_providers
from modelops_bundle.operations.left_out import ignored_dependencies, ignored_imports, own_modules
from modelops_bundle.operations.likeness import similarities
from modelops_bundle.operations.old_sources import OldSources
from modelops_bundle.operations.pointers import pointer_files
from modelops_bundle.operations.settings import read_config, read_tracked
from modelops_bundle.operations.siblings import siblings, without
from modelops_bundle.workspace.project import PYPROJECT, Project
from modelops_bundle.workspace.pyproject import PyprojectFacts, read_project_facts
from modelops_bundle.workspace.result_cache import ResultCache
from modelops_bundle.workspace.scan import Scan, scan

#: Symbols that the command line names: kind, file, qualified name.
Requested = tuple[Kind, BundlePath, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A project as one command sees it: the record, and what it was laid against.

    Attributes:
        depends_on: Absolute paths outside the scan that the observation depends on.
    """

    project: Project
    file: RegistryFile
    config: BundleConfig
    observed: Observation
    scan: Scan
    depends_on: tuple[str, ...] = ()

    @property
    def record(self) -> BundleRegistry:
        """The registry as it was read."""
        return self.file.record

    @property
    def name(self) -> str:
        """What people call the project."""
        return self.config.name or self.observed.project.name or self.project.root.name


def observe(
    project: Project,
    *,
    trust_cache: bool = True,
    requested: tuple[Requested, ...] = (),
    named: Iterable[BundlePath] = (),
) -> Session:
    """Look at a project: files, code, and what the registry names of both.

    Args:
        trust_cache: False hashes every file again.
        requested: Symbols that the command line names, whether a convention finds them or not.
        named: Further data or code paths that the command line names.

    Raises:
        RegistryError, ConfigError: a file of the project's own cannot be read.
        ChangedDuringUseError: a file was written to each time it was read.
    """
    project.extra_roots.require()
    looked = scan(project, trust_cache=trust_cache)
    file = read_registry(project)
    config = read_config(project)
    tables = read_project_facts(project, looked)
    git = view_git(project)
    analysis = analysed(project, looked, _request(project, file.record, tables, requested))
    files = {entry.path for _, entry in file.record.entries()} | {path for _, path, _ in requested}
    beside = siblings(project, files, analysis, looked, tables.distributions)
    own = own_modules(looked, file.record, analysis)
    analysis = without(analysis, beside.named | own)
    for outside in (beside, framework_names(project, analysis)):
        git = GitView((*git.findings, *outside.findings), (*git.depends_on, *outside.depends_on))
    old = OldSources(project)
    observed = _observation(project, looked, file.record, tables, analysis, tuple(named), git, old)
    provided, places = import_providers(project, analysis, tables)
    observed = replace(observed, project=replace(observed.project, providers=provided))
    looked.commit_cache()
    return Session(
        project=project,
        file=file,
        config=config,
        observed=observed,
        scan=looked,
        depends_on=(*git.depends_on, *old.depends_on(), *places),
    )


def _request(
    project: Project,
    record: BundleRegistry,
    tables: PyprojectFacts,
    requested: tuple[Requested, ...],
) -> AnalysisRequest:
    entries = [(key.kind, entry.path, entry.symbol) for key, entry in record.entries()]
    return AnalysisRequest(
        entries=tuple(dict.fromkeys((*entries, *requested))),
        conventions=conventions_of(project, tables),
        source_roots=_source_roots(tables),
        extra_roots=tuple(root.mount for root in project.extra_roots.configured),
    )


def conventions_of(project: Project, tables: PyprojectFacts) -> tuple[Convention, ...]:
    """The frameworks that are known here: those of the program, then the project's own.

    Raises:
        ConfigError: the project's table cannot be used.
    """
    own = conventions_from(_table(tables, "conventions"), partial(_pyproject_text, project))
    return (*BUILT_IN, *own)


def _pyproject_text(project: Project) -> str:
    """What an error points into."""
    return (project.root / PYPROJECT).read_text(encoding="utf-8-sig", errors="replace")


def _table(tables: PyprojectFacts, key: str) -> dict[str, object]:
    value = tables.settings.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(f"{PYPROJECT}: tool.modelops-bundle.{key} must be a table")
    return value


def _source_roots(tables: PyprojectFacts) -> tuple[BundlePath, ...] | None:
    """What the project says goes on `sys.path`; None where it leaves that to us."""
    value = tables.settings.get("source-roots")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(
            f"{PYPROJECT}: tool.modelops-bundle.source-roots must be a list of folders"
        )
    try:
        return tuple(dict.fromkeys(BundlePath.parse(item) for item in value))
    except InvalidPathError as error:
        raise ConfigError(f"{PYPROJECT}: source-roots: {error.message}") from error


def _observation(
    project: Project,
    looked: Scan,
    record: BundleRegistry,
    tables: PyprojectFacts,
    analysis: Analysis,
    named: tuple[BundlePath, ...],
    git: GitView,
    old: OldSources,
) -> Observation:
    tracked = read_tracked(project)
    data = sorted({*_data_paths(record, analysis), *named})
    directories = {path: looked.files_below(path) for path in data if looked.is_dir(path)}
    files = looked.states(
        (
            *_named_files(record, analysis),
            *(path for path in data if path not in directories),
            *(path for below in directories.values() for path in below),
            *tracked,
            *PROJECT_FILES,
            *tables.also_travels,
            *tables.environment,
        )
    )
    dependencies = {*data, *(path for below in directories.values() for path in below)}
    facts = _project_facts(looked, tables, tracked, data)
    facts = replace(
        facts,
        ignored=ignored_dependencies(looked, record, dependencies),
        pointers=pointer_files(looked, files, dependencies, ResultCache(project)),
    )
    imports = ignored_imports(looked, record, analysis)
    findings = {*analysis.findings, *looked.findings, *git.findings, *imports}
    return Observation(
        files=files,
        directories=directories,
        discovered=analysis.discovered,
        closures=analysis.closures,
        parse_failures=analysis.parse_failures,
        reads=analysis.reads,
        environment=_environment(record, tables),
        environment_details=environment_details(record, tables, looked, old),
        source_roots=analysis.source_roots,
        similarity=similarities(record, analysis.discovered, looked, old),
        project=facts,
        findings=tuple(sorted(findings, key=finding_order)),
    )


def _project_facts(
    looked: Scan,
    tables: PyprojectFacts,
    tracked: tuple[BundlePath, ...],
    data: Iterable[BundlePath],
) -> ProjectFacts:
    return ProjectFacts(
        name=tables.name,
        pyproject=tables.present,
        pyproject_problem=tables.problem,
        pyproject_line=tables.line,
        distributions=tables.distributions,
        wire=tables.wire,
        wire_line=tables.wire_line,
        outside={path: place for path in data if (place := looked.outside(path)) is not None},
        tracked=tracked,
        packages=frozenset(
            path.parent for path in looked.source_files() if path.name == "__init__.py"
        ),
        also_travels=tables.also_travels,
    )


def _environment(record: BundleRegistry, tables: PyprojectFacts) -> Mapping[BundlePath, Digest]:
    """Dependency tables and lock files; those that cannot be parsed now count as recorded."""
    recorded = record.environment.get(PYPROJECT)
    if tables.problem and recorded is not None:
        return {PYPROJECT: recorded, **tables.environment}
    return tables.environment


def _named_files(record: BundleRegistry, analysis: Analysis) -> Iterator[BundlePath]:
    for _, entry in record.entries():
        yield entry.path
        yield from entry.code
    for path, closure in analysis.closures.items():
        yield path
        yield from closure.files


def _data_paths(record: BundleRegistry, analysis: Analysis) -> Iterator[BundlePath]:
    for _, entry in record.entries():
        yield from entry.data
        # A registry of the existing tool may name folders as code.
        yield from (path for path in entry.code if path.suffix != ".py")
        yield from (entry.declared.data if entry.declared else ())
        yield from (entry.declared.code if entry.declared else ())
    for found in analysis.discovered:
        if isinstance(found.facts, TargetFacts) and found.facts.data is not None:
            for text in found.facts.data.values:
                try:
                    yield BundlePath.parse(text)
                except InvalidPathError:
                    continue
