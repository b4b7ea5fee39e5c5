"""Functions that the platform's workers cannot call are told from all others."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.wire_call import uncallable_wire


@pytest.mark.parametrize(
    "source",
    [
        "def wire(entrypoint, parameters):\n    pass\n",
        "def wire(entrypoint, parameters, *, seed):\n    pass\n",
        "def wire(entrypoint, parameters, seed, more):\n    pass\n",
        "def wire():\n    pass\n",
    ],
)
def test_what_takes_no_three_arguments_is_found_with_its_line(source: str) -> None:
    assert uncallable_wire(f"import json\n\n{source}".encode()) == 3


@pytest.mark.parametrize(
    "source",
    [
        "def wire(entrypoint, parameters, seed):\n    pass\n",
        "def wire(entrypoint, parameters, seed=1, more=None):\n    pass\n",
        "def wire(entrypoint, /, *rest, **more):\n    pass\n",
        "@seeded\ndef wire(entrypoint, parameters):\n    pass\n",
        "def wire(entrypoint):\n    pass\nwire = adapted(wire)\n",
        "if FAST:\n    def wire(entrypoint):\n        pass\n",
        "from framework import wire\n",
        "from framework import *\ndef wire(entrypoint):\n    pass\n",
        "def wire(:\n",
        "",
    ],
)
def test_what_may_be_called_is_not(source: str) -> None:
    assert uncallable_wire(source.encode()) == 0
