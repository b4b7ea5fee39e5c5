"""How deep and how long one question may go on."""

from __future__ import annotations

#: Units of nesting; the costliest takes about five Python frames of the thousand there are.
MAX_DEPTH = 120
#: What following one binding costs of the depth.
HOP = 2
#: Evaluations for a question about a file with few definitions, and for each further one.
WORK = 25_000
WORK_PER_DEFINITION = 300


class Budget:
    """Counts nesting and work; when it is used up, answers are unknown."""

    def __init__(self, work: int = WORK) -> None:
        self._depth = 0
        self._work = work

    def enter(self, weight: int = 1) -> bool:
        """Go down one step, if there is room; a step that was taken must be left again."""
        self._work -= 1
        if self._depth + weight > MAX_DEPTH or self._work < 0:
            return False
        self._depth += weight
        return True

    def leave(self, weight: int = 1) -> None:
        """Come back up."""
        self._depth -= weight
