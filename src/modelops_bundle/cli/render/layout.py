"""Columns: widths in character cells, alignment, and when a line is wide enough."""

from __future__ import annotations

from modelops_bundle.cli.output import encodable, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: From this width on, an entry and its reasons share a line.
WIDE = 108
#: Right edge of aligned columns in a stacked layout that has room for more.
LONGEST = 120


def cells(text: str) -> int:
    """How many character cells a terminal gives this text.

    What cannot be shown counts as it is written out: control characters, and what the encoding of
    standard output lacks. Widths are those of `wcwidth` in terminals: two for East Asian wide
    characters and emoji, none for what combines with the character before, one for what is
    ambiguous (Unicode Standard Annex 11).
    """
    if not (text.isascii() and text.isprintable()):
        text = encodable(printable(text))
    if text.isascii():
        return len(text)
    import unicodedata

    width = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me") or _is_hangul_part(character):
            continue  # it combines with the character before
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def _is_hangul_part(character: str) -> bool:
    """Whether it is a vowel or final of a syllable that its first consonant began."""
    return "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"


def padded(text: str, width: int) -> str:
    """The text with spaces up to this width; longer text is left as it is."""
    return text + " " * (width - cells(text))


def right_aligned(left: str, right: str, columns: int, margin: int = 2) -> list[str]:
    """One line with `right` at the right edge, or two where they would meet.

    Args:
        left: Its indentation included.
        right: "" for none.
        columns: Width of the terminal.
        margin: Cells left free at the edge.
    """
    if not right:
        return [left]
    edge = min(columns, LONGEST) - margin
    gap = edge - cells(left) - cells(right)
    if gap >= 2:
        return [left + " " * gap + right]
    return [left, " " * 6 + right]


def labelled(
    rows: Iterable[tuple[str, str]], indent: int, width: int, columns: int = 0
) -> list[str]:
    """Lines of a label, padded to `width` cells, and a text.

    Args:
        columns: Chains (`a -> b -> c`) that are longer go on in the next line; 0 for no limit.
    """
    lines: list[str] = []
    for label, text in rows:
        start = f"{' ' * indent}{spaced(label, width)}"
        first, *rest = _broken(text, columns - indent - width) if columns else [text]
        lines.append(f"{start}{first}".rstrip())
        lines += [" " * (indent + width) + part for part in rest]
    return lines


def spaced(label: str, width: int) -> str:
    """The label up to this width, and in any case apart from what follows."""
    return padded(label, width) if cells(label) < width else f"{label}  "


def _broken(text: str, width: int) -> list[str]:
    chain, gap, digests = text.partition("  ")
    first, *links = chain.split(" -> ")
    if links:
        links[-1] += gap + digests
    else:
        first = text
    parts = [first]
    for link in links:
        if cells(parts[-1]) + 4 + cells(link) <= width:
            parts[-1] += f" -> {link}"
        else:
            parts.append(f"-> {link}")
    return parts


def table(rows: Sequence[Sequence[str]], indent: int = 2) -> list[str]:
    """Rows in columns that are as wide as their widest cell, two spaces apart."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return [
        (
            " " * indent
            + "  ".join(padded(text, width) for text, width in zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def counted(count: int, singular: str, plural: str = "") -> str:
    """`1 entry`, `2 entries`."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def place(path: str | None, line: int | None) -> str:
    """`path:line`, as far as they are known."""
    if not path:
        return ""
    return f"{path}:{line}" if line else path


def wrapped(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """A text broken at blanks; a word that is wider than a line stands on one of its own, whole.

    Args:
        columns: Width of a line.
        first: What the first line begins with.
        rest: What further lines begin with.
    """
    lines: list[str] = []
    line, empty = first, True
    for word in text.split(" "):
        if not empty and cells(line) + 1 + cells(word) > columns:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]
