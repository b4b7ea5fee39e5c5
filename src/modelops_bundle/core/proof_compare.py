"""The registry's word against what was found at run time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelops_bundle.core.dependencies import below
from modelops_bundle.core.digest import Digest, tree_digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.probing import RunCall, RunFact, RunFacts
from modelops_bundle.core.proof import OpenFact, Problem, Trouble
from modelops_bundle.core.registry import ModelEntry, TargetEntry
from modelops_bundle.errors import InvalidPathError

_UNTOLD = RunFact(None, "it was not reported")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of it.

    Attributes:
        compared: Facts that are as registered.
        open_facts: Those that could not be compared.
    """

    problems: tuple[Problem, ...] = ()
    compared: tuple[str, ...] = ()
    open_facts: tuple[OpenFact, ...] = ()


def compare_entry(entry: ModelEntry | TargetEntry, found: RunFacts) -> Comparison:
    """Compare an entry with what its module has under its name."""
    if not found.found:
        message = f"{entry.entrypoint.module} has no {entry.symbol} when it is imported"
        return Comparison(problems=(_mismatch(message),))
    if isinstance(entry, ModelEntry):
        if not found.right:
            return Comparison(
                problems=(_mismatch(f"{entry.symbol} is no class (it is of type {found.is_a})"),)
            )
        made = "function" if found.is_function else "class"
        return _compared(entry, found, (made,), _MODEL_FACTS)
    if not found.right:
        message = f"{entry.symbol} cannot be called (it is of type {found.is_a})"
        return Comparison(problems=(_mismatch(message),))
    return _compared(entry, found, ("function",), _TARGET_FACTS)


def compare_call(entry: TargetEntry, call: RunCall, told: Comparison) -> Comparison:
    """Add what calling a target showed of its model output."""
    if not call.called or not call.output:
        return told
    settled = tuple(one for one in told.open_facts if one.fact != "model_output")
    if call.output == entry.model_output:
        names = dict.fromkeys((*told.compared, "model_output"))
        return Comparison(problems=told.problems, compared=tuple(names), open_facts=settled)
    message = f"calling it gives a target for output '{call.output}', not {_said(entry)}"
    problems = (*told.problems, _mismatch(message))
    return Comparison(problems=problems, compared=told.compared, open_facts=settled)


def compare_files(
    entry: ModelEntry | TargetEntry, files: Mapping[BundlePath, FileState]
) -> Iterator[Problem]:
    """Files that an entry names and the bundle lacks, or has with another content.

    Of a project as it would be pushed there are none; a published bundle may come from elsewhere.
    """
    for path in entry.data:
        if path not in files and not any(one.is_within(path) for one in files):
            yield _wrong_data(f"{path} is registered as data and not in the bundle")
    for path, digest in entry.data_digests.items():
        found = _digest_of(path, files)
        if found is not None and found != digest:
            yield _wrong_data(f"{path} is not the data that is registered")
    code = {**entry.code_digests, entry.path: entry.source_digest}
    for path, recorded in code.items():
        found = _digest_of(path, files)
        if found is not None and recorded is not None and found != recorded:
            yield _mismatch(f"{path} is not the code that is registered")


def _digest_of(path: BundlePath, files: Mapping[BundlePath, FileState]) -> Digest | None:
    """Of a file, or of a folder's tree; None for what is not there, which is told otherwise."""
    if path in files:
        return files[path].digest
    inside = {below(path, one): state.digest for one, state in files.items() if one.is_within(path)}
    return tree_digest(inside) if inside else None


def _wrong_data(message: str) -> Problem:
    return Problem(trouble=Trouble.DATA_ERROR, message=message)


_MODEL_FACTS = ("outputs", "scenarios", "parameters")
_TARGET_FACTS = ("model_output", "data")


def _compared(
    entry: ModelEntry | TargetEntry, found: RunFacts, first: tuple[str, ...], facts: tuple[str, ...]
) -> Comparison:
    problems: list[Problem] = []
    compared = list(first)
    left_open: list[OpenFact] = []
    for name in facts:
        fact = found.facts.get(name, _UNTOLD)
        if fact.values is None:
            left_open.append(OpenFact(name, fact.reason))
            continue
        wrong = list(_differences(entry, name, fact.values))
        problems += [_mismatch(message) for message in wrong]
        if not wrong:
            compared.append(name)
    return Comparison(
        problems=tuple(problems), compared=tuple(compared), open_facts=tuple(left_open)
    )


def _differences(
    entry: ModelEntry | TargetEntry, name: str, values: tuple[str, ...]
) -> Iterator[str]:
    """What is wrong, one sentence for each direction: recorded in vain, and not recorded."""
    if name == "model_output":
        assert isinstance(entry, TargetEntry)
        if values != (entry.model_output,):
            yield f"it is for output {_named(values)} when it runs, not {_said(entry)}"
        return
    recorded = _recorded(entry, name)
    if name == "data":
        values = tuple(_normal(value) for value in values)
    gone = [value for value in recorded if value not in values]
    if name == "data":
        # What a person declared besides is no business of the decorator.
        declared = entry.declared.data if entry.declared else ()
        gone = [value for value in gone if value not in declared]
    new = [value for value in values if value not in recorded]
    if gone:
        yield f"{_noun(name, gone)} {_are(gone)} registered, and not there when it runs"
    if new:
        yield f"{_noun(name, new)} {_are(new)} there when it runs, and not registered"


def _recorded(entry: ModelEntry | TargetEntry, name: str) -> tuple[str, ...]:
    if name == "data":
        return tuple(str(path) for path in entry.data)
    assert isinstance(entry, ModelEntry)
    return {
        "outputs": entry.outputs,
        "scenarios": entry.scenarios,
        "parameters": entry.parameters,
    }[name]


def _normal(text: str) -> str:
    try:
        return str(BundlePath.parse(text))
    except InvalidPathError:
        return text


def _said(entry: TargetEntry) -> str:
    return f"'{entry.model_output}' as registered" if entry.model_output else "none as registered"


def _named(values: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


def _noun(name: str, values: list[str]) -> str:
    """`output 'a'`, `outputs 'a', 'b'`; data are data, however many."""
    singular = len(values) == 1 and name.endswith("s")
    return f"{name[:-1] if singular else name} {_named(values)}"


def _are(values: list[str]) -> str:
    return "is" if len(values) == 1 else "are"


def _mismatch(message: str) -> Problem:
    return Problem(trouble=Trouble.FACT_MISMATCH, message=message)
