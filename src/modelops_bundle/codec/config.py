"""The small files beside the registry: configuration, environments, tracked files, sync state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from modelops_bundle.codec.registry_fields import Fields, as_mapping, fields_of, is_null
from modelops_bundle.codec.yaml_emit import Layout, Plain, block_pair
from modelops_bundle.codec.yaml_nodes import (
    Node,
    ScalarNode,
    SequenceNode,
    YamlProblem,
    parse_document,
    resolved,
    scalar_type,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.settings import (
    DEFAULT_TAG,
    BundleConfig,
    Environment,
    RegistryAccess,
    StorageAccess,
    StorageMode,
    StoragePolicy,
    SyncPoint,
    SyncState,
)
from modelops_bundle.core.settings import Layout as BlobLayout
from modelops_bundle.errors import BundleError, ConfigError, InvalidPathError

_STATE_SCHEMA = "mops-bundle.state/1"
#: OCI distribution-spec v1.1, "Pulling manifests": what a tag may look like.
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
#: The existing tool's names for the modes.
_MODES = {"oci-only": "oci", "blob-only": "blob"}
#: Whose object storage is known.
PROVIDERS = ("azure", "s3", "gcs", "azurite", "minio")
_T = TypeVar("_T")


def decode_config(content: bytes, *, name: str = ".modelops-bundle/config.yaml") -> BundleConfig:
    """Read a project's configuration; what is missing has its default.

    The existing tool's `registry_ref` and `default_tag` stand for `remote` and `tag`; keys that
    are not known are passed over.

    Raises:
        ConfigError: it cannot be used, with `file:line`.
    """
    with _translated(name):
        values = _Values.of(content)
        return BundleConfig(
            remote=values.text("remote") or values.text("registry_ref"),
            store_id=values.text("store") or "",
            tag=values.checked("tag", _tag) or values.checked("default_tag", _tag) or DEFAULT_TAG,
            storage=_storage_policy(values.inner("storage")),
            name=values.text("name") or "",
            layout=values.checked("layout", _member_of(BlobLayout)) or BlobLayout.AUTO,
            insecure=values.flag("insecure"),
        )


def encode_config(config: BundleConfig) -> bytes:
    """Write a project's configuration; defaults are left out."""
    written: dict[str, Plain] = {
        "name": config.name,
        "remote": config.remote,
        "store": config.store_id,
        "tag": config.tag,
        "layout": "" if config.layout is BlobLayout.AUTO else config.layout.value,
        "storage": _storage_plain(config.storage),
    }
    lines: list[str] = []
    for key, value in written.items():
        if value:
            lines += block_pair(key, value, 0, Layout())
    if config.insecure:
        lines.append("insecure: true")
    return "".join(f"{line}\n" for line in lines).encode()


def decode_environment(content: bytes, *, name: str) -> Environment:
    """Read `~/.modelops/bundle-env/<name>.yaml`. No message ever shows a value of it.

    Args:
        content: The bytes of the file.
        name: The environment's name.

    Raises:
        ConfigError: it cannot be used, with `file:line`.
    """
    with _translated(f"~/.modelops/bundle-env/{name}.yaml"):
        values = _Values.of(content)
        registry, storage = values.inner("registry"), values.inner("storage")
        return Environment(
            name=name,
            registry=None if registry is None else _registry_access(registry),
            storage=None if storage is None else _storage_access(storage),
        )


@lru_cache(maxsize=1)
def decode_tracked(
    content: bytes, *, name: str = ".modelops-bundle/tracked.txt"
) -> tuple[BundlePath, ...]:
    """Read the further files that travel: one path a line, `#` comments, blank lines; sorted.

    Raises:
        ConfigError: a line is no path inside the project, with `file:line`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{number}: not UTF-8") from None
    paths: set[BundlePath] = set()
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.removesuffix("\r")
        if entry.startswith("#") or not entry.strip(" \t"):
            continue
        try:
            path = BundlePath.parse(entry)
        except InvalidPathError as error:
            raise ConfigError(f"{name}:{number}: {error.message}") from None
        if path == ROOT:
            raise ConfigError(f"{name}:{number}: names the project folder itself")
        paths.add(path)
    return tuple(sorted(paths))


def encode_tracked(paths: Iterable[BundlePath]) -> bytes:
    """Write the further files that travel, sorted, each once."""
    return "".join(f"{_tracked_line(path)}\n" for path in sorted(set(paths))).encode()


def decode_state(content: bytes) -> SyncState:
    """Read what the last pushes and pulls held; nothing from a file that is damaged or foreign."""
    try:
        document = json.loads(content)
        if document["schema"] != _STATE_SCHEMA:
            return SyncState()
        return SyncState(dict(_point(item) for item in document["points"]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, BundleError):
        return SyncState()


def encode_state(state: SyncState) -> bytes:
    """Write what the last pushes and pulls held, in the order in which they were made."""
    points = [
        {
            "remote": remote,
            "tag": tag,
            "manifest": point.manifest,
            "files": dict(sorted(point.files.items())),
        }
        for (remote, tag), point in state.points.items()
    ]
    document = {"schema": _STATE_SCHEMA, "points": points}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


class _Values:
    """The values of one mapping, by key."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    @classmethod
    def of(cls, content: bytes) -> _Values:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise YamlProblem("not UTF-8", line) from None
        root = parse_document(text).root
        return cls({} if root is None or is_null(root) else fields_of(as_mapping(root)))

    def node(self, key: str) -> Node | None:
        """The value, None if there is none or a null one."""
        node = self._fields[key][1] if key in self._fields else None
        return None if is_null(node) else node

    def inner(self, key: str) -> _Values | None:
        """The values of a mapping below a key."""
        node = self.node(key)
        if node is None:
            return None
        target = resolved(node)
        if isinstance(target, ScalarNode | SequenceNode):
            raise node.problem(f"'{key}' must be a mapping")
        return _Values(fields_of(as_mapping(node)))

    def text(self, key: str) -> str | None:
        """A scalar as it is written: `tag: 1.0` means the text, whatever YAML makes of it."""
        node = self.node(key)
        if node is None:
            return None
        target = resolved(node)
        if not isinstance(target, ScalarNode):
            raise node.problem(f"'{key}' must be a single value")
        return target.value

    def checked(self, key: str, check: Callable[[str], _T]) -> _T | None:
        """A scalar as a check returns it; its ValueError says what is wrong."""
        text, node = self.text(key), self.node(key)
        if text is None or node is None:
            return None
        try:
            return check(text)
        except ValueError as error:
            raise node.problem(f"'{key}' must be {error}") from None

    def flag(self, key: str) -> bool:
        """A boolean; False where there is none."""
        node = self.node(key)
        if node is None:
            return False
        target = resolved(node)
        if not isinstance(target, ScalarNode) or scalar_type(target) != "bool":
            raise node.problem(f"'{key}' must be true or false")
        return target.value.lower() in ("true", "yes", "on")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of scalars."""
        node = self.node(key)
        if node is None:
            return ()
        target = resolved(node)
        if not isinstance(target, SequenceNode):
            raise node.problem(f"'{key}' must be a list")
        items = [resolved(item) for item in target.items]
        for item in items:
            if not isinstance(item, ScalarNode):
                raise item.problem(f"'{key}' must be a list of texts")
        return tuple(item.value for item in items if isinstance(item, ScalarNode))

    def required(self, key: str, owner: str) -> str:
        """A scalar that must be there."""
        text = self.text(key)
        if not text:
            place = next(iter(self._fields.values()), None)
            message = f"'{owner}' needs '{key}'"
            raise place[0].problem(message) if place else YamlProblem(message)
        return text


def _storage_policy(values: _Values | None) -> StoragePolicy:
    if values is None:
        return StoragePolicy()
    threshold = values.checked("threshold_bytes", _size)
    return StoragePolicy(
        mode=values.checked("mode", _mode) or StorageMode.AUTO,
        threshold_bytes=StoragePolicy().threshold_bytes if threshold is None else threshold,
        blob_patterns=values.texts("blob_patterns") + values.texts("force_blob_patterns"),
        oci_patterns=values.texts("oci_patterns") + values.texts("force_oci_patterns"),
        provider=values.text("provider") or "",
        container=values.text("container") or "",
        prefix=values.text("prefix") or "",
    )


def _storage_plain(policy: StoragePolicy) -> Plain:
    default = StoragePolicy()
    written: dict[str, Plain] = {
        "mode": policy.mode.value,
        "threshold_bytes": policy.threshold_bytes,
        "blob_patterns": policy.blob_patterns,
        "oci_patterns": policy.oci_patterns,
        "provider": policy.provider,
        "container": policy.container,
        "prefix": policy.prefix,
    }
    return {key: value for key, value in written.items() if value != getattr(default, key)}


def _registry_access(values: _Values) -> RegistryAccess:
    return RegistryAccess(
        login_server=values.required("login_server", "registry"),
        provider=values.text("provider") or "",
        username=values.text("username"),
        password=values.text("password"),
        requires_auth=values.flag("requires_auth"),
        insecure=values.flag("insecure"),
    )


def _storage_access(values: _Values) -> StorageAccess:
    values.required("provider", "storage")
    return StorageAccess(
        provider=values.checked("provider", _provider) or "",
        container=values.required("container", "storage"),
        connection_string=values.text("connection_string"),
        endpoint=values.text("endpoint"),
        access_key=values.text("access_key"),
        secret_key=values.text("secret_key"),
        insecure=values.flag("insecure"),
    )


def _tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise ValueError("a tag: letters, digits, '_', '.' and '-', at most 128")
    return text


def _mode(text: str) -> StorageMode:
    return _member_of(StorageMode)(_MODES.get(text, text))


def _provider(text: str) -> str:
    if text not in PROVIDERS:
        raise ValueError(f"one of {', '.join(PROVIDERS)}")
    return text


def _size(text: str) -> int:
    digits = text.replace("_", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise ValueError("a number of bytes")
    return int(digits)


def _member_of(kind: type[_T]) -> Callable[[str], _T]:
    """A check that a text is one of an enumeration's values."""
    members: dict[str, _T] = {member.value: member for member in kind}  # type: ignore[attr-defined]

    def check(text: str) -> _T:
        if text not in members:
            raise ValueError(f"one of {', '.join(members)}")
        return members[text]

    return check


def _tracked_line(path: BundlePath) -> str:
    """A name that would read as a comment or a blank line gets `./` in front."""
    return f"./{path}" if path.startswith("#") or not path.strip(" \t") else path


def _point(item: Any) -> tuple[tuple[str, str], SyncPoint]:
    files = {BundlePath.parse(p): Digest.parse(digest) for p, digest in item["files"].items()}
    remote, tag = item["remote"], item["tag"]
    if not isinstance(remote, str) or not isinstance(tag, str):
        raise TypeError("not a sync point")
    return (remote, tag), SyncPoint(Digest.parse(item["manifest"]), files)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except YamlProblem as problem:
        place = f"{name}:{problem.line}" if problem.line else name
        raise ConfigError(f"{place}: {problem.message}") from None
