"""What speaks against an entry without running it: its files, and what is installed by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelops_bundle.core.probing import Survey
from modelops_bundle.core.proof import Absence, EntryProof, Problem, Trouble
from modelops_bundle.core.proof_compare import compare_files
from modelops_bundle.core.python_versions import admits
from modelops_bundle.core.registry import ModelEntry, TargetEntry
from modelops_bundle.operations.verification.subject import Subject
from modelops_bundle.preflight.distributions import is_provided


@dataclass(frozen=True, slots=True)
class Evidence:
    """Adds to what running the entries showed."""

    subject: Subject
    survey: Survey

    def notes(self) -> Iterator[str]:
        """What concerns all entries."""
        wanted, version = self.subject.requires_python, self.survey.version
        if wanted and admits(wanted, version) is False:
            yield f"Python {version} is not what pyproject.toml asks for ({wanted})"

    def added_to(self, proof: EntryProof, entry: ModelEntry | TargetEntry) -> EntryProof:
        """The proof with what else is wrong."""
        known = {problem.module for problem in proof.problems if problem.module}
        problems = [*compare_files(entry, self.subject.files)]
        notes = list(proof.notes)
        for problem in self._by_chance(entry):
            if problem.module in known:
                continue
            if self.survey.absent:
                # What is declared and not installed might bring it along.
                notes.append(f"{problem.message}; it may come with what is not installed here")
            else:
                problems.append(problem)
        return replace(proof, problems=(*proof.problems, *problems), notes=tuple(notes))

    def _by_chance(self, entry: ModelEntry | TargetEntry) -> Iterator[Problem]:
        """Packages that are installed, and that nothing in `pyproject.toml` brings along."""
        declared = self.subject.distributions
        for name, place in sorted(self.subject.needs(entry).items()):
            if declared is not None and is_provided(name, declared):
                continue
            found = self._chance(name, declared)
            if found is not None:
                message, hint = found
                yield Problem(
                    trouble=Trouble.IMPORT_ERROR,
                    message=message,
                    hint=hint,
                    location=place,
                    module=name,
                    absence=Absence.UNDECLARED,
                )

    def _chance(self, name: str, declared: frozenset[str] | None) -> tuple[str, str] | None:
        """Why a module that is found here is not found elsewhere, and what to do about it."""
        loose = self.survey.loose.get(name)
        if loose:
            return (
                f"'{name}' is found here at {loose}, which nothing installs: workers have none",
                f"Move it into the project, or declare in pyproject.toml what installs '{name}'",
            )
        installed_by = self.survey.providers.get(name, frozenset())
        accounted_for = installed_by & {*self.survey.reached, self.subject.name}
        if declared is None or not installed_by or accounted_for:
            return None
        return (
            f"'{name}' is installed here by chance: nothing that pyproject.toml "
            "declares brings it along, so workers have none",
            f"Add '{min(installed_by)}' to the dependencies in pyproject.toml",
        )
