"""`reference/json.md`: the documents that commands print, and the schemas of files."""

from __future__ import annotations

from collections.abc import Iterator

from docpages.markdown import generated_from, table
from docpages.schema_documents import DOCUMENTS, Document, named
from docpages.schema_parts import DEFINITIONS, Schema, record
from docpages.schemas import FILES

_INTRODUCTION = f"""\
# JSON

{generated_from("tools/docpages/schema_documents.py and schema_files.py")}

Every command takes `--json`. It then prints one document on standard output and nothing else
there, asks nothing, and ends with the exit code that it has without. The document is the
command's own wherever a plan could be made, refusals included; where none could, it is
`mops-bundle.error/1`.

`schema` names the document and its version. Within a version documents only gain keys: read the
ones you know and pass over the others. The schemas are JSON Schema 2020-12, each in one file that
needs no other; the tests hold what the program prints against these files.
"""
_FILES = """\
## Files that people write

An editor that is given the schema completes keys and marks mistakes: see
[editors](../how-to/editors.md).
"""


def json_page() -> str:
    """The text of the page."""
    documents = [
        [f"[`mops-bundle.{name}/1`](#{_anchor(name)})", document.command]
        for name, document in DOCUMENTS.items()
    ]
    files = [
        [f"[{name}.json](../schemas/{name}.json)", title, description]
        for name, (title, description, _) in FILES.items()
    ]
    parts = [_INTRODUCTION, *table(["document", "printed by"], documents), ""]
    parts += [_FILES, *table(["schema", "file", "what it says"], files), ""]
    for name, document in DOCUMENTS.items():
        parts += _section(name, document)
    parts += ["## What several documents have", ""]
    for name, schema in _shared():
        parts += [f"### {name}", ""]
        if schema.get("description"):
            parts += [schema["description"], ""]
        parts += [*_fields(schema), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _anchor(name: str) -> str:
    return f"mops-bundle{name}1"


def _section(name: str, document: Document) -> Iterator[str]:
    yield from (f"## mops-bundle.{name}/1", "")
    yield from (f"{document.description} [Schema](../schemas/{name}.json)", "")
    yield from _fields(record(schema=named(name), **document.fields))
    yield ""


def _shared() -> Iterator[tuple[str, Schema]]:
    """Definitions that are objects of their own, but for whole documents."""
    for name, schema in DEFINITIONS.items():
        if schema.get("properties") and name not in DOCUMENTS:
            yield name, schema


def _fields(schema: Schema) -> list[str]:
    required = set(schema.get("required", ()))
    rows = [
        [
            f"`{name}`",
            shape(field),
            " ".join(
                filter(
                    None,
                    ("" if name in required else "May be missing.", field.get("description", "")),
                )
            ),
        ]
        for name, field in schema["properties"].items()
    ]
    return table(["key", "value", ""], rows)


def shape(schema: Schema) -> str:
    """What a value is, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        target = DEFINITIONS[name]
        if name in DOCUMENTS:
            return f"[mops-bundle.{name}/1](#{_anchor(name)})"
        return f"[{name}](#{name})" if target.get("properties") else _named_shape(name, target)
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join("null" if one is None else f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(shape(one) for one in schema["anyOf"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(_word(one) for one in kind)
    if kind == "array":
        return f"list of {shape(schema['items'])}"
    if kind == "object":
        if "properties" in schema:
            inner = ", ".join(f"`{name}`" for name in schema["properties"])
            return f"object with {inner}"
        return f"object of {shape(schema['additionalProperties'])}"
    return _word(str(kind))


def _named_shape(name: str, schema: Schema) -> str:
    return shape(schema) if "enum" in schema or "items" in schema else name.replace("_", " ")


def _word(kind: str) -> str:
    return {"string": "text", "integer": "number"}.get(kind, kind)
