"""A project with names that shells trip over."""

from __future__ import annotations

from pathlib import Path

import pytest

REGISTRY = """\
version: '1.1'
models:
  sir_starsimsir:
    entrypoint: models.sir:StarsimSIR
    path: models/sir.py
    outputs: [incidence, prevalence]
  both: {entrypoint: 'models.sir:Both', path: models/sir.py}
targets:
  flu.v1:2: {entrypoint: 'targets.incidence:flu', path: targets/incidence.py}
  a=b: {entrypoint: 'targets.incidence:ab', path: targets/incidence.py}
  "it's $5": {entrypoint: 'targets.incidence:five', path: targets/incidence.py}
  流感: {entrypoint: 'targets.incidence:grippe', path: targets/incidence.py}
  both: {entrypoint: 'targets.incidence:both', path: targets/incidence.py}
target_sets:
  fit: {targets: [a=b, 流感]}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a project that was pushed to a folder, and to a registry."""
    root = tmp_path / "sir"
    for folder in (".modelops-bundle", "models", "targets", "my data", ".hidden"):
        (root / folder).mkdir(parents=True)
    home = tmp_path / "home"
    (home / ".modelops" / "bundle-env").mkdir(parents=True)
    for name in ("local", "staging"):
        (home / ".modelops" / "bundle-env" / f"{name}.yaml").write_text("{}\n")
    (root / ".modelops-bundle" / "registry.yaml").write_text(REGISTRY, encoding="utf-8")
    (root / "models" / "sir.py").write_text("class StarsimSIR: ...\nclass Both: ...\n")
    (root / "targets" / "incidence.py").write_text("def flu(): ...\ndef ab(): ...\n")
    (root / "my data" / "x=1:2 a.csv").write_text("1\n")
    (root / "notes.txt").write_text("\n")
    (root / "job.yml").write_text("{}\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.chdir(root)
    return root
