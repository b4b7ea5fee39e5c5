"""The differences between a recorded entry and the same entry derived from the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from modelops_bundle.core.dependencies import lies_in
from modelops_bundle.core.derive import Context, entry_behavior
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import Closure, Discovered
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Reason
from modelops_bundle.core.registry import Entry, ModelEntry, TargetEntry

_LISTS = (("outputs", "MB104"), ("scenarios", "MB105"), ("parameters", "MB106"))
_SCALARS = (("class_name", "MB103", "class"), ("model_output", "MB107", "output"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One entry before and after.

    Attributes:
        found: The symbol as it is now.
        evidence: Why it is taken for the recorded one, or "" where the name says so.
        environment: The recorded environment, which the recorded behaviour was computed with.
    """

    recorded: ModelEntry | TargetEntry
    derived: ModelEntry | TargetEntry
    found: Discovered
    evidence: str
    context: Context
    environment: Mapping[BundlePath, Digest]


def reasons_for(comparison: Comparison) -> tuple[Reason, ...]:
    """Every difference that a person can see, in a fixed order; empty when there is none.

    Code changes are cosmetic when the recorded facts and data with the code of now give the
    recorded behaviour. An entry that differs in derived digests only has one cosmetic reason,
    unless the environment explains it: that is reported once, not per entry.
    """
    visible = (
        *_identity(comparison),
        *_facts(comparison),
        *_data(comparison),
        *_code(comparison),
    )
    if visible:
        return visible
    return tuple(_derived_digests(comparison))


def _identity(c: Comparison) -> Iterator[Reason]:
    old, new = c.recorded, c.derived
    why = f" ({c.evidence})" if c.evidence else ""
    if old.symbol != new.symbol:
        yield _place_reason(c, "MB101", "entrypoint", f"renamed to {new.symbol}{why}", c.evidence)
    if old.path != new.path:
        yield _place_reason(c, "MB102", "path", f"moved to {new.path}{why}", c.evidence)
    elif old.symbol == new.symbol and old.entrypoint != new.entrypoint:
        yield _place_reason(c, "MB101", "entrypoint", f"entrypoint is now {new.entrypoint}")


def _place_reason(c: Comparison, code: str, field: str, message: str, evidence: str = "") -> Reason:
    return Reason(
        code=code,
        field=field,
        old=getattr(c.recorded, field),
        new=getattr(c.derived, field),
        path=c.derived.path,
        line=c.found.location.line,
        evidence=evidence,
        message=message,
    )


def _facts(c: Comparison) -> Iterator[Reason]:
    line = c.found.location.line
    for name, code, label in _SCALARS:
        old, new = getattr(c.recorded, name, ""), getattr(c.derived, name, "")
        if old != new and not (name == "class_name" and old == c.recorded.symbol):
            yield Reason(
                code=code,
                field=name,
                old=old,
                new=new,
                path=c.derived.path,
                line=line,
                message=f"{label} {old or 'none'} -> {new or 'none'}",
            )
    for name, code in _LISTS:
        old_names = getattr(c.recorded, name, ())
        new_names = getattr(c.derived, name, ())
        if set(old_names) != set(new_names):
            yield _list_reason(code, name, old_names, new_names, path=c.derived.path, line=line)


def _list_reason(
    code: str,
    name: str,
    old: tuple[str, ...],
    new: tuple[str, ...],
    *,
    path: BundlePath | None,
    line: int,
) -> Reason:
    added = [f"+{item}" for item in new if item not in old]
    removed = [f"-{item}" for item in old if item not in new]
    return Reason(
        code=code,
        field=name,
        old=", ".join(old),
        new=", ".join(new),
        path=path,
        line=line,
        message=f"{name} {' '.join(added + removed)}",
    )


def _data(c: Comparison) -> Iterator[Reason]:
    old, new = c.recorded, c.derived
    if set(old.data) != set(new.data):
        line = c.found.location.line
        yield _list_reason("MB108", "data", old.data, new.data, path=new.path, line=line)
    yield from _digests("MB120", "data_digests", old.data, new.data, old, new)


def _digests(
    code: str,
    field: str,
    old_paths: tuple[BundlePath, ...],
    new_paths: tuple[BundlePath, ...],
    old: Entry,
    new: Entry,
) -> Iterator[Reason]:
    """A reason for each file that has another digest, below paths that both sides list."""
    both = set(old_paths).intersection(new_paths)
    before_all, after_all = getattr(old, field), getattr(new, field)
    paths = {*before_all, *after_all}
    # A folder that has grown large, or small again: one digest on one side, many on the other.
    one_sided = {path for path in both if (path in before_all) != (path in after_all)}
    within = {path for path in paths if path not in both and lies_in(path, one_sided)}
    for path in sorted(paths - within):
        before, after = before_all.get(path), after_all.get(path)
        if before == after or not lies_in(path, both):
            continue
        if any(file.is_within(path) for file in within):
            what = "changed"
        elif before is None:
            what = "not recorded yet" if path in both else "added"
        else:
            what = "changed" if after is not None else "gone"
        yield Reason(
            code=code,
            field=field,
            old=before or "",
            new=after or "",
            path=path,
            message=f"{path} {what}",
        )


def _code(c: Comparison) -> Iterator[Reason]:
    old, new = c.recorded, c.derived
    cosmetic = _code_is_cosmetic(c)
    closure = c.context.observed.closures.get(new.path) or Closure(path=new.path)
    if set(old.code) != set(new.code):
        reason = _list_reason("MB109", "code", old.code, new.code, path=new.path, line=0)
        yield replace(reason, cosmetic=cosmetic)
    if old.path == new.path and old.source_digest != new.source_digest:
        yield Reason(
            code="MB122",
            field="model_digest" if isinstance(new, ModelEntry) else "target_digest",
            old=old.source_digest or "",
            new=new.source_digest or "",
            path=new.path,
            cosmetic=cosmetic,
            message=f"{new.path} changed" if old.source_digest else f"{new.path} not recorded yet",
        )
    for reason in _digests("MB121", "code_digests", old.code, new.code, old, new):
        imported = reason.path is not None and reason.path in closure.via
        via = closure.chain(reason.path) if reason.path and imported else ()
        yield replace(reason, via=via, cosmetic=cosmetic)


def _code_is_cosmetic(c: Comparison) -> bool:
    """Whether the code of now, with everything else as recorded, behaves as recorded."""
    if c.recorded.behavior_digest is None or c.recorded.entrypoint != c.derived.entrypoint:
        return False
    return c.recorded.behavior_digest == entry_behavior(
        c.derived, c.context, c.environment, like=c.recorded
    )


def _derived_digests(c: Comparison) -> Iterator[Reason]:
    old, new = c.recorded, c.derived
    if old == new:
        return
    same_but_environment = entry_behavior(new, c.context, c.environment) == old.behavior_digest
    if same_but_environment and replace(old, behavior_digest=new.behavior_digest) == new:
        return
    yield Reason(
        code="MB128",
        field="model_digest" if isinstance(new, ModelEntry) else "target_digest",
        path=new.path,
        cosmetic=True,
        message="derived digests are not up to date",
    )
