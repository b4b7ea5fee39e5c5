"""Where the program's events go: the standard `logging`, under the name `modelops_bundle`.

Nobody can listen before `logging` is imported, and a warm `status` has no time to import it: until
somebody else does, events are dropped. Pure packages have none. No event holds a secret: URLs are
logged without login, query and fragment, headers not at all.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger

ROOT_LOGGER = "modelops_bundle"


class Log:
    """The logger of one module; `Log(__name__)`."""

    __slots__ = ("_logger", "_name")

    def __init__(self, name: str) -> None:
        """Nothing is set up yet.

        Args:
            name: The module's.
        """
        self._name = name
        self._logger: Logger | None = None

    def info(self, message: str, *arguments: object) -> None:
        """What a person would want to know of a run: a push, a sync, a bundle that was fetched."""
        self._log(20, message, arguments)

    def debug(self, message: str, *arguments: object) -> None:
        """How it came about: what was hashed, what was asked, what a cache knew."""
        self._log(10, message, arguments)

    def _log(self, level: int, message: str, arguments: tuple[object, ...]) -> None:
        if self._logger is None:
            self._logger = _logger(self._name)
            if self._logger is None:
                return
        if self._logger.isEnabledFor(level):
            self._logger.log(level, message, *arguments, stacklevel=3)


def place(url: str) -> str:
    """A URL as it may be logged: whatever could be a secret in it is left out."""
    address = url.partition("?")[0].partition("#")[0]
    scheme, separator, rest = address.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"


def _logger(name: str) -> Logger | None:
    """The logger, with which nothing is printed unless the program that runs asks for it."""
    logging = sys.modules.get("logging")
    # Another thread may be importing it just now.
    if not hasattr(logging, "NullHandler") or logging is None:
        return None
    root: Logger = logging.getLogger(ROOT_LOGGER)
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    logger: Logger = logging.getLogger(name)
    return logger
