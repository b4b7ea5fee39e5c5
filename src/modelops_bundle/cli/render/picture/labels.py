"""What is written in a box: two lines that fit, in a font whose characters are all as wide."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.picture.boxes import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.cli.render.picture.boxes import Box

#: Pixels of one character in either line: 12 and 10 pixels high, 0.602 wide in monospaced fonts.
NAME_PIXELS, NOTE_PIXELS = 7.25, 6.05
#: Room for the mark, and behind the text.
BEFORE, BEHIND = 32, 16
NARROWEST, WIDEST = 116, 268
_NAME_CELLS = int((WIDEST - BEFORE - BEHIND) / NAME_PIXELS)
_NOTE_CELLS = int((WIDEST - BEFORE - BEHIND) / NOTE_PIXELS)

MARKS = {"fresh": "=", "cosmetic": "~", "added": "+", "undeclared": "?"}
KINDS = {
    "model": "model",
    "target": "target",
    "output": "output",
    "target_set": "target set",
    "code": "code",
    "data": "data",
    "environment": "environment",
    FOLDER: "folder",
}
STATES = {
    "fresh": "as recorded",
    "cosmetic": "digest only",
    "stale": "stale",
    "missing": "missing",
    "unparsed": "cannot be parsed",
    "ambiguous": "to be decided",
    "added": "new",
    "undeclared": "read, not declared",
}
_ELLIPSIS = "\u2026"


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a box: `name` above `state` and `note`, either of which may be empty."""

    mark: str
    name: str
    state: str
    note: str

    @property
    def width(self) -> int:
        """How wide a box has to be for it, in pixels; even."""
        below = cells(self.state) + cells(self.note) + (3 if self.state and self.note else 0)
        text = max(cells(self.name) * NAME_PIXELS, below * NOTE_PIXELS)
        return max(NARROWEST, 2 * round((text + BEFORE + BEHIND) / 2))


def label(box: Box) -> Label:
    """The label of a box; names that are too long lose their middle, folders their beginning."""
    folder, _, base = printable(box.name).rpartition("/")
    files = box.kind in ("code", "data", "environment")
    state = state_words(box.state, affected=box.affected, quiet=True)
    if box.kind == FOLDER:
        name, note = printable(box.name), f"{len(box.members)} {box.place} files"
    elif files and folder:
        name, note = base, folder + "/"
    else:
        name, note = printable(box.name), KINDS[box.kind]
    left = _NOTE_CELLS - (cells(state) + 3 if state else 0)
    return Label(
        mark=MARKS.get(box.state, "!"),
        name=shortened(name, _NAME_CELLS, 0.5),
        state=state,
        note=shortened(note, left, 0.0),
    )


def state_words(state: str, *, affected: bool, quiet: bool = False) -> str:
    """How a state is called; affected is what is as recorded and depends on what is not.

    Args:
        quiet: Say nothing of what is well.
    """
    if state in ("fresh", "cosmetic") and affected:
        return "affected" if state == "fresh" else "digest only, affected"
    return "" if quiet and state == "fresh" else STATES[state]


def look(state: str, *, affected: bool) -> str:
    """The class that colours a box: what it has in common with others of its state."""
    if state in ("fresh", "cosmetic"):
        return "affected" if affected else state
    return state if state in ("added", "undeclared") else "stale"


def cells(text: str) -> int:
    """How many characters' room a text takes; in doubt more."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    # Fonts of other scripts are not monospaced: only those that share the Latin ones' are known.
    narrow = ord(character) < 0x0530 or character == _ELLIPSIS
    return 1 if narrow and unicodedata.east_asian_width(character) not in "WF" else 2


def shortened(text: str, most: int, kept: float) -> str:
    """A text of at most so many cells, with an ellipsis for what was left out.

    Args:
        most: Cells; at least 1.
        kept: Which part of the room is for the beginning, from 0 to 1.
    """
    if cells(text) <= most:
        return text
    room = most - 1
    head = _fitting(text, int(room * kept))
    tail = _fitting(text[::-1], room - cells(head))[::-1]
    return head + _ELLIPSIS + tail


def _fitting(text: str, room: int) -> str:
    used = 0
    for at, character in enumerate(text):
        used += _cells(character)
        if used > room:
            return text[:at]
    return text
