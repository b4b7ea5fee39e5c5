"""When a stamp proves that nothing has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.workspace.stamps import file_system_now_ns, settled, stamp_of

NOW = 10**18


@pytest.mark.parametrize(
    ("mtime_ns", "ctime_ns", "proof"),
    [
        (NOW - 1, NOW - 1, True),
        (NOW, NOW - 1, False),
        (NOW - 1, NOW, False),
        (NOW + 10**15, NOW - 1, False),
        (-(10**9), NOW - 1, True),
        (-(1 << 63), NOW - 1, False),
    ],
)
def test_only_a_stamp_of_the_past_is_proof(mtime_ns: int, ctime_ns: int, proof: bool) -> None:
    assert settled((1, mtime_ns, ctime_ns, 7), NOW) is proof


def test_without_a_clock_nothing_is_proof(tmp_path: Path) -> None:
    now_ns = file_system_now_ns(str(tmp_path / "missing"))

    assert now_ns == 0
    assert not settled((1, NOW, NOW, 7), now_ns)


def test_the_file_systems_clock_orders_writes(tmp_path: Path) -> None:
    for number in range(200):
        before_ns = file_system_now_ns(str(tmp_path))
        (tmp_path / "a").write_text(str(number))
        written_ns = stamp_of((tmp_path / "a").stat())[2]

        assert before_ns <= written_ns <= file_system_now_ns(str(tmp_path))


def test_a_linked_clock_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("x")
    before = target.stat()
    (tmp_path / "clock").symlink_to(target)

    assert file_system_now_ns(str(tmp_path)) == 0
    assert target.stat().st_mtime_ns == before.st_mtime_ns
