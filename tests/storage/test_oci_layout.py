"""A layout folder as other tools see it, and as crashes and other processes leave it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.errors import (
    HostileBundleError,
    IntegrityError,
    NotFoundInRemoteError,
    RemoteError,
)
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from support.bundles import descriptor_of, digest_of, put_bundle

CONTENTS = {
    "models/sir.py": b"x = 1\n",
    "models/__init__.py": b"",
    "targets/__init__.py": b"",
    "data/a.csv": b"1,2\n" * 1000,
    ".modelops-bundle/registry.yaml": b"version: '1.1'\n",
}


@pytest.fixture
def layout(tmp_path: Path) -> OciLayoutRemote:
    return OciLayoutRemote(tmp_path / "store")


def skopeo(*arguments: str) -> bytes:
    """Run skopeo; in CI its absence is a failure."""
    program = shutil.which("skopeo")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("skopeo must be installed in CI")
        pytest.skip("skopeo is not installed")
    return subprocess.run([program, *arguments], check=True, capture_output=True).stdout


def test_skopeo_reads_what_is_written(layout: OciLayoutRemote, tmp_path: Path) -> None:
    """A bundle's config is no image config, so that skopeo shows its documents as they are."""
    digest = put_bundle(layout, CONTENTS, "latest")
    for tag in ("latest", immutable_tag(digest)):
        image = f"oci:{tmp_path}/store:{tag}"
        assert digest_of(skopeo("inspect", "--raw", image)) == digest
        config = json.loads(skopeo("inspect", "--raw", "--config", image))
        assert set(config["files"]) == set(CONTENTS)


def test_skopeo_copies_what_is_written_and_what_it_copied_is_read(
    layout: OciLayoutRemote, tmp_path: Path
) -> None:
    digest = put_bundle(layout, CONTENTS, "latest")
    for n in (1, 2):
        skopeo("copy", f"oci:{tmp_path}/store:latest", f"oci:{tmp_path}/copy:v{n}")
    copy = OciLayoutRemote(tmp_path / "copy")
    assert copy.tags() == ("v1", "v2")
    assert copy.resolve("v1") == digest
    bundle = fetch_bundle(copy, digest.hex[:12])
    read = {x.title: b"".join(copy.open_blob(x)) for x in bundle.manifest.layers}
    assert read == CONTENTS
    put_bundle(copy, {"a.py": b"1"}, "v1")
    assert copy.resolve("v2") == digest
    skopeo("copy", f"oci:{tmp_path}/copy:v2", f"oci:{tmp_path}/again:latest")


def test_the_folder_is_a_layout_and_holds_nothing_unfinished(
    layout: OciLayoutRemote, tmp_path: Path
) -> None:
    put_bundle(layout, CONTENTS, "latest")
    store = tmp_path / "store"
    names = {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    blobs = {name for name in names if name.startswith("blobs/sha256/")}
    assert names - blobs == {"oci-layout", "index.json"}
    for name in blobs:
        assert digest_of((store / name).read_bytes()).hex == Path(name).name
    assert json.loads((store / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}


def test_reading_makes_nothing(layout: OciLayoutRemote, tmp_path: Path) -> None:
    with pytest.raises(NotFoundInRemoteError):
        layout.resolve("latest")
    assert layout.tags() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_else_in_it_is_left_alone(
    layout: OciLayoutRemote, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "thesis.tex").write_text("x")
    with pytest.raises(RemoteError, match="other content"):
        layout.upload_blob(descriptor_of(b"x"), [b"x"])
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["thesis.tex"]


def test_a_first_upload_that_was_cut_off_is_no_obstacle(
    layout: OciLayoutRemote, tmp_path: Path
) -> None:
    (tmp_path / "store" / "blobs" / "sha256").mkdir(parents=True)
    (tmp_path / "store" / ".mops-1-abc.tmp").write_text("")
    put_bundle(layout, CONTENTS, "latest")
    assert layout.tags()


def test_a_layout_of_another_version_is_not_written_to(
    layout: OciLayoutRemote, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "oci-layout").write_text('{"imageLayoutVersion": "9"}')
    (tmp_path / "store" / "index.json").write_text("{}")
    with pytest.raises(RemoteError, match="version"):
        layout.upload_blob(descriptor_of(b"x"), [b"x"])
    with pytest.raises(RemoteError, match="version"):
        layout.tags()


@pytest.mark.parametrize("damage", [b"", b"X = 1\n", b"x = 1\n\n"])
def test_a_damaged_blob_is_noticed(layout: OciLayoutRemote, tmp_path: Path, damage: bytes) -> None:
    put_bundle(layout, CONTENTS, "latest")
    good = descriptor_of(CONTENTS["models/sir.py"])
    (tmp_path / "store" / "blobs" / "sha256" / good.digest.hex).write_bytes(damage)
    with pytest.raises(IntegrityError):
        list(layout.open_blob(good))
    if len(damage) != good.size_bytes:
        assert layout.present([good]) == frozenset(), "the next push mends it"
    layout.upload_blob(good, [CONTENTS["models/sir.py"]])
    assert b"".join(layout.open_blob(good)) == CONTENTS["models/sir.py"]


def test_a_damaged_manifest_is_noticed(layout: OciLayoutRemote, tmp_path: Path) -> None:
    digest = put_bundle(layout, CONTENTS, "latest")
    path = tmp_path / "store" / "blobs" / "sha256" / digest.hex
    path.write_bytes(path.read_bytes().replace(b"sir.py", b"sis.py"))
    with pytest.raises(IntegrityError):
        fetch_bundle(layout, "latest")
    assert put_bundle(layout, CONTENTS) == digest
    assert fetch_bundle(layout, "latest").digest == digest, "the next push mends it"


def test_publishing_again_writes_nothing(layout: OciLayoutRemote, tmp_path: Path) -> None:
    digest = put_bundle(layout, CONTENTS, "latest")
    manifest = tmp_path / "store" / "blobs" / "sha256" / digest.hex
    index = tmp_path / "store" / "index.json"
    before = manifest.stat(), index.stat()
    again = OciLayoutRemote(tmp_path / "store")
    assert again.put_manifest(manifest.read_bytes()) == digest
    again.set_tags(digest, [TagMove(name=immutable_tag(digest)), TagMove(name="latest")])
    assert (manifest.stat(), index.stat()) == before


def test_a_pipe_in_place_of_a_blob_does_not_hang(layout: OciLayoutRemote, tmp_path: Path) -> None:
    put_bundle(layout, CONTENTS, "latest")
    descriptor = descriptor_of(CONTENTS["models/sir.py"])
    path = tmp_path / "store" / "blobs" / "sha256" / descriptor.digest.hex
    path.unlink()
    os.mkfifo(path)
    assert layout.present([descriptor]) == frozenset()
    with pytest.raises(RemoteError, match="no regular file"):
        list(layout.open_blob(descriptor))


def test_an_index_out_of_bounds_is_refused(layout: OciLayoutRemote, tmp_path: Path) -> None:
    put_bundle(layout, CONTENTS, "latest")
    with open(tmp_path / "store" / "index.json", "r+b") as stream:
        stream.truncate(MAX_DOCUMENT_BYTES + 1)
    with pytest.raises(RemoteError, match="larger than"):
        layout.tags()


def test_a_malformed_index_is_not_written_over(layout: OciLayoutRemote, tmp_path: Path) -> None:
    put_bundle(layout, CONTENTS, "latest")
    index = tmp_path / "store" / "index.json"
    index.write_text('{"manifests": [')
    with pytest.raises(HostileBundleError):
        put_bundle(layout, {"a.py": b""}, "latest")
    assert index.read_text() == '{"manifests": ['


def test_a_file_in_place_of_the_folder_is_an_error_of_the_remote(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    remote = OciLayoutRemote(tmp_path / "store")
    with pytest.raises(RemoteError) as caught:
        remote.upload_blob(descriptor_of(b"x"), [b"x"])
    assert caught.value.exit_code == 4
    with pytest.raises(RemoteError):
        remote.tags()


UPLOADER = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from pathlib import Path
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from support.bundles import descriptor_of

def content():
    yield b"a" * 1000
    yield b"b"
    print("half way", flush=True)
    sys.stdin.readline()
    yield b"c"

OciLayoutRemote(Path(sys.argv[2])).upload_blob(descriptor_of(b"a" * 1000 + b"bc"), content())
print("done", flush=True)
"""


def start_uploader(store: Path) -> subprocess.Popen[str]:
    paths = json.dumps([path for path in sys.path if path])
    process = subprocess.Popen(
        [sys.executable, "-c", UPLOADER, paths, str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half way\n"
    return process


def test_what_a_killed_push_left_is_swept_and_a_live_one_is_left_alone(tmp_path: Path) -> None:
    store = tmp_path / "store"
    killed, alive = start_uploader(store), start_uploader(store)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert len(list((store / "ingest").iterdir())) == 2
    OciLayoutRemote(store).upload_blob(descriptor_of(b"x"), [b"x"])
    assert len(list((store / "ingest").iterdir())) == 1
    assert alive.communicate("\n")[0] == "done\n"
    assert list((store / "ingest").iterdir()) == []
    assert OciLayoutRemote(store).present([descriptor_of(b"a" * 1000 + b"bc")])


def test_the_index_of_another_process_is_read_anew(tmp_path: Path) -> None:
    one, two = OciLayoutRemote(tmp_path / "s"), OciLayoutRemote(tmp_path / "s")
    first = put_bundle(one, {"a.py": b"1"}, "a")
    second = put_bundle(two, {"a.py": b"2"}, "b")
    third = put_bundle(one, {"a.py": b"3"}, "c")
    assert set(one.tags()) == {"a", "b", "c", *map(immutable_tag, (first, second, third))}
    one.set_tags(third, [TagMove(name="b", expected=frozenset({second}))])
    assert two.resolve("b") == third


def test_blobs_are_as_readable_as_the_umask_lets_them(
    layout: OciLayoutRemote, tmp_path: Path
) -> None:
    before = os.umask(0o002)
    try:
        put_bundle(layout, {"a.py": b"1"}, "latest")
    finally:
        os.umask(before)
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o664, path
