"""A fresh virtual environment with what a bundle installs, made as the platform's workers do.

They make one with `uv` where it is there, else with the standard library, and install the bundle's
own folder into it: `pyproject.toml` decides, and no lock file. Without a `pyproject.toml` it is
`requirements.txt`.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from modelops_bundle.errors import InstallError
from modelops_bundle.operations.verification.subject import Subject
from modelops_bundle.workspace.captive import run_captive
from modelops_bundle.workspace.interpreters import Chosen
from modelops_bundle.workspace.sandbox import Sandbox

#: Compilers take their time, and downloads too.
_TIMEOUT_S = 3_600.0
_SHOWN_LINES = 12


def install(subject: Subject, sandbox: Sandbox, base: Chosen, stop: threading.Event) -> Chosen:
    """Make the environment, and install the bundle into it.

    Args:
        base: The Python that the environment is made with.
        stop: Set to give up.

    Raises:
        InstallError: something cannot be installed; with what the installer said last.
        Interrupted: `stop` was set.
        FileAccessError: there is no room.
    """
    place = sandbox.root / "environment"
    # Building leaves files behind: not in a copy in which entries run.
    source = sandbox.copy("installed", subject.files, subject.read).folder
    uv = shutil.which("uv")
    if uv is not None:
        making = [uv, "venv", "--quiet", "--python", base.executable, str(place)]
    else:
        making = [base.executable, "-I", "-m", "venv", str(place)]
    _do(making, source, sandbox, stop)
    python = _python_of(place)
    wanted = _wanted(source)
    with_uv = uv is not None
    if wanted and uv is not None:
        try:
            step = [uv, "pip", "install", "--quiet", "--python", str(python), *wanted]
            _do(step, source, sandbox, stop)
        except InstallError:
            # Workers try `pip` then, and say what that says.
            with_uv = False
            _do([str(python), "-I", "-m", "ensurepip"], source, sandbox, stop)
    if wanted and not with_uv:
        pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "--no-input"]
        _do([*pip, "--disable-pip-version-check", *wanted], source, sandbox, stop)
    shutil.rmtree(source, ignore_errors=True)
    return Chosen(str(python), f"installed with {'uv' if with_uv else 'pip'} on {base.executable}")


def _wanted(source: Path) -> list[str]:
    if (source / "pyproject.toml").is_file():
        return [str(source)]
    requirements = source / "requirements.txt"
    return ["-r", str(requirements)] if requirements.is_file() else []


def _python_of(place: Path) -> Path:
    windows = place / "Scripts" / "python.exe"
    return windows if os.name == "nt" else place / "bin" / "python"


def _do(step: Sequence[str], folder: Path, sandbox: Sandbox, stop: threading.Event) -> None:
    """One program, with the user's own settings and caches: installers need indexes and logins."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "__PYVENV")) and name != "VIRTUAL_ENV"
    }
    environment = {**kept, "TMPDIR": sandbox.environment()["TMPDIR"], "PYTHONNOUSERSITE": "1"}
    ended = run_captive(
        step, folder=folder, environment=environment, timeout_s=_TIMEOUT_S, stop=stop
    )
    if ended.code == 0 and not ended.timed_out:
        return
    said = [line for line in ended.output.strip().splitlines() if line.strip()]
    name = Path(step[0]).name
    raise InstallError(
        f"the bundle cannot be installed ({name} ended with exit code {ended.code})",
        output=tuple(said[-_SHOWN_LINES:]),
        not_done="nothing was run",
        hint="mend pyproject.toml: workers install it in the same way",
    )
