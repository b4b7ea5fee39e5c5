"""Files that define the classes which some names lead to."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.class_names import defining

FILES = (
    b"import x\nclass A(m.B, Generic[T]): pass\n",
    b"\nclass Other: pass\n",
    b"\nclass B(\n    C,\n): pass\nclass A: pass\n",
    b"\nclass C(A): pass\n",
    b"\nclass \xc3\xa9(B): pass\n",
)


@pytest.mark.parametrize(
    ("names", "places"),
    [
        ((), ()),
        (("nothing",), ()),
        (("Other",), (1,)),
        (("A",), (0, 2, 3)),
        (("C",), (3, 0, 2)),
        (("Other", "C"), (3, 1, 0, 2)),
    ],
)
def test_the_nearest_come_first(names: tuple[str, ...], places: tuple[int, ...]) -> None:
    assert defining(names, FILES) == places


def test_any_bytes_and_names_will_do() -> None:
    assert defining(["\ud800", "A"], [b"\xff\nclass A(\xff", b"\nclass A"]) == (0, 1)
