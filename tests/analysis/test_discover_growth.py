"""How the work of discovery grows with the code, counted in calls rather than in time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from modelops_bundle.core.paths import BundlePath
from support.analysis import discovery

HEAD = """\
import modelops_calabaria as cb
class M0(cb.BaseModel):
    PARAMS = cb.ParameterSpace([cb.ParameterSpec("a", 0, 1)])
    @cb.model_output("o")
    def o(self, raw, seed): ...
"""


def _chain(size: int) -> str:
    return HEAD + "".join(
        f"class M{number}(M{number - 1}):\n    @cb.model_output('o{number}')\n"
        f"    def o{number}(self, raw, seed): ...\n"
        for number in range(1, size)
    )


def _flat(size: int) -> str:
    return HEAD + "".join(
        f"class M{number}(M0):\n    @cb.model_output('o{number}')\n"
        f"    def o{number}(self, raw, seed): ...\n"
        for number in range(1, size)
    )


def _loop(size: int) -> str:
    names = ", ".join(f"'m{number}'" for number in range(size))
    return f"{HEAD}for n in ({names}):\n    globals()[n] = type(n, (M0,), {{'n': n}})\n"


def _targets(size: int) -> str:
    return HEAD + "".join(
        f"@cb.calibration_target(model_output='o', data={{'x': 'd{number}.csv'}})\n"
        f"def t{number}(paths): ...\n"
        for number in range(size)
    )


def _calls(source: str) -> int:
    """How many functions of ours are called to discover what a file defines."""
    made = discovery({"main.py": source})
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        made.file(BundlePath("main.py"))
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("code", [_chain, _flat, _targets], ids=["chain", "flat", "targets"])
def test_twice_the_code_is_about_twice_the_work(code: Callable[[int], str]) -> None:
    assert _calls(code(160)) < 2.4 * _calls(code(80))


def test_twice_the_rounds_of_a_loop_are_about_twice_the_work() -> None:
    assert _calls(_loop(60)) < 2.4 * _calls(_loop(30))
