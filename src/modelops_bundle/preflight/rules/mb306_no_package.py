"""MB306: a module that the platform's workers cannot be asked to import."""

from __future__ import annotations

import re
from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, settled_entries

_SYNC = "'mops-bundle sync'"


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per module, however many entries it holds."""
    definitions: Definitions | None = None
    seen: set[BundlePath] = set()
    for key, entry in settled_entries(context):
        if entry.path in seen:
            continue
        told = _told(key, entry)
        if told is None:
            continue
        seen.add(entry.path)
        definitions = definitions or Definitions(context)
        message, hint = told
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(key),
            message=message,
            hint=hint,
            location=definitions.place(key, entry),
        )


def _told(key: EntryKey, entry: ModelEntry | TargetEntry) -> tuple[str, str] | None:
    """What is wrong with a module, and what to do; None where workers can import it."""
    parts = entry.entrypoint.module.split(".")
    dotted = _dotted_name(entry)
    if dotted:
        return _with_a_dot(entry, dotted)
    if len(parts) == 1:
        return _not_in_a_package(key, entry)
    return _not_a_name(entry) if _refused_part(parts) else None


def _dotted_name(entry: ModelEntry | TargetEntry) -> str:
    """The folder or file, of those that make up the module, whose name has a dot; or ""."""
    names = [*entry.path.parts]
    names[-1] = names[-1].removesuffix(".py")
    if names[-1] == "__init__":
        names.pop()
    for at in reversed(range(len(names))):
        if ".".join(names[at:]) == entry.entrypoint.module:
            return next((name for name in names[at:] if "." in name), "")
    return ""


def _refused_part(parts: list[str]) -> str:
    """The first part of a dotted module that the platform's grammar refuses, or ""."""
    ends = (parts[0], parts[-1])
    for part in parts:
        if not part.isidentifier() or (part in ends and not part[0].isascii()):
            return part
    return ""


def _not_in_a_package(key: EntryKey, entry: ModelEntry | TargetEntry) -> tuple[str, str]:
    message = (
        f"Module '{entry.entrypoint.module}' is in no package: the platform's workers "
        f"refuse the entrypoint '{entry.entrypoint}'"
    )
    path = entry.path
    if path.name == "__init__.py" and path.parent != ROOT:
        moved = path.parent.joined(f"{key.kind.value}.py")
        return message, f"Move the definition to a module such as {moved}, then run {_SYNC}"
    folder = "models" if key.kind is Kind.MODEL else "targets"
    moved = path.parent.joined(folder, path.name)
    return message, f"Move {path} to {moved}, then run {_SYNC}"


def _with_a_dot(entry: ModelEntry | TargetEntry, name: str) -> tuple[str, str]:
    sought = entry.entrypoint.module.replace(".", "/")
    return (
        f"'{name}' is no name that Python can import: '{entry.entrypoint.module}' is imported "
        f"from {sought}.py",
        f"Rename '{name}' in {entry.path} to '{_plain(name)}', then run {_SYNC}",
    )


def _plain(name: str) -> str:
    """A name like this one that everybody takes."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain


def _not_a_name(entry: ModelEntry | TargetEntry) -> tuple[str, str]:
    part = _refused_part(entry.entrypoint.module.split("."))
    return (
        f"'{part}' is no name that the platform's workers can import: they refuse "
        f"the entrypoint '{entry.entrypoint}'",
        f"Rename '{part}' in {entry.path} to '{_plain(part)}', then run {_SYNC}",
    )


RULE = Rule(
    code="MB306",
    title="Module that workers cannot import",
    severity=Severity.ERROR,
    explanation=(
        "Workers are sent a dotted module path with at least one dot, made of Python names "
        "(`models.sir`); a path without a dot is refused when a job is submitted. So a file at "
        "the project root or at the top of a source root (`sir.py`, `src/sir.py`), or a class in "
        "a top-level package's `__init__.py`, cannot be run, and neither can a file in a folder "
        "such as `my-models`, nor one with a dot in its name (`sir.v2.py`), which Python looks "
        "for in a folder. Move the file into a package and sync: the id stays."
    ),
    check=check,
)
