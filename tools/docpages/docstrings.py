"""Google-style docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

_SECTIONS = {"Args": "Arguments", "Attributes": "", "Returns": "Returns", "Raises": "Raises"}
#: Pages of the project's own design, of no use to a reader.
_DESIGN = re.compile(r"\s*\((?:contract|transport|architecture|experience)\.md[^)]*\)")
_HEAD = re.compile(rf"^({'|'.join(_SECTIONS)}):$")
#: `name, other: text` at the beginning of an item.
_ITEM = re.compile(r"^(?P<names>[\w.*]+(?:, [\w.*]+)*): (?P<text>.*)$")


def paragraphs(docstring: str) -> list[str]:
    """The text of a docstring before its sections, one paragraph an element."""
    return _paragraphs(_split(docstring)[""])


def items(docstring: str, section: str) -> list[tuple[str, str]]:
    """(names, text) of `Args`, `Attributes` or `Raises`; no names where it is plain text."""
    found: list[tuple[str, str]] = []
    for line in _split(docstring).get(section, []):
        start = _ITEM.match(line)
        if start and not line.startswith(" "):
            found.append((start["names"], start["text"]))
        elif found and line.strip():
            names, text = found[-1]
            found[-1] = (names, f"{text} {line.strip()}")
        elif line.strip():
            found.append(("", line.strip()))
    return found


def as_markdown(docstring: str) -> Iterator[str]:
    """All of it but attributes, which have a table of their own."""
    for paragraph in paragraphs(docstring):
        yield from (paragraph, "")
    for section, title in _SECTIONS.items():
        if section == "Returns" and section in _split(docstring):
            text = " ".join(_paragraphs(_split(docstring)[section]))
            yield from (f"{title}: {text}", "")
        elif title and items(docstring, section):
            yield from (f"{title}:", "")
            for names, text in items(docstring, section):
                shown = ", ".join(f"`{name}`" for name in names.split(", ")) if names else ""
                yield f"- {shown}: {text}" if shown else f"- {text}"
            yield ""


def _split(docstring: str) -> dict[str, list[str]]:
    """Lines by section, without the indentation of the section; "" for what comes first."""
    sections: dict[str, list[str]] = {"": []}
    current = ""
    for line in inspect.cleandoc(_DESIGN.sub("", docstring)).splitlines():
        head = _HEAD.match(line)
        if head:
            current = head[1]
            sections[current] = []
        else:
            sections[current].append(line[4:] if current and line.startswith("    ") else line)
    return sections


def _paragraphs(lines: list[str]) -> list[str]:
    text = "\n".join(lines).strip("\n")
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
