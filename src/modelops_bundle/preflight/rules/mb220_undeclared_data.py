"""MB220: the code of an entry reads a file that the entry does not declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelops_bundle.core.data_reads import DataRead
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry
from modelops_bundle.core.travel import plan_travel
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.data_use import DataUse
from modelops_bundle.preflight.entities import (
    described,
    listed,
    registering_argument,
    settled_entries,
    shell_word,
)

_Files = tuple[BundlePath, ...]
_Users = list[tuple[EntryKey, ModelEntry | TargetEntry]]


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding for a file, or a folder, and each kind of entry that reads it."""
    if not context.observed.reads:
        return
    use = DataUse(context)
    users: dict[tuple[Kind, BundlePath, _Files], _Users] = {}
    places: dict[tuple[Kind, BundlePath, _Files], Location] = {}
    for key, entry in settled_entries(context):
        told: set[BundlePath] = set()
        # Folders last: what is named by itself needs no second finding.
        for place, read, files in sorted(use.undeclared(entry), key=_order):
            fresh = tuple(file for file in files if file not in told)
            told.update(fresh)
            if not fresh:
                continue
            subject = read.path if read.files is not None and len(fresh) > 1 else fresh[0]
            group = (key.kind, subject, fresh)
            if (key, entry) not in users.setdefault(group, []):
                users[group].append((key, entry))
            places[group] = min(places.get(group, place), place)
    if not users:
        return
    travels = plan_travel(context.registry, context.observed).files
    for group in sorted(users):
        _, subject, files = group
        stays = all(file not in travels for file in files)
        yield _finding(context, users[group], places[group], subject, files, stays=stays)


def _order(found: tuple[Location, DataRead, _Files]) -> tuple[bool, Location]:
    place, read, _ = found
    return read.files is not None, place


def _finding(
    context: PreflightContext,
    users: Sequence[tuple[EntryKey, ModelEntry | TargetEntry]],
    place: Location,
    subject: BundlePath,
    files: _Files,
    *,
    stays: bool,
) -> Finding:
    who = listed([described(key) for key, _ in users])
    one = len(users) == 1
    if len(files) == 1:
        what = str(files[0])
    else:
        what = f"{len(files)} files of {_folder(subject)} ({listed([str(f) for f in files])})"
    paths = files if subject == ROOT or len(files) == 1 else (subject,)
    lost = " and which would not travel" if stays else ""
    return Finding(
        code=RULE.code,
        severity=RULE.severity,
        key=str(users[0][0]),
        message=f"{who} {'reads' if one else 'read'} {what}, "
        f"which {'it does' if one else 'they do'} not declare{lost}",
        hint=f"Run '{declaring_command(context, users, paths)}'",
        location=place,
    )


def _folder(folder: BundlePath) -> str:
    return "the project's root" if folder == ROOT else str(folder)


def declaring_command(
    context: PreflightContext,
    users: Sequence[tuple[EntryKey, ModelEntry | TargetEntry]],
    paths: Sequence[BundlePath],
) -> str:
    """The one command that declares files or folders for entries of one kind."""
    kind = users[0][0].kind
    entries = [registering_argument(context, key, entry) for key, entry in users]
    code = kind is Kind.MODEL and all(path.suffix == ".py" for path in paths)
    option = "--code" if code else "--data"
    declared = [f"{option} {shell_word(path)}" for path in paths]
    return " ".join((f"mops-bundle register-{kind.value}", *entries, *declared))


RULE = Rule(
    code="MB220",
    title="Data that is read and not declared",
    severity=Severity.WARNING,
    explanation=(
        "A file of the entry's import closure names a file of the project, as a literal path or "
        "as one built of constants and of `__file__`, and the entry does not declare it: a change "
        "of the file goes unseen, and unless something else carries it a worker does not have it. "
        "Paths count relative to the project's root, to the file that names them, and to the "
        "folders that constants of its module, or of one that it imports, name and that names are "
        'joined to there (`load("contacts.csv")` where `load` opens `DATA / name`); listing a '
        "folder or matching a pattern names the files in it. What only the definition of another "
        "registered entry names does not count, nor what is written to, compared or printed. "
        "Declare it with `mops-bundle register-model PATH --data FILE` (or `register-target`)."
    ),
    check=check,
)
