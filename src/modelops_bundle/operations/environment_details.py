"""Which requirements and pins differ from those at the last sync, where their text is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from modelops_bundle.codec.dependency_changes import locks_differ, tables_differ
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.operations.old_sources import OldSources
from modelops_bundle.workspace.project import PYPROJECT
from modelops_bundle.workspace.pyproject import PyprojectFacts
from modelops_bundle.workspace.pyproject_table import parse_pyproject
from modelops_bundle.workspace.scan import Scan


def environment_details(
    record: BundleRegistry, tables: PyprojectFacts, scan: Scan, old: OldSources
) -> dict[BundlePath, tuple[str, ...]]:
    """By dependency table or lock file that differs from the record: what is other in it.

    Empty where nothing differs, and without the files whose earlier text is not known.
    """
    found: dict[BundlePath, tuple[str, ...]] = {}
    for path, digest in tables.environment.items():
        recorded = record.environment.get(path)
        if recorded is None or recorded == digest:
            continue
        if path == PYPROJECT:
            before = old.get(PYPROJECT, recorded, _tables_of)
            now = tables.tables.encode("utf-8", "surrogatepass")
            details = () if before is None else tables_differ(before, now)
        else:
            details = _of_lock(path, recorded, scan, old)
        if details:
            found[path] = details
    return found


def lock_files(record: BundleRegistry, scan: Scan) -> tuple[BundlePath, ...]:
    """Lock files that are as recorded: their text explains a later change."""
    recorded = {path: digest for path, digest in record.environment.items() if path != PYPROJECT}
    states = scan.states(recorded)
    return tuple(path for path, state in states.items() if state.digest == recorded[path])


def dependency_tables(record: BundleRegistry, scan: Scan) -> Iterator[bytes]:
    """The dependency tables, as `lock_files`."""
    recorded = record.environment.get(PYPROJECT)
    if recorded is None:
        return
    with suppress(FileNotFoundError):
        text = _tables_of(scan.read(PYPROJECT))
        if Digest.of_bytes(text) == recorded:
            yield text


def _tables_of(content: bytes) -> bytes:
    return parse_pyproject(content).tables.encode("utf-8", "surrogatepass")


def _of_lock(path: BundlePath, recorded: Digest, scan: Scan, old: OldSources) -> tuple[str, ...]:
    before = old.get(path, recorded)
    if before is None:
        return ()
    try:
        return locks_differ(path, before, scan.read(path))
    except FileNotFoundError:
        return ()
