"""What a person does about a plan before anything can be published."""

from __future__ import annotations

from modelops_bundle.core.findings import Location
from modelops_bundle.operations.status import StatusReport


def remedy(report: StatusReport) -> str:
    """The one thing to do next, as the beginning of a sentence.

    In the order in which a sync would refuse: there is no use in an option before that.
    """
    plan = report.plan
    if report.conflicts:
        return f"settle the conflict in {report.registry_path}"
    if plan.unparsed:
        return f"mend {Location(plan.unparsed[0].path, plan.unparsed[0].line)}"
    if plan.undecided:
        return f"run `mops-bundle sync --rename {plan.undecided[0].key}=SYMBOL`"
    if plan.destructive:
        return "run `mops-bundle sync --force` if what is gone is to go"
    return "run `mops-bundle sync`"
