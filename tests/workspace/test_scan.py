"""One look at a project: what it holds, what it leaves out, and what its files are."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.errors import ChangedDuringUseError
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import Scan, scan
from support.disk import make_project, scan_and_commit, set_times, settle, write

SIR = BundlePath("models/sir.py")
DATA = BundlePath("data")
FILES = {
    "models/__init__.py": "",
    "models/sir.py": "class SIR: ...\n",
    "data/a.csv": "1\n",
    "data/deep/er/b.csv": "2\n",
    "README.md": "# p\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "p", FILES)


def sources(found: Scan) -> list[str]:
    return [str(path) for path in found.source_files()]


def codes(found: Scan) -> list[tuple[str, str]]:
    return [(finding.code, finding.key) for finding in found.findings]


def content_digest(content: bytes) -> Digest:
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def test_a_scan_is_a_source_tree(project: Project) -> None:
    found = scan(project)

    assert sources(found) == ["models/__init__.py", "models/sir.py"]
    assert found.children(ROOT) == ("README.md", "data", "models")
    assert found.children(BundlePath("data/deep")) == ("data/deep/er",)
    assert found.children(BundlePath("absent")) == found.children(SIR) == ()
    assert found.is_file(SIR)
    assert not found.is_file(BundlePath("models"))
    assert found.is_dir(BundlePath("models"))
    assert found.is_dir(ROOT)
    assert not found.is_dir(SIR)
    assert not found.is_file(BundlePath("models/sir.py/x"))
    assert found.folders() == (".", "data", "data/deep", "data/deep/er", "models")
    assert found.read(SIR) == b"class SIR: ...\n"
    assert found.digest(SIR) == content_digest(b"class SIR: ...\n")
    assert found.findings == ()


def test_an_absent_file_has_no_state(project: Project) -> None:
    found = scan(project)
    absent = BundlePath("models/absent.py")

    assert found.state(absent) is None
    assert not found.exists(absent)
    with pytest.raises(FileNotFoundError):
        found.read(absent)
    with pytest.raises(FileNotFoundError):
        found.digest(absent)
    with pytest.raises(FileNotFoundError):
        found.read(BundlePath("models"))


def test_states_are_sorted_and_leave_out_what_is_not_there(project: Project) -> None:
    found = scan(project).states([SIR, BundlePath("absent"), BundlePath("data/a.csv"), SIR, DATA])

    assert list(found) == ["data/a.csv", "models/sir.py"]
    assert found[SIR].size_bytes == len(b"class SIR: ...\n")
    assert found[BundlePath("data/a.csv")].digest == content_digest(b"1\n")


def test_names_compare_with_their_case(project: Project) -> None:
    found = scan(project)

    assert not found.is_file(BundlePath("models/SIR.py"))
    assert not found.is_dir(BundlePath("Models"))
    assert found.state(BundlePath("Models/sir.py")) is None


@pytest.mark.parametrize(
    "path",
    [
        ".venv/lib/x.py",
        "env/x.py",
        "conda/x.py",
        "node_modules/m/x.py",
        "models/__pycache__/x.py",
        ".hidden/x.py",
        "nested/x.py",
        "nested/models/x.py",
        "scratch/x.py",
    ],
)
def test_some_files_are_no_part_of_the_project(project: Project, path: str) -> None:
    root = project.root
    write(root, path, "x")
    write(root, ".modelopsignore", "scratch/\n")
    write(root, "env/pyvenv.cfg", "")
    write(root, "conda/conda-meta/history", "")
    (root / "nested/.modelops-bundle").mkdir(parents=True)
    found = scan(project)
    left_out = BundlePath(path)

    assert sources(found) == ["models/__init__.py", "models/sir.py"]
    assert not found.is_file(left_out)
    assert not found.is_dir(left_out.parent)
    assert found.children(left_out.parent) == ()
    assert found.is_ignored(left_out)
    assert left_out.parent not in found.children(left_out.parent.parent)
    state = found.state(left_out)
    assert state is not None
    assert state.digest == content_digest(b"x")
    assert found.exists(left_out)


def test_what_is_there_and_named_by_no_rule_is_not_ignored(project: Project) -> None:
    write(project.root, ".python-version", "3.11")
    found = scan(project)

    for path in (SIR, ROOT, DATA, BundlePath("absent"), BundlePath(".python-version")):
        assert not found.is_ignored(path)
    assert found.is_ignored(BundlePath(".absent/x"))


def test_ignore_rules_apply_to_what_is_absent(project: Project) -> None:
    write(project.root, ".modelopsignore", "results/\n*.log\n")
    found = scan(project)

    assert found.is_ignored(BundlePath("results/x.csv"))
    assert found.is_ignored(BundlePath("data/x.log"))
    assert not found.is_ignored(BundlePath("data/x.csv"))


def test_ignore_rules_bring_back(project: Project) -> None:
    write(project.root, ".modelopsignore", "data/*\n!data/deep/\n!data/a.csv\n/models/s*\n")
    write(project.root, "data/z.csv", "")
    found = scan(project)

    assert found.files_below(DATA) == ("data/a.csv", "data/deep/er/b.csv")
    assert sources(found) == ["models/__init__.py"]


def test_unfinished_writes_are_no_part_of_the_project(project: Project) -> None:
    write(project.root, "data/.mops-123-abcd.tmp", "half")
    write(project.root, "data/.keep", "")

    assert scan(project).files_below(DATA) == ("data/.keep", "data/a.csv", "data/deep/er/b.csv")


def test_new_ignore_rules_take_effect_on_unchanged_folders(project: Project) -> None:
    write(project.root, ".modelopsignore", "*.csv\n")
    settle(project.root)
    assert scan_and_commit(project).files_below(DATA) == ()

    write(project.root, ".modelopsignore", "b.csv\n")

    assert scan(project).files_below(DATA) == ("data/a.csv",)


def test_cached_decisions_are_those_of_the_rules(project: Project) -> None:
    write(project.root, ".modelopsignore", "deep/\n")
    settle(project.root)
    first = scan_and_commit(project)
    write(project.root, "data/new/x.csv", "")
    second = scan(project)

    assert first.files_below(DATA) == ("data/a.csv",)
    assert second.files_below(DATA) == ("data/a.csv", "data/new/x.csv")


def test_a_file_that_became_a_folder_is_judged_anew(project: Project) -> None:
    write(project.root, ".modelopsignore", "results/\n")
    write(project.root, "data/results", "")
    settle(project.root)
    assert "data/results" in scan_and_commit(project).files_below(DATA)

    (project.root / "data/results").unlink()
    write(project.root, "data/results/x.csv", "")

    assert scan(project).files_below(DATA) == ("data/a.csv", "data/deep/er/b.csv")


def test_an_edit_changes_the_digest(project: Project) -> None:
    before = scan_and_commit(project).digest(SIR)
    write(project.root, SIR, "class SIR: pass\n")

    assert scan(project).digest(SIR) == content_digest(b"class SIR: pass\n") != before


def test_a_touch_changes_nothing(project: Project) -> None:
    before = scan_and_commit(project).code_key()
    os.utime(project.root / SIR)

    assert scan(project).code_key() == before


def test_an_edit_of_the_same_size_with_its_old_times_is_found(project: Project) -> None:
    scan_and_commit(project)
    target = project.root / SIR
    before = target.stat()
    write(project.root, SIR, "class SIX: ...\n")
    set_times(target, before)

    assert scan(project, trust_cache=False).digest(SIR) == content_digest(b"class SIX: ...\n")
    assert scan(project).digest(SIR) == content_digest(b"class SIX: ...\n")


def test_without_trust_a_wrong_cached_digest_does_not_matter(project: Project) -> None:
    from modelops_bundle.workspace.ignore import IgnoreRules
    from modelops_bundle.workspace.stamps import stamp_of
    from modelops_bundle.workspace.statindex import StatIndex

    scan_and_commit(project)
    index = StatIndex.load(str(project.cache), IgnoreRules(b"").key)
    stamp = stamp_of((project.root / SIR).stat())
    index.record(SIR, stamp, bytes(32), stamp[1] + 1)
    index.save(str(project.cache), lambda path: True)
    assert scan(project).digest(SIR) == f"sha256:{'0' * 64}"

    honest = scan(project, trust_cache=False)
    honest.code_key()
    honest.commit_cache()

    assert honest.digest(SIR) == content_digest(b"class SIR: ...\n")
    assert scan(project).digest(SIR) == content_digest(b"class SIR: ...\n")


def test_edits_within_one_tick_are_never_missed(project: Project) -> None:
    for number in range(100):
        content = f"n = {number:04}\n".encode()
        write(project.root, SIR, content)
        assert scan_and_commit(project).digest(SIR) == content_digest(content)


def test_a_file_that_was_just_written_is_not_cached(project: Project) -> None:
    found = scan(project)
    write(project.root, SIR, "late = 1\n")
    found.code_key()
    found.commit_cache()
    before = (project.root / SIR).stat()
    write(project.root, SIR, "late = 2\n")
    set_times(project.root / SIR, before)

    assert scan(project).digest(SIR) == content_digest(b"late = 2\n")


def test_a_file_that_changes_between_digest_and_read_is_refused(project: Project) -> None:
    found = scan(project)
    found.digest(SIR)
    write(project.root, SIR, "other\n")

    with pytest.raises(ChangedDuringUseError, match=r"models/sir\.py"):
        found.read(SIR)


def test_a_file_that_was_read_keeps_the_digest_of_what_was_read(project: Project) -> None:
    found = scan(project)
    content = found.read(SIR)
    write(project.root, SIR, "other\n")

    assert found.digest(SIR) == content_digest(content)


def test_a_file_that_vanishes_is_absent(project: Project) -> None:
    found = scan(project)
    (project.root / SIR).unlink()
    shutil.rmtree(project.root / "data")

    assert found.state(SIR) is None
    with pytest.raises(FileNotFoundError):
        found.read(SIR)
    assert found.states(found.files_below(DATA)) == {}


def test_links_inside_the_project_are_followed(project: Project) -> None:
    root = project.root
    (root / "models/alias.py").symlink_to("sir.py")
    (root / "inputs").symlink_to("data/deep")
    (root / "data/latest").symlink_to(root / "data/deep")
    found = scan(project)

    assert found.read(BundlePath("models/alias.py")) == b"class SIR: ...\n"
    assert "models/alias.py" in sources(found)
    assert found.is_dir(BundlePath("inputs"))
    assert found.is_file(BundlePath("inputs/er/b.csv"))
    assert found.files_below(BundlePath("inputs")) == ("inputs/er/b.csv",)
    assert found.files_below(DATA) == (
        "data/a.csv",
        "data/deep/er/b.csv",
        "data/latest/er/b.csv",
    )
    assert found.findings == ()


def test_a_linked_package_is_listed_once(project: Project) -> None:
    (project.root / "again").symlink_to("models")
    write(project.root, ".vendor/pkg/m.py", "")
    (project.root / "pkg").symlink_to(".vendor/pkg")
    found = scan(project)

    assert sources(found) == ["models/__init__.py", "models/sir.py", "pkg/m.py"]
    assert found.is_file(BundlePath("again/sir.py"))


def test_cycles_of_links_end(project: Project) -> None:
    root = project.root
    (root / "data/up").symlink_to("..")
    (root / "data/self").symlink_to(".")
    (root / "data/deep/er/top").symlink_to(root)
    (root / "models/loop").symlink_to("loop")
    for left in "abcdefgh":
        (root / "data" / left).mkdir()
        write(root, f"data/{left}/x.csv", "")
        for right in "abcdefgh":
            (root / "data" / left / f"to-{right}").symlink_to(f"../{right}")
    found = scan(project)

    assert sources(found) == ["models/__init__.py", "models/sir.py"]
    below = found.files_below(DATA)
    assert {"data/a.csv", "data/a/x.csv", "data/a/to-b/x.csv", "data/deep/er/b.csv"} <= set(below)
    assert not [p for p in below if p.startswith(("data/up/", "data/self/", "data/deep/er/top/"))]
    assert len(below) < 500
    assert found.state(BundlePath("models/loop")) is None


def test_a_link_that_leads_outside_is_an_error_once_it_is_asked_for(
    project: Project, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    write(outside, "x.csv", "1\n")
    write(outside, "helper.py", "")
    (project.root / "shared").symlink_to(outside)
    (project.root / "models/helper.py").symlink_to(outside / "helper.py")
    (project.root / "data/linked.csv").symlink_to(outside / "x.csv")
    found = scan(project)
    assert found.findings == ()

    assert not found.is_file(BundlePath("models/helper.py"))
    assert found.state(BundlePath("shared/x.csv")) is None
    assert found.files_below(DATA) == ("data/a.csv", "data/deep/er/b.csv")

    assert codes(found) == [
        ("MB312", "data/linked.csv"),
        ("MB312", "models/helper.py"),
        ("MB312", "shared"),
    ]
    assert all(finding.severity is Severity.ERROR for finding in found.findings)
    assert found.outside(BundlePath("shared/x.csv")) == str(outside / "x.csv")
    assert found.outside(SIR) is None


def test_a_link_that_leads_nowhere_is_absent(project: Project) -> None:
    (project.root / "models/gone.py").symlink_to("nowhere.py")
    found = scan(project)

    assert not found.is_file(BundlePath("models/gone.py"))
    assert "models/gone.py" not in found.children(BundlePath("models"))
    assert found.findings == ()


def test_a_link_whose_target_changes_is_resolved_anew(project: Project, tmp_path: Path) -> None:
    write(tmp_path, "outside.py", "")
    link = project.root / "models/alias.py"
    link.symlink_to("../hop")
    hop = project.root / "hop"
    hop.symlink_to("models/sir.py")
    settle(project.root)
    assert scan_and_commit(project).is_file(BundlePath("models/alias.py"))

    hop.unlink()
    hop.symlink_to(tmp_path / "outside.py")

    assert not scan(project).is_file(BundlePath("models/alias.py"))


def test_special_files_are_never_opened(project: Project) -> None:
    os.mkfifo(project.root / "models/pipe.py")
    os.mkfifo(project.root / "data/pipe")
    found = scan(project)

    assert sources(found) == ["models/__init__.py", "models/sir.py"]
    assert found.state(BundlePath("data/pipe")) is None
    assert found.files_below(DATA) == ("data/a.csv", "data/deep/er/b.csv")


def test_a_fifo_that_takes_a_files_place_does_not_block(project: Project) -> None:
    found = scan(project)
    (project.root / SIR).unlink()
    os.mkfifo(project.root / SIR)

    assert found.state(SIR) is None


def test_names_that_a_bundle_cannot_carry_are_errors_where_they_matter(project: Project) -> None:
    root = os.fsencode(project.root)
    for name in (b"models/m\xff.py", b"data/d\xff.csv", b"data/line\nbreak.csv", b"note\xff"):
        with open(root + b"/" + name, "w"):
            pass
    found = scan(project)
    assert codes(found) == [("MB313", "models/m\\xff.py")]

    assert found.files_below(DATA) == ("data/a.csv", "data/deep/er/b.csv")

    assert codes(found) == [
        ("MB313", "data/d\\xff.csv"),
        ("MB313", "data/line\\nbreak.csv"),
        ("MB313", "models/m\\xff.py"),
    ]
    assert all(finding.message.isprintable() for finding in found.findings)


@pytest.fixture
def readable_by_all() -> Iterator[Path]:
    """A folder that another user may enter, for tests that run as root."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.mark.parametrize(
    "ask",
    [
        lambda found: found.files_below(BundlePath("secret")),
        lambda found: found.files_below(ROOT) and (),
        lambda found: found.state(BundlePath("secret/x.csv")) or (),
    ],
)
def test_what_cannot_be_read_is_an_error_once_it_is_needed(
    readable_by_all: Path, ask: Callable[[Scan], object]
) -> None:
    project = make_project(readable_by_all, {**FILES, "secret/x.csv": "1"})
    (project.root / SIR).chmod(0)
    (project.root / "secret").chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        found = scan(project)
        unasked = [(finding.key, finding.severity) for finding in found.findings]
        assert found.state(SIR) is None
        with pytest.raises(FileNotFoundError):
            found.read(SIR)
        needed = ask(found)
    finally:
        if is_root:
            os.seteuid(0)
        (project.root / "secret").chmod(0o700)

    assert needed == ()
    assert unasked == [("secret", Severity.WARNING)]
    assert {finding.severity for finding in found.findings} == {Severity.ERROR}
    assert codes(found) == [("MB314", "models/sir.py"), ("MB314", "secret")]
    assert all("Permission denied" in finding.message for finding in found.findings)


def test_the_code_key_follows_sources_and_folders(project: Project) -> None:
    first = scan(project).code_key()
    write(project.root, "data/c.csv", "")
    assert scan(project).code_key() == first

    write(project.root, "models/new.py", "")
    second = scan(project).code_key()
    (project.root / "pkg").mkdir()
    third = scan(project).code_key()
    (project.root / "models/new.py").write_text("x = 1\n")

    assert len({first, second, third, scan(project).code_key()}) == 4


def test_the_names_key_follows_all_names(project: Project) -> None:
    first = scan(project).names_key()
    write(project.root, SIR, "edited\n")
    assert scan(project).names_key() == first

    write(project.root, "data/c.csv", "")

    assert scan(project).names_key() != first


def test_a_scan_gives_the_same_with_and_without_its_cache(project: Project) -> None:
    write(project.root, ".modelopsignore", "deep/\n")
    (project.root / "inputs").symlink_to("data")
    settle(project.root)

    def everything(found: Scan) -> object:
        return (
            found.code_key(),
            found.names_key(),
            found.states(found.files_below(DATA)),
            found.folders(),
            found.watched().seen,
        )

    first = everything(scan_and_commit(project, "data/a.csv"))

    assert everything(scan(project)) == first
    assert everything(scan(project, trust_cache=False)) == first


def test_an_unchanged_project_is_scanned_without_pathspec(project: Project) -> None:
    import subprocess
    import sys

    write(project.root, ".modelopsignore", "deep/\n*.log\n")
    settle(project.root)
    scan_and_commit(project)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from modelops_bundle.workspace.project import find_project\n"
        "from modelops_bundle.workspace.scan import scan\n"
        "found = scan(find_project(Path(sys.argv[1])))\n"
        "found.code_key(), found.names_key(), found.files_below('data')\n"
        "print('pathspec' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.root)], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_a_cache_that_cannot_be_written_is_done_without(project: Project) -> None:
    project.cache.write_text("a file in the folder's place")

    found = scan_and_commit(project)

    assert found.digest(SIR) == content_digest(b"class SIR: ...\n")
    assert scan(project).digest(SIR) == found.digest(SIR)


def test_very_deep_folders_do_not_exhaust_the_stack(project: Project) -> None:
    found = scan(project)
    deep = BundlePath("/".join("a" * 1 for _ in range(5000)))

    assert found.state(deep) is None
    assert not found.is_ignored(deep)
