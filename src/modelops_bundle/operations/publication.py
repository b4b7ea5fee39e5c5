"""Exactly what a push of a project publishes, or why it would not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelops_bundle.codec.registry_yaml import edit
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.naming_some import some_of
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.travel import plan_travel, with_registry
from modelops_bundle.errors import BundleError, PreflightError, RegistryError, StaleError
from modelops_bundle.operations.remedy import remedy
from modelops_bundle.operations.status import StatusReport

Unfit = Literal["stale", "preflight"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Publication:
    """The files of a bundle to be.

    Attributes:
        files: By path, sorted, the registry document included.
        registry: The registry document as it is published: cosmetic digests are recorded in it,
            whether or not they are on disk yet.
    """

    files: Mapping[BundlePath, FileState]
    registry: bytes

    @property
    def known(self) -> Mapping[BundlePath, bytes]:
        """Contents that need not be read, and need not be on disk."""
        return {REGISTRY_PATH: self.registry}


def unfit(report: StatusReport, *, not_done: str, then: str) -> tuple[Unfit, BundleError] | None:
    """Why a project cannot be published as it is; None where it can.

    Args:
        not_done: What is not done because of it.
        then: What to do after mending it, such as "push again".
    """
    plan = report.plan
    if plan.stale or plan.destructive or report.conflicted:
        return "stale", _stale_error(report, not_done, then)
    if report.errors:
        found = [f"{finding.code} {finding.message}" for finding in report.errors]
        return "preflight", PreflightError(
            f"preflight has errors ({len(found)}): {'; '.join(found[:_SHOWN])}",
            not_done=not_done,
            hint=f"run `mops-bundle status`, mend what it lists, then {then}",
        )
    missing = plan_travel(report.plan.result, report.session.observed).missing
    if missing:
        return "preflight", PreflightError(f"missing: {some_of(missing)}", not_done=not_done)
    return None


def publication_of(report: StatusReport, *, not_done: str) -> Publication:
    """What a fit project publishes.

    Raises:
        RegistryError: there is no registry, or it cannot be edited.
    """
    file = report.session.file
    if not file.content:
        raise RegistryError(
            "there is no registry to publish",
            path=REGISTRY_PATH,
            not_done=not_done,
            hint="run `mops-bundle init`",
        )
    content = edit(file.text, report.plan.result) if report.plan.changes else file.content
    state = FileState(REGISTRY_PATH, Digest.of_bytes(content), len(content))
    travel = plan_travel(report.plan.result, report.session.observed)
    return Publication(files=with_registry(travel, state), registry=content)


def _stale_error(report: StatusReport, not_done: str, then: str) -> StaleError:
    plan = report.plan
    stale = [str(v.key) for v in plan.verdicts if v.state not in ("fresh", "cosmetic")]
    hint = f"{remedy(report)}, then {then}"
    if not (report.conflicts or plan.unparsed or plan.undecided or plan.destructive):
        hint += " (or `mops-bundle push --sync`)" if then == "push again" else ""
    if plan.unparsed:
        unparsed = [str(Location(v.path, v.line)) for v in plan.unparsed]
        message = f"cannot be parsed: {some_of(unparsed)}"
    else:
        otherwise = "it holds a git conflict" if report.conflicted else "it differs from the code"
        message = f"registry is stale ({some_of(stale) or otherwise})"
    return StaleError(message, not_done=not_done, hint=hint)
