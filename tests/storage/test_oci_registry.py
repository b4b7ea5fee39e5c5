"""A real registry beside other tools, and the whole program on it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import BUNDLE_INDEX_MEDIA_TYPE
from modelops_bundle.core.transfer import immutable_tag
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import parse_address
from support.bundles import contents_of, descriptor_of, put_bundle
from support.project import FILES, Shell, make_project, register_all
from support.registry_faults import front_of
from support.registry_server import PASSWORD, USER, Registries, program

CONTENTS = {"models/sir.py": b"x = 1\n", "a/__init__.py": b"", "data/a.csv": b"1,2\n" * 1000}


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    root = tmp_path / "project"
    root.mkdir()
    return Shell(root, capsys)


def test_skopeo_copies_from_a_registry_to_a_layout_and_back(
    registries: Registries, tmp_path: Path
) -> None:
    server = registries["plain"]
    remote = OciRegistryRemote(parse_address(server.url()))
    digest = put_bundle(remote, CONTENTS, "latest")
    skopeo = program("skopeo")

    def copy(source: str, target: str) -> None:
        tls = ["--src-tls-verify=false", "--dest-tls-verify=false"]
        subprocess.run([skopeo, "copy", *tls, source, target], check=True, capture_output=True)

    image = remote.url.replace("oci://", "docker://")
    copy(f"{image}:latest", f"oci:{tmp_path}/copy:v1")
    layout = OciLayoutRemote(tmp_path / "copy")
    assert layout.resolve("v1") == digest

    ours = OciLayoutRemote(tmp_path / "ours")
    put_bundle(ours, CONTENTS, "latest")
    back = OciRegistryRemote(parse_address(server.url()))
    copy(f"oci:{tmp_path}/ours:latest", back.url.replace("oci://", "docker://") + ":v2")
    assert back.resolve("v2") == digest
    for store in (layout, back):
        bundle = fetch_bundle(store, digest)
        assert bundle.manifest.config.media_type == BUNDLE_INDEX_MEDIA_TYPE
        read = {x.title: b"".join(store.open_blob(x)) for x in bundle.manifest.layers}
        assert read == CONTENTS


def test_what_travels_goes_through_a_registry_and_comes_back(
    shell: Shell, registries: Registries, tmp_path: Path
) -> None:
    url = registries["plain"].url()
    make_project(shell)
    shell.write(".modelops-bundle/config.yaml", f"name: sir\nremote: {url}\n")
    register_all(shell)
    pushed = shell.json("push")
    assert pushed["tags"] == [immutable_tag(Digest(pushed["digest"])), "latest"]
    assert shell.json("status", "--remote")["remote"]["state"] == "synced"

    there = tmp_path / "there"
    (there / ".modelops-bundle").mkdir(parents=True)
    config = shell.read(".modelops-bundle/config.yaml")
    (there / ".modelops-bundle" / "config.yaml").write_text(config)
    assert shell("pull", folder=there).code == 0
    travelled = contents_of(there)
    assert {path: travelled[path].decode() for path in FILES} == FILES

    shell.edit("lib/rates.py", "2.0", "3.0")
    shell.ok("sync")
    second = shell.json("push")
    assert second["uploaded"]["blobs"] == 2, "the edited file and the registry"
    assert shell("pull", second["digest"][7:19], folder=there).code == 0
    assert (there / "lib" / "rates.py").read_text() == "RATE = 3.0\n"
    assert shell("pull", pushed["tags"][0], folder=there).code == 0
    assert (there / "lib" / "rates.py").read_text() == "RATE = 2.0\n"


def test_a_push_of_the_same_content_uploads_nothing(shell: Shell, registries: Registries) -> None:
    with front_of(registries["plain"].host) as front:
        make_project(shell)
        shell.write(".modelops-bundle/config.yaml", f"remote: oci://{front.host}/again/sir\n")
        register_all(shell)
        first = shell.json("push")
        assert front.asked("PUT") > 0
        front.seen.clear()
        second = shell.json("push")
        assert second["digest"] == first["digest"]
        assert second["uploaded"]["blobs"] == 0
        assert {seen.method for seen in front.seen} == {"HEAD"}


def test_init_takes_a_registry_and_every_way_to_write_it_is_one_remote(
    shell: Shell, registries: Registries
) -> None:
    url = registries["plain"].url()
    for path, text in FILES.items():
        shell.write(path, text)
    shell.ok("init", "--name", "sir", "--remote", url.removeprefix("oci://"))
    register_all(shell)
    shell.ok("push")
    remote = shell.json("status")["remote"]
    assert (remote["url"], remote["state"]) == (url, "synced")


def test_an_environment_gives_the_place_and_the_login(
    shell: Shell, registries: Registries, tmp_path: Path
) -> None:
    folder = tmp_path / "home" / ".modelops" / "bundle-env"
    folder.mkdir(parents=True)
    login = f"  username: {USER}\n  password: {json.dumps(PASSWORD)}\n"
    server = registries["htpasswd"].host
    (folder / "dev.yaml").write_text(f"registry:\n  login_server: {server}/team\n{login}")
    for path, text in FILES.items():
        shell.write(path, text)
    shell.ok("init", "--name", "Flu Model", "--env", "dev")
    register_all(shell)
    assert shell.json("push")["ref"].startswith(f"oci://{server}/team/flu-model")
    assert shell.json("status", "--remote")["remote"]["state"] == "synced"
    (folder / "dev.yaml").write_text(f"registry:\n  login_server: {server}/team\n")
    view = shell.json("status", "--remote")["remote"]
    assert view["state"] == "unauthorized"
    shown = shell("push")
    assert shown.code == 4
    assert "mops-bundle login" in shown.err
    assert PASSWORD not in shown.err + json.dumps(view)


def test_a_remote_that_is_not_there_is_unreachable(shell: Shell) -> None:
    make_project(shell)
    shell.write(".modelops-bundle/config.yaml", "remote: oci://127.0.0.1:1/a\n")
    register_all(shell)
    assert shell.json("status", "--remote")["remote"]["state"] == "unreachable"
    shown = shell("push")
    assert shown.code == 4
    assert "refused" in shown.err


def test_nothing_of_http_is_loaded_before_a_registry_is_asked(shell: Shell) -> None:
    make_project(shell)
    shell.write(".modelops-bundle/config.yaml", "remote: oci://registry.example/a\n")
    script = (
        "import sys\nfrom modelops_bundle.cli.app import main\n"
        "for line in ('status --check-staleness', 'files', 'init x --remote h.example/a'):\n"
        "    main(line.split())\n"
        "sys.exit('urllib3' in sys.modules or 'ssl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=shell.root, check=False)
    assert done.returncode == 0


def test_memory_stays_small_whatever_the_size(registries: Registries) -> None:
    script = """
import sys
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import parse_address
import hashlib
piece, count = bytes(1 << 20), 150
running = hashlib.sha256()
for _ in range(count):
    running.update(piece)
blob = Descriptor(media_type="", digest=Digest("sha256:" + running.hexdigest()),
                  size_bytes=count << 20)
class Content:
    def __iter__(self):
        for _ in range(count):
            yield piece
remote = OciRegistryRemote(parse_address(sys.argv[1]))
remote.upload_blob(blob, Content())
assert sum(map(len, remote.open_blob(blob))) == blob.size_bytes
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, registries["plain"].url()],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) < 100


def test_a_blob_that_is_there_is_not_asked_for_twice(registries: Registries) -> None:
    with front_of(registries["plain"].host) as front:
        remote = OciRegistryRemote(parse_address(f"oci://{front.host}/twice"))
        blob = descriptor_of(b"x")
        assert remote.present([blob, blob, blob]) == frozenset()
        assert front.asked("HEAD") == 1
