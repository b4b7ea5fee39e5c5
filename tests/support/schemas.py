"""The JSON Schemas of `docs/schemas/`, and what holds a document against them.

The files are written from `tools/docpages/schema_documents.py` by `make docs`: a new document goes
there. They allow keys that a later version may add; here no key passes that they do not list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

Schema = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
#: Schemas of files that people write; the others are of documents, which name their own.
FILES = ("config", "environment-file", "job", "pyproject", "registry")


@cache
def schema_of(name: str) -> Schema:
    """The schema in the file of a name, as it stands."""
    schema: Schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return schema


#: The document's name in its `schema` key -> what it must look like, and nothing besides.
SCHEMAS: Mapping[str, Schema] = {
    f"mops-bundle.{path.stem}/1": schema_of(path.stem)
    for path in sorted(FOLDER.glob("*.json"))
    if path.stem not in FILES
}


def closed(part: Any) -> Any:
    """The schema without keys that it does not list."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    inner = {key: closed(value) for key, value in part.items()}
    return {"additionalProperties": False, **inner} if _lists_keys(part) else inner


def _lists_keys(part: Mapping[str, Any]) -> bool:
    """Whether it is the schema of an object, and not a mapping of keys to schemas."""
    return part.get("type") == "object" and isinstance(part.get("properties"), dict)


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(closed(SCHEMAS[name]))


def assert_documented(document: Mapping[str, Any]) -> None:
    """Fail where a document is not what the contract says of its schema."""
    name = document.get("schema")
    assert name in SCHEMAS, name
    problems = [
        f"{error.json_path}: {error.message}" for error in _validator(name).iter_errors(document)
    ]
    assert not problems, "\n".join(problems)
