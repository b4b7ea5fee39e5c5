"""Time status, sync and push beside git status, on generated projects; print one table.

    python benchmarks/status.py                      100, 1,000 and 10,000 files of 50 KiB
    python benchmarks/status.py --files 100000 --size 1024

"cold" means without the program's own cache; the operating system's is warm throughout, as it is
on a machine that somebody works on. A time is the median of several fresh processes.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measure import PROGRAM, Run, several

HERE = Path(__file__).parent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--size", type=int, default=50 * 1024, help="bytes of each file")
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--no-push", action="store_true", help="leave out the pushes")
    parser.add_argument("--in", dest="folder", type=Path, help="work below this folder")
    args = parser.parse_args()

    print(
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{os.cpu_count()} cores, files of {args.size} bytes, {args.entries} entries, "
        f"median of {args.runs}\n"
    )
    print(
        f"{'files':>8}  {'command':<24} {'ms':>9} {'cpu ms':>9}"
        f"  {'x git status':>12}  {'peak MB':>8}"
    )
    for files in args.files:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            project = Project(Path(folder), files, args.size, args.entries)
            project.measure(args.runs, push=not args.no_push)


class Project:
    """A generated project with a remote and a git history beside it."""

    def __init__(self, folder: Path, files: int, size_bytes: int, entries: int) -> None:
        self.folder = folder / "project"
        self._store = folder / "store"
        self._files = files
        self._size_bytes = size_bytes
        # In a process of its own, so that this one stays small (see `Run.peak_bytes`).
        options = ["--files", str(files), "--size", str(size_bytes), "--entries", str(entries)]
        options += ["--remote", f"layout:{self._store}", "--git"]
        generator = [sys.executable, str(HERE / "generate.py"), str(self.folder)]
        subprocess.run([*generator, *options], check=True)

    def measure(self, times: int, *, push: bool) -> None:
        """Print the project's block of the table, from `git status` on."""
        few = max(2, times // 3)
        git = several(["git", "status", "--porcelain"], self.folder, times=times)
        self._show("git status", git, git)

        def row(name: str, times: int, before: Callable[[int], None], *arguments: str) -> None:
            measured = several([*PROGRAM, *arguments], self.folder, times=times, before=before)
            self._show(name, measured, git)

        row("status, cold", few, self.forget, "status")
        row("status, warm", times, nothing, "status")
        row("status --check-staleness", few, nothing, "status", "--check-staleness")
        row("sync, nothing to do", few, nothing, "sync")
        row("sync, one file edited", few, self.edit, "sync")
        if push:
            row("push, empty layout", 2, self.empty_store, "push")
            row("push, nothing to do", few, nothing, "push")
        print()

    def forget(self, _: int) -> None:
        """Drop the program's cache."""
        shutil.rmtree(self.folder / ".modelops-bundle" / "cache", ignore_errors=True)

    def edit(self, number: int) -> None:
        """Change a data file that a target declares."""
        edited = self.folder / "data" / "part_000" / "file_000000.bin"
        edited.write_bytes(number.to_bytes(2, "big") * (self._size_bytes // 2))

    def empty_store(self, _: int) -> None:
        """Forget that anything was ever pushed."""
        shutil.rmtree(self._store, ignore_errors=True)
        (self.folder / ".modelops-bundle" / "state.json").unlink(missing_ok=True)

    def _show(self, name: str, measured: Run, git: Run) -> None:
        print(
            f"{self._files:>8,}  {name:<24}"
            f" {measured.seconds * 1000:>9.1f} {measured.cpu_seconds * 1000:>9.1f}"
            f"  {measured.seconds / git.seconds:>12.2f}  {measured.peak_bytes / 1e6:>8.1f}",
            flush=True,
        )


def nothing(_: int) -> None:
    """Leave the project as the run before left it."""


if __name__ == "__main__":
    main()
