"""MB322 compares imports with dependency tables, and stays silent in doubt."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Location, Severity
from modelops_bundle.core.observation import Observation, ProjectFacts
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.rules.mb322_undeclared_import import RULE
from support.preflight import findings
from support.registries import (
    closure,
    found_model,
    found_target,
    model,
    observation,
    project,
    registry,
    target,
)

RECORD = registry({"sir": model()}, {"t": target()})


def place(path: str, line: int) -> Location:
    return Location(BundlePath(path), line)


def importing(facts: ProjectFacts, **lines: int) -> Observation:
    third_party = {name: place("models/sir.py", line) for name, line in lines.items()}
    return observation(
        found_model(),
        found_target(),
        closures=[closure("models/sir.py", third_party=third_party)],
        project=facts,
    )


def depending(*distributions: str) -> ProjectFacts:
    return project(distributions=frozenset(distributions))


def test_an_undeclared_import_is_a_warning_at_the_import() -> None:
    (finding,) = findings(RULE, RECORD, importing(depending("numpy"), numpy=1, sklearn=2))
    assert finding.severity is Severity.WARNING
    assert finding.key == "models/sir.py"
    assert finding.message == (
        "'sklearn' is imported, but pyproject.toml does not name it as a dependency"
    )
    assert finding.hint == "Add 'scikit-learn' to the dependencies in pyproject.toml"
    assert str(finding.location) == "models/sir.py:2"


def test_an_import_in_several_closures_is_one_finding_at_the_first_place() -> None:
    observed = observation(
        found_model(),
        found_target(),
        closures=[
            closure("models/sir.py", third_party={"polars": place("models/sir.py", 9)}),
            closure("targets/incidence.py", third_party={"polars": place("models/base.py", 3)}),
        ],
    )
    (finding,) = findings(RULE, RECORD, observed)
    assert str(finding.location) == "models/base.py:3"


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("numpy", "numpy"),
        ("modelops_calabaria", "modelops-calabaria"),
        ("sklearn", "scikit-learn"),
        ("yaml", "pyyaml"),
        ("PIL", "pillow"),
        ("cv2", "opencv-python-headless"),
        ("dateutil", "python-dateutil"),
        ("zmq", "pyzmq"),
        ("psycopg2", "psycopg2-binary"),
        ("tensorflow", "tensorflow-cpu"),
        ("google", "google-cloud-storage"),
        ("ruamel", "ruamel-yaml"),
        ("netCDF4", "netcdf4"),
        ("starsim_sir", "somebody-else"),
        ("distutils", "somebody-else"),
        ("json", "somebody-else"),
    ],
)
def test_an_import_that_is_declared_or_needs_no_declaration_is_fine(
    name: str, distribution: str
) -> None:
    assert findings(RULE, RECORD, importing(depending(distribution), **{name: 1})) == []


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("pandas", "pandas-stubs"),
        ("numpy", "numpyro"),
        ("torch", "torch-geometric"),
        ("google", "googletrans"),
        ("yaml", "yamllint"),
    ],
)
def test_a_distribution_that_only_looks_alike_does_not_count(name: str, distribution: str) -> None:
    assert len(findings(RULE, RECORD, importing(depending(distribution), **{name: 1}))) == 1


@pytest.mark.parametrize(
    "facts",
    [project(pyproject=False), project(pyproject=False, pyproject_problem="Invalid value")],
    ids=["missing", "invalid"],
)
def test_nothing_is_said_where_there_is_no_table_to_compare_with(facts: ProjectFacts) -> None:
    assert findings(RULE, RECORD, importing(facts, numpy=1)) == []


def test_imports_of_unregistered_modules_are_no_concern() -> None:
    observed = observation(
        found_model(),
        closures=[closure("scripts/plot.py", third_party={"seaborn": place("scripts/plot.py", 1)})],
    )
    assert findings(RULE, RECORD, observed) == []


def test_what_is_installed_tells_where_names_do_not() -> None:
    installed = {"speech": frozenset({"py-voice"})}
    facts = project(distributions=frozenset({"py-voice"}), providers=installed)
    assert findings(RULE, RECORD, importing(facts, speech=1)) == []
    (finding,) = findings(RULE, RECORD, importing(project(providers=installed), speech=1))
    assert finding.hint == "Add 'py-voice' to the dependencies in pyproject.toml"
