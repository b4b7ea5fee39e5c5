"""Discovered symbols and findings as JSON values, and what one file's discovery depends on."""

from __future__ import annotations

from modelops_bundle.analysis.outcome import FileDiscovery
from modelops_bundle.analysis.packing import (
    UnreadableError,
    flag,
    items,
    number,
    pack,
    text,
    texts,
    unpack,
)
from modelops_bundle.core.digest import SemanticDigest
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.observation import (
    Discovered,
    ListFact,
    ModelFacts,
    TargetFacts,
    Unresolved,
)
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import Kind


def encode_discovery(found: FileDiscovery) -> bytes:
    """What a file defines, as JSON."""
    return pack(
        [
            [pack_discovered(one) for one in found.discovered],
            [pack_finding(one) for one in found.findings],
            sorted(found.extended),
            sorted(found.partial),
        ]
    )


def decode_discovery(content: bytes) -> FileDiscovery:
    """The inverse of `encode_discovery`.

    Raises:
        UnreadableError: not what it writes.
    """
    discovered, findings, extended, partial = items(unpack(content), 4)
    pairs = [texts(items(pair, 2)) for pair in items(extended)]
    return FileDiscovery(
        discovered=tuple(map(unpack_discovered, items(discovered))),
        findings=tuple(map(unpack_finding, items(findings))),
        extended=frozenset((BundlePath(path), symbol) for path, symbol in pairs),
        partial=frozenset(texts(partial)),
    )


def pack_discovered(one: Discovered) -> list[object]:
    """A discovered symbol as a JSON value."""
    facts: list[object]
    if isinstance(one.facts, ModelFacts):
        facts = [_list(one.facts.outputs), _list(one.facts.scenarios), _list(one.facts.parameters)]
    else:
        output = one.facts.model_output
        facts = [
            _unresolved(output) if isinstance(output, Unresolved) else output,
            None if one.facts.data is None else _list(one.facts.data),
            one.facts.body_output,
        ]
    return [
        one.kind.value,
        one.entrypoint,
        one.path,
        facts,
        [one.location.path, one.location.line],
        one.symbol_digest,
        one.convention,
        one.abstract,
    ]


def unpack_discovered(value: object) -> Discovered:
    """The inverse of `pack_discovered`."""
    kind, entrypoint, path, facts, location, digest, convention, abstract = items(value, 8)
    known = _kind(kind)
    return Discovered(
        kind=known,
        entrypoint=Entrypoint(text(entrypoint)),
        path=BundlePath(text(path)),
        facts=_model_facts(facts) if known is Kind.MODEL else _target_facts(facts),
        location=_location(location),
        symbol_digest=SemanticDigest(text(digest)),
        convention=text(convention),
        abstract=flag(abstract),
    )


def pack_finding(one: Finding) -> list[object]:
    """A finding as a JSON value."""
    place = one.location
    location = None if place is None else [place.path, place.line, place.column]
    return [one.code, one.severity.value, one.message, one.key, one.hint, location]


def unpack_finding(value: object) -> Finding:
    """The inverse of `pack_finding`."""
    code, severity, message, key, hint, location = items(value, 6)
    try:
        known = Severity(text(severity))
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    return Finding(
        code=text(code),
        severity=known,
        message=text(message),
        key=text(key),
        hint=text(hint),
        location=None if location is None else _exact_location(location),
    )


def _exact_location(value: object) -> Location:
    path, line, column = items(value, 3)
    return Location(BundlePath(text(path)), number(line), number(column))


def _list(fact: ListFact) -> list[object]:
    return [fact.values, [_unresolved(one) for one in fact.unresolved]]


def _unresolved(one: Unresolved) -> list[object]:
    place = [one.location.path, one.location.line]
    return [one.expression, one.reason, place, one.candidates]


def _kind(value: object) -> Kind:
    try:
        return Kind(text(value))
    except ValueError as error:
        raise UnreadableError(str(error)) from error


def _location(value: object) -> Location:
    path, line = items(value, 2)
    return Location(BundlePath(text(path)), number(line))


def _model_facts(value: object) -> ModelFacts:
    outputs, scenarios, parameters = map(_list_fact, items(value, 3))
    return ModelFacts(outputs=outputs, scenarios=scenarios, parameters=parameters)


def _target_facts(value: object) -> TargetFacts:
    output, data, body_output = items(value, 3)
    return TargetFacts(
        model_output=_unresolved_fact(output) if isinstance(output, list) else _optional(output),
        data=None if data is None else _list_fact(data),
        body_output=_optional(body_output),
    )


def _list_fact(value: object) -> ListFact:
    values, unresolved = items(value, 2)
    return ListFact(texts(values), tuple(map(_unresolved_fact, items(unresolved))))


def _unresolved_fact(value: object) -> Unresolved:
    expression, reason, location, candidates = items(value, 4)
    return Unresolved(
        expression=text(expression),
        reason=text(reason),
        location=_location(location),
        candidates=texts(candidates),
    )


def _optional(value: object) -> str | None:
    return None if value is None else text(value)
