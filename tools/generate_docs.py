"""Writes the pages and schemas of `docs/` that are generated from the program: `make docs`.

With `--check` nothing is written; what is not as it would be written is listed, with exit code 1.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from docpages.api import api_page
from docpages.commands import commands_page
from docpages.configuration import configuration_page
from docpages.json_index import json_page
from docpages.schemas import schema_pages
from modelops_bundle.preflight.document import render_rules_doc

DOCS = Path(__file__).parent.parent / "docs"
#: Folders that hold nothing but generated files.
GENERATED_FOLDERS = ("reference", "schemas")


def pages() -> Mapping[str, str]:
    """Path below `docs/` -> text of the file."""
    return {
        "reference/api.md": api_page(),
        "reference/commands.md": commands_page(),
        "reference/configuration.md": configuration_page(),
        "reference/json.md": json_page(),
        "reference/rules.md": render_rules_doc(),
        **schema_pages(),
    }


def main(arguments: list[str]) -> int:
    """Write each page, with the same bytes on every system, and remove what is left over."""
    wanted = {DOCS / path: text.encode("utf-8") for path, text in pages().items()}
    there = {path for folder in GENERATED_FOLDERS for path in (DOCS / folder).glob("*")}
    surplus = sorted(there - set(wanted))
    other = [
        path
        for path, content in wanted.items()
        if not path.is_file() or path.read_bytes() != content
    ]
    if "--check" in arguments:
        for path in (*other, *surplus):
            print(path.relative_to(DOCS.parent).as_posix())
        return 1 if other or surplus else 0
    for path in surplus:
        path.unlink()
    for path in other:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wanted[path])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
