"""A real cluster of several processes with bundles from a registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modelops_bundle.codec.index_json import bundle_documents
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.dask import BundlePlugin
from modelops_bundle.errors import NotFoundInRemoteError, UsageError
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from support.bundles import digest_of, put_bundle, states_of
from support.killing_server import KillingServer, killing_server

REGISTRY = b"version: '1.1'\nmodels: {}\ntargets: {}\nsource_roots: ['.', src]\n"
SESSION = Path(__file__).parent / "support" / "dask_session.py"


def version(number: int, **further: bytes) -> dict[str, bytes]:
    return {
        ".modelops-bundle/registry.yaml": REGISTRY,
        "flu/__init__.py": b"from flu.part import PART\nVERSION = %d\n" % number,
        "flu/part.py": b"PART = %d\n" % number,
        "src/deep.py": b"NAME = 'deep %d'\n" % number,
        **further,
    }


def documents(contents: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """A bundle's digest, and everything that a registry holds of it."""
    _, document, index = bundle_documents(BundleIndex.of(states_of(contents).values()))
    parts = (document, index, *contents.values())
    return digest_of(document), {digest_of(part): part for part in parts}


def test_workers_get_bundles_switch_versions_and_refuse_what_they_cannot_have(
    tmp_path: Path,
) -> None:
    (v1, held), (v2, more), (other, rest) = (
        documents(version(1)),
        documents(version(2)),
        documents({"flu.py": b"VERSION = 'other'\n"}),
    )
    served = {**held, **more, **rest}
    cache = tmp_path / "cache"
    missing = digest_of(b"nobody published this")
    with killing_server(KillingServer(served)) as server:
        references = [f"{server.url}@{digest}" for digest in (v1, v2, other, missing)]
        process = subprocess.Popen(
            [sys.executable, str(SESSION), str(cache), *references],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SESSION.parents[1])},
        )
        assert process.stdout is not None
        ready = process.stdout.readline()
        counted = server.seen.copy()
    # From here on the registry is gone.
    out, err = process.communicate("go on\n", timeout=120)
    assert (ready, process.returncode) == ("ready\n", 0), err
    seen: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert counted == dict.fromkeys(served, 1), "once per host"
    assert seen["none"] == ["BundleSetupError: this worker has no bundle"] * 2
    assert seen["register"] == seen["switch"] == seen["again"] == "registered"
    first = {"flu": 1, "part": 1, "deep": "deep 1", "digest": v1}
    assert seen["v1"] == seen["after_unreachable"] == [first] * 2
    assert seen["unreachable"].startswith("BundleSetupError: worker ")
    assert f"cannot have {references[3]}" in seen["unreachable"]
    assert "has the modules flu, and so has" in seen["conflict"]
    assert seen["v2"] == [{"flu": 2, "part": 2, "deep": "deep 2", "digest": v2}] * 2
    assert seen["unregistered"] == [{"missing": "No module named 'flu'", "paths": []}] * 2
    assert "somebody has put random.py into" in seen["stranger"]
    assert seen["joined"] == 2
    assert seen["still"] == [first] * 2


def test_a_tag_is_resolved_once(tmp_path: Path) -> None:
    remote = OciLayoutRemote(tmp_path / "store")
    digest = put_bundle(remote, version(1), "v1")
    plugin = BundlePlugin(f"{remote.url}:v1")
    put_bundle(remote, version(2), "v1")
    assert plugin.digest == digest
    assert repr(plugin) == f"BundlePlugin('{remote.url}@{digest}')"
    assert plugin.name == BundlePlugin(f"{remote.url}@{digest}").name
    with pytest.raises(NotFoundInRemoteError):
        BundlePlugin(f"{remote.url}:v9")


@pytest.mark.parametrize("text", ["v1", "sha256:12", "layout:/nowhere/store"])
def test_only_full_references_will_do(text: str) -> None:
    with pytest.raises(UsageError, match="not a full reference"):
        BundlePlugin(text)
