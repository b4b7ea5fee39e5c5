"""Which layout a project gets, and that a bundle's digest depends on nothing but content and it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_bundle.core.settings import BundleConfig, Layout
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import ChangedDuringUseError
from modelops_bundle.operations.blob_layout import layout_of, wrap
from modelops_bundle.operations.contents import fetch_contents
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.publish import publish
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, folder_project, put_bundle, states_of

CONTENTS = {
    "models/sir.py": b"x = 1\n",
    "models/__init__.py": b"",
    "data/a.csv": b"1,2\n" * 9,
    "data/copy.csv": b"1,2\n" * 9,
    "data/large.bin": b"z" * 600_000,
}
LATEST = (TagMove(name="latest"),)


@pytest.mark.parametrize(
    ("layout", "count", "pinned", "expected"),
    [
        (Layout.AUTO, 1, False, Layout.FILES),
        (Layout.AUTO, 256, False, Layout.FILES),
        (Layout.AUTO, 257, False, Layout.PACKED),
        (Layout.AUTO, 100_000, True, Layout.FILES),
        (Layout.FILES, 100_000, False, Layout.FILES),
        (Layout.PACKED, 1, True, Layout.PACKED),
    ],
)
def test_the_layout_follows_from_the_number_of_files_and_who_pulls_them(
    tmp_path: Path, layout: Layout, count: int, pinned: bool, expected: Layout
) -> None:
    project = folder_project(tmp_path, {})
    if pinned:
        project.env.write_text("dev\n")
    assert layout_of(project, BundleConfig(layout=layout), count) is expected


@given(
    st.dictionaries(
        st.sampled_from(["a.py", "b/c.csv", "b/d.bin", "é.txt"]), st.binary(max_size=20), min_size=1
    ),
    st.sampled_from([Layout.FILES, Layout.PACKED]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_equal_content_gives_an_equal_digest_in_either_layout(
    tmp_path_factory: pytest.TempPathFactory,
    contents: dict[str, bytes],
    layout: Layout,
    random: st.DataObject,
) -> None:
    digests = set()
    for _ in range(2):
        items = list(contents.items())
        random.shuffle(items)
        project = folder_project(tmp_path_factory.mktemp("law5"), dict(items))
        for path, _ in items:
            os.utime(project.root / path, ns=(1 << 59, random.randrange(1 << 59)))
        for _ in range(2):
            digests.add(wrap(project, states_of(dict(items)), layout).digest)
    packed = layout is Layout.PACKED
    assert digests == {put_bundle(MemoryRemote(), contents, packed=packed)}


def packed(project: Project, remote: MemoryRemote) -> str:
    files = states_of(contents_of(project.root))
    return publish(project, files, remote, LATEST, layout=Layout.PACKED).digest


def test_what_is_published_packed_comes_back_as_it_was(tmp_path: Path) -> None:
    remote = MemoryRemote()
    digest = packed(folder_project(tmp_path, CONTENTS), remote)
    bundle = fetch_bundle(remote, "latest")
    assert bundle.digest == digest
    assert bundle.files == states_of(CONTENTS)
    assert len(bundle.manifest.layers) < len(CONTENTS)
    arrived: dict[str, bytes] = {}
    fetch_contents(
        remote,
        bundle.index,
        bundle.files,
        lambda state, content: arrived.update({state.path: b"".join(content)}),
    )
    assert arrived == CONTENTS


def test_what_packs_are_is_remembered(tmp_path: Path) -> None:
    """So an unchanged push, and one of a few changes, need not read all files again."""
    project = folder_project(tmp_path, CONTENTS)
    files = states_of(CONTENTS)
    first = wrap(project, files, Layout.PACKED)
    for path in CONTENTS:
        (project.root / path).unlink()
    assert wrap(project, files, Layout.PACKED) == first


def test_a_file_that_changed_since_it_was_observed_is_noticed(tmp_path: Path) -> None:
    project = folder_project(tmp_path, CONTENTS)
    files = states_of(CONTENTS)
    (project.root / "data/a.csv").write_bytes(b"9,9\n" * 9)
    with pytest.raises(ChangedDuringUseError, match=r"data/a\.csv"):
        wrap(project, files, Layout.PACKED)


def test_a_file_that_changes_while_its_pack_is_sent_is_named(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), MemoryRemote()
    files = states_of(CONTENTS)
    wrap(project, files, Layout.PACKED)
    (project.root / "data/a.csv").write_bytes(b"9,9\n" * 9)
    with pytest.raises(ChangedDuringUseError, match=r"data/a\.csv$|data/a\.csv;"):
        publish(project, files, remote, LATEST, layout=Layout.PACKED)
    assert remote.tags() == ()


def test_a_change_sends_its_pack_alone(tmp_path: Path) -> None:
    contents = {f"data/{n}.csv": b"%d\n" % n * 15_000 for n in range(40)}
    project, remote = folder_project(tmp_path, contents), MemoryRemote()
    packed(project, remote)
    (project.root / "data/7.csv").write_bytes(b"8\n" * 15_000)
    files = states_of(contents_of(project.root))
    latest = (TagMove(name="latest", expected=frozenset({remote.resolve("latest")})),)
    second = publish(project, files, remote, latest, layout=Layout.PACKED)
    assert second.uploaded.blobs == 1
    assert second.reused.blobs >= 2
