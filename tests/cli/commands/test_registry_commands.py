"""Commands that edit the registry, on a real project."""

from __future__ import annotations

import pytest

from support.project import FILES, TARGETS, Shell, make_project


def test_init_makes_what_is_missing_and_overwrites_nothing(bare: Shell) -> None:
    bare.write("pyproject.toml", FILES["pyproject.toml"])
    document = bare.json("init", "--name", "mine")
    assert document["project"] == "mine"
    assert ".modelops-bundle/registry.yaml" in document["created"]
    assert document["kept"] == ["pyproject.toml"]
    assert bare.read("pyproject.toml") == FILES["pyproject.toml"]
    assert "Next: mops-bundle register-model PATH" in bare("init").out
    assert bare.json("init")["created"] == []
    assert bare.json("status")["in_sync"] is True


def test_init_calls_a_project_what_it_calls_itself(bare: Shell) -> None:
    bare.write("pyproject.toml", '[project]\nname = "measles"\n')
    assert bare.json("init")["project"] == "measles"
    assert bare.json("status")["project"]["name"] == "measles"


def test_init_of_a_project_with_entries_goes_on_with_its_status(shell: Shell) -> None:
    assert "Next: mops-bundle status" in shell.ok("init").out


def test_registering_is_idempotent(shell: Shell) -> None:
    before = shell.registry
    assert shell.ok("register-model", "models/sir.py").code == 0
    assert shell.ok("register-target", "targets/incidence.py").code == 0
    assert shell.registry == before


def test_registering_one_file_does_not_call_what_stays_stale_in_sync(shell: Shell) -> None:
    shell.edit("lib/rates.py", "2.0", "3.0")
    shown = shell.ok("register-target", "targets/incidence.py")
    assert "In sync" not in shown.out
    assert "Not in sync: 1 entry is stale, run `mops-bundle sync`." in shown.out
    assert shell.json("status")["in_sync"] is False


def test_what_is_registered_shows_in_the_list(shell: Shell) -> None:
    document = shell.json("list")
    assert [model["id"] for model in document["models"]] == ["sir_starsimsir"]
    assert document["models"][0]["outputs"] == ["incidence"]
    assert [target["id"] for target in document["targets"]] == [
        "incidence_target",
        "incidence_annealed_target",
    ]
    assert document["targets"][0]["target_sets"] == ["fit"]
    assert "sir_starsimsir" in shell("list").out


def test_one_entry_in_full(shell: Shell) -> None:
    document = shell.json("show", "sir_starsimsir")
    assert document["class_name"] == "StarsimSIR"
    assert "lib/rates.py" in document["code_digests"]
    assert "entrypoint" in shell("show", "target:incidence_target").out
    missing = shell("show", "nothing")
    assert missing.code == 2
    assert "no entry has the id 'nothing'" in missing.err


def test_nothing_found_is_an_error(shell: Shell) -> None:
    shown = shell("register-model", "lib/rates.py")
    assert shown.code == 2
    assert "lib/rates.py: no model found" in shown.err
    assert "register-model lib/rates.py:SYMBOL --output NAME" in shown.err
    shell.write("lib/plain.py", "class Plain:\n    pass\n")
    shown = shell("register-model", "lib/plain.py")
    assert "register-model lib/plain.py:Plain --output NAME" in shown.err


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("sir.py", "did you mean 'models/sir.py'?"),
        ("models.sir", "did you mean 'models/sir.py'?"),
        ("models.sir:StarsimSIR", "did you mean 'models/sir.py:StarsimSIR'?"),
        ("models", "models: a folder; nothing was registered"),
        ("models", "mops-bundle register-model models/*.py"),
        ("nowhere.sri", "name the file that defines the model"),
    ],
)
def test_a_path_that_is_no_source_file_is_answered_with_the_one_that_is(
    shell: Shell, typed: str, hint: str
) -> None:
    shown = shell("register-model", typed)
    assert shown.code == 2
    assert hint in shown.err


def test_a_function_that_no_convention_finds_is_registered_by_name(shell: Shell) -> None:
    shell.write("targets/plain.py", "def distance(paths):\n    return 0\n")
    shell.ok("register-target", "targets/plain.py:distance", "--output", "incidence", "--id", "d")
    document = shell.json("show", "d")
    assert document["model_output"] == "incidence"
    assert document["declared"]["model_output"] == "incidence"
    assert shell.json("status")["in_sync"] is True


@pytest.mark.parametrize("option", ["--function", "--target", "-t"])
def test_one_target_of_a_file(bare: Shell, option: str) -> None:
    make_project(bare)
    shown = bare.ok("register-target", "targets/incidence.py", option, "incidence_target")
    assert ("hint:" in shown.err) is (option != "--function")
    assert [target["id"] for target in bare.json("list")["targets"]] == ["incidence_target"]
    assert bare.json("list")["excluded"] == ["targets.incidence:incidence_annealed_target"]
    assert bare.json("status")["in_sync"] is True


def test_declared_data_is_kept_and_merged(shell: Shell) -> None:
    shell.write("data/more.csv", "x\n")
    shell.ok("register-model", "models/sir.py", "--data", "data/more.csv")
    assert shell.json("show", "sir_starsimsir")["data"] == ["data/more.csv"]
    shell.ok("sync")
    assert shell.json("show", "sir_starsimsir")["declared"]["data"] == ["data/more.csv"]


def test_declared_data_is_replaced_in_one_command(shell: Shell) -> None:
    shell.write("data/old.csv", "x\n")
    shell.ok("register-model", "models/sir.py", "--data", "data/old.csv")
    (shell.root / "data/old.csv").rename(shell.root / "data/new.csv")
    shell.ok(
        *("register-model", "models/sir.py:StarsimSIR"),
        *("--data", "data/new.csv", "--no-data", "data/old.csv"),
    )
    entry = shell.json("show", "sir_starsimsir")
    assert entry["data"] == entry["declared"]["data"] == ["data/new.csv"]
    assert shell.json("status")["in_sync"] is True
    shell.ok("register-model", "models/sir.py", "--no-data", "data/new.csv")
    assert shell.json("show", "sir_starsimsir")["data"] == []
    assert "data/new.csv" not in shell.registry


def test_only_data_that_somebody_declared_is_taken_back(shell: Shell) -> None:
    before = shell.registry
    shown = shell(
        "register-target",
        "targets/incidence.py:incidence_target",
        "--no-data",
        "data/observed_incidence.csv",
    )
    assert shown.code == 2
    assert "is not data that somebody declared for target:incidence_target" in shown.err
    assert shell.registry == before


def test_data_of_a_function_without_a_convention_is_taken_back_too(shell: Shell) -> None:
    shell.write("data/a.csv", "x\n")
    shell.write("data/b.csv", "x\n")
    shell.write("targets/plain.py", "def distance():\n    return 0\n")
    name = ("register-target", "targets/plain.py:distance", "--output", "incidence")
    shell.ok(*name, "--data", "data/a.csv", "--id", "d")
    shell.ok(*name, "--data", "data/b.csv", "--no-data", "data/a.csv")
    assert shell.json("show", "d")["data"] == ["data/b.csv"]
    shell.ok("sync")
    assert shell.json("show", "d")["data"] == ["data/b.csv"]


def test_an_id_is_renamed_everywhere(shell: Shell) -> None:
    document = shell.json("rename", "target", "incidence_target", "incidence")
    assert document["target_sets"] == ["fit"]
    assert shell.json("target-set", "show", "fit")["target_sets"][0]["weights"] == {
        "incidence": 2.0
    }
    assert shell.json("status")["in_sync"] is True
    taken = shell("rename", "target", "incidence", "incidence_annealed_target")
    assert taken.code == 2
    assert "taken" in taken.err


def test_the_kind_of_what_is_renamed_may_be_left_out(shell: Shell) -> None:
    document = shell.json("rename", "incidence_target", "incidence")
    assert document["target_sets"] == ["fit"]
    assert (
        shell.ok("rename", "model:sir_starsimsir", "sir").out == "  > model sir_starsimsir -> sir\n"
    )
    assert shell("rename", "incidense", "x").err.endswith("did you mean 'incidence'?\n")


def test_a_member_of_a_target_set_is_unregistered_by_force_only(shell: Shell) -> None:
    refused = shell("unregister", "incidence_target")
    assert refused.code == 3
    assert "--force" in refused.err
    document = shell.json("unregister", "incidence_target", "--force")
    assert document["removed"] == ["target:incidence_target"]
    assert document["emptied"] == ["fit"]
    assert shell("status", "--check").code == 0
    assert shell.json("sync")["summary"]["add"] == 0


def test_target_sets_are_made_shown_and_deleted(shell: Shell) -> None:
    shell.ok("target-set", "set", "all")
    names = [group["name"] for group in shell.json("target-set", "list")["target_sets"]]
    assert names == ["fit", "all"]
    assert len(shell.json("target-set", "show", "all")["target_sets"][0]["targets"]) == 2
    shell.ok("target-set", "delete", "all")
    assert shell("target-set", "show", "all").code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["set", "x", "--target", "nothing"], "no target has the id 'nothing'"),
        (["set", "x", "--weight", "incidence_target"], "not of the form ID=WEIGHT"),
        (["set", "x", "--weight", "incidence_target=-1"], "-1"),
        (["set", "x", "--weight", "incidence_target=nan"], "nan"),
        (["show"], "needs the name"),
        (["list", "x"], "takes no NAME"),
        (["delete", "nothing"], "no target set 'nothing'"),
        (["frobnicate"], "no such action: frobnicate"),
    ],
)
def test_mistakes_with_target_sets(shell: Shell, arguments: list[str], message: str) -> None:
    before = shell.registry
    shown = shell("target-set", *arguments)
    assert shown.code == 2
    assert message in shown.err
    assert shell.registry == before


def test_further_files_travel_and_stop_travelling(shell: Shell) -> None:
    shell.write("notes/a.md", "a\n")
    shell.write("notes/b.md", "b\n")
    assert shell.json("add", "notes")["changed"] == ["notes/a.md", "notes/b.md"]
    files = {file["path"]: file["why"] for file in shell.json("files")["files"]}
    assert files["notes/a.md"] == "tracked"
    assert files["models/sir.py"] == "entry"
    assert files[".modelops-bundle/registry.yaml"] == "registry"
    assert files["pyproject.toml"] == "project"
    assert ".modelops-bundle/config.yaml" not in files
    shell.ok("remove", "notes/a.md")
    shell.ok("remove", "notes/b.md", "--rm")
    assert (shell.root / "notes/a.md").exists()
    assert not (shell.root / "notes/b.md").exists()
    assert shell("add", "nothing.md").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["sync", "--regen-all", "--no-confirm"],
        ["register-model", "models/sir.py", "--no-auto-code", "--code-mode", "package"],
        ["register-model", "models/sir.py", "-c", "StarsimSIR", "--regen-all", "--auto-code"],
        ["register-target", "targets/incidence.py", "--no-regen-all"],
        ["status", "--explain", "-f"],
        ["status", "-d", "incidence_target"],
        ["status", "--details", "incidence_target", "-u"],
        ["list", "--model-label", "a=b"],
    ],
)
def test_command_lines_of_the_existing_tool_work_with_a_hint(
    shell: Shell, arguments: list[str]
) -> None:
    shown = shell.ok(*arguments)
    assert shown.err.startswith("hint: -")
    document = shell(*arguments, "--json").document
    assert document["schema"].startswith("mops-bundle.")


def test_init_with_an_environment_that_is_not_there_makes_nothing(bare: Shell) -> None:
    assert bare("init", "--env", "nope").code == 2
    assert list(bare.root.iterdir()) == []


def test_init_again_says_where_bundles_go_by_the_configuration_that_is_there(bare: Shell) -> None:
    bare.ok("init", "--name", "mine", "--remote", "layout:../somewhere")
    again = bare.ok("init", "--name", "yours", "--remote", "layout:../elsewhere").out
    assert again.startswith("mine -> layout:../somewhere\n")
    bare.write(".modelops-bundle/config.yaml", "")
    assert bare.ok("init").out.startswith("mine (no remote)\n")
    assert bare.ok("status").out.startswith("mine  (no remote)\n")


def test_of_several_files_those_without_a_target_are_passed_over(bare: Shell) -> None:
    make_project(bare)
    bare.write("targets/prevalence.py", TARGETS.replace("def incidence", "def prevalence"))
    files = ("targets/__init__.py", "targets/incidence.py", "targets/prevalence.py")
    shown = bare.ok("register-target", *files)
    assert "Plan: 4 additions." in shown.out
    assert shown.err == "note: no target found in targets/__init__.py\n"
    assert bare.json("register-target", *files)["passed_over"] == ["targets/__init__.py"]
    nothing = bare("register-target", "targets/__init__.py", "models/sir.py")
    assert nothing.code == 2
    assert "targets/__init__.py, models/sir.py: no target found" in nothing.err


def test_of_several_files_one_must_hold_each_name_that_is_asked_for(bare: Shell) -> None:
    make_project(bare)
    files = ("targets/__init__.py", "targets/incidence.py")
    assert bare("register-target", *files, "--function", "incidense_target").code == 2
    assert bare("register-target", *files, "--exclude", "incidense_target").code == 2
    bare.ok("register-target", *files, "--exclude", "incidence_target")
    assert [t["id"] for t in bare.json("list")["targets"]] == ["incidence_annealed_target"]
    bare.ok("register-target", *files, "--function", "incidence_target")
    assert len(bare.json("list")["targets"]) == 2


def test_a_name_that_a_path_asks_for_must_be_in_that_file(bare: Shell) -> None:
    make_project(bare)
    shown = bare("register-target", "targets/__init__.py:incidence_target", "targets/incidence.py")
    assert shown.code == 2
    assert shown.err.startswith("error: targets/__init__.py: no target 'incidence_target'")


def test_without_a_registry_none_travels_and_the_next_command_is_whole(shell: Shell) -> None:
    (shell.root / ".modelops-bundle/registry.yaml").unlink()
    document = shell.json("files")
    assert document["missing"] == [".modelops-bundle/registry.yaml"]
    assert all(file["why"] == "project" for file in document["files"])
    assert shell.ok("status").out.endswith("Next: mops-bundle register-model models/sir.py\n")


def test_a_registry_that_cannot_be_read_is_to_be_mended_where_it_is_wrong(shell: Shell) -> None:
    shell.write(".modelops-bundle/registry.yaml", "models: {}\nmodels: {}\n")
    shown = shell("status")
    assert shown.code == 2
    assert shown.err == (
        "error: .modelops-bundle/registry.yaml:2:1: duplicate key 'models'\n"
        "help: mend .modelops-bundle/registry.yaml:2\n"
    )
