"""Every command that README.md and docs/ show is run, and prints what is shown.

A command that fails must be followed by `$ echo $?`, so that readers see the exit code too. What
differs between machines is compared as a placeholder: digests, times, ports, and the folder that
the page runs in (support/pages.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.pages import FENCE, PAGES, ROOT, Shell, Shown, Written, anchors, links, shown_in

#: What a block of the set-up kind may hold. CI runs these as they stand.
SETUP = {"make demo", "make test"}

each_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)


@each_page
def test_page_shows_what_the_commands_print(page: Path, tmp_path: Path) -> None:
    steps = list(shown_in(page.read_text(encoding="utf-8")))
    with Shell(tmp_path) as shell:
        for at, step in enumerate(steps):
            if isinstance(step, Written):
                shell.write(step)
                continue
            place = f"{page.name}:{step.line}: {step.command}"
            printed = shell.run(step.command)
            assert shell.comparable(printed) == shell.comparable(step.output), place
            if shell.exit_code != 0:
                following = steps[at + 1] if at + 1 < len(steps) else None
                shown = isinstance(following, Shown) and following.command == "echo $?"
                assert shown, f"{place}: exit code {shell.exit_code} is not shown"


@each_page
def test_page_names_the_files_that_the_reader_writes(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for step in shown_in(text):
        if isinstance(step, Written):
            before = text.split("\n")[: step.line - 2]
            paragraph = "\n".join(before).rstrip().rpartition("\n\n")[2]
            assert f"`{step.path}`" in paragraph, f"{page.name}:{step.line}: {step.path}"


@each_page
def test_page_has_no_shell_block_that_nothing_runs(page: Path) -> None:
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        if block["kind"] in {"sh", "bash", "shell"} and not block["file"]:
            unknown = set(block["body"].splitlines()) - SETUP
            assert not unknown, f"{page.name}: not run by any test: {unknown}"


def test_readme_gives_the_command_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "```sh\nmake demo\nmake test\n```" in readme
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@each_page
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in links(text):
        path = page.parent / target if target else page
        assert path.exists(), f"{page.name}: {target}"
        if anchor and path.suffix == ".md":
            known = anchors(path.read_text(encoding="utf-8"))
            assert anchor in known, f"{page.name}: {target}#{anchor}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen:
            seen.add(page)
            for target, _ in links(page.read_text(encoding="utf-8")):
                path = (page.parent / target).resolve()
                if path.suffix == ".md" and path.is_file():
                    waiting.append(path)
    assert sorted(set(PAGES) - seen) == []


def test_every_program_of_the_page_on_scripts_is_run() -> None:
    text = (ROOT / "docs/how-to/scripts-and-notebooks.md").read_text(encoding="utf-8")
    steps = [step for step in shown_in(text) if isinstance(step, Shown)]
    run = [step for step in steps if step.command.startswith("python - ")]
    assert len(run) == text.count("```python\n") > 5


def test_the_shell_sees_what_it_must(tmp_path: Path) -> None:
    page = "```text a/b.txt\nhello\n```\n```console\n$ cat <<X\n> one\n> X\none\n$ false\n```\n"
    page += "```console\n$ export WORD=kept; cd a\n$ cat b.txt; echo $WORD\nhello\nkept\n```\n"
    steps = list(shown_in(page))
    assert [step.line for step in steps] == [2, 5, 9, 12, 13]
    with Shell(tmp_path) as shell:
        for step in steps:
            if isinstance(step, Written):
                shell.write(step)
            else:
                assert shell.comparable(shell.run(step.command)) == step.output
                assert shell.exit_code == (1 if step.command == "false" else 0)
    assert re.search("TIME", shell.comparable("at 2026-11-30 20:15:00"))
