"""The installed package carries the example and its own files whole, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = "examples/starsim-sir"


def committed(folder: str) -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {path.removeprefix(f"{folder}/") for path in done.stdout.split("\0") if path}


def test_the_wheel_holds_the_example_as_committed(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    prefix = "modelops_bundle/demo/project/"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        held = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
        assert held == committed(EXAMPLE)
        for path in held:
            assert archive.read(prefix + path) == (ROOT / EXAMPLE / path).read_bytes()
    assert not [name for name in names if name.startswith(("tests/", "examples/"))]
    package = "src/modelops_bundle"
    assert committed(package) <= {name.removeprefix("modelops_bundle/") for name in names}
