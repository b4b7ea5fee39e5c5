"""Imports modules of a project, each in a process of its own, and says which files that loaded.

Standard input: a JSON list of the project's root, the folders on `sys.path`, the modules, and a
limit in seconds for each.
Standard output: one JSON line per module with its files; or with `problem`, why it could not be
imported. A file comes with who asked for it: the first frame outside the import machinery.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import warnings


class _Witness:
    """Notes who asks for a module, and finds none."""

    def __init__(self) -> None:
        self.asked: dict[str, tuple[str, int]] = {}

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
            frame = frame.f_back
        if frame is not None:
            self.asked.setdefault(name, (frame.f_code.co_filename, frame.f_lineno))


def _imported(root: str, module: str) -> dict[str, object]:
    witness = _Witness()
    sys.meta_path.insert(0, witness)
    try:
        importlib.import_module(module)
    except BaseException as error:
        return {"problem": f"{type(error).__name__}: {error}"[:300]}
    found: dict[str, tuple[str, str, int]] = {}
    for name, loaded in list(sys.modules.items()):
        try:
            file = loaded.__file__
        except Exception:
            continue
        if isinstance(file, str) and file.startswith(root + os.sep):
            found[os.path.relpath(file, root)] = (name, *witness.asked.get(name, ("", 0)))
    return {"files": found}


def _child(writer: int, root: str, module: str, limit_s: int) -> None:
    signal.alarm(limit_s)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    answer = _imported(root, module)
    with os.fdopen(writer, "w") as pipe:
        json.dump({"module": module, **answer}, pipe)
    os._exit(0)


def main() -> None:
    """Answer for all modules."""
    root, roots, modules, limit_s = json.load(sys.stdin)
    sys.path[:0] = [os.path.normpath(os.path.join(root, one)) for one in roots]
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    for module in modules:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            _child(writer, root, module, limit_s)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            content = pipe.read()
        os.waitpid(child, 0)
        print(content or json.dumps({"module": module, "problem": "it ended"}), flush=True)


if __name__ == "__main__":
    main()
