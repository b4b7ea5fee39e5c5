"""What the workers of the platform get."""

from __future__ import annotations

import threading
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from modelops_bundle.errors import (
    BundleError,
    NotFoundInRemoteError,
    UnauthorizedError,
    UsageError,
)
from modelops_bundle.repository import InvalidBundleReferenceError, ModelOpsBundleRepository
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import parse_address
from support.bundles import contents_of, digest_of, put_bundle
from support.registry_server import (
    PASSWORD,
    USER,
    htpasswd_auth,
    running_registry,
)

CONTENTS = {"models/sir.py": b"class SIR: ...\n", "wire.py": b"def wire(): ...\n"}


@pytest.fixture
def layout(tmp_path: Path) -> OciLayoutRemote:
    return OciLayoutRemote(tmp_path / "store")


@pytest.fixture
def repository(layout: OciLayoutRemote, tmp_path: Path) -> ModelOpsBundleRepository:
    return ModelOpsBundleRepository(registry_ref=layout.url, cache_dir=str(tmp_path / "cache"))


def test_the_platform_finds_it() -> None:
    (found,) = entry_points(group="modelops.bundle_repos", name="modelops_bundle")
    assert found.value == "modelops_bundle.repository:ModelOpsBundleRepository"
    assert found.load() is ModelOpsBundleRepository


def test_a_bundle_is_handed_out_by_its_digest(
    layout: OciLayoutRemote, repository: ModelOpsBundleRepository, tmp_path: Path
) -> None:
    digest = put_bundle(layout, CONTENTS)
    given, path = repository.ensure_local(digest)
    assert given == digest
    assert path == tmp_path / "cache" / "bundles" / digest.hex[:12]
    assert path.resolve().name == digest.hex
    assert contents_of(path) == CONTENTS
    assert repository.ensure_local(digest) == (given, path)


def test_once_it_is_there_no_registry_is_asked(
    layout: OciLayoutRemote, repository: ModelOpsBundleRepository, tmp_path: Path
) -> None:
    digest = put_bundle(layout, CONTENTS)
    repository.ensure_local(digest)
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    again = ModelOpsBundleRepository(layout.url, tmp_path / "cache", "digest_full")
    assert again.exists(digest)
    _, path = again.ensure_local(digest)
    assert path.name == digest.hex
    assert contents_of(path) == CONTENTS


def test_a_bundle_that_was_handed_out_stays(
    layout: OciLayoutRemote, repository: ModelOpsBundleRepository
) -> None:
    digest = put_bundle(layout, CONTENTS)
    _, path = repository.ensure_local(digest)
    repository.ensure_local(digest)
    assert not repository._cache.remove(digest)
    assert contents_of(path) == CONTENTS


def test_a_folder_of_another_tool_under_the_short_name_is_not_trusted(
    layout: OciLayoutRemote, repository: ModelOpsBundleRepository, tmp_path: Path
) -> None:
    digest = put_bundle(layout, CONTENTS)
    other = tmp_path / "cache" / "bundles" / digest.hex[:12]
    other.mkdir(parents=True)
    (other / "wire.py").write_bytes(b"poisoned")
    (other / ".complete").write_text("ok")
    _, path = repository.ensure_local(digest)
    assert path.name == digest.hex
    assert contents_of(path) == CONTENTS


def test_threads_share_one_bundle(
    layout: OciLayoutRemote, repository: ModelOpsBundleRepository
) -> None:
    digest = put_bundle(layout, CONTENTS)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(repository.ensure_local(digest)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "text", ["latest", "", "sha256:12", "x@latest", "@sha256:" + "0" * 64, "sha512:" + "0" * 128]
)
def test_only_digests_are_references(repository: ModelOpsBundleRepository, text: str) -> None:
    with pytest.raises(InvalidBundleReferenceError, match="not a bundle reference") as caught:
        repository.ensure_local(text)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, BundleError)
    assert not repository.exists(text)


def test_what_nobody_published(repository: ModelOpsBundleRepository) -> None:
    missing = digest_of(b"nothing")
    assert not repository.exists(missing)
    with pytest.raises(NotFoundInRemoteError):
        repository.ensure_local(missing)


def test_an_unknown_structure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cache_structure"):
        ModelOpsBundleRepository("host/x", tmp_path, cache_structure="flat")


def test_it_says_what_it_is(tmp_path: Path) -> None:
    repository = ModelOpsBundleRepository("registry.example/team/", tmp_path)
    shown = repr(repository)
    assert shown == f"ModelOpsBundleRepository('registry.example/team', {str(tmp_path)!r})"


def test_a_registry_with_the_login_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "none"))
    with running_registry(tmp_path / "r", auth=htpasswd_auth(tmp_path / "r")) as server:
        monkeypatch.setenv("REGISTRY_USERNAME", USER)
        monkeypatch.setenv("REGISTRY_PASSWORD", PASSWORD)
        from modelops_bundle.codec.distribution_json import Credentials

        login = Credentials(username=USER, password=PASSWORD)
        address = parse_address(f"oci://{server.host}/team/flu")
        digest = put_bundle(OciRegistryRemote(address, find_credentials=lambda: login), CONTENTS)

        host_only = ModelOpsBundleRepository(server.host, tmp_path / "one")
        assert host_only.exists(f"team/flu@{digest}")
        _, path = host_only.ensure_local(f"team/flu@{digest}")
        assert contents_of(path) == CONTENTS
        assert host_only.ensure_local(digest) == (digest, path), "what is here needs no repository"

        # The platform strips the host from the project's remote, and workers may be set to all
        # of it.
        whole = ModelOpsBundleRepository(f"{server.host}/team/flu", tmp_path / "two")
        assert contents_of(whole.ensure_local(f"team/flu@{digest}")[1]) == CONTENTS

        monkeypatch.delenv("REGISTRY_PASSWORD")
        with pytest.raises(UnauthorizedError):
            ModelOpsBundleRepository(server.host, tmp_path / "three").ensure_local(
                f"team/flu@{digest}"
            )
