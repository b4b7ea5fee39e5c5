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
    parser.add_argument("--in", dest="folder", type=Path, help="work below this folder")
    args = parser.parse_args()

    print(
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{os.cpu_count()} cores, files of {args.size} bytes, {args.entries} entries, "
        f"median of {args.runs}\n"
    )
    print(f"{'files':>8}  {'command':<24} {'ms':>9}  {'x git status':>12}  {'peak MB':>8}")
    for files in args.files:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            measure_project(Path(folder), files, args.size, args.entries, args.runs)


def measure_project(folder: Path, files: int, size_bytes: int, entries: int, runs: int) -> None:
    """Generate one project and print its block of the table."""
    project, store = folder / "project", folder / "store"
    # In a process of its own, so that this one stays small (see `Run.peak_bytes`).
    options = ["--files", str(files), "--size", str(size_bytes), "--entries", str(entries)]
    options += ["--remote", f"layout:{store}", "--git"]
    subprocess.run([sys.executable, str(HERE / "generate.py"), str(project), *options], check=True)
    cache = project / ".modelops-bundle" / "cache"
    edited = next(iter(sorted(project.glob("data/*/*.bin"))))

    def forget(_: int) -> None:
        shutil.rmtree(cache, ignore_errors=True)

    def edit(number: int) -> None:
        edited.write_bytes(number.to_bytes(2, "big") * (size_bytes // 2))

    def empty_store(_: int) -> None:
        shutil.rmtree(store, ignore_errors=True)
        (project / ".modelops-bundle" / "state.json").unlink(missing_ok=True)

    git = several(["git", "status", "--porcelain"], project, times=runs)
    show(files, "git status", git, git)
    few = max(2, runs // 3)
    show(
        files, "status, cold", several([*PROGRAM, "status"], project, times=few, before=forget), git
    )
    show(files, "status, warm", several([*PROGRAM, "status"], project, times=runs), git)
    command = [*PROGRAM, "status", "--check-staleness"]
    show(files, "status --check-staleness", several(command, project, times=few), git)
    show(files, "sync, nothing to do", several([*PROGRAM, "sync"], project, times=few), git)
    show(
        files,
        "sync, one file edited",
        several([*PROGRAM, "sync"], project, times=few, before=edit),
        git,
    )
    show(
        files,
        "push, empty layout",
        several([*PROGRAM, "push"], project, times=2, before=empty_store),
        git,
    )
    show(files, "push, nothing to do", several([*PROGRAM, "push"], project, times=few), git)
    print()


def show(files: int, name: str, measured: Run, git: Run) -> None:
    """Print one row."""
    print(
        f"{files:>8,}  {name:<24} {measured.seconds * 1000:>9.1f}"
        f"  {measured.seconds / git.seconds:>12.2f}  {measured.peak_bytes / 1e6:>8.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
