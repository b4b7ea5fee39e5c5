"""Gathers what a job asks for: each name once, at its first place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from modelops_bundle.codec.yaml_nodes import Node, ScalarNode, SequenceNode, resolved, scalar_type
from modelops_bundle.core.closest import closest
from modelops_bundle.core.job import (
    Coverage,
    JobName,
    JobSpecification,
    Mark,
    ParameterNames,
    Remark,
    Simulation,
)
from modelops_bundle.core.registry import Kind

#: Remarks beyond these would say the same of every task.
_MOST_REMARKS = 20


def mark_of(node: Node) -> Mark:
    """Where a node stands, as people count."""
    return Mark(node.line + 1, node.column + 1)


def name_of(node: Node) -> JobName:
    """The name that a scalar gives, at the place where it is used."""
    target = resolved(node)
    return JobName(target.value if isinstance(target, ScalarNode) else "", mark_of(node))


def names_of(node: Node) -> list[JobName]:
    """The texts of a text or a list; what else stands there is passed over."""
    target = resolved(node)
    items = target.items if isinstance(target, SequenceNode) else [node]
    return [
        name_of(item)
        for item in items
        if isinstance(scalar := resolved(item), ScalarNode)
        and scalar_type(scalar) == "str"
        and scalar.value
    ]


def listed_once(node: Node, key: str, found: Collected) -> list[JobName]:
    """The texts of a text or a list, each once; a repetition is remarked on."""
    names: dict[str, JobName] = {}
    for name in names_of(node):
        if name.text in names:
            found.remark(Remark(name, f"'{key}' names '{name.text}' twice", "Name it once"))
        names.setdefault(name.text, name)
    return list(names.values())


@dataclass(slots=True)
class Run:
    """A simulation that is still being read; of thousands of tasks most say the same."""

    model: JobName | None
    class_name: JobName | None
    noted_class: JobName | None
    scenarios: list[JobName] = field(default_factory=list)
    outputs: list[JobName] = field(default_factory=list)
    _parameters: dict[tuple[Coverage, frozenset[str]], ParameterNames] = field(default_factory=dict)

    def add_parameters(self, names: ParameterNames) -> None:
        """Note parameters, unless the same names were noted before."""
        self._parameters.setdefault((names.coverage, frozenset(n.text for n in names.names)), names)

    def settled(self) -> Simulation:
        """The same, with each name once."""
        return Simulation(
            model=self.model,
            class_name=self.class_name,
            noted_class=self.noted_class,
            scenarios=_once(self.scenarios),
            parameters=tuple(self._parameters.values()),
            outputs=_once(self.outputs),
        )


class Collected:
    """Everything that was found in a document so far."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, ...], Run] = {}
        self._targets: list[JobName] = []
        self._sets: list[JobName] = []
        self._noted_sets: list[JobName] = []
        self._bundles: list[JobName] = []
        self._imported: dict[Kind, list[JobName]] = {Kind.MODEL: [], Kind.TARGET: []}
        self._remarks: dict[tuple[str, str], Remark] = {}

    @property
    def asks_for_targets(self) -> bool:
        """Whether some target or target set is named."""
        return bool(self._targets or self._sets)

    def run(self, model: JobName | None, class_name: JobName | None, noted: JobName | None) -> Run:
        """The runs of a model, to be added to."""
        key = tuple(name.text if name else "" for name in (model, class_name, noted))
        return self._runs.setdefault(key, Run(model, class_name, noted))

    def target(self, *names: JobName) -> None:
        """Note targets."""
        self._targets += names

    def target_set(self, *names: JobName) -> None:
        """Note target sets."""
        self._sets += names

    def noted_set(self, *names: JobName) -> None:
        """Note target sets that only a note speaks of."""
        self._noted_sets += names

    def bundle(self, name: JobName) -> None:
        """Note a reference of a bundle."""
        self._bundles.append(name)

    def imported(self, kind: Kind, *names: JobName) -> None:
        """Note models or targets that workers import under the very names that the job gives."""
        self._imported[kind] += names

    def remark(self, remark: Remark) -> None:
        """Note something odd, at its first place."""
        if len(self._remarks) < _MOST_REMARKS:
            self._remarks.setdefault((remark.name.text, remark.message), remark)

    def unknown(self, key: JobName, what: str, known: Iterable[str]) -> None:
        """Note a key that nothing reads."""
        near = closest(key.text, known, number=1)
        self.remark(
            Remark(
                key,
                f"'{key.text}' is no key of {what}, and is passed over",
                f"Did you mean '{near[0]}'?" if near else "Put notes under 'metadata'",
            )
        )

    def missing(self, key: JobName, kind: str) -> None:
        """Note a key that a job of this kind needs, unless it is there and misspelt."""
        if any(f"'{key.text}'" in remark.hint for remark in self._remarks.values()):
            return
        message = f"'{key.text}' is missing, and `mops jobs submit` refuses a {kind} without it"
        self.remark(Remark(key, message, f"Add '{key.text}'"))

    def specification(self) -> JobSpecification:
        """All of it."""
        return JobSpecification(
            simulations=tuple(run.settled() for run in self._runs.values()),
            targets=_once(self._targets),
            target_sets=_once(self._sets),
            noted_sets=_once(self._noted_sets),
            bundles=_once(self._bundles),
            imported_models=_once(self._imported[Kind.MODEL]),
            imported_targets=_once(self._imported[Kind.TARGET]),
            remarks=tuple(self._remarks.values()),
        )


def _once(names: Iterable[JobName]) -> tuple[JobName, ...]:
    first: dict[str, JobName] = {}
    for name in names:
        first.setdefault(name.text, name)
    return tuple(first.values())
