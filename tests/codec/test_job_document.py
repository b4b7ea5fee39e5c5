"""Job specifications: what is read of them, and what is malformed."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.job_document import decode_job, job_of
from modelops_bundle.codec.job_fields import JOB, PARAMETER_SET
from modelops_bundle.core.job import Coverage, JobName, JobSpecification
from modelops_bundle.errors import JobError
from support import jobs


def texts(names: tuple[JobName, ...]) -> list[str]:
    return [name.text for name in names]


def summary(job: JobSpecification) -> dict[str, Any]:
    """The job without places."""
    return {
        "simulations": [
            (
                one.model and one.model.text,
                texts(one.scenarios),
                [(texts(p.names), p.coverage.name) for p in one.parameters],
                texts(one.outputs),
            )
            for one in job.simulations
        ],
        "targets": texts(job.targets),
        "sets": texts(job.target_sets) + texts(job.noted_sets),
        "bundles": texts(job.bundles),
        "remarks": [remark.message for remark in job.remarks],
    }


NAMES = ["beta", "dur_inf"]
TARGET = "targets.incidence:incidence_target"
READ: dict[str, dict[str, Any]] = {
    "study": {"simulations": [("models.sir", ["baseline"], [(NAMES, "ALL")], [])]},
    "calibration": {
        "simulations": [
            ("models.sir", ["baseline"], [(NAMES, "VARIED")], []),
            ("models.sir:SIR", [], [], []),
        ],
        "targets": ["incidence_target", TARGET],
        "sets": ["fit"],
    },
    "simulation job": {
        "simulations": [("models.sir.SIR", ["baseline"], [(NAMES, "ALL")], [])],
        "targets": [TARGET],
        "bundles": [jobs.REFERENCE],
    },
    "calibration job": {
        "simulations": [
            ("models.sir", ["baseline"], [(NAMES, "VARIED")], []),
            ("models.sir:SIR", [], [], []),
        ],
        "targets": ["incidence_target", TARGET],
        "bundles": [jobs.REFERENCE],
    },
    "batches": {
        "simulations": [("models.sir.SIR", ["baseline"], [(NAMES, "ALL")], [])],
        "targets": [TARGET],
        "bundles": [jobs.REFERENCE],
    },
    "task": {
        "simulations": [("models.sir.SIR", ["baseline"], [(NAMES, "ALL")], [])],
        "bundles": [jobs.REFERENCE],
    },
    "aggregation": {
        "targets": ["targets.incidence/incidence_target"],
        "bundles": [jobs.REFERENCE],
    },
    "plain": {
        "simulations": [("sir", ["baseline"], [(["beta"], "SOME")], ["incidence"])],
        "targets": ["incidence_target"],
        "sets": ["fit"],
    },
}
NOTHING: dict[str, Any] = {
    "simulations": [],
    "targets": [],
    "sets": [],
    "bundles": [],
    "remarks": [],
}


@pytest.mark.parametrize("form", jobs.FORMS)
def test_every_form_is_read_from_json_yaml_and_objects(form: str) -> None:
    document = jobs.FORMS[form]
    expected = NOTHING | READ[form]
    assert summary(decode_job(json.dumps(document).encode(), name="a.json")) == expected
    assert (
        summary(decode_job(yaml.safe_dump(document, sort_keys=False).encode(), name="a.yaml"))
        == expected
    )
    assert summary(job_of(document)) == expected


def test_a_file_without_a_telling_name_is_what_it_begins_like() -> None:
    text = b'{\n\t"model": "sir"}'  # no YAML: a tab
    assert texts_of_models(decode_job(text, name="job")) == ["sir"]
    assert texts_of_models(decode_job(b"model: sir\n", name="job")) == ["sir"]
    assert texts_of_models(decode_job(b"\xef\xbb\xbf" + text, name="job.json")) == ["sir"]


def texts_of_models(job: JobSpecification) -> list[str]:
    return [one.model.text for one in job.simulations if one.model]


def test_names_keep_the_place_where_they_are_used() -> None:
    job = decode_job(
        b"x-names: &names [incidence]\nmodel: sir\noutputs: *names\nparameters:\n  beta: 1\n",
        name="a.yaml",
    )
    (one,) = job.simulations
    assert one.model == JobName("sir", (2, 8))
    assert one.outputs[0].text == "incidence"
    assert one.parameters[0].names == (JobName("beta", (5, 3)),)


def test_merged_mappings_and_aliases_are_followed() -> None:
    job = decode_job(
        b"x-base: &base {beta: 1, gamma: 2}\n"
        b"model: sir\nparameter_sets:\n- {<<: *base, delta: 3}\n- *base\n",
        name="a.yml",
    )
    sets = [sorted(texts(one.names)) for one in job.simulations[0].parameters]
    assert sets == [["beta", "delta", "gamma"], ["beta", "gamma"]]


def test_thousands_of_equal_tasks_are_one_simulation() -> None:
    tasks = [jobs.task(seed=seed) for seed in range(2000)]
    job = job_of(jobs.simulation_job(tasks=tasks))
    assert len(job.simulations) == 1
    assert len(job.simulations[0].parameters) == 1


def test_a_list_of_jobs_is_all_of_them() -> None:
    assert texts_of_models(job_of([{"model": "a"}, {"model": "b"}])) == ["a", "b"]


@pytest.mark.parametrize(
    ("entrypoint", "model", "scenarios"),
    [
        ("models.sir/lockdown", "models.sir", ["lockdown"]),
        ("models.sir.SIR/lockdown", "models.sir.SIR", ["lockdown"]),
        ("models.sir:SIR/lockdown", "models.sir:SIR", ["lockdown"]),
        ("models.sir:SIR", "models.sir:SIR", []),
        ("models/sir.py:SIR", "models/sir.py:SIR", []),
        ("models/sir.py", "models/sir.py", []),
        ("sir", "sir", []),
    ],
)
def test_an_entrypoint_may_carry_a_scenario(
    entrypoint: str, model: str, scenarios: list[str]
) -> None:
    (one,) = job_of({"entrypoint": entrypoint}).simulations
    assert one.model is not None
    assert (one.model.text, texts(one.scenarios)) == (model, scenarios)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"beta": 1}, [(["beta"], Coverage.SOME)]),
        ({"beta": {"lower": 0, "upper": 1}, "gamma": [1, 2]}, [(["beta", "gamma"], Coverage.SOME)]),
        (["beta", "gamma"], [(["beta", "gamma"], Coverage.SOME)]),
        ([{"beta": 1}, {"gamma": 1}], [(["beta"], Coverage.ALL), (["gamma"], Coverage.ALL)]),
    ],
)
def test_parameters_are_values_ranges_names_or_sets(parameters: Any, expected: Any) -> None:
    (one,) = job_of({"model": "sir", "parameters": parameters}).simulations
    assert [(texts(p.names), p.coverage) for p in one.parameters] == expected


def test_a_parameter_may_be_called_params() -> None:
    (one,) = job_of({"model": "sir", "parameter_sets": [{"params": 1.0}]}).simulations
    assert texts(one.parameters[0].names) == ["params"]


def test_odd_keys_and_repetitions_are_remarked_on() -> None:
    job = job_of(
        {
            "$schema": "…",
            "x-note": 1,
            "_comment": "",
            "model": "sir",
            "n_replicate": 3,
            "colour": "red",
            "outputs": ["a", "b", "a"],
            "tasks": [jobs.task(prams={})],
        }
    )
    assert [(remark.message, remark.hint) for remark in job.remarks] == [
        ("'n_replicate' is no key of a job, and is passed over", "Did you mean 'n_replicates'?"),
        ("'colour' is no key of a job, and is passed over", "Put notes under 'metadata'"),
        ("'prams' is no key of a task, and is passed over", "Did you mean 'params'?"),
        ("'outputs' names 'a' twice", "Name it once"),
    ]


def test_what_cannot_be_submitted_without_a_key_is_remarked_on() -> None:
    job = decode_job(b"model: sir\n\nparameter_sets: []\n", name="a.yaml")
    assert [(remark.message, remark.name.mark) for remark in job.remarks] == [
        (
            "'scenario' is missing, and `mops jobs submit` refuses a study without it",
            (1, 1),
        ),
        (
            "'parameter_sets' is empty, and `mops jobs submit` refuses a job without a task",
            (3, 17),
        ),
    ]
    (misspelt,) = job_of({"model": "sir", "scenaro": "x", "parameter_sets": [{}]}).remarks
    assert misspelt.hint == "Did you mean 'scenario'?"
    missing = job_of({"model": "sir", "algorithm": "optuna", "target_data": {}}).remarks
    assert [remark.name.text for remark in missing] == ["scenario", "max_iterations"]


def test_a_model_beside_tasks_counts_too() -> None:
    assert texts_of_models(job_of({**jobs.simulation_job(), "model": "other"})) == [
        "models.sir.SIR",
        "other",
    ]


MALFORMED: dict[str, tuple[str, str]] = {
    "": "the job specification is empty",
    "null": "the job specification is empty",
    "[]": "1:1: the job specification is empty",
    "3": "1:1: a job specification must be a mapping",
    "- 3": "1:3: a job specification must be a mapping",
    "colour: red": "1:1: names no model, no task and no target: is this a job specification?",
    "metadata: {}": "1:1: names no model, no task and no target: is this a job specification?",
    "model: 3": "1:8: 'model' must be a text",
    "model: [a]": "1:8: 'model' must be a text",
    "model: ''": "1:8: 'model' must be a text",
    "model: a\nmodel: b": "2:1: duplicate key 'model'",
    "model: a\n1: b": "2:1: expected text, found the number '1'",
    "model: a\nscenario: 3": "2:11: 'scenario' must be a name or a list of names",
    "model: a\nscenario: no": "2:11: 'scenario' must be a name or a list of names, and 'no' ",
    "model: a\nscenario: 2020-01-01": "and '2020-01-01' without quotes is none",
    "model: a\noutputs: [a, 3]": "2:14: 'outputs' must be a name or a list of names",
    "model: a\noutputs: ['']": "2:11: 'outputs' must be a name or a list of names",
    "model: a\ntargets: {a: 1}": "2:10: 'targets' must be a name or a list of names",
    "model: a\nn_replicates: many": "2:15: 'n_replicates' must be a whole number",
    "model: a\nmetadata: []": "2:11: 'metadata' must be a mapping",
    "model: a\nparameters: 3": "2:13: 'parameters' must be a mapping or a list",
    "model: a\nparameters: [b, {c: 1}]": "2:17: 'parameters' must hold names or sets, not both",
    "model: a\nparameters: [{c: 1}, b]": "2:22: 'parameters' must hold names or sets, not both",
    "model: a\nparameters: [b, 3]": "2:17: 'parameters' must be a list of names or of sets",
    "model: a\nparameter_sets: {}": "2:17: 'parameter_sets' must be a list",
    "model: a\nparameter_sets: [3]": "2:18: a parameter set must be a mapping",
    "model: a\nparameter_sets:\n- {b: [1]}": (
        "3:7: parameter 'b' must be a number, a text or a truth value"
    ),
    "model: a\nparameter_sets:\n- {b: }": (
        "3:7: parameter 'b' must be a number, a text or a truth value"
    ),
    "model: a\nparameter_sets:\n- {b: .nan}": "3:7: parameter 'b' must be finite",
    "model: a\nparameter_sets:\n- {b: -.inf}": "3:7: parameter 'b' must be finite",
    "model: a\nparameters: {b: .inf}": "2:17: parameter 'b' must be finite",
    "model: a\nparameter_specs: {b: {lower: 3, upper: 2}}": (
        "2:30: parameter_specs.b: 'lower' must not be above 'upper'"
    ),
    "model: a\nparameter_specs: {b: {lower: .nan, upper: 2}}": (
        "2:30: parameter_specs.b.lower must be finite"
    ),
    "model: a\nparameter_specs: {b: 3}": "2:22: parameter_specs.b must be a mapping",
    "model: a\nparameter_specs: {b: {lower: 3}}": "2:19: parameter_specs.b needs 'upper'",
    "model: a\nparameter_specs: {b: {lower: x, upper: 3}}": (
        "2:30: parameter_specs.b.lower must be a number"
    ),
    "model: a\ntarget_data: {target_ids: 3}": "2:27: 'target_ids' must be a name or a list",
    "tasks: [{seed: 3}]": "1:9: a task needs an 'entrypoint'",
    "tasks: [{entrypoint: a, params: 3}]": "1:33: 'params' must be a mapping",
    "model: *gone": "1:8: alias *gone is not defined",
    "a: &a [*a]": "1:8: alias *a contains itself",
    "model: a\n---\nmodel: b": "2:1: a second document starts here",
    "model: [": "not YAML: ",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_job_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(JobError) as caught:
        decode_job(text.encode(), name="jobs/a.yaml")
    assert caught.value.exit_code == 2
    assert caught.value.place[0] == "jobs/a.yaml"
    assert MALFORMED[text] in str(caught.value)
    assert str(caught.value).startswith("jobs/a.yaml:")
    assert str(caught.value).endswith("; the job was not checked")


def test_what_is_not_utf_8_is_refused_at_its_line() -> None:
    for content, line in ((b"\xff\xfe{\x00", 1), (b"model: a\nname: \xe9\n", 2)):
        with pytest.raises(JobError) as caught:
            decode_job(content, name="a.yaml")
        assert caught.value.place == ("a.yaml", line, 0)


def test_aliases_that_expand_without_end_are_refused() -> None:
    lines = ["x-0: &a0 [1,1,1,1,1,1,1,1,1]"]
    lines += [f"x-{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(JobError, match="expand to more than"):
        decode_job("\n".join([*lines, "model: a"]).encode(), name="a.yaml")


def test_a_malformed_object_has_no_place() -> None:
    with pytest.raises(JobError) as refused:
        job_of({"model": 3})
    assert str(refused.value) == "job: 'model' must be a text; the job was not checked"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["a", "", "a/b", "<<"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*JOB, *PARAMETER_SET, "values", "other"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*JOB, "other"]), VALUES))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    results = []
    for read in (
        lambda: job_of(document),
        lambda: decode_job(json.dumps(document).encode(), name="a.json"),
    ):
        try:
            results.append(summary(read()))
        except JobError as error:
            results.append({"refused": error.message.rpartition(": ")[2]})
    assert results[0] == results[1]


@given(st.binary(max_size=40), st.sampled_from(["a.json", "a.yaml", "a"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    with suppress(JobError):
        decode_job(content, name=name)
