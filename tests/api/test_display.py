"""How results show themselves: a line, the terminal's text, a notebook's cell."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle import api

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.api.display import Result

MODEL = "model:sample_decayingsample"


def make_stale(root: Path) -> None:
    law = root / "decay" / "law.py"
    law.write_text(law.read_text().replace("0.5", "0.25"))


def printed_by(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "modelops_bundle", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout


class Printer:
    """What IPython hands over, as far as it is used."""

    def __init__(self, depth: int) -> None:
        self.stack = [0] * depth
        self.printed = ""

    def text(self, text: str) -> None:
        self.printed += text


def test_a_line_says_how_a_project_stands(decay: Path) -> None:
    assert repr(api.status(decay)) == "ProjectStatus(decay: in sync, 2 entries, never-pushed)"
    make_stale(decay)
    assert repr(api.status(decay)) == "ProjectStatus(decay: stale, 1 of 2 entries)"
    assert repr(api.plan(decay)) == "Plan(1 update)"
    done = api.sync(decay)
    assert repr(done) == "SyncResult(wrote 1 update; decay: in sync, 2 entries, never-pushed)"
    assert repr(api.sync(decay)) == (
        "SyncResult(nothing to write; decay: in sync, 2 entries, never-pushed)"
    )
    assert repr(api.plan(decay)) == "Plan(nothing to do)"


def test_a_line_says_what_is_wrong(decay: Path) -> None:
    law = decay / "decay" / "law.py"
    law.write_text(law.read_text() + "# a comment\n")
    assert repr(api.status(decay)) == "ProjectStatus(decay: digests differ, 1 of 2 entries)"
    check = decay / "checks" / "activity.py"
    check.write_text(check.read_text().replace('"activity"', '"activities"'))
    api.sync(decay)
    assert repr(api.status(decay)) == (
        "ProjectStatus(decay: in sync, 2 entries, never-pushed, 1 error)"
    )
    check.unlink()
    plan = api.plan(decay)
    assert repr(plan) == "Plan(1 remove)"
    assert plan.refused == "destructive"
    assert api.plan(decay, force=True).refused is None
    (decay / "decay" / "sample.py").write_text("class class\n")
    assert f"cannot parse {MODEL}" in repr(api.plan(decay))
    registry = decay / ".modelops-bundle" / "registry.yaml"
    text = registry.read_text()
    registry.write_text(f"<<<<<<< a\n{text}=======\n{text}>>>>>>> b\n")
    assert "git conflict in the registry" in repr(api.status(decay))


def test_the_text_is_what_the_command_prints(decay: Path) -> None:
    make_stale(decay)
    assert str(api.status(decay)) + "\n" == printed_by(decay, "status")
    assert api.status(decay).text(verbose=True) + "\n" == printed_by(decay, "status", "-v")
    assert str(api.plan(decay)) in printed_by(decay, "sync", "--dry-run")
    other = decay.with_name("other")
    shutil.copytree(decay, other)
    assert str(api.sync(decay)) + "\n" == printed_by(other, "sync")


def test_what_a_pull_did(decay: Path) -> None:
    digest = api.push_dir(decay)
    (decay / "decay" / "law.py").unlink()
    pulled = api.pull(decay, restore_deleted=True)
    assert repr(pulled) == f"PullResult({digest[:19]}: 1 written)"
    assert str(pulled).endswith(digest)
    assert "decay/law.py" in str(pulled)
    assert repr(api.pull(decay)) == f"PullResult({digest[:19]}: nothing to do)"


def test_the_document_is_that_of_the_command(decay: Path) -> None:
    make_stale(decay)
    assert api.status(decay).to_dict() == json.loads(printed_by(decay, "status", "--json"))
    planned = json.loads(printed_by(decay, "sync", "--dry-run", "--json"))
    assert api.plan(decay).to_dict() == planned
    done = api.sync(decay)
    assert done.to_dict()["schema"] == "mops-bundle.sync/1"
    changed = done.to_dict()
    changed["entries"].clear()
    assert done.to_dict()["entries"], "a copy"


def test_a_cell_of_a_notebook_shows_the_text_escaped(decay: Path) -> None:
    config = decay / ".modelops-bundle" / "config.yaml"
    config.write_text("name: \"<script>\\e[31m&\"\nremote: 'layout:../store'\n")
    status = api.status(decay)
    html = status._repr_html_()
    assert html.startswith("<pre>&lt;script&gt;\\x1b[31m&amp; -&gt; layout:")
    assert html.endswith("</pre>")
    assert "\x1b" not in str(status)


def test_ipython_prints_the_text_alone_and_the_line_in_a_list(decay: Path) -> None:
    status = api.status(decay)
    alone, inside = Printer(1), Printer(2)
    status._repr_pretty_(alone, False)
    status._repr_pretty_(inside, False)
    assert alone.printed == str(status)
    assert inside.printed == repr(status)


def test_the_truth_of_a_status_is_refused_not_guessed(decay: Path) -> None:
    done = api.sync(decay)
    for result, word in ((done.status, "in_sync"), (done.plan, "empty"), (done, "written")):
        with pytest.raises(TypeError, match=rf"is not defined: say .*{word}"):
            bool(result)
    assert api.pull(decay, api.push_dir(decay))


def test_ok_is_what_the_check_asks(decay: Path) -> None:
    assert api.status(decay).ok
    check = decay / "checks" / "activity.py"
    check.write_text(check.read_text().replace('"activity"', '"activities"'))
    assert not api.status(decay).ok
    api.sync(decay)
    assert api.status(decay).in_sync
    assert not api.status(decay).ok


def test_results_are_gone_through(decay: Path) -> None:
    make_stale(decay)
    status, plan = api.status(decay), api.plan(decay)
    assert [entry.id for entry in status] == ["sample_decayingsample", "activity_target"]
    assert [entry.id for entry in status.differing] == ["sample_decayingsample"]
    assert [change.key for change in plan] == [MODEL]
    assert (len(status), len(plan)) == (2, 1)


def test_results_are_compared_by_value_and_travel_between_processes(decay: Path) -> None:
    digest = api.push_dir(decay)
    (decay / "decay" / "law.py").unlink()
    results: list[Result[object]] = [
        api.pull(decay, digest, restore_deleted=True),
        api.status(decay),
        api.plan(decay),
        api.sync(decay),
    ]
    for result in results:
        again = pickle.loads(pickle.dumps(result))
        assert again == result
        assert hash(again) == hash(result)
        assert str(again) == str(result)
    make_stale(decay)
    assert api.status(decay) != results[1]
    assert api.status(decay) == api.status(decay)


def test_a_bundle_in_the_cache_travels_without_its_hold(decay: Path) -> None:
    digest = api.push_dir(decay)
    with api.ensure(digest, path=decay) as bundle:
        again = pickle.loads(pickle.dumps(bundle))
        assert again == bundle
        again.release()
