"""What a server asks for before it answers: the challenges of RFC 7235, section 4.1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = re.compile(rf'({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))', re.ASCII)
_SCHEME = re.compile(rf"({_TOKEN})(?=\s|,|$)", re.ASCII)
_BETWEEN = re.compile(r"[\s,]+")
_MAX_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to show who one is.

    Attributes:
        scheme: In lower case: `basic`, `bearer`.
        parameters: By name in lower case.
    """

    scheme: str
    parameters: Mapping[str, str]


def parse_challenges(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """All challenges of the `WWW-Authenticate` headers; what is malformed ends its header."""
    return tuple(challenge for header in headers for challenge in _parse(header[:_MAX_LENGTH]))


def _parse(text: str) -> Iterator[Challenge]:
    scheme, parameters = "", {}
    at = 0
    while at < len(text):
        if gap := _BETWEEN.match(text, at):
            at = gap.end()
        elif scheme and (found := _PARAMETER.match(text, at)):
            name, quoted, bare = found.groups()
            parameters[name.lower()] = bare or re.sub(r"\\(.)", r"\1", quoted or "")
            at = found.end()
        elif found := _SCHEME.match(text, at):
            if scheme:
                yield Challenge(scheme, parameters)
            scheme, parameters = found[1].lower(), {}
            at = found.end()
        else:
            break
    if scheme:
        yield Challenge(scheme, parameters)
