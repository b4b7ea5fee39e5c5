"""Named groups of targets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.registry import BundleRegistry, Kind, TargetSet
from modelops_bundle.errors import UsageError
from modelops_bundle.operations.document import read_registry, write_registry
from modelops_bundle.operations.ids import checked_id
from modelops_bundle.operations.sync import key_of_kind
from modelops_bundle.workspace.project import Project


def target_sets(project: Project) -> Mapping[str, TargetSet]:
    """All target sets, in the file's order."""
    return read_registry(project).record.target_sets


def target_set(project: Project, name: str) -> TargetSet:
    """One target set.

    Raises:
        UsageError: there is none of this name.
    """
    return _existing(read_registry(project).record, name)


def set_target_set(
    project: Project, name: str, targets: Iterable[str], weights: Mapping[str, float]
) -> TargetSet:
    """Make a target set, or replace it; weights that are not given are not filled in.

    Raises:
        UsageError: not a name, an unknown target, no target, or a weight that is negative, not
            finite, or for a target that is not a member.
    """
    not_done = "nothing was written"
    checked_id(name, not_done=not_done)
    file = read_registry(project)
    members = tuple(dict.fromkeys(targets))
    if not members:
        raise UsageError("a target set needs a target", not_done=not_done)
    for target in members:
        key_of_kind(Kind.TARGET, target, file.record)
    for target, weight in weights.items():
        if target not in members:
            raise UsageError(
                f"weight for {target!r}, which is not in the set",
                not_done=not_done,
                hint=did_you_mean(target, members),
            )
        if not math.isfinite(weight) or weight < 0:
            raise UsageError(
                f"weight {weight} of {target!r} is not a finite number of 0 or more",
                not_done=not_done,
            )
    group = TargetSet(members, dict(weights))
    sets = {**file.record.target_sets, name: group}
    write_registry(project, file, replace(file.record, target_sets=sets))
    return group


def delete_target_set(project: Project, name: str) -> None:
    """Delete a target set; its targets stay.

    Raises:
        UsageError: there is none of this name.
    """
    file = read_registry(project)
    _existing(file.record, name)
    sets = {key: group for key, group in file.record.target_sets.items() if key != name}
    write_registry(project, file, replace(file.record, target_sets=sets))


def _existing(record: BundleRegistry, name: str) -> TargetSet:
    group = record.target_sets.get(name)
    if group is None:
        known = ", ".join(record.target_sets) or "none"
        hint = did_you_mean(name, record.target_sets, f"target sets: {known}")
        raise UsageError(f"no target set {name!r}", hint=hint)
    return group
