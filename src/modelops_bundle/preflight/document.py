"""Words `docs/reference/rules.md` from the rules themselves."""

from __future__ import annotations

import re

from modelops_bundle.preflight.base import Rule
from modelops_bundle.preflight.catalog import coded
from modelops_bundle.preflight.documented import RuleDoc

_INTRODUCTION = """\
# Rules

<!-- Written by `make docs` from the rules; edit those. -->

What mops-bundle says about a project has a code. Codes are stable: a code is never given another
meaning, and a retired one is not used again. `MB0xx` are about a check itself, `MB1xx` are reasons
of staleness and what a sync cures, `MB2xx` come from reading the code, `MB3xx` from preflight.

An *error* makes `check` exit with 1 and `push` refuse; a *warning* and an *info* do not. The
severity below is the usual one; a finding may weigh less where its text says so. Codes without a
severity are reasons: they say why an entry is stale, and `check` gives them the entry's weight (a
warning where the change is cosmetic, an error otherwise).

Preflight looks at the registry as it would be after a sync, so an entry that is merely stale
raises no error here.
"""


def render_rules_doc() -> str:
    """The whole page, by code; the same text on every machine."""
    entries = coded().values()
    table = ["| code | severity | what |", "|---|---|---|"]
    table += [f"| [{e.code}](#{_anchor(e)}) | {_severity(e)} | {e.title} |" for e in entries]
    sections = [f"## {_heading(entry)}\n\n{_body(entry)}\n" for entry in entries]
    return "\n".join((_INTRODUCTION, *table, "", *sections))


def _severity(entry: Rule | RuleDoc) -> str:
    return entry.severity.value if entry.severity else ""


def _heading(entry: Rule | RuleDoc) -> str:
    return f"{entry.code}: {entry.title}"


def _anchor(entry: Rule | RuleDoc) -> str:
    """The heading as GitHub and most renderers of Markdown make a link target of it."""
    return re.sub(r"[^\w\- ]", "", _heading(entry).lower()).replace(" ", "-")


def _body(entry: Rule | RuleDoc) -> str:
    return f"*{entry.severity.value}.* {entry.explanation}" if entry.severity else entry.explanation
