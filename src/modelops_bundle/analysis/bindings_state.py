"""What a walk over statements keeps count of: positions, rounds of loops, what a block has done."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from modelops_bundle.analysis.scope import Binding, StarImport
from modelops_bundle.analysis.scope_effects import Effects, effects_of

Bindings = tuple[Binding, ...]

#: The most rounds of loops that are walked one by one in one file.
_MAX_ROUNDS = 512
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(slots=True)
class Clock:
    """Counts positions in the order of execution."""

    now: int = 0

    def tick(self) -> int:
        """The next position."""
        self.now += 1
        return self.now


@dataclass(slots=True)
class Steady:
    """Which names keep the container that they are given, and how many rounds were walked."""

    root: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef
    rounds: int = 0
    effects: Effects | None = None

    def walks(self, rounds: int) -> bool:
        """Whether there is room for that many rounds; takes it."""
        fits = self.rounds + rounds <= _MAX_ROUNDS
        self.rounds += rounds if fits else 0
        return fits

    def keeps(self, name: str, value: ast.expr) -> bool:
        """Whether a name's container, as it is spelt out, is never changed."""
        below = [part for part in ast.walk(value) if part is not value]
        if self.effects is None:
            self.effects = effects_of(self.root)
        touched = self.effects
        ways = {*touched.changed, *touched.handed, *touched.rebound}
        if any(isinstance(part, ast.List | ast.Dict | ast.Set) for part in below):
            ways |= set(touched.leaked)
        return name not in ways


@dataclass(slots=True)
class Outcome:
    """What a block of statements did.

    Attributes:
        changed: Names with their bindings at its end.
        made: All bindings made on the way.
        stars: Star imports in it.
        dead: Its end is not reached.
    """

    changed: dict[str, Bindings] = field(default_factory=dict)
    made: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[StarImport] = field(default_factory=list)
    dead: bool = False


def catches_import_errors(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is for imports that fail."""
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(one, ast.Name) and one.id in _IMPORT_ERRORS for one in types)
