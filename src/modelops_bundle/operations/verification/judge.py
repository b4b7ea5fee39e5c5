"""What failed code means: an exception, a dead process, or a file used beside the bundle."""

from __future__ import annotations

import importlib
import os
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.analysis.stdlib import STANDARD_LIBRARY
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.probing import RunAccess, RunFailure, RunFrame
from modelops_bundle.core.proof import Absence, Frame, Interpreter, Problem, Trouble
from modelops_bundle.errors import InvalidPathError
from modelops_bundle.operations.verification.subject import Subject
from modelops_bundle.preflight.distributions import distribution_for, is_provided
from modelops_bundle.workspace import probe
from modelops_bundle.workspace.captive import Ended

#: One line of Python's fault handler, innermost first after its heading.
_FAULT_BEGINNING = "Fatal Python error: "
_FAULT_HEADING = "(most recent call first):"
_FAULT = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>\S+)', re.M)
_NO_MEMORY = re.compile(
    r"MemoryError|bad_alloc|memory allocation of \d+ bytes failed|out of memory", re.I
)
_INSTALLED = ("/site-packages/", "/dist-packages/")
_STANDARD = re.compile(r"^.*/lib/(python\d[^/]*/)")


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges what happened in one copy of the bundle.

    Attributes:
        folder: Real absolute path of the copy.
    """

    subject: Subject
    interpreter: Interpreter
    folder: str

    def of_import(self, failure: RunFailure, *, limited: bool) -> Problem:
        """Why a module cannot be imported.

        Args:
            limited: Its memory was limited.
        """
        if failure.memory:
            return self._problem(
                Trouble.OUT_OF_MEMORY, "importing it needs too much memory", failure
            )
        if failure.missing:
            return self._missing(failure)
        if failure.exits:
            message = f"importing it ends the program (sys.exit({failure.message}))"
        else:
            message = f"importing it raises {_exception(failure)}"
        # Libraries that find no room say many things, but seldom that.
        hint = "If it is for want of memory, give more with --memory" if limited else ""
        return self._problem(Trouble.IMPORT_ERROR, message, failure, hint)

    def of_use(self, failure: RunFailure, doing: str) -> Problem:
        """Why an entry fails when it is used.

        Args:
            doing: What was done, such as "calling it".
        """
        if failure.memory:
            return self._problem(Trouble.OUT_OF_MEMORY, f"{doing} needs too much memory", failure)
        if failure.missing:
            return self._missing(failure)
        return self._problem(Trouble.CALL_ERROR, f"{doing} raises {_exception(failure)}", failure)

    def of_end(self, ended: Ended, doing: str, timeout_s: float, *, limited: bool) -> Problem:
        """Why a process ended before it was done.

        Args:
            doing: What it did, such as "importing it".
            limited: Its memory was limited.
        """
        frames = self._frames(_fault_frames(ended.output))
        if ended.timed_out:
            trouble = Trouble.TIMED_OUT
            message = f"{doing} took more than {timeout_s:g} s"
        elif limited and _NO_MEMORY.search(ended.output):
            trouble, message = Trouble.OUT_OF_MEMORY, f"{doing} needs too much memory"
        elif ended.code == -signal.SIGKILL:
            trouble = Trouble.OUT_OF_MEMORY
            message = f"the system killed it while {doing}, most likely for want of memory"
        elif ended.code < 0:
            trouble = Trouble.CRASHED
            message = f"{doing} crashed the interpreter ({_signal(-ended.code)})"
        elif ended.code == _SPEECHLESS:
            trouble = Trouble.CRASHED
            message = f"{doing} closed files that others had opened, so nothing is known of it"
        else:
            trouble = Trouble.CRASHED
            message = f"{doing} ended the process (exit code {ended.code})"
        return Problem(trouble=trouble, message=message, location=_location(frames), frames=frames)

    def of_access(self, access: RunAccess, *, writes: bool) -> Problem:
        """A file of the project that the code used, and that is not in the bundle."""
        frames = self._frames(access.frames)
        path = self._shown(access.path)
        verb = "wanted to write" if writes else "reads"
        return Problem(
            trouble=Trouble.DATA_ERROR,
            message=f"{verb} {path} in the project itself, by its absolute path: workers have none",
            hint="Name data files relative to the project's root, or to the module's __file__",
            location=_location(frames),
            frames=frames,
        )

    def shown_access(self, access: RunAccess) -> str:
        """A file outside of bundle and project, and the line of the bundle that reads it."""
        location = _location(self._frames(access.frames))
        return access.path if location is None else f"{access.path} ({location})"

    def _missing(self, failure: RunFailure) -> Problem:
        name, frames = failure.missing, self._frames(failure.frames)
        absence, message, hint = self._absence(failure, frames)
        return Problem(
            trouble=Trouble.IMPORT_ERROR,
            message=f"no module named '{name}': {message}",
            hint=hint,
            location=_location(frames),
            module=name,
            absence=absence,
            frames=frames,
        )

    def _absence(self, failure: RunFailure, frames: Sequence[Frame]) -> tuple[Absence, str, str]:
        name = failure.missing
        top, python = name.partition(".")[0], self.interpreter.executable
        path = self._left_behind(failure)
        if path:
            return (
                Absence.UNTRACKED,
                f"{path} is in the project and does not travel",
                f"See whether {_IGNORE} leaves it out; else run 'mops-bundle add {path}'",
            )
        if self.subject.holds(name):
            return Absence.NOWHERE, "its file is in the bundle, and was gone when it ran", ""
        if self.subject.provides(top):
            return Absence.NOWHERE, f"the bundle's {top} has no such module", ""
        if top in STANDARD_LIBRARY:
            version = self.interpreter.version
            return Absence.NOT_INSTALLED, f"the library of Python {version} has none", ""
        importer = next(
            (frame for frame in reversed(frames) if not frame.place.startswith("<")), None
        )
        if importer is not None and not importer.own:
            what = importer.place.partition("/")[0]
            return (
                Absence.NOT_INSTALLED,
                f"{what} imports it, and it is not installed",
                f"If {what} does not bring it along, add '{distribution_for(top)}' to the "
                "dependencies in pyproject.toml, and install it",
            )
        if self.subject.distributions is None or is_provided(top, self.subject.distributions):
            return (
                Absence.NOT_INSTALLED,
                f"it is not installed in {python}",
                "Install the project's packages there, or name another Python with --python, or "
                "use --install",
            )
        return (
            Absence.UNDECLARED,
            "pyproject.toml does not declare what provides it",
            f"Add '{distribution_for(top)}' to the dependencies in pyproject.toml",
        )

    def _left_behind(self, failure: RunFailure) -> str:
        """The project's file that would have been imported, had it travelled."""
        if failure.kept_out:
            return self._shown(failure.kept_out)
        return self.subject.file_of(failure.missing) or ""

    def _shown(self, path: str) -> str:
        project = self.subject.project
        if project is None:
            return path
        shown = os.path.relpath(os.path.realpath(path), project.root)
        return path if shown.startswith("..") else shown

    def _problem(
        self, trouble: Trouble, message: str, failure: RunFailure, hint: str = ""
    ) -> Problem:
        frames = self._frames(failure.frames)
        return Problem(
            trouble=trouble, message=message, hint=hint, location=_location(frames), frames=frames
        )

    def _frames(self, frames: Sequence[RunFrame]) -> tuple[Frame, ...]:
        return tuple(self._frame(frame) for frame in frames)

    def _frame(self, frame: RunFrame) -> Frame:
        file = frame.file
        if file.startswith(f"{self.folder}/"):
            return Frame(file[len(self.folder) + 1 :], frame.line, frame.function, own=True)
        for part in _INSTALLED:
            file = file.rpartition(part)[2] if part in file else file
        return Frame(_STANDARD.sub(r"\1", file), frame.line, frame.function, own=False)


_IGNORE = ".modelopsignore"
#: Characters of an exception's text in a message; its traceback has no more either.
_LONGEST = 200
#: The probe's exit code where it can no longer report.
_SPEECHLESS = 94
#: How imports show in what the fault handler prints.
_MACHINERY = ("<frozen importlib", importlib.__file__)
PROBES = Path(probe.__file__).parent


def _location(frames: Sequence[Frame]) -> Location | None:
    """The innermost line of the user's own."""
    for frame in reversed(frames):
        if frame.own:
            try:
                return Location(BundlePath.parse(frame.place), frame.line)
            except InvalidPathError:
                continue
    return None


def _exception(failure: RunFailure) -> str:
    first = failure.message.strip().split("\n")[0].rstrip(".")
    cut = first if len(first) <= _LONGEST else f"{first[:_LONGEST]}..."
    return f"{failure.type}: {cut}" if first else failure.type


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def printed(ended: Ended) -> str:
    """What a process printed, without what the fault handler said at its end."""
    if ended.code < 0 or ended.timed_out:
        return ended.output.partition(_FAULT_BEGINNING)[0]
    return ended.output


def _fault_frames(output: str) -> tuple[RunFrame, ...]:
    """Where Python's fault handler saw the process last, innermost last."""
    _, heading, told = output.rpartition(_FAULT_HEADING)
    found = [
        RunFrame(one["file"], int(one["line"]), one["function"])
        for one in _FAULT.finditer(told)
        if not one["file"].startswith((*_MACHINERY, str(PROBES)))
    ]
    return tuple(reversed(found)) if heading else ()
