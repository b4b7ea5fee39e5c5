"""One module of a bundle at work in a process of its own, and again where that process died."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from modelops_bundle.codec.probe_json import (
    ProbeEntry,
    ProbeRequest,
    decode_report,
    encode_request,
)
from modelops_bundle.core.naming_some import some_of
from modelops_bundle.core.probing import Report
from modelops_bundle.core.proof import EntryProof, Interpreter, OpenFact, Problem, Trouble
from modelops_bundle.core.proof_compare import Comparison, compare_call, compare_entry
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry
from modelops_bundle.operations.verification.judge import PROBES, Judge, printed
from modelops_bundle.operations.verification.subject import Subject
from modelops_bundle.workspace.captive import Ended, run_captive
from modelops_bundle.workspace.sandbox import BundleCopy, Sandbox, Traces

RUN, SURVEY = PROBES / "run.py", PROBES / "survey.py"
#: Isolated: nothing of the environment, of the user's own packages or of the working folder; no
#: bytecode is written, and what is printed is not held back, as with workers.
FLAGS = ("-I", "-B", "-u")

Entries = Mapping[EntryKey, ModelEntry | TargetEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far code may go.

    Attributes:
        timeout_s: For each step of an entry: its import, its facts, its call.
        memory_bytes: Address space of each process, or None.
        call: Targets are called.
    """

    timeout_s: float
    memory_bytes: int | None = None
    call: bool = False


@dataclass(slots=True)
class _Told:
    """What the probe has reported so far."""

    reports: dict[tuple[str, str], Report] = field(default_factory=dict)

    def __call__(self, line: bytes) -> None:
        report = decode_report(line)
        if report is not None:
            self.reports.setdefault((report.event, report.id), report)

    def of(self, event: str, id: str = "") -> Report | None:
        return self.reports.get((event, id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRun:
    """How the entries of one module are run.

    Attributes:
        private_name: The project's distribution, whose installed copy must not count; or "".
        stop: Set when nobody waits any more.
    """

    subject: Subject
    interpreter: Interpreter
    sandbox: Sandbox
    copy: BundleCopy
    limits: Limits
    private_name: str
    stop: threading.Event

    def proofs(self, module: str, entries: Entries) -> list[EntryProof]:
        """Run them; those that a dead process could not come to, in another one.

        Raises:
            Interrupted: `stop` was set.
            FileAccessError, ChangedDuringUseError: the bundle's copy cannot be made again.
        """
        done: list[EntryProof] = []
        waiting = dict(entries)
        while waiting:
            self.copy.restore()
            started = time.monotonic()
            told = _Told()
            ended = self._run(module, waiting, told)
            reached = self._reached(waiting, told, ended)
            around = _Around(
                judge=self._judge(),
                told=told,
                ended=ended,
                limits=self.limits,
                traces=self.copy.traces(),
                seconds=time.monotonic() - started,
            )
            done += [self._proof(key, waiting.pop(key), around) for key in reached]
        return done

    def _judge(self) -> Judge:
        return Judge(self.subject, self.interpreter, str(self.copy.folder))

    def _run(self, module: str, entries: Entries, told: _Told) -> Ended:
        folder = str(self.copy.folder)
        request = ProbeRequest(
            folder=folder,
            roots=self.subject.roots_in(folder),
            elsewhere=self.subject.elsewhere,
            distribution=self.private_name,
            module=module,
            entries=tuple(
                ProbeEntry(id=str(key), kind=key.kind.value, symbol=entry.symbol)
                for key, entry in entries.items()
            ),
            conventions=tuple(asdict(one) for one in self.subject.conventions),
            call=self.limits.call,
            memory_bytes=self.limits.memory_bytes,
        )
        file = self.sandbox.root / f"{self.copy.folder.name}.request"
        file.write_bytes(encode_request(request))
        return run_captive(
            [self.interpreter.executable, *FLAGS, str(RUN), str(file)],
            folder=self.copy.folder,
            environment=self.sandbox.environment(),
            timeout_s=self.limits.timeout_s,
            on_line=told,
            stop=self.stop,
        )

    def _reached(self, entries: Entries, told: _Told, ended: Ended) -> list[EntryKey]:
        """The entries that something can be said of now: at least one."""
        keys = list(entries)
        imported = told.of("imported")
        if told.of("done") or imported is None or imported.failure is not None:
            return keys
        for at, key in enumerate(keys):
            last = "called" if told.of("calling", str(key)) else "facts"
            if told.of(last, str(key)) is None:
                return keys[: at + 1]
        return keys

    def _proof(self, key: EntryKey, entry: ModelEntry | TargetEntry, around: _Around) -> EntryProof:
        found = around.comparison(key, entry)
        call = around.told.of("called", str(key))
        called = call is not None and call.call is not None and call.call.called
        open_facts = found.open_facts
        if call is not None and call.call is not None and not called:
            open_facts = (*open_facts, OpenFact("call", call.call.reason))
        return EntryProof(
            key=key,
            entrypoint=entry.entrypoint,
            path=entry.path,
            line=self.subject.lines.get(key, 0),
            problems=(*around.problems(key), *found.problems),
            compared=found.compared,
            open_facts=open_facts,
            notes=tuple(around.notes()),
            called=called,
            printed=printed(around.ended),
            seconds=around.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """One process: what it told, how it ended, and what it left behind."""

    judge: Judge
    told: _Told
    ended: Ended
    limits: Limits
    traces: Traces
    seconds: float

    def comparison(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> Comparison:
        """The registry's word against what was told of an entry."""
        facts, call = self.told.of("facts", str(key)), self.told.of("called", str(key))
        if facts is None or facts.facts is None:
            return Comparison()
        found = compare_entry(entry, facts.facts)
        if isinstance(entry, TargetEntry) and call is not None and call.call is not None:
            return compare_call(entry, call.call, found)
        return found

    def problems(self, key: EntryKey) -> list[Problem]:
        """What went wrong with an entry, the facts apart."""
        found = [*self._failures(key)]
        done = self.told.of("done")
        for accesses, writes in (
            (((), False),) if done is None else ((done.reads, False), (done.writes, True))
        ):
            found += [self.judge.of_access(one, writes=writes) for one in accesses]
        if self.traces.damaged:
            message = f"it changed or deleted {some_of(self.traces.damaged)}, which other tasks use"
            found.append(Problem(trouble=Trouble.DATA_ERROR, message=message))
        return found

    def notes(self) -> list[str]:
        """What is worth knowing."""
        done = self.told.of("done")
        notes = []
        if done is not None and done.outside:
            read = [self.judge.shown_access(one) for one in done.outside]
            notes.append(f"reads {some_of(read)}: a worker has that only in the same place")
        if self.traces.added:
            notes.append(f"wrote {some_of(self.traces.added)} into the bundle's folder")
        if self.ended.strays:
            notes.append("left processes running, which were ended")
        return notes

    def _failures(self, key: EntryKey) -> list[Problem]:
        imported = self.told.of("imported")
        if imported is None:
            return [self._died("importing it")]
        if imported.failure is not None:
            limited = self.limits.memory_bytes is not None
            return [self.judge.of_import(imported.failure, limited=limited)]
        facts, call = self.told.of("facts", str(key)), self.told.of("called", str(key))
        if facts is None:
            return [self._died(_USING[key.kind])]
        if facts.failure is not None:
            return [self.judge.of_use(facts.failure, _USING[key.kind])]
        if self.told.of("calling", str(key)) is None:
            return []
        if call is None:
            return [self._died("calling it")]
        return [] if call.failure is None else [self.judge.of_use(call.failure, "calling it")]

    def _died(self, doing: str) -> Problem:
        limited = self.limits.memory_bytes is not None
        return self.judge.of_end(self.ended, doing, self.limits.timeout_s, limited=limited)


_USING = {Kind.MODEL: "making one as workers do", Kind.TARGET: "looking at it"}
