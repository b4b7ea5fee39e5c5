"""Bundles that somebody made to do harm: index, manifest, and what is wrong with each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILES_TYPE = "application/vnd.modelops.bundle.index.v1+json"
PACKED_TYPE = "application/vnd.modelops.bundle.index.v2+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONTENT = b"x = 1\n"
Json = dict[str, Any]


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass
class Crafted:
    """What a store holds: a manifest under the tag `x`, and blobs under the digests that it says.

    Attributes:
        index: As bytes, so that it need be no JSON.
        manifest: Made from the index where there is none.
        blobs: By the digest that they are kept under, which may be a lie.
    """

    index: bytes = b""
    manifest: bytes | None = None
    config_type: str = FILES_TYPE
    layers: list[Any] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=lambda: {digest(CONTENT): CONTENT})
    config: Json = field(default_factory=dict)
    changes: Json = field(default_factory=dict)

    def store(self, folder: Path) -> None:
        """Write it as an OCI image layout."""
        manifest = self.manifest
        if manifest is None:
            config = {
                "mediaType": self.config_type,
                "digest": digest(self.index),
                "size": len(self.index),
            } | self.config
            document = {
                "schemaVersion": 2,
                "mediaType": MANIFEST_TYPE,
                "config": config,
                "layers": self.layers,
            } | self.changes
            manifest = json.dumps(document).encode()
        blobs = folder / "blobs/sha256"
        blobs.mkdir(parents=True)
        kept = {**self.blobs, digest(self.index): self.index, digest(manifest): manifest}
        for name, content in kept.items():
            if ":" in name and "/" not in name:
                (blobs / name.partition(":")[2]).write_bytes(content)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        entry = {
            "mediaType": MANIFEST_TYPE,
            "digest": digest(manifest),
            "size": len(manifest),
            "annotations": {"org.opencontainers.image.ref.name": "x"},
        }
        (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))


def entry(path: str, /, **changes: Any) -> Json:
    """A file as wire format `files` lists it."""
    made = {"path": path, "digest": digest(CONTENT), "size": len(CONTENT), "storage": "oci"}
    return made | changes


def layer(path: str, /, **changes: Any) -> Json:
    """Its layer."""
    made = {
        "mediaType": "text/x-python",
        "digest": digest(CONTENT),
        "size": len(CONTENT),
        "annotations": {"org.opencontainers.image.title": path},
    }
    return made | changes


def files(*paths: str) -> Crafted:
    """A bundle of these paths, with nothing else wrong."""
    index = {"version": "1.0", "files": {path: entry(path) for path in paths}}
    return Crafted(json.dumps(index).encode(), layers=[layer(path) for path in paths])


def one(**changes: Any) -> Crafted:
    """A bundle of one file whose entry lies."""
    index = {"version": "1.0", "files": {"a.py": entry("a.py", **changes)}}
    return Crafted(json.dumps(index).encode(), layers=[layer("a.py")])


def indexed(document: Any) -> Crafted:
    """A bundle whose index is this."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Crafted(content)


def raw(**changes: Any) -> Crafted:
    """A bundle of one file whose manifest lies."""
    made = files("a.py")
    made.changes = changes
    return made


def packed(entries: Mapping[str, Json], packs: list[Any] | None = None, tree: str = "") -> Crafted:
    """A bundle in packs: one pack of `CONTENT` by default."""
    listed = [{"digest": digest(CONTENT), "size": len(CONTENT)}] if packs is None else packs
    index = {"version": "2.0", "files": dict(entries), "packs": listed, "tree": tree or digest(b"")}
    layers = [{"mediaType": "application/octet-stream", **pack} for pack in listed]
    return Crafted(json.dumps(index).encode(), config_type=PACKED_TYPE, layers=layers)


def part(offset: Any, size: Any, pack: Any = 0, **changes: Any) -> Json:
    """A file in a pack."""
    return {"digest": digest(CONTENT), "size": size, "pack": pack, "offset": offset} | changes


PATHS: Mapping[str, tuple[str, ...]] = {
    "traversal": ("../x.py",),
    "traversal within": ("a/../../x.py",),
    "traversal that stays": ("a/../b.py",),
    "traversal at the end": ("a/..",),
    "only dots": ("..",),
    "the root": (".",),
    "empty": ("",),
    "absolute": ("/tmp/x.py",),
    "absolute twice": ("//tmp/x.py",),
    "home": ("a//~/x.py",),
    "drive letter": ("C:/x.py",),
    "drive letter without a slash": ("c:x.py",),
    "drive letter below": ("a/C:/x.py",),
    "backslash traversal": ("..\\x.py",),
    "backslash": ("a\\b.py",),
    "UNC": ("\\\\host\\share\\x.py",),
    "UNC with slashes": ("//host/share/x.py",),
    "device path": ("\\\\?\\C:\\x.py",),
    "not normalised": ("a//b.py",),
    "dot within": ("a/./b.py",),
    "trailing slash": ("a/",),
    "NUL": ("a\0.py",),
    "control character": ("a\x1b[2J.py",),
    "line break": ("a\nb.py",),
    "delete": ("a\x7f.py",),
    "line separator": ("a\u2028b.py",),
    "right to left": ("a\u202eyp.exe",),
    "byte order mark": ("\ufeffa.py",),
    "lone surrogate": ("a\udcff.py",),
    "case collision": ("a.py", "A.PY"),
    "case collision of folders": ("a/x.py", "A/y.py"),
    "Unicode collision": ("caf\u00e9.py", "cafe\u0301.py"),
    "ligature collision": ("stra\u00dfe.py", "strasse.py"),
    "trailing dot collision": ("a.py", "a.py."),
    "trailing space collision": ("a.py", "a.py "),
    "file and folder": ("a", "a/b.py"),
    "only dots and spaces": ("a/. /x.py",),
    "version control": (".git/hooks/post-checkout",),
    "version control in capitals": (".GIT/config",),
    "version control below": ("a/.git/config",),
    "version control with a dot": (".git./config",),
    "version control with an invisible character": (".g\u200cit/config",),
    "short name of version control": ("GIT~1/config",),
    "mercurial": (".hg/hgrc",),
    "cache": (".modelops-bundle/cache/pull/journal.json",),
    "configuration": (".modelops-bundle/config.yaml",),
    "environment": (".modelops-bundle/env",),
    "state": (".modelops-bundle/state.json",),
    "tracked": (".modelops-bundle/tracked.txt",),
    "lock": (".modelops-bundle/lock",),
    "configuration in capitals": (".MODELOPS-BUNDLE/config.yaml",),
    "registry in capitals": (".modelops-bundle/REGISTRY.yaml",),
    "another project": ("a/.modelops-bundle/registry.yaml",),
    "long name": ("a" * 256,),
    "long path": ("/".join(["a" * 100] * 10),),
}

DOCUMENTS: Mapping[str, Callable[[], Crafted]] = {
    "negative size": lambda: one(size=-1),
    "fraction of a byte": lambda: one(size=1.5),
    "size beyond numbers": lambda: indexed(b'{"version":"1.0","files":{"a":{"size":1e999}}}'),
    "size of many digits": lambda: indexed(
        b'{"version":"1.0","files":{"a":{"size":' + b"9" * 5000 + b"}}}"
    ),
    "huge size": lambda: one(size=1 << 62),
    "size as text": lambda: one(size="6"),
    "size as truth": lambda: one(size=True),
    "no size": lambda: one(size=None),
    "not a number": lambda: indexed(b'{"version":"1.0","files":{"a":{"size":NaN}}}'),
    "infinite": lambda: indexed(b'{"version":"1.0","files":{"a":{"size":-Infinity}}}'),
    "another digest": lambda: one(digest=digest(b"other")),
    "short digest": lambda: one(digest="sha256:abcd"),
    "other algorithm": lambda: one(digest="md5:" + "a" * 32),
    "digest that is a path": lambda: one(digest="sha256:../../../" + "a" * 55),
    "listed under another path": lambda: one(path="b.py"),
    "unknown storage": lambda: one(storage="ftp"),
    "elsewhere without a place": lambda: one(storage="blob"),
    "file that is no entry": lambda: indexed({"version": "1.0", "files": {"a.py": 1}}),
    "files that are a list": lambda: indexed({"version": "1.0", "files": ["a.py"]}),
    "no files": lambda: indexed({"version": "1.0"}),
    "no version": lambda: indexed({"files": {}}),
    "newer version": lambda: indexed({"version": "9.0", "files": {}}),
    "key twice": lambda: indexed(b'{"version":"1.0","files":{},"files":{"../x":{}}}'),
    "path twice": lambda: indexed(b'{"version":"1.0","files":{"a":{},"a":{}}}'),
    "deep": lambda: indexed(b'{"version":"1.0","files":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "deep objects": lambda: indexed(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "no JSON": lambda: indexed(b"\x00\x01\x02"),
    "no object": lambda: indexed(b"[]"),
    "not UTF-8": lambda: indexed(b'{"version":"1.0","files":{"\xff":{}}}'),
    "empty index": lambda: indexed(b""),
    "many files": lambda: indexed(
        b'{"version":"1.0","files":{' + b",".join(b'"%d":{}' % n for n in range(100_001)) + b"}}"
    ),
    "file without a layer": lambda: Crafted(files("a.py").index),
    "layer without a file": lambda: Crafted(
        json.dumps({"version": "1.0", "files": {}}).encode(), layers=[layer("a.py")]
    ),
    "layer of nothing": lambda: Crafted(
        json.dumps({"version": "1.0", "files": {}}).encode(), layers=[layer("", annotations={})]
    ),
    "foreign layer": lambda: raw(layers=[layer("a.py", urls=["https://elsewhere.example/a"])]),
    "layer of another size": lambda: raw(layers=[layer("a.py", size=1)]),
    "layer titled with another path": lambda: raw(layers=[layer("../a.py")]),
    "layer with a wrong type": lambda: raw(layers=[layer("a.py", mediaType=1)]),
    "layer with odd annotations": lambda: raw(layers=[layer("a.py", annotations=[1])]),
    "layers that are an object": lambda: raw(layers={}),
    "layers that are numbers": lambda: raw(layers=[1]),
    "no configuration": lambda: raw(config=None),
    "configuration of another type": lambda: Crafted(b"{}", config_type="application/json"),
    "an image": lambda: Crafted(b"{}", config_type="application/vnd.oci.image.config.v1+json"),
    "packed index under the plain type": lambda: Crafted(packed({}).index),
    "index of another size": lambda: Crafted(files("a.py").index, config={"size": 1}),
    "index of a huge size": lambda: Crafted(files("a.py").index, config={"size": 1 << 39}),
    "index that is not there": lambda: Crafted(b"{}", config={"digest": digest(b"gone")}),
    "index with a digest that lies": lambda: Crafted(
        b"{}", config={"digest": digest(b"{ }")}, blobs={digest(b"{ }"): b"{}!"}
    ),
    "manifest list": lambda: raw(mediaType="application/vnd.oci.image.index.v1+json", manifests=[]),
    "list of manifests without a type": lambda: raw(manifests=[{"digest": digest(b"")}]),
    "Docker's manifest": lambda: raw(
        mediaType="application/vnd.docker.distribution.manifest.v2+json"
    ),
    "first schema": lambda: raw(schemaVersion=1),
    "manifest that is no JSON": lambda: Crafted(manifest=b"<html>"),
    "manifest that is a list": lambda: Crafted(manifest=b"[]"),
    "pack beyond its end": lambda: packed({"a.py": part(1, 6)}),
    "pack far beyond its end": lambda: packed({"a.py": part(1 << 40, 6)}),
    "negative offset": lambda: packed({"a.py": part(-1, 6)}),
    "fraction of an offset": lambda: packed({"a.py": part(0.5, 6)}),
    "offset that is not there": lambda: packed({"a.py": {**part(0, 6), "offset": None}}),
    "pack that is not listed": lambda: packed({"a.py": part(0, 6, 1)}),
    "pack before the first": lambda: packed({"a.py": part(0, 6, -1)}),
    "pack as truth": lambda: packed({"a.py": part(0, 6, True)}),
    "pack as text": lambda: packed({"a.py": part(0, 6, "0")}),
    "overlap in a pack": lambda: packed(
        {"a.py": part(0, 4), "b.py": part(2, 4, digest=digest(b"other"))}
    ),
    "pack twice": lambda: packed({}, [{"digest": digest(CONTENT), "size": 6}] * 2),
    "packs that are no list": lambda: packed({"a.py": part(0, 6)}, packs=[]),
    "pack of a negative size": lambda: packed({}, [{"digest": digest(CONTENT), "size": -6}]),
    "in a pack and elsewhere": lambda: packed({"a.py": part(0, 6, uri="s3://b/x")}),
    "neither in a pack nor elsewhere": lambda: packed(
        {"a.py": {"digest": digest(CONTENT), "size": 6}}
    ),
    "digest of the content that lies": lambda: packed({"a.py": part(0, 6)}),
    "traversal in a pack": lambda: packed({"../a.py": part(0, 6)}),
}

#: What only shows when contents are read: every other document is in order.
CONTENTS: Mapping[str, Callable[[], Crafted]] = {
    "content that is not what its digest says": lambda: _with_content(b"x = 2\n"),
    "content that is too short": lambda: _with_content(b"x"),
    "content that is too long": lambda: _with_content(CONTENT + b"!"),
    "content that is not there": lambda: _with_content(None),
}


def _with_content(content: bytes | None) -> Crafted:
    made = files("b/c.py", "z.py")
    made.blobs = {} if content is None else {digest(CONTENT): content}
    return made


REFUSED: Mapping[str, Callable[[], Crafted]] = {
    **{name: (lambda paths=paths: files(*paths)) for name, paths in PATHS.items()},  # type: ignore[misc]
    **DOCUMENTS,
}
