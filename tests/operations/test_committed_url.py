"""No path of one machine gets into the configuration that everybody has."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.errors import ConfigError, UsageError
from modelops_bundle.operations.committed_url import committed_url
from modelops_bundle.operations.scaffold import init
from modelops_bundle.storage.resolve import open_remote


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and a home folder elsewhere."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    project = tmp_path / "team" / "flu"
    project.mkdir(parents=True)
    return project


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("layout:{team}/store", "layout:../store"),
        ("file://{team}/store", "layout:../store"),
        ("layout:{team}/flu/store", "layout:store"),
        ("layout:{team}/other/deep/store", "layout:../other/deep/store"),
        ("layout:{home}/store", "layout:~/store"),
        ("layout:store", "layout:store"),
        ("layout:~/store", "layout:~/store"),
        ("oci://registry.example/flu", "oci://registry.example/flu"),
        ("registry.example/flu", "registry.example/flu"),
        ("local", "local"),
    ],
)
def test_a_folder_is_written_as_others_have_it_too(root: Path, given: str, written: str) -> None:
    places = {"team": root.parent, "home": root.parents[1] / "home"}
    url = given.format(**places)
    found = committed_url(url, root, not_done="nothing was changed")
    assert found == written
    if url != "local":
        assert open_remote(found, root=root).url == open_remote(url, root=root).url


@pytest.mark.parametrize("url", ["layout:/mnt/share/store", "file:///mnt/share/store", "layout:/"])
def test_another_place_of_this_machine_is_refused(root: Path, url: str) -> None:
    with pytest.raises(UsageError, match="place on this machine") as caught:
        committed_url(url, root, not_done="nothing was changed")
    assert "--remote for one command" in caught.value.hint


def test_what_is_beside_a_project_at_the_top_is_not_near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/elsewhere")
    with pytest.raises(UsageError):
        committed_url("layout:/mnt/store", Path("/flu"), not_done="")


@pytest.mark.parametrize("url", ["nonsense", "layout:", "oci://registry.example/flu:v1"])
def test_what_is_no_remote_is_refused(root: Path, url: str) -> None:
    with pytest.raises((ConfigError, UsageError)):
        committed_url(url, root, not_done="nothing was changed")


def test_init_refuses_before_it_makes_anything(root: Path) -> None:
    with pytest.raises(UsageError, match="nothing was made"):
        init(root / "new", remote="layout:/mnt/share/store")
    assert not (root / "new").exists()


def test_init_with_a_store_of_one_s_own_gives_it_an_id(root: Path) -> None:
    init(root, remote="local")
    config = (root / ".modelops-bundle" / "config.yaml").read_text()
    assert "remote: local" in config
    assert "store: flu-" in config


def test_init_writes_a_folder_beside_the_project_relative_to_it(root: Path) -> None:
    outcome = init(root, remote=f"layout:{root.parent}/store")
    assert outcome.remote == "layout:../store"
    assert str(root.parent) not in (root / ".modelops-bundle" / "config.yaml").read_text()
