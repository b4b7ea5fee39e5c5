"""What running the entries of a bundle showed: what is wrong, and what could not be compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import EntryKey


class Trouble(StrEnum):
    """What kind of thing is wrong with an entry; of several the first in this order counts."""

    CRASHED = "crashed"
    OUT_OF_MEMORY = "out-of-memory"
    TIMED_OUT = "timed-out"
    IMPORT_ERROR = "import-error"
    DATA_ERROR = "data-error"
    FACT_MISMATCH = "fact-mismatch"
    CALL_ERROR = "call-error"
    NOT_RUN = "not-run"


class Absence(StrEnum):
    """Why a module that is imported is not there."""

    #: No table of `pyproject.toml` names what provides it.
    UNDECLARED = "undeclared"
    #: The project has it, and it does not travel.
    UNTRACKED = "untracked"
    #: It is declared, and this interpreter does not have it.
    NOT_INSTALLED = "not-installed"
    #: Nothing is known to provide it: a name of the bundle's own, or one from nowhere.
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a traceback.

    Attributes:
        place: A path in the bundle, or for code of others a file's path as they call it.
        own: It is code of the bundle.
    """

    place: str
    line: int
    function: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with an entry.

    Attributes:
        message: One sentence without a full stop.
        hint: What mends it, or "".
        location: The user's line, where there is one.
        module: The module that is missing, or "".
        frames: The traceback, innermost last.
    """

    trouble: Trouble
    message: str
    hint: str = ""
    location: Location | None = None
    module: str = ""
    absence: Absence | None = None
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact that cannot be told at run time, and why."""

    fact: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """What is known of one entry after it ran.

    Attributes:
        line: 1-based line of its definition, or 0.
        compared: Facts that are as registered.
        open_facts: Facts that could not be compared.
        notes: What is worth knowing and is no fault.
        called: It was called, and gave something.
        printed: What its process printed, the middle left out where that is long.
        seconds: How long it took; entries of one module share its import.
    """

    key: EntryKey
    entrypoint: Entrypoint
    path: BundlePath
    line: int = 0
    problems: tuple[Problem, ...] = ()
    compared: tuple[str, ...] = ()
    open_facts: tuple[OpenFact, ...] = ()
    notes: tuple[str, ...] = ()
    called: bool = False
    printed: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def outcome(self) -> str:
        """`ok`, or the kind of the weightiest problem."""
        order = list(Trouble)
        kinds = sorted((one.trouble for one in self.problems), key=order.index)
        return kinds[0].value if kinds else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The Python that ran the entries.

    Attributes:
        executable: As it was called.
        chosen: Why this one, such as "the active virtual environment".
    """

    executable: str
    version: str
    chosen: str
