"""What programs get: results that can be read, and errors that say what to do."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle import api
from modelops_bundle.errors import (
    BundleError,
    JobError,
    NeedsDecisionError,
    NotFoundInRemoteError,
    TagMovedError,
    UnparsableSourceError,
)
from support.bundles import contents_of

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "plain-decay"
MODEL, TARGET = "model:sample_decayingsample", "target:activity_target"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example, in sync, with a remote that others can reach."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    before = Path.cwd()
    yield copied(tmp_path, "decay")
    assert Path.cwd() == before, "the API leaves the process as it is"


def copied(tmp_path: Path, name: str) -> Path:
    root = tmp_path / name
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    configure(root, f"remote: 'layout:{tmp_path / 'store'}'")
    return root


def configure(root: Path, text: str) -> None:
    (root / ".modelops-bundle" / "config.yaml").write_text(f"name: decay\n{text}\n")


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


def make_stale(root: Path) -> None:
    edit(root, "decay/law.py", "0.5", "0.25")


def make_wrong(root: Path) -> None:
    edit(root, "checks/activity.py", '"activity"', '"activities"')
    api.sync(root)


def test_a_project_is_published_and_used_elsewhere(project: Path, tmp_path: Path) -> None:
    digest = api.push_dir(project, tag="v1")
    assert digest.startswith("sha256:")
    assert api.push_dir(str(project / "decay")) == digest
    assert api.require_fresh(project) == digest

    with api.ensure(digest, path=project) as bundle:
        assert bundle.digest == digest
        assert bundle.path.is_relative_to(tmp_path / "home/.cache/modelops-bundle")
        assert (bundle.path / "wire.py").is_file()
        assert repr(bundle) == f"EnsuredBundle(digest={digest!r}, path={bundle.path!r})"
    full = f"layout:{tmp_path / 'store'}"
    there = api.ensure(f"{full}:v1", tmp_path / "run")
    assert there.path == tmp_path / "run"
    assert (there.path / "wire.py").read_bytes() == (EXAMPLE / "wire.py").read_bytes()

    (project / "decay" / "law.py").unlink()
    pulled = api.pull(project, "v1", restore_deleted=True)
    assert (pulled.digest, pulled.written) == (digest, ("decay/law.py",))
    assert (pulled.deleted, pulled.kept, pulled.backup) == ((), (), None)


def test_a_bundle_in_a_worker_s_cache_needs_no_remote(project: Path, tmp_path: Path) -> None:
    digest = api.push_dir(project)
    reference = f"layout:{tmp_path / 'store'}@{digest}"
    first = api.ensure(reference, cache_dir=tmp_path / "cache")
    shutil.rmtree(tmp_path / "store")
    assert api.ensure(reference, cache_dir=tmp_path / "cache") == first
    assert contents_of(first.path)
    with pytest.raises(NotFoundInRemoteError):
        api.ensure(reference, cache_dir=tmp_path / "another")


def test_how_a_project_stands(project: Path) -> None:
    fresh = api.status(project)
    assert fresh.in_sync
    assert fresh.errors == ()
    assert (fresh.project, fresh.remote, fresh.digest) == ("decay", "never-pushed", None)
    assert fresh.document["schema"] == "mops-bundle.status/1"
    assert api.plan(project).empty
    make_stale(project)
    stale = api.status(project)
    assert not stale.in_sync
    assert [(e.kind, e.id, e.state, e.action) for e in stale.entries] == [
        ("model", "sample_decayingsample", "stale", "update"),
        ("target", "activity_target", "fresh", "none"),
    ]
    assert stale.entries[0].reasons == ("decay/law.py changed",)
    assert len(repr(stale)) < 2000
    (change,) = api.plan(project).changes
    assert (change.kind, change.key, change.destructive) == ("update", MODEL, False)
    assert "code_digests" in change.fields


def test_a_sync_tells_what_it_did(project: Path) -> None:
    make_stale(project)
    done = api.sync(project)
    assert done.written
    assert [change.key for change in done.plan.changes] == [MODEL]
    assert done.status.in_sync
    again = api.sync(project)
    assert not again.written
    assert again.plan.empty


def test_a_sync_that_would_lose_something_asks(project: Path) -> None:
    (project / "checks" / "activity.py").unlink()
    with pytest.raises(NeedsDecisionError, match="destructive") as caught:
        api.sync(project)
    assert caught.value.exit_code == 3
    assert "--force" in caught.value.hint
    kept = api.sync(project, keep=True)
    assert [entry.state for entry in kept.status.entries] == ["fresh", "missing"]
    assert [entry.id for entry in api.sync(project, force=True).status.entries] == [
        "sample_decayingsample"
    ]


def test_source_that_cannot_be_parsed(project: Path) -> None:
    edit(project, "decay/sample.py", "class DecayingSample", "class class")
    assert api.plan(project).unparsed == (MODEL,)
    with pytest.raises(UnparsableSourceError):
        api.sync(project)


def test_what_is_stale_is_neither_published_nor_submitted(project: Path) -> None:
    api.push_dir(project)
    make_stale(project)
    with pytest.raises(RuntimeError, match=r"registry is stale \(model:sample") as refused:
        api.push_dir(project)
    assert isinstance(refused.value, BundleError)
    assert refused.value.exit_code == 1
    with pytest.raises(api.NotFreshError, match=r"not in sync with the code \(model:sample"):
        api.require_fresh(project)
    api.sync(project)
    with pytest.raises(api.NotFreshError, match=r"not published \(ahead\)") as caught:
        api.require_fresh(project)
    assert caught.value.hint == "run `mops-bundle push`"
    assert isinstance(caught.value, RuntimeError)


def test_findings_of_preflight_are_named(project: Path) -> None:
    api.push_dir(project)
    make_wrong(project)
    with pytest.raises(RuntimeError, match="MB301") as refused:
        api.push_dir(project)
    assert isinstance(refused.value, api.PushRefusedError)
    assert "MB301" in {finding.code for finding in refused.value.findings}
    with pytest.raises(api.NotFreshError, match="preflight has errors: MB301"):
        api.require_fresh(project)


def decay_job(**changes: object) -> dict[str, object]:
    """What fits the example."""
    return {
        "model": "decay.sample",
        "scenario": "iodine_131",
        "targets": ["activity_target"],
        **changes,
    }


def test_a_job_has_to_fit_what_is_published(project: Path, tmp_path: Path) -> None:
    digest = api.push_dir(project)
    job = decay_job(bundle_ref=digest)
    assert api.require_fresh(project, job=job) == digest
    (tmp_path / "job.json").write_text(json.dumps(job))
    assert api.require_fresh(project, tmp_path / "job.json") == digest
    assert api.require_fresh(project, job=str(tmp_path / "job.json")) == digest

    (tmp_path / "job.json").write_text(json.dumps(decay_job(outputs=["activty"]), indent=1))
    with pytest.raises(api.NotFreshError) as refused:
        api.require_fresh(project, tmp_path / "job.json")
    assert [finding.code for finding in refused.value.findings] == ["MB335"]
    assert "the job does not fit the bundle: MB335 ../job.json:8: " in str(refused.value)
    assert refused.value.hint == "Name one that exists (closest: 'activity')"


def test_a_job_for_another_bundle_is_refused(project: Path) -> None:
    api.push_dir(project)
    with pytest.raises(api.NotFreshError, match="MB338 The job is for bundle sha256:000000000000"):
        api.require_fresh(project, job=decay_job(bundle_ref="sha256:" + "0" * 64))


def test_a_malformed_job_is_an_error_of_its_own(project: Path) -> None:
    api.push_dir(project)
    with pytest.raises(JobError, match="'outputs' must be a name or a list of names"):
        api.require_fresh(project, job=decay_job(outputs=3))


def test_without_a_registry(project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no \.modelops-bundle folder") as caught:
        api.push_dir(tmp_path / "empty")
    assert isinstance(caught.value, BundleError)
    assert caught.value.exit_code == 2
    (project / ".modelops-bundle" / "registry.yaml").unlink()
    for function in (api.push_dir, api.status, api.plan, api.sync, api.require_fresh):
        with pytest.raises(FileNotFoundError, match=r"registry\.yaml is not there"):
            function(project)


def test_a_store_that_workers_cannot_reach(project: Path) -> None:
    configure(project, "remote: local\nstore: decay-1")
    with pytest.raises(RuntimeError, match="local store, which workers cannot reach"):
        api.push_dir(project)
    # What cannot be submitted from there can be worked with.
    assert api.status(project).remote == "never-pushed"


def test_a_tag_that_somebody_else_moved(project: Path, tmp_path: Path) -> None:
    other = copied(tmp_path, "other")
    make_stale(other)
    api.sync(other)
    api.push_dir(other)
    with pytest.raises(TagMovedError) as caught:
        api.push_dir(project)
    assert caught.value.exit_code == 4
    assert api.push_dir(project, tag="mine")


def test_local_work_is_not_overwritten_unasked(project: Path, tmp_path: Path) -> None:
    digest = api.push_dir(project)
    other = copied(tmp_path, "other")
    make_stale(other)
    with pytest.raises(NeedsDecisionError, match=r"decay/law\.py"):
        api.pull(other, digest)
    assert "0.25" in (other / "decay/law.py").read_text()
    with pytest.raises(NeedsDecisionError, match=r"decay/law\.py"):
        api.ensure(digest, other, path=project)
    pulled = api.pull(other, digest, overwrite=True)
    assert pulled.backup is not None
    assert "0.25" in (other / pulled.backup / "decay/law.py").read_text()


def test_errors_travel_between_processes(project: Path) -> None:
    make_stale(project)
    with pytest.raises(api.PushRefusedError) as caught:
        api.push_dir(project)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.hint) == (str(caught.value), caught.value.hint)
    with pytest.raises(api.NoRegistryError) as missing:
        api.status(project.parent)
    assert str(pickle.loads(pickle.dumps(missing.value))) == str(missing.value)


def test_importing_the_package_loads_next_to_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); import modelops_bundle;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['modelops_bundle']\n"
