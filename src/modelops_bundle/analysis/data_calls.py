"""What well-known calls do with a path that they are given: read, list, write or mention it."""

from __future__ import annotations

import ast
import re
from enum import StrEnum
from functools import lru_cache

from modelops_bundle.analysis.path_texts import PATH_CALLS
from modelops_bundle.analysis.texts import TextEvaluator

LISTERS = frozenset({"iterdir", "listdir", "scandir", "walk", "fwalk"})
MATCHERS = frozenset({"glob", "iglob", "rglob"})
#: Keyword arguments that are prose.
PROSE = frozenset(
    """
    description doc desc epilog help label legend message metavar msg name prog suffix title usage
    xlabel ylabel
    """.split()  # noqa: SIM905 - a column of names is not readable
)

# They print or log it, or work on its letters.
_MUTE = frozenset(
    """
    print log debug info warning warn error exception critical fatal echo secho startswith endswith
    split rsplit splitlines partition rpartition replace strip lstrip rstrip removeprefix
    removesuffix find rfind index count match fullmatch search sub compile fnmatch fnmatchcase
    import_module __import__ getattr hasattr setattr add_argument_group TypeVar NewType skipif
    importorskip xfail skip exists lexists isfile isdir is_file is_dir
    """.split()  # noqa: SIM905 - a column of names is not readable
)
_MUTE_ENDINGS = ("Error", "Exception", "Warning")

_WRITERS = frozenset(
    """
    write_text write_bytes mkdir makedirs touch unlink remove rmdir rmtree rename replace_file
    savefig to_file copyfile_to mkstemp chmod
    """.split()  # noqa: SIM905 - a column of names is not readable
)
_WRITER = re.compile(r"(?:save|write|dump|export|to_)\w*", re.IGNORECASE)
_WRITING = frozenset("wax")

_READER = re.compile(
    r"(?:read|load|open|fetch)(?:_\w+)?|scan_\w+|from_?(?:csv|file|json|parquet|yaml|path)"
    r"|genfromtxt|loadtxt|imread|fromfile|fromtxt|read[A-Z]\w*|load[a-z]\w*|Dataset|File|ZipFile"
    r"|connect|memmap",
)
_PATH_KEYWORD = re.compile(r"path|file|name|folder|dir|io$|source|url")
# Methods of a path that read it.
_PATH_METHODS = frozenset({"read_text", "read_bytes", "open"})
_PATHLESS = frozenset({"loads", "parse_args", "parse_known_args"})


class Doing(StrEnum):
    """What a call does with a path."""

    PATH = "makes a path of it"
    LIST = "lists the folder, or matches the pattern"
    READ = "may read it"
    WRITE = "writes to it"
    MENTION = "only mentions it"


@lru_cache(maxsize=8192)
def doing_of(name: str) -> Doing | None:
    """What a call does, going by what is called; None where that says nothing."""
    if name in PATH_CALLS:
        return Doing.PATH
    if name in LISTERS or name in MATCHERS:
        return Doing.LIST
    if name in _MUTE or name.endswith(_MUTE_ENDINGS):
        return Doing.MENTION
    if name in _WRITERS or _WRITER.fullmatch(name):
        return Doing.WRITE
    return Doing.READ if _READER.fullmatch(name) else None


def may_read(name: str) -> bool:
    """Whether a call may read a file, going by what it is called."""
    return doing_of(name) is Doing.READ


def opens_to_write(call: ast.Call) -> bool:
    """Whether a call of `open` says so."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    # As a method of a path the mode comes first; `io.open("w")` would name a file.
    position = 0 if isinstance(call.func, ast.Attribute) and len(call.args) == 1 else 1
    for node in (*given, *call.args[position : position + 1]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= 4:
            return not _WRITING.isdisjoint(node.value)
    return False


def reads_computed_path(
    name: str, call: ast.Call, evaluator: TextEvaluator, streams: frozenset[str]
) -> bool:
    """Whether what such a call reads cannot be told.

    Args:
        name: What is called.
        call: The call.
        evaluator: Of the file that it is in.
        streams: Names of open files: what opened them says what is read.
    """
    if name in _PATH_METHODS and isinstance(call.func, ast.Attribute):
        if evaluator.texts(call.func.value).values is None:
            return True
        if name != "open":
            return False
    if name in _PATHLESS:
        return False
    keywords = [keyword for keyword in call.keywords if keyword.arg]
    named = [keyword for keyword in keywords if _PATH_KEYWORD.search(keyword.arg or "")]
    given = call.args[:1] or [keyword.value for keyword in named or keywords]
    if not given:
        # `file.read()` reads what was opened elsewhere; `self.load()` is looked into there.
        return bool(call.keywords)
    if isinstance(given[0], ast.Name) and given[0].id in streams:
        return False
    return any(evaluator.texts(path).values is None for path in given)
