"""Jobs against the registry as it would be after the sync."""

from __future__ import annotations

from typing import Any

import pytest

from modelops_bundle.codec.job_document import job_of
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import Discovered, ListFact, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.jobs import check_bundles, check_job
from support import jobs
from support.registries import (
    found_model,
    found_target,
    model,
    observation,
    plan,
    registry,
    target,
    target_set,
    unresolved,
)

PARAMETERS = ("beta", "dur_inf")
OTHER = "models/other.py"


def sir(**changes: Any) -> Discovered:
    return found_model(**{"parameters": PARAMETERS, **changes})


def record() -> BundleRegistry:
    return registry(
        {
            "sir": model(parameters=PARAMETERS, scenarios=("baseline", "lockdown")),
            "other_seir": model("SEIR", OTHER, outputs=("deaths",), parameters=("gamma",)),
        },
        {
            "incidence_target": target(),
            "deaths_target": target("deaths_target", "targets/deaths.py", model_output="deaths"),
        },
        target_sets={"fit": target_set("incidence_target"), "all": target_set("deaths_target")},
    )


def observed(*found: Discovered) -> Observation:
    return observation(
        *(found or (sir(), found_model("SEIR", OTHER, outputs=("deaths",), parameters=("gamma",)))),
        found_target(),
        found_target("deaths_target", "targets/deaths.py", model_output="deaths"),
    )


def found(
    job: Any, *, seen: Observation | None = None, synced: SyncPlan | None = None
) -> list[tuple[str, str, str]]:
    """(code and severity, message, hint) of each finding."""
    registered = synced.result if synced else record()
    context = PreflightContext(
        registry=registered, plan=synced or plan(registered), observed=seen or observed()
    )
    findings = list(check_job(context, job_of(job), BundlePath("job.json")))
    for finding in findings:
        assert finding.hint
        assert not finding.message.endswith(".")
        assert finding.location is not None
    return [(f"{f.code} {f.severity.value}", f.message, f.hint) for f in findings]


@pytest.mark.parametrize("form", jobs.FORMS)
def test_every_form_of_a_job_that_fits_raises_nothing(form: str) -> None:
    assert found(jobs.FORMS[form]) == []


@pytest.mark.parametrize(
    "name",
    ["sir", "models.sir", "models.sir:SIR", "models.sir.SIR", "models/sir.py", "models/sir.py:SIR"],
)
def test_a_model_goes_by_many_names(name: str) -> None:
    assert found({"model": name}) == []


@pytest.mark.parametrize(
    "name",
    [
        "incidence_target",
        "targets.incidence:incidence_target",
        "targets.incidence.incidence_target",
        "targets.incidence/incidence_target",
        "targets/incidence.py:incidence_target",
    ],
)
def test_a_target_goes_by_many_names(name: str) -> None:
    assert found({"targets": [name]}) == []


UNFIT: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "model": (
        {"model": "modles.sir"},
        "MB331 error",
        "'modles.sir' is no registered model",
        "Name a registered model (closest: 'models.sir', 'models.sir.SIR', 'models/sir.py')",
    ),
    "nothing like it": (
        {"model": "xyz"},
        "MB331 error",
        "'xyz' is no registered model",
        "Name a registered model ('sir', 'other_seir')",
    ),
    "entrypoint": (
        {"entrypoint": "models.sir:SRI/baseline"},
        "MB331 error",
        "'models.sir:SRI' is no registered model",
        "Name a registered model (closest: 'models.sir:SIR', 'models/sir.py:SIR', "
        "'models.other:SEIR')",
    ),
    "class": (
        {"model": "models.sir", "class": "SEIR"},
        "MB331 error",
        "'SEIR' is no registered model of 'models.sir'",
        "Registered is 'SIR'",
    ),
    "class alone": (
        {"class": "SIRS"},
        "MB331 error",
        "'SIRS' is no registered model",
        "Registered is 'SIR', 'SEIR'",
    ),
    "noted class": (
        {"model": "models.sir", "metadata": {"model_class": "models.sir:Old"}},
        "MB331 warning",
        "'models.sir:Old' is no registered model of 'models.sir' (noted under 'metadata', which "
        "workers do not read)",
        "Registered is 'SIR'",
    ),
    "scenario": (
        {"model": "sir", "scenario": "lokdown"},
        "MB332 error",
        "Model 'sir' has no scenario 'lokdown'",
        "Name one that exists (closest: 'lockdown')",
    ),
    "parameter": (
        {"model": "sir", "parameters": {"R0": 2}},
        "MB333 error",
        "Model 'sir' has no parameter 'R0'",
        "Name one that exists ('beta', 'dur_inf')",
    ),
    "misspelt parameter of a set": (
        {
            "model": "models.sir",
            "scenario": "baseline",
            "parameter_sets": [{"beta": 1, "dur_in": 2}],
        },
        "MB333 error",
        "Model 'sir' has no parameter 'dur_in'",
        "Name one that exists (closest: 'dur_inf')",
    ),
    "parameter left out": (
        {
            "model": "models.sir",
            "scenario": "baseline",
            "parameter_sets": [{"beta": 1}, {"beta": 2}],
        },
        "MB334 error",
        "Model 'sir' has parameter 'dur_inf', which this set leaves out",
        "Give it a value: workers refuse a simulation that lacks one",
    ),
    "parameter not varied": (
        jobs.calibration(algorithm_config={"parameter_specs": {"beta": {"lower": 0, "upper": 1}}}),
        "MB334 warning",
        "Model 'sir' has parameter 'dur_inf', which the calibration does not vary",
        "Give it a value: workers refuse a simulation that lacks one",
    ),
    "output": (
        {"model": "sir", "outputs": ["prevalence"]},
        "MB335 error",
        "Model 'sir' has no output 'prevalence'",
        "Name one that exists ('incidence')",
    ),
    "target": (
        {"targets": ["targets.incidence:incidense_target"]},
        "MB336 error",
        "'targets.incidence:incidense_target' is no registered target",
        "Name a registered target (closest: 'targets.incidence:incidence_target', "
        "'targets/incidence.py:incidence_target', 'targets.deaths:deaths_target')",
    ),
    "set among targets": (
        {"targets": ["fit"]},
        "MB336 error",
        "'fit' is no registered target",
        "It is a target set: name it under 'target_set'",
    ),
    "target set": (
        {"target_set": "fits"},
        "MB336 error",
        "'fits' is no target set",
        "Name a target set that exists (closest: 'fit')",
    ),
    "target among sets": (
        {"target_sets": ["incidence_target"]},
        "MB336 error",
        "'incidence_target' is no target set",
        "It is a target: name it under 'targets'",
    ),
    "noted set": (
        {"model": "sir", "metadata": {"target_set": "gone"}},
        "MB336 warning",
        "'gone' is no target set (noted under 'metadata', which workers do not read)",
        "Name a target set that exists ('fit', 'all')",
    ),
    "another model's target": (
        {"model": "sir", "target_set": "all"},
        "MB337 error",
        "Target 'deaths_target' is compared with output 'deaths', which the job's model 'sir' "
        "does not have",
        "Choose another target, or a model that has it ('other_seir')",
    ),
    "model that no worker can import": (
        jobs.study(model="sir"),
        "MB339 warning",
        "Workers take a model by its module, and not as 'sir'",
        "Write 'models.sir'",
    ),
    "model of a study by its entrypoint": (
        jobs.study(model="models.sir:SIR"),
        "MB339 warning",
        "Workers take a model by its module, and not as 'models.sir:SIR'",
        "Write 'models.sir'",
    ),
    "target that no worker can import": (
        jobs.study(targets=["incidence_target", "targets.incidence:incidence_target"]),
        "MB339 warning",
        "Workers take a target by its entrypoint, and not as 'incidence_target'",
        "Write 'targets.incidence:incidence_target'",
    ),
    "target entrypoint that is none": (
        jobs.calibration(target_data={"target_entrypoints": ["incidence_target"]}),
        "MB339 warning",
        "Workers take a target by its entrypoint, and not as 'incidence_target'",
        "Write 'targets.incidence:incidence_target'",
    ),
    "study of several scenarios": (
        jobs.study(scenario=["baseline", "lockdown"]),
        "MB339 warning",
        "'scenario' is a list, and `mops jobs submit` takes one for each study",
        "Make a study of each",
    ),
    "study without sets": (
        jobs.study(parameter_sets=[]),
        "MB339 warning",
        "'parameter_sets' is empty, and `mops jobs submit` refuses a job without a task",
        "Add a set of parameters",
    ),
    "study without replicates": (
        jobs.study(n_replicates=0),
        "MB339 warning",
        "'n_replicates' is below 1, and `mops jobs submit` refuses a job without a task",
        "Write 1 or more",
    ),
    "unknown key": (
        {"model": "sir", "scenaro": "baseline"},
        "MB339 warning",
        "'scenaro' is no key of a job, and is passed over",
        "Did you mean 'scenario'?",
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_does_not_fit_is_one_finding(case: str) -> None:
    job, code, message, hint = UNFIT[case]
    assert found(job) == [(code, message, hint)]


def test_a_target_among_sets_is_told_even_where_a_set_has_nearly_its_name() -> None:
    registered = registry(
        {"sir": model()},
        {"incidence_target": target()},
        target_sets={"incidence_targets": target_set("incidence_target")},
    )
    for name in ("incidence_target", "targets.incidence:incidence_target"):
        ((_, _, hint),) = found({"target_set": name}, synced=plan(registered))
        assert hint == "It is a target: name it under 'targets'"


def test_an_output_that_a_target_needs_has_to_be_asked_for() -> None:
    record_of_two = registry(
        {"sir": model(outputs=("incidence", "prevalence"))}, {"incidence_target": target()}
    )
    job = {"model": "sir", "outputs": ["prevalence"], "targets": ["incidence_target"]}
    (finding,) = found(job, synced=plan(record_of_two))
    assert finding[:2] == (
        "MB337 warning",
        "Target 'incidence_target' is compared with output 'incidence', which the job does not "
        "ask for",
    )
    assert found({**job, "outputs": ["prevalence", "incidence"]}, synced=plan(record_of_two)) == []


def test_the_same_mistake_in_many_sets_is_told_once_at_its_first_place() -> None:
    sets = [{"beta": at, "bta": at, "dur_inf": 1} for at in range(50)]
    assert len(found({"model": "models.sir", "scenario": "baseline", "parameter_sets": sets})) == 1


def test_what_the_code_does_not_settle_is_a_warning() -> None:
    open_list = ListFact(("incidence",), (unresolved(),))
    seen = observed(
        sir(outputs=open_list, scenarios=open_list, parameters=open_list),
        found_model("SEIR", OTHER, outputs=("deaths",), parameters=("gamma",)),
    )
    job = {
        "model": "models.sir",
        "scenario": "x1",
        "outputs": ["x2"],
        "parameter_sets": [{"x3": 1}],
        "targets": ["targets.deaths:deaths_target"],
    }
    assert {code for code, _, _ in found(job, seen=seen)} == {
        "MB332 warning",
        "MB333 warning",
        "MB334 warning",
        "MB335 warning",
        "MB337 warning",
    }
    assert "Model 'sir' has no scenario 'x1', as far as the code tells" in [
        message for _, message, _ in found(job, seen=seen)
    ]


def test_other_frameworks_may_have_defaults_and_no_scenarios() -> None:
    registered = registry({"sir": model(parameters=PARAMETERS, scenarios=())})
    seen = observed(sir(convention="simkit", scenarios=()))
    job = {"model": "models.sir", "scenario": "baseline", "parameter_sets": [{"beta": 1}]}
    assert [(code, hint) for code, _, hint in found(job, seen=seen, synced=plan(registered))] == [
        ("MB334 warning", "Give it a value: workers may have no default")
    ]
    (finding,) = found({"model": "sir", "scenario": "x"}, synced=plan(registered))
    assert finding[2] == "The model has no scenarios: leave it out"


def test_of_several_models_in_a_module_workers_run_the_first() -> None:
    two = registry({"a": model("A", scenarios=("x",)), "b": model("B", scenarios=("y",))})
    (finding,) = found({"model": "models.sir", "scenario": "y"}, synced=plan(two))
    assert finding[1].startswith("Model 'a' has no scenario 'y'")
    job = {"model": "models.sir", "class": "B", "scenario": "x"}
    (finding,) = found(job, synced=plan(two))
    assert finding[1].startswith("Model 'b' has no scenario 'x'")


def renamed() -> tuple[SyncPlan, Observation]:
    before = registry({"sir": model("SIR")}, {"incidence_target": target()})
    seen = observation(
        found_model("SIRS", body="SIR"),
        found_target("mean_target", "targets/mean.py", body="incidence_target"),
    )
    return plan_sync(before, seen), seen


@pytest.mark.parametrize(
    ("job", "message", "hint"),
    [
        (
            {"entrypoint": "models.sir:SIR/baseline"},
            "model 'models.sir:SIR' is now 'models.sir:SIRS'",
            "Write 'models.sir:SIRS', its name now",
        ),
        (
            {"targets": ["targets.incidence/incidence_target"]},
            "target 'targets.incidence/incidence_target' is now 'targets.mean/mean_target'",
            "Write 'targets.mean/mean_target', its name now",
        ),
    ],
)
def test_an_old_name_is_told_with_the_new_one(job: dict[str, Any], message: str, hint: str) -> None:
    synced, seen = renamed()
    assert [(text, said) for _, text, said in found(job, seen=seen, synced=synced)] == [
        (message, hint)
    ]


def test_what_a_sync_will_make_is_what_counts() -> None:
    synced, seen = renamed()
    job = {"model": "models.sir.SIRS", "targets": ["incidence_target", "targets.mean:mean_target"]}
    assert found(job, seen=seen, synced=synced) == []


def test_an_unregistered_definition_is_told_how_to_register() -> None:
    seen = observed(sir(), found_model("SEIR", OTHER), found_model("New", "models/new.py"))
    synced = plan_sync(record(), seen)
    assert [str(one.entrypoint) for one in synced.unregistered] == ["models.new:New"]
    (finding,) = found({"model": "models.new:New"}, seen=seen, synced=synced)
    assert finding[2] == "Run 'mops-bundle register-model models/new.py:New'"


def test_an_empty_registry_is_told_how_to_begin() -> None:
    job = {"model": "sir", "targets": ["a"], "target_set": "fit"}
    assert [hint for _, _, hint in found(job, synced=plan(registry()))] == [
        "Nothing is registered: run 'mops-bundle register-model PATH'",
        "Nothing is registered: run 'mops-bundle register-target PATH'",
        "Run 'mops-bundle target-set set fit --target ID'",
    ]


def bundle_findings(
    reference: str, known: Digest | None, *, synced: bool = True
) -> list[tuple[Severity, str]]:
    job = job_of({"model": "sir", "bundle_ref": reference})
    findings = check_bundles(job, BundlePath("job.json"), known, synced=synced)
    return [(finding.severity, finding.message) for finding in findings]


@pytest.mark.parametrize("reference", [jobs.DIGEST, jobs.REFERENCE, f"host/a/b@{jobs.DIGEST}"])
def test_a_job_for_what_was_last_pushed_is_fine(reference: str) -> None:
    assert bundle_findings(reference, Digest.parse(jobs.DIGEST)) == []


def test_a_job_for_another_bundle_is_a_warning() -> None:
    other = Digest.of_bytes(b"another")
    assert bundle_findings(jobs.REFERENCE, other) == [
        (
            Severity.WARNING,
            "The job is for bundle sha256:121212121212, and "
            f"sha256:{other.hex[:12]} was last pushed or pulled here",
        )
    ]


def test_what_cannot_be_compared_is_a_note() -> None:
    ((severity, message),) = bundle_findings(jobs.DIGEST, None)
    assert severity is Severity.INFO
    assert message.endswith("nothing was pushed or pulled here to compare")
    ((severity, message),) = bundle_findings(jobs.DIGEST, Digest.parse(jobs.DIGEST), synced=False)
    assert severity is Severity.INFO
    assert message.endswith("what is here has changed since")


@pytest.mark.parametrize("reference", ["latest", "sir:v1", "sha256:12", "@" + jobs.DIGEST])
def test_workers_take_nothing_but_digests(reference: str) -> None:
    ((severity, message),) = bundle_findings(reference, None)
    assert severity is Severity.WARNING
    assert message == f"'{reference}' is no digest, and workers take nothing else"
