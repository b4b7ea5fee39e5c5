"""Job specifications, as JSON Schema: for editors, and for programs that write jobs.

Keys come from the codec's own tables. What names no model, no task and no target is no job; that
and other rules over several keys are the program's to check.
"""

from __future__ import annotations

from collections.abc import Mapping

from docpages.schema_parts import WORDS, Schema, define, listing, of, optional
from modelops_bundle.codec.job_fields import JOB, PARAMETER_SET, TASK, Hold

_VALUE: Schema = {"type": ["string", "number", "boolean"]}
_VALUES: Schema = {"type": "object", "additionalProperties": _VALUE}
_BOUNDS: Schema = {
    "type": "object",
    "properties": {"lower": {"type": "number"}, "upper": {"type": "number"}},
    "required": ["lower", "upper"],
}
_SPECS = optional({"type": "object", "additionalProperties": _BOUNDS})
_NAMES: Schema = {"anyOf": [WORDS, {"type": ["array", "null"], "items": WORDS}]}
_FORMS: Mapping[Hold, Schema] = {
    Hold.TEXT: {"type": ["string", "null"], "minLength": 1},
    Hold.NAMES: _NAMES,
    Hold.COUNT: {"type": ["integer", "null"]},
    Hold.FREE: {"type": ["object", "null"]},
}
_WORDS: Mapping[str, str] = {
    "kind": "What kind of document it is.",
    "job_type": "`simulation` or `calibration`, of a job that is sent to workers.",
    "job_id": "Made by the platform.",
    "name": "For people.",
    "description": "For people.",
    "model": "A model: its id, module, entrypoint or file.",
    "class": "The model's class, where its module has several.",
    "class_name": "As `class`.",
    "model_class": "As `class`.",
    "scenario": "A scenario of the model.",
    "scenarios": "Scenarios of the model.",
    "parameters": "Values, ranges or names of parameters; or a list of sets.",
    "params": "As `parameters`; of a task its values.",
    "parameter_sets": "Sets of parameters, each of all the parameters that the model has.",
    "parameter_specs": "The parameters that a calibration varies, with their bounds.",
    "outputs": "Outputs that are asked for; null for all.",
    "target": "A target: its id or entrypoint.",
    "targets": "Targets.",
    "target_ids": "Ids of targets.",
    "target_entrypoint": "The entrypoint of a target.",
    "target_entrypoints": "Entrypoints of targets.",
    "target_set": "A target set.",
    "target_sets": "Target sets.",
    "target_data": "Where the platform's tools put targets.",
    "target_spec": "Where the platform's tools put targets.",
    "bundle": "The bundle that it runs.",
    "bundle_ref": "The bundle that it runs, `repository@sha256:…`.",
    "digest": "The bundle's digest.",
    "sampling_method": "Of a study.",
    "algorithm": "Of a calibration.",
    "algorithm_config": "Of a calibration; may name model, scenario and parameters.",
    "convergence_criteria": "Of a calibration.",
    "max_iterations": "Of a calibration.",
    "n_replicates": "Runs of each set of parameters.",
    "seed": "Of the random numbers.",
    "priority": "Of the job.",
    "resource_requirements": "Of the job.",
    "metadata": "Notes; whatever it holds.",
    "tasks": "Single tasks.",
    "batches": "Tasks in batches.",
    "entrypoint": "What a task runs: `module:Class`, perhaps with `/scenario`.",
    "config": "Of a task.",
    "env": "Of a task.",
    "sim_returns": "Results that an aggregation works on.",
    "param_id": "Made by the platform.",
}


def _of_table(table: Mapping[str, Hold], others: Mapping[str, Schema]) -> Schema:
    known = {
        key: of(others[key] if hold is Hold.OTHER else _FORMS[hold], _WORDS[key])
        for key, hold in table.items()
    }
    return {"type": "object", "properties": known}


_BESIDE_A_SEED: Schema = {
    **_of_table(PARAMETER_SET, {"params": _VALUES}),
    "required": ["params"],
}
_SET = define("parameter_set", {"anyOf": [_VALUES, _BESIDE_A_SEED]})
_TASK = define(
    "task",
    {**_of_table(TASK, {"params": {"type": ["object", "null"]}}), "required": ["entrypoint"]},
)
_TASKS: Schema = {"type": ["array", "null"], "items": _TASK}
_PARAMETERS: Schema = {
    "anyOf": [{"type": ["object", "null"]}, listing(WORDS), listing(_SET)],
}
_JOB = define(
    "job",
    _of_table(
        JOB,
        {
            "parameters": _PARAMETERS,
            "params": _PARAMETERS,
            "parameter_sets": {"type": ["array", "null"], "items": _SET},
            "parameter_specs": _SPECS,
            "tasks": _TASKS,
            "batches": {
                "type": ["array", "null"],
                "items": {"type": "object", "properties": {"tasks": _TASKS}},
            },
            "sim_returns": {},
        },
    ),
)


def job() -> Schema:
    """One job specification, or a list of them."""
    return {"anyOf": [_JOB, {**listing(_JOB), "minItems": 1}]}
