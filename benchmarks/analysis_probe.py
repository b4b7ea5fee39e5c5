"""One measurement of `benchmarks/analysis.py`, in this process."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from modelops_bundle.analysis.closure import ClosureBuilder
from modelops_bundle.analysis.discover import Discovery
from modelops_bundle.analysis.facts import extract_facts
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.prefilter import interesting_words, words_in
from modelops_bundle.analysis.project import Analysis
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.analysis.walk import canonical
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.operations import analysis, observe
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.pyproject import read_project_facts
from modelops_bundle.workspace.scan import scan

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main() -> None:
    """Measure one thing and print it as JSON."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "parts":
        print(json.dumps(parts(folder)))
        return
    cache = folder / ".modelops-bundle" / "cache"
    if what == "single":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if what in ("cold", "single"):
        shutil.rmtree(cache, ignore_errors=True)
    elif what in ("memo", "edited", "warm"):
        analysed(folder)
    if what == "memo":
        for result in cache.glob("result-analysis.*"):
            result.unlink()
    edited = folder / "models" / "model.py"
    source = edited.read_bytes() if what == "edited" else b""
    if source:
        edited.write_bytes(source + b"\nEDITED = 1\n")
    try:
        measure((lambda: yardstick(folder)) if what == "yardstick" else (lambda: analysed(folder)))
    finally:
        if source:
            edited.write_bytes(source)


def measure(work: Callable[[], object]) -> None:
    """Time it, with what its children take."""
    compiled = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal compiled
        # What forked processes parse, and what dataclasses are made of, is not counted.
        compiled += event == "compile" and str(arguments[1]).endswith(".py")

    sys.addaudithook(count)
    before, started = cpu_seconds(), time.perf_counter()
    work()
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - before
    peak = max(resource.getrusage(who).ru_maxrss for who in WHO)
    found = {"seconds": seconds, "cpu_seconds": cpu, "compiled": compiled}
    print(json.dumps(found | {"peak_bytes": peak * 1024}))


def cpu_seconds() -> float:
    """What this process and its children have spent."""
    usages = [resource.getrusage(who) for who in WHO]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def sources(folder: Path) -> list[bytes]:
    """All source files of a project."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.py"))]


def yardstick(folder: Path) -> None:
    """Hash and parse, and nothing else."""
    for content in sources(folder):
        hashlib.sha256(content).hexdigest()
        ast.parse(content, filename="one.py")


def analysed(folder: Path) -> Analysis:
    """What every command does of the analysis: look at the disk, hash, read caches, analyse."""
    project = Project(folder)
    looked = scan(project)
    record = observe.read_registry(project).record
    tables = read_project_facts(project, looked)
    request = observe._request(project, record, tables, ())
    found = analysis.analysed(project, looked, request)
    looked.commit_cache()
    return found


def parts(folder: Path) -> dict[str, float]:
    """The parts of a cold analysis of all files, each as a share of the yardstick's time."""
    shares: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        started = time.process_time()
        work()
        shares[name] = time.process_time() - started

    contents = {
        BundlePath(str(path.relative_to(folder))): path.read_bytes()
        for path in sorted(folder.rglob("*.py"))
    }
    looked = scan(Project(folder))
    with analysis._seldom_collected():
        timed("yardstick", lambda: yardstick(folder))
        interesting = interesting_words(contents, BUILT_IN)
        timed("words", lambda: [words_in(content, interesting) for content in contents.values()])
        parsing = walking = extracting = 0.0
        for path, content in contents.items():
            marks = [time.process_time()]
            source = parse_source(path, content)
            marks.append(time.process_time())
            if not isinstance(source, ParsedSource):
                continue
            for node in source.tree.body:
                canonical((node,))
            marks.append(time.process_time())
            extract_facts(source)
            marks.append(time.process_time())
            parsing += marks[1] - marks[0]
            walking += marks[2] - marks[1]
            extracting += marks[3] - marks[2]
        shares |= {"parse": parsing, "facts": extracting, "  of which the walk": walking}
        index = ModuleIndex(looked, (ROOT,))
        linker = Linker(FactsStore(index))
        for path in contents:
            linker.store.facts(path)
        timed("linking", lambda: [linker.links(path) for path in contents])
        discovery = Discovery(index, BUILT_IN, linker)
        own = [path for path in contents if path.startswith(("models/", "targets/"))]
        timed("discovery", lambda: [discovery.file(path) for path in own])
        builder = ClosureBuilder(linker, {path: frozenset() for path in own})
        timed("closures and their digests", lambda: [builder.closure(path) for path in own])
    return {name: share / shares["yardstick"] for name, share in shares.items()}


if __name__ == "__main__":
    main()
