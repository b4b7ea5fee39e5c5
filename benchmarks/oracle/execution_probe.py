"""Runs a program and says in which files below a folder a function, or a module's code, ran.

    python -I execution_probe.py ROOT PROGRAM

Standard output: one JSON object with `files`, and with `problem` if the program failed.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import threading
import warnings


def main() -> None:
    """Run it under a profiler."""
    root, program = sys.argv[1:3]
    seen: dict[str, None] = {}

    def notice(frame: object, event: str, _: object) -> None:
        if event == "call":
            seen[frame.f_code.co_filename] = None  # type: ignore[attr-defined]

    answer = os.dup(1)
    os.dup2(2, 1)
    sys.path.insert(0, root)
    sys.argv[:] = [program]
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    os.chdir(root)
    problem = ""
    threading.setprofile(notice)
    sys.setprofile(notice)
    try:
        runpy.run_path(program, run_name="__main__")
    except BaseException as error:
        problem = f"{type(error).__name__}: {error}"[:400]
    sys.setprofile(None)
    files = sorted(os.path.relpath(one, root) for one in seen if one.startswith(root + os.sep))
    with os.fdopen(answer, "w") as stream:
        json.dump({"files": files, "problem": problem}, stream)


if __name__ == "__main__":
    main()
