"""The demo tells its whole story, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

from support.project import Shell


def test_the_story_is_told_to_its_end(bare: Shell, tmp_path: Path) -> None:
    document = bare.json("demo")
    assert document["schema"] == "mops-bundle.demo/1"
    told = [(step["command"], step["exit_code"]) for step in document["steps"]]
    assert told == [
        ("mops-bundle status", 0),
        ("mops-bundle push", 1),
        ("mops-bundle sync", 0),
        ("mops-bundle status", 0),
        ("mops-bundle push", 0),
        ("mops-bundle pull", 0),
        ("mops-bundle status --check-staleness", 0),
    ]
    stale, refused, _, clean, pushed, pulled, verified = (
        step["output"] for step in document["steps"]
    )
    for what in ("same body", "BAD_OUTPUT_NAME -> incidence", "observed_incidence.csv changed"):
        assert what in stale
    assert "nothing was uploaded" in refused
    assert "In sync: 1 model, 2 targets." in clean
    digest = pushed.splitlines()[-1]
    assert digest.startswith("sha256:")
    assert pulled.splitlines()[-1] == digest
    assert "(pushed)" in verified
    assert not (tmp_path / "home").exists()
    assert list(bare.root.iterdir()) == []
