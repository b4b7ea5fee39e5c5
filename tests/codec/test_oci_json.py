"""What is no manifest of a bundle is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelops_bundle.codec.oci_json import decode_manifest
from modelops_bundle.errors import RemoteError

D = "sha256:" + "a" * 64


def manifest_document(**changes: Any) -> dict[str, Any]:
    config = {"mediaType": "application/vnd.modelops.bundle.index.v1+json", "digest": D, "size": 9}
    return {"schemaVersion": 2, "config": config, "layers": [], **changes}


def bad_config(**changes: Any) -> dict[str, Any]:
    return manifest_document(config={**manifest_document()["config"], **changes})


def with_layer(**changes: Any) -> dict[str, Any]:
    return manifest_document(layers=[{"mediaType": "x", "digest": D, "size": 1} | changes])


def of_type(media_type: str) -> dict[str, Any]:
    return manifest_document(mediaType=f"application/vnd.{media_type}+json")


BAD_MANIFESTS: dict[str, dict[str, Any]] = {
    "an image index": {"schemaVersion": 2, "manifests": []},
    "an image index by type": of_type("oci.image.index.v1"),
    "a Docker manifest": of_type("docker.distribution.manifest.v2"),
    "schema version 1": manifest_document(schemaVersion=1),
    "an ordinary image": bad_config(mediaType="application/vnd.oci.image.config.v1+json"),
    "a bundle of a newer tool": bad_config(
        mediaType="application/vnd.modelops.bundle.index.v3+json"
    ),
    "no config": manifest_document(config=None),
    "a config without a digest": bad_config(digest=None),
    "a config of negative size": bad_config(size=-1),
    "a config type that is a list": bad_config(mediaType=[]),
    "layers is a mapping": manifest_document(layers={}),
    "a layer is a text": manifest_document(layers=["x"]),
    "a layer of huge size": with_layer(size=1 << 60),
    "annotations is a list": with_layer(annotations=[]),
    "an annotation is a number": with_layer(annotations={"a": 1}),
}


@pytest.mark.parametrize("name", BAD_MANIFESTS)
def test_what_is_no_manifest_of_a_bundle_is_refused(name: str) -> None:
    with pytest.raises(RemoteError):
        decode_manifest(json.dumps(BAD_MANIFESTS[name]).encode())


def test_a_manifest_with_an_artifact_type_and_extra_keys_is_read() -> None:
    document = manifest_document(artifactType="x/y", annotations={"a": "b"}, subject=None)
    assert decode_manifest(json.dumps(document).encode()).layers == ()
