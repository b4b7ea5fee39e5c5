"""The plan of `sync` for people, against golden files at two widths."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_bundle.cli.render.sync import render_sync
from modelops_bundle.core.plan import PlanOptions
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.operations.documents import Refusal
from modelops_bundle.operations.report_documents import sync_document
from support.golden import assert_golden
from support.registries import observation, registry, target, target_set
from support.reports import (
    OutcomeFacts,
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
