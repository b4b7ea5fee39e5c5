"""What may be typed at each place of a command line."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

import pytest

from modelops_bundle.cli import catalogue
from modelops_bundle.cli.arguments import help_for, is_listed
from modelops_bundle.cli.completion.engine import complete
from modelops_bundle.cli.completion.line import split_line
from modelops_bundle.cli.completion.meanings import source_of

pytestmark = pytest.mark.usefixtures("project")
#: Arguments of which nothing can be known: names to be given.
FREE = {
    ("init", "name"),
    ("rename", "new"),
    ("register-model", "id"),
    ("register-model", "output"),
    ("register-target", "id"),
    ("login", "username"),
}
#: And numbers, with their units.
NUMBERS = {"SIZE", "AGE", "SECONDS"}


def offered(text: str, after: str = "") -> list[str]:
    """The values that begin with the word at the end of a line."""
    line = split_line(f"mops-bundle {text}")
    completion = complete(line, after.split())
    values = [completion.lead + offer.value for offer in completion.offers]
    return [value for value in values if value.startswith(line.current)]


@pytest.mark.parametrize("command", catalogue.listed())
def test_every_argument_of_every_command_has_a_meaning(command: str) -> None:
    parser = help_for(command, importlib.import_module(catalogue.module_of(command)))
    for action in [*parser.options().values(), *parser.positionals()]:
        if action.nargs == 0 or action.choices or not is_listed(action):
            continue
        known = source_of(command, action) is not None or action.metavar in NUMBERS
        assert known or (command, action.dest) in FREE, f"{command}: {action.dest}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reg", ["register-model", "register-target"]),
        ("help stat", ["status"]),
        ("help status ", []),
        ("--v", ["--version"]),
        ("-C mod", ["models/"]),
        ("-C . --json sta", ["status"]),
        ("nonsense ", []),
        ("rename ", ["model", "target"]),
        ("rename model ", ["sir_starsimsir", "both"]),
        ("rename target f", ["flu.v1:2"]),
        ("show s", ["sir_starsimsir"]),
        ("show both", []),
        ("show target:", ["target:both"]),
        ("show -- s", ["sir_starsimsir"]),
        ("show sir_starsimsir ", ["-h", "--help", "--json", "--no-color", "--debug", "-C"]),
        ("status sir_starsimsir s", []),
        ("graph --format=m", ["--format=mermaid"]),
        ("graph --format m", ["mermaid"]),
        ("graph mo", ["model:both", "models/"]),
        ("graph --json --js", []),
        ("sync --ke", ["--keep"]),
        ("sync --rename a", ["a=b="]),
        (
            "sync --rename=sir_starsimsir=",
            ["--rename=sir_starsimsir=StarsimSIR", "--rename=sir_starsimsir=Both"],
        ),
        ("sync --rename sir_starsimsir=S", ["sir_starsimsir=StarsimSIR"]),
        ("sync --rename a=b=", ["a=b=flu", "a=b=ab"]),
        ("sync --rename x=y --ren", ["--rename"]),
        ("sync --regen", []),
        ("target-set de", ["delete"]),
        ("target-set list ", []),
        ("target-set list --ta", []),
        ("cache prune --max-a", ["--max-age"]),
        ("cache info --max-a", []),
        ("help cache p", ["prune"]),
        ("help cache prune ", []),
        ("help nonsense ", []),
        ("check --job ", ["job.yml", "models/", "my data/", "targets/"]),
        ("target-set show ", ["fit"]),
        ("target-set set fit --target a", ["a=b"]),
        ("target-set set fit -t a=b --weight ", ["a=b="]),
        ("register-model ", ["models/", "my data/", "targets/"]),
        ("register-model models/", ["models/sir.py"]),
        ("register-model models/sir.py:S", ["models/sir.py:StarsimSIR"]),
        ("register-model models/sir.py --class ", ["StarsimSIR", "Both"]),
        ("register-model models/sir.py --data 'my data/", ["my data/x=1:2 a.csv"]),
        ("register-target targets/incidence.py -f f", ["flu"]),
        ("register-target targets/incidence.py --output p", ["prevalence"]),
        ("env switch s", ["staging"]),
        ("env sw", ["switch"]),
        ("init --env l", ["local"]),
        ("add no", ["notes.txt"]),
        ("add .", [".hidden/", ".modelops-bundle/"]),
        ("ensure v1 --dest mo", ["models/"]),
        ("ensure v1 --dest=mo", ["--dest=models/"]),
        ("remote set la", ["layout:"]),
        ("remote set layout:mo", ["layout:models/"]),
        ("files > no", ["notes.txt"]),
        ("completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_what_is_offered(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


def test_an_id_of_two_kinds_is_offered_with_its_kind() -> None:
    assert {"model:both", "target:both"} <= set(offered("show "))


def test_the_folder_of_c_is_honoured_wherever_it_stands(project: Path) -> None:
    os.chdir("/")
    assert offered(f"-C '{project}' show s") == ["sir_starsimsir"]
    os.chdir("/")
    assert offered("show s", after=f"-C {project}") == ["sir_starsimsir"]
    os.chdir("/")
    assert offered(f"add -C{project} no") == ["notes.txt"]


def test_the_program_may_stand_behind_other_words() -> None:
    line = split_line("env A=1 /x/bin/modelops-bundle show s")
    assert [offer.value for offer in complete(line).offers if offer.value[0] == "s"] == [
        "sir_starsimsir"
    ]


@pytest.mark.parametrize(
    "content", ["models: [", "\x00", "models: {a: {}\n", "- 1\n", "models: 3\n"], ids=repr
)
def test_a_broken_registry_offers_nothing(project: Path, content: str) -> None:
    (project / ".modelops-bundle" / "registry.yaml").write_text(content)
    assert offered("show ") == []


def test_a_conflicted_registry_offers_our_side(project: Path) -> None:
    (project / ".modelops-bundle" / "registry.yaml").write_text(
        "models:\n<<<<<<< HEAD\n  ours: {}\n=======\n  theirs: {}\n>>>>>>> other\n"
    )
    assert offered("show ")[0] == "ours"


def test_without_a_project_there_are_no_ids(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    assert offered("show ") == []
    assert offered("pull ") == []


def test_ids_follow_the_registry(project: Path) -> None:
    assert offered("show sir") == ["sir_starsimsir"]
    (project / ".modelops-bundle" / "registry.yaml").write_text("models: {sirius: {}}\n")
    assert offered("show sir") == ["sirius"]


def test_tags_and_digests_come_from_the_state_file_and_local_folders(project: Path) -> None:
    digest = "sha256:" + "ab12" * 16
    state = {
        "schema": "mops-bundle.state/1",
        "points": [
            {"remote": "oci://registry.example/flu", "tag": "v1", "manifest": digest, "files": {}}
        ],
    }
    (project / ".modelops-bundle" / "state.json").write_text(json.dumps(state))
    held = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 2}
    layout = {
        "schemaVersion": 2,
        "manifests": [
            {
                **held,
                "digest": "sha256:" + "cd" * 32,
                "annotations": {"org.opencontainers.image.ref.name": name},
            }
            for name in ("night", "sha-" + "cd" * 6)
        ],
    }
    (project / "store").mkdir()
    (project / "store" / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (project / "store" / "index.json").write_text(json.dumps(layout))
    (project / ".modelops-bundle" / "config.yaml").write_text("remote: layout:store\n")
    assert offered("pull ") == ["night", "v1"]
    assert offered("push --tag n") == ["night"]
    assert offered("tag n") == ["night"]
    assert offered("inspect ab1") == [("ab12" * 16)[:12]]
    assert offered("inspect sha256:a") == [digest]
    assert offered("inspect sha-") == ["sha-" + "cd" * 6]
    assert offered("login ") == ["registry.example"]
    assert "oci://registry.example/flu" in offered("copy v1 oci")
    assert "layout:store" in offered("versions --remote layout:s")
