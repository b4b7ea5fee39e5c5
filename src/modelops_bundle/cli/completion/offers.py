"""What may be offered: candidates of each kind, from the project's own files and the disk."""

from __future__ import annotations

import os
from typing import NamedTuple

from modelops_bundle.operations import known_names
from modelops_bundle.workspace.root import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LIMIT_BYTES = 4 << 20
_HEX = frozenset("0123456789abcdef")
_KINDS = {"models": "model", "targets": "target", "target_sets": "target set"}


class Offer(NamedTuple):
    """One candidate for a word.

    Attributes:
        value: The whole word, without quotes.
        about: What it is, in a few words, or "".
        whole: A blank follows it; False where the word goes on, as after a folder.
        is_path: A name on this disk.
    """

    value: str
    about: str = ""
    whole: bool = True
    is_path: bool = False


class Project:
    """What the project around the working folder names; nothing where there is none."""

    def __init__(self) -> None:
        try:
            self._root = find_root(os.getcwd())
        except OSError:
            self._root = None
        self._rows: list[list[str]] | None = None
        self._published: list[list[str]] | None = None

    def entries(self, *sections: str, lead: str = "", tail: str = "") -> Iterator[Offer]:
        """Ids of the entries, or names of target sets, of these sections of the registry.

        An id that a model and a target have is offered with its kind in front.
        """
        rows = [row for row in self._registered() if row[0] in sections]
        kinds: dict[str, set[str]] = {}
        for row in rows:
            kinds.setdefault(row[1], set()).add(row[0])
        for section, name, entrypoint, _, *listed in rows:
            word = f"{_KINDS[section]}:{name}" if len(kinds[name]) > 1 else name
            about = f"{_KINDS[section]} {entrypoint or ', '.join(listed)}".strip()
            yield Offer(f"{lead}{word}{tail}", about, whole=not tail)

    def outputs(self) -> Iterator[Offer]:
        """Outputs of the models."""
        found: dict[str, list[str]] = {}
        for section, name, _, _, *outputs in self._registered():
            for output in outputs if section == "models" else ():
                found.setdefault(output, []).append(name)
        for output, models in found.items():
            yield Offer(output, f"output of {', '.join(models)}")

    def symbols(self, entry: str) -> Iterator[Offer]:
        """Classes or functions of the file of an entry."""
        name = entry.partition(":")[2] if entry.startswith(("model:", "target:")) else entry
        for section, known, _, path, *_ in self._registered():
            if known == name and path and self._root is not None:
                what = "class" if section == "models" else "function"
                yield from symbols_in(os.path.join(self._root, path), what)

    def references(self, word: str) -> Iterator[Offer]:
        """Tags, and digests where the word could be the beginning of one."""
        yield from self.tags(word)
        head, colon, digits = word.rpartition(":")
        if digits and _HEX.issuperset(digits) and (not colon or head == "sha256"):
            tags: dict[str, list[str]] = {}
            for tag, digest, _ in self._known():
                if digest:
                    tags.setdefault(digest, []).extend([tag] if tag else [])
            for digest, names in tags.items():
                value = digest if colon else digest.removeprefix("sha256:")[:12]
                yield Offer(value, ", ".join(dict.fromkeys(names)))

    def tags(self, word: str) -> Iterator[Offer]:
        """Tags; the immutable ones of every push only where they are asked for."""
        newest = {tag: digest for tag, digest, _ in self._known() if tag}
        for tag in sorted(newest):
            if not tag.startswith("sha-") or word.startswith("sha-"):
                yield Offer(tag, newest[tag][7:19])

    def remotes(self, word: str) -> Iterator[Offer]:
        """Where bundles went or go, and folders behind `layout:`."""
        for url in dict.fromkeys(row[2] for row in self._known()):
            yield Offer(url, "remote")
        if word.startswith("layout:"):
            for folder in paths(word.removeprefix("layout:"), folders=True):
                yield Offer(f"layout:{folder.value}", whole=False)
        else:
            yield Offer("layout:", "a folder", whole=False)
            yield Offer("oci://", "a registry", whole=False)

    def hosts(self) -> Iterator[Offer]:
        """Registries that bundles went or go to."""
        urls = [row[2] for row in self._known()]
        hosts = (url[6:].partition("/")[0] for url in urls if url.startswith("oci://"))
        yield from map(Offer, dict.fromkeys(hosts))

    def tracked(self) -> Iterator[Offer]:
        """Files that a person added, as the working folder sees them."""
        if self._root is not None:
            here = os.path.realpath(os.getcwd())
            for path in known_names.tracked_paths(self._root):
                yield Offer(os.path.relpath(os.path.join(self._root, path), here))

    def _registered(self) -> list[list[str]]:
        if self._rows is None:
            self._rows = known_names.registered_names(self._root) if self._root else []
        return self._rows

    def _known(self) -> list[list[str]]:
        if self._published is None:
            self._published = known_names.published_names(self._root) if self._root else []
        return self._published


def environments() -> Iterator[Offer]:
    """Environments that the platform provisioned for this user."""
    yield from map(Offer, known_names.environment_names())


def paths(
    word: str, *, suffix: str | tuple[str, ...] = "", folders: bool = False
) -> Iterator[Offer]:
    """Files and folders whose path begins with the word; hidden ones where that says so.

    Args:
        suffix: Of files that are wanted, such as `.py`, or several.
        folders: Folders only.
    """
    head, slash, start = word.rpartition("/")
    folder = os.path.expanduser(head + slash) if slash else "."
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    for name, is_folder in found:
        hidden = name.startswith(".") and not start.startswith(".")
        if hidden or not name.startswith(start) or name == "__pycache__":
            continue
        if is_folder:
            yield Offer(f"{head}{slash}{name}/", whole=False, is_path=True)
        elif not folders and name.endswith(suffix):
            yield Offer(f"{head}{slash}{name}", is_path=True)


def python_files(word: str, what: str) -> Iterator[Offer]:
    """Python files and folders; behind `PATH:`, the classes or functions of that file.

    Args:
        what: `class` or `function`.
    """
    path, colon, _ = word.rpartition(":")
    if colon and path.endswith(".py"):
        for symbol in symbols_in(path, what):
            yield symbol._replace(value=f"{path}:{symbol.value}")
    else:
        yield from paths(word, suffix=".py")


def symbols_in(path: str, what: str) -> Iterator[Offer]:
    """Classes or functions at the top of a Python file, without running it."""
    import ast

    try:
        with open(os.path.expanduser(path), "rb") as stream:
            tree = ast.parse(stream.read(_LIMIT_BYTES))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef if what == "class" else ast.FunctionDef):
            yield Offer(node.name, f"{what} in line {node.lineno}")


def programs(word: str) -> Iterable[Offer]:
    """Python interpreters on the search path, or any path."""
    if "/" in word:
        return list(paths(word))
    found: dict[str, None] = {}
    for folder in os.get_exec_path():
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        found.update((n, None) for n in names if n.startswith("python") and "-" not in n)
    return [*map(Offer, found), *paths(word)]
