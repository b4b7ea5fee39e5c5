"""Compares a job specification with a bundle: every name that it uses has to be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.job import Coverage, JobName, JobSpecification, Mark, Simulation
from modelops_bundle.core.observation import ListFact, ModelFacts
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.closest import Closest
from modelops_bundle.preflight.entities import Definitions, listed, quoted
from modelops_bundle.preflight.job_index import JobIndex

#: The job pins a bundle, and it is not the one that is here.
OTHER_BUNDLE = "MB338"
_NOTED = " (noted under 'metadata', which workers do not read)"
_NAMED_IN_HINT = 8
#: The framework whose workers refuse a simulation that leaves a parameter out.
_STRICT_CONVENTION = "calabaria"
#: What the platform takes as `bundle_ref` (modelops-contracts, `SimTask`).
_REFERENCE = re.compile(r"(?:[^@]+@)?(?P<digest>sha256:[0-9a-f]{64})")
_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def check_job(
    context: PreflightContext, job: JobSpecification, path: BundlePath | None
) -> Iterator[Finding]:
    """Everything in a job that the bundle cannot do, or that is odd.

    Args:
        context: The registry as it would be after the sync.
        path: The job's file, relative to the project's root; None for a job without one.
    """
    checker = _JobCheck(context, path)
    models: list[EntryKey] = []
    for simulation in job.simulations:
        found, problem = checker.model(simulation)
        if problem is not None:
            yield problem
        for key in found[:1]:  # of several classes in a module, workers run the first
            models.append(key)
            yield from checker.simulation(simulation, key)
    yield from checker.targets(job, models)
    yield from checker.imported(job)
    for remark in job.remarks:
        yield checker.finding("MB339", _WARNING, remark.name.mark, remark.message, remark.hint)


def check_bundles(
    job: JobSpecification, path: BundlePath | None, known: Digest | None, *, synced: bool
) -> Iterator[Finding]:
    """Compare the bundle that a job is for with the one that was last pushed or pulled here.

    Args:
        known: Its digest; None where there is no record of one.
        synced: What is here is what it holds.
    """
    for name in job.bundles:
        reference = _REFERENCE.fullmatch(name.text)
        if reference is None:
            yield _found(
                path,
                OTHER_BUNDLE,
                _WARNING,
                name.mark,
                f"'{name.text}' is no digest, and workers take nothing else",
                "Write `sha256:` and 64 hex digits, as `mops-bundle push` prints it",
            )
            continue
        message, severity, hint = _compared(Digest.parse(reference["digest"]), known, synced)
        if message:
            yield _found(path, OTHER_BUNDLE, severity, name.mark, message, hint)


def _compared(wanted: Digest, known: Digest | None, synced: bool) -> tuple[str, Severity, str]:
    short = f"sha256:{wanted.hex[:12]}"
    if known is None:
        told = f"The job is for bundle {short}; nothing was pushed or pulled here to compare"
        return told, _INFO, ""
    if wanted != known:
        return (
            f"The job is for bundle {short}, and sha256:{known.hex[:12]} was last pushed or "
            "pulled here",
            _WARNING,
            f"Run 'mops-bundle diff {short}' to see what differs, or name the newer digest",
        )
    if not synced:
        told = f"The job is for bundle {short}, and what is here has changed since"
        return told, _INFO, "Run 'mops-bundle push', and name the digest that it prints"
    return "", _INFO, ""


class _JobCheck:
    """Words the findings of one job."""

    def __init__(self, context: PreflightContext, path: BundlePath | None) -> None:
        self._registry = context.registry
        self._index = JobIndex(context.registry, context.plan)
        self._definitions = Definitions(context)
        self._path = path
        self._closest: dict[tuple[str, ...], Closest] = {}

    def finding(
        self, code: str, severity: Severity, mark: Mark, message: str, hint: str = ""
    ) -> Finding:
        """A finding at a place of the job."""
        return _found(self._path, code, severity, mark, message, hint)

    def model(self, simulation: Simulation) -> tuple[tuple[EntryKey, ...], Finding | None]:
        """The models that a simulation may mean, and what is wrong with how it says so."""
        model, class_name = simulation.model, simulation.class_name
        keys = self._index.models(model.text if model else "")
        if model is not None and not keys:
            return (), self._unknown("MB331", _ERROR, Kind.MODEL, model)
        wanted = class_name or simulation.noted_class
        if wanted is None:
            return keys, None
        chosen = self._index.models(model.text if model else "", wanted.text)
        if chosen:
            return chosen, None
        if class_name is not None:
            # The rest is compared with the one that is probably meant.
            meant = keys if len(keys) == 1 else ()
            return meant, self._unknown_class(_ERROR, model, wanted, keys)
        # A note of how the job was made: workers do not look at it.
        return keys, self._unknown_class(_WARNING, model, wanted, keys)

    def simulation(self, simulation: Simulation, key: EntryKey) -> Iterator[Finding]:
        """What a model cannot do of what is asked for."""
        entry = self._registry.models[key.id]
        for scenario in simulation.scenarios:
            # The platform has every job name one; a model without any has only its default.
            if entry.scenarios or scenario.text != "baseline":
                yield from self._member("MB332", "scenario", scenario, key, entry.scenarios)
        for output in simulation.outputs:
            yield from self._member("MB335", "output", output, key, entry.outputs)
        yield from self._parameters(simulation, key, entry.parameters)

    def _parameters(
        self, simulation: Simulation, key: EntryKey, known: tuple[str, ...]
    ) -> Iterator[Finding]:
        """Parameters that the model does not have, and those that a set leaves out."""
        told: set[str] = set()
        for given in simulation.parameters:
            named = {name.text for name in given.names}
            for name in given.names:
                if name.text in known:
                    continue
                named.update(
                    self._near(known, name.text)
                )  # one that is misspelt is not left out too
                if name.text not in told:
                    told.add(name.text)
                    yield from self._member("MB333", "parameter", name, key, known)
            missing = [name for name in known if name not in named]
            if missing and given.coverage is not Coverage.SOME:
                yield self._left_out(key, given.coverage, given.mark, missing)

    def imported(self, job: JobSpecification) -> Iterator[Finding]:
        """Names that stand for an entry here, and that workers would not know it by."""
        kinds = ((Kind.MODEL, job.imported_models), (Kind.TARGET, job.imported_targets))
        for kind, names in kinds:
            for name in names:
                keys = (self._index.models if kind is Kind.MODEL else self._index.targets)(
                    name.text
                )
                taken = self._index.importable(keys[0]) if keys else (name.text,)
                if name.text not in taken:
                    form = "module" if kind is Kind.MODEL else "entrypoint"
                    yield self.finding(
                        "MB339",
                        _WARNING,
                        name.mark,
                        f"Workers take a {kind.value} by its {form}, and not as '{name.text}'",
                        f"Write '{taken[0]}'",
                    )

    def targets(self, job: JobSpecification, models: list[EntryKey]) -> Iterator[Finding]:
        """Targets and sets that are not there, and targets that the models cannot serve."""
        chosen: list[tuple[JobName, EntryKey]] = []
        for name in job.targets:
            keys = self._index.targets(name.text)
            chosen += [(name, key) for key in keys]
            if not keys:
                yield self._unknown("MB336", _ERROR, Kind.TARGET, name)
        for name in job.target_sets:
            group = self._registry.target_sets.get(name.text)
            if group is None:
                yield self._unknown_set(name, _ERROR)
                continue
            keys = tuple(EntryKey(Kind.TARGET, target) for target in group.targets)
            chosen += [(name, key) for key in keys if key.id in self._registry.targets]
        for name in job.noted_sets:
            if name.text not in self._registry.target_sets:
                yield self._unknown_set(name, _WARNING)
        asked = {output.text for one in job.simulations for output in one.outputs}
        for key, name in {key: name for name, key in reversed(chosen)}.items():
            yield from self._served(name, key, dict.fromkeys(models), asked)

    def _served(
        self, name: JobName, key: EntryKey, models: Iterable[EntryKey], asked: set[str]
    ) -> Iterator[Finding]:
        output = self._registry.targets[key.id].model_output
        known = {model.id: self._registry.models[model.id] for model in models}
        outputs = {one for entry in known.values() for one in entry.outputs}
        elsewhere = [i for i, entry in self._registry.models.items() if output in entry.outputs]
        provided = output in outputs
        if known and not provided and elsewhere:  # MB301 tells what no model provides
            settled = all(self._settled(EntryKey(Kind.MODEL, id_), "outputs") for id_ in known)
            yield self.finding(
                "MB337",
                _ERROR if settled else _WARNING,
                name.mark,
                f"Target '{key.id}' is compared with output '{output}', which the job's model "
                f"{quoted(known)} does not have",
                f"Choose another target, or a model that has it ({quoted(elsewhere[:3])})",
            )
        elif provided and asked and output not in asked and asked <= outputs:
            yield self.finding(
                "MB337",
                _WARNING,
                name.mark,
                f"Target '{key.id}' is compared with output '{output}', which the job does not "
                "ask for",
                f"Add '{output}' to 'outputs', or leave 'outputs' out",
            )

    def _member(
        self, code: str, what: str, name: JobName, key: EntryKey, known: tuple[str, ...]
    ) -> Iterator[Finding]:
        """A finding where a model has no such scenario, parameter or output."""
        if name.text in known:
            return
        settled = self._settled(key, f"{what}s")
        doubt = "" if settled else ", as far as the code tells"
        near = self._near(known, name.text)
        if near:
            hint = f"Name one that exists (closest: {quoted(near)})"
        elif not known:
            hint = f"The model has no {what}s: leave it out"
        elif len(known) <= _NAMED_IN_HINT:
            hint = f"Name one that exists ({quoted(known)})"
        else:
            hint = f"Name one that 'mops-bundle show {key.id}' lists"
        yield self.finding(
            code,
            _ERROR if settled else _WARNING,
            name.mark,
            f"Model '{key.id}' has no {what} '{name.text}'{doubt}",
            hint,
        )

    def _left_out(
        self, key: EntryKey, coverage: Coverage, mark: Mark, missing: list[str]
    ) -> Finding:
        entry = self._registry.models[key.id]
        found = self._definitions.of(key, entry)
        strict = found is not None and found.convention == _STRICT_CONVENTION
        refused = strict and coverage is Coverage.ALL and self._settled(key, "parameters")
        what = "parameter" if len(missing) == 1 else "parameters"
        names = listed([f"'{name}'" for name in missing])
        varied = coverage is Coverage.VARIED
        return self.finding(
            "MB334",
            _ERROR if refused else _WARNING,
            mark,
            f"Model '{key.id}' has {what} {names}, which "
            f"{'the calibration does not vary' if varied else 'this set leaves out'}",
            f"Give {'it a value' if len(missing) == 1 else 'them values'}: workers "
            f"{'refuse a simulation that lacks one' if strict else 'may have no default'}",
        )

    def _near(self, known: tuple[str, ...], text: str) -> tuple[str, ...]:
        """Names that look like one that is not among them."""
        return self._closest.setdefault(known, Closest(known)).to(text)

    def _settled(self, key: EntryKey, field: str) -> bool:
        """Whether the code tells all of a model's outputs, scenarios or parameters."""
        entry: ModelEntry = self._registry.models[key.id]
        found = self._definitions.of(key, entry)
        if found is None or not isinstance(found.facts, ModelFacts):
            return False
        fact: ListFact = getattr(found.facts, field)
        return fact.complete

    def _unknown(self, code: str, severity: Severity, kind: Kind, name: JobName) -> Finding:
        text = name.text
        new = self._index.successor(kind, text)
        if new:
            hint = f"Write '{new}', its name now"
            return self.finding(
                code, severity, name.mark, f"{kind.value} '{text}' is now '{new}'", hint
            )
        file = self._index.unregistered(kind, text)
        near = self._index.nearest(kind, text)
        if file:
            hint = f"Run 'mops-bundle register-{kind.value} {file}'"
        elif kind is Kind.TARGET and text in self._registry.target_sets:
            hint = "It is a target set: name it under 'target_set'"
        elif near:
            hint = f"Name a registered {kind.value} (closest: {quoted(near)})"
        else:
            hint = self._all_of(kind)
        message = f"'{text}' is no registered {kind.value}"
        return self.finding(code, severity, name.mark, message, hint)

    def _unknown_class(
        self,
        severity: Severity,
        model: JobName | None,
        wanted: JobName,
        keys: tuple[EntryKey, ...],
    ) -> Finding:
        new = self._index.successor(Kind.MODEL, wanted.text)
        classes = [self._registry.models[key.id].class_name for key in keys]
        where = f" of '{model.text}'" if model else ""
        noted = _NOTED if severity is _WARNING else ""
        if new:
            hint = f"Write '{new}', its name now"
        elif classes:
            near = Closest(classes).to(wanted.text.rpartition(":")[2])
            hint = f"Registered is {quoted(near or classes[:_NAMED_IN_HINT])}"
        else:
            hint = self._all_of(Kind.MODEL)
        return self.finding(
            "MB331",
            severity,
            wanted.mark,
            f"'{wanted.text}' is no registered model{where}{noted if severity is _WARNING else ''}",
            hint,
        )

    def _unknown_set(self, name: JobName, severity: Severity) -> Finding:
        sets = tuple(self._registry.target_sets)
        near = Closest(sets).to(name.text)
        if self._index.targets(name.text):
            hint = "It is a target: name it under 'targets'"
        elif near:
            hint = f"Name a target set that exists (closest: {quoted(near)})"
        elif 0 < len(sets) <= _NAMED_IN_HINT:
            hint = f"Name a target set that exists ({quoted(sets)})"
        else:
            hint = f"Run 'mops-bundle target-set set {name.text} --target ID'"
        noted = _NOTED if severity is _WARNING else ""
        message = f"'{name.text}' is no target set{noted}"
        return self.finding("MB336", severity, name.mark, message, hint)

    def _all_of(self, kind: Kind) -> str:
        known = self._registry.models if kind is Kind.MODEL else self._registry.targets
        if not known:
            return f"Nothing is registered: run 'mops-bundle register-{kind.value} PATH'"
        if len(known) > _NAMED_IN_HINT:
            return f"Name a {kind.value} that 'mops-bundle list' shows"
        return f"Name a registered {kind.value} ({quoted(known)})"


def _found(
    path: BundlePath | None, code: str, severity: Severity, mark: Mark, message: str, hint: str
) -> Finding:
    place = None if path is None else Location(path, mark.line, mark.column)
    return Finding(code=code, severity=severity, message=message, hint=hint, location=place)
