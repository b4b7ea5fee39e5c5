"""A journal comes back as it was written, and a foreign one is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelops_bundle.codec.journal_json import decode_journal, encode_journal
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import PullJournal, PullStep
from modelops_bundle.errors import ConfigError
from support.bundles import digest_of, state_of

JOURNAL = PullJournal(
    url="layout:/x",
    reference="latest",
    digest=digest_of(b"m"),
    files={BundlePath("a.py"): digest_of(b"a")},
    steps=(
        PullStep(path=BundlePath("gone.py"), old=digest_of(b"g"), new=None),
        PullStep(path=BundlePath("a.py"), old=None, new=state_of("a.py", b"a"), backup=True),
    ),
)


def test_decode_undoes_encode() -> None:
    assert decode_journal(encode_journal(JOURNAL), "journal") == JOURNAL
    partial = PullJournal(url="", reference="x", digest=JOURNAL.digest, files=None, steps=())
    assert decode_journal(encode_journal(partial), "journal") == partial


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(encode_journal(JOURNAL)) | changes).encode()


STEP = {"path": "a.py", "old": None, "new": None, "backup": False}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        changed(version=2),
        changed(digest="x"),
        changed(files=[]),
        changed(files={"../x": JOURNAL.digest}),
        changed(steps=None),
        changed(steps=["x"]),
        changed(steps=[{**STEP, "path": "../../.bashrc"}]),
        changed(steps=[{**STEP, "path": "/etc/passwd"}]),
        changed(steps=[{**STEP, "path": ".git/hooks/pre-commit"}]),
        changed(steps=[{**STEP, "path": ".modelops-bundle/config.yaml"}]),
        changed(steps=[{**STEP, "path": 3}]),
        changed(steps=[{**STEP, "old": "x"}]),
        changed(steps=[{**STEP, "new": ["x"]}]),
        changed(steps=[{**STEP, "new": "x"}]),
    ],
)
def test_what_is_no_journal_is_refused_with_its_name(content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"cache/pull/journal\.json"):
        decode_journal(content, "cache/pull/journal.json")
