"""Whether a value is what a convention means by a name, and what text a value is as a fact."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.values import (
    Call,
    Class,
    Constant,
    External,
    FilePath,
    Function,
    Module,
    Unknown,
    Value,
    Values,
    shown,
    text_of,
    union,
)
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Unresolved
from modelops_bundle.core.paths import BundlePath


class Match(StrEnum):
    """How many of the alternatives are meant."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Matcher:
    """Compares values with the names of conventions, installed or the project's own.

    Args:
        resolver: Evaluates expressions; it is told which functions not to follow.
        names: All qualified names of the conventions in force.
    """

    def __init__(self, resolver: Resolver, names: Iterable[str]) -> None:
        self._resolver = resolver
        self._own: dict[str, frozenset[Value]] = {}
        self._groups: dict[tuple[str, ...], frozenset[Value]] = {}
        named: set[Value] = set()
        for name in names:
            named |= self._definitions(name)
        resolver.calls.named = frozenset(named)

    def match(self, values: Values, names: tuple[str, ...]) -> Match:
        """Whether the alternatives are among these names, or classes derived from them."""
        if not names:
            return Match.NONE
        hits = [self.is_one(value, names) for value in values]
        if all(hits):
            return Match.ALL
        return Match.SOME if any(hits) else Match.NONE

    def is_one(self, value: Value, names: tuple[str, ...]) -> bool:
        """Whether a value is one of the names, or a class derived from one."""
        if isinstance(value, Class):
            order = self._resolver.classes.ancestry(value).order
            return any(self.is_named(ancestor, names) for ancestor in order)
        return isinstance(value, External | Function) and self.is_named(value, names)

    def is_named(self, value: Value, names: tuple[str, ...]) -> bool:
        """Whether a value is one of the names itself."""
        if isinstance(value, External):
            return value.name in names
        own = self._groups.get(names)
        if own is None:
            own = frozenset(found for name in names for found in self._definitions(name))
            self._groups[names] = own
        return bool(own) and value in own

    def calls(self, value: Value, names: tuple[str, ...]) -> Match:
        """Whether a value is the result of calling one of the names."""
        return self.match(value.functions, names) if isinstance(value, Call) else Match.NONE

    def _definitions(self, name: str) -> frozenset[Value]:
        """What a qualified name means if it is the project's own."""
        held = self._own.get(name)
        if held is None:
            held = self._own[name] = frozenset(self._defined(name))
        return held

    def _defined(self, name: str) -> Iterable[Value]:
        parts = name.split(".")
        names = self._resolver.names
        for split in range(len(parts) - 1, 0, -1):
            module = names.module(".".join(parts[:split]))
            if not isinstance(module, Module):
                continue
            values: Values = (module,)
            for part in parts[split:]:
                values = union(found for value in values for found in self._member(value, part))
            return [value for value in values if isinstance(value, Class | Function)]
        return ()

    def _member(self, value: Value, name: str) -> Values:
        root = BundlePath(".")
        if isinstance(value, Module):
            return self._resolver.names.attribute(value, name, value.path or root)
        if isinstance(value, Class):
            return self._resolver.classes.attribute(value, name, value.path)
        return ()


def one_text(values: Values, expression: str, location: Location) -> str | Unresolved:
    """The one text that the alternatives agree on, or why there is none.

    Args:
        values: The alternatives.
        expression: Source text of what was evaluated.
        location: Where it stands.
    """
    texts: dict[str, Location | None] = {}
    reasons: list[str] = []
    for value in values:
        text = value.text if isinstance(value, FilePath) else text_of(value)
        if text is not None:
            origin = value.origin if isinstance(value, Constant) else None
            texts.setdefault(text, origin)
        elif isinstance(value, Unknown):
            reasons.append(f"{value.reason} ({value.location})")
        else:
            reasons.append(f"{shown(value)} is not a text")
    if len(texts) == 1 and not reasons and "" not in texts:
        return next(iter(texts))
    if not reasons:
        if set(texts) == {""}:
            reasons.append("the name is empty")
        else:
            places = ", ".join(
                f"{text!r} ({origin})" if origin is not None else repr(text)
                for text, origin in sorted(texts.items(), key=lambda item: item[0])
            )
            reasons.append(f"several values are possible: {places}")
    reason = "; ".join(dict.fromkeys(reasons[:3]))
    return Unresolved(
        expression=expression,
        reason=reason,
        location=location,
        candidates=tuple(sorted(texts)),
    )
