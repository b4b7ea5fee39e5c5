"""Text that can be computed from literals: formatting, joining, and the pure string methods."""

from __future__ import annotations

import re
import string

from modelops_bundle.analysis.values import MAX_TEXT_LENGTH, ConstantValue

#: Methods without side effects whose result is the same in all Python versions for ASCII text.
_METHODS = frozenset(
    (
        "capitalize",
        "casefold",
        "lower",
        "lstrip",
        "removeprefix",
        "removesuffix",
        "replace",
        "rstrip",
        "strip",
        "title",
        "upper",
    )
)
# Flags and widths could ask for gigabytes; names are not built that way.
_SAFE_SPEC = re.compile(r"(0?[1-9]?\d?)(\.\d)?[dsfeg]?")
_PERCENT = re.compile(r"%(?:[sd%])")


def formatted(value: ConstantValue, conversion: str, spec: str) -> str | None:
    """What `{value!conversion:spec}` gives in an f-string, None where it is not followed."""
    if isinstance(value, bytes | complex) or not _SAFE_SPEC.fullmatch(spec):
        return None
    try:
        if conversion:
            value = repr(value) if conversion in "ra" else str(value)
            if conversion == "a" and not value.isascii():
                return None
        return _bounded(format(value, spec))
    except (ValueError, TypeError, OverflowError):
        return None


def percent_formatted(template: str, values: tuple[ConstantValue, ...]) -> str | None:
    """`template % values` for plain `%s` and `%d`."""
    if len(_PERCENT.findall(template)) != template.replace("%%", "").count("%") + (
        template.count("%%")
    ):
        return None
    if any(isinstance(value, str | bytes) and len(value) > MAX_TEXT_LENGTH for value in values):
        return None
    try:
        return _bounded(template % values)
    except (ValueError, TypeError, OverflowError):
        return None


def brace_formatted(
    template: str, positional: tuple[ConstantValue, ...], named: dict[str, ConstantValue]
) -> str | None:
    """`template.format(…)` where the fields are plain names, indices or empty."""
    parts: list[str] = []
    automatic = 0
    try:
        for literal, field, spec, conversion in string.Formatter().parse(template):
            parts.append(literal)
            if field is None:
                continue
            if field == "":
                value = positional[automatic]
                automatic += 1
            elif field.isdigit() and automatic == 0:
                value = positional[int(field)]
            else:
                value = named[field]
            text = formatted(value, conversion or "", spec or "")
            if text is None:
                return None
            parts.append(text)
    except (ValueError, LookupError):
        return None
    return _bounded("".join(parts))


def call_method(text: str, method: str, arguments: tuple[ConstantValue, ...]) -> str | None:
    """`text.method(*arguments)`, None where it is not followed."""
    texts = [argument for argument in arguments if isinstance(argument, str)]
    if method not in _METHODS or len(texts) != len(arguments):
        return None
    if not all(one.isascii() for one in (text, *texts)):
        return None
    if method == "replace" and (
        len(texts) != 2 or (len(text) + 1) * len(texts[1]) > MAX_TEXT_LENGTH * 16
    ):
        return None
    try:
        return _bounded(str(getattr(text, method)(*texts)))
    except (TypeError, ValueError):
        return None


def joined(separator: str, parts: list[str]) -> str | None:
    """`separator.join(parts)`."""
    return _bounded(separator.join(parts))


def _bounded(text: str) -> str | None:
    return text if len(text) <= MAX_TEXT_LENGTH else None
