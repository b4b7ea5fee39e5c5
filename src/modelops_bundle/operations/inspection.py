"""One published bundle: what it holds, without fetching it."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.core.provenance import Provenance
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.operations.fetch import Bundle, fetch_bundle, read_registry_of
from modelops_bundle.operations.provenance import read_provenance
from modelops_bundle.storage.base import Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A bundle, and its registry; the content of its other files has not been read."""

    url: str
    reference: str
    bundle: Bundle
    registry: BundleRegistry
    provenance: Provenance | None = None


def inspect_bundle(remote: Remote, reference: str) -> Inspection:
    """Read a bundle's documents.

    Raises:
        RemoteError: see `operations.fetch`.
        RegistryError: its registry cannot be read.
    """
    bundle = fetch_bundle(remote, reference)
    return Inspection(
        url=remote.url,
        reference=reference,
        bundle=bundle,
        registry=read_registry_of(remote, bundle),
        provenance=read_provenance(remote, bundle.digest),
    )
