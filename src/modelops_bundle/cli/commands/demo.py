"""`demo`: the whole story on the shipped example, each command with its real output."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from modelops_bundle.errors import BundleError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle demo"

#: What is said, the command's arguments, and the exit code that it must have.
_STORY: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("What does the registry say that is no longer true, and why?", ("status",), 0),
    ("A stale bundle is not published.", ("push",), 1),
    ("One command mends it: ids, target sets and weights stay.", ("sync",), 0),
    ("Now the registry says what the code says.", ("status",), 0),
    ("So it can be published.", ("push",), 0),
)
_PULL: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("A colleague with an empty project of the same name pulls it.", ("pull",), 0),
    ("Every file there is what the registry declares.", ("status", "--check-staleness"), 0),
)


class DemoError(BundleError):
    """A command of the demo did not do what the story says."""

    code = "demo"


@dataclass
class _Stage:
    """A temporary home with two projects; commands run in it as a person would run them."""

    home: Path
    out: Output
    steps: list[dict[str, object]] = field(default_factory=list)

    def say(self, *lines: str) -> None:
        if not self.out.json:
            self.out.lines(lines)

    def run(self, folder: Path, arguments: tuple[str, ...], expected: int) -> None:
        """Run one command and show what it prints.

        Raises:
            DemoError: it ended otherwise than it must.
        """
        command = " ".join(("mops-bundle", *arguments))
        self.say(f"$ {command}")
        sys.stdout.flush()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "modelops_bundle", *arguments],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if self.out.json else None,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = (done.stdout or b"").decode("utf-8", "backslashreplace")
        self.steps.append({"command": command, "exit_code": done.returncode, "output": output})
        self.say(*([f"(exit code {done.returncode})"] if done.returncode else []), "")
        if done.returncode != expected:
            raise DemoError(
                f"`{command}` ended with exit code {done.returncode}, not {expected}",
                not_done="the story was not told to its end",
            )

    def _environment(self) -> Mapping[str, str]:
        """The user's environment, but with a home of its own: nothing of the demo stays."""
        import site

        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        }
        return {
            **kept,
            "HOME": str(self.home),
            "PYTHONUSERBASE": site.getuserbase(),
            "COLUMNS": str(self.out.columns),
        }


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments: there are none of its own."""


def run(args: Namespace, out: Output) -> int:
    """Tell the story in a temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mops-bundle-demo-") as folder:
        stage = _Stage(Path(folder).resolve(), out)
        _tell(stage)
    if out.json:
        out.document({"schema": "mops-bundle.demo/1", "steps": stage.steps})
    return 0


def _tell(stage: _Stage) -> None:
    from modelops_bundle.demo.example import copy_example, make_stale
    from modelops_bundle.demo.story import EDITS

    project, colleague = stage.home / "starsim-sir", stage.home / "colleague"
    copy_example(project)
    make_stale(project)
    stage.say(
        "A model of the 1978 boarding-school influenza outbreak was in sync with its registry.",
        "Since then:",
        *(f"  - {edit.told} ({edit.path})" for edit in EDITS),
        "",
    )
    for told, arguments, expected in _STORY:
        stage.say(f"# {told}")
        stage.run(project, arguments, expected)
    (colleague / ".modelops-bundle").mkdir(parents=True)
    config = Path(".modelops-bundle") / "config.yaml"
    (colleague / config).write_bytes((project / config).read_bytes())
    for told, arguments, expected in _PULL:
        stage.say(f"# {told}")
        stage.run(colleague, arguments, expected)
    number = _verified(colleague)
    stage.say(f"{number} pulled files have the digests that the registry declares.")


def _verified(folder: Path) -> int:
    """Hash every file that the registry declares, by no other means than `hashlib`.

    Raises:
        DemoError: one of them is not what the registry says.
    """
    import hashlib

    from modelops_bundle.operations.document import read_registry
    from modelops_bundle.workspace.project import Project

    declared = {}
    for _, entry in read_registry(Project(folder)).record.entries():
        declared.update({entry.path: entry.source_digest, **entry.code_digests})
        declared.update(entry.data_digests)
    for path, digest in declared.items():
        if f"sha256:{hashlib.sha256((folder / path).read_bytes()).hexdigest()}" != digest:
            raise DemoError(f"{path} is not what the registry declares")
    return len(declared)
