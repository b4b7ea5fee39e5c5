"""Known names that look like a mistyped one: the "did you mean" of the whole program."""

from __future__ import annotations

from collections.abc import Callable, Iterable

CUTOFF = 0.6
_SHOWN = 3
#: What is nearly as close as the closest is named too.
_TIE = 0.03
#: A beginning of this length is taken for one, whatever follows.
_BEGINNING = 3


def closest(word: str, known: Iterable[str], *, number: int = _SHOWN) -> tuple[str, ...]:
    """Names that a mistyped one may stand for, best first, without regard to case.

    Names that begin with the word come before those that only look like it.
    """
    import difflib  # off the start-up path: only a wrong name needs it

    names: dict[str, str] = {}
    for name in known:
        names.setdefault(name.casefold(), name)
    wanted = word.casefold()
    begun = [name for name in names if len(wanted) >= _BEGINNING and name.startswith(wanted)]
    if wanted in names or not 0 < len(begun) <= number:
        begun = []
    close = difflib.get_close_matches(wanted, names, number, CUTOFF)
    found = dict.fromkeys([*begun, *close])
    return tuple(names[name] for name in found)[:number]


def did_you_mean(
    word: str, known: Iterable[str], otherwise: str = "", *, shown: Callable[[str], str] = repr
) -> str:
    """A hint for an error about a name that is not known.

    Args:
        otherwise: The hint where no known name is close.
        shown: How a name is written in it.
    """
    import difflib

    wanted = word.casefold()
    near = closest(word, known)
    if not near:
        return otherwise

    def likeness(name: str) -> float:
        other = name.casefold()
        begins = len(wanted) >= _BEGINNING and other.startswith(wanted)
        return 1.0 if begins else difflib.SequenceMatcher(None, other, wanted).ratio()

    best = max(map(likeness, near))
    meant = [shown(name) for name in sorted(near) if likeness(name) >= best - _TIE]
    return f"did you mean {_either(meant)}?"


def _either(texts: list[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} or {last}" if first else last
