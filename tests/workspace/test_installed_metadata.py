"""Metadata of installed distributions, read as text."""

from __future__ import annotations

from pathlib import Path

from modelops_bundle.workspace.installed_metadata import providers

NAMES = {"yaml", "google", "fast", "single", "gone"}


def install(folder: Path, name: str, **files: str) -> None:
    info = folder / f"{name}.dist-info"
    info.mkdir(parents=True)
    for label, text in files.items():
        (info / label.replace("_txt", ".txt")).write_text(text)


def test_modules_come_from_both_kinds_of_lists(tmp_path: Path) -> None:
    install(tmp_path, "PyYAML-6.0", top_level_txt="_yaml\nyaml\n")
    install(tmp_path, "google_cloud.storage-2", RECORD="google/cloud/storage/__init__.py,x,1\n")
    install(tmp_path, "fast-1", RECORD="fast.cpython-311-x86_64-linux-gnu.so,x,1\n")
    install(tmp_path, "Single-1", RECORD="single.py,,\nsingle-1.dist-info/RECORD,,\n")
    install(tmp_path, "broken-1")
    (tmp_path / "not-a-folder-1.dist-info").write_text("")
    assert providers([str(tmp_path), str(tmp_path / "absent")], NAMES) == {
        "yaml": {"pyyaml"},
        "google": {"google-cloud-storage"},
        "fast": {"fast"},
        "single": {"single"},
    }


def test_nothing_is_looked_at_where_nothing_is_asked(tmp_path: Path) -> None:
    assert providers(iter(()), ()) == {}
    install(tmp_path, "evil-1", RECORD="\0\n../../x.py,,\n/abs.py,,\n", top_level_txt="\ufffd")
    assert providers([str(tmp_path)], NAMES) == {}
