"""How each shell takes an answer: the lines that the scripts beside this module read.

The first line is `words` or `paths`, each further one a candidate. For bash a candidate is what
replaces the last part of the word, quoted as that is; for zsh and fish it is the value itself,
and a description behind a tab.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from modelops_bundle.cli.completion.engine import Completion
    from modelops_bundle.cli.completion.line import Line
    from modelops_bundle.cli.completion.offers import Offer

_BASH_SPECIAL = frozenset(" !\"#$&'()*;<=>?@[\\]^`{|}~,:\t")
#: What bash, outside of quotes, reads as it is wherever it stands in a word.
_BASH_PLAIN = frozenset("=@^,:~")


def bash_lines(completion: Completion, line: Line, after: str) -> Iterator[str]:
    """Candidates that begin with the word so far, as what replaces its last part."""
    blank = "" if after.startswith(" ") else " "
    offers = _beginning(completion, line)
    is_path = bool(offers) and all(offer.is_path for offer in offers)
    yield "paths" if is_path else "words"
    for offer in offers:
        rest = (completion.lead + offer.value)[line.settled :]
        if is_path:
            # Bash quotes names of files itself, and marks folders where it finds them.
            lost = completion.elsewhere and not offer.value.startswith(("/", "~"))
            yield rest if lost else rest.removesuffix("/")
        elif line.quote:
            yield _inside(rest, line.quote)
        else:
            yield _backslashed(rest) + (blank if offer.whole else "")


def zsh_lines(completion: Completion, line: Line, after: str) -> Iterator[str]:
    """Every candidate, as `_describe` reads it: `1` or `0` for whole or not, value, description."""
    offers = _beginning(completion, line) or list(_clean(completion.offers))
    is_path = bool(offers) and all(offer.is_path for offer in offers)
    yield "paths" if is_path else "words"
    for offer in offers:
        if is_path:
            yield offer.value
        else:
            value = offer.value.replace("\\", "\\\\").replace(":", "\\:")
            about = f":{offer.about}" if offer.about else ""
            yield f"{int(offer.whole)}{value}{about}"


def fish_lines(completion: Completion, line: Line, after: str) -> Iterator[str]:
    """Every candidate, a tab, its description."""
    for offer in _beginning(completion, line) or _clean(completion.offers):
        yield f"{completion.lead}{offer.value}\t{offer.about}"


#: The writer of each shell; its last argument is what follows the cursor.
WRITERS: dict[str, Callable[[Completion, Line, str], Iterable[str]]] = {
    "bash": bash_lines,
    "zsh": zsh_lines,
    "fish": fish_lines,
}


def _beginning(completion: Completion, line: Line) -> list[Offer]:
    word = line.current
    return [o for o in _clean(completion.offers) if (completion.lead + o.value).startswith(word)]


def _clean(offers: Iterable[Offer]) -> Iterator[Offer]:
    """Without what could steer a terminal, or would be two lines."""
    for offer in offers:
        if offer.value.isprintable() or _is_bytes(offer.value):
            about = "".join(c if c.isprintable() else " " for c in offer.about)
            yield offer._replace(about=about)


def _is_bytes(text: str) -> bool:
    """Whether all that cannot be printed are bytes of a file name that is not UTF-8 (PEP 383)."""
    return all(c.isprintable() or 0xDC80 <= ord(c) <= 0xDCFF for c in text)


def _inside(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("'", "'\\''")
    return "".join(f"\\{c}" if c in '"\\$`' else c for c in text)


def _backslashed(text: str) -> str:
    special = _BASH_SPECIAL - _BASH_PLAIN
    return "".join(f"\\{c}" if c in special else c for c in text)
