"""The texts of results, as the terminal has them: the one place that borrows its renderers."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.pull import render_pull
from modelops_bundle.cli.render.status import render_status
from modelops_bundle.cli.render.sync import render_plan, render_sync
from modelops_bundle.cli.render.verify import (
    render_unfit,
    render_verify,
    render_verify_in_full,
)

__all__ = [
    "printable_lines",
    "render_plan",
    "render_pull",
    "render_status",
    "render_sync",
    "render_unfit",
    "render_verify",
    "render_verify_in_full",
]


def printable_lines(lines: Iterable[str]) -> list[str]:
    """The lines with everything that could steer a terminal written out."""
    return [printable(line) for line in lines]
