"""Events go to the standard `logging`, to nobody by default, and never with a secret."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle import api
from modelops_bundle.cli.app import main
from modelops_bundle.log import ROOT_LOGGER, Log, place
from support.scenarios import copy_example


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = copy_example("plain-decay", tmp_path / "decay")
    config = root / ".modelops-bundle" / "config.yaml"
    config.write_text("name: decay\nremote: 'layout:../store'\n")
    return root


def test_a_program_that_does_not_ask_sees_nothing(project: Path) -> None:
    program = (
        "import logging, sys; from modelops_bundle import api; api.push_dir(sys.argv[1]);"
        "from modelops_bundle.log import Log; Log('modelops_bundle.x').info('not seen')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(project)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_events_tell_what_was_done(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    law = project / "decay" / "law.py"
    law.write_text(law.read_text().replace("0.5", "0.25"))
    with caplog.at_level(logging.DEBUG, ROOT_LOGGER):
        api.sync(project)
        digest = api.push_dir(project)
        law.unlink()
        api.pull(project, restore_deleted=True)
        api.ensure(digest, path=project).release()
        api.ensure(digest, path=project).release()
    assert {record.name.partition(".")[0] for record in caplog.records} == {ROOT_LOGGER}
    assert {record.levelname for record in caplog.records} == {"INFO", "DEBUG"}
    told = caplog.text
    for event in (
        "analysis: worked out anew",
        "analysis: from the cache",
        f"wrote {project}/.modelops-bundle/registry.yaml",
        "uploading sha256:",
        f"published {digest} as sha-",
        "fetching 1 files",
        f"now holds {digest}",
        f"{digest} is now in the cache",
        f"{digest} is in the cache",
    ):
        assert event in told, event
    assert any(record.filename == "document.py" for record in caplog.records), "where it was said"


def test_events_are_dropped_while_nobody_can_listen() -> None:
    program = (
        "import sys; from modelops_bundle.log import Log; log = Log('modelops_bundle.x');"
        "log.info('early'); assert 'logging' not in sys.modules;"
        "import logging; logging.basicConfig(level=10, format='%(name)s %(funcName)s %(message)s');"
        "log.debug('late %d', 1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == "modelops_bundle.x <module> late 1\n"


def test_a_handler_of_the_caller_s_own_is_left_alone() -> None:
    root = logging.getLogger(ROOT_LOGGER)
    before, mine = list(root.handlers), logging.Handler()
    root.handlers[:] = [mine]
    try:
        Log("modelops_bundle.another").info("said")
        assert root.handlers == [mine]
    finally:
        root.handlers[:] = before


@pytest.mark.parametrize(
    ("url", "logged"),
    [
        ("https://host:5000/v2/a/blobs/x?sig=secret", "https://host:5000/v2/a/blobs/x"),
        ("https://user:secret@host/v2/a#secret", "https://host/v2/a"),
        ("layout:/folder/store", "layout:/folder/store"),
        ("host.example/team/flu", "host.example/team/flu"),
    ],
)
def test_a_url_is_logged_without_what_could_be_a_secret(url: str, logged: str) -> None:
    assert place(url) == logged


def test_debug_shows_events_on_stderr_and_leaves_logging_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    root = logging.getLogger(ROOT_LOGGER)
    Log("modelops_bundle.before").debug("so that the logger is set up")
    before = (list(root.handlers), root.level, root.propagate)
    assert main(["push", "--debug"]) == 0
    shown = capsys.readouterr()
    assert "operations.publish: published sha256:" in shown.err
    assert all(line.startswith("debug: ") for line in shown.err.splitlines())
    assert "debug: " not in shown.out
    assert (list(root.handlers), root.level, root.propagate) == before
    assert main(["status"]) == 0
    assert capsys.readouterr().err == ""


def test_debug_tells_that_a_status_was_remembered(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    for file in project.rglob("*"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    main(["status"])
    main(["status", "--debug"])
    assert "nothing has changed since the last status" in capsys.readouterr().err
