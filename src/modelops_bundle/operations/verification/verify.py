"""The proof before publishing: a bundle's entries run as workers run them, and are what they say.

The bundle is copied into an empty folder, exactly as it travels. Each module that has entries is
imported there in a process of its own, by the interpreter that has the project's packages, with
nothing else of the project to be found. Only here, and only in those processes, does code of the
user run.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Literal

from modelops_bundle.codec.probe_json import decode_survey, encode_survey
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.probing import Survey
from modelops_bundle.core.proof import EntryProof, Interpreter
from modelops_bundle.core.registry import EntryKey, ModelEntry, TargetEntry
from modelops_bundle.errors import BundleError, InstallError, UsageError
from modelops_bundle.operations.cached import ensure_cached, resolved
from modelops_bundle.operations.publication import publication_of, unfit
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.operations.verification.evidence import Evidence
from modelops_bundle.operations.verification.install import install
from modelops_bundle.operations.verification.run import FLAGS, SURVEY, Limits, ModuleRun
from modelops_bundle.operations.verification.subject import (
    Subject,
    project_subject,
    published_subject,
)
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.bundle_cache import BundleCache, default_cache_folder
from modelops_bundle.workspace.captive import run_captive
from modelops_bundle.workspace.interpreters import Chosen, choose_interpreter
from modelops_bundle.workspace.phases import phase, saying_what_stays
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.sandbox import BundleCopy, Sandbox

#: As a push would be; or because the bundle cannot be installed.
VerifyRefusal = Literal["stale", "preflight", "install"]

_NOT_DONE = "nothing was run"
DEFAULT_TIMEOUT_S = 300.0
_SURVEY_S = 60.0
#: How often what is shown of the progress is drawn.
_TICK_S = 0.5
_MOST_PROCESSES = 4
#: Each process has a copy of the bundle: larger ones are not copied more than once.
_COPIED_BYTES = 512 << 20

Entries = Mapping[EntryKey, ModelEntry | TargetEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """What a person asks for.

    Attributes:
        python: A program or a virtual environment; None for the one that is usual here.
        install: Into a fresh virtual environment first, as workers do, and run there.
        call: Call the targets too.
        timeout_s: For each step of an entry.
        memory_bytes: Address space of each process, or None.
    """

    python: str | None = None
    install: bool = False
    call: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of it.

    Attributes:
        name: What was verified, for people.
        digest: Of the published bundle; None for a project.
        entries: In the registry's order; empty where it was refused.
        notes: What concerns all of them.
        installed: Into an environment of its own.
        refused: Why nothing was run: the project could not be pushed either, or the bundle cannot
            be installed.
        report: The project, where it is one.
    """

    name: str
    digest: Digest | None = None
    files: Mapping[str, FileState]
    interpreter: Interpreter | None = None
    entries: tuple[EntryProof, ...] = ()
    notes: tuple[str, ...] = ()
    called: bool = False
    installed: bool = False
    refused: VerifyRefusal | None = None
    error: BundleError | None = None
    report: StatusReport | None = None

    @property
    def ok(self) -> bool:
        """Whether all entries are what the registry says."""
        return self.refused is None and all(entry.ok for entry in self.entries)

    @property
    def exit_code(self) -> int:
        """0, or 1 where something is wrong."""
        return 0 if self.ok else 1


def verify_project(report: StatusReport, request: VerifyRequest) -> Verification:
    """Verify a project as it would be published.

    Raises:
        UsageError: there is no such interpreter, or it cannot be used.
        ChangedDuringUseError: a file changed meanwhile.
        FileAccessError: a file cannot be read, or there is no room for a copy.
    """
    refusal = unfit(report, not_done=_NOT_DONE, then="verify again")
    if refusal is not None:
        return Verification(
            name=report.project_name, files={}, refused=refusal[0], error=refusal[1], report=report
        )
    subject = project_subject(report, publication_of(report, not_done=_NOT_DONE))
    chosen = choose_interpreter(request.python, report.session.project.root)
    with Sandbox() as sandbox:
        done = _verification(subject, sandbox, request, chosen)
    return replace(done, name=report.project_name, report=report)


def verify_bundle(
    remote: Remote,
    reference: str,
    project: Project | None,
    request: VerifyRequest,
) -> Verification:
    """Verify what a reference holds.

    Args:
        project: The project around, if there is one: its interpreter is the usual one, and its
            files must not stand in for the bundle's.

    Raises:
        RemoteError: the remote or the bundle is at fault.
        RegistryError: it declares nothing.
        UsageError, FileAccessError: as `verify_project`.
    """
    chosen = choose_interpreter(request.python, None if project is None else project.root)
    digest = resolved(remote, reference)
    with (
        ensure_cached(BundleCache(default_cache_folder()), remote, digest) as bundle,
        Sandbox() as sandbox,
    ):
        subject = published_subject(bundle, sandbox, project)
        done = _verification(subject, sandbox, request, chosen)
    return replace(done, name=reference, digest=digest)


def _verification(
    subject: Subject,
    sandbox: Sandbox,
    request: VerifyRequest,
    chosen: Chosen,
) -> Verification:
    try:
        with saying_what_stays(lambda: "nothing of the project was touched"):
            return _Verifier(subject, sandbox, request).verification(chosen)
    except InstallError as error:
        files = {str(path): state for path, state in subject.files.items()}
        return Verification(name="", files=files, installed=True, refused="install", error=error)


class _Verifier:
    """Runs all modules of a subject, a few at a time."""

    def __init__(self, subject: Subject, sandbox: Sandbox, request: VerifyRequest) -> None:
        self._subject = subject
        self._sandbox = sandbox
        self._request = request
        self._stop = threading.Event()

    def verification(self, chosen: Chosen) -> Verification:
        """Run them.

        Raises:
            InstallError: the bundle cannot be installed.
        """
        if self._request.install:
            chosen = install(self._subject, self._sandbox, chosen, self._stop)
        survey = self._survey(chosen)
        evidence = Evidence(self._subject, survey)
        interpreter = Interpreter(
            executable=chosen.executable, version=survey.version, chosen=chosen.why
        )
        proofs = self._proofs(interpreter)
        entries = tuple(
            evidence.added_to(proofs[key], entry) for key, entry in self._subject.registry.entries()
        )
        return Verification(
            name="",
            files={str(path): state for path, state in self._subject.files.items()},
            interpreter=interpreter,
            entries=entries,
            notes=tuple(evidence.notes()),
            called=self._request.call,
            installed=self._request.install,
        )

    def _survey(self, chosen: Chosen) -> Survey:
        entries = self._subject.registry.entries()
        needed = {name for _, entry in entries for name in self._subject.needs(entry)}
        file = self._sandbox.root / "survey.request"
        file.write_bytes(encode_survey(needed, self._subject.distributions or ()))
        lines: list[bytes] = []
        ended = run_captive(
            [chosen.executable, *FLAGS, str(SURVEY), str(file)],
            folder=self._sandbox.root,
            environment=self._sandbox.environment(),
            timeout_s=_SURVEY_S,
            on_line=lines.append,
            stop=self._stop,
        )
        found = next(filter(None, map(decode_survey, lines)), None)
        if found is None:
            said = ended.output.strip().splitlines()[-1:] or [f"exit code {ended.code}"]
            raise UsageError(
                f"{chosen.executable} is no Python that can be used: {said[0]:.200}",
                not_done=_NOT_DONE,
                hint="name another one with --python; it must be 3.9 or later",
            )
        return found

    def _proofs(self, interpreter: Interpreter) -> dict[EntryKey, EntryProof]:
        modules = _by_module(self._subject.registry.entries())
        copies = self._copies(len(modules))
        total = sum(map(len, modules.values()))
        proofs: dict[EntryKey, EntryProof] = {}
        limits = Limits(
            timeout_s=self._request.timeout_s,
            memory_bytes=self._request.memory_bytes,
            call=self._request.call,
        )

        def run(module: str) -> None:
            copy = copies.get()
            try:
                work = ModuleRun(
                    subject=self._subject,
                    interpreter=interpreter,
                    sandbox=self._sandbox,
                    copy=copy,
                    limits=limits,
                    # What was installed from the bundle itself is the bundle's.
                    private_name="" if self._request.install else self._subject.name,
                    stop=self._stop,
                )
                for proof in work.proofs(module, modules[module]):
                    proofs[proof.key] = proof
            finally:
                copies.put(copy)
            done.add(len(modules[module]))

        with phase("Verifying", total, unit="entries") as done:
            self._all(run, modules, lambda: done.add(0))
        return proofs

    def _all(
        self, run: Callable[[str], None], modules: Iterable[str], tick: Callable[[], None]
    ) -> None:
        """Call it for each, in threads that wait for processes; an interrupt ends these."""
        with ThreadPoolExecutor(_MOST_PROCESSES) as pool:
            waiting: set[Future[None]] = {pool.submit(run, module) for module in modules}
            try:
                while waiting:
                    done, waiting = wait(waiting, _TICK_S, FIRST_EXCEPTION)
                    tick()
                    for one in done:
                        one.result()
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _copies(self, modules: int) -> queue.SimpleQueue[BundleCopy]:
        """As many copies of the bundle as processes may run at once."""
        count = min(_MOST_PROCESSES, os.cpu_count() or 1, max(1, modules))
        if self._subject.size_bytes > _COPIED_BYTES:
            count = 1
        copies: queue.SimpleQueue[BundleCopy] = queue.SimpleQueue()
        files, read = self._subject.files, self._subject.read
        with phase("Copying", count * self._subject.size_bytes) as done:
            for number in range(count):
                copies.put(self._sandbox.copy(f"bundle{number}", files, read, done.add))
        return copies


def _by_module(
    entries: Iterable[tuple[EntryKey, ModelEntry | TargetEntry]],
) -> dict[str, dict[EntryKey, ModelEntry | TargetEntry]]:
    modules: dict[str, dict[EntryKey, ModelEntry | TargetEntry]] = {}
    for key, entry in entries:
        modules.setdefault(entry.entrypoint.module, {})[key] = entry
    return modules
