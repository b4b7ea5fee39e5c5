"""`push`, `pull` and `diff` between two copies of a real project."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Shell


@pytest.fixture
def colleague(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A project with the same remote and nothing in it."""
    root = tmp_path / "colleague"
    (root / ".modelops-bundle").mkdir(parents=True)
    other = Shell(root, capsys)
    config = ".modelops-bundle/config.yaml"
    other.write(config, shell.read(config))
    return other


def test_a_stale_registry_is_not_published(shell: Shell) -> None:
    shell.edit("targets/incidence.py", "def incidence_target(", "def other_target(")
    shell.write("data/observed.csv", "day,in_bed\n")
    shown = shell("push")
    assert shown.code == 1
    assert shown.out == ""
    assert shown.err == (
        "error: registry is stale (2 entries); nothing was uploaded\n"
        "  target incidence_target           renamed, data/observed.csv changed\n"
        "  target incidence_annealed_target  data/observed.csv changed\n"
        "help: run `mops-bundle sync`, then push again (or `mops-bundle push --sync`)\n"
    )
    document = shell.json("push")
    assert document["refused"] == "stale"
    assert document["digest"] is None
    assert shell.json("status")["remote"]["state"] == "never-pushed"


def test_sync_and_push_in_one_command(shell: Shell) -> None:
    shell.edit("targets/incidence.py", "def incidence_target(", "def other_target(")
    shown = shell.ok("push", "--sync")
    assert "> target incidence_target -> other_target" in shown.out
    assert shown.out.splitlines()[-1].startswith("sha256:")
    assert shell.json("status")["remote"]["state"] == "synced"


def test_push_with_sync_keeps_to_the_rules_of_sync(shell: Shell) -> None:
    (shell.root / "targets/incidence.py").unlink()
    for options in ([], ["--force"]):
        refused = shell("push", "--sync", *options)
        assert refused.code == 3
        assert "(needs --force)" in refused.out
        assert "nothing was uploaded" in refused.err
        document = shell("push", "--sync", *options, "--json").document
        assert (document["schema"], document["refused"]) == ("mops-bundle.push/1", "stale")
    assert shell("push").code == 1


def test_the_digest_is_the_last_line_and_the_same_again(shell: Shell) -> None:
    first = shell.ok("push")
    document = shell.json("push")
    assert document["schema"] == "mops-bundle.push/1"
    assert first.out.splitlines()[-1] == document["digest"]
    assert document["uploaded"] == {"blobs": 0, "bytes": 0}
    assert document["refused"] is None
    assert f"sha-{document['digest'][7:19]}" in document["tags"]
    assert document["files"] == len(shell.json("files")["files"])


def test_preflight_errors_stop_a_push(shell: Shell) -> None:
    shell.edit("models/sir.py", '"incidence"', '"infections"')
    shell.ok("sync")
    shown = shell("push")
    assert shown.code == 1
    assert shown.err.startswith("error: preflight has ")
    assert "MB301" in shown.err
    assert shell.json("push")["refused"] == "preflight"


def test_source_that_cannot_be_parsed_is_to_be_mended_not_synced(shell: Shell) -> None:
    shell.edit("models/sir.py", "def incidence(", "def incidence((")
    shown = shell("push")
    assert shown.code == 1
    error, row, help_ = shown.err.splitlines()
    assert error == "error: the source of 1 entry cannot be parsed; nothing was uploaded"
    assert row.startswith("  model sir_starsimsir  models/sir.py:9 cannot be parsed: ")
    assert help_ == "help: mend models/sir.py:9, then push again"
    assert shell.json("push")["hint"] == "mend models/sir.py:9, then push again"
    assert shell("push", "--sync").err.endswith("help: mend models/sir.py:9, then push again\n")


def test_a_refused_push_names_the_option_that_settles_the_sync(shell: Shell) -> None:
    (shell.root / "targets/incidence.py").unlink()
    shown = shell("push")
    assert "help: run `mops-bundle sync --force` if what is gone is to go, then" in shown.err


def test_a_dry_run_publishes_nothing(shell: Shell) -> None:
    document = shell.json("push", "--dry-run")
    assert document["dry_run"] is True
    assert shell.json("status")["remote"]["state"] == "never-pushed"


def test_cosmetic_digests_are_recorded_first(shell: Shell) -> None:
    shell.edit("lib/rates.py", "RATE", "# per day\nRATE")
    shown = shell.ok("push")
    assert "Recorded digests in the registry first" in shown.out
    assert shell.json("status")["in_sync"] is True


def test_what_is_pulled_is_what_was_pushed(shell: Shell, colleague: Shell) -> None:
    digest = shell.ok("push").out.splitlines()[-1]
    document = colleague.json("pull")
    assert document["digest"] == digest
    assert document["pulled"] is True
    for path in document["added"]:
        assert (colleague.root / path).read_bytes() == (shell.root / path).read_bytes()
    assert colleague("status", "--check-staleness").code == 0
    again = colleague.json("push")
    assert again["digest"] == digest
    assert again["uploaded"] == {"blobs": 0, "bytes": 0}


def test_local_work_is_never_overwritten_unasked(shell: Shell, colleague: Shell) -> None:
    shell.ok("push")
    colleague.ok("pull")
    shell.edit("lib/rates.py", "2.0", "3.0")
    shell.ok("push", "--sync")
    colleague.edit("lib/rates.py", "2.0", "4.0")
    refused = colleague("pull")
    assert refused.code == 3
    assert "lib/rates.py" in refused.err
    assert "--overwrite" in refused.err
    assert colleague.read("lib/rates.py") == "RATE = 4.0\n"
    assert colleague.json("pull")["refused"] == "conflict"
    document = colleague.json("pull", "--overwrite")
    assert document["backup"]
    assert colleague.read("lib/rates.py") == "RATE = 3.0\n"


def test_what_was_deleted_here_is_not_called_changed(shell: Shell, colleague: Shell) -> None:
    shell.ok("push")
    colleague.ok("pull")
    (colleague.root / "data/observed.csv").unlink()
    colleague.edit("lib/rates.py", "2.0", "4.0")
    shown = colleague.ok("pull").out
    assert "  = data/observed.csv (deleted here, left so; --restore-deleted brings it" in shown
    assert "  = lib/rates.py (changed here, kept)\n" in shown
    assert colleague.json("pull")["stay_deleted"] == ["data/observed.csv"]


def test_a_tag_that_somebody_else_moved_is_not_taken(shell: Shell, colleague: Shell) -> None:
    shell.ok("push")
    colleague.ok("pull")
    shell.edit("lib/rates.py", "2.0", "3.0")
    shell.ok("push", "--sync")
    colleague.edit("lib/rates.py", "2.0", "4.0")
    refused = colleague("push", "--sync")
    assert refused.code == 4
    assert "latest" in refused.err
    assert colleague.json("push")["refused"] == "tag-moved"
    assert colleague("push", "--force").code == 0


def test_what_differs_from_a_published_bundle(shell: Shell) -> None:
    shell.ok("push", "--tag", "v1")
    assert "No difference." in shell("diff", "v1").out
    shell.edit("lib/rates.py", "2.0", "3.0")
    document = shell.json("diff", "v1")
    assert document["equal"] is False
    assert [entry["id"] for entry in document["entries"]] == ["sir_starsimsir"]
    assert [file["path"] for file in document["files"]] == ["lib/rates.py"]
    shell.ok("push", "--sync", "--tag", "v2")
    assert "1 entry" in shell("diff", "v1", "v2").out
    assert shell("diff", "--tag", "v1").err.startswith("hint: --tag")
    assert shell("diff", "a", "b", "c").code == 2


def test_scripts_of_the_existing_tool_find_their_commands(shell: Shell) -> None:
    shell.ok("push", "--tag", "v1")
    assert "v1" in shell.ok("manifest", "--tags-only").out.splitlines()
    assert "sha256:" in shell.ok("manifest", "v1", "--full").out
    assert shell.ok("pull", "--tag", "v1").err.startswith("hint: --tag")
    assert "Pinned: none" in shell.ok("dev", "env").out
    assert shell("dev", "switch", "nowhere").code == 2


def test_an_unknown_reference_is_the_remote_s_answer(shell: Shell) -> None:
    shell.ok("push")
    assert shell("pull", "nothing").code == 4
    assert shell("diff", "nothing", "--json").document["code"] == "not-found"


def test_a_bundle_of_another_place_is_pulled_by_its_full_reference(
    shell: Shell, colleague: Shell, tmp_path: Path
) -> None:
    shell.ok("push", "--tag", "v1")
    shell.ok("copy", "v1", f"layout:{tmp_path}/prod")
    document = colleague.json("pull", f"layout:{tmp_path}/prod:v1")
    assert (document["ref"], document["url"]) == ("v1", f"layout:{tmp_path}/prod")
    assert colleague.read("models/sir.py") == shell.read("models/sir.py")


@pytest.mark.parametrize(
    "call",
    [
        ["pull", "oci://ada:s3cret@host/x:t"],
        ["inspect", "docker://ada:s3cret@host/x"],
        ["ensure", "ada:s3cret@host/x:t", "--dest", "run"],
        ["copy", "latest", "https://ada:s3cret@host/x"],
        ["push", "--remote", "https://ada:s3cret@host/x"],
        ["push", "--tag", "oci://ada:s3cret@host/x"],
        ["remote", "set", "https://ada:s3cret@host/x"],
        ["remote", "set", "oci://ada:s3/cret@host/x"],
    ],
)
def test_a_password_in_a_url_is_not_shown(shell: Shell, call: list[str]) -> None:
    shown = shell(*call)
    assert shown.code in (2, 4)
    assert "s3" not in shown.out + shown.err


def test_a_password_in_the_configuration_is_not_shown(shell: Shell) -> None:
    shell.write(".modelops-bundle/config.yaml", "remote: https://ada:s3cret@host/x\n")
    calls = (["status"], ["push"], ["remote", "show"], ["remote", "set", "layout:store"])
    for call in calls:
        for options in ([], ["--json"]):
            shown = shell(*call, *options)
            assert "s3cret" not in shown.out + shown.err


def test_a_storage_that_cannot_be_used_hides_nothing_else_of_the_status(shell: Shell) -> None:
    config = shell.read(".modelops-bundle/config.yaml")
    shell.write(".modelops-bundle/config.yaml", f"{config}storage: {{mode: blob}}\n")
    shown = shell("status", "--remote", "--json")
    assert shown.code == 0
    assert shown.document["in_sync"]
    assert shown.document["remote"]["state"] == "unknown"
    assert "storage.mode is blob" in shown.document["remote"]["problem"]
    assert "storage.mode is blob" in shell.ok("status", "--remote").out


def test_what_was_pushed_under_another_tag_is_published(shell: Shell, colleague: Shell) -> None:
    digest = shell.json("push", "--tag", "v1")["digest"]
    for options in ([], ["--remote"]):
        remote = shell.json("status", *options)["remote"]
        assert (remote["state"], remote["digest"]) == ("synced", digest)
    colleague.ok("pull", "v1")
    assert colleague.json("status")["remote"]["state"] == "synced"
    shell.write("data/observed.csv", "day,in_bed\n")
    assert shell.json("status")["remote"]["state"] == "ahead"
    newer = shell.json("push", "--sync", "--tag", "v2")["digest"]
    assert shell.json("status")["remote"]["digest"] == newer


def test_the_project_s_own_tag_is_asked_where_both_are_as_the_project(
    shell: Shell, colleague: Shell
) -> None:
    shell.ok("push")
    shell.ok("push", "--tag", "v1")
    colleague.ok("pull")
    colleague.edit("lib/rates.py", "2.0", "3.0")
    colleague.ok("push", "--sync")
    assert shell.json("status")["remote"]["state"] == "synced"
    assert shell.json("status", "--remote")["remote"]["state"] == "behind"
