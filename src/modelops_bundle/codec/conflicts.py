"""Git's conflict markers in a file: both sides, and the base where git wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelops_bundle.codec.registry_decode import decode_root
from modelops_bundle.codec.yaml_nodes import YamlProblem, parse_document
from modelops_bundle.errors import RegistryError

_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_OURS = re.compile(rb"<{7}(?: .*)?\r?\n?", re.DOTALL)
_BASE = re.compile(rb"\|{7}(?: .*)?\r?\n?", re.DOTALL)
_SPLIT = re.compile(rb"={7}\r?\n?")
_THEIRS = re.compile(rb">{7}(?: .*)?\r?\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ConflictSides:
    """A conflicted file as each side has it.

    Attributes:
        base: What both sides started from; None where git did not write it (style `merge`), or
            where it cannot be read. Under `zdiff3` lines that both sides added alike stand in it.
    """

    ours: bytes
    base: bytes | None
    theirs: bytes


def has_conflict_markers(content: bytes) -> bool:
    """Whether a merge left this file for a person to settle.

    A line that starts a conflict and, later, one that ends it: one of them alone may be text.
    """
    start = content.find(b"<<<<<<<")
    if start < 0:
        return False
    opened = False
    for line in _LINES.findall(content):
        if _OURS.fullmatch(line):
            opened = True
        elif opened and _THEIRS.fullmatch(line):
            return True
    return False


def split_conflicts(content: bytes, *, name: str = "registry.yaml") -> ConflictSides:
    """Take a conflicted file apart (git-merge(1), "How conflicts are presented").

    The base is given only if every conflict in the file has one, and it can be read.

    Raises:
        RegistryError: the markers do not pair up, with the line.
    """
    ours: list[bytes] = []
    base: list[bytes] = []
    theirs: list[bytes] = []
    everywhere = (ours, base, theirs)
    into: tuple[list[bytes], ...] = everywhere
    conflicts = with_base = opened_at = 0
    for number, line in enumerate(_LINES.findall(content), 1):
        if _OURS.fullmatch(line):
            if into is not everywhere:
                raise _unpaired(name, number, "a conflict starts inside another")
            into, opened_at, conflicts = (ours,), number, conflicts + 1
        elif into[0] is ours and len(into) == 1 and _BASE.fullmatch(line):
            into, with_base = (base,), with_base + 1
        elif len(into) == 1 and into[0] is not theirs and _SPLIT.fullmatch(line):
            into = (theirs,)
        elif into[0] is theirs and _THEIRS.fullmatch(line):
            into = everywhere
        else:
            for side in into:
                side.append(line)
    if into is not everywhere:
        raise _unpaired(name, opened_at, "this conflict does not end")
    before = b"".join(base) if conflicts == with_base else None
    readable = before is not None and _is_registry(before)
    return ConflictSides(b"".join(ours), before if readable else None, b"".join(theirs))


def _is_registry(content: bytes) -> bool:
    """Whether a base can be read.

    `zdiff3` moves lines that both sides changed alike out of the conflict, and thereby into the
    base, where what they replaced still stands.
    """
    try:
        decode_root(parse_document(content.decode("utf-8-sig")).root)
    except (YamlProblem, UnicodeDecodeError):
        return False
    return True


def _unpaired(name: str, line: int, message: str) -> RegistryError:
    return RegistryError(
        message, path=name, line=line, hint="settle the merge by hand, then try again"
    )
