"""The pieces that JSON Schemas are made of, and how a schema becomes a file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What several schemas have in common, by name; each file holds those that it refers to.
DEFINITIONS: dict[str, Schema] = {}


def define(name: str, schema: Schema) -> Schema:
    """Give a schema a name, and return a reference to it."""
    assert name not in DEFINITIONS, name
    DEFINITIONS[name] = schema
    return {"$ref": f"#/$defs/{name}"}


def of(schema: Schema, description: str) -> Schema:
    """The schema with words on what such a value means."""
    return {**schema, "description": description}


def listing(item: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": item}


def optional(schema: Schema) -> Schema:
    """Such a value, or null."""
    if set(schema) == {"type"} and isinstance(schema["type"], str):
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def record(**fields: Schema) -> Schema:
    """An object with these keys; one that ends in `_` may be left out.

    It may have others: a reader passes over keys that a later version has added. The tests, which
    read what this version writes, allow no others.
    """
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in fields.items()},
        "required": [name for name in fields if not name.endswith("_")],
    }


def as_file(name: str, title: str, description: str, schema: Schema) -> Schema:
    """A schema that stands alone: with a name, a title, and the definitions that it refers to."""
    used: dict[str, Schema] = {}
    waiting = list(_references(schema))
    while waiting:
        found = waiting.pop()
        if found not in used:
            used[found] = DEFINITIONS[found]
            waiting += _references(DEFINITIONS[found])
    head: Schema = {
        "$schema": DIALECT,
        "$id": f"urn:mops-bundle:{name}",
        "title": title,
        "description": description,
    }
    # Definitions that were made first are the simplest ones.
    definitions = {key: used[key] for key in DEFINITIONS if key in used}
    return {**head, **schema, **({"$defs": definitions} if definitions else {})}


def _references(part: object) -> Iterator[str]:
    """The names of all definitions that a part of a schema refers to itself."""
    if isinstance(part, Mapping):
        reference = part.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix("#/$defs/")
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


TEXT: Schema = {"type": "string"}
WORDS: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
LINE: Schema = {
    "type": ["integer", "null"],
    "minimum": 1,
    "description": "Line in that file, from 1.",
}
CODE = define(
    "code",
    of({"type": "string", "pattern": "^MB[1-4][0-9]{2}$"}, "A code of reference/rules.md."),
)
PATH = define(
    "path",
    of(
        {"type": "string", "pattern": r"^(?!/)(?!.*\\)(?!(.*/)?\.\.(/|$)).+$"},
        "A path relative to the project's root, with `/`.",
    ),
)
DIGEST = define(
    "digest",
    of(
        {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "SHA-256 of the bytes of a file, or of a manifest.",
    ),
)
SEMANTIC = define(
    "semantic_digest",
    of(
        {"type": "string", "pattern": "^v[0-9]+:sha256:[0-9a-f]{64}$"},
        "A digest over what code means, with the version of its scheme in front.",
    ),
)
ENTRYPOINT = define(
    "entrypoint",
    of({"type": "string", "pattern": "^[^:]+:[^:]+$"}, "`importable.module:Qualified.name`"),
)
KIND = define("kind", {"enum": ["model", "target"]})
ENTITY = define("entity", {"type": "string", "pattern": "^(model|target):.+$"})
MAYBE_TEXT = optional(TEXT)
MAYBE_PATH = optional(PATH)
MAYBE_DIGEST = optional(DIGEST)
MAYBE_SEMANTIC = optional(SEMANTIC)
DIGESTS: Schema = {"type": "object", "propertyNames": PATH, "additionalProperties": DIGEST}
