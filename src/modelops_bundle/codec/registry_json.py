"""A registry as compact JSON, for a cache of what a large `registry.yaml` was parsed to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

#: Changes with the shape of the arrays below; another one is not read.
_FORMAT = "registry/1"


def encode_registry(registry: BundleRegistry) -> bytes:
    """Write a registry such that `decode_registry` gives an equal one, order included."""
    document = [
        _FORMAT,
        registry.version,
        {
            key: [
                *_common(entry),
                entry.class_name,
                entry.scenarios,
                entry.parameters,
                entry.outputs,
            ]
            for key, entry in registry.models.items()
        },
        {key: [*_common(entry), entry.model_output] for key, entry in registry.targets.items()},
        {name: [group.targets, group.weights] for name, group in registry.target_sets.items()},
        registry.excluded,
        registry.source_roots,
        registry.environment,
    ]
    return json.dumps(document, separators=(",", ":")).encode()


def decode_registry(content: bytes) -> BundleRegistry | None:
    """Read what `encode_registry` wrote; None for anything else.

    Values are not checked again: the cache belongs to the project's own user, and is keyed by
    the digest of the file that was.
    """
    try:
        document = json.loads(content)
        if document[0] != _FORMAT:
            return None
        return _registry(*document[1:])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _common(entry: ModelEntry | TargetEntry) -> list[object]:
    declared = entry.declared
    return [
        entry.entrypoint,
        entry.path,
        entry.data,
        entry.data_digests,
        entry.code,
        entry.code_digests,
        entry.source_digest,
        entry.symbol_digest,
        entry.behavior_digest,
        None if declared is None else _declared(declared),
    ]


def _declared(declared: Declared) -> list[object]:
    return [declared.data, declared.code, declared.outputs, declared.model_output]


def _registry(
    version: str,
    models: Mapping[str, Any],
    targets: Mapping[str, Any],
    sets: Mapping[str, Any],
    excluded: list[str],
    roots: list[str],
    environment: Mapping[str, str],
) -> BundleRegistry:
    return BundleRegistry(
        version=version,
        models={key: _model(*item) for key, item in models.items()},
        targets={key: _target(*item) for key, item in targets.items()},
        target_sets={
            name: TargetSet(tuple(members), dict(weights))
            for name, (members, weights) in sets.items()
        },
        excluded=tuple(map(Entrypoint, excluded)),
        source_roots=tuple(map(BundlePath, roots)),
        environment=_digests(environment),
    )


def _model(*item: Any) -> ModelEntry:
    *common, class_name, scenarios, parameters, outputs = item
    return ModelEntry(
        **_fields(*common),
        class_name=class_name,
        scenarios=tuple(scenarios),
        parameters=tuple(parameters),
        outputs=tuple(outputs),
    )


def _target(*item: Any) -> TargetEntry:
    *common, model_output = item
    return TargetEntry(**_fields(*common), model_output=model_output)


def _fields(
    entrypoint: str,
    path: str,
    data: list[str],
    data_digests: Mapping[str, str],
    code: list[str],
    code_digests: Mapping[str, str],
    source: str | None,
    symbol: str | None,
    behavior: str | None,
    declared: list[Any] | None,
) -> dict[str, Any]:
    return {
        "entrypoint": Entrypoint(entrypoint),
        "path": BundlePath(path),
        "data": tuple(map(BundlePath, data)),
        "data_digests": _digests(data_digests),
        "code": tuple(map(BundlePath, code)),
        "code_digests": _digests(code_digests),
        "source_digest": None if source is None else Digest(source),
        "symbol_digest": None if symbol is None else SemanticDigest(symbol),
        "behavior_digest": None if behavior is None else SemanticDigest(behavior),
        "declared": None if declared is None else _read_declared(*declared),
    }


def _read_declared(
    data: list[str], code: list[str], outputs: list[str], model_output: str | None
) -> Declared:
    return Declared(
        data=tuple(map(BundlePath, data)),
        code=tuple(map(BundlePath, code)),
        outputs=tuple(outputs),
        model_output=model_output,
    )


def _digests(digests: Mapping[str, str]) -> dict[BundlePath, Digest]:
    return {BundlePath(path): Digest(digest) for path, digest in digests.items()}
