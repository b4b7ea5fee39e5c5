"""Which keys a job specification may have, and what each of them must hold.

Taken from what the platform's tools write and read: `SimulationStudy` and `CalibrationSpec`
(`cb sampling`, `cb calibration`, `mops jobs submit`), the jobs that are sent to workers
(`SimJob`, `CalibrationJob`, as `job_type` tells), and single tasks (`SimTask`,
`AggregationTask`); and from the plain document of contract.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class Hold(Enum):
    """What the value of a key has to be; null counts as absent."""

    TEXT = auto()
    #: One text, or a list of them.
    NAMES = auto()
    #: A whole number.
    COUNT = auto()
    #: A mapping whose own keys are free.
    FREE = auto()
    #: Read by code of its own.
    OTHER = auto()


#: Keys of a job, whatever its kind.
JOB: Mapping[str, Hold] = {
    "kind": Hold.TEXT,
    "job_type": Hold.TEXT,
    "job_id": Hold.TEXT,
    "name": Hold.TEXT,
    "description": Hold.TEXT,
    "model": Hold.TEXT,
    "class": Hold.TEXT,
    "class_name": Hold.TEXT,
    "model_class": Hold.TEXT,
    "scenario": Hold.NAMES,
    "scenarios": Hold.NAMES,
    "parameters": Hold.OTHER,
    "params": Hold.OTHER,
    "parameter_sets": Hold.OTHER,
    "parameter_specs": Hold.OTHER,
    "outputs": Hold.NAMES,
    "target": Hold.NAMES,
    "targets": Hold.NAMES,
    "target_ids": Hold.NAMES,
    "target_entrypoint": Hold.TEXT,
    "target_entrypoints": Hold.NAMES,
    "target_set": Hold.NAMES,
    "target_sets": Hold.NAMES,
    "target_data": Hold.FREE,
    "target_spec": Hold.FREE,
    "bundle": Hold.TEXT,
    "bundle_ref": Hold.TEXT,
    "digest": Hold.TEXT,
    "sampling_method": Hold.TEXT,
    "algorithm": Hold.TEXT,
    "algorithm_config": Hold.FREE,
    "convergence_criteria": Hold.FREE,
    "max_iterations": Hold.COUNT,
    "n_replicates": Hold.COUNT,
    "seed": Hold.COUNT,
    "priority": Hold.COUNT,
    "resource_requirements": Hold.FREE,
    "metadata": Hold.FREE,
    "tasks": Hold.OTHER,
    "batches": Hold.OTHER,
    "entrypoint": Hold.TEXT,
    "config": Hold.FREE,
    "env": Hold.FREE,
    "sim_returns": Hold.OTHER,
}
#: Keys of one task of a job.
TASK: Mapping[str, Hold] = {
    key: JOB[key]
    for key in ("bundle_ref", "entrypoint", "params", "seed", "outputs", "config", "env")
}
#: Keys of one parameter set, where it is not merely the parameters themselves.
PARAMETER_SET: Mapping[str, Hold] = {
    "params": Hold.OTHER,
    "param_id": Hold.TEXT,
    "seed": Hold.COUNT,
}
#: What `mops jobs submit` takes a document for, by which key, and which others it then needs.
NEEDED = (
    ("calibration", "algorithm", ("model", "scenario", "target_data", "max_iterations")),
    ("study", "parameter_sets", ("model", "scenario")),
)
#: Keys that belong to other programs.
FOREIGN = ("$", "x-", "_")
