"""The journal of a pull: what was about to be done when it was cut off."""

from __future__ import annotations

import json
from typing import Any

from modelops_bundle.codec.oci_json import canonical_json
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_path
from modelops_bundle.core.transfer import PullJournal, PullStep
from modelops_bundle.errors import BundleError, ConfigError

_VERSION = 1


def encode_journal(journal: PullJournal) -> bytes:
    """The journal's bytes."""
    return canonical_json(
        {
            "version": _VERSION,
            "url": journal.url,
            "reference": journal.reference,
            "digest": journal.digest,
            "files": None if journal.files is None else dict(journal.files),
            "steps": [
                {
                    "path": step.path,
                    "old": step.old,
                    "new": None if step.new is None else [step.new.digest, step.new.size_bytes],
                    "backup": step.backup,
                }
                for step in journal.steps
            ],
        }
    )


def decode_journal(content: bytes, name: str) -> PullJournal:
    """Read a journal. Its paths are checked as a bundle's are: it may come with a copied project.

    Raises:
        ConfigError: not a journal that this version wrote.
    """
    try:
        document = json.loads(content)
        if document["version"] != _VERSION:
            raise ValueError("another version")
        files = document["files"]
        return PullJournal(
            url=str(document["url"]),
            reference=str(document["reference"]),
            digest=Digest.parse(document["digest"]),
            files=None if files is None else {_path(p): Digest.parse(d) for p, d in files.items()},
            steps=tuple(_step(step) for step in document["steps"]),
        )
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
        BundleError,
    ) as error:
        raise ConfigError(
            f"{name} is not the journal of a pull: {error!s:.200}",
            not_done="the interrupted pull was not finished",
            hint=f"delete the folder of {name}, then pull again",
        ) from error


def _step(value: Any) -> PullStep:
    path, old, new = _path(value["path"]), value["old"], value["new"]
    return PullStep(
        path=path,
        old=None if old is None else Digest.parse(old),
        new=None if new is None else FileState(path, Digest.parse(new[0]), int(new[1])),
        backup=value["backup"] is True,
    )


def _path(text: str) -> BundlePath:
    return check_path(text)
