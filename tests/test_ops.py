"""What the platform asks of a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from modelops_bundle.errors import ConfigError
from modelops_bundle.ops import load_config


@dataclass(frozen=True)
class Context:
    """As the existing tool has it."""

    root: Path


def project(root: Path, config: str) -> Path:
    (root / ".modelops-bundle").mkdir(parents=True)
    (root / ".modelops-bundle" / "config.yaml").write_text(config)
    return root


def test_where_bundles_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "p", "remote: oci://acme.example/flu\ntag: dev\n")
    monkeypatch.chdir(root)
    found = load_config()
    assert (found.registry_ref, found.default_tag) == ("acme.example/flu", "dev")
    assert load_config(Context(root)) == load_config(root) == load_config(str(root)) == found


def test_a_configuration_of_the_existing_tool(tmp_path: Path) -> None:
    root = project(tmp_path / "p", "registry_ref: acme.example/flu\ndefault_tag: latest\n")
    assert load_config(root).registry_ref == "acme.example/flu"


def test_a_pinned_environment_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    environments = tmp_path / ".modelops" / "bundle-env"
    environments.mkdir(parents=True)
    (environments / "dev.yaml").write_text(
        "environment: dev\nregistry: {provider: docker, login_server: 'reg.example:5000'}\n"
    )
    root = project(tmp_path / "p", "remote: oci://acme.example/flu\nname: flu-model\n")
    (root / ".modelops-bundle" / "env").write_text("dev\n")
    assert load_config(root).registry_ref == "reg.example:5000/flu-model"


def test_without_a_project(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \.modelops-bundle folder") as caught:
        load_config(tmp_path)
    assert isinstance(caught.value, ConfigError)
