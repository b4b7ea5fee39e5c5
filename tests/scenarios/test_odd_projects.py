"""Projects that are laid out, named, encoded or protected in unusual ways."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from modelops_bundle.core.dependencies import TREE_DIGEST_ABOVE
from support.project import FILES, MODEL, TARGETS, Shell, make_project, register_all
from support.scenarios import (
    REGISTRY,
    assert_true_to_disk,
    contents,
    copy_example,
    parsed_registry,
    published,
    sha256,
    user_contents,
)

SOURCE, DATA = "targets/incidence.py", "data/observed_incidence.csv"
ID, OTHER = "incidence_target", "incidence_annealed_target"


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An empty folder."""
    root = tmp_path / "bare"
    root.mkdir()
    return Shell(root, capsys)


def whole_story(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """In sync, true to the disk, pushed, and pulled into another folder."""
    assert shell.json("status")["in_sync"] is True
    assert shell("status", "--check-staleness").code == 0, shell("status").out
    assert_true_to_disk(shell.root)
    shell.ok("push")
    root = tmp_path / "elsewhere"
    root.mkdir()
    other = Shell(root, capsys)
    other.write(".modelops-bundle/config.yaml", shell.read(".modelops-bundle/config.yaml"))
    other.ok("pull")
    assert_true_to_disk(root)
    assert other("status", "--check-staleness").code == 0
    return other


def under_src(files: dict[str, str]) -> dict[str, str]:
    """The packages of a project below `src/`."""
    packages = ("models/", "lib/", "targets/")
    return {f"src/{p}" if p.startswith(packages) else p: text for p, text in files.items()}


def test_a_src_layout(bare: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_project(bare, under_src(FILES))
    bare.ok("register-model", "src/models/sir.py")
    bare.ok("register-target", "src/targets/incidence.py")
    registry = parsed_registry(bare.root)
    model = registry["models"]["sir_starsimsir"]
    assert model["entrypoint"] == "models.sir:StarsimSIR"
    assert model["path"] == "src/models/sir.py"
    assert "src/lib/rates.py" in model["code"]
    assert "src" in registry["source_roots"]
    bare.edit("src/lib/rates.py", "2.0", "3.0")
    via = bare.json("status")["entries"][0]["reasons"][0]["via"]
    assert via == ["src/models/sir.py", "src/lib/network.py", "src/lib/rates.py"]
    bare.ok("sync")
    whole_story(bare, tmp_path, capsys)


def test_moving_everything_below_src_is_a_move(bare: Shell) -> None:
    make_project(bare)
    register_all(bare)
    (bare.root / "src").mkdir()
    for package in ("models", "lib", "targets"):
        (bare.root / package).rename(bare.root / "src" / package)
    assert [e["action"] for e in bare.json("status")["entries"]] == ["move"] * 3
    bare.ok("sync")
    registry = parsed_registry(bare.root)
    assert registry["models"]["sir_starsimsir"]["entrypoint"] == "models.sir:StarsimSIR"
    assert registry["target_sets"]["fit"]["targets"] == [ID]
    assert bare.json("status")["in_sync"] is True


def test_namespace_packages(
    bare: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {path: text for path, text in FILES.items() if not path.endswith("__init__.py")}
    make_project(bare, files)
    register_all(bare)
    model = parsed_registry(bare.root)["models"]["sir_starsimsir"]
    assert model["code"] == ["lib/network.py", "lib/rates.py"]
    notes = [f for f in bare.json("status")["preflight"] if f["code"] == "MB307"]
    assert notes
    assert {f["severity"] for f in notes} == {"info"}
    whole_story(bare, tmp_path, capsys)


def test_a_project_below_the_root_of_a_repository(sir: Shell, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("*.csv\n.modelops-bundle/\n")
    document = sir.json("status")
    assert document["in_sync"] is True
    assert [f["code"] for f in document["preflight"] if f["severity"] == "warning"] == ["MB330"]
    assert sir("status", "--check").code == 0
    (sir.root / DATA).unlink()
    assert sir("check").code == 1
    assert sir("check", "--code-only").code == 0
    sir.ok("init", "--fix-gitignore")
    seen = subprocess.run(
        ["git", "status", "--porcelain", "-uall"],
        cwd=sir.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert REGISTRY in seen.stdout


@pytest.mark.parametrize("folder", ["targets", "data", ".modelops-bundle", "deep/er"])
def test_commands_work_from_any_folder_of_the_project(sir: Shell, folder: str) -> None:
    below = sir.root / folder
    below.mkdir(parents=True, exist_ok=True)
    assert sir.json("status", folder=below) == sir.json("status")
    relative = os.path.relpath(sir.root / SOURCE, below)
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    shown = sir("register-target", relative, folder=below)
    assert shown.code == 0, shown
    assert list(parsed_registry(sir.root)["targets"]) == [ID, OTHER]
    assert sir("sync", folder=below).code == 0
    assert sir("push", folder=below).code == 0


NAMES = {
    "spaces": ("my project", "data/boys in bed.csv"),
    "not ASCII": ("épidémie 流行", "data/données-流行.csv"),
    "YAML's own": ("a: b #c", "data/- {x}: 'y' #1.csv"),
    "quotes": ("it's", 'data/say "hi".csv'),
    "decomposed": ("cafe\u0301", "data/cafe\u0301.csv"),
}


@pytest.mark.parametrize(("name", "data"), NAMES.values(), ids=NAMES)
def test_names_with(
    name: str, data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(copy_example("starsim-sir", tmp_path / name), capsys)
    (shell.root / DATA).rename(shell.root / data)
    shell.write(SOURCE, shell.read(SOURCE).replace(f'"{DATA}"', repr(data)))
    shell.ok("sync")
    assert parsed_registry(shell.root)["targets"][ID]["data"] == [data]
    whole_story(shell, tmp_path, capsys)


@pytest.mark.parametrize("name", ["Épidémie: 流行 #1", "_private", "-x", "x" * 200])
def test_a_new_project_in_a_folder_with_an_odd_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / name
    root.mkdir()
    shell = Shell(root, capsys)
    for path, text in FILES.items():
        if path != "pyproject.toml":  # what that says would be the name
            shell.write(path, text)
    shell.ok("init")
    register_all(shell)
    assert shell.json("status")["project"]["name"] == name
    shell.ok("push")
    assert_true_to_disk(root)


def test_a_registry_with_windows_line_endings(sir: Shell) -> None:
    path = sir.root / REGISTRY
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert sir.json("status")["in_sync"] is True
    assert sir.json("sync")["written"] is False
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    before = path.read_bytes()
    sir.ok("sync")
    after = path.read_bytes()
    assert after.count(b"\r\n") == after.count(b"\n") == before.count(b"\n")
    assert sir.json("status")["in_sync"] is True


@pytest.mark.parametrize("ending", ["", "\n\n\n", "\n# the end", "\n...\n"])
def test_a_registry_that_ends_otherwise(sir: Shell, ending: str) -> None:
    sir.write(REGISTRY, sir.registry.rstrip("\n") + ending)
    sir.write("uv.lock", "version = 1\n")
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    sir.ok("sync")
    assert parsed_registry(sir.root)["environment"]["uv.lock"] == sha256(sir.root / "uv.lock")
    assert sir.json("status")["in_sync"] is True
    assert ending.strip() in sir.registry
    assert sir.json("sync")["written"] is False


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "{}\n", "version: '1.0'\n", "models: {}\ntargets: {}\n"]
)
def test_an_empty_registry(sir: Shell, text: str) -> None:
    sir.write(REGISTRY, text)
    document = sir.json("status")
    assert document["entries"] == []
    assert len(document["unregistered"]) == 3
    # A file of no bytes is no registry: it may have been cut off.
    assert sir("sync").code == (0 if text else 2)
    sir.ok("register-model", "models/sir.py", "--data", "data/demographics.csv")
    sir.ok("register-target", SOURCE)
    assert len(parsed_registry(sir.root)["targets"]) == 2
    assert sir.json("status")["in_sync"] is True
    assert text.strip("{}\n") in sir.registry or "1.0" in text or "models" in text
    assert_true_to_disk(sir.root)


def test_a_project_without_entries_publishes_its_tracked_files(
    bare: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(bare, {"notes/a.md": "a\n", "notes/b.md": "b\n"})
    bare.ok("add", "notes/a.md")
    shown = bare.ok("push")
    assert "only tracked files travel" in shown.out
    assert "  to register one: mops-bundle register-model PATH\n" in shown.out
    root = tmp_path / "elsewhere"
    root.mkdir()
    other = Shell(root, capsys)
    other.write(".modelops-bundle/config.yaml", bare.read(".modelops-bundle/config.yaml"))
    other.ok("pull")
    assert set(user_contents(root)) == {
        "notes/a.md",
        "pyproject.toml",
        REGISTRY,
        ".modelops-bundle/config.yaml",
    }


def fill(folder: Path, number: int) -> None:
    """So many small files."""
    folder.mkdir(parents=True)
    for at in range(number):
        (folder / f"{at:03}.csv").write_text(f"day,cases\n1,{at}\n")


@pytest.mark.parametrize("number", [3, TREE_DIGEST_ABOVE + 44])
def test_a_data_folder(
    sir: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    fill(sir.root / "data/regions", number)
    sir.ok("register-model", "models/sir.py", "--data", "data/regions")
    model = parsed_registry(sir.root)["models"]["sir_starsimsir"]
    assert "data/regions" in model["data"]
    named = [path for path in model["data_digests"] if path.startswith("data/regions")]
    assert len(named) == (number if number <= TREE_DIGEST_ABOVE else 1)
    assert sir.json("status")["in_sync"] is True
    sir.ok("push")

    changes = {
        "edited": lambda: sir.write("data/regions/001.csv", "day,cases\n1,999\n"),
        "added": lambda: sir.write("data/regions/new.csv", "day,cases\n"),
        "gone": lambda: (sir.root / "data/regions/002.csv").unlink(),
    }
    for what, change in changes.items():
        change()
        entry = sir.json("status")["entries"][0]
        assert entry["state"] == "stale", what
        assert [r["code"] for r in entry["reasons"]] == ["MB120"], what
        assert sir("push").code == 1
        sir.ok("sync")
        assert sir.json("status")["in_sync"] is True
    sir.ok("push")
    root = tmp_path / "elsewhere"
    root.mkdir()
    other = Shell(root, capsys)
    other.write(".modelops-bundle/config.yaml", sir.read(".modelops-bundle/config.yaml"))
    other.ok("pull")
    assert contents(root / "data") == contents(sir.root / "data")
    assert other("status", "--check-staleness").code == 0


def test_a_link_to_data_inside_the_project(
    sir: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sir.root / "store").mkdir()
    (sir.root / DATA).rename(sir.root / "store/v1.csv")
    (sir.root / DATA).symlink_to("../store/v1.csv")
    assert sir.json("status")["in_sync"] is True
    sir.write("store/v1.csv", "day,in_bed\n1,3\n")
    assert [e["state"] for e in sir.json("status")["entries"]] == ["fresh", "stale", "stale"]
    sir.ok("sync")
    other = whole_story(sir, tmp_path, capsys)
    assert other.read(DATA) == "day,in_bed\n1,3\n"


def test_a_link_to_data_outside_the_project_is_an_error(sir: Shell, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    (sir.root / DATA).rename(outside)
    (sir.root / DATA).symlink_to(outside)
    errors = [f for f in sir.json("status")["preflight"] if f["severity"] == "error"]
    assert any(DATA in f["message"] for f in errors), errors
    assert sir("push").code == 1
    assert published(tmp_path / "home") == {}


@pytest.mark.parametrize(
    ("line", "path"),
    [("sirlib/timetable.py", "sirlib/timetable.py"), ("data/*.csv", DATA), ("sirlib/", "sirlib")],
)
def test_what_is_ignored_and_needed_is_an_error(sir: Shell, line: str, path: str) -> None:
    sir.write(".modelopsignore", sir.read(".modelopsignore") + line + "\n")
    errors = [f for f in sir.json("status")["preflight"] if f["severity"] == "error"]
    assert "MB310" in {f["code"] for f in errors}
    assert any(path in f["message"] for f in errors)
    assert sir("push").code == 1
    sir("sync")
    assert sir("push").code == 1, "a sync does not let it travel"
    assert "MB310" in {f["code"] for f in sir.json("status")["preflight"]}


needs_permissions = pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")


@needs_permissions
@pytest.mark.parametrize("protected", [REGISTRY, ".modelops-bundle"])
def test_what_cannot_be_written_is_said(sir: Shell, protected: str) -> None:
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    before = sir.registry
    path = sir.root / protected
    mode = path.stat().st_mode
    path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert sir("status").code == 0
        shown = sir("sync")
    finally:
        path.chmod(mode)
    if shown.code == 0:
        assert protected == REGISTRY, "a file in a folder that can be written is replaced"
        assert sir.registry != before
        return
    assert shown.code == 2
    assert "error: " in shown.err
    assert "Traceback" not in shown.err
    assert sir.registry == before


def test_a_registry_that_is_a_folder(sir: Shell) -> None:
    (sir.root / REGISTRY).unlink()
    (sir.root / REGISTRY).mkdir()
    for command in ("status", "sync", "push", "list"):
        shown = sir(command)
        assert shown.code == 2, command
        assert "error: " in shown.err
        assert "unexpected" not in shown.err
        assert "registry.yaml" in shown.err


def test_a_registry_that_is_a_link_stays_one(sir: Shell) -> None:
    real = sir.root / "registry-of-the-group.yaml"
    (sir.root / REGISTRY).rename(real)
    (sir.root / REGISTRY).symlink_to("../registry-of-the-group.yaml")
    sir.edit(SOURCE, f"def {ID}(", "def curve(")
    shown = sir("sync")
    assert shown.code in (0, 2)
    assert (sir.root / REGISTRY).is_symlink()
    if shown.code == 0:
        assert "targets.incidence:curve" in real.read_text()


def test_two_projects_side_by_side_have_stores_of_their_own(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shells = []
    for group in ("a", "b"):
        root = tmp_path / group / "sir"
        root.mkdir(parents=True)
        shell = Shell(root, capsys)
        make_project(shell)
        register_all(shell)
        shells.append(shell)
        shell.edit("lib/rates.py", "2.0", f"2.{len(shells)}")
        shell.ok("push", "--sync")
    first, second = (shell.json("status")["remote"] for shell in shells)
    assert first["url"] != second["url"]
    assert first["digest"] != second["digest"]
    assert len(list((home / ".local/share/modelops-bundle").iterdir())) == 2
    for shell in shells:
        assert shell("push").code == 0


def test_two_new_projects_of_one_name_that_have_not_pushed_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The store's id is committed: it must differ even where nothing is there to differ from."""
    urls = set()
    for group in ("a", "b"):
        root = tmp_path / group / "sir"
        root.mkdir(parents=True)
        shell = Shell(root, capsys)
        make_project(shell)
        urls.add(shell.json("status")["remote"]["url"])
    assert len(urls) == 2


def test_a_project_inside_a_project_is_not_looked_at(sir: Shell) -> None:
    inner = Shell(sir.root / "vendored/inner", sir._capsys)
    inner.root.mkdir(parents=True)
    make_project(inner, FILES)
    register_all(inner)
    outer = sir.json("status")
    assert outer["in_sync"] is True
    assert outer["unregistered"] == []
    assert sir.json("sync", "--discover")["summary"]["add"] == 0
    assert inner.json("status")["project"]["name"] == "sir"
    assert inner.json("status")["in_sync"] is True
    inner.edit("lib/rates.py", "2.0", "3.0")
    assert inner("status", "--check").code == 1
    assert sir("status", "--check").code == 0


def test_a_model_and_its_targets_in_one_file(
    bare: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = MODEL + "\n\n" + TARGETS.partition("\n\n\n")[2]
    files = {**FILES, "models/sir.py": both}
    make_project(bare, {p: t for p, t in files.items() if not p.startswith("targets/")})
    bare.ok("register-model", "models/sir.py")
    bare.ok("register-target", "models/sir.py")
    bare.edit("models/sir.py", "return contacts(raw)", "return contacts(raw) + 0")
    assert [e["state"] for e in bare.json("status")["entries"]] == ["stale", "cosmetic", "cosmetic"]
    bare.ok("sync")
    whole_story(bare, tmp_path, capsys)
