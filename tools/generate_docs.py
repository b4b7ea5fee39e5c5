"""Writes the pages of `docs/` that are generated from the program: run by `make docs`."""

from __future__ import annotations

from pathlib import Path

from modelops_bundle.preflight.document import render_rules_doc

RULES_PAGE = Path(__file__).parent.parent / "docs" / "rules.md"


def main() -> None:
    """Write each page, with the same bytes on every system."""
    RULES_PAGE.parent.mkdir(exist_ok=True)
    RULES_PAGE.write_text(render_rules_doc(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
