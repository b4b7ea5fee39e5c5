"""A mistyped name of whatever kind is answered with the one that was meant, by every command."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from support.project import Shell
from support.scenarios import copy_example

NEAR = "did you mean"


@pytest.fixture
def project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """The shipped project, published as `v1` and `night`."""
    environments = tmp_path / "home" / ".modelops" / "bundle-env"
    environments.mkdir(parents=True)
    (environments / "staging.yaml").write_text("registry: {login_server: 'localhost:1'}\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    shell = Shell(copy_example("starsim-sir", tmp_path / "sir"), capsys)
    shell.write("job.json", "{}")
    shell.ok("add", "README.md")
    shell.ok("push", "--tag", "v1", "--tag", "night")
    return shell


CALLS = [
    ("psuh", "`mops-bundle push`"),
    ("pull --ovrewrite", "--overwrite"),
    ("target-set shwo x", "'show'"),
    ("cache prnue", "'prune'"),
    ("graph --format mermiad", "'mermaid'"),
    ("check --output-format sarfi", "'sarif'"),
    ("completion fsh", "'fish'"),
    *((f"{call} incidence_targte", "'incidence_target'") for call in ("show", "explain", "status")),
    ("unregister incidence_targte --force", "'incidence_target'"),
    ("graph incidence_targte", "'incidence_target'"),
    ("rename target incidence_targte x", "'incidence_target'"),
    ("rename model sir_starsmsir x", "'sir_starsimsir'"),
    ("show target:incidence_targte", "'incidence_target'"),
    ("sync --rename incidence_targte=x", "'incidence_target'"),
    ("sync --rename incidence_target=incidence_tagret", "'incidence_target'"),
    ("target-set set x --target incidence_targte", "'incidence_target'"),
    (
        "target-set set x --target incidence_target --weight incidence_targte=1",
        "'incidence_target'",
    ),
    ("target-set show incidnce", "'incidence'"),
    ("target-set delete incidnce", "'incidence'"),
    *((f"{call} nihgt", "'night'") for call in ("pull", "inspect", "delete", "diff", "tag x")),
    ("ensure nihgt --dest ../x", "'night'"),
    ("copy nihgt layout:../x", "'night'"),
    ("verify nihgt", "'night'"),
    ("env switch stagng", "'staging'"),
    ("env show stagng", "'staging'"),
    ("init ../x --env stagng", "'staging'"),
    ("versions --remote loyout:x", "'layout:'"),
    ("add REDME.md", "'README.md'"),
    ("remove READM.md", "'README.md'"),
    ("graph data/observed_incidnce.csv", "'data/observed_incidence.csv'"),
    ("register-model modles/sri.py", "'models/sir.py'"),
    ("register-model models/sir.py:StarsimSRI", "'StarsimSIR'"),
    ("register-model models/sir.py --class StarsimSRI", "'StarsimSIR'"),
    ("register-model models/sir.py --data data/demografics.csv", "'data/demographics.csv'"),
    ("register-target targets/incidence.py --function incidence_targte", "'incidence_target'"),
    ("check --job jbo.json", "'job.json'"),
    ("-C modles list", "'models'"),
]


@pytest.mark.parametrize(("call", "meant"), CALLS, ids=[call for call, _ in CALLS])
def test_what_was_meant_is_named(project: Shell, call: str, meant: str) -> None:
    before = project.registry
    shown = project(*shlex.split(call))
    assert shown.code in (2, 4)
    assert f"help: {NEAR} {meant}" in shown.err
    assert project.registry == before
