"""Which remote a command talks to: the option, the environment, then the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.settings import BundleConfig, Environment, RegistryAccess
from modelops_bundle.errors import ConfigError
from modelops_bundle.operations.remotes import open_project_remote, remote_url
from modelops_bundle.workspace.project import Project

CONFIG = BundleConfig(remote="layout:~/store")
LOCAL = BundleConfig(remote="local", store_id="sir")
PLATFORM = Environment(name="azure", registry=RegistryAccess(login_server="x.example/y"))


def test_precedence() -> None:
    assert remote_url(CONFIG, override="layout:/x", environment=PLATFORM) == "layout:/x"
    url = remote_url(CONFIG, environment=PLATFORM, folder_name="Flu Model (2026)")
    assert url == "oci://x.example/y/flu-model-2026"
    named = BundleConfig(remote="layout:~/store", name="sir")
    assert remote_url(named, environment=PLATFORM, folder_name="x") == "oci://x.example/y/sir"
    assert remote_url(CONFIG, environment=Environment(name="bare")) == "layout:~/store"
    assert remote_url(CONFIG) == "layout:~/store"
    assert remote_url(BundleConfig()) is None


def test_local_stands_for_this_users_own_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert remote_url(LOCAL) == "layout:/data/modelops-bundle/sir"
    with pytest.raises(ConfigError):
        remote_url(BundleConfig(remote="local"))


def test_a_project_without_a_remote_is_told_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no remote") as caught:
        open_project_remote(Project(tmp_path), None, config=CONFIG)
    assert "--remote" in caught.value.hint


def test_a_registry_needs_a_name_for_the_project() -> None:
    with pytest.raises(ConfigError, match="no repository can be named"):
        remote_url(CONFIG, environment=PLATFORM, folder_name="---")


def test_relative_folders_are_relative_to_the_project(tmp_path: Path) -> None:
    assert (
        open_project_remote(Project(tmp_path), "layout:s", config=CONFIG).url
        == f"layout:{tmp_path}/s"
    )
