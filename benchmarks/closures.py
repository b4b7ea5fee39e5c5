"""Many entries over many modules: how long closures take to be made, written and read back.

    python benchmarks/closures.py [MODULES] [ENTRIES]        2000 and 200 by default

Every entry imports nearly all of one large package. Times are of the processor.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from modelops_bundle.analysis.memo import decode_analysis, encode_analysis
from modelops_bundle.analysis.project import AnalysisRequest, analyse
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from support.trees import memory_tree


def main() -> int:
    """Make, write and read; print one line for each."""
    modules, entries = (int(text) for text in (*sys.argv[1:], "2000", "200")[:2])
    order = random.Random(1)
    sources: dict[str, str] = {"lib/__init__.py": "", "models/__init__.py": ""}
    for number in range(modules):
        named = {min(modules - 1, number + 1), order.randrange(number, modules)} - {number}
        imports = "".join(f"from lib import m{other}\n" for other in sorted(named))
        sources[f"lib/m{number}.py"] = f"{imports}X = {number}\n"
    asked = []
    for number in range(entries):
        path = f"models/e{number}.py"
        sources[path] = f"from lib import m{number % 50}\nclass M: ...\n"
        asked.append((Kind.MODEL, BundlePath(path), "M"))
    tree = memory_tree(sources)
    began = time.process_time()
    found = analyse(tree, AnalysisRequest(entries=tuple(asked)))
    made = time.process_time()
    content = encode_analysis(found)
    wrote = time.process_time()
    again = decode_analysis(content)
    read = time.process_time()
    rows = sum(len(closure.files) for closure in found.closures.values())
    print(f"{modules} modules, {entries} entries: {rows} files in closures")
    print(f"  made     {made - began:6.2f} s")
    print(f"  written  {wrote - made:6.2f} s, {len(content) / 1e6:.1f} MB")
    print(f"  read     {read - wrote:6.2f} s")
    print(f"  memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB in all")
    return 0 if again == found else 1


if __name__ == "__main__":
    sys.exit(main())
