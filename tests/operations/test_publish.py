"""Laws 5 and 6: what is published is a function of content, and is what was observed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.errors import (
    ChangedDuringUseError,
    FileAccessError,
    InvalidPathError,
    NotFoundInRemoteError,
    RemoteError,
    TagMovedError,
)
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.local_contents import changed_files
from modelops_bundle.operations.publish import Published, publish
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.workspace.phases import listening
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, folder_project, put_bundle, state_of, states_of
from support.listener import Heard

CONTENTS = {"models/sir.py": b"x = 1\n", "models/__init__.py": b"", "data/a.csv": b"1,2\n" * 9}
LATEST = (TagMove(name="latest"),)


def push(project: Project, remote: MemoryRemote | OciLayoutRemote, **options: bool) -> Published:
    return publish(project, states_of(contents_of(project.root)), remote, LATEST, **options)


def test_everything_is_there_before_the_tag_is(tmp_path: Path) -> None:
    class Watching(MemoryRemote):
        def set_tags(self, digest: Digest, moves: Iterable[TagMove]) -> None:
            names = [move.name for move in moves]
            assert names == [immutable_tag(digest), "latest"], "the tag that people use comes last"
            bundle = fetch_bundle(self, digest)
            for layer in bundle.manifest.layers:
                assert b"".join(self.open_blob(layer)) == CONTENTS[layer.title]
            super().set_tags(digest, list(moves))

    remote = Watching()
    published = push(folder_project(tmp_path, CONTENTS), remote)
    assert remote.resolve("latest") == published.digest
    assert (published.uploaded.blobs, published.uploaded.bytes) == (3, 6 + 36)
    assert (published.reused.blobs, published.reused.bytes) == (0, 0)


def test_a_second_push_uploads_nothing_and_gives_the_same_digest(tmp_path: Path) -> None:
    class Counting(MemoryRemote):
        uploads = 0

        def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
            self.uploads += 1
            super().upload_blob(descriptor, content)

    project, remote = folder_project(tmp_path, CONTENTS), Counting()
    first = push(project, remote)
    assert remote.uploads == 4
    second = push(project, remote)
    assert remote.uploads == 4
    assert second.digest == first.digest
    assert (second.uploaded.blobs, second.reused.blobs) == (0, 3)


def test_a_dry_run_says_the_same_and_sends_nothing(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    dry = push(project, remote, dry_run=True)
    assert remote.tags() == ()
    assert remote.present(fetch_layers(CONTENTS)) == frozenset()
    assert dry == push(project, remote)


def fetch_layers(contents: Mapping[str, bytes]) -> tuple[Descriptor, ...]:
    remote = MemoryRemote()
    return fetch_bundle(remote, put_bundle(remote, contents)).manifest.layers


@given(
    st.dictionaries(
        st.sampled_from(["a.py", "b/c.csv", "b/d.bin", "é.txt"]), st.binary(max_size=20), min_size=1
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_equal_content_gives_an_equal_digest_on_any_machine(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes], random: Random
) -> None:
    digests = set()
    for _ in range(2):
        items = list(contents.items())
        random.shuffle(items)
        root = tmp_path_factory.mktemp("law5")
        project = folder_project(root, dict(items))
        for path, _ in items:
            os.utime(root / path, ns=(random.randrange(1 << 60), random.randrange(1 << 60)))
            (root / path).chmod(random.choice([0o600, 0o644, 0o755]))
        remote = OciLayoutRemote(root / "elsewhere" / "store")
        shuffled = states_of(dict(random.sample(items, len(items))))
        digests.add(publish(project, shuffled, remote, LATEST).digest)
    assert len(digests) == 1
    assert digests == {put_bundle(MemoryRemote(), contents)}


class EditingRemote(MemoryRemote):
    """Edits a project while it is published to this remote."""

    def __init__(self, edit: Callable[[], None], after_blobs: int) -> None:
        super().__init__()
        self._edit = edit
        self._countdown = after_blobs

    def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
        if self._countdown == 0:
            self._edit()
        self._countdown -= 1
        super().upload_blob(descriptor, content)


EDITS: dict[str, Callable[[Path], None]] = {
    "other bytes of the same size": lambda path: _rewrite(path, b"y = 2\n"),
    "more bytes": lambda path: _rewrite(path, b"x = 1\n\n"),
    "fewer bytes": lambda path: _rewrite(path, b""),
    "deleted": lambda path: path.unlink(),
    "now a folder": lambda path: _replace(path, path.mkdir),
    "now a pipe": lambda path: _replace(path, lambda: os.mkfifo(path)),
    "now a link out of the project": lambda path: _replace(
        path, lambda: path.symlink_to("/dev/zero")
    ),
}


def _rewrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _replace(path: Path, make: Callable[[], object]) -> None:
    path.unlink()
    make()


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize("after_blobs", [0, 1, 2, 3])
def test_a_file_that_changes_meanwhile_aborts_before_any_tag_moves(
    tmp_path: Path, kind: str, after_blobs: int
) -> None:
    """Before its upload, or after it; the index's own upload is the last moment."""
    project = folder_project(tmp_path, CONTENTS)
    states = states_of(CONTENTS)
    path = tmp_path / "models/sir.py"
    remote = EditingRemote(lambda: EDITS[kind](path), after_blobs)
    if after_blobs < 3:
        with pytest.raises(ChangedDuringUseError, match=r"models/sir\.py") as caught:
            publish(project, states, remote, LATEST)
        assert caught.value.exit_code == 1
        assert remote.tags() == ()
    else:
        digest = publish(project, states, remote, LATEST).digest
        (layer,) = [x for x in fetch_bundle(remote, digest).manifest.layers if "sir" in x.title]
        assert b"".join(remote.open_blob(layer)) == CONTENTS["models/sir.py"]


@pytest.mark.parametrize("changed", ["data/00.csv", "data/42.csv", "data/99.csv"])
def test_a_change_among_many_files_aborts_too(tmp_path: Path, changed: str) -> None:
    contents = {f"data/{n:02}.csv": b"%d" % n for n in range(100)}
    project = folder_project(tmp_path, contents)
    (tmp_path / changed).write_bytes(b"?")
    remote = OciLayoutRemote(tmp_path / "store")
    with pytest.raises(ChangedDuringUseError, match=changed):
        publish(project, states_of(contents), remote, LATEST)
    assert remote.tags() == ()
    assert list((tmp_path / "store" / "ingest").iterdir()) == []


def test_a_change_of_a_file_that_need_not_be_sent_aborts_too(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    push(project, remote)
    before = remote.resolve("latest")
    known = (TagMove(name="latest", expected=frozenset({before})),)
    (tmp_path / "data/a.csv").write_bytes(b"edited")
    with pytest.raises(ChangedDuringUseError, match=r"data/a\.csv"):
        publish(project, states_of({**CONTENTS, "new.py": b""}), remote, known)
    assert remote.resolve("latest") == before


def test_a_quicker_recheck_is_believed(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    states = states_of(CONTENTS)
    publish(project, states, remote, LATEST)
    with pytest.raises(ChangedDuringUseError, match=r"models/sir\.py"):
        publish(
            project,
            states,
            remote,
            LATEST,
            recheck=lambda unsent: [sorted(s.path for s in unsent)[-1]],
        )


def test_files_with_equal_content_are_each_checked(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a.csv": b"1", "b.csv": b"1"})
    (tmp_path / "b.csv").write_bytes(b"2")
    with pytest.raises(ChangedDuringUseError, match=r"b\.csv"):
        publish(project, states_of({"a.csv": b"1", "b.csv": b"1"}), MemoryRemote(), LATEST)


def test_changed_files_are_told_from_unchanged_ones(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a": b"1", "b": b"2", "c": b"3"})
    states = [state_of("a", b"1"), state_of("b", b"x"), state_of("gone", b"")]
    assert list(changed_files(project, states)) == ["b", "gone"]
    assert list(changed_files(project, [])) == []


def test_a_link_within_the_project_is_published_as_its_content(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"store/x.csv": b"1"})
    (tmp_path / "data").symlink_to("store")
    published = publish(project, states_of({"data/x.csv": b"1"}), MemoryRemote(), LATEST)
    assert list(published.files) == ["data/x.csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a.py": b"1"})
    (tmp_path / "a.py").chmod(0)
    with pytest.raises(FileAccessError, match=r"a\.py"):
        publish(project, states_of({"a.py": b"1"}), MemoryRemote(), LATEST)


@pytest.mark.parametrize("path", ["a\\b.csv", "aux/.git/config", "x\u202ey.py"])
def test_what_could_not_be_unpacked_everywhere_is_not_published(tmp_path: Path, path: str) -> None:
    project, remote = folder_project(tmp_path, {path: b"1", "a.py": b""}), MemoryRemote()
    with pytest.raises(InvalidPathError) as caught:
        publish(project, states_of({path: b"1", "a.py": b""}), remote, LATEST)
    assert caught.value.exit_code == 2
    assert remote.tags() == ()


def test_two_spellings_of_one_name_are_not_published(tmp_path: Path) -> None:
    contents = {"Data.csv": b"1", "data.csv": b"2"}
    with pytest.raises(InvalidPathError, match=r"Data\.csv"):
        publish(folder_project(tmp_path, contents), states_of(contents), MemoryRemote(), LATEST)


def test_a_tag_that_somebody_moved_stops_the_push_before_anything_is_sent(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    theirs = put_bundle(remote, {"theirs.py": b""}, "latest")
    with pytest.raises(TagMovedError) as caught:
        push(project, remote)
    assert caught.value.exit_code == 4
    assert remote.resolve("latest") == theirs
    assert remote.present(fetch_layers(CONTENTS)) == {state_of("", b"").digest}


def test_a_tag_that_is_moved_during_the_upload_stays_where_it_is(tmp_path: Path) -> None:
    store = tmp_path / "store"

    class Raced(OciLayoutRemote):
        def put_manifest(self, content: bytes) -> Digest:
            put_bundle(OciLayoutRemote(store), {"theirs.py": b"1"}, "latest")
            return super().put_manifest(content)

    remote = Raced(store)
    with pytest.raises(TagMovedError):
        publish(folder_project(tmp_path / "p", CONTENTS), states_of(CONTENTS), remote, LATEST)
    assert list(fetch_bundle(remote, "latest").files) == ["theirs.py"]
    assert len(remote.tags()) == 2, "nothing of the loser's is tagged"


def test_force_replaces_what_somebody_published_and_loses_no_digest(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    theirs = put_bundle(remote, {"theirs.py": b""}, "latest")
    moves = (TagMove(name="latest", force=True),)
    digest = publish(project, states_of(CONTENTS), remote, moves).digest
    assert remote.resolve("latest") == digest
    assert remote.resolve(theirs.hex[:12]) == theirs


def test_the_immutable_tag_never_moves(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    digest = push(project, MemoryRemote()).digest
    other = put_bundle(remote, {"x.py": b""})
    remote.set_tags(other, [TagMove(name=immutable_tag(digest))])
    with pytest.raises(TagMovedError):
        publish(project, states_of(CONTENTS), remote, (TagMove(name="latest", force=True),))


def test_several_tags_are_set_together(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    moves = (TagMove(name="latest"), TagMove(name="v1"))
    published = publish(project, states_of(CONTENTS), remote, moves)
    assert published.tags == (immutable_tag(published.digest), "latest", "v1")
    assert set(remote.tags()) == set(published.tags)


def test_progress_is_told_up_to_the_total(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a": b"x" * 3_000_000, "b": b"y" * 10})
    heard = Heard()
    with listening(heard):
        publish(project, states_of(contents_of(tmp_path)), MemoryRemote(), LATEST)
    title, total, told = heard.phases[0]
    assert (title, total, told[-1]) == ("Uploading", 3_000_010, 3_000_010)
    assert told == sorted(set(told))


PUSHER = """
import json, sys
from pathlib import Path
from random import Random
sys.path[:0] = json.loads(sys.argv[1])
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import TagMovedError
from modelops_bundle.operations.publish import publish
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, states_of

root, store = Path(sys.argv[2]), Path(sys.argv[3])
files = states_of(contents_of(root))
print("ready", flush=True)
sys.stdin.readline()
try:
    print(publish(Project(root), files, OciLayoutRemote(store), (TagMove(name="latest"),)).digest)
except TagMovedError as error:
    print(f"lost {error.exit_code}")
"""


def test_of_pushes_by_several_processes_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    store = tmp_path / "store"
    paths = json.dumps([p for p in sys.path if p])
    pushers = []
    for n in range(4):
        contents = {f"f{k}.bin": bytes([n, k]) * 5000 for k in range(40)} | {"same.csv": b"1"}
        project = folder_project(tmp_path / f"p{n}", contents)
        arguments = [sys.executable, "-c", PUSHER, paths, str(project.root), str(store)]
        pushers.append(
            subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
    for pusher in pushers:
        assert pusher.stdout is not None
        assert pusher.stdout.readline() == "ready\n"
    for pusher in pushers:
        assert pusher.stdin is not None
        pusher.stdin.write("\n")
        pusher.stdin.flush()
    said = [pusher.communicate()[0].strip() for pusher in pushers]
    winners = [text for text in said if text.startswith("sha256:")]
    assert len(winners) == 1, said
    assert said.count("lost 4") == 3
    remote = OciLayoutRemote(store)
    assert remote.resolve("latest") == winners[0]
    assert len(remote.tags()) == 2
    bundle = fetch_bundle(remote, "latest")
    for layer in bundle.manifest.layers:
        assert sum(map(len, remote.open_blob(layer))) == layer.size_bytes
    assert list((store / "ingest").iterdir()) == []


def test_a_remote_that_fails_half_way_has_no_tag(tmp_path: Path) -> None:
    class Failing(MemoryRemote):
        def put_manifest(self, content: bytes) -> Digest:
            raise RemoteError("out of order")

    remote = Failing()
    with pytest.raises(RemoteError, match="out of order"):
        push(folder_project(tmp_path, CONTENTS), remote)
    with pytest.raises(NotFoundInRemoteError):
        remote.resolve("latest")


def test_content_is_streamed(tmp_path: Path) -> None:
    class Measuring(MemoryRemote):
        largest = 0

        def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
            def measured() -> Iterator[bytes]:
                for chunk in content:
                    self.largest = max(self.largest, len(chunk))
                    yield chunk

            super().upload_blob(descriptor, measured())

    remote = Measuring()
    push(folder_project(tmp_path, {"big.bin": bytes(5_000_000)}), remote)
    assert remote.largest <= 1 << 20
