"""Large and odd source through the real commands: processor time, exit codes, no traceback.

Prints one line for each source: its size, the processor seconds of the slowest command, and the
exit codes. Ends with 1 if a command printed a traceback, was killed, or took longer than
`LIMIT_S`. Usage: `python benchmarks/hostile_source.py [NAME…]`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT_S = 120
MODEL = (
    "import modelops_calabaria as cb\n\n\nclass Sir(cb.BaseModel):\n    PARAMS = ()\n\n"
    "    @cb.model_output('x')\n    def x(self, raw, seed):\n        return 1\n"
)
COMMANDS = (
    ["init"],
    ["register-model", "models/good.py"],
    ["status"],
    ["sync", "--discover"],
    ["check"],
    ["explain", "good_sir"],
    ["graph"],
)


def lines(template: str, count: int) -> str:
    """A line for each number; `{0}` is the number, `{1}` the next."""
    return "".join(template.format(i, (i + 1) % count) + "\n" for i in range(count))


#: Source of a module that a registered model imports.
SOURCES = {
    "100,000 lines": lambda: lines("x{0} = {0}", 100_000),
    "50,000 functions": lambda: lines("def f{0}(): return f{1}()", 50_000),
    "50,000 paths": lambda: lines("p{0} = 'data/f{0}.csv'", 50_000),
    "20,000 paths of one name": lambda: (
        "from pathlib import Path\np = Path('data')\n" + lines("p = p / 'f{0}.csv'", 20_000)
    ),
    "10,000 imports": lambda: lines("import m{0}", 10_000),
    "a list of 200,000": lambda: f"y = [{'1,' * 200_000}]\n",
    "a mapping of 30,000 paths": lambda: (
        "D = {" + "".join(f"'k{i}': 'data/v{i}.csv', " for i in range(30_000)) + "}\n"
        "for k, v in D.items():\n    open(v)\n"
    ),
    "a text of 1 MB": lambda: f"y = '{'a/' * 500_000}'\n",
    "a name of 200 KB": lambda: f"{'a' * 200_000} = 1\n",
    "3,000 decorators": lambda: lines("@cb.model_output('a{0}')", 3000) + "def z(): ...\n",
    "300 bases in a row": lambda: (
        "class C0(Sir): ...\n" + "".join(f"class C{i}(C{i - 1}): ...\n" for i in range(1, 300))
    ),
}
CYCLE = "a cycle of 10,000 files"


def main(wanted: list[str]) -> int:
    """Run all sources, or those of these names."""
    worst = 0
    for name in (*SOURCES, CYCLE):
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            size_bytes = write(Path(folder) / "project", name)
            worst |= run(Path(folder) / "project", name, size_bytes)
    return worst


def write(root: Path, name: str) -> int:
    """Make the project; the size of its source in bytes."""
    models = root / "models"
    models.mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "odd"\nversion = "1"\n')
    (models / "__init__.py").write_text("")
    (models / "good.py").write_text("from models import odd\n" + MODEL)
    if name == CYCLE:
        (models / "odd.py").write_text("from models import m0\n")
        for index in range(10_000):
            text = f"from models import m{(index + 1) % 10_000}\n"
            (models / f"m{index}.py").write_text(text)
        return 10_000 * len(text)
    content = MODEL + SOURCES[name]()
    (models / "odd.py").write_text(content)
    return len(content)


def run(root: Path, name: str, size_bytes: int) -> int:
    """Run every command; 1 where one failed."""
    environment = {**os.environ, "HOME": str(root.parent / "home")}
    codes, seconds, bad = [], [], []
    for command in COMMANDS:
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-m", "modelops_bundle", *command],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        after = os.times()
        spent = after.children_user + after.children_system
        seconds.append(spent - before.children_user - before.children_system)
        codes.append(done.returncode)
        if done.returncode not in (0, 1) or "Traceback" in done.stderr or seconds[-1] > LIMIT_S:
            bad.append((command, done.returncode, done.stderr[-200:]))
    slowest = max(range(len(seconds)), key=seconds.__getitem__)
    told = f"{seconds[slowest]:6.1f} s  {COMMANDS[slowest][0]}"
    print(f"{name:28} {size_bytes / 1e6:6.2f} MB  {told:26} {codes}", *bad, flush=True)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
