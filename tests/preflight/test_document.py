"""`docs/reference/rules.md` says what the rules say."""

from __future__ import annotations

import re
from pathlib import Path

from modelops_bundle.preflight.catalog import DOCUMENTED
from modelops_bundle.preflight.document import render_rules_doc
from modelops_bundle.preflight.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_rules_doc(), "run `make docs`"


def test_every_code_has_a_row_and_a_section_that_it_links_to() -> None:
    page = render_rules_doc()
    rows = re.findall(r"^\| \[(MB\d{3})\]\(#([^)]+)\) \|", page, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert [code for code, _ in rows] == sorted(e.code for e in (*RULES, *DOCUMENTED))
    anchors = [
        heading.lower().replace(":", "").replace("`", "").replace(".", "").replace(" ", "-")
        for heading in headings
    ]
    assert [anchor for _, anchor in rows] == anchors
