"""Settings shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from support.object_servers import ObjectServers

settings.register_profile(
    "default",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=1000)
# CI judges a change, so it draws the same examples for it each time; finding new ones is for the
# random runs of everybody else.
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") == "true" else "default")
)


#: What a bare machine cannot mend by installing a tool; the summary names these tests.
_CANNOT_RUN = (
    "permissions do not bind root",
    "only one Python version on this machine",
    "no user namespaces on this machine",
)


@pytest.fixture(scope="session")
def object_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServers]:
    """Real object storages, each started when it is first asked for."""
    from support.object_servers import ObjectServers

    with ExitStack() as stack:
        yield ObjectServers(tmp_path_factory.mktemp("objects"), stack)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a test that is skipped has failed: the tool it needs should have been there."""
    report = yield
    reason = str(report.longrepr)
    excused = any(words in reason for words in _CANNOT_RUN)
    if os.environ.get("CI") == "true" and report.skipped and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {reason}"
    return report
