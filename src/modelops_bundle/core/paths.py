"""Paths inside a bundle, and the entrypoints that name symbols in them."""

from __future__ import annotations

import unicodedata

from modelops_bundle.errors import InvalidPathError, UsageError

_DRIVE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class BundlePath(str):
    """A path relative to the project root: POSIX, normalised, never absolute, never upwards.

    The root itself is `.`. Instances come from `parse` (text of unknown origin) or from the
    navigation methods; calling the class directly is for text known to be normalised.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> BundlePath:
        """Normalise and check a path.

        Raises:
            InvalidPathError: absolute, contains `..`, a drive letter, NUL, a control character
                or a name that is not valid UTF-8.
        """
        if not text:
            raise InvalidPathError("empty path")
        if text.startswith(("/", "\\")) or (text[1:2] == ":" and text[0] in _DRIVE_LETTERS):
            raise InvalidPathError(f"absolute path: {text!r}")
        parts = [part for part in text.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise InvalidPathError(f"path leaves the project: {text!r}")
        if not text.isprintable():
            _refuse_unprintable(text)
        return cls("/".join(parts) or ".")

    @property
    def parts(self) -> tuple[str, ...]:
        """The names on the way from the root; empty for the root."""
        return () if self == "." else tuple(self.split("/"))

    @property
    def name(self) -> str:
        """The last name, or `.` for the root."""
        return self.rsplit("/", 1)[-1]

    @property
    def stem(self) -> str:
        """The last name without its last suffix."""
        head, dot, _ = self.name.rpartition(".")
        return head if dot and head else self.name

    @property
    def suffix(self) -> str:
        """The last suffix with its dot, or ""."""
        head, dot, tail = self.name.rpartition(".")
        return dot + tail if dot and head else ""

    @property
    def parent(self) -> BundlePath:
        """The folder that holds it; the root is its own parent."""
        head, slash, _ = self.rpartition("/")
        return BundlePath(head) if slash else BundlePath(".")

    def joined(self, *names: str) -> BundlePath:
        """This path with further names below it.

        Raises:
            InvalidPathError: as `parse`.
        """
        return BundlePath.parse("/".join((self, *names)))

    def is_within(self, folder: BundlePath) -> bool:
        """Whether it is the folder or lies below it."""
        return folder == "." or self == folder or self.startswith(folder + "/")


ROOT = BundlePath(".")


def _refuse_unprintable(text: str) -> None:
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs":
            raise InvalidPathError(f"name is not valid UTF-8: {text!r}")
        if category == "Cc":
            raise InvalidPathError(f"control character in path: {text!r}")


class Entrypoint(str):
    """`importable.module:Qualified.name`, what a worker imports."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Entrypoint:
        """Check the form of an entrypoint.

        Raises:
            UsageError: not `module:symbol`.
        """
        module, colon, symbol = text.partition(":")
        if not colon or not module or not symbol or ":" in symbol:
            raise UsageError(f"not an entrypoint (module:symbol): {text!r}")
        return cls(text)

    @classmethod
    def of(cls, module: str, symbol: str) -> Entrypoint:
        """Join a module and a qualified name."""
        return cls(f"{module}:{symbol}")

    @property
    def module(self) -> str:
        """The dotted module."""
        return self.rpartition(":")[0]  # the name of a file may have a colon

    @property
    def symbol(self) -> str:
        """The qualified name within the module."""
        return self.rpartition(":")[2]
