"""Source that nobody would write: each command ends with a result or a finding, never a traceback.

Large files are in `benchmarks/hostile_source.py`.
"""

from __future__ import annotations

import codecs

import pytest

from support.project import MODEL, Shell

SOURCE = MODEL.replace("from lib.network import contacts\n", "").replace("contacts(raw)", "raw")
PLAIN = SOURCE.encode()
#: Source that this interpreter runs as it runs any other.
SOUND = {
    "byte order mark": codecs.BOM_UTF8 + PLAIN,
    "carriage returns": PLAIN.replace(b"\n", b"\r"),
    "CRLF": PLAIN.replace(b"\n", b"\r\n"),
    "line ends of both kinds": PLAIN.replace(b"\n", b"\r\n", 3),
    "form feeds": b"\x0c" + PLAIN.replace(b"\nclass", b"\n\x0cclass"),
    "tabs": PLAIN.replace(b"    ", b"\t"),
    "latin-1": b"# -*- coding: latin-1 -*-\n" + PLAIN + b"s = '\xe9'\n",
    "gb18030": b"# coding: gb18030\n" + PLAIN + "s = '中'\n".encode("gb18030"),
    "shift_jis": b"# vim: fileencoding=shift_jis\n" + PLAIN + "s = '日本'\n".encode("shift_jis"),
    "utf-7": b"# coding: utf-7\n" + PLAIN,
    "line separators in strings": PLAIN + "s = 'a\x85b\u2028c'\n".encode(),
    "lone surrogates": PLAIN + b"s = '\\ud800'\nopen('data/\\udfff.csv')\n",
    "1,000 terms": PLAIN + b"y = " + b" + ".join([b"1"] * 1000) + b"\n",
    "1,000 divisions": PLAIN + b"import pathlib\ny = pathlib.Path()" + b" / 'b'" * 1000 + b"\n",
    "1,000 attributes": PLAIN + b"y = cb" + b".a" * 1000 + b"\n",
    "1,000 calls": PLAIN + b"y = cb" + b"()" * 1000 + b"\n",
    "1,000 signs": PLAIN + b"y = " + b"-" * 1000 + b"1\n",
    "1,000 branches": PLAIN + b"if 1: pass\n" + b"elif 1: pass\n" * 1000,
    "90 blocks": PLAIN + b"".join(b" " * i + b"if 1:\n" for i in range(90)) + b" " * 90 + b"pass\n",
    "an f-string of 5,000 parts": PLAIN + b"y = f'" + b"{s}/" * 5000 + b"'\n",
    "texts that double": PLAIN + b"a = 'data'\n" + b"a = a + a\n" * 500 + b"open(a + '/x.csv')\n",
    "500 star imports": PLAIN + b"from models.good import *\n" * 500,
    "a pattern that backtracks": PLAIN + b"import glob\nglob.glob('data/" + b"*a" * 40 + b"b')\n",
}  # fmt: skip
#: Source that is none, or none that this program reads.
BROKEN = {
    "a null byte": PLAIN + b"y = 1\0\n",
    "utf-16": SOURCE.encode("utf-16"),
    "utf-16 in name": b"# coding: utf-16\n" + PLAIN,
    "an unknown encoding": b"# coding: nonsense\n" + PLAIN,
    "no text encoding": b"# coding: hex\n" + PLAIN,
    "rot13": b"# coding: rot13\n" + PLAIN,
    "an encoding that refuses": b"# coding: undefined\n" + PLAIN,
    "a slow encoding": b"# coding: idna\n" + PLAIN,
    "EBCDIC": "# coding: cp037\n".encode("cp037") + SOURCE.encode("cp037"),
    "a mark and another encoding": codecs.BOM_UTF8 + b"# coding: latin-1\n" + PLAIN,
    "bytes that are no UTF-8": PLAIN + b"s = '\xe9'\n",
    "encoded surrogates": PLAIN + b"s = '\xed\xa0\x80'\n",
    "1,000 brackets": PLAIN + b"y = " + b"(" * 1000 + b"1" + b")" * 1000 + b"\n",
    "tabs and blanks": PLAIN + b"if 1:\n\tx = 1\n        y = 2\n",
    "end of file from DOS": PLAIN + b"\x1a\n",
    "more than can be parsed": PLAIN + b"#" + b"x" * (9 << 20),
}
COMMANDS = (
    ["register-model", "models/good.py"],
    ["status"],
    ["sync", "--discover"],
    ["check"],
    ["explain", "good_starsimsir"],
    ["graph"],
    ["graph", "models/odd.py", "--format", "json"],
    ["status", "--check-staleness"],
)


def project(shell: Shell, content: bytes) -> None:
    """A sound model that imports a file with this content."""
    shell.write(
        "pyproject.toml", '[project]\nname = "odd"\ndependencies = ["modelops-calabaria"]\n'
    )
    shell.write("models/__init__.py", "")
    shell.write("models/good.py", f"from . import odd\n{SOURCE}")
    shell.write("data/a.csv", "1\n")
    (shell.root / "models/odd.py").write_bytes(content)
    shell.ok("init", "--name", "odd")


@pytest.fixture
def shell(sir: Shell, capsys: pytest.CaptureFixture[str]) -> Shell:
    root = sir.root.parent / "odd"
    root.mkdir()
    return Shell(root, capsys)


def run_all(shell: Shell) -> str:
    """Everything that the commands print."""
    shown = ""
    for command in COMMANDS:
        found = shell(*command)
        assert found.code in (0, 1), (command, found)
        assert "unexpected" not in found.err, (command, found)
        shown += found.out + found.err
    return shown


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND)
def test_odd_source_is_source(shell: Shell, content: bytes) -> None:
    project(shell, content)
    shell.ok("register-model", "models/odd.py")
    assert "MB203" not in run_all(shell)
    assert "odd_starsimsir" in shell.registry


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_a_finding_with_a_reason(shell: Shell, content: bytes) -> None:
    project(shell, content)
    refused = shell("register-model", "models/odd.py")
    assert refused.code == 2
    assert refused.err.startswith("error: models/odd.py")
    assert "models/odd.py" in run_all(shell)
    (finding,) = (f for f in shell.json("status")["preflight"] if f["code"] == "MB203")
    assert finding["path"] == "models/odd.py"


def test_a_cycle_of_imports_ends(shell: Shell) -> None:
    project(shell, b"from . import m0\n")
    count = 300
    for index in range(count):
        shell.write(f"models/m{index}.py", f"from . import m{(index + 1) % count}, good\n")
    run_all(shell)
    assert shell.registry.count("models/m") >= count


def test_names_that_no_registry_can_hold_are_refused_in_words(shell: Shell) -> None:
    project(shell, PLAIN.replace(b'"incidence"', b'"\\ud800"'))
    refused = shell("register-model", "models/odd.py")
    assert refused.code == 2
    assert refused.err.startswith("error: ")
    assert "unexpected" not in refused.err
