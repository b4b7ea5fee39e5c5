"""What scenarios look at besides the program's output: files, digests, stores, registries."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).parents[2] / "examples"
REGISTRY = ".modelops-bundle/registry.yaml"
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".venv", "cache", "state.json", "lock")


def copy_example(name: str, destination: Path) -> Path:
    """A copy of an example project as it is committed."""
    shutil.copytree(EXAMPLES / name, destination, ignore=_LEFT_BEHIND)
    return destination


def sha256(path: Path) -> str:
    """A file's digest, by no other means than `hashlib`."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes; none where there is no folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def user_contents(folder: Path) -> dict[str, bytes]:
    """Every file of a project that is not the program's own and may be lost."""
    private = (".modelops-bundle/cache/", ".modelops-bundle/state.json", ".modelops-bundle/lock")
    return {
        path: content for path, content in contents(folder).items() if not path.startswith(private)
    }


def published(home: Path) -> dict[str, bytes]:
    """What this user's own stores hold."""
    return contents(home / ".local/share/modelops-bundle")


def declared_digests(registry: Mapping[str, Any]) -> dict[str, str]:
    """File -> digest, as the registry's entries declare them; each file has one digest."""
    found: dict[str, set[str]] = {}
    for kind, own in (("models", "model_digest"), ("targets", "target_digest")):
        for entry in (registry.get(kind) or {}).values():
            stated = {entry["path"]: entry.get(own)}
            stated |= entry.get("data_digests") or {}
            stated |= entry.get("code_digests") or {}
            for path, digest in stated.items():
                found.setdefault(path, set()).add(digest)
    assert all(len(digests) == 1 for digests in found.values()), found
    return {path: digests.pop() for path, digests in found.items()}


def parsed_registry(folder: Path) -> Any:
    """The registry of a project as any YAML reader sees it."""
    return yaml.safe_load((folder / REGISTRY).read_bytes())


def assert_true_to_disk(folder: Path) -> None:
    """Fail unless every file that the registry declares has the digest that it declares."""
    stated = declared_digests(parsed_registry(folder))
    assert stated
    assert {path: sha256(folder / path) for path in stated} == stated


def changed_lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Pairs of lines that differ between two texts of equally many lines."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old) == len(new), "lines were added or removed"
    return ((a, b) for a, b in zip(old, new, strict=True) if a != b)


def keep_times(path: Path, text: str) -> None:
    """Write a file and put its modification time back."""
    before = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
