"""`status`, `sync` and `check` on a real project: what they say, write, and exit with."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import Shell

RENAMED = "incidence_replicate_mean_target"


def rename_target(shell: Shell) -> None:
    shell.edit("targets/incidence.py", "def incidence_target(", f"def {RENAMED}(")


def delete_targets(shell: Shell) -> None:
    (shell.root / "targets/incidence.py").unlink()


def make_ambiguous(shell: Shell) -> None:
    text = shell.read("targets/incidence.py")
    head, first, second = text.split("\n\n\n")
    first = first.replace("incidence_target(", "by_day(").replace('"observed"]', '"observed"], 1')
    other = first.replace("by_day", "by_week").replace(", 1", ", 2")
    shell.write("targets/incidence.py", "\n\n\n".join((head, first, other, second)))
    cache = shell.root / ".modelops-bundle/cache"
    for file in sorted(cache.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()


def test_a_project_in_sync(shell: Shell) -> None:
    document = shell.json("status")
    assert document["schema"] == "mops-bundle.status/1"
    assert document["in_sync"] is True
    assert document["project"] == {"name": "sir", "registry": ".modelops-bundle/registry.yaml"}
    assert [entry["state"] for entry in document["entries"]] == ["fresh"] * 3
    assert shell("status", "--check").code == 0
    assert shell("sync", "--check").code == 0
    assert "In sync: 1 model, 2 targets." in shell("status").out


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--force",)])
def test_without_a_registry_nothing_is_said_to_be_in_sync(
    shell: Shell, options: tuple[str, ...]
) -> None:
    registry = shell.root / ".modelops-bundle/registry.yaml"
    registry.unlink()
    shown = shell("sync", *options)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(
        "error: .modelops-bundle/registry.yaml: there is no registry to sync; nothing was changed\n"
    )
    assert not registry.exists()


def test_a_sync_that_discovers_entries_may_begin_a_registry(shell: Shell) -> None:
    (shell.root / ".modelops-bundle/registry.yaml").unlink()
    shell.ok("sync", "--discover")
    assert shell.ok("sync").out.startswith("In sync: 1 model, 2 targets.")


def test_the_same_status_warm_and_cold(shell: Shell) -> None:
    for file in shell.root.rglob("*"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    cold = shell("status")
    assert shell("status") == cold
    rename_target(shell)
    assert RENAMED in shell("status").out


def test_a_renamed_function_with_a_wrong_output_and_changed_data(shell: Shell) -> None:
    rename_target(shell)
    shell.edit(".modelops-bundle/registry.yaml", "model_output: incidence\n", "model_output: BAD\n")
    shell.write("data/observed.csv", "day,in_bed\n1,4\n")
    document = shell.json("status")
    assert document["in_sync"] is False
    states = {entry["id"]: (entry["state"], entry["action"]) for entry in document["entries"]}
    assert states["incidence_target"] == ("stale", "rename")
    assert states["incidence_annealed_target"] == ("stale", "update")
    codes = {finding["code"]: finding for finding in document["preflight"]}
    assert codes["MB110"]["severity"] == codes["MB111"]["severity"] == "warning"
    assert shell("status").code == 0
    assert shell("status", "--check").code == 1

    synced = shell.json("sync")
    assert synced["schema"] == "mops-bundle.sync/1"
    assert synced["written"] is True
    assert synced["refused"] is None
    assert not [finding for finding in synced["preflight"] if finding["code"].startswith("MB11")]
    assert f"targets.incidence:{RENAMED}" in shell.registry
    assert "  incidence_target:" in shell.registry
    assert "BAD" not in shell.registry
    assert shell.json("status")["in_sync"] is True
    listed = shell.json("target-set", "show", "fit")["target_sets"]
    assert listed == [
        {"name": "fit", "targets": ["incidence_target"], "weights": {"incidence_target": 2.0}}
    ]


@pytest.mark.parametrize("option", ["--dry-run", "--check"])
def test_a_plan_is_shown_and_nothing_is_written(shell: Shell, option: str) -> None:
    rename_target(shell)
    before = shell.registry
    shown = shell("sync", option)
    assert f"> target incidence_target -> {RENAMED}" in shown.out
    assert "Nothing written" in shown.out
    assert shown.code == (1 if option == "--check" else 0)
    assert shell.registry == before


def test_a_removal_needs_force_or_keep(shell: Shell) -> None:
    delete_targets(shell)
    before = shell.registry
    for options in ([], ["--dry-run"], ["--check"]):
        refused = shell("sync", *options)
        assert refused.code == 3
        assert "(needs --force)" in refused.out
    document = shell.json("sync")
    assert (document["written"], document["refused"]) == (False, "destructive")
    assert shell.registry == before

    kept = shell("sync", "--keep")
    assert kept.code == 0
    assert "Not in sync: 2 entries are missing." in kept.out
    assert "incidence_target" in shell.registry
    assert shell("status", "--check").code == 1

    assert shell("sync", "--force").code == 0
    assert "incidence_target" not in shell.registry
    assert shell.json("status")["in_sync"] is True


def test_several_candidates_are_settled_by_an_option(shell: Shell) -> None:
    make_ambiguous(shell)
    before = shell.registry
    document = shell.json("sync")
    assert document["refused"] == "ambiguous"
    entry = next(e for e in document["entries"] if e["id"] == "incidence_target")
    assert entry["state"] == "ambiguous"
    assert entry["candidates"] == ["targets.incidence:by_day", "targets.incidence:by_week"]
    assert shell("sync").code == 3
    assert shell.registry == before
    assert shell("sync", "--rename", "incidence_target=by_week").code == 0
    assert "entrypoint: targets.incidence:by_week" in shell.registry


def on_terminal(shell: Shell, answers: bytes, *arguments: str) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, with these keys pressed."""
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "modelops_bundle", *arguments],
        cwd=shell.root,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    os.write(keyboard, answers)
    shown = b""
    try:
        while chunk := os.read(keyboard, 4096):
            shown += chunk
    except OSError:  # Linux: the other end was closed
        pass
    os.close(keyboard)
    return process.wait(), shown.decode()


def test_on_a_terminal_it_asks_which_candidate_is_meant(shell: Shell) -> None:
    make_ambiguous(shell)
    code, shown = on_terminal(shell, b"n\ny\n", "sync", "--no-color")
    question = "target incidence_target is gone: is it now targets.incidence:by_"
    assert f"{question}day? [y/N]" in shown
    assert f"{question}week? [y/N]" in shown
    assert code == 0
    assert "entrypoint: targets.incidence:by_week" in shell.registry


def test_on_a_terminal_no_is_the_default(shell: Shell) -> None:
    make_ambiguous(shell)
    before = shell.registry
    code, shown = on_terminal(shell, b"\n\n", "sync")
    assert code == 3
    assert "\x1b[" in shown
    assert shell.registry == before


def test_no_question_is_asked_of_a_script(shell: Shell) -> None:
    make_ambiguous(shell)
    code, shown = on_terminal(shell, b"y\n", "sync", "--json")
    assert code == 3
    assert "[y/N]" not in shown


def test_unregistering_asks_on_a_terminal(shell: Shell) -> None:
    code, shown = on_terminal(shell, b"\n", "unregister", "incidence_target")
    assert (code, "from target set fit? [y/N]" in shown) == (3, True)
    code, _ = on_terminal(shell, b"y\n", "unregister", "incidence_target")
    assert code == 0
    assert "fit" not in shell.registry


def test_source_that_cannot_be_parsed_blocks_a_sync(shell: Shell) -> None:
    shell.edit("targets/incidence.py", "def incidence_target(", "def incidence_target((")
    before = shell.registry
    assert shell("status").code == 0
    assert "unparsed" in shell("status").out
    refused = shell("sync")
    assert refused.code == 2
    assert "cannot be parsed" in refused.out
    assert shell.json("sync")["refused"] == "unparsed"
    assert shell.registry == before


def test_a_comment_is_cosmetic_and_passes_checks(shell: Shell) -> None:
    shell.edit("lib/rates.py", "RATE", "# per day\nRATE")
    document = shell.json("status")
    assert document["in_sync"] is False
    assert {entry["state"] for entry in document["entries"]} == {"cosmetic", "fresh"}
    assert shell("status", "--check").code == 0
    assert shell("check").code == 0
    assert shell("check", "--strict").code == 1
    assert "behaviour is the same" in shell("status").out


def test_a_helper_far_down_the_imports_is_named_with_its_chain(shell: Shell) -> None:
    shell.edit("lib/rates.py", "2.0", "3.0")
    shown = shell("status")
    assert "models/sir.py -> lib/network.py -> lib/rates.py changed" in shown.out
    entry = shell.json("status")["entries"][0]
    via = [reason["via"] for reason in entry["reasons"] if reason["path"] == "lib/rates.py"]
    assert via == [["models/sir.py", "lib/network.py", "lib/rates.py"]]


def test_an_edit_behind_the_clock_s_back_is_found_on_request(shell: Shell) -> None:
    file = shell.root / "data/observed.csv"
    before = file.stat()
    file.write_text(file.read_text().replace("3", "4"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert shell("status", "--check-staleness").code == 1


def test_only_the_entries_that_are_asked_for(shell: Shell) -> None:
    rename_target(shell)
    shell.write("data/observed.csv", "day,in_bed\n")
    document = shell.json("status", "incidence_annealed_target")
    assert [entry["id"] for entry in document["entries"]] == ["incidence_annealed_target"]
    unknown = shell("status", "incidnce_target")
    assert unknown.code == 2
    assert "did you mean 'incidence_target'?" in unknown.err


def test_a_new_target_in_a_registered_file_is_added(shell: Shell) -> None:
    shell.write(
        "targets/incidence.py",
        shell.read("targets/incidence.py")
        + '\n\n@cb.calibration_target(model_output="incidence")\n'
        + "def third(data_paths):\n    return 3\n",
    )
    assert [new["id"] for new in shell.json("status")["additions"]] == ["third"]
    assert "+ target third" in shell.ok("sync").out
    assert shell.json("status")["in_sync"] is True


def test_a_find_in_another_file_is_added_by_discover_only(shell: Shell) -> None:
    shell.write(
        "targets/other.py", shell.read("targets/incidence.py").replace("def inc", "def oth")
    )
    found = shell.json("status")
    assert [item["path"] for item in found["unregistered"]] == ["targets/other.py"] * 2
    assert found["in_sync"] is True
    assert shell.json("sync")["summary"]["add"] == 0
    assert shell.json("sync", "--discover")["summary"]["add"] == 2


@pytest.mark.parametrize("lost", ["absent", "empty"])
def test_a_check_of_a_lost_registry_does_not_pass(shell: Shell, lost: str) -> None:
    registry = shell.root / ".modelops-bundle/registry.yaml"
    registry.unlink() if lost == "absent" else registry.write_bytes(b"")
    assert shell("status").code == 0
    for arguments in (
        ["status", "--check"],
        ["status", "--check-staleness"],
        ["sync", "--check"],
        ["check"],
    ):
        shown = shell(*arguments)
        assert shown.code == 2
        assert shown.err == (
            "error: .modelops-bundle/registry.yaml: there is no registry to check; nothing was "
            "checked\n"
            "help: commit it where it was made, or run `mops-bundle init`\n"
        )
        assert shown.out == ""


def test_a_check_of_a_registry_without_entries_passes(shell: Shell) -> None:
    shell.write(".modelops-bundle/registry.yaml", "version: '1.1'\n")
    assert shell("status", "--check").code == 0


def test_it_works_from_any_folder_of_the_project(shell: Shell) -> None:
    below = shell.root / "data"
    assert shell("status", folder=below).out == shell("status").out
    assert shell("sync", "--check", folder=below).code == 0


def test_files_show_their_state(shell: Shell) -> None:
    shell.write("data/observed.csv", "day,in_bed\n")
    shown = shell("status", "--files").out
    assert "! data/observed.csv" in shown
    assert "= lib/network.py" in shown
    states = {file["path"]: file["state"] for file in shell.json("status", "--files")["files"]}
    assert states["data/observed.csv"] == "changed"
    assert states["models/sir.py"] == "unchanged"


def test_check_prints_places_and_fails_on_errors(shell: Shell) -> None:
    assert shell("check").code == 0
    rename_target(shell)
    shown = shell("check")
    assert shown.code == 1
    line = next(line for line in shown.out.splitlines() if "MB101" in line)
    assert line.startswith("targets/incidence.py:5: error MB101 target incidence_target is stale")
    document = shell("check", "--output-format", "json").document
    assert document["schema"] == "mops-bundle.check/1"
    assert document["ok"] is False


def test_data_that_git_ignores_is_not_verified_in_code_only_checks(shell: Shell) -> None:
    subprocess.run(["git", "init", "-q"], cwd=shell.root, check=True)
    shell.write(".gitignore", "/data/\n")
    (shell.root / "data/observed.csv").unlink()
    assert shell("check").code == 1
    shown = shell("check", "--code-only")
    assert "data/observed.csv is not here, and git ignores it: not verified" in shown.out
    assert shown.code == 0, shown.out


def test_no_project_is_said_with_what_to_do(tmp_path: Path, bare: Shell) -> None:
    shown = bare("status")
    assert shown.code == 2
    assert "mops-bundle init" in shown.err
    assert bare("status", "--json").document["schema"] == "mops-bundle.error/1"


def leave_conflict(shell: Shell, ours: tuple[str, str], theirs: tuple[str, str]) -> None:
    """Two versions of all targets, as git writes them where both sides changed them."""
    head, targets = shell.registry.split("targets:\n", 1)
    sides = [f"targets:\n{targets}".replace(*edit) for edit in (ours, theirs)]
    text = f"{head}<<<<<<< HEAD\n{sides[0]}=======\n{sides[1]}>>>>>>> other\n"
    shell.write(".modelops-bundle/registry.yaml", text)


def test_conflict_markers_are_mended_by_a_sync(shell: Shell) -> None:
    before = shell.registry
    digest = before.partition("target_digest: ")[2][:71]
    leave_conflict(shell, (digest, "sha256:" + "0" * 64), ("", ""))
    assert "holds a git conflict" in shell("status").out
    assert shell.json("status")["conflicted"] is True
    assert shell("status", "--check").code == 1
    assert "error MB135" in shell("check").out
    shell.ok("sync")
    assert shell.registry == before


def test_a_conflict_in_what_people_declared_needs_a_decision(shell: Shell) -> None:
    weight = "incidence_target: 2.0"
    leave_conflict(shell, (weight, "incidence_target: 3.0"), (weight, "incidence_target: 4.0"))
    before = shell.registry
    shown = shell("status")
    assert "Registry conflict" in shown.out
    assert "ours 3.0, theirs 4.0" in shown.out
    refused = shell("sync")
    assert refused.code == 3
    assert "Nothing written: both branches changed what a person declared" in refused.out
    assert "  ! target set fit\n      weights.incidence_target  ours 3.0, theirs 4.0\n" in shown.out
    line = shell.registry[: shell.registry.index("<<<<<<<")].count("\n") + 1
    assert f"registry.yaml:{line}: error MB135 " in shell("check").out
    assert shell.json("sync")["refused"] == "conflict"
    assert shell.registry == before


def test_an_unreadable_registry_names_its_line(shell: Shell) -> None:
    shell.write(".modelops-bundle/registry.yaml", "models:\n  a: [\n")
    shown = shell("status")
    assert shown.code == 2
    assert shown.err.startswith("error: .modelops-bundle/registry.yaml:")


def test_entries_without_their_data_are_not_called_stale(shell: Shell) -> None:
    (shell.root / "data/observed.csv").unlink()
    shown = shell.ok("status").out
    assert "\nNot in sync: 2 of 3 entries lack files that they need.\n" in shown
    assert "stale" not in shown
    synced = shell("sync").out.splitlines()[-1]
    assert synced.startswith("Not in sync: 2 entries lack files that they need. Preflight: 1 error")


def test_an_entry_that_is_asked_for_is_shown_though_it_is_fresh(shell: Shell) -> None:
    assert "  = target incidence_target " in shell.ok("status", "incidence_target").out


def test_an_entry_that_is_gone_from_its_file_may_only_have_another_name(shell: Shell) -> None:
    shell.write("models/sir.py", "class Epidemic:\n    pass\n")
    refused = shell("sync")
    assert refused.code == 3
    hint = "If it has another name now: mops-bundle sync --rename model:sir_starsimsir=SYMBOL"
    assert refused.out.splitlines()[-1] == hint
    (shell.root / "models/sir.py").unlink()
    assert "If it has another name" not in shell("sync").out
