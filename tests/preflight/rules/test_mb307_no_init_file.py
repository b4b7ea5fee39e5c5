"""MB307 looks at the folders that an entry's module path names, and no others."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb307_no_init_file import RULE
from support.preflight import findings
from support.registries import found_model, model, observation, project, registry


def folders(path: str, *packages: str) -> list[str]:
    observed = observation(found_model(path=path), project=project(packages=packages))
    found = findings(RULE, registry({"sir": model(path=path)}), observed)
    assert all(finding.severity is Severity.INFO for finding in found)
    return [finding.message.split("'")[1] for finding in found]


@pytest.mark.parametrize(
    ("path", "packages", "expected"),
    [
        ("models/sir.py", (), ["models"]),
        ("models/sir.py", ("models",), []),
        ("models/network/sir.py", ("models",), ["models/network"]),
        ("models/network/sir.py", (), ["models/network", "models"]),
        ("src/models/sir.py", ("src/models",), []),
        ("src/models/sir.py", (), ["src/models"]),
        ("models/network/__init__.py", ("models/network",), ["models"]),
        ("sir.py", (), []),
    ],
)
def test_each_package_folder_without_an_init_file_is_an_info(
    path: str, packages: tuple[str, ...], expected: list[str]
) -> None:
    assert folders(path, *packages) == expected


def test_a_folder_of_several_entries_is_one_finding() -> None:
    record = registry({name: model(name, f"models/{name}.py") for name in ("a", "b")})
    observed = observation(
        *(found_model(name, f"models/{name}.py") for name in ("a", "b")),
        project=project(packages=()),
    )
    (finding,) = findings(RULE, record, observed)
    assert finding.hint == "Create an empty models/__init__.py"
    assert str(finding.location) == "models/a.py"


def test_a_file_that_is_gone_has_no_folder_to_talk_about() -> None:
    record = registry({"sir": model()})
    assert findings(RULE, record, observation(project=project(packages=()))) == []
