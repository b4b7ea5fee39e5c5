"""What holds for all rules together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelops_bundle.preflight.base import Rule
from modelops_bundle.preflight.catalog import DOCUMENTED
from modelops_bundle.preflight.rules import RULES
from support.preflight import findings
from support.registries import (
    found_model,
    found_target,
    model,
    observation,
    registry,
    target,
    target_set,
)

PACKAGE = Path(__file__).parents[2] / "src" / "modelops_bundle"
RULE_FILES = sorted((PACKAGE / "preflight" / "rules").glob("mb*.py"))


def test_codes_are_unique_and_sorted() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    documented = [entry.code for entry in DOCUMENTED]
    assert documented == sorted(set(documented))
    assert not set(codes) & set(documented)


def test_each_rule_file_is_in_the_list_under_its_own_code() -> None:
    by_module = {rule.check.__module__.rpartition(".")[2]: rule.code for rule in RULES}
    assert by_module == {path.stem: path.stem[:5].upper() for path in RULE_FILES}


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_each_rule_has_a_mirrored_test_module(path: Path) -> None:
    assert (Path(__file__).parent / "rules" / f"test_{path.name}").is_file()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_is_explained(rule: Rule) -> None:
    assert re.fullmatch(r"MB(11|22|3\d)\d", rule.code)
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.explanation.endswith(".")
    assert len(rule.explanation) > 80


def test_every_code_that_the_program_can_report_is_documented() -> None:
    reported = {
        code
        for path in PACKAGE.rglob("*.py")
        for code in re.findall(r"[\"'](MB\d{3})[\"']", path.read_text(encoding="utf-8"))
    }
    assert len(reported) > len(RULES)
    assert reported - {entry.code for entry in (*RULES, *DOCUMENTED)} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_sound_project_raises_nothing(rule: Rule) -> None:
    sound = registry(
        {"sir": model(code=["models/network.py"])},
        {"t": target(data=["data/observed.csv"])},
        target_sets={"flu": target_set("t", t=1.0)},
    )
    observed = observation(
        found_model(),
        found_target(data=["data/observed.csv"]),
        files=["models/network.py", "data/observed.csv"],
    )
    assert findings(rule, sound, observed) == []
