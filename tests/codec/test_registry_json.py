"""The cached form of a registry."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.registry_json import decode_registry, encode_registry
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import BundleRegistry, TargetSet
from support.registry_documents import Author


@given(st.integers(0, 2**48), st.integers(0, 5))
def test_the_cached_form_is_exact(seed: int, size: int) -> None:
    registry = Author(seed, size).registry()
    read = decode_registry(encode_registry(registry))
    assert read == registry
    assert [*read.entries()] == [*registry.entries()]
    assert encode_registry(read) == encode_registry(registry)
    for _, entry in read.entries():
        assert isinstance(entry.path, BundlePath)
        assert isinstance(entry.entrypoint, Entrypoint)


def test_odd_weights_and_names_survive() -> None:
    weights = {"a": float("nan"), "b": -0.0, "c": math.inf, "\udcff": 5e-324}
    registry = replace(BundleRegistry(), target_sets={"": TargetSet((), weights)})
    read = decode_registry(encode_registry(registry))
    assert read is not None
    assert repr(read.target_sets) == repr(registry.target_sets)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'["registry/0"]',
        b'["registry/1"]',
        b"\xff",
        b"[" * 99_999,
    ],
)
def test_anything_else_is_no_cache(content: bytes) -> None:
    assert decode_registry(content) is None


@given(st.integers(0, 2**48), st.data())
def test_a_truncated_cache_is_none(seed: int, data: st.DataObject) -> None:
    content = encode_registry(Author(seed, 2).registry())
    cut = data.draw(st.integers(0, len(content) - 1))
    assert decode_registry(content[:cut]) is None
