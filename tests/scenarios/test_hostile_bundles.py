"""Bundles made to do harm are refused by every command that reads one, and nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.hostile import CONTENTS, REFUSED, Crafted, digest, entry, files
from support.project import Shell
from support.scenarios import contents

BUNDLE = "layout:../store:x"
#: What each command is called with, in a project beside the store.
CALLS: dict[str, list[str]] = {
    "pull": ["pull", "x", "--remote", "layout:../store"],
    "pull over": ["pull", "x", "--remote", "layout:../store", "--overwrite"],
    "ensure": ["ensure", BUNDLE, "--dest", "../made"],
    "ensure there": ["ensure", BUNDLE, "--dest", "../there", "--mirror", "--overwrite"],
    "copy": ["copy", BUNDLE, "layout:../copy"],
    "inspect": ["inspect", BUNDLE],
    "diff": ["diff", BUNDLE],
    "tag": ["tag", "y", BUNDLE],
}
#: Those that read what files hold.
READERS = ("pull", "pull over", "ensure", "ensure there", "copy")
MOST_KB = 200_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture
def project(place: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A project and a folder with something in them, which all cases share."""
    root = place / "project"
    shell = Shell(root, capsys)
    if not root.exists():
        root.mkdir()
        shell.ok("init", "--name", "victim")
        shell.write("a.py", "mine = 1\n")
        (place / "there").mkdir()
        (place / "there/theirs.txt").write_text("theirs\n")
    return shell


def state(place: Path) -> dict[str, bytes]:
    """Everything in the place but the store, caches, and blobs of a copy that nothing names."""
    private = (
        *("store/", "copy/blobs/", "copy/oci-layout", "there/.modelops-bundle/cache/"),
        *("project/.modelops-bundle/cache/", "project/.modelops-bundle/lock"),
    )
    return {p: content for p, content in contents(place).items() if not p.startswith(private)}


def refuse(project: Shell, place: Path, crafted: Crafted, call: list[str]) -> None:
    """Fail unless the command says no, and why, and writes nothing."""
    store = place / "store"
    if store.exists():
        store.rename(place.parent / f"store-{len(list(place.parent.iterdir()))}")
    crafted.store(store)
    before, published = state(place), contents(store)
    shown = project(*call, "--json")
    assert shown.code in (2, 4), (call, shown)
    document = json.loads(shown.out)
    assert document["schema"] == "mops-bundle.error/1"
    assert document["code"] in ("hostile-bundle", "integrity", "remote", "not-found"), document
    assert document["message"].isprintable()
    assert len(document["message"]) < 2000
    assert "unexpected" not in document["message"]
    assert state(place) == before
    assert contents(store) == published


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) + len(CONTENTS) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_bundle_is_refused(project: Shell, place: Path, name: str) -> None:
    for call in CALLS.values():
        refuse(project, place, REFUSED[name](), call)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_content_that_is_not_what_it_should_be_is_refused(
    project: Shell, place: Path, name: str
) -> None:
    for reader in READERS:
        refuse(project, place, CONTENTS[name](), CALLS[reader])


def test_the_same_bundle_without_harm_is_taken(project: Shell, place: Path) -> None:
    """The cases differ from it in one point each."""
    for path in ("there", "made", "copy"):
        assert not (place / path / "b").exists()
    store = place / "store"
    if store.exists():
        store.rename(place.parent / "store-last")
    files("b/c.py").store(store)
    for name in ("inspect", "copy", "ensure", "ensure there", "pull", "diff", "tag"):
        project.ok(*CALLS[name])
    assert (place / "made/b/c.py").read_bytes() == (place / "project/b/c.py").read_bytes()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_chain_of_links_leads_a_pull_nowhere(sir: Shell, tmp_path: Path, overwrite: bool) -> None:
    """data -> between -> outside: nothing is written, read or deleted behind it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.py").write_text("theirs\n")
    (tmp_path / "between").symlink_to(outside)
    (sir.root / "sub").symlink_to(tmp_path / "between")
    (sir.root / "direct.py").symlink_to(outside / "x.py")
    for paths in (("sub/x.py",), ("direct.py",), ("sub/new/deep.py",)):
        store = tmp_path / f"store-{paths[0].replace('/', '-')}"
        files(*paths).store(store)
        options = ["--overwrite"] if overwrite else []
        shown = sir("pull", "x", "--remote", f"layout:{store}", *options)
        assert shown.code == 3, shown
        assert "something else stands here" in shown.err
    assert contents(outside) == {"x.py": b"theirs\n"}


#: Measures itself: the peak of its own resident memory, in KB, on the last line.
MEASURED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from modelops_bundle.cli.app import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(code, peak.split()[1], file=sys.stderr)
"""
LIMIT_BYTES = 24 * 1024 * 1024


def filled(head: bytes, unit: bytes, tail: bytes) -> bytes:
    """As many of the units as fit into the largest document that is read."""
    return head + unit * ((LIMIT_BYTES - len(head) - len(tail)) // len(unit)) + tail


def with_registry(content: bytes) -> Crafted:
    path = ".modelops-bundle/registry.yaml"
    made = files(path)
    facts = {"digest": digest(content), "size": len(content)}
    index = {"version": "1.0", "files": {path: entry(path, **facts)}}
    made.index = json.dumps(index).encode()
    made.layers[0] |= facts
    made.blobs = {digest(content): content}
    return made


HEAVY: dict[str, Callable[[], Crafted]] = {
    "ten million entries": lambda: Crafted(
        b'{"version":"1.0","files":{' + b",".join([b'"a":1'] * 10_000_000) + b"}}"
    ),
    "lists": lambda: Crafted(filled(b'{"version":"1.0","files":{},"x":[[]', b",[]", b"]}")),
    "objects": lambda: Crafted(filled(b'{"version":"1.0","files":{},"x":[{}', b",{}", b"]}")),
    "texts": lambda: Crafted(
        filled(b'{"version":"1.0","files":{"..":1},"x":[1', b',"abcdefghijklmnopqrstuvw"', b"]}")
    ),
    "wide characters": lambda: Crafted(
        filled('{"version":"1.0","files":{},"x":"\U0001f600'.encode(), b"a", b'"}')
    ),
    "files with a bad one at the end": lambda: Crafted(
        b'{"version":"1.0","files":{%s,"../x":{}}}'
        % b",".join(
            b'"d/%06d":{"digest":"sha256:%064d","size":1,"path":"d/%06d","storage":"oci"}'
            % (n, n, n)
            for n in range(99_999)
        )
    ),
    "layers": lambda: Crafted(
        manifest=filled(b'{"schemaVersion":2,"config":{},"layers":[{}', b",{}", b"]}")
    ),
    "a registry of many lines": lambda: with_registry(
        b"version: '1.1'\nx:\n" + b"- a\n" * 1_900_000
    ),
    "a registry of many items": lambda: with_registry(
        b"version: '1.1'\nx: [a" + b",a" * 3_000_000 + b"]\n"
    ),
    "a registry that is large": lambda: with_registry(b"version: '1.1'\n#" + b"x" * (1 << 24)),
}


@pytest.mark.parametrize("name", HEAVY)
def test_no_document_takes_much_memory(tmp_path: Path, name: str) -> None:
    HEAVY[name]().store(tmp_path / "store")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "inspect", f"layout:{tmp_path}/store:x", "--json"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr, done
    code, peak = map(int, done.stderr.splitlines()[-1].split())
    assert code == 4, done
    assert json.loads(done.stdout)["code"] in ("hostile-bundle", "integrity")
    assert peak < MOST_KB
