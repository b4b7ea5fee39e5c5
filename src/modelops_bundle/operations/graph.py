"""The dependency picture of a project, or of one entry or file in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.graph import Edge, EdgeKind, Graph, Node, NodeKind, NodeState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Change, Reason, Section, SectionKey, Verdict
from modelops_bundle.core.registry import (
    Entry,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
)
from modelops_bundle.errors import InvalidPathError, UsageError
from modelops_bundle.operations.ids import meant_id
from modelops_bundle.operations.places import project_path
from modelops_bundle.operations.report_documents import section_difference
from modelops_bundle.operations.status import StatusReport, status
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.data_use import undeclared_reads
from modelops_bundle.workspace.project import Project

_FILES = (NodeKind.CODE, NodeKind.DATA, NodeKind.ENVIRONMENT)
_ORDER = {kind: at for at, kind in enumerate(NodeKind)}
#: Of what several entries recorded of one file, the first of these is its state.
_FILE_STATES = (
    NodeState.MISSING,
    NodeState.STALE,
    NodeState.COSMETIC,
    NodeState.FRESH,
    NodeState.ADDED,
    NodeState.UNDECLARED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A graph, and what it was asked about.

    Attributes:
        project: The project's name.
        focus: Nodes that were asked about: one for an entry, one or several for a path; empty for
            the whole project, or for a file that nothing depends on.
        asked: The path that was asked about, or "".
        affected: What is not as recorded, or depends on something that is not; judged on the
            whole project, of which `graph` may be a part.
    """

    project: str
    graph: Graph
    focus: tuple[str, ...] = ()
    asked: str = ""
    affected: frozenset[str] = frozenset()


def picture(project: Project, name: str = "", *, base: Path, whole: bool = False) -> Picture:
    """Draw the whole project, what concerns one entry, or what depends on a file.

    Args:
        name: An entry's id, with or without its kind, or a path; "" for everything.
        base: The folder that a relative path starts from.
        whole: Keep the rest of the project around what was asked about.

    Raises:
        UsageError: it is neither an entry nor a file.
        BundleError: the project cannot be evaluated.
    """
    report = status(project)
    graph = project_graph(report)
    drawn = Picture(project=report.project_name, graph=graph, affected=graph.affected())
    if not name:
        return drawn
    entry = _entry_node(graph, name)
    if entry:
        around = graph.upstream([entry]) | graph.downstream([entry])
        part = graph if whole else graph.part(around)
        return replace(drawn, graph=part, focus=(entry,))
    path = _path(project, name, base, graph)
    focus = tuple(node.id for node in _at(graph, path))
    if not focus and not _is_there(report, path):
        raise _unknown(name, graph)
    part = graph if whole else graph.part(graph.downstream(focus))
    return replace(drawn, graph=part, focus=focus, asked=str(path))


def project_graph(report: StatusReport) -> Graph:
    """The graph of a project as a sync would leave it, marked with how the registry stands now."""
    return _Builder(report).build()


def _entry_node(graph: Graph, name: str) -> str:
    """The node of the entry that a person means, or "".

    Raises:
        UsageError: a model and a target have this id.
    """
    kinds = (Kind.MODEL.value, Kind.TARGET.value)
    wanted = [name] if name.startswith(tuple(f"{kind}:" for kind in kinds)) else []
    wanted += [f"{kind}:{name}" for kind in kinds]
    found = [one for one in wanted if one in graph.nodes]
    if len(found) > 1:
        raise UsageError(
            f"{name!r} is a model and a target", hint=f"say model:{name} or target:{name}"
        )
    return found[0] if found else ""


def _path(project: Project, name: str, base: Path, graph: Graph) -> BundlePath:
    try:
        return project_path(project, base, name)
    except InvalidPathError as error:
        raise _unknown(name, graph) from error


def _at(graph: Graph, path: BundlePath) -> Iterator[Node]:
    """The files at or below a path; failing that, the data folder that holds it."""
    files = [node for node in graph.nodes.values() if node.kind in _FILES]
    inside = [node for node in files if BundlePath(node.name).is_within(path)]
    yield from inside or (node for node in files if path.is_within(BundlePath(node.name)))


def _unknown(name: str, graph: Graph) -> UsageError:
    known = [
        node.name
        for node in graph.nodes.values()
        if node.kind in (*_FILES, NodeKind.MODEL, NodeKind.TARGET)
    ]
    return UsageError(
        f"no entry has the id {name!r}, and no file of the project this path",
        hint=meant_id(name, known),
    )


def _is_there(report: StatusReport, path: BundlePath) -> bool:
    scan = report.session.scan
    return scan.exists(path) or scan.is_dir(path)


class _Builder:
    def __init__(self, report: StatusReport) -> None:
        self._plan = report.plan
        self._observed = report.session.observed
        self._verdicts = {verdict.key: verdict for verdict in report.plan.verdicts}
        self._nodes: dict[str, Node] = {}
        self._edges: dict[Edge, None] = {}
        self._files: dict[str, set[NodeState]] = {}
        self._sections = {
            change.key: change
            for change in report.plan.changes
            if isinstance(change.key, SectionKey)
        }
        self._details = report.environment_details

    def build(self) -> Graph:
        for key, entry in self._entries():
            self._entry(key, entry)
        self._undeclared()
        self._outputs()
        self._target_sets()
        for name, states in self._files.items():
            state = next(state for state in _FILE_STATES if state in states)
            self._nodes[name] = replace(self._nodes[name], state=state)
        nodes = sorted(self._nodes.values(), key=_shown_order)
        return Graph({node.id: node for node in nodes}, tuple(sorted(self._edges)))

    def _entries(self) -> Iterator[tuple[EntryKey, ModelEntry | TargetEntry]]:
        """Entries as they would be; those that a sync would remove as they were."""
        yield from self._plan.result.entries()
        for key, entry in self._plan.record.entries():
            if self._plan.result.get(key) is None:
                yield key, entry

    def _entry(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> None:
        verdict = self._verdicts.get(key)
        name = str(key)
        self._nodes[name] = Node(
            id=name,
            kind=NodeKind(key.kind.value),
            name=key.id,
            state=NodeState.ADDED if verdict is None else NodeState(verdict.state.value),
            path=str(verdict.path if verdict else entry.path),
            line=verdict.line if verdict else self._line(key),
            reasons=verdict.reasons if verdict else (),
        )
        recorded = self._plan.record.get(key)
        self._code(name, entry, recorded, verdict)
        self._data(name, entry, recorded)
        self._environment(name)

    def _environment(self, name: str) -> None:
        changed = {change.path for change in self._plan.environment}
        section = self._sections.get(SectionKey(Section.ENVIRONMENT))
        for path in self._plan.result.environment:
            known = path not in changed or not self._plan.record.environment
            state = NodeState.FRESH if known else NodeState.STALE
            node = self._file(NodeKind.ENVIRONMENT, path, state)
            if section is not None and not known and not self._nodes[node].reasons:
                told = tuple(self._told(r) for r in section.reasons if r.path == path)
                self._nodes[node] = replace(self._nodes[node], reasons=told)
            self._link(node, name, EdgeKind.RUNS_WITH)

    def _told(self, reason: Reason) -> Reason:
        """A reason of the environment with what is other in the file, where that is known."""
        details = self._details.get(reason.path, ()) if reason.path else ()
        return replace(reason, message=", ".join(details)) if details else reason

    def _undeclared(self) -> None:
        """Files that code reads and that the entry does not declare, as rule MB220 finds them."""
        context = PreflightContext(
            registry=self._plan.result, plan=self._plan, observed=self._observed
        )
        for key, places in undeclared_reads(context).items():
            for path, place in places.items():
                node = self._file(NodeKind.DATA, path, NodeState.UNDECLARED)
                reason = Reason(
                    code="MB220",
                    field="data",
                    message=f"{key.kind} {key.id} reads it at {place} and does not declare it",
                    path=place.path,
                    line=place.line,
                )
                known = self._nodes[node]
                self._nodes[node] = replace(known, reasons=(*known.reasons, reason))
                self._link(node, str(key), EdgeKind.READS_UNDECLARED)

    def _line(self, key: EntryKey) -> int:
        for added, found in self._plan.additions:
            if added == key:
                return found.location.line
        return 0

    def _code(
        self, name: str, entry: Entry, recorded: Entry | None, verdict: Verdict | None
    ) -> None:
        known = dict(recorded.code_digests) if recorded else {}
        if recorded and recorded.source_digest:
            known[recorded.path] = recorded.source_digest
        reasons = verdict.reasons if verdict else ()
        cosmetic = {reason.path for reason in reasons if reason.path and reason.cosmetic}
        closure = self._observed.closures.get(entry.path)
        via = closure.via if closure else {}
        own = self._file(
            NodeKind.CODE, entry.path, self._state(entry.path, known, entry.path in cosmetic)
        )
        self._link(own, name, EdgeKind.DEFINED_IN)
        for path in dict.fromkeys((*entry.code, *(closure.files if closure else ()))):
            state = self._state(path, known, path in cosmetic)
            node = self._file(NodeKind.CODE, path, state)
            if path in via:
                self._link(node, f"{NodeKind.CODE}:{via[path]}", EdgeKind.IMPORTS)
            else:
                self._link(node, name, EdgeKind.NEEDS)

    def _data(self, name: str, entry: Entry, recorded: Entry | None) -> None:
        known = recorded.data_digests if recorded else {}
        for path in entry.data:
            state = self._state(path, known, cosmetic=False)
            if path in self._observed.directories:
                same = _below(path, entry.data_digests) == _below(path, known)
                state = NodeState.FRESH if same else NodeState.STALE
            self._link(self._file(NodeKind.DATA, path, state), name, EdgeKind.READS)

    def _state(
        self, path: BundlePath, known: Mapping[BundlePath, Digest], cosmetic: bool
    ) -> NodeState:
        file = self._observed.files.get(path)
        if file is None:
            present = path in self._observed.directories
            return NodeState.FRESH if present else NodeState.MISSING
        if path not in known:
            return NodeState.ADDED
        if file.digest == known[path]:
            return NodeState.FRESH
        return NodeState.COSMETIC if cosmetic else NodeState.STALE

    def _outputs(self) -> None:
        """Outputs that a model has or a target asks for."""
        before = {name for model in self._plan.record.models.values() for name in model.outputs}
        after: dict[str, list[str]] = {}
        for name, model in self._plan.result.models.items():
            for output in model.outputs:
                after.setdefault(output, []).append(f"{Kind.MODEL}:{name}")
        asked: dict[str, list[str]] = {}
        for key, entry in self._entries():
            if isinstance(entry, TargetEntry) and entry.model_output:
                asked.setdefault(entry.model_output, []).append(str(key))
        for output in sorted({*after, *asked}):
            state = NodeState.FRESH if output in before else NodeState.ADDED
            if output not in after:
                state = NodeState.MISSING
            node = f"{NodeKind.OUTPUT}:{output}"
            self._nodes[node] = Node(id=node, kind=NodeKind.OUTPUT, name=output, state=state)
            for model_node in after.get(output, ()):
                self._link(model_node, node, EdgeKind.PROVIDED_BY)
            for target_node in asked.get(output, ()):
                self._link(node, target_node, EdgeKind.COMPARES)

    def _target_sets(self) -> None:
        for name, group in {
            **self._plan.record.target_sets,
            **self._plan.result.target_sets,
        }.items():
            node = f"{NodeKind.TARGET_SET}:{name}"
            change = self._sections.get(SectionKey(Section.TARGET_SET, name))
            self._nodes[node] = Node(
                id=node,
                kind=NodeKind.TARGET_SET,
                name=name,
                state=NodeState.STALE if change else NodeState.FRESH,
                reasons=(_difference(change),) if change else (),
            )
            for target in group.targets:
                if f"{Kind.TARGET}:{target}" in self._nodes:
                    self._link(f"{Kind.TARGET}:{target}", node, EdgeKind.HOLDS)

    def _file(self, kind: NodeKind, path: BundlePath, state: NodeState) -> str:
        node = f"{kind}:{path}"
        self._nodes.setdefault(node, Node(id=node, kind=kind, name=str(path), path=str(path)))
        self._files.setdefault(node, set()).add(state)
        return node

    def _link(self, start: str, end: str, kind: EdgeKind) -> None:
        self._edges[Edge(start, end, kind)] = None


def _shown_order(node: Node) -> tuple[int, str]:
    """By kind; files by path, what the registry lists in its order."""
    return _ORDER[node.kind], node.name if node.kind in _FILES else ""


def _difference(change: Change) -> Reason:
    return Reason(code="", field="targets", message=section_difference(change))


def _below(folder: BundlePath, digests: Mapping[BundlePath, Digest]) -> dict[BundlePath, Digest]:
    return {path: digest for path, digest in digests.items() if path.is_within(folder)}
