"""The API leaves the process that calls it as it was, and serves several projects at once."""

from __future__ import annotations

import gc
import locale
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.conftest import copied_example
from modelops_bundle import api

#: Enough source in one file for all processors to be asked for help.
LINES = 6000


def state_of_process() -> dict[str, object]:
    """What a library must not change behind its caller's back."""
    root = logging.getLogger()
    numbers = [
        number for number in signal.Signals if number not in (signal.SIGKILL, signal.SIGSTOP)
    ]
    return {
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "hooks": (list(sys.path_hooks), list(sys.meta_path), sys.excepthook, sys.displayhook),
        "signals": [signal.getsignal(number) for number in numbers],
        "logging": (
            list(root.handlers),
            root.level,
            logging.raiseExceptions,
            logging.root.disabled,
        ),
        "warnings": list(warnings.filters),
        "collector": (gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()),
        "streams": (sys.stdout, sys.stderr, sys.stdin),
        "recursion": sys.getrecursionlimit(),
        "locale": locale.setlocale(locale.LC_ALL),
        "umask": _umask(),
        "tracing": (sys.gettrace(), sys.getprofile(), threading.excepthook),
    }


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def everything(root: Path) -> str:
    """Each function of the API, on one project."""
    law = root / "decay" / "law.py"
    law.write_text(law.read_text() + f"PLACE = r'{root.name}'\nPATTERN = '\\d'\n")
    assert not api.status(root).in_sync
    assert len(api.plan(root)) == 1
    assert api.sync(root).written
    digest = api.push_dir(root)
    assert api.require_fresh(root) == digest
    law.unlink()
    assert api.pull(root, restore_deleted=True).written == ("decay/law.py",)
    with api.ensure(digest, path=root) as bundle:
        assert root.name in (bundle.path / "decay" / "law.py").read_text()
    api.ensure(digest, root.with_name(f"{root.name}-run"), path=root)
    return digest


def test_nothing_of_the_process_is_changed(decay: Path, capfd: pytest.CaptureFixture[str]) -> None:
    big = decay / "decay" / "big.py"
    big.write_text("".join(f"VALUE_{number} = 'x' + '{number}'\n" for number in range(LINES)))
    law = decay / "decay" / "law.py"
    law.write_text("from decay import big\n" + law.read_text())
    before, imported = state_of_process(), set(sys.modules)
    everything(decay)
    assert state_of_process() == before
    mine = {name for name in set(sys.modules) - imported if name.partition(".")[0] == "decay"}
    assert not mine, "nothing of the project is imported"
    assert capfd.readouterr() == ("", "")


def test_two_projects_at_once_do_not_disturb_each_other(
    decay: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    roots = [decay, *(copied_example(tmp_path / f"p{n}", tmp_path / f"s{n}") for n in range(3))]
    before = state_of_process()
    with ThreadPoolExecutor(len(roots)) as pool:
        digests = list(pool.map(everything, roots))
    assert len(set(digests)) == len(roots)
    assert state_of_process() == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("function", [api.status, api.plan, api.sync])
def test_a_project_is_found_whatever_the_working_folder_is(
    decay: Path, function: Callable[[str], object]
) -> None:
    relative = os.path.relpath(decay / "decay")
    assert repr(function(relative)) == repr(function(str(decay)))
