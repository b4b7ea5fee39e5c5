"""The plan of `sync` for people, against golden files at two widths."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.cli.render.sync import render_sync
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import PlanOptions
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.operations.documents import Refusal
from modelops_bundle.operations.report_documents import sync_document
from support.golden import assert_golden
from support.registries import (
    content_digest,
    found_target,
    observation,
    registry,
    target,
    target_set,
)
from support.reports import (
    OutcomeFacts,
    RemoteFacts,
    ReportFacts,
    ambiguous_report,
    chain_report,
    fresh_report,
    mission_report,
    removal_report,
)


def rendered(
    report: ReportFacts, columns: int = 80, refused: Refusal | None = None, *, dry: bool = False
) -> str:
    written = not refused and not dry
    after = replace(report, findings=()) if written else None
    outcome = OutcomeFacts(report, after=after, written=written, refused=refused)
    document = sync_document(outcome)
    return "".join(line + "\n" for line in render_sync(document, columns, dry_run=dry))


@pytest.mark.parametrize("columns", [80, 120])
def test_a_removal_reads_as_the_design_says(columns: int) -> None:
    shown = rendered(removal_report(), columns, "destructive")
    assert_golden(f"sync-removal-{columns}.txt", shown)


@pytest.mark.parametrize("columns", [80, 120])
def test_what_was_written_is_shown_with_its_outcome(columns: int) -> None:
    assert_golden(f"sync-stale-{columns}.txt", rendered(mission_report(), columns))


@pytest.mark.parametrize("columns", [80, 120])
def test_a_change_far_down_the_imports_is_shown_with_its_chain(columns: int) -> None:
    assert_golden(f"sync-chain-{columns}.txt", rendered(chain_report(), columns))


def test_a_decision_names_the_candidates_and_the_option() -> None:
    shown = rendered(ambiguous_report(), refused="ambiguous")
    assert_golden("sync-ambiguous-80.txt", shown)


def test_nothing_to_do_is_said_in_one_line() -> None:
    assert rendered(fresh_report()) == ("In sync: 1 model, 2 targets. Preflight ok. Not pushed.\n")


def test_a_dry_run_says_that_nothing_was_written() -> None:
    assert rendered(mission_report(), dry=True).endswith("Nothing written: this was a dry run.\n")


def test_what_is_kept_is_not_called_in_sync() -> None:
    shown = rendered(removal_report(PlanOptions(keep=True)))
    assert "In sync" not in shown
    assert "1 entry is missing" in shown


def test_a_target_set_that_loses_its_last_member_is_shown() -> None:
    record = registry(
        targets={"gone": target("gone", "targets/gone.py")},
        target_sets={"only": target_set("gone")},
    )
    report = replace(removal_report(), plan=plan_sync(record, observation()))
    shown = rendered(report, refused="destructive")
    assert "  - target set only" in shown
    assert "no target is left" in shown


def test_what_was_carried_out_needs_no_option_any_more() -> None:
    shown = rendered(removal_report())
    assert "  - target prevalence_target\n" in shown
    assert "--force" not in shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("never-pushed", " Not pushed.\n"),
        ("ahead", " Changes not pushed.\n"),
        ("synced", "Preflight ok.\n"),
        ("unknown", "Preflight ok.\n"),
    ],
)
def test_the_outcome_says_how_the_remote_stands(state: str, said: str) -> None:
    report = replace(fresh_report(), remote=RemoteFacts(state=state))
    assert rendered(report).endswith(said)


def test_an_environment_that_is_recorded_first_is_no_news_beside_what_is() -> None:
    observed = replace(
        observation(found_target()), environment={BundlePath("pyproject.toml"): content_digest("a")}
    )
    first = plan_sync(registry(targets={"t": target("incidence_target")}), observed)
    assert "environment" not in rendered(replace(fresh_report(), plan=first))
    again = replace(first.result, environment={})
    alone = plan_sync(again, observed)
    assert "  ~ environment\n      pyproject.toml added\n" in rendered(
        replace(fresh_report(), plan=alone)
    )
