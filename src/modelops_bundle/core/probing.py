"""What the probe in the user's interpreter reports, as types: facts of entries, and failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RunFact:
    """What a framework says at run time; `values` is None where it does not tell, with a reason."""

    values: tuple[str, ...] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunFrame:
    """One line of a traceback, with the file as the interpreter names it."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailure:
    """An exception of the user's code.

    Attributes:
        type: The exception's class.
        missing: The module that was not found, or "".
        imports: It is an ImportError, or comes of one.
        kept_out: The project's own file that would have been loaded, had it travelled; or "".
        memory: It is a MemoryError.
        exits: It is a SystemExit.
    """

    type: str
    message: str
    frames: tuple[RunFrame, ...] = ()
    missing: str = ""
    imports: bool = False
    kept_out: str = ""
    memory: bool = False
    exits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What was found under an entry's name.

    Attributes:
        found: There is something of that name.
        names: What the module defines instead.
        right: It is a class, or can be called, as its kind asks for.
        is_a: Its own name, or what it is where that is wrong.
        is_function: It is a model that a person wrote as a function.
        facts: By name.
    """

    found: bool
    names: tuple[str, ...] = ()
    right: bool = True
    is_a: str = ""
    is_function: bool = False
    facts: Mapping[str, RunFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCall:
    """What calling a target gave.

    Attributes:
        called: False where it takes arguments that nobody can know.
        output: The model output that the result names, or "".
    """

    called: bool
    reason: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class RunAccess:
    """A file of the project, outside the bundle, that the user's code opened or wanted to write."""

    path: str
    frames: tuple[RunFrame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report of the probe.

    Attributes:
        event: `ready`, `imported`, `facts`, `calling`, `called` or `done`.
        id: The entry that it is about, or "".
    """

    event: str
    id: str = ""
    failure: RunFailure | None = None
    facts: RunFacts | None = None
    call: RunCall | None = None
    reads: tuple[RunAccess, ...] = ()
    writes: tuple[RunAccess, ...] = ()
    outside: tuple[RunAccess, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an interpreter has.

    Attributes:
        providers: By top-level module that was asked for: the distributions that install it.
        loose: Where modules are that no distribution installs, and that are found all the same.
        reached: Distributions that installing what is declared brings along.
        absent: What is declared and not installed.
    """

    version: str
    providers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    loose: Mapping[str, str] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
