"""What scripts rely on: one document on stdout, its shape, exit codes, and no questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelops_bundle.cli import catalogue
from support.project import Shell
from support.scenarios import REGISTRY, published
from support.schemas import assert_documented

ID, OTHER, MODEL = "incidence_target", "incidence_annealed_target", "sir_starsimsir"
SOURCE, DATA = "targets/incidence.py", "data/observed_incidence.csv"


def document_of(text: str) -> Any:
    """The only document in a text."""
    document, end = json.JSONDecoder().raw_decode(text)
    assert text[end:] == "\n"
    return document


def asked(shell: Shell, *arguments: str) -> tuple[int, Any]:
    """Exit code and document of a command under `--json`; nothing but hints besides."""
    shown = shell(*arguments, "--json")
    assert all(line.startswith("hint: ") for line in shown.err.splitlines()), shown.err
    document = document_of(shown.out)
    assert_documented(document)
    return shown.code, document


#: Calls of every command on a project in sync, and the name of the document that they print.
CALLS: list[tuple[list[str], str]] = [
    (["init"], "init"),
    (["status"], "status"),
    (["status", ID], "status"),
    (["status", "--files", "-v"], "status"),
    (["status", "--remote"], "status"),
    (["status", "--check-staleness"], "status"),
    (["sync"], "sync"),
    (["sync", "--dry-run", "--discover"], "sync"),
    (["sync", "--check"], "sync"),
    (["watch", "--until-fresh"], "watch"),
    (["check"], "check"),
    (["check", "--strict", "--code-only"], "check"),
    (["explain", MODEL], "explain"),
    (["explain", f"target:{ID}"], "explain"),
    (["graph"], "graph"),
    (["graph", MODEL, "--format", "dot"], "graph"),
    (["graph", DATA, "--format", "json"], "graph"),
    (["graph", DATA, "--format", "html"], "graph"),
    (["register-model", "models/sir.py"], "sync"),
    (["register-target", SOURCE], "sync"),
    (["unregister", OTHER, "--force"], "unregister"),
    (["rename", "target", ID, "curve"], "rename"),
    (["list"], "list"),
    (["show", MODEL], "show"),
    (["show", f"target:{ID}"], "show"),
    (["target-set", "list"], "target-set"),
    (["target-set", "show", "incidence"], "target-set"),
    (["target-set", "set", "all"], "target-set"),
    (["target-set", "delete", "incidence"], "target-set"),
    (["add", "README.md"], "add"),
    (["remove", "README.md"], "remove"),
    (["files"], "files"),
    (["push"], "push"),
    (["push", "--dry-run"], "push"),
    (["push", "--sync", "--tag", "v1"], "push"),
    (["pull", "v0"], "pull"),
    (["pull", "v0", "--dry-run", "--data"], "pull"),
    (["diff", "v0"], "diff"),
    (["diff", "v0", "v0"], "diff"),
    (["cache", "info"], "cache-info"),
    (["cache", "prune", "--max-size", "1GB"], "cache-prune"),
    (["cache", "verify"], "cache-verify"),
    (["env", "list"], "env"),
    (["remote", "show"], "remote"),
    (["remote", "set", "layout:../store"], "remote"),
    (["logout", "registry.example"], "logout"),
    (["versions"], "versions"),
    (["inspect", "v0"], "inspect"),
    (["tag", "prod", "v0"], "tag"),
    (["copy", "v0", "layout:../elsewhere"], "copy"),
    (["delete", "v0"], "delete"),
    (["ensure", "v0", "--dest", "../made"], "ensure"),
    (["manifest", "--tags-only"], "manifest"),
    (["dev", "env"], "env"),
    (["completion", "fish"], "completion"),
]


def test_every_command_is_called() -> None:
    called = {call[0] for call, _ in CALLS}
    # A login takes a registry: tests/storage/test_login.py and docs; verify takes a framework:
    # tests/cli/commands/test_verify.py.
    assert called == {*catalogue.listed(), *catalogue.HIDDEN} - {"demo", "login", "verify"}


@pytest.mark.parametrize(("call", "name"), CALLS, ids=lambda value: " ".join(value))
def test_a_command_prints_its_document_and_nothing_else(
    sir: Shell, call: list[str], name: str
) -> None:
    if "v0" in call or call[0] == "manifest":
        sir.ok("push", "--tag", "v0")
    if call[0] == "remove":
        sir.ok("add", "README.md")
    shown = sir(*call, "--json")
    assert shown.code == 0, shown
    document = document_of(shown.out)
    assert document["schema"] == f"mops-bundle.{name}/1"
    assert all(line.startswith("hint: ") for line in shown.err.splitlines()), shown.err
    assert_documented(document)
    first = sir("--json", *call)
    assert document_of(first.out)["schema"] in (document["schema"], "mops-bundle.error/1")


def stale(sir: Shell) -> None:
    sir.edit(SOURCE, f"def {ID}(", "def other(")


def gone(sir: Shell) -> None:
    (sir.root / SOURCE).unlink()


def unparsed(sir: Shell) -> None:
    sir.edit(SOURCE, f"def {ID}(", f"def {ID}((")


def ambiguous(sir: Shell) -> None:
    """One function becomes two that are equally like it."""
    head, first, second = sir.read(SOURCE).split("\n\n\n")
    one, two = (first.replace(f"def {ID}(", f"def {name}(") for name in ("by_day", "by_week"))
    sir.write(SOURCE, "\n\n\n".join((head, one, two, second)))


def broken_preflight(sir: Shell) -> None:
    sir.edit("models/sir.py", '@cb.model_output("incidence")', '@cb.model_output("infections")')
    sir.ok("sync")


def data_gone(sir: Shell) -> None:
    (sir.root / DATA).unlink()


def cosmetic(sir: Shell) -> None:
    sir.edit(SOURCE, "OBSERVED =", "# as published\nOBSERVED =")


def conflict_of_declarations(sir: Shell) -> None:
    """Both sides of a merge gave one target another weight."""
    line = f"      {ID}: 1.0\n"
    ours, theirs = line.replace("1.0", "2.0"), line.replace("1.0", "3.0")
    sir.edit(
        REGISTRY,
        line,
        f"<<<<<<< ours\n{ours}||||||| base\n{line}=======\n{theirs}>>>>>>> theirs\n",
    )


def moved_tag(sir: Shell) -> None:
    """Somebody else published under the same tag."""
    sir.ok("push")
    (sir.root / ".modelops-bundle/state.json").unlink()
    sir.edit("sirlib/timetable.py", "6.0", "5.0")
    sir.ok("sync")


def conflicting_pull(sir: Shell) -> None:
    sir.ok("push")
    (sir.root / ".modelops-bundle/state.json").unlink()
    sir.edit("sirlib/timetable.py", "6.0", "5.0")


#: (situation, command, exit code, document, what it says was refused)
REFUSALS: list[tuple[Callable[[Shell], None], list[str], int, str, str | None]] = [
    (stale, ["status"], 0, "status", None),
    (stale, ["status", "--check"], 1, "status", None),
    (stale, ["status", "--check-staleness"], 1, "status", None),
    (stale, ["check"], 1, "check", None),
    (stale, ["sync", "--check"], 1, "sync", None),
    (stale, ["sync", "--dry-run"], 0, "sync", None),
    (stale, ["push"], 1, "push", "stale"),
    (stale, ["push", "--dry-run"], 1, "push", "stale"),
    (gone, ["status", "--check"], 1, "status", None),
    (gone, ["sync"], 3, "sync", "destructive"),
    (gone, ["sync", "--dry-run"], 3, "sync", "destructive"),
    (gone, ["sync", "--check"], 3, "sync", "destructive"),
    (gone, ["push"], 1, "push", "stale"),
    (gone, ["push", "--sync", "--force"], 3, "push", "stale"),
    (ambiguous, ["status", "--check"], 1, "status", None),
    (ambiguous, ["sync"], 3, "sync", "ambiguous"),
    (ambiguous, ["sync", "--force"], 3, "sync", "ambiguous"),
    (ambiguous, ["push"], 1, "push", "stale"),
    (ambiguous, ["register-target", SOURCE], 3, "error", None),
    (unparsed, ["status"], 0, "status", None),
    (unparsed, ["sync"], 2, "sync", "unparsed"),
    (unparsed, ["sync", "--keep"], 2, "sync", "unparsed"),
    (unparsed, ["register-target", SOURCE], 2, "error", None),
    (unparsed, ["push"], 1, "push", "stale"),
    (broken_preflight, ["status", "--check"], 1, "status", None),
    (broken_preflight, ["check"], 1, "check", None),
    (broken_preflight, ["sync", "--check"], 0, "sync", None),
    (broken_preflight, ["push"], 1, "push", "preflight"),
    (broken_preflight, ["push", "--force"], 1, "push", "preflight"),
    (data_gone, ["status", "--check"], 1, "status", None),
    (data_gone, ["sync"], 0, "sync", None),
    (data_gone, ["push"], 1, "push", "preflight"),
    (cosmetic, ["status", "--check"], 0, "status", None),
    (cosmetic, ["check"], 0, "check", None),
    (cosmetic, ["check", "--strict"], 1, "check", None),
    (cosmetic, ["sync", "--check"], 1, "sync", None),
    (cosmetic, ["push"], 0, "push", None),
    (conflict_of_declarations, ["status"], 0, "status", None),
    (conflict_of_declarations, ["status", "--check"], 1, "status", None),
    (conflict_of_declarations, ["sync"], 3, "sync", "conflict"),
    (conflict_of_declarations, ["sync", "--force"], 3, "sync", "conflict"),
    (conflict_of_declarations, ["push"], 1, "push", "stale"),
    (moved_tag, ["push"], 4, "push", "tag-moved"),
    (moved_tag, ["push", "--force"], 0, "push", None),
    (conflicting_pull, ["pull"], 3, "pull", "conflict"),
    (conflicting_pull, ["pull", "--dry-run"], 3, "pull", "conflict"),
]


@pytest.mark.parametrize(
    ("situation", "call", "code", "name", "refused"),
    REFUSALS,
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_refusals_keep_their_document_and_exit_code(
    sir: Shell,
    home: Path,
    situation: Callable[[Shell], None],
    call: list[str],
    code: int,
    name: str,
    refused: str | None,
) -> None:
    situation(sir)
    registry, store = sir.registry, published(home)
    actual, document = asked(sir, *call)
    assert (actual, document["schema"]) == (code, f"mops-bundle.{name}/1")
    if "refused" in document:
        assert document["refused"] == refused
    if refused is not None or "--dry-run" in call or "--check" in call:
        assert sir.registry == registry
    if name == "push" and refused is not None:
        tags = {path: content for path, content in store.items() if path.endswith("index.json")}
        assert {path: published(home)[path] for path in tags} == tags
        assert document["digest"] is None
        assert document["message"]
    assert sir(*call).code in (code, 0), "the exit code is the same for people"


def no_project(sir: Shell) -> None:
    (sir.root / REGISTRY).parent.rename(sir.root / "elsewhere")


def unreadable_registry(sir: Shell) -> None:
    sir.write(REGISTRY, "models:\n  a: [\n")


def no_mapping(sir: Shell) -> None:
    sir.write(REGISTRY, "- a\n- b\n")


def twice(sir: Shell) -> None:
    sir.edit(REGISTRY, f"  {OTHER}:\n", f"  {ID}:\n")


def unreadable_config(sir: Shell) -> None:
    sir.write(".modelops-bundle/config.yaml", "remote: [\n")


def as_it_is(sir: Shell) -> None:
    """Nothing is wrong."""


#: (situation, command, exit code, the error's code)
ERRORS: list[tuple[Callable[[Shell], None], list[str], int, str]] = [
    *(
        (no_project, call, 2, "no-project")
        for call in (["status"], ["sync"], ["check"], ["push"], ["pull"], ["list"], ["files"])
    ),
    *(
        (broken, call, 2, "registry")
        for broken in (unreadable_registry, no_mapping, twice)
        for call in (["status"], ["sync"], ["push"])
    ),
    (unreadable_config, ["status"], 2, "config"),
    (unreadable_config, ["push"], 2, "config"),
    (as_it_is, ["statsu"], 2, "usage"),
    (as_it_is, ["sync", "--forse"], 2, "usage"),
    (as_it_is, [], 2, "usage"),
    (as_it_is, ["status", "nobody"], 2, "usage"),
    (as_it_is, ["show", "nobody"], 2, "usage"),
    (as_it_is, ["unregister", "nobody"], 2, "usage"),
    (as_it_is, ["unregister", ID], 3, "needs-decision"),
    (as_it_is, ["rename", "target", ID, OTHER], 2, "usage"),
    (as_it_is, ["register-model", "sirlib/network.py"], 2, "usage"),
    (as_it_is, ["register-model", "nowhere.py"], 2, "usage"),
    (as_it_is, ["register-target", f"{SOURCE}:nothing"], 2, "usage"),
    (as_it_is, ["sync", "--rename", f"{ID}=nothing"], 2, "usage"),
    (as_it_is, ["register-target", SOURCE, "--exclude", OTHER], 2, "usage"),
    (as_it_is, ["target-set", "show", "nothing"], 2, "usage"),
    (as_it_is, ["add", "nothing.md"], 2, "usage"),
    (as_it_is, ["add", "../outside.md"], 2, "usage"),
    (as_it_is, ["push", "--tag", "not a tag"], 2, "usage"),
    (as_it_is, ["pull", "never-pushed"], 4, "not-found"),
    (as_it_is, ["diff", "never-pushed"], 4, "not-found"),
    (as_it_is, ["inspect", "never-pushed"], 4, "not-found"),
    (as_it_is, ["tag", "v1", "never-pushed"], 4, "not-found"),
    (as_it_is, ["tag", "sha-0123456789ab", "latest"], 2, "usage"),
    (as_it_is, ["copy", "never-pushed", "layout:../elsewhere"], 4, "not-found"),
    (as_it_is, ["copy", "v1", "no-remote"], 2, "config"),
    (as_it_is, ["delete", "never-pushed"], 4, "not-found"),
    (as_it_is, ["ensure", "never-pushed", "--dest", "../made"], 4, "not-found"),
    (as_it_is, ["ensure", "latest"], 2, "usage"),
    (as_it_is, ["inspect", "layout:../x:v1", "--remote", "layout:../y"], 2, "usage"),
    (no_project, ["versions"], 2, "no-project"),
    (no_project, ["inspect", "v1"], 2, "no-project"),
    (as_it_is, ["status", "-C", "nowhere"], 2, "usage"),
    (as_it_is, ["env", "switch", "nowhere"], 2, "config"),
    (as_it_is, ["env", "show"], 2, "usage"),
    (as_it_is, ["remote", "set", "layout:/absolute"], 2, "usage"),
    (as_it_is, ["remote", "set", "nonsense"], 2, "config"),
    (as_it_is, ["login", "registry.example"], 2, "usage"),
]


@pytest.mark.parametrize(
    ("situation", "call", "code", "error"),
    ERRORS,
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_errors_are_documents_too(
    sir: Shell, situation: Callable[[Shell], None], call: list[str], code: int, error: str
) -> None:
    situation(sir)
    actual, document = asked(sir, *call)
    assert document["schema"] == "mops-bundle.error/1"
    assert (actual, document["code"]) == (code, error), document
    assert document["hint"] or error in ("registry", "config", "usage")
    shown = sir(*call)
    assert shown.code == code
    assert "Traceback" not in shown.err


def test_nothing_is_asked_off_a_terminal(sir: Shell) -> None:
    """A process whose standard input would answer, and one that has none, end alike."""
    ambiguous(sir)
    before = sir.registry
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for given, options in (("y\n" * 50, []), ("", ["--json"])):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "modelops_bundle", "sync", *options],
            cwd=sir.root,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 3
        assert "[y/N]" not in done.stdout + done.stderr
    assert sir.registry == before


def test_the_demo_is_one_document(sir: Shell) -> None:
    shown = sir("demo", "--json")
    document = document_of(shown.out)
    assert shown.code == 0
    assert_documented(document)
    assert document["schema"] == "mops-bundle.demo/1"
    assert [step["exit_code"] for step in document["steps"]].count(1) == 1


def test_names_that_are_no_text_are_written_out(sir: Shell) -> None:
    """A path that is not UTF-8 must not break the document."""
    name = os.fsdecode(b"data/\xff.csv")
    (sir.root / name).write_text("1\n")
    code, document = asked(sir, "status")
    assert code == 0
    assert document["in_sync"] is True
    code, document = asked(sir, "add", name)
    assert code in (0, 2)
