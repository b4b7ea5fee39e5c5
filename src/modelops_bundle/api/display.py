"""How the API's results show themselves: a line for logs and lists, the terminal's text elsewhere.

`repr` is one short line. `str`, and a notebook's cell, have what the command prints.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape
from typing import ClassVar, Generic, NoReturn, Protocol, TypeVar

#: As in a pipe: text does not depend on where it is made.
DEFAULT_COLUMNS = 80

Document = TypeVar("Document", bound=Mapping[str, object])


class PrettyPrinter(Protocol):
    """What IPython gives to `_repr_pretty_`."""

    def text(self, text: str) -> None:
        """Print this."""


class Result(ABC, Generic[Document]):
    """Something that the API returns, with the JSON document of the command of that name.

    Attributes:
        document: What the command prints with `--json`; `to_dict` gives a copy.
    """

    __slots__ = ()

    #: What to ask for in place of the truth of a result, which is not defined; "" where it is.
    INSTEAD_OF_TRUTH: ClassVar[str] = ""

    document: Document

    @property
    @abstractmethod
    def summary(self) -> str:
        """The result in some ten words."""

    @abstractmethod
    def lines(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> list[str]:
        """What the command prints.

        Args:
            columns: Width of the terminal, in character cells.
            verbose: As the option `-v`, where the command has it.
        """

    def text(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> str:
        """The same as one text, with nothing in it that could steer a terminal."""
        from modelops_bundle.api.texts import printable_lines

        return "\n".join(printable_lines(self.lines(columns, verbose=verbose)))

    def to_dict(self) -> Document:
        """A copy of the JSON document: it may be changed."""
        return copy.deepcopy(self.document)

    def __bool__(self) -> bool:
        if self.INSTEAD_OF_TRUTH:
            self._refuse_truth()
        return True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.summary})"

    def __str__(self) -> str:
        return self.text()

    def _repr_pretty_(self, printer: PrettyPrinter, cycle: bool) -> None:
        """For IPython: the text in a cell of its own, the line inside of a list."""
        inside = cycle or len(getattr(printer, "stack", ())) > 1
        printer.text(repr(self) if inside else str(self))

    def _repr_html_(self) -> str:
        """For notebooks; names in a project come from others, so that everything is escaped."""
        return f"<pre>{escape(self.text())}</pre>"

    def _refuse_truth(self) -> NoReturn:
        # An object is true unless it says otherwise: `if status(...):` would never be false.
        raise TypeError(
            f"whether a {type(self).__name__} is true is not defined: say {self.INSTEAD_OF_TRUTH}"
        )
