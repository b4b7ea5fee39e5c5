"""The import closure against the interpreter: what fresh processes load of public packages.

    python benchmarks/import_oracle.py
    python benchmarks/import_oracle.py --package starsim --modules 40

Each package is taken for a project: its folder is copied into a project root, entry modules are
chosen evenly over its modules (tests left out), and each is imported in a process of its own. A
file of the project that this loads and the closure of the entry does not hold is a miss, and is
printed with who asked for it; the last column says whether the analysis warned. Only `.py` files
count. Over-approximation is files in closures over files loaded.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modelops_bundle.analysis.project import Analysis, AnalysisRequest, analyse
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import scan
from oracle_environment import OracleEnvironment, oracle_environment

PROBE = Path(__file__).resolve().parent / "oracle" / "import_probe.py"

#: Models, and libraries that models are made of.
PACKAGES = """
    starsim stisim covasim hpvsim fpsim sciris mesa simpy SALib emcee lmfit salabim
    sympy mpmath networkx distributed xarray arviz seaborn joblib nltk formulaic altair
    flask werkzeug jinja2 click scrapy astroid openpyxl alembic httpx httpcore urllib3 requests
    marshmallow markdown_it
"""
#: Frameworks that load most of themselves on demand: by settings, as plugins, or in functions.
FRAMEWORKS = """
    django twisted sphinx docutils pygments pylint dask fsspec optuna pydantic rich anyio bokeh
"""

LIMIT_S = 120
_NOT_ENTRIES = frozenset({"tests", "test", "testing", "conftest", "__main__", "_vendor", "setup"})


@dataclass(frozen=True, slots=True)
class Miss:
    """A file that an entry loaded and its closure lacks."""

    entry: str
    file: str
    module: str
    asked_by: str
    kind: str
    warned: bool


@dataclass(slots=True)
class Result:
    """What one package gave."""

    package: str
    entries: int = 0
    loaded: int = 0
    found: int = 0
    closure: int = 0
    failed: list[str] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--package", nargs="+", default=[])
    parser.add_argument("--modules", type=int, default=8, help="entry modules of each package")
    parser.add_argument("--excess", action="store_true", help="list what closures hold in vain")
    parser.add_argument("--answers", type=Path, help="keep what was loaded in this folder")
    args = parser.parse_args()
    environment = oracle_environment()
    groups = [args.package] if args.package else [PACKAGES.split(), FRAMEWORKS.split()]
    results: list[Result] = []
    for group in groups:
        print(
            f"{'package':<14}{'entries':>8}{'loaded':>8}{'missed':>8}{'recall':>9}"
            f"{'over':>7}{'cpu s':>7}"
        )
        done = []
        for package in group:
            with tempfile.TemporaryDirectory() as folder:
                done.append(measured(environment, package, Path(folder), args))
            print(_row(done[-1]), flush=True)
        print(_row(_total(done)), "\n")
        results += done
    _summary(results)


def measured(
    environment: OracleEnvironment, package: str, root: Path, args: argparse.Namespace
) -> Result:
    """One package against the interpreter."""
    root = root.resolve()
    copied(environment, package, root)
    result = Result(package)
    answers = remembered(environment, package, root, args)
    result.failed = [f"{one['module']}: {one['problem']}" for one in answers if "problem" in one]
    good = {one["module"]: one["files"] for one in answers if "files" in one}
    entries = {module: path_of(root, module) for module in good}
    started = time.process_time()
    analysis = analysed(root, entries.values())
    result.seconds = time.process_time() - started
    warned = {one.location.path for one in analysis.findings if one.location is not None}
    in_vain: Counter[str] = Counter()
    for module, files in good.items():
        closure = analysis.closures[entries[module]]
        held = {entries[module], *(path for path in closure.files if path.endswith(".py"))}
        result.entries += 1
        result.closure += len(held)
        real = {path: why for path, why in files.items() if path.endswith(".py")}
        result.loaded += len(real)
        result.found += sum(path in held for path in real)
        in_vain.update(held - set(real))
        for path in sorted(set(real) - held):
            name, asker, line = real[path]
            kind, shown = _class(root, asker, line, held)
            result.misses.append(Miss(module, path, name, shown, kind, bool(warned & held)))
    if args.excess:
        for path, count in in_vain.most_common(40):
            print(f"    in vain {count:>3}  {path}")
    return result


def remembered(
    environment: OracleEnvironment, package: str, root: Path, args: argparse.Namespace
) -> list[dict[str, object]]:
    """What the entries of a package load, asked again only where it is not known."""
    kept = args.answers / f"{package}-{args.modules}.json" if args.answers else None
    if kept is not None and kept.exists():
        known: list[dict[str, object]] = json.loads(kept.read_text())
        return known
    answers = loaded(environment, root, candidates(root), args.modules)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(answers).replace(f"{root}/", ""))
    return answers


def copied(environment: OracleEnvironment, package: str, root: Path) -> None:
    """Make a project of an installed package."""
    source = environment.package(package)
    if source.is_dir():
        left_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, root / package, ignore=left_out, symlinks=True)
    else:
        shutil.copy(source, root)
    (root / ".modelops-bundle").mkdir(exist_ok=True)


def candidates(root: Path) -> list[str]:
    """The package itself, then its modules in an order that spreads evenly over them."""
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = [*path.relative_to(root).parts[:-1], path.stem]
        if parts[-1] == "__init__":
            parts.pop()
        plain = all(part.isidentifier() for part in parts)
        if plain and not any(p in _NOT_ENTRIES or p.startswith("test_") for p in parts):
            found.append(".".join(parts))
    order = found[:1]
    step = len(found) / 2
    while step >= 0.5:
        order += [found[int(number * step)] for number in range(int(len(found) / step))]
        step /= 2
    return list(dict.fromkeys(order))


def loaded(
    environment: OracleEnvironment, root: Path, names: Sequence[str], wanted: int
) -> list[dict[str, object]]:
    """What importing the first of these modules loads, until enough of them can be imported."""
    answers: list[dict[str, object]] = []
    good = 0
    while good < wanted and len(answers) < min(len(names), wanted * 3):
        some = names[len(answers) : len(answers) + wanted - good]
        question = json.dumps([str(root), ["."], some, LIMIT_S])
        done = subprocess.run(
            [environment.python, "-I", PROBE],
            input=question,
            capture_output=True,
            text=True,
            check=True,
        )
        more = [json.loads(line) for line in done.stdout.splitlines()]
        good += sum("files" in one for one in more)
        answers += more
    return answers


def path_of(root: Path, module: str) -> BundlePath:
    """The file of a module of the project."""
    path = BundlePath(module.replace(".", "/"))
    if (root / path / "__init__.py").is_file():
        return path.joined("__init__.py")
    return BundlePath(f"{path}.py")


def analysed(root: Path, entries: Iterator[BundlePath] | object) -> Analysis:
    """The analysis that every command makes, with these files as entries."""
    request = AnalysisRequest(
        entries=tuple((Kind.MODEL, path, "Entry") for path in entries)  # type: ignore[union-attr]
    )
    return analyse(scan(Project(root)), request)


def _class(root: Path, asker: str, line: int, held: set[str]) -> tuple[str, str]:
    if not asker:
        return "set by hand", ""
    path = root / asker
    if not path.is_relative_to(root):
        return "asked for from outside", f"{'/'.join(path.parts[-3:])}:{line}"
    inside = str(path.relative_to(root))
    kind = "follows" if inside not in held else "not found"
    return kind, f"{inside}:{line}"


def _row(one: Result) -> str:
    recall = one.found / one.loaded if one.loaded else 1.0
    over = one.closure / one.loaded if one.loaded else 1.0
    return (
        f"{one.package:<14}{one.entries:>8}{one.loaded:>8}{one.loaded - one.found:>8}"
        f"{recall:>9.4f}{over:>7.2f}{one.seconds:>7.1f}"
    )


def _total(results: list[Result]) -> Result:
    total = Result("total")
    for one in results:
        total.entries += one.entries
        total.loaded += one.loaded
        total.found += one.found
        total.closure += one.closure
        total.seconds += one.seconds
    return total


def _summary(results: list[Result]) -> None:
    print(_row(_total(results)))
    failing = sum(len(one.failed) for one in results)
    print(f"\n{len(results)} packages, {failing} modules that fail to import")
    for one in results:
        for line in one.failed:
            print(f"  fails  {one.package}: {line}", file=sys.stderr)
    misses = [miss for one in results for miss in one.misses]
    print(f"\n{len(misses)} misses: file <- who asked for it (class; warned)")
    grouped = Counter((m.file, m.asked_by, m.kind, m.warned) for m in misses)
    for (file, asked, kind, warned), count in sorted(grouped.items()):
        print(f"  {count:>3}  {file} <- {asked} ({kind}; {'warned' if warned else 'NOT WARNED'})")


if __name__ == "__main__":
    main()
