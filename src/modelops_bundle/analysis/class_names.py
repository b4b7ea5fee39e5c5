"""Which of many files define classes that some names may lead to, told from their text.

It is a guess, good for deciding where work is done and for nothing else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

_CLASS = re.compile(rb"\nclass[ \t]+(\w+)[ \t]*(?:\(([^)]*)\))?")
_WORD = re.compile(rb"\w+")


def defining(names: Iterable[str], contents: Sequence[bytes]) -> tuple[int, ...]:
    """The places of files that define these classes, or ancestors of theirs, nearest first."""
    classes: dict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
    for place, content in enumerate(contents):
        for match in _CLASS.finditer(content):
            classes[match[1]].append((place, match[2] or b""))
    queue = sorted(name.encode("utf-8", "replace") for name in names)
    seen = set(queue)
    found: dict[int, None] = {}
    for name in queue:
        for place, bases in classes.get(name, ()):
            found[place] = None
            words = [word for word in _WORD.findall(bases) if word not in seen]
            seen.update(words)
            queue += words
    return tuple(found)
