"""The warm path: what it believes, and what it loads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import scan
from modelops_bundle.workspace.warm import Watched, recall, remember
from support.disk import make_project, scan_and_commit, set_times, settle, write

FILES = {
    "models/sir.py": "class SIR: ...\n",
    "models/deep/er/helper.py": "X = 1\n",
    "data/a.csv": "1,2\n",
    "data/sub/b.csv": "3,4\n",
    "notes.txt": "n\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "p", FILES)


def observe(project: Project, payload: bytes = b"payload", key: str = "k") -> Watched:
    found = scan_and_commit(project, *found_data(project))
    watched = found.watched()
    remember(str(project.root), key, payload, watched)
    return watched


def found_data(project: Project) -> tuple[BundlePath, ...]:
    return scan(project).files_below(BundlePath("data"))


def recalled(project: Project, key: str = "k") -> bytes | None:
    return recall(str(project.root), key)


def test_an_unchanged_project_is_recalled(project: Project) -> None:
    observe(project)

    assert recalled(project) == b"payload"


def test_nothing_is_recalled_before_anything_is_remembered(project: Project) -> None:
    assert recalled(project) is None


def test_another_key_has_another_payload(project: Project) -> None:
    observe(project, b"one", "k")
    observe(project, b"two", "k --strict")

    assert (recalled(project, "k"), recalled(project, "k --strict")) == (b"one", b"two")
    assert recalled(project, "neither") is None


def _edit(root: Path) -> None:
    (root / "models/deep/er/helper.py").write_text("X = 2\n")


def _edit_with_old_times(root: Path) -> None:
    target = root / "data/a.csv"
    before = target.stat()
    target.write_text("9,9\n")
    set_times(target, before)


def _touch(root: Path) -> None:
    os.utime(root / "models/sir.py")


def _add_source(root: Path) -> None:
    (root / "models/new.py").write_text("")


def _add_at_the_root(root: Path) -> None:
    (root / "numpy.py").write_text("")


def _add_data(root: Path) -> None:
    (root / "data/sub/c.csv").write_text("")


def _add_folder(root: Path) -> None:
    (root / "models/deep/more").mkdir()


def _delete(root: Path) -> None:
    (root / "data/sub/b.csv").unlink()


def _rename(root: Path) -> None:
    (root / "data/a.csv").rename(root / "data/z.csv")


def _replace_by_a_copy(root: Path) -> None:
    target = root / "data/a.csv"
    copy = root / "copy"
    copy.write_bytes(target.read_bytes())
    set_times(copy, target.stat())
    copy.replace(target)


def _ignore(root: Path) -> None:
    (root / ".modelopsignore").write_text("data/\n")


@pytest.mark.parametrize(
    "change",
    [
        _edit,
        _edit_with_old_times,
        _touch,
        _add_source,
        _add_at_the_root,
        _add_data,
        _add_folder,
        _delete,
        _rename,
        _replace_by_a_copy,
        _ignore,
    ],
)
def test_any_change_is_noticed(project: Project, change: Callable[[Path], None]) -> None:
    observe(project)

    change(project.root)

    assert recalled(project) is None


def test_an_edit_of_a_file_that_nobody_looked_at_is_not_a_change(project: Project) -> None:
    observe(project)

    with (project.root / "notes.txt").open("a") as stream:
        stream.write("more")

    assert recalled(project) == b"payload"


def test_what_was_written_just_before_is_not_remembered(project: Project) -> None:
    found = scan(project)
    (project.root / "models/sir.py").write_text("class SIR: pass\n")
    found.code_key()
    remember(str(project.root), "k", b"payload", found.watched())

    assert recalled(project) is None


def test_an_edit_within_the_same_tick_is_never_missed(project: Project) -> None:
    target = project.root / "models/sir.py"
    for number in range(50):
        target.write_text(f"a = {number:04}\n")
        found = scan(project)
        seen = found.read(BundlePath("models/sir.py"))
        remember(str(project.root), "k", seen, found.watched())
        target.write_text(f"b = {number:04}\n")

        assert recalled(project) is None


_edits = st.lists(
    st.tuples(
        st.sampled_from(["write", "write with old times", "swap", "delete", "touch", "wait"]),
        st.sampled_from(["a.py", "pkg/b.py", "data/c.csv"]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=12,
)


def _apply(root: Path, kind: str, path: str, number: int) -> None:
    target = root / path
    before = target.stat() if target.exists() else None
    if kind == "wait":
        settle(root)
    elif kind.startswith("write"):
        target.write_bytes(b"%d" % number)
        if before and kind.endswith("old times"):
            set_times(target, before)
    elif before and kind == "delete":
        target.unlink()
    elif before and kind == "touch":
        os.utime(target)
    elif before and kind == "swap" and (root / "a.py").exists():
        target.rename(root / "swap")
        if path != "a.py":
            (root / "a.py").rename(target)
        (root / "swap").rename(root / "a.py")


@settings(max_examples=60)
@given(_edits)
def test_whatever_is_edited_neither_scan_nor_recall_speaks_of_an_earlier_state(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, int, bool]]
) -> None:
    paths = [BundlePath("a.py"), BundlePath("data/c.csv"), BundlePath("pkg/b.py")]
    project = make_project(tmp_path_factory.mktemp("p"), dict.fromkeys(paths, "0"))
    for kind, path, number, observed in edits:
        _apply(project.root, kind, path, number)
        truth = repr(
            {
                str(path): project.path(path).read_bytes()
                for path in paths
                if project.path(path).exists()
            }
        ).encode()
        assert recalled(project) in (None, truth)
        if observed:
            found = scan_and_commit(project, *paths)
            digests = {path: state.digest for path, state in found.states(paths).items()}
            assert digests == {
                path: Digest.of_bytes(project.path(path).read_bytes())
                for path in paths
                if project.path(path).exists()
            }
            remember(str(project.root), "k", truth, found.watched())


def test_a_place_outside_the_project_is_watched(project: Project, tmp_path: Path) -> None:
    settings_file = tmp_path / "environment.yaml"
    settings_file.write_text("a: 1\n")
    absent = tmp_path / "absent.yaml"
    settle(project.root)
    watched = scan(project).watched()
    watched.look(str(project.root), str(settings_file))
    watched.look(str(project.root), str(absent))
    remember(str(project.root), "k", b"payload", watched)
    assert recalled(project) == b"payload"

    absent.write_text("")
    assert recalled(project) is None

    absent.unlink()
    assert recalled(project) == b"payload"

    settings_file.write_text("a: 2\n")
    assert recalled(project) is None


def test_a_path_that_was_absent_is_watched(project: Project) -> None:
    watched = scan(project).watched()
    watched.look(str(project.root), ".modelops-bundle/tracked.txt")
    remember(str(project.root), "k", b"payload", watched)
    assert recalled(project) == b"payload"

    write(project.root, ".modelops-bundle/tracked.txt", "x\n")

    assert recalled(project) is None


def test_what_a_link_leads_to_is_watched(project: Project) -> None:
    write(project.root, ".store/helper.py", "x = 1\n")
    (project.root / "models/helper.py").symlink_to("../.store/helper.py")
    settle(project.root)
    watched = scan(project).watched()
    remember(str(project.root), "k", b"payload", watched)
    assert recalled(project) == b"payload"

    (project.root / ".store/helper.py").unlink()

    assert recalled(project) is None


def test_a_copied_project_is_not_believed(project: Project, tmp_path: Path) -> None:
    observe(project)
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", str(project.root), str(copy)], check=True)

    assert recall(str(copy), "k") is None


def test_a_moved_project_is_looked_at_again_or_still_right(
    project: Project, tmp_path: Path
) -> None:
    observe(project)
    moved = tmp_path / "moved"
    project.root.rename(moved)

    assert recall(str(moved), "k") in (None, b"payload")


@settings(max_examples=40)
@given(place=st.integers(0, 1 << 16), flip=st.integers(0, 255))
def test_a_damaged_file_is_nothing_remembered(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    project = make_project(tmp_path_factory.mktemp("p"), {"a.py": "x\n"})
    observe(project)
    (remembered,) = project.cache.glob("warm-*")
    content = bytearray(remembered.read_bytes())
    at = place % len(content)
    if flip:
        content[at] ^= flip
    else:
        del content[at:]
    remembered.write_bytes(content)

    assert recalled(project) is None


def test_a_cache_that_cannot_be_written_is_done_without(project: Project) -> None:
    subprocess.run(["rm", "-rf", str(project.cache)], check=True)
    project.cache.write_text("a file in the folder's place")

    watched = observe(project)

    assert recalled(project) is None
    assert not watched.settled


def test_a_linked_cache_folder_is_not_written_to(project: Project, tmp_path: Path) -> None:
    subprocess.run(["rm", "-rf", str(project.cache)], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.cache.symlink_to(elsewhere)

    observe(project)

    assert list(elsewhere.iterdir()) == []


def test_only_a_few_payloads_are_kept(project: Project) -> None:
    for number in range(20):
        observe(project, key=f"key {number}")

    assert len(list(project.cache.glob("warm-*"))) <= 8
    assert recalled(project, "key 19") == b"payload"


def test_names_that_are_not_utf8_are_watched(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"a.py": ""})
    folder = os.fsencode(project.root) + b"/\xff"
    os.mkdir(folder)
    settle(project.root)
    watched = scan(project).watched()
    watched.look(str(project.root), os.fsdecode(b"\xff"))
    remember(str(project.root), "k", b"payload", watched)
    assert recalled(project) == b"payload"

    with open(folder + b"/x", "w"):
        pass

    assert recalled(project) is None


def test_the_warm_path_loads_nothing_heavy(project: Project) -> None:
    observe(project)
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from modelops_bundle.workspace import warm, root\n"
        "found = root.find_root(sys.argv[1])\n"
        "assert warm.recall(found, 'k') == b'payload'\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.root / "models")],
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(done.stdout.split())
    assert "modelops_bundle.workspace.warm" in loaded
    own = {name for name in loaded if name.split(".")[0] == "modelops_bundle"}
    assert own <= {
        "modelops_bundle",
        "modelops_bundle.workspace",
        *(f"modelops_bundle.workspace.{name}" for name in ("cachefiles", "root", "stamps", "warm")),
    }
    assert loaded - own <= {"__future__", "zlib"}
