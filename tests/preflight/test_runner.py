"""One pass gathers what rules, scan and planner found, in a fixed order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.findings import Finding, Location, Severity, finding_order
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, TargetSet
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.runner import run_preflight
from support.registries import (
    declared,
    found_model,
    found_target,
    model,
    observation,
    plan,
    project,
    registry,
    target,
    target_set,
)


def preflight(
    record: BundleRegistry, observed: Observation, synced: SyncPlan | None = None
) -> tuple[Finding, ...]:
    synced = synced or plan_sync(record, observed)
    return run_preflight(PreflightContext(synced.result, synced, observed))


def noticed(code: str, severity: Severity = Severity.WARNING, line: int = 1) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=f"noticed at {line}",
        location=Location(BundlePath("models/sir.py"), line),
    )


def test_findings_of_scan_and_planner_are_among_the_rest_in_order() -> None:
    record = registry({"sir": model()}, {"t": target(model_output="gone")})
    observed = observation(
        found_model(),
        found_target(model_output="gone"),
        findings=(noticed("MB204"), noticed("MB314", Severity.ERROR)),
    )
    synced = plan(record, findings=(noticed("MB201"),))
    found = preflight(record, observed, synced)
    assert [finding.code for finding in found] == ["MB301", "MB314", "MB201", "MB204", "MB318"]
    assert list(found) == sorted(found, key=finding_order)


def test_what_two_of_them_noticed_alike_is_reported_once() -> None:
    record = registry({"sir": model()}, {"t": target()})
    twice = noticed("MB201")
    observed = observation(found_model(), found_target(), findings=(twice, twice))
    assert preflight(record, observed, plan(record, findings=(twice,))) == (twice,)


def test_parameters_in_a_method_are_one_warning_and_hide_no_other_doubt() -> None:
    record = registry({"sir": model()}, {"t": target()})
    doubts = tuple(
        replace(noticed("MB201"), message=f"{fact} of SIR cannot be told from the code")
        for fact in ("outputs", "parameters")
    )
    observed = observation(found_model(), found_target(), findings=(noticed("MB207"),))
    found = preflight(record, observed, plan(record, findings=doubts))
    assert [(f.code, f.message.partition(" ")[0]) for f in found] == [
        ("MB201", "outputs"),
        ("MB207", "noticed"),
    ]
    elsewhere = observation(found_model(), found_target(), findings=(noticed("MB207", line=9),))
    assert len(preflight(record, elsewhere, plan(record, findings=doubts))) == 3


def test_the_missions_stale_target_raises_two_warnings_and_no_phantom_error() -> None:
    record = registry(
        {"sir": model()},
        {"incidence_target": target(model_output="BAD_OUTPUT_NAME")},
        target_sets={"flu": target_set("incidence_target", incidence_target=1.0)},
    )
    observed = observation(
        found_model(), found_target("incidence_replicate_mean_target", body="incidence_target")
    )
    found = preflight(record, observed)
    assert [(finding.severity, finding.message) for finding in found] == [
        (
            Severity.WARNING,
            "Registry may be stale - entrypoint 'incidence_target' not found",
        ),
        (
            Severity.WARNING,
            "Registry may be stale - output 'BAD_OUTPUT_NAME' not found in the code",
        ),
    ]
    assert {finding.hint for finding in found} == {
        "Run 'mops-bundle sync' to update registry from current code"
    }


def test_a_name_with_a_line_break_or_an_escape_code_cannot_pass_for_another_finding() -> None:
    forged = "x'\nmodels/sir.py:1: error MB999 all is lost\x1b[2J"
    record = registry({"sir": model()}, {"t": target(model_output=forged)})
    observed = observation(found_model(), found_target(model_output=forged))
    (finding,) = (f for f in preflight(record, observed) if f.code == "MB301")
    assert "x'\\nmodels/sir.py:1: error MB999 all is lost\\x1b[2J" in finding.message
    assert finding.message.isprintable()


def test_an_empty_project_raises_nothing() -> None:
    assert preflight(registry(), observation(project=project(wire="", packages=()))) == ()


@given(st.permutations(range(4)))
def test_the_order_of_discovery_and_of_findings_has_no_influence(order: list[int]) -> None:
    names = ("A", "B", "C", "D")
    record = registry(
        {name: model(name, outputs=()) for name in names},
        {name: target(f"t{name}", model_output="gone") for name in names},
    )
    sources = [found_model(name, line=number + 1, outputs=()) for number, name in enumerate(names)]
    targets = [
        found_target(f"t{name}", line=number + 1, model_output="gone")
        for number, name in enumerate(names)
    ]
    scanned = [noticed("MB204", line=number) for number in range(4)]
    base = observation(*sources, *targets, findings=tuple(scanned))
    shuffled = replace(
        base,
        discovered=(*(targets[i] for i in order), *(sources[i] for i in order)),
        findings=tuple(scanned[i] for i in order),
    )
    assert preflight(record, shuffled, plan(record)) == preflight(record, base, plan(record))


SYMBOLS = st.sampled_from(["SIR", "SEIR", "Models.SIR", "f", "été"])
FILES = st.sampled_from(
    ["models/sir.py", "sir.py", "src/sir.py", "my-models/sir.py", "models/__init__.py", "a/b/c.py"]
)
NAMES = st.sampled_from(["incidence", "incidense", "Incidence", "", "%s {0}", "x\ny"])
DATA = st.lists(st.sampled_from(["data", "data/a.csv", "b.csv", "sir.py"]), max_size=3, unique=True)
IDS = st.sampled_from(["a", "b", "c", "model:a", "'"])


@st.composite
def projects(draw: st.DrawFn) -> tuple[BundleRegistry, Observation]:
    """A registry and a project that have little to do with one another."""
    outputs = st.lists(NAMES, max_size=3, unique=True).map(tuple)
    models = st.builds(
        lambda symbol, path, out, scenarios, data, code, said: model(
            symbol,
            path,
            outputs=out,
            scenarios=scenarios,
            data=data,
            code=code,
            declared=declared(outputs=said) if said else None,
        ),
        *(SYMBOLS, FILES, outputs, outputs, DATA, DATA, outputs),
    )
    targets = st.builds(
        lambda symbol, path, output, data: target(symbol, path, model_output=output, data=data),
        *(SYMBOLS, FILES, NAMES, DATA),
    )
    sets = st.builds(
        TargetSet,
        targets=st.lists(IDS, max_size=3).map(tuple),
        weights=st.dictionaries(IDS, st.floats(), max_size=2),
    )
    record = registry(
        draw(st.dictionaries(IDS, models, max_size=4)),
        draw(st.dictionaries(IDS, targets, max_size=4)),
        target_sets=draw(st.dictionaries(IDS, sets, max_size=2)),
    )
    found = draw(
        st.lists(
            st.one_of(
                st.builds(found_model, SYMBOLS, FILES, outputs=outputs),
                st.builds(found_target, SYMBOLS, FILES, model_output=NAMES, body_output=NAMES),
            ),
            max_size=4,
            unique_by=lambda item: (item.kind, item.entrypoint),
        )
    )
    facts = project(
        ignored=draw(DATA),
        packages=draw(st.sampled_from([[], ["models"]])),
        tracked=draw(DATA),
        pyproject=draw(st.booleans()),
        wire=draw(st.sampled_from(["", "wire.py"])),
    )
    return record, observation(*found, files=draw(DATA), project=facts)


@given(projects())
def test_any_registry_over_any_project_gives_sorted_unique_findings_with_a_cure(
    given_project: tuple[BundleRegistry, Observation],
) -> None:
    record, observed = given_project
    for synced in (plan(record), plan_sync(record, observed)):
        found = preflight(record, observed, synced)
        assert list(found) == sorted(set(found), key=finding_order)
        assert all(finding.hint and finding.message for finding in found)
        assert all((finding.message + finding.hint).isprintable() for finding in found)
