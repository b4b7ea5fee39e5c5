"""From URLs to folders; what is not understood is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.resolve import local_store_url, open_remote, recorded_url, shown_url


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/h/ada")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("layout:/srv/store", "/srv/store"),
        ("layout:/srv/./a/../store/", "/srv/store"),
        ("layout:~/store", "/h/ada/store"),
        ("layout:store", "/project/store"),
        ("layout:../store", "/store"),
        ("file:///srv/store", "/srv/store"),
        ("file:///srv/a%20b", "/srv/a b"),
        ("file://localhost/srv/store", "/srv/store"),
    ],
)
def test_urls_of_folders(url: str, folder: str) -> None:
    assert open_remote(url, root=Path("/project")).url == f"layout:{folder}"


@pytest.mark.parametrize(
    "url",
    ["layout:", "file://", "file://host/x", "file:///a%00b", "layout:a\0b", "layout:~nobody-x/a"],
)
def test_urls_that_name_no_folder(url: str) -> None:
    with pytest.raises(ConfigError):
        open_remote(url, root=Path("/project"))


@pytest.mark.parametrize(
    ("url", "recorded"),
    [
        ("oci://host/repository", "oci://host/repository"),
        ("oci://Host.example:5000/a/b-c", "oci://host.example:5000/a/b-c"),
        ("host.example/a", "oci://host.example/a"),
        ("localhost/a", "oci://localhost/a"),
        ("host:5000/a", "oci://host:5000/a"),
        ("[::1]:5000/a", "oci://[::1]:5000/a"),
        ("layout:../store", "layout:/store"),
    ],
)
def test_one_url_is_recorded_for_all_ways_to_write_it(url: str, recorded: str) -> None:
    assert recorded_url(url, root=Path("/project")) == recorded


@pytest.mark.parametrize("url", ["host/repository", "s3://b", "", "/srv", "models/store"])
def test_other_remotes_are_refused_with_what_is_possible(url: str) -> None:
    with pytest.raises(ConfigError, match="neither a registry nor") as caught:
        open_remote(url, root=Path("/project"))
    assert "layout:/path" in caught.value.hint
    assert caught.value.exit_code == 2


def test_the_local_store_is_below_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "layout:/h/ada/.local/share/modelops-bundle/sir-1"
    assert local_store_url("sir-1") == url
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert local_store_url("sir-1") == "layout:/data/modelops-bundle/sir-1"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert local_store_url("sir-1") == url, "the specification: relative paths are ignored"


@pytest.mark.parametrize("store_id", ["", "..", "../x", "a/b", ".hidden", "a\n", "/abs", "a" * 129])
def test_an_id_that_is_no_name_is_refused(store_id: str) -> None:
    with pytest.raises(ConfigError):
        local_store_url(store_id)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("layout:/h/ada/x/y", "layout:~/x/y"),
        ("layout:/h/adam/x", "layout:/h/adam/x"),
        ("layout:/srv/x", "layout:/srv/x"),
        ("oci://host/r", "oci://host/r"),
    ],
)
def test_the_home_folder_is_shown_as_people_write_it(url: str, shown: str) -> None:
    assert shown_url(url) == shown
