"""Facts of an entry: what the code says, merged into what is recorded and declared."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import (
    Discovered,
    ListFact,
    ModelFacts,
    TargetFacts,
    Unresolved,
)
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Declared, EntryKey, ModelEntry, TargetEntry
from modelops_bundle.errors import InvalidPathError

_NO_CONVENTION = "no convention finds this symbol"
#: The option that can state a fact in place of the code.
_DECLARED = {"outputs": "--output", "model_output": "--output", "data": "--data"}


def merged(recorded: tuple[str, ...], wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted names in the recorded order, new ones appended (contract.md: sets, in order)."""
    names = dict.fromkeys(wanted)
    if set(recorded) == set(names):
        return recorded
    kept = [name for name in dict.fromkeys(recorded) if name in names]
    return (*kept, *(name for name in names if name not in kept))


class FactMerger:
    """Merges what the code says into what is recorded, and notes what it does not say."""

    def __init__(self, key: EntryKey, found: Discovered) -> None:
        self.key = key
        self.found = found
        self.findings: list[Finding] = []

    def of_model(self, recorded: ModelEntry) -> ModelEntry:
        facts = self.found.facts
        if not isinstance(facts, ModelFacts):
            raise TypeError(f"{self.key} is not a model in {self.found.path}")
        declared = (recorded.declared or Declared()).outputs
        return replace(
            recorded,
            class_name=self.found.symbol,
            outputs=self._names("outputs", recorded.outputs, facts.outputs, declared),
            scenarios=self._names("scenarios", recorded.scenarios, facts.scenarios),
            parameters=self._names("parameters", recorded.parameters, facts.parameters),
        )

    def of_target(self, recorded: TargetEntry) -> TargetEntry:
        facts = self.found.facts
        if not isinstance(facts, TargetFacts):
            raise TypeError(f"{self.key} is not a target in {self.found.path}")
        declared = (recorded.declared or Declared()).model_output
        if declared:
            return replace(recorded, model_output=declared)
        output = facts.model_output
        if isinstance(output, str):
            return replace(recorded, model_output=output)
        if output is None:
            self._note_unsaid("model output", _NO_CONVENTION)
        else:
            self._note("model_output", output, {recorded.model_output} - {""}, output.candidates)
        return recorded

    def data_paths(self, recorded: ModelEntry | TargetEntry) -> ListFact | None:
        """Data that the code names, as project paths; None where the code has no say in it.

        Where a person declared data, what the code does not settle needs no warning: what is read
        and not declared has one of its own.
        """
        facts = self.found.facts
        if not isinstance(facts, TargetFacts) or facts.data is None:
            return None
        paths = []
        for text in facts.data.values:
            try:
                paths.append(BundlePath.parse(text))
            except InvalidPathError as error:
                self.findings.append(
                    Finding(
                        code="MB312",
                        severity=Severity.ERROR,
                        key=str(self.key),
                        message=f"Data file cannot travel: {error.message}",
                        hint="Name a file below the project root, relative to it",
                        location=self.found.location,
                    )
                )
        declared = (recorded.declared or Declared()).data
        for unresolved in facts.data.unresolved if not declared else ():
            self._note("data", unresolved, set(), ())
        return ListFact(tuple(dict.fromkeys(paths)), facts.data.unresolved)

    def _names(
        self,
        name: str,
        recorded: tuple[str, ...],
        fact: ListFact,
        declared: tuple[str, ...] = (),
    ) -> tuple[str, ...]:
        if fact.complete:
            return merged(recorded, (*fact.values, *declared))
        if not self.found.convention:
            if name == "outputs" and not declared:
                self._note_unsaid(name, fact.unresolved[0].reason)
        elif not declared:
            # Each open element may be one of the recorded names; all of them may be all of these.
            open_ended = any(not unresolved.candidates for unresolved in fact.unresolved)
            possible = [] if open_ended else [c for u in fact.unresolved for c in u.candidates]
            for unresolved in fact.unresolved:
                self._note(name, unresolved, set(recorded) - set(fact.values), possible)
        return merged(recorded, (*recorded, *fact.values, *declared))

    def _note(
        self, name: str, unresolved: Unresolved, recorded: set[str], possible: Collection[str]
    ) -> None:
        """Warn that a fact stays as recorded; an error where the record cannot be right.

        Args:
            name: The fact.
            unresolved: What the code does not settle.
            recorded: Recorded values that it may stand for.
            possible: All values that these can have; empty where that is not known.
        """
        impossible = possible and not recorded.issubset(possible)
        options = f"; it may be {', '.join(unresolved.candidates)}" if unresolved.candidates else ""
        self.findings.append(
            Finding(
                code="MB202" if impossible else "MB201",
                severity=Severity.ERROR if impossible else Severity.WARNING,
                key=str(self.key),
                message=(
                    f"{name} of {self.found.symbol} cannot be told from the code: "
                    f"{unresolved.expression}: {unresolved.reason}{options}; "
                    + (
                        f"recorded: {', '.join(sorted(recorded))}"
                        if recorded
                        else "the recorded value stays"
                    )
                ),
                hint="Write it as a literal or a constant"
                + (f", or declare it with {_DECLARED[name]}" if name in _DECLARED else ""),
                location=unresolved.location,
            )
        )

    def _note_unsaid(self, name: str, reason: str) -> None:
        why = reason.replace("this symbol", self.found.symbol)
        kind = self.key.kind.value
        self.findings.append(
            Finding(
                code="MB201",
                severity=Severity.WARNING,
                key=str(self.key),
                message=(
                    f"{why[:1].upper()}{why[1:]}; its recorded {name} "
                    "cannot be checked against the code"
                ),
                hint=(
                    f"Declare it: mops-bundle register-{kind} "
                    f"{self.found.path}:{self.found.symbol} --output NAME"
                ),
                location=self.found.location,
            )
        )
