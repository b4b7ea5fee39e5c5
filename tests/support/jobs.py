"""Job documents as the platform's tools write them (and the plain one of contract.md)."""

from __future__ import annotations

from typing import Any

DIGEST = "sha256:" + "12" * 32
REFERENCE = f"sir@{DIGEST}"
PARAMETERS = {"beta": 0.1, "dur_inf": 4.0}


def study(**changes: Any) -> dict[str, Any]:
    """What `cb sampling sobol` and `cb sampling grid` write."""
    return {
        "model": "models.sir",
        "scenario": "baseline",
        "parameter_sets": [{"params": dict(PARAMETERS)}, {"params": dict(PARAMETERS), "seed": 7}],
        "sampling_method": "sobol",
        "n_replicates": 3,
        "outputs": None,
        "metadata": {
            "n_samples": 2,
            "scramble": True,
            "seed": 42,
            "model_class": "models.sir:SIR",
            "name": "study",
            "tags": {},
        },
        **changes,
    }


def calibration(**changes: Any) -> dict[str, Any]:
    """What `cb calibration optuna` writes."""
    return {
        "model": "models.sir",
        "scenario": "baseline",
        "algorithm": "optuna",
        "target_data": {
            "observed_file": "data/observed.csv",
            "target_entrypoints": ["targets.incidence:incidence_target"],
            "target_ids": ["incidence_target"],
        },
        "max_iterations": 1000000,
        "convergence_criteria": {},
        "algorithm_config": {
            "max_trials": 100,
            "batch_size": 4,
            "n_replicates": 3,
            "parameter_specs": {
                "beta": {"lower": 0.01, "upper": 0.2},
                "dur_inf": {"lower": 3.0, "upper": 10.0},
            },
            "sampler": {"type": "tpe", "n_startup_trials": 10},
            "simulation_entrypoint": "models.sir:SIR",
        },
        "outputs": None,
        "metadata": {
            "model_class": "models.sir:SIR",
            "n_parameters": 2,
            "created_by": "cb calibration optuna",
            "name": "calibration",
            "target_set": "fit",
            "target_ids": ["incidence_target"],
        },
        **changes,
    }


def task(**changes: Any) -> dict[str, Any]:
    """One task of a job that is sent to workers."""
    return {
        "entrypoint": "models.sir.SIR/baseline",
        "bundle_ref": REFERENCE,
        "params": {"param_id": "ab" * 32, "values": dict(PARAMETERS)},
        "seed": 12345,
        "outputs": None,
        **changes,
    }


def _target_spec() -> dict[str, Any]:
    entrypoints = ["targets.incidence:incidence_target"]
    return {
        "data": {"target_entrypoints": entrypoints},
        "loss_function": "default",
        "weights": None,
        "metadata": {"targets": entrypoints},
    }


def simulation_job(**changes: Any) -> dict[str, Any]:
    """What `mops jobs submit` sends to workers for a study."""
    return {
        "job_type": "simulation",
        "job_id": "job-12345678",
        "bundle_ref": REFERENCE,
        "priority": 0,
        "metadata": {"sampling_method": "sobol", "model": "models.sir", "scenario": "baseline"},
        "target_spec": _target_spec(),
        "tasks": [task(), task(seed=2)],
        **changes,
    }


def calibration_job(**changes: Any) -> dict[str, Any]:
    """What `mops jobs submit` sends to workers for a calibration."""
    spec = calibration()
    config = {**spec["algorithm_config"], "model": "models.sir", "scenario": "baseline"}
    return {
        "job_type": "calibration",
        "job_id": "calib-12345678",
        "bundle_ref": REFERENCE,
        "algorithm": "optuna",
        "target_spec": {**_target_spec(), "data": spec["target_data"], "loss_function": "mse"},
        "max_iterations": 1000000,
        "convergence_criteria": {},
        "algorithm_config": config,
        **changes,
    }


def batched_job() -> dict[str, Any]:
    """The form that workers still read: tasks in batches."""
    job = simulation_job()
    return {**job, "batches": [{"tasks": job.pop("tasks")}]} | {"tasks": None}


def plain(**changes: Any) -> dict[str, Any]:
    """A document that people write."""
    return {
        "model": "sir",
        "class": "SIR",
        "scenario": "baseline",
        "parameters": {"beta": 0.1},
        "outputs": ["incidence"],
        "targets": ["incidence_target"],
        "target_set": "fit",
        "bundle": "latest",
        **changes,
    }


#: Every form, all of which fit the registry that `preflight/test_jobs.py` has.
FORMS: dict[str, dict[str, Any]] = {
    "study": study(),
    "calibration": calibration(),
    "simulation job": simulation_job(),
    "calibration job": calibration_job(),
    "batches": batched_job(),
    "task": task(),
    "aggregation": {
        "bundle_ref": REFERENCE,
        "target_entrypoint": "targets.incidence/incidence_target",
        "sim_returns": [{}],
    },
    "plain": plain(),
}
