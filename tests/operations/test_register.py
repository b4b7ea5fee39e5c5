"""Files that cannot be registered, and how a person is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.registry import Kind
from modelops_bundle.errors import UnparsableSourceError, UsageError
from modelops_bundle.operations.document import read_registry
from modelops_bundle.operations.register import RegisterRequest, register
from support.disk import make_project
from support.project import FILES, MODEL


def request_for(root: Path, *files: str, symbols: tuple[str, ...] = ()) -> RegisterRequest:
    return RegisterRequest(kind=Kind.MODEL, files=files, symbols=symbols, base=root)


@pytest.mark.parametrize(
    "content",
    [b"import modelops_calabaria as cb\ncb = (\n", b"# caf\xe9\n" + MODEL.encode()],
    ids=["not Python", "not UTF-8"],
)
@pytest.mark.parametrize("symbols", [(), ("StarsimSIR",)])
def test_a_file_that_cannot_be_parsed_is_named_with_its_line(
    tmp_path: Path, content: bytes, symbols: tuple[str, ...]
) -> None:
    project = make_project(tmp_path, {**FILES, "models/broken.py": content})
    with pytest.raises(UnparsableSourceError, match=r"models/broken\.py:\d"):
        register(project, request_for(tmp_path, "models/broken.py", symbols=symbols))
    assert not project.registry.exists()


def test_a_file_that_is_ignored_cannot_be_registered(tmp_path: Path) -> None:
    files = {**FILES, "models/draft.py": MODEL, ".modelopsignore": "models/draft.py\n"}
    project = make_project(tmp_path, files)
    with pytest.raises(UsageError, match=r"left out by \.modelopsignore"):
        register(project, request_for(tmp_path, "models/draft.py"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("models/flu.py", "flu_starsimsir"),
        ("models/__init__.py", "models_starsimsir"),
        ("__init__.py", "__init___starsimsir"),
    ],
)
def test_the_default_id_of_a_model_names_its_file(tmp_path: Path, path: str, expected: str) -> None:
    project = make_project(tmp_path, {**FILES, path: MODEL})
    register(project, request_for(tmp_path, path))
    assert list(read_registry(project).record.models) == [expected]
