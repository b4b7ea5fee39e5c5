"""What `api.verify` returns: how the entries of a bundle fared when they ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from modelops_bundle.api.display import DEFAULT_COLUMNS, Result
from modelops_bundle.core.proof import EntryProof
from modelops_bundle.operations.verification.documents import VerifyDocument, verify_document
from modelops_bundle.operations.verification.verify import Verification


@dataclass(frozen=True, slots=True)
class VerifiedEntry:
    """One entry after it ran.

    Attributes:
        outcome: `ok`, or the kind of its weightiest problem, as in `verify --json`.
        problems: What is wrong, a sentence each.
        compared: Facts that are as registered.
        not_compared: Facts that cannot be told at run time, with the reason.
    """

    kind: str
    id: str
    outcome: str
    problems: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()

    @classmethod
    def of(cls, proof: EntryProof) -> VerifiedEntry:
        """The same of a proof."""
        return cls(
            kind=proof.key.kind.value,
            id=proof.key.id,
            outcome=proof.outcome,
            problems=tuple(problem.message for problem in proof.problems),
            compared=proof.compared,
            not_compared=tuple(f"{one.fact}: {one.reason}" for one in proof.open_facts),
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VerifyResult(Result[VerifyDocument]):
    """What running the entries of a bundle showed; goes through its entries.

    Attributes:
        ok: All entries are what the registry says.
        python: The interpreter that ran them, or None where nothing was run.
        refused: Why nothing was run, as `refused` of `verify --json`; None if it was.
        document: What `verify --json` prints.
    """

    INSTEAD_OF_TRUTH: ClassVar[str] = "`.ok`"

    name: str
    ok: bool
    python: str | None
    refused: str | None
    entries: tuple[VerifiedEntry, ...]
    document: VerifyDocument = field(hash=False)

    @property
    def failed(self) -> tuple[VerifiedEntry, ...]:
        """Entries with which something is wrong."""
        return tuple(entry for entry in self.entries if entry.outcome != "ok")

    @property
    def summary(self) -> str:
        """`starsim-sir: 2 of 3 entries verified`."""
        if self.refused is not None:
            return f"{self.name}: not run, {self.refused}"
        total = f"{len(self.entries)} {'entry' if len(self.entries) == 1 else 'entries'}"
        return f"{self.name}: {len(self.entries) - len(self.failed)} of {total} verified"

    def __iter__(self) -> Iterator[VerifiedEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def lines(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> list[str]:
        """What `verify` prints."""
        from modelops_bundle.api.texts import render_unfit, render_verify, render_verify_in_full

        if self.refused is not None:
            return render_unfit(self.document)
        return (render_verify_in_full if verbose else render_verify)(self.document, columns)

    @classmethod
    def of(cls, done: Verification) -> VerifyResult:
        """The same of a verification."""
        return cls(
            name=done.name,
            ok=done.ok,
            python=None if done.interpreter is None else done.interpreter.executable,
            refused=done.refused,
            entries=tuple(VerifiedEntry.of(entry) for entry in done.entries),
            document=verify_document(done),
        )
