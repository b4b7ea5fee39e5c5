"""What there is to say of a file's imports is said before the sync that gives it an entry."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from modelops_bundle import api
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.operations.check import check
from modelops_bundle.operations.planning import planned
from modelops_bundle.workspace.ignore import IgnoreRules
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.stamps import stamp_of
from modelops_bundle.workspace.statindex import StatIndex
from support.disk import make_project, write
from support.project import FILES, MODEL

REGISTRY = ".modelops-bundle/registry.yaml"
#: A computed import, a folder that is computed, a name that is not there, a lost output.
TROUBLE = (
    "import importlib, os, sys\n"
    "from lib.network import gone\n"
    "importlib.import_module(os.environ['NAME'])\n"
    "sys.path.append(os.environ['LIB'])\n"
)
EXPECTED = {"MB204", "MB208", "MB304"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_project(tmp_path, {**FILES, "models/sir.py": TROUBLE + MODEL, REGISTRY: ""})
    api.sync(tmp_path, discover=True)
    assert told(api.status(tmp_path)) == EXPECTED
    return tmp_path


def told(status: api.ProjectStatus) -> set[str]:
    """Codes of what preflight says, besides what a sync cures and what is the same all along."""
    return {finding.code for finding in status.findings} & EXPECTED


def move(root: Path) -> None:
    (root / "models" / "sir.py").unlink()
    (root / "epi").mkdir()
    write(root, "epi/__init__.py", "")
    write(root, "epi/outbreak.py", TROUBLE + MODEL)


def test_a_moved_file_is_looked_at_before_the_sync_as_after_it(root: Path) -> None:
    move(root)
    before = api.status(root)
    assert before.entries[0].action == "move"
    assert told(before) == EXPECTED
    places = {f.location.path for f in before.findings if f.code in EXPECTED and f.location}
    assert places == {"epi/outbreak.py"}
    done = api.sync(root)
    assert told(done.status) == told(api.status(root)) == EXPECTED
    assert {f for f in before.findings if f.code in EXPECTED} <= set(api.status(root).findings)


def test_check_tells_it_too(root: Path) -> None:
    move(root)
    found = check(Project(root)).findings
    assert {one.code for one in found} >= EXPECTED


def test_what_discovery_would_add_is_looked_at(tmp_path: Path) -> None:
    make_project(tmp_path, {**FILES, REGISTRY: "version: '1.1'\n"})
    api.sync(tmp_path, discover=True)
    write(tmp_path, "models/new.py", TROUBLE + MODEL)
    assert told(api.status(tmp_path)) == set(), "nothing is said of what nobody registered"
    done = api.sync(tmp_path, discover=True)
    assert told(done.status) == EXPECTED


def test_a_decision_that_leads_elsewhere_is_looked_at(root: Path) -> None:
    (root / "models" / "sir.py").unlink()
    write(root, "models/one.py", TROUBLE + MODEL.replace("StarsimSIR", "One"))
    write(root, "models/two.py", MODEL.replace("StarsimSIR", "Two"))
    choice = ["model:sir_starsimsir=models.one:One"]
    planned = api.plan(root, renames=choice)
    codes = {one["code"] for one in planned.to_dict()["preflight"]}
    assert codes >= EXPECTED


def test_the_second_look_trusts_no_cache_where_the_first_one_does_not(root: Path) -> None:
    """A wrong digest stays in a cache that cannot be written, on a full disk for instance."""
    move(root)
    project, data = Project(root), BundlePath("data/observed.csv")
    true = Digest.of_bytes((root / data).read_bytes())
    assert planned(project)[0].observed.files[data].digest == true
    stamp = stamp_of((root / data).stat())
    index = StatIndex.load(str(project.cache), IgnoreRules(b"").key)
    index.record(data, stamp, bytes(32), stamp[1] + 1)
    index.save(str(project.cache), lambda path: True)

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        session, plan = planned(project, trust_cache=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert plan.verdicts[0].path == "epi/outbreak.py", "it was looked at twice"
    assert session.observed.files[data].digest == true
