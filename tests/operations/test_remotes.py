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
    assert remote_url(CONFIG, environment=PLATFORM) == "oci://x.example/y"
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
        open_project_remote(Project(tmp_path), None)
    assert "--remote" in caught.value.hint


def test_a_registry_is_refused_by_this_version(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"oci://x\.example/y"):
        open_project_remote(Project(tmp_path), remote_url(CONFIG, environment=PLATFORM))


def test_relative_folders_are_relative_to_the_project(tmp_path: Path) -> None:
    assert open_project_remote(Project(tmp_path), "layout:s").url == f"layout:{tmp_path}/s"
