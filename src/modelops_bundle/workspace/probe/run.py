"""Imports one module of a bundle and reports, entry by entry, what is really there.

    python -I -B run.py REQUEST_FILE REPORT_DESCRIPTOR

Runs in the user's interpreter, which need not have this program: standard library of Python 3.9
only. The working directory is the bundle's folder. Standard output and error belong to the user's
code; reports are lines of JSON on a descriptor of their own.
"""

from __future__ import annotations

import faulthandler
import importlib
import importlib.machinery
import importlib.util
import json
import os
import sys
import types
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
Json = dict[str, object]

#: What reports are made with, whatever the user's code puts in the place of these.
_PROCESS, _WRITE, _EXIT, _JSON = os.getpid, os.write, os._exit, json.dumps
#: Exit code where the user's code has closed the descriptor of the reports.
_SPEECHLESS = 94
_FRAMES = 40
_TEXT = 4_000


def main(arguments: list[str]) -> None:
    """Do what the request asks, in its order."""
    with open(arguments[0], encoding="utf-8") as stream:
        request = json.load(stream)
    report = _Report(int(arguments[1]))
    facts, accesses = _beside("facts"), _beside("accesses")
    faulthandler.enable(all_threads=False)
    _leave_no_core()
    sys.argv = arguments[:1]
    own = _Own(request["folder"], request["elsewhere"], request["distribution"])
    sys.path[:] = request["roots"] + [one for one in sys.path if not own.holds(one)]
    own.forget_what_is_loaded()
    sys.meta_path.insert(0, _Guard(request["roots"], own))
    watch = accesses.Watch(own)
    sys.addaudithook(watch)
    tried = _Trial(own, request["memory_bytes"])
    report.send({"event": "ready"})
    module, failure = tried(importlib.import_module, request["module"])
    report.send({"event": "imported", "failure": failure})
    for entry in request["entries"] if module is not None else ():
        found, failure = tried(facts.described, module, entry, request)
        report.send({"event": "facts", "id": entry["id"], "failure": failure, "facts": found})
        if request["call"] and entry["kind"] == "target" and found and found["found"]:
            report.send({"event": "calling", "id": entry["id"]})
            told, failure = tried(facts.called, module, entry, request)
            report.send({"event": "called", "id": entry["id"], "failure": failure, "call": told})
    _end(report, {"reads": watch.reads, "writes": watch.writes, "outside": watch.outside})


def _leave_no_core() -> None:
    """Where a crash would write the memory of the process into the bundle's folder."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, OSError, ValueError):
        return


def _end(report: _Report, accesses: Json) -> None:
    """Leave at once: threads and exit handlers of the user's code have nothing to add."""
    report.send({"event": "done", **accesses})
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue
    _EXIT(0)


class _Report:
    """Lines of JSON for the program that started this one."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._process = _PROCESS()
        os.set_inheritable(descriptor, False)

    def send(self, record: Json) -> None:
        """Write a line. A process that the user's code forked has nothing to say, and ends."""
        if _PROCESS() != self._process:
            _EXIT(0)
        line = _JSON(record).encode("ascii") + b"\n"
        try:
            while line:
                line = line[_WRITE(self._descriptor, line) :]
        except OSError:
            _EXIT(_SPEECHLESS)


class _Own:
    """Where the bundle is, and where its project has further files that did not travel.

    Args:
        folder: The bundle's own folder.
        elsewhere: Folders of the project that it was made from.
        distribution: The project's distribution, a copy of which may be installed here; or "".
    """

    def __init__(self, folder: str, elsewhere: list[str], distribution: str) -> None:
        self.folder = folder
        self._elsewhere = [one + os.sep for one in elsewhere]
        # What is beside the folder is private to it, wherever temporary files are.
        apart = [os.path.dirname(folder), *_prefixes()]
        self._prefixes = [os.path.realpath(one) + os.sep for one in apart]
        self._distribution = distribution
        self._installed: set[str] | None = None
        #: Modules that were not let in, by name, with the file that would have been loaded.
        self.kept_out: dict[str, str] = {}

    def holds(self, path: str) -> bool:
        """Whether a path belongs to the project and not to the bundle.

        An environment may be inside of a project, and a project inside of an environment (or of
        `/usr`): the folder that says more of the path decides.
        """
        if not self._elsewhere:
            return False
        real = os.path.realpath(path) + os.sep
        inside = max(len(one) if real.startswith(one) else 0 for one in self._elsewhere)
        return inside > 0 and inside >= self._apart(real)

    def is_apart(self, path: str) -> bool:
        """Whether a path is private to the bundle's folder, or belongs to the interpreter."""
        return self._apart(os.path.realpath(path) + os.sep) > 0

    def _apart(self, real: str) -> int:
        return max(len(one) if real.startswith(one) else 0 for one in self._prefixes)

    def forget_what_is_loaded(self) -> None:
        """Modules that a `.pth` file has imported from the project when the interpreter began."""
        for name, module in list(sys.modules.items()):
            origin = vars(module).get("__file__") if isinstance(module, types.ModuleType) else None
            if name == "__main__" or not isinstance(origin, str) or not os.path.isabs(origin):
                continue
            if self.holds(origin) or self.installed(origin):
                del sys.modules[name]

    def installed(self, path: str) -> bool:
        """Whether a file was installed with the project itself."""
        if self._installed is None:
            self._installed = set(self._files()) if self._distribution else set()
        return os.path.realpath(path) in self._installed

    def _files(self) -> list[str]:
        """What its installation has recorded: read as text, since the bundle's modules come first.

        Importing what the library has for it might import a `csv.py` of the user's.
        """
        files: list[str] = []
        for folder in sys.path:
            for name in os.listdir(folder) if os.path.isdir(folder) else ():
                head, _, tail = name.rpartition(".")
                if tail == "dist-info" and _normalised(head.split("-")[0]) == self._distribution:
                    files += _recorded(folder, name)
        return files


def _normalised(name: str) -> str:
    return name.replace("_", "-").replace(".", "-").lower()


def _recorded(folder: str, name: str) -> list[str]:
    try:
        with open(os.path.join(folder, name, "RECORD"), encoding="utf-8") as stream:
            lines = stream.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [os.path.realpath(os.path.join(folder, line.split(",")[0])) for line in lines]


def _prefixes() -> list[str]:
    """Where the interpreter and its packages live: inside a project for a `.venv` there."""
    import sysconfig

    names = ("stdlib", "platstdlib", "purelib", "platlib")
    inside = [os.path.join(sys.prefix, one) for one in ("bin", "etc", "lib", "lib64", "share")]
    return [sys.prefix, sys.base_prefix, *inside, *(sysconfig.get_path(name) for name in names)]


class _Guard:
    """The first finder: the bundle's modules come from its folder, whatever `.pth` files say."""

    def __init__(self, roots: list[str], own: _Own) -> None:
        self._roots = roots
        self._own = own

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module.

        Raises:
            ModuleNotFoundError: only the project has it, so no worker would.
        """
        if path is None and name not in sys.builtin_module_names:
            spec = importlib.machinery.PathFinder.find_spec(name, self._roots)
            if spec is not None and spec.origin is not None:
                return spec
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            found: importlib.machinery.ModuleSpec | None = find and find(name, path, target)
            if found is None:
                continue
            origin = found.origin or ""
            if os.path.isabs(origin) and self._is_kept_out(origin):
                self._own.kept_out[name] = origin
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            return found
        return None

    def _is_kept_out(self, origin: str) -> bool:
        if origin.startswith(self._own.folder + os.sep):
            return False
        return self._own.holds(origin) or self._own.installed(origin)


class _Trial:
    """Calls the user's code: with as much memory as is allowed, and whatever it raises is told."""

    def __init__(self, own: _Own, memory_bytes: int | None) -> None:
        self._own = own
        self._memory_bytes = memory_bytes

    def __call__(self, work: Callable[..., T], *arguments: object) -> tuple[T | None, Json | None]:
        """What a call gives, or how it failed."""
        self._limit(self._memory_bytes)
        try:
            return work(*arguments), None
        except BaseException as error:
            failed = error
        finally:
            self._limit(None)
        return None, _failure(failed, self._own)

    def _limit(self, memory_bytes: int | None) -> None:
        if self._memory_bytes is None:
            return
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = hard if memory_bytes is None else memory_bytes
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        try:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        except (OSError, ValueError):
            return  # a system that has no such limit


def _failure(error: BaseException, own: _Own) -> Json:
    record: Json = {
        "type": type(error).__name__,
        "message": _text(error),
        "frames": _frames(error),
        "memory": isinstance(error, MemoryError),
        "exits": isinstance(error, SystemExit),
    }
    cause: BaseException | None = error
    for _ in range(_FRAMES):
        if cause is None:
            break
        if isinstance(cause, ImportError):
            name = str(cause.name or "")
            record["missing"] = name if isinstance(cause, ModuleNotFoundError) else ""
            record["imports"] = True
            record["kept_out"] = own.kept_out.get(name, "")
            record["frames"] = _frames(cause) + ([] if cause is error else _frames(error))
            break
        cause = cause.__cause__ or cause.__context__
    return record


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_TEXT]
    except BaseException:
        return "(its message cannot be shown)"


def _frames(error: BaseException) -> list[Json]:
    """The traceback without the machinery of imports and without this file, innermost last."""
    frames: list[Json] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename not in _HIDDEN:
            frames.append(
                {"file": code.co_filename, "line": trace.tb_lineno or 0, "function": code.co_name}
            )
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        frames.append({"file": str(error.filename), "line": error.lineno or 0, "function": ""})
    return frames[-_FRAMES:]


def _beside(name: str) -> types.ModuleType:
    """A program file beside this one, under a name that no user's module has."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"mops_bundle_probe_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _HIDDEN.add(path)
    return module


_HIDDEN = {
    __file__,
    "<frozen importlib._bootstrap>",
    "<frozen importlib._bootstrap_external>",
    importlib.__file__ or "",
}

if __name__ == "__main__":
    main(sys.argv[1:])
