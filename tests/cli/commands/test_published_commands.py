"""Looking after what is published: from a project, and with nothing but a full reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Shell


@pytest.fixture
def pushed(shell: Shell) -> tuple[str, str]:
    """Two versions; their digests."""
    one = shell.ok("push", "--tag", "v1").out.splitlines()[-1]
    shell.edit("lib/rates.py", "2.0", "3.0")
    two = shell.ok("push", "--sync", "--tag", "v2").out.splitlines()[-1]
    return one, two


def test_what_is_published(shell: Shell, pushed: tuple[str, str]) -> None:
    one, two = pushed
    shown = shell.ok("versions").out.splitlines()
    # The newest first; within one second, which both may be published in, by tag.
    assert {line[:18] for line in shown[2:4]} == {f"  {one[7:19]}  v1", f"  {two[7:19]}  v2"}
    assert shown[4:] == ["", "2 versions."]
    document = shell.json("versions")
    assert all(v["provenance"]["created"].endswith("Z") for v in document["versions"])
    assert {(v["digest"], v["tags"][0]) for v in document["versions"]} == {(one, "v1"), (two, "v2")}


def test_nothing_is_published_yet(shell: Shell) -> None:
    assert shell.ok("versions").out.startswith("Nothing is published in layout:~/")


def test_versions_of_another_place_are_listed_without_a_project(
    shell: Shell, bare: Shell, tmp_path: Path
) -> None:
    url = f"layout:{tmp_path}/store"
    shell.ok("push", "--remote", url, "--tag", "v1")
    assert bare.ok("versions", url).out.startswith(f"{url}\n")
    wrong = shell("versions", "v1")
    assert wrong.code == 2
    assert "help: run `mops-bundle inspect v1`" in wrong.err


def test_a_pull_outside_of_a_project_names_the_command_that_needs_none(bare: Shell) -> None:
    shown = bare("pull", "oci://registry.example/team/flu:v1")
    assert shown.code == 2
    assert "help: run `mops-bundle ensure REF --dest DIR`" in shown.err


def test_one_bundle(shell: Shell, pushed: tuple[str, str]) -> None:
    document = shell.json("inspect", "v1")
    assert document["digest"] == pushed[0]
    assert [model["id"] for model in document["models"]] == ["sir_starsimsir"]
    assert document["behavior"]["model:sir_starsimsir"].startswith("v1:sha256:")
    assert [file["path"] for file in document["files"]] == [
        file["path"] for file in shell.json("files")["files"]
    ]
    shown = shell.ok("inspect", "v1").out
    assert pushed[0] in shown
    assert "  model   sir_starsimsir" in shown
    assert document["provenance"]["created"].endswith("Z")
    assert "  pushed 20" in shown
    assert shell.json("inspect", pushed[1][7:15])["digest"] == pushed[1]


def test_a_tag_moves(shell: Shell, pushed: tuple[str, str]) -> None:
    assert "(new)" in shell.ok("tag", "prod", "v1").out
    assert f"(was {pushed[0][7:19]})" in shell.ok("tag", "prod", "v2").out
    assert "(as before)" in shell.ok("tag", "prod", "v2").out
    assert shell.json("inspect", "prod")["digest"] == pushed[1]


def test_promotion_to_another_place_and_use_there_without_a_project(
    shell: Shell, bare: Shell, pushed: tuple[str, str], tmp_path: Path
) -> None:
    shell.ok("copy", "v1", f"layout:{tmp_path}/prod:stable")
    reference = f"layout:{tmp_path}/prod:stable"
    assert bare.json("inspect", reference)["digest"] == pushed[0]
    assert bare.json("versions", "--remote", f"layout:{tmp_path}/prod")["versions"]
    done = bare.json("ensure", reference, "--dest", "run")
    assert (done["digest"], done["files"]) == (pushed[0], len(done["written"]))
    assert (bare.root / "run/lib/rates.py").read_text() == "RATE = 2.0\n"
    assert bare.json("inspect", done["ref"])["ref"] == done["ref"]
    bare.ok("delete", reference)
    assert bare("inspect", reference).code == 4
    for call in (["versions"], ["inspect", "v1"], ["ensure", "v1", "--dest", "x"]):
        shown = bare(*call)
        assert shown.code == 2
        assert "mops-bundle init" in shown.err


def test_a_copy_does_not_take_a_name_from_another_bundle(
    shell: Shell, pushed: tuple[str, str], tmp_path: Path
) -> None:
    shell.ok("copy", "v1", f"layout:{tmp_path}/prod:stable")
    refused = shell("copy", "v2", f"layout:{tmp_path}/prod:stable")
    assert refused.code == 4
    assert "--force" in refused.err
    document = shell.json("copy", "v2", f"layout:{tmp_path}/prod:stable", "--force")
    assert "stable" in document["tags"]


def test_a_deletion_names_what_else_would_go(shell: Shell, pushed: tuple[str, str]) -> None:
    shell.ok("tag", "prod", "v1")
    refused = shell("delete", "v1")
    assert refused.code == 3
    assert "is also prod; nothing was deleted" in refused.err
    shell.ok("delete", "v1", "--force")
    assert [v["digest"] for v in shell.json("versions")["versions"]] == [pushed[1]]


def test_a_folder_with_work_in_it_is_left_alone(shell: Shell, pushed: tuple[str, str]) -> None:
    shell.ok("ensure", "v1", "--dest", "../run")
    (shell.root / "../run/lib/rates.py").write_text("RATE = 9.0\n")
    refused = shell("ensure", "v1", "--dest", "../run")
    assert refused.code == 3
    assert refused.err.splitlines()[0] == "error: 1 path needs a decision; nothing was written"
    assert "lib/rates.py" in refused.err
    assert shell("ensure", "v1", "--dest", "../run", "--json").document["refused"] == "conflict"
    assert "is kept in" in shell.ok("ensure", "v1", "--dest", "../run", "--overwrite").out
    (shell.root / "../run/extra").touch()
    assert "  - extra" in shell.ok("ensure", "v1", "--dest", "../run", "--mirror").out


def test_bundles_in_different_places_are_compared_without_a_project(
    shell: Shell, bare: Shell, pushed: tuple[str, str], tmp_path: Path
) -> None:
    shell.ok("copy", "v1", f"layout:{tmp_path}/prod:stable")
    shell.ok("copy", "v2", f"layout:{tmp_path}/next")
    here, there = f"layout:{tmp_path}/prod:stable", f"layout:{tmp_path}/next:v2"
    document = bare.json("diff", here, there)
    assert (document["old"]["digest"], document["new"]["digest"]) == pushed
    assert document["behavior"]["changed"] == ["model:sir_starsimsir"]
    assert "Results are outdated: model sir_starsimsir" in bare.ok("diff", here, there).out
    assert shell.json("diff", here, "v1")["equal"] is True
    assert [f["path"] for f in shell.json("diff", here)["files"]][1:] == ["lib/rates.py"]
    assert bare("diff", here).code == 2, "there is no project to compare it with"


def test_what_was_deleted_no_longer_counts_as_pushed(shell: Shell, pushed: tuple[str, str]) -> None:
    assert shell.json("status")["remote"]["state"] == "synced"
    shell.ok("delete", "v1")
    assert shell.json("status")["remote"]["state"] == "synced", "another bundle"
    shell.ok("delete", "v2")
    assert shell.json("status")["remote"]["state"] == "never-pushed"
    assert shell.json("push", "--tag", "v3")["digest"] == pushed[1]
