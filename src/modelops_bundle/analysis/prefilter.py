"""Which files may define models or targets, told from their words without parsing them.

A symbol is found by a convention only if its file names the framework, or takes something from a
project file that does, directly or through others. To take something from a file its module has
to be named, or, for a package, a relative import has to lead there. So a file that mentions
neither the framework nor, step by step, such a file, cannot define any.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from modelops_bundle.analysis.modules import is_package_file
from modelops_bundle.analysis.source import declared_encoding
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.paths import BundlePath

# Everything but letters, digits and what may be part of one outside ASCII becomes a blank.
_SPLITTING = bytes(
    byte if byte > 127 or bytes((byte,)).isalnum() or byte == ord("_") else ord(" ")
    for byte in range(256)
)
_WORD = re.compile(r"[^\W\d]\w*")
_BARE_RELATIVE = re.compile(rb"from\s*[.\s\\]*\.[\s\\]*import\b")
_PLAIN = frozenset({"ascii", "us-ascii", "utf-8", "utf8", "utf-8-sig", "latin-1", "iso-8859-1"})

#: Stands for the words of a file that must be parsed to be judged.
ANYTHING = "*"
#: Stands for `from . import x`.
RELATIVE = "."
#: Stands for something that is called and given a name, or a namespace that is written.
MAKES = "="
_MAKING = re.compile(
    rb"^[ \t]*[A-Za-z_]\w*[ \t]*(?::[^=\n]*)?=[^=\n]*\(|\b(?:globals|vars|setattr)\b", re.MULTILINE
)
_DEFINES = frozenset({"class", "def", MAKES, ANYTHING})


def framework_words(conventions: Iterable[Convention]) -> frozenset[str]:
    """Top-level names of the frameworks: what a file that uses one has to mention."""
    return frozenset(
        name.partition(".")[0] for convention in conventions for name in convention.names()
    )


def module_word(path: BundlePath) -> str:
    """The word by which other files name a file's module."""
    return path.parent.name if is_package_file(path) else path.name.partition(".")[0]


def interesting_words(
    paths: Iterable[BundlePath], conventions: Iterable[Convention]
) -> frozenset[str]:
    """The words that `candidates` has to know about, for the files of one project."""
    return framework_words(conventions) | {module_word(path) for path in paths} | _DEFINES


def words_in(content: bytes, interesting: frozenset[str]) -> frozenset[str]:
    """The interesting words of a file; `ANYTHING` where bytes do not show them."""
    declared = declared_encoding(content)
    if declared is not None and declared.lower().replace("_", "-") not in _PLAIN:
        return frozenset({ANYTHING})
    written = content.translate(_SPLITTING).split()
    words = frozenset(word.decode("ascii") for word in _in_bytes(interesting).intersection(written))
    if not content.isascii():
        foreign = {word for word in written if not word.isascii()}
        # Python normalises identifiers: letters that merely look different are the same.
        joined = b" ".join(foreign)
        text = joined.decode("utf-8", "ignore") + " " + joined.decode("latin-1")
        words |= interesting.intersection(_WORD.findall(unicodedata.normalize("NFKC", text)))
    if _MAKING.search(content):
        words |= {MAKES}
    if _BARE_RELATIVE.search(content):
        words |= {RELATIVE}
    return words


@lru_cache(maxsize=1)
def _in_bytes(words: frozenset[str]) -> frozenset[bytes]:
    return frozenset(word.encode("ascii") for word in words if word.isascii())


def candidates(
    words: Mapping[BundlePath, frozenset[str]], conventions: Iterable[Convention]
) -> tuple[BundlePath, ...]:
    """The files that may define a model or target, sorted. Linear in the words.

    Args:
        words: `words_in` of every source file.
        conventions: What is looked for.
    """
    framework = framework_words(conventions)
    if not framework:
        return ()
    by_word: dict[str, list[BundlePath]] = defaultdict(list)
    for path, mentioned in words.items():
        for word in mentioned:
            # A package's `__init__` is reached by a relative import from the files below it.
            key = f"{RELATIVE}{_top(path)}" if word == RELATIVE else word
            by_word[key].append(path)
    reaching = _using(words, framework)
    queue = list(reaching)
    spread: set[str] = set()
    for path in queue:
        keys = [module_word(path)]
        if is_package_file(path):
            keys.append(f"{RELATIVE}{_top(path)}")
        for key in keys:
            if key in spread:
                continue
            spread.add(key)
            for other in by_word.get(key, ()):
                if other not in reaching:
                    reaching.add(other)
                    queue.append(other)
    return tuple(path for path in sorted(reaching) if words[path] & _DEFINES)


def narrowed(
    found: Iterable[BundlePath],
    words: Mapping[BundlePath, frozenset[str]],
    conventions: Iterable[Convention],
    leads_to: Callable[[BundlePath], Iterable[BundlePath]],
) -> tuple[BundlePath, ...]:
    """Those of the candidates that lead to a file which names the framework, in their order.

    A word is often only a word: two files that both say `sir` need not know each other. Linear
    in the files and what they lead to.

    Args:
        found: `candidates`.
        words: `words_in` of every source file.
        conventions: What is looked for.
        leads_to: All files whose names a file can get at by itself.
    """
    order = tuple(found)
    leading: dict[BundlePath, list[BundlePath]] = defaultdict(list)
    seen = set(order)
    queue = list(order)
    for path in queue:
        for target in leads_to(path):
            leading[target].append(path)
            if target not in seen:
                seen.add(target)
                queue.append(target)
    using = _using(words, framework_words(conventions)) & seen
    queue = list(using)
    for path in queue:
        for other in leading.get(path, ()):
            if other not in using:
                using.add(other)
                queue.append(other)
    return tuple(path for path in order if path in using)


def _using(
    words: Mapping[BundlePath, frozenset[str]], framework: frozenset[str]
) -> set[BundlePath]:
    """The files that name the framework, or are part of it."""
    return {
        path
        for path, mentioned in words.items()
        if mentioned & framework
        or ANYTHING in mentioned
        or framework & set(path.parts)
        or module_word(path) in framework
    }


def _top(path: BundlePath) -> str:
    return path.parts[0]
