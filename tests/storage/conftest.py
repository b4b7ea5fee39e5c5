"""The stores that pass one conformance suite; a new one is one more parameter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.oci_layout import OciLayoutRemote

#: Makes a second view of a store that has just been made.
STORES: dict[str, Callable[[Path], Remote]] = {
    "memory": lambda folder: MemoryRemote(folder.name),
    "layout": lambda folder: OciLayoutRemote(folder / "store"),
}


@pytest.fixture(params=sorted(STORES))
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Remote:
    """An empty store of each kind."""
    return STORES[request.param](tmp_path)
