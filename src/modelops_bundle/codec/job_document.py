"""Job specifications, JSON or YAML, as what they ask of a bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from modelops_bundle.codec.job_fields import FOREIGN, JOB, NEEDED, PARAMETER_SET, TASK, Hold
from modelops_bundle.codec.job_names import Collected, listed_once, mark_of, name_of, names_of
from modelops_bundle.codec.job_values import (
    Fields,
    check_value,
    free_part,
    is_infinite,
    is_text,
    items_of,
    listed_names,
    mapping_of,
    number_of,
    text_of,
)
from modelops_bundle.codec.json_nodes import node_of, parse_json
from modelops_bundle.codec.registry_fields import fields_of, is_null, refuse_other_keys
from modelops_bundle.codec.yaml_nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    YamlProblem,
    parse_document,
    resolved,
    scalar_type,
)
from modelops_bundle.core.job import Coverage, JobName, JobSpecification, ParameterNames, Remark
from modelops_bundle.core.registry import Kind
from modelops_bundle.errors import JobError

_HINT = "see docs/how-to/ci.md for what a job specification holds"
#: `module/scenario`, the platform's form of an entrypoint; not `folder/file.py:Class`.
_WITH_SCENARIO = re.compile(r"(?P<model>[^/]+)/(?P<scenario>[^/:]+)")


def decode_job(content: bytes, *, name: str) -> JobSpecification:
    """Read a job specification.

    Args:
        name: The file, as errors show it; `.json` is read as JSON and `.yaml` and `.yml` as YAML,
            and another file as what it begins like.

    Raises:
        JobError: it is malformed, with `path:line:column`.
    """
    with _translated(name):
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise YamlProblem("not UTF-8", line) from None
        json = name.endswith(".json")
        if not json and not name.endswith((".yaml", ".yml")):
            json = text.lstrip()[:1] in ("{", "[")
        root = parse_json(text) if json else parse_document(text).root
        return _job_of(root)


def job_of(value: object) -> JobSpecification:
    """Read a job specification that is there as a mapping, or as an object of the platform.

    Raises:
        JobError: it is malformed.
    """
    with _translated(""):
        return _job_of(node_of(value))


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except YamlProblem as problem:
        message = problem.message if name else f"job: {problem.message}"
        raise JobError(
            message,
            path=name,
            line=max(problem.line, 0),
            column=max(problem.column, 0),
            not_done="the job was not checked",
            hint="" if name else _HINT,
        ) from None


def _job_of(root: Node | None) -> JobSpecification:
    if root is None or is_null(root):
        raise YamlProblem("the job specification is empty")
    found = Collected()
    target = resolved(root)
    jobs = target.items if isinstance(target, SequenceNode) else [target]
    if not jobs:
        raise root.problem("the job specification is empty")
    for job in jobs:
        _read_job(mapping_of(job, "a job specification"), found)
    return found.specification()


def _read_job(node: MappingNode, found: Collected) -> None:
    fields = _fields(node, JOB, "a job", found)
    tasks = [*items_of(fields, "tasks"), *_batched_tasks(fields)]
    if "entrypoint" in fields:
        tasks.append(node)
    _read_bundle(fields, found)
    for task in tasks:
        _read_task(task, found, own=task is node)
    named = _read_simulation(fields, found)
    asked = _read_targets(fields, found)
    if not (tasks or named or asked):
        raise node.problem("names no model, no task and no target: is this a job specification?")
    for kind, telling, needed in NEEDED:
        if telling in fields and "job_type" not in fields:
            for key in (one for one in needed if one not in fields):
                found.missing(JobName(key, mark_of(node)), kind)
    if "parameter_sets" in fields and "job_type" not in fields:
        _read_study(fields, found)


def _read_study(fields: Fields, found: Collected) -> None:
    """What `mops jobs submit` takes in one form only."""
    found.imported(Kind.MODEL, *([] if (model := text_of(fields, "model")) is None else [model]))
    found.imported(Kind.TARGET, *names_of(fields["targets"]) if "targets" in fields else ())
    scenario = fields.get("scenario")
    if scenario is not None and isinstance(resolved(scenario), SequenceNode):
        told = "'scenario' is a list, and `mops jobs submit` takes one for each study"
        found.remark(Remark(JobName("", mark_of(scenario)), told, "Make a study of each"))
    sets, replicates = fields["parameter_sets"], fields.get("n_replicates")
    if not items_of(fields, "parameter_sets"):
        told = "'parameter_sets' is empty, and `mops jobs submit` refuses a job without a task"
        found.remark(Remark(JobName("", mark_of(sets)), told, "Add a set of parameters"))
    if replicates is not None and number_of(replicates, "'n_replicates'") < 1:
        told = "'n_replicates' is below 1, and `mops jobs submit` refuses a job without a task"
        found.remark(Remark(JobName("", mark_of(replicates)), told, "Write 1 or more"))


def _read_simulation(fields: Fields, found: Collected) -> bool:
    """The runs that a study, a calibration or a plain document asks for."""
    config = free_part(fields, "algorithm_config")
    simulation = text_of(fields, "model") or text_of(config, "model")
    class_name = next(
        (name for key in ("class", "class_name", "model_class") if (name := text_of(fields, key))),
        None,
    )
    entrypoint = text_of(config, "simulation_entrypoint")
    if simulation is None and class_name is None and entrypoint is None:
        return False
    noted = text_of(free_part(fields, "metadata"), "model_class")
    if simulation is not None or class_name is not None:
        run = found.run(simulation, class_name, noted)
        run.scenarios += listed_names(fields, "scenario", found) + listed_names(
            fields, "scenarios", found
        )
        run.scenarios += listed_names(config, "scenario", found)
        run.outputs += listed_names(fields, "outputs", found)
        for names in (*_parameters(fields, found), *_varied(config, "parameter_specs")):
            run.add_parameters(names)
    if entrypoint is not None:
        model, scenario = _split(entrypoint)
        found.run(model, None, None).scenarios += scenario
    return True


def _read_task(node: Node, found: Collected, *, own: bool) -> None:
    """One task; `own` where the whole document is one."""
    task = mapping_of(node, "a task")
    fields = _fields(task, JOB if own else TASK, "a task", found)
    entrypoint = text_of(fields, "entrypoint")
    if entrypoint is None:
        raise task.problem("a task needs an 'entrypoint'")
    model, scenario = _split(entrypoint)
    run = found.run(model, None, None)
    run.scenarios += scenario
    run.outputs += listed_names(fields, "outputs", found)
    if "params" in fields:
        run.add_parameters(_set_of(_values_of_task(fields["params"]), Coverage.ALL))
    _read_bundle(fields, found)


def _read_bundle(fields: Fields, found: Collected) -> None:
    reference = text_of(fields, "bundle_ref")
    if reference is not None:
        found.bundle(reference)
    for key in ("bundle", "digest"):
        other = text_of(fields, key)
        if other is not None and "sha256:" in other.text:
            found.bundle(other)


def _read_targets(fields: Fields, found: Collected) -> bool:
    """Targets and target sets, wherever the platform's tools put them."""
    spec = free_part(fields, "target_spec")
    sources = [fields, free_part(fields, "target_data"), free_part(spec, "data")]
    for source in sources:
        for key in ("target", "targets", "target_ids", "target_entrypoint", "target_entrypoints"):
            if key in source and (source is fields or key not in ("target", "targets")):
                check_value(source[key], JOB[key], key)
                named = listed_names(source, key, found)
                found.target(*named)
                if key.startswith("target_entrypoint"):
                    found.imported(Kind.TARGET, *named)
    for key in ("target_set", "target_sets"):
        found.target_set(*listed_names(fields, key, found))
    found.noted_set(*_noted(free_part(fields, "metadata"), "target_set"))
    found.noted_set(*_noted(free_part(spec, "metadata"), "target_set"))
    return found.asks_for_targets


def _noted(fields: Fields, key: str) -> list[JobName]:
    """Names in a part that is free: nothing is wrong where something else stands there."""
    node = fields.get(key)
    return [] if node is None else names_of(node)


def _parameters(fields: Fields, found: Collected) -> list[ParameterNames]:
    """Values, ranges or names of parameters, as a study, a calibration or a person writes them."""
    sets = [
        _set_of(_values_of_set(item, found), Coverage.ALL)
        for item in items_of(fields, "parameter_sets")
    ]
    for key in ("parameters", "params"):
        node = fields.get(key)
        target = None if node is None else resolved(node)
        if isinstance(target, MappingNode):
            sets.append(_set_of(target, Coverage.SOME, ranges=True))
        elif isinstance(target, SequenceNode):
            if _holds_sets(target, key):
                items = (_values_of_set(item, found) for item in target.items)
                sets += [_set_of(item, Coverage.ALL) for item in items]
            else:
                names = tuple(listed_once(target, key, found))
                sets.append(ParameterNames(names, Coverage.SOME, mark_of(target)))
        elif target is not None:
            raise target.problem(f"'{key}' must be a mapping or a list")
    return [*sets, *_varied(fields, "parameter_specs")]


def _holds_sets(node: SequenceNode, key: str) -> bool:
    """Whether a list of parameters holds sets of them; where it does not, it holds names."""
    sets = [isinstance(resolved(item), MappingNode) for item in node.items]
    for item, is_set in zip(node.items, sets, strict=True):
        if not (is_set or is_text(resolved(item))):
            raise item.problem(f"'{key}' must be a list of names or of sets")
        if is_set is not sets[0]:
            raise item.problem(f"'{key}' must hold names or sets, not both")
    return all(sets)


def _varied(fields: Fields, key: str) -> list[ParameterNames]:
    """The parameters that a calibration varies: `{name: {lower: …, upper: …}}`."""
    if key not in fields:
        return []
    specs = mapping_of(fields[key], f"'{key}'")
    for name, node in fields_of(specs).items():
        bounds = {k: v for k, (_, v) in fields_of(mapping_of(node[1], f"{key}.{name}")).items()}
        for bound in ("lower", "upper"):
            if bound not in bounds:
                raise node[0].problem(f"{key}.{name} needs '{bound}'")
        lower, upper = (number_of(bounds[b], f"{key}.{name}.{b}") for b in ("lower", "upper"))
        if lower > upper:
            raise bounds["lower"].problem(f"{key}.{name}: 'lower' must not be above 'upper'")
    return [_set_of(specs, Coverage.VARIED, ranges=True)]


def _values_of_set(node: Node, found: Collected) -> MappingNode:
    """The parameters of one set: under `params`, beside a seed, or the mapping itself."""
    mapping = mapping_of(node, "a parameter set")
    fields = fields_of(mapping)
    if "params" not in fields or not isinstance(resolved(fields["params"][1]), MappingNode):
        return mapping
    checked = _fields(mapping, PARAMETER_SET, "a parameter set", found)
    return mapping_of(checked["params"], "'params'")


def _values_of_task(node: Node) -> MappingNode:
    """The parameters of one task: under `values` beside their id, `params`, or the mapping."""
    mapping = mapping_of(node, "'params'")
    fields = fields_of(mapping)
    for key in ("values", "params"):
        if key in fields and isinstance(resolved(fields[key][1]), MappingNode):
            return mapping_of(fields[key][1], f"'{key}'")
    return mapping


def _set_of(node: MappingNode, coverage: Coverage, *, ranges: bool = False) -> ParameterNames:
    """The names of a mapping; each has a plain value, or where `ranges` are fine any."""
    refuse_other_keys(node)
    names = []
    for text, (key, value) in fields_of(node).items():
        target = resolved(value)
        plain = isinstance(target, ScalarNode) and scalar_type(target) != "null"
        if not (plain or ranges):
            raise value.problem(f"parameter '{text}' must be a number, a text or a truth value")
        if isinstance(target, ScalarNode) and is_infinite(target):
            raise value.problem(f"parameter '{text}' must be finite")
        names.append(JobName(text, mark_of(key)))
    return ParameterNames(tuple(names), coverage, mark_of(node))


def _split(entrypoint: JobName) -> tuple[JobName, list[JobName]]:
    """An entrypoint without its scenario, and the scenario."""
    parts = _WITH_SCENARIO.fullmatch(entrypoint.text)
    if parts is None or parts["scenario"].endswith(".py"):
        return entrypoint, []
    return (
        JobName(parts["model"], entrypoint.mark),
        [JobName(parts["scenario"], entrypoint.mark)],
    )


def _batched_tasks(fields: Fields) -> Iterator[Node]:
    for batch in items_of(fields, "batches"):
        pairs = fields_of(mapping_of(batch, "a batch"))
        yield from items_of({key: value for key, (_, value) in pairs.items()}, "tasks")


def _fields(
    node: MappingNode, known: Mapping[str, Hold], what: str, found: Collected
) -> dict[str, Node]:
    """The values that are there, each as its key asks for; other keys are remarked on."""
    refuse_other_keys(node)
    values: dict[str, Node] = {}
    for text, (key, value) in fields_of(node).items():
        hold = known.get(text)
        if hold is None:
            if not text.startswith(FOREIGN):
                found.unknown(name_of(key), what, known)
        elif not is_null(value):
            check_value(value, hold, text)
            values[text] = value
    return values
