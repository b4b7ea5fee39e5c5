"""Being told of changes, and looking again where nobody tells."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.workspace.notifier import Notifier, distant_kind

MOUNTS = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 21 0:35 / /net rw - nfs4 server:/home rw,vers=4.2
41 40 0:36 / /net/ada/my\\040disk rw - ext4 /dev/sdb1 rw
42 21 0:37 / /mnt/share rw - cifs //server/share rw
"""


def never() -> bool:
    return False


def test_a_write_is_told_with_its_path(tmp_path: Path) -> None:
    notifier = Notifier([str(tmp_path)])
    assert notifier.problem == ""
    (tmp_path / "data.csv").write_text("1\n")
    assert notifier.wait(never, 60) == "told"
    assert notifier.told == {str(tmp_path / "data.csv")}
    assert not notifier.replaced
    notifier.close()


def test_only_the_folders_themselves_are_watched(tmp_path: Path) -> None:
    deep = tmp_path / "node_modules"
    deep.mkdir()
    notifier = Notifier([str(tmp_path)])
    (deep / "x").write_text("1\n")
    (tmp_path / "y").write_text("1\n")
    assert notifier.wait(never, 60) == "told"
    assert notifier.told == {str(tmp_path / "y")}
    notifier.close()


def test_a_folder_that_is_replaced_must_be_watched_anew(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    notifier = Notifier([str(tmp_path), str(data)])
    data.rmdir()
    data.mkdir()
    assert notifier.wait(never, 60) == "told"
    assert notifier.replaced
    notifier.close()


def test_a_caller_that_wakes_up_ends_the_wait(tmp_path: Path) -> None:
    notifier = Notifier([str(tmp_path)])
    answers = iter([False, False, True])
    assert notifier.wait(lambda: next(answers), 60) == "woken"
    assert notifier.wait(never, 0.01) == "time"
    notifier.close()


def test_without_a_notifier_time_goes_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    notifier = Notifier([str(tmp_path)])
    assert notifier.problem == "WATCHFILES_FORCE_POLLING is set"
    (tmp_path / "x").write_text("1\n")
    assert notifier.wait(never, 0.01) == "time"
    answers = iter([False, True])
    assert notifier.wait(lambda: next(answers), 60) == "woken"


@pytest.mark.parametrize("value", ["", "0", "false", "disable", "Disabled"])
def test_polling_can_be_refused(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", value)
    notifier = Notifier([str(tmp_path)])
    assert notifier.problem == ""
    notifier.close()


def test_a_folder_that_is_gone_is_no_failure(tmp_path: Path) -> None:
    notifier = Notifier([str(tmp_path), str(tmp_path / "gone")])
    assert notifier.problem == ""
    notifier.close()


LIMITED = """\
import sys
from modelops_bundle.workspace.notifier import Notifier
print(Notifier(sys.argv[1:]).problem)
"""


@pytest.mark.parametrize(
    ("limit", "problem"),
    [
        ("max_inotify_watches", "the system's limit of watched folders is reached"),
        ("max_inotify_instances", "the system's limit of notifiers is reached"),
    ],
)
def test_at_the_limit_of_the_system_it_falls_back_to_polling(
    limit: str, problem: str, tmp_path: Path
) -> None:
    folders = [tmp_path / str(number) for number in range(6)]
    for folder in folders:
        folder.mkdir()
    allowed = 3 if limit.endswith("watches") else 0
    # In a user namespace of its own the limit can be lowered without harm to anybody else.
    lower = f'echo {allowed} > /proc/sys/user/{limit} && exec "$0" "$@"'
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", lower, sys.executable, "-c", LIMITED, *map(str, folders)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "denied" in done.stderr:
        pytest.skip("no user namespaces on this machine")
    assert done.stdout.strip() == problem, done.stderr


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/project", ""),
        ("/net/ada/project", "nfs4"),
        ("/net/ada/my disk/project", ""),
        ("/mnt/share", "cifs"),
        ("/mnt/shared", ""),
    ],
)
def test_file_systems_that_others_write_to_are_known(folder: str, kind: str) -> None:
    assert distant_kind([folder], MOUNTS) == kind
    assert distant_kind(["/srv", folder], MOUNTS) == kind


def test_a_table_of_mounts_that_is_none_says_nothing() -> None:
    assert distant_kind(["/"], "\n - \nx y\n") == ""
