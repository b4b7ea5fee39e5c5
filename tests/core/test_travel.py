"""What travels is what the contract lists, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.core.observation import Closure, Observation, ProjectFacts
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry, ModelEntry, TargetEntry
from modelops_bundle.core.travel import data_paths, plan_travel, with_registry
from support.bundles import state_of


def p(text: str) -> BundlePath:
    return BundlePath(text)


def ps(*texts: str) -> tuple[BundlePath, ...]:
    return tuple(BundlePath(text) for text in texts)


MODEL = ModelEntry(
    entrypoint=Entrypoint("models.sir:SIR"),
    path=p("models/sir.py"),
    class_name="SIR",
    code=ps("models/__init__.py", "models/net.py"),
    data=ps("data/demo", "data/pop.csv"),
)
TARGET = TargetEntry(
    entrypoint=Entrypoint("targets.inc:inc"), path=p("targets/inc.py"), data=ps("data/obs.csv")
)
REGISTRY = BundleRegistry(models={"sir": MODEL}, targets={"inc": TARGET})
NAMED = {
    "models/sir.py",
    "models/__init__.py",
    "models/net.py",
    "data/demo/a.csv",
    "data/demo/b/c.csv",
    "data/pop.csv",
    "targets/inc.py",
    "data/obs.csv",
}


def observed(files: Iterable[str], project: ProjectFacts | None = None) -> Observation:
    return Observation(
        files={p(path): state_of(path, path.encode()) for path in files},
        directories={p("data/demo"): ps("data/demo/a.csv", "data/demo/b/c.csv")},
        environment={p("uv.lock"): state_of("uv.lock", b"").digest},
        project=project or ProjectFacts(),
    )


def test_entries_travel_with_closure_and_data_and_folders_as_their_files() -> None:
    travel = plan_travel(REGISTRY, observed([*NAMED, "notes.txt", "models/other.py"]))
    assert set(travel.files) == NAMED
    assert list(travel.files) == sorted(NAMED)
    assert travel.missing == ()


def test_what_tells_workers_how_to_run_it_travels_where_it_is_there() -> None:
    extra = {"pyproject.toml", "uv.lock", ".python-version", "wire.py", ".modelops/manifest.json"}
    facts = ProjectFacts(also_travels=ps("README.md", "LICENSE"))
    found = plan_travel(REGISTRY, observed([*NAMED, *extra, "README.md"], facts))
    assert set(found.files) == NAMED | extra | {"README.md"}
    assert found.missing == ()


def test_a_closure_travels_even_if_the_registry_does_not_list_it_yet() -> None:
    base = observed([*NAMED, "models/new.py"])
    closure = Closure(path=p("models/sir.py"), files=ps("models/new.py"))
    found = plan_travel(
        REGISTRY,
        Observation(
            files=base.files, directories=base.directories, closures={closure.path: closure}
        ),
    )
    assert p("models/new.py") in found.files


def test_tracked_files_travel_and_missing_ones_are_named() -> None:
    facts = ProjectFacts(tracked=ps("notes.txt", "gone.txt"))
    found = plan_travel(REGISTRY, observed([*NAMED, "notes.txt"], facts))
    assert p("notes.txt") in found.files
    assert found.missing == ("gone.txt",)


def test_a_missing_dependency_is_named() -> None:
    assert plan_travel(REGISTRY, observed(NAMED - {"data/obs.csv"})).missing == ("data/obs.csv",)


def test_ignored_files_stay_at_home() -> None:
    facts = ProjectFacts(ignored=frozenset(ps("data/obs.csv")))
    found = plan_travel(REGISTRY, observed(NAMED, facts))
    assert p("data/obs.csv") not in found.files
    assert found.missing == ()


def test_nothing_of_the_programs_own_travels_but_the_registry() -> None:
    own = [".modelops-bundle/config.yaml", ".modelops-bundle/env", ".modelops-bundle/state.json"]
    facts = ProjectFacts(tracked=ps(*own, str(REGISTRY_PATH)))
    found = plan_travel(REGISTRY, observed([*NAMED, *own, str(REGISTRY_PATH)], facts))
    assert set(found.files) == NAMED
    assert set(with_registry(found, state_of(REGISTRY_PATH, b"x"))) == NAMED | {REGISTRY_PATH}


def test_a_project_without_entries_publishes_its_tracked_files() -> None:
    facts = ProjectFacts(tracked=ps("a.txt"))
    found = plan_travel(BundleRegistry(), observed(["a.txt", "b.txt"], facts))
    assert set(found.files) == {"a.txt"}


def test_data_paths_are_those_of_all_entries() -> None:
    assert data_paths(REGISTRY) == {"data/demo", "data/pop.csv", "data/obs.csv"}
