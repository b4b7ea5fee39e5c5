"""What is said to the probe in the user's interpreter, and what it reports: JSON, never trusted.

The user's code runs in the same process: it may write into the reports what it likes. Whatever is
not as it should be counts as not reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from modelops_bundle.core.probing import (
    Report,
    RunAccess,
    RunCall,
    RunFact,
    RunFacts,
    RunFailure,
    RunFrame,
    Survey,
)

_EVENTS = frozenset(("ready", "imported", "facts", "calling", "called", "done"))
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEntry:
    """One entry of a module: how the reports call it, its kind, and its name in the module."""

    id: str
    kind: str
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """What the probe is to do.

    Attributes:
        folder: The bundle's folder, as a real absolute path.
        roots: What goes first on `sys.path`.
        elsewhere: Real absolute paths of folders whose files did not travel.
        distribution: The project's own distribution, whose installed copy does not count; or "".
        module: To import.
        conventions: Of frameworks, field by field.
        call: Targets are called too.
    """

    folder: str
    roots: tuple[str, ...]
    elsewhere: tuple[str, ...]
    distribution: str
    module: str
    entries: tuple[ProbeEntry, ...]
    conventions: tuple[Mapping[str, object], ...]
    call: bool = False
    memory_bytes: int | None = None


def encode_request(request: ProbeRequest) -> bytes:
    """The request as the probe reads it."""
    return json.dumps(asdict(request)).encode("ascii")


def encode_survey(modules: Iterable[str], declared: Iterable[str]) -> bytes:
    """What the survey is to look for: top-level modules, and normalised distributions."""
    return json.dumps({"modules": sorted(modules), "declared": sorted(declared)}).encode("ascii")


def decode_survey(line: bytes) -> Survey | None:
    """The survey's answer; None for what it did not write."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or record.get("event") != "survey":
        return None
    providers, loose = record.get("providers"), record.get("loose")
    return Survey(
        version=_text(record.get("version")),
        providers={
            module: frozenset(_texts(names))
            for module, names in (providers if isinstance(providers, dict) else {}).items()
        },
        loose={n: _text(p) for n, p in (loose if isinstance(loose, dict) else {}).items()},
        reached=frozenset(_texts(record.get("reached"))),
        absent=frozenset(_texts(record.get("absent"))),
    )


def decode_report(line: bytes) -> Report | None:
    """One line of the reports; None for what the probe did not write."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or record.get("event") not in _EVENTS:
        return None
    return Report(
        event=record["event"],
        id=_text(record.get("id")),
        failure=_failure(record.get("failure")),
        facts=_facts(record.get("facts")),
        call=_call(record.get("call")),
        reads=_accesses(record.get("reads")),
        writes=_accesses(record.get("writes")),
        outside=_accesses(record.get("outside")),
    )


def _facts(value: Any) -> RunFacts | None:
    if not isinstance(value, dict):
        return None
    facts = {
        name: RunFact(
            None if not isinstance(fact.get("values"), list) else _texts(fact["values"]),
            _text(fact.get("reason")),
        )
        for name, fact in value.items()
        if isinstance(fact, dict)
    }
    right = value.get("class", value.get("callable", True))
    return RunFacts(
        found=value.get("found") is True,
        names=_texts(value.get("names")),
        right=right is True,
        is_function=value.get("function") is True,
        is_a=_text(value.get("is")),
        facts=facts,
    )


def _call(value: Any) -> RunCall | None:
    if not isinstance(value, dict):
        return None
    outputs = _texts(value.get("outputs"))
    return RunCall(
        called=value.get("called") is True,
        reason=_text(value.get("reason")),
        output=outputs[0] if outputs else "",
    )


def _failure(value: Any) -> RunFailure | None:
    if not isinstance(value, dict):
        return None
    return RunFailure(
        type=_text(value.get("type")),
        message=_text(value.get("message")),
        frames=_frames(value.get("frames")),
        missing=_text(value.get("missing")),
        imports=value.get("imports") is True,
        kept_out=_text(value.get("kept_out")),
        memory=value.get("memory") is True,
        exits=value.get("exits") is True,
    )


def _accesses(value: Any) -> tuple[RunAccess, ...]:
    return tuple(
        RunAccess(_text(one.get("path")), _frames(one.get("frames"))) for one in _records(value)
    )


def _frames(value: Any) -> tuple[RunFrame, ...]:
    return tuple(
        RunFrame(_text(one.get("file")), _line(one.get("line")), _text(one.get("function")))
        for one in _records(value)
    )


def _records(value: Any) -> Iterable[Mapping[str, Any]]:
    items = value[:_MOST] if isinstance(value, list) else []
    return (one for one in items if isinstance(one, dict))


def _texts(value: Any) -> tuple[str, ...]:
    items = value[:_MOST] if isinstance(value, list) else []
    return tuple(one for one in items if isinstance(one, str))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _line(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
