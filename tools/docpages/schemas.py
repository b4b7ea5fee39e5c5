"""All JSON Schemas of `docs/schemas/`, by the name of their file."""

from __future__ import annotations

import json
from collections.abc import Mapping

from docpages.schema_documents import DOCUMENTS, named
from docpages.schema_files import config, environment_file, pyproject_table, registry
from docpages.schema_job import job
from docpages.schema_parts import Schema, as_file, record

#: Files that people write: name -> (title, description, schema).
FILES: Mapping[str, tuple[str, str, Schema]] = {
    "registry": (
        ".modelops-bundle/registry.yaml",
        "What a bundle contains. The tool derives most of it from the code; all of it may be "
        "edited by hand, and keys of one's own stay.",
        registry(),
    ),
    "config": (
        ".modelops-bundle/config.yaml",
        "Where a project's bundles go, and how they are stored. It holds no secret and no "
        "absolute path.",
        config(),
    ),
    "environment-file": (
        "~/.modelops/bundle-env/NAME.yaml",
        "A registry and object storage that a platform has set up. It may hold secrets.",
        environment_file(),
    ),
    "pyproject": (
        "[tool.modelops-bundle] of pyproject.toml",
        "How the project's code is to be read.",
        pyproject_table(),
    ),
    "job": (
        "a job specification (check --job)",
        "What a job asks of a bundle: model, scenario, parameters, outputs, targets.",
        job(),
    ),
}


def schemas() -> Mapping[str, Schema]:
    """Every schema, by the name of its file without `.json`."""
    made = {
        name: as_file(f"{name}:1", title, description, schema)
        for name, (title, description, schema) in FILES.items()
    }
    for name, document in DOCUMENTS.items():
        assert name not in made, name
        made[name] = as_file(
            f"{name}:1",
            f"mops-bundle.{name}/1",
            f"What `--json` prints: {document.command}. {document.description}",
            record(schema=named(name), **document.fields),
        )
    return dict(sorted(made.items()))


def schema_pages() -> Mapping[str, str]:
    """Path below `docs/` -> text of the file."""
    return {
        f"schemas/{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }
