"""Runs in a process of its own: imports projects and reports what they really register.

    python observe.py [FRAMEWORK_SOURCE...] < folders.json > registrations.json

Without arguments the stand-in takes the framework's place. Standard input is a JSON list of
folders; each is imported twice, with the environment variable ORACLE empty and set.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import json
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from support import calabaria

Report = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Read folders, write what importing them registers."""
    folders = json.load(sys.stdin)
    if arguments:
        sys.path[:0] = arguments
    else:
        calabaria.install()
    framework = importlib.import_module(calabaria.NAME)
    made = importlib.import_module(f"{calabaria.NAME}.core.target").LossTarget
    if arguments:
        # The generated targets have a name and an output only.
        made.__init__.__defaults__ = (None, None, None)
    reports = []
    for folder in folders:
        for setting in ("", "1"):
            os.environ["ORACLE"] = setting
            with _importable(folder), contextlib.redirect_stdout(io.StringIO()):
                reports.append(_project(Path(folder), framework.BaseModel, made))
    json.dump(reports, sys.stdout)


@contextlib.contextmanager
def _importable(folder: str) -> Iterator[None]:
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(folder)
        _forget(folder)
        sys.path_importer_cache.pop(folder, None)


def _forget(folder: str) -> None:
    for name, module in list(sys.modules.items()):
        if any(place.startswith(f"{folder}{os.sep}") for place in _places(module)):
            del sys.modules[name]


def _places(module: types.ModuleType) -> list[str]:
    file = getattr(module, "__file__", None)
    return [file] if file else [str(place) for place in getattr(module, "__path__", ())]


def _project(folder: Path, base: type, made: type) -> dict[str, Report]:
    found: dict[str, Report] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        # What is said of a module is what importing it alone registers.
        _forget(str(folder))
        try:
            module = importlib.import_module(name)
        except Exception as error:
            found[name] = {"error": f"{type(error).__name__}: {error}"}
        else:
            found[name] = _module(module, base, made)
    return found


def _module(module: types.ModuleType, base: type, made: type) -> Report:
    models, targets = {}, {}
    for name, value in vars(module).items():
        if isinstance(value, type):
            if base in value.__mro__ and value is not base:
                models[name] = _model(value, name, module)
        elif callable(value) and not name.startswith("_"):
            report = _target(value, module, made)
            if report is not None:
                targets[name] = report
    return {"models": models, "targets": targets}


def _model(cls: Any, name: str, module: types.ModuleType) -> Report:
    outputs = getattr(cls, "registered_outputs", None)
    scenarios = getattr(cls, "registered_scenarios", None)
    report: Report = {
        "own": cls.__module__ == module.__name__,
        "named": cls.__qualname__ == name,
        "twin": getattr(module, cls.__qualname__, None) is cls,
        "outputs": sorted(cls._discovered_outputs if outputs is None else outputs),
        "scenarios": sorted(cls._discovered_scenarios if scenarios is None else scenarios),
        "parameters": [spec.name for spec in cls.PARAMS.specs],
    }
    report["scenarios"] = sorted({*report["scenarios"], "baseline"})
    try:
        instance = cls()
        report["live"] = {
            "outputs": sorted(instance._outputs),
            "scenarios": sorted(instance._scenarios),
            "parameters": [spec.name for spec in instance.space.specs],
        }
    except Exception:
        pass  # abstract, or made so that it cannot be built
    return report


def _target(value: Any, module: types.ModuleType, made: type) -> Report | None:
    metadata = getattr(value, "_target_metadata", None)
    if metadata is None and not isinstance(value, types.FunctionType):
        return None
    report: Report = {
        "own": getattr(value, "__module__", None) == module.__name__ or metadata is not None,
        "decorated": metadata is not None,
        "output": None,
        "data": None,
        "returned": None,
        "called": False,
    }
    if metadata is not None:
        report["output"] = metadata.get("model_output")
        report["data"] = sorted(_paths(metadata.get("data"))) if "data" in metadata else None
    elif value.__code__.co_argcount > 1:
        return None
    try:
        result = value() if metadata is not None else value(None)
        report["called"] = True
    except Exception:
        try:
            result = value()
            report["called"] = True
        except Exception:
            return report if metadata is not None else None
    if isinstance(result, types.CoroutineType):
        result = asyncio.run(result)
    report["returned"] = result.model_output if isinstance(result, made) else None
    if metadata is None and not isinstance(result, made):
        return None
    return report


def _paths(given: Any) -> list[str]:
    if isinstance(given, dict):
        return [path for item in given.values() for path in _paths(item)]
    if isinstance(given, list | tuple):
        return [path for item in given for path in _paths(item)]
    return [given] if isinstance(given, str) else []


if __name__ == "__main__":
    main(sys.argv[1:])
