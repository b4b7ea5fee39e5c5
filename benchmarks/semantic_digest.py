"""Semantic digests of public files on every Python that is here; print what differs (nothing).

    python benchmarks/semantic_digest.py                 those that tools/find-pythons knows
    python benchmarks/semantic_digest.py --files 20000   more files of each place

Files are taken from this interpreter's standard library and from the packages of the oracles'
environment (`benchmarks/oracle_environment.py`; `--packages` names another folder). For each file
that every interpreter parses, each top-level statement's digests (with and without docstrings) and
each definition's symbol digest must be the same on all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sysconfig
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from oracle_environment import oracle_environment

ROOT = Path(__file__).resolve().parents[1]

# One JSON line per file: its digest over everything, or why it has none.
PROGRAM = """
import ast, hashlib, json, sys, warnings
from modelops_bundle.analysis.semantic import statement_of, symbol_digest
from modelops_bundle.analysis.walk import DEFINITIONS, canonical, docstring_of
warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)
for name in json.load(sys.stdin):
    with open(name, "rb") as stream:
        content = stream.read()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        print(json.dumps([name, None, type(error).__name__]))
        continue
    rows = [docstring_of(tree.body)]
    for node in tree.body:
        one = statement_of(node, canonical([node]))
        rows.append([one.symbol, one.digest, one.documented])
    rows += [[n.name, symbol_digest(n)] for n in ast.walk(tree) if isinstance(n, DEFINITIONS)]
    text = json.dumps(rows).encode()
    print(json.dumps([name, hashlib.sha256(text).hexdigest(), len(rows)]))
"""


def main() -> int:
    """Compare and print; 1 if a digest differs or too little could be compared."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=3_000, help="of each place, drawn at random")
    parser.add_argument("--packages", type=Path, help="a folder of packages to read")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pythons = interpreters()
    print("interpreters: " + ", ".join(f"{version} ({path})" for version, path in pythons.items()))
    packages = args.packages or oracle_environment().site_packages
    places = {"standard library": Path(sysconfig.get_paths()["stdlib"]), "packages": packages}
    wrong = compared_files = 0
    for place, folder in places.items():
        files = sources(folder, args.files, args.seed)
        started = time.monotonic()
        answers = {version: ask(python, files) for version, python in pythons.items()}
        seconds = time.monotonic() - started
        wrong_here, compared = report(place, files, answers, seconds)
        wrong, compared_files = wrong + wrong_here, compared_files + compared
    print(f"\n{compared_files} files compared on {len(pythons)} interpreters, {wrong} differ")
    return int(wrong > 0 or compared_files < 1_000 or len(pythons) < 2)


def interpreters() -> dict[str, str]:
    """Every Python that can run the program, by its version."""
    find = str(ROOT / "tools" / "find-pythons")
    primary = subprocess.run([find, "primary"], capture_output=True, check=True, text=True)
    others = subprocess.run([find, "others"], capture_output=True, check=True, text=True)
    paths = [
        primary.stdout.strip(),
        *(line.split(" ", 1)[1] for line in others.stdout.splitlines()),
    ]
    found = {}
    for path in paths:
        asked = "import platform; print(platform.python_version())"
        done = subprocess.run([path, "-I", "-c", asked], capture_output=True, check=True, text=True)
        found[done.stdout.strip()] = path
    return found


def sources(folder: Path, most: int, seed: int) -> list[str]:
    """Python files below a folder, drawn at random where there are many."""
    found = sorted(str(path) for path in folder.rglob("*.py") if path.is_file())
    found = [path for path in found if "site-packages" not in path[len(str(folder)) :]]
    return sorted(random.Random(seed).sample(found, min(most, len(found))))


def ask(python: str, files: Sequence[str]) -> dict[str, tuple[str | None, object]]:
    """Each file's digest on one interpreter."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [python, "-c", PROGRAM],
        input=json.dumps(files),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    rows = (json.loads(line) for line in done.stdout.splitlines())
    return {name: (digest, more) for name, digest, more in rows}


def report(
    place: str,
    files: Sequence[str],
    answers: dict[str, dict[str, tuple[str | None, object]]],
    seconds: float,
) -> tuple[int, int]:
    """Print what came of one place; how many files differ, and how many were compared."""
    left_out: Counter[str] = Counter()
    differ: list[str] = []
    statements = 0
    for name in files:
        found = {version: answer[name] for version, answer in answers.items()}
        failed = [f"{why} on {version}" for version, (digest, why) in found.items() if not digest]
        if failed:
            left_out[", ".join(failed)] += 1
        elif len({digest for digest, _ in found.values()}) > 1:
            differ.append(name)
        else:
            statements += int(str(next(iter(found.values()))[1]))
    compared = len(files) - left_out.total()
    print(
        f"\n{place}: {len(files)} files, {compared} compared ({statements} statements and "
        f"definitions), {len(differ)} differ, {seconds:.0f} s"
    )
    for why, count in left_out.most_common():
        print(f"  left out: {count} files, {why}")
    for name in differ:
        print(f"  differs: {name}")
    return len(differ), compared


if __name__ == "__main__":
    raise SystemExit(main())
