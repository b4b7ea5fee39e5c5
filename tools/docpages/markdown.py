"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def generated_from(what: str) -> str:
    """The comment that says that a page is not edited by hand."""
    return f"<!-- Written by `make docs` from {what}; edit that. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; bars and line breaks in cells do no harm."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(_cell(part) for part in row)} |" for row in rows]
    return lines


def anchor(heading: str) -> str:
    """A heading as GitHub and most renderers of Markdown make a link target of it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def sentence(text: str) -> str:
    """Words of a help text as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "...")) else ".")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
