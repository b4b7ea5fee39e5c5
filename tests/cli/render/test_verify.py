"""A verification for people."""

from __future__ import annotations

from modelops_bundle.cli.render.verify import (
    render_unfit,
    render_verify,
    render_verify_in_full,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.proof import (
    Absence,
    EntryProof,
    Frame,
    Interpreter,
    OpenFact,
    Problem,
    Trouble,
)
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.errors import InstallError
from modelops_bundle.operations.verification.documents import verify_document
from modelops_bundle.operations.verification.verify import Verification
from support.golden import assert_golden

MODEL, TARGET = BundlePath("models/sir.py"), BundlePath("targets/incidence.py")
FRAMES = (
    Frame("models/sir.py", 8, "<module>", own=True),
    Frame("models/network.py", 3, "<module>", own=True),
)


def proof(kind: Kind, name: str, *problems: Problem, **more: object) -> EntryProof:
    path = MODEL if kind is Kind.MODEL else TARGET
    module = path.removesuffix(".py").replace("/", ".")
    made = EntryProof(
        key=EntryKey(kind, name),
        entrypoint=Entrypoint.of(module, name),
        path=path,
        line=18,
        problems=problems,
        seconds=2.25,
    )
    for field, value in more.items():
        object.__setattr__(made, field, value)
    return made


MISSING = Problem(
    trouble=Trouble.IMPORT_ERROR,
    message="no module named 'polars': it is not installed in .venv/bin/python",
    hint="Install the project's packages there, or name another Python with --python",
    location=Location(BundlePath("models/network.py"), 3),
    module="polars",
    absence=Absence.NOT_INSTALLED,
    frames=FRAMES,
)
SLOW = Problem(trouble=Trouble.TIMED_OUT, message="calling it took more than 5 s")
OTHER = Problem(
    trouble=Trouble.FACT_MISMATCH, message="it is for output 'a', not 'b' as registered"
)
FILES = {"models/sir.py": FileState(MODEL, Digest.of_bytes(b""), 2048)}
PYTHON = Interpreter(executable=".venv/bin/python", version="3.12.4", chosen=".venv")
DONE = Verification(
    name="starsim-sir",
    files=FILES,
    interpreter=PYTHON,
    notes=("Python 3.12.4 is not what pyproject.toml asks for (>=3.13)",),
    entries=(
        proof(Kind.MODEL, "sir", MISSING),
        proof(Kind.MODEL, "other", MISSING, printed="one\n\ntwo\n"),
        proof(Kind.TARGET, "slow", SLOW, OTHER, notes=("wrote a.csv into the bundle's folder",)),
        proof(
            Kind.TARGET,
            "fine",
            compared=("function", "model_output"),
            open_facts=(OpenFact("data", "no mark"),),
            called=True,
        ),
        proof(Kind.TARGET, "good", open_facts=(OpenFact("data", "no mark"),)),
    ),
)


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def test_what_is_wrong_stands_under_its_entry() -> None:
    document = verify_document(DONE)
    assert_golden("verify-80.txt", text(render_verify(document, 80)))
    assert_golden("verify-full-80.txt", text(render_verify_in_full(document, 80)))


def test_what_cannot_be_installed_is_told_with_what_was_printed() -> None:
    error = InstallError("no", output=("a", "b"), not_done="nothing was run", hint="mend it")
    done = Verification(name="x", files=FILES, installed=True, refused="install", error=error)
    assert render_unfit(verify_document(done)) == [
        "error: no; nothing was run",
        "  a",
        "  b",
        "help: mend it",
    ]


def test_a_bundle_without_entries_has_nothing_to_run() -> None:
    lines = render_verify(verify_document(Verification(name="x", files=FILES)), 80)
    assert lines[-1] == "No models or targets are registered: nothing was run."
