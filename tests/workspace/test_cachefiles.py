"""Files of a cache folder, whatever has been put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelops_bundle.workspace.cachefiles import prepare, prune, read, seal, write


def test_a_cache_keeps_itself_out_of_version_control_and_backups(tmp_path: Path) -> None:
    assert prepare(str(tmp_path / "cache"))

    assert (tmp_path / "cache/.gitignore").read_text() == "*\n"
    assert (tmp_path / "cache/CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172")
    assert prepare(str(tmp_path / "cache"))


def test_a_file_or_a_link_in_its_place_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)

    assert not prepare(str(tmp_path / "file"))
    assert not prepare(str(tmp_path / "link"))
    assert not prepare(str(tmp_path / "missing" / "cache"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert write(str(tmp_path), "a", b"one", b"", b"two")

    assert read(str(tmp_path), "a", 6) == b"onetwo"
    assert read(str(tmp_path), "a", 5) is None
    assert os.listdir(tmp_path) == ["a"]


def test_an_empty_file_is_read_as_such(tmp_path: Path) -> None:
    assert write(str(tmp_path), "a")

    assert read(str(tmp_path), "a", 10) == b""


@pytest.mark.parametrize("kind", ["absent", "folder", "fifo", "link"])
def test_what_is_no_file_is_not_read(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "a"
    if kind == "folder":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    elif kind == "link":
        (tmp_path / "target").write_text("x")
        place.symlink_to("target")

    assert read(str(tmp_path), "a", 10) is None


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    assert not write(str(tmp_path), "a", b"x")
    assert not write(str(tmp_path / "missing"), "a", b"x")
    assert os.listdir(tmp_path) == ["a"]


def test_the_newest_are_kept_and_abandoned_ones_go(tmp_path: Path) -> None:
    now_ns = 10**18
    for number in range(5):
        write(str(tmp_path), f"warm-{number}", b"")
        os.utime(tmp_path / f"warm-{number}", ns=(now_ns + number, now_ns + number))
    for name, age_s in ((".x.1.new", 10), (".x.2.new", 7200)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ns=(0, now_ns - age_s * 10**9))
    (tmp_path / "index").touch()

    prune(str(tmp_path), "warm-", 2)

    assert sorted(os.listdir(tmp_path)) == [".x.1.new", "index", "warm-3", "warm-4"]


def test_pruning_what_is_not_there_does_nothing(tmp_path: Path) -> None:
    prune(str(tmp_path / "missing"), "warm-", 2)


def test_two_folders_have_two_seals(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert seal(str(tmp_path / "a")) == seal(str(tmp_path / "a")) != seal(str(tmp_path / "b"))
    assert seal(str(tmp_path / "missing")) == b""
