"""The files that people write, as JSON Schema: editors check and complete them by it.

What the codec reads leniently is lenient here: null counts as absent, and unknown keys stay. Field
names come from the codec's own tables, so that a field cannot be forgotten here.
"""

from __future__ import annotations

from collections.abc import Mapping

from docpages.schema_parts import WORDS, Schema, define, listing, of, optional, record
from modelops_bundle.codec.config import PROVIDERS
from modelops_bundle.codec.registry_fields import (
    DECLARED_FIELDS,
    MODEL_FIELDS,
    ROOT_FIELDS,
    ROOT_KEYS,
    TARGET_FIELDS,
    TARGET_SET_FIELDS,
    Form,
)
from modelops_bundle.conventions import user
from modelops_bundle.core.settings import Layout, StorageMode

#: As the reader takes it: version 1.0 may have backslashes between names.
_FILE_PATH = define(
    "file_path",
    of(
        {
            "type": "string",
            "minLength": 1,
            "pattern": r"^(?![/\\])(?![A-Za-z]:)(?!(.*/)?\.\.(/|$))[^\u0000-\u001f]+$",
        },
        "A path relative to the project's root, with `/`.",
    ),
)
_FILE_ENTRYPOINT = define(
    "file_entrypoint",
    of({"type": "string", "pattern": "^[^:]+:[^:]+$"}, "`importable.module:Qualified.name`"),
)
_MAYBE_NAMES: Schema = {"type": ["array", "null"], "items": {"type": ["string", "null"]}}
_MAYBE_PATHS: Schema = {"type": ["array", "null"], "items": optional(_FILE_PATH)}


#: How each form of a field is written. A digest that is malformed counts as absent.
_FORMS: Mapping[Form, Schema] = {
    Form.TEXT: {"type": ["string", "null"]},
    Form.PATH: _FILE_PATH,
    Form.ENTRYPOINT: _FILE_ENTRYPOINT,
    Form.DIGEST: {},
    Form.SEMANTIC: {},
    Form.NAMES: _MAYBE_NAMES,
    Form.PATHS: _MAYBE_PATHS,
    Form.ENTRYPOINTS: {"type": ["array", "null"], "items": optional(_FILE_ENTRYPOINT)},
    Form.DIGESTS: {"type": ["object", "null"], "propertyNames": _FILE_PATH},
    Form.WEIGHTS: {
        "type": ["object", "null"],
        "additionalProperties": {"type": ["number", "null"]},
    },
}
_REGISTRY_WORDS: Mapping[str, str] = {
    "entrypoint": "What a worker imports: `importable.module:Qualified.name`, without `src.`.",
    "path": "The file that defines it.",
    "class_name": "The class; the entrypoint's symbol where it is missing.",
    "scenarios": "Scenarios that the model can be asked for.",
    "parameters": "Parameters that the model takes.",
    "outputs": "Outputs that the model provides.",
    "model_output": "The output that the target is compared with.",
    "data": "Data files; a folder stands as itself.",
    "data_digests": "By file; a folder of more than 256 files has one digest under its own path.",
    "code": "The project's files that importing `path` can run, `path` itself left out.",
    "code_digests": "By file.",
    "model_digest": "Of the bytes of `path`.",
    "target_digest": "Of the bytes of `path`.",
    "symbol_digest": "Of the definition without its name: how a renamed one is recognised.",
    "behavior_digest": "Of everything that can change a result.",
    "declared": "What a person named. It is never dropped without `--force`.",
    "targets": "Ids of targets.",
    "weights": "Numbers for some of the targets.",
    "excluded": "Entrypoints that a convention finds and that are not wanted.",
    "source_roots": "Folders that go on `sys.path`.",
    "environment": "Digests of dependency tables and lock files.",
}


def _fields(forms: Mapping[str, Form]) -> dict[str, Schema]:
    return {
        name: of(_declared() if form is Form.DECLARED else _FORMS[form], _REGISTRY_WORDS[name])
        for name, form in forms.items()
    }


def _declared() -> Schema:
    return {"type": ["object", "null"], "properties": _fields(DECLARED_FIELDS)}


def _entries(forms: Mapping[str, Form]) -> Schema:
    entry = {
        "type": "object",
        "properties": _fields(forms),
        "required": ["entrypoint", "path"],
    }
    return {"type": ["object", "null"], "additionalProperties": entry}


def registry() -> Schema:
    """`.modelops-bundle/registry.yaml`."""
    group = {"type": ["object", "null"], "properties": _fields(TARGET_SET_FIELDS)}
    known: dict[str, Schema] = {
        "version": of(
            {
                "anyOf": [
                    {"type": "string", "pattern": r"^[01](\.[0-9]{1,6})*$"},
                    {"type": "number", "minimum": 0, "exclusiveMaximum": 2},
                    {"type": "null"},
                ]
            },
            "The version of the format, in quotes; `'1.0'` where it is missing.",
        ),
        "models": of(_entries(MODEL_FIELDS), "Models by id."),
        "targets": of(_entries(TARGET_FIELDS), "Calibration targets by id."),
        "target_sets": of(
            {"type": ["object", "null"], "additionalProperties": group},
            "Named groups of targets.",
        ),
        **_fields(ROOT_FIELDS),
    }
    return {"type": ["object", "null"], "properties": {key: known[key] for key in ROOT_KEYS}}


_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_PATTERNS: Schema = {"type": ["array", "null"], "items": {"type": ["string", "number", "boolean"]}}
_TAG: Schema = {
    "anyOf": [
        {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"},
        {"type": ["number", "boolean", "null"]},
    ]
}
_MAYBE_FLAG: Schema = {"type": ["boolean", "null"]}
_PROVIDER: Schema = {"enum": [*PROVIDERS, None]}
STORAGE_POLICY: Mapping[str, Schema] = {
    "mode": of(
        {"enum": [*(mode.value for mode in StorageMode), "oci-only", "blob-only", None]},
        "`auto` by size, `oci` none, `blob` all of them. `oci-only` and `blob-only` are the "
        "existing tool's names.",
    ),
    "threshold_bytes": of(
        {
            "anyOf": [
                {"type": ["integer", "null"], "minimum": 0, "maximum": 10**18 - 1},
                {"type": "string", "pattern": "^[0-9_]+$"},
            ]
        },
        "Files of this size and more go to object storage in mode `auto`. 50 MiB where it is "
        "not said.",
    ),
    "blob_patterns": of(
        _PATTERNS, "Files that go to object storage whatever their size; `*` stands for `/` too."
    ),
    "oci_patterns": of(_PATTERNS, "Files that never go there; they win over `blob_patterns`."),
    "force_blob_patterns": of(_PATTERNS, "The existing tool's name of `blob_patterns`."),
    "force_oci_patterns": of(_PATTERNS, "The existing tool's name of `oci_patterns`."),
    "provider": of(_PROVIDER, "Whose object storage it is."),
    "container": of(_SCALAR, "The container or bucket; it must exist."),
    "prefix": of(_SCALAR, "What the names of objects begin with."),
}
CONFIG: Mapping[str, Schema] = {
    "name": of(
        _SCALAR, "What people call the project; the name in `pyproject.toml` where it is not said."
    ),
    "remote": of(_SCALAR, "Where bundles go: a URL, or `local` for a folder of each user's own."),
    "store": of(_SCALAR, "With `remote: local`: names the folder. Made by `init`."),
    "tag": of(_TAG, "What a push moves and a pull follows; `latest` where it is not said."),
    "layout": of({"enum": [*(layout.value for layout in Layout), None]}, "How files become blobs."),
    "insecure": of(
        _MAYBE_FLAG, "Let the remote do without TLS, and leave its certificate unchecked."
    ),
    "storage": of(
        {"type": ["object", "null"], "properties": dict(STORAGE_POLICY)},
        "Which files live in object storage, and where.",
    ),
    "registry_ref": of(_SCALAR, "The existing tool's name of `remote`."),
    "default_tag": of(_TAG, "The existing tool's name of `tag`."),
}
ENVIRONMENT: Mapping[str, Schema] = {
    "registry_": of(
        optional(
            record(
                login_server=of(WORDS, "`host[:port]`, perhaps with a path."),
                provider_=of(_SCALAR, "`docker`, `acr`, …: for people only."),
                username_=of(_SCALAR, "For the login."),
                password_=of(_SCALAR, "For the login."),
                requires_auth_=of(
                    _MAYBE_FLAG, "Accepted; a login is looked for whenever one is asked for."
                ),
                insecure_=of(_MAYBE_FLAG, "As in `config.yaml`."),
            )
        ),
        "The OCI registry: `oci://LOGIN_SERVER/PROJECT` is the remote.",
    ),
    "storage_": of(
        optional(
            record(
                provider=of({"enum": list(PROVIDERS)}, "Whose object storage it is."),
                container=of(WORDS, "The container or bucket."),
                connection_string_=of(_SCALAR, "For `azure` and `azurite`."),
                endpoint_=of(_SCALAR, "A server of one's own."),
                access_key_=of(_SCALAR, "For `s3` and `minio`."),
                secret_key_=of(_SCALAR, "For `s3` and `minio`."),
                insecure_=of(_MAYBE_FLAG, "The endpoint may do without TLS."),
            )
        ),
        "Object storage for large files.",
    ),
}

_DOTTED: Schema = listing({"type": "string", "pattern": r"^[^\W\d]\w*(\.[^\W\d]\w*)+$"})
_NAME = r"^[^\W\d]\w*$"
_NAME_OR_EMPTY = r"^([^\W\d]\w*)?$"
_PLAIN: Schema = listing({"type": "string", "pattern": _NAME})
#: Key of a convention -> what it means.
CONVENTION_WORDS: Mapping[str, str] = {
    "model-bases": "Classes whose subclasses are models.",
    "required-methods": "Methods that a model must have; a class without one is an intermediate.",
    "output-decorators": '`@decorator("name")` on a method: the model has that output.',
    "outputs-attribute": "Class attribute or class keyword that lists further outputs; `outputs`.",
    "output-hooks": "Methods whose override makes the outputs unknowable.",
    "scenario-decorators": '`@decorator("name")` on a method: the model has that scenario.',
    "implicit-scenarios": "Scenarios that every model has.",
    "scenario-hooks": "Methods whose override makes the scenarios unknowable.",
    "inheritance": "Which inherited outputs and scenarios count: those of all bases that are "
    "attributes of the class, or those of the first model base alone.",
    "parameter-constructors": "Calls in the class body whose first argument names a parameter.",
    "parameter-containers": "Calls that hold a list of such calls.",
    "parameters-field": "Attribute of a container that gives that list back.",
    "parameters-attribute": "The class attribute that holds those calls; any where it is not said.",
    "parameter-methods": "Methods that define parameters in code, which are then left open.",
    "target-decorators": "Functions under them are targets.",
    "target-constructors": "A function that returns a call of one, with an output named, is a "
    "target.",
    "output-position": "Index of the output's name among a constructor's arguments; -1 where it "
    "is given by keyword only, which is usual.",
    "output-argument": "Keyword that names the model output in decorators and "
    "constructors; `model_output`.",
    "data-argument": "Keyword of the decorator that names data files; `data`.",
}


def _convention_key(key: str) -> Schema:
    if key in user.QUALIFIED:
        return _DOTTED
    if key in user.PLAIN:
        return _PLAIN
    if key == "implicit-scenarios":
        return listing(WORDS)
    if key == "inheritance":
        return {"enum": ["attributes", "first-model"]}
    if key == "output-position":
        return {"type": "integer", "minimum": -1}
    return {"type": "string", "pattern": _NAME_OR_EMPTY if user.SINGLE[key] else _NAME}


def pyproject_table() -> Schema:
    """`[tool.modelops-bundle]` of `pyproject.toml`."""
    convention = {
        "type": "object",
        "properties": {
            key: of(_convention_key(key), CONVENTION_WORDS[key]) for key in sorted(user.KEYS)
        },
        "additionalProperties": False,
        "anyOf": [
            {"required": [key], "properties": {key: {"minItems": 1}}} for key in user.QUALIFIED
        ],
    }
    return {
        "type": "object",
        "properties": {
            "source-roots": of(
                listing(_FILE_PATH),
                "Folders that go on `sys.path`; `.`, and `src` where that is no package, if it is "
                "not said.",
            ),
            "extra-roots": of(
                {"type": "object", "additionalProperties": WORDS},
                "Folders outside the project that its bundle carries: folder of the bundle -> "
                "where it is, relative to the project.",
            ),
            "conventions": of(
                {"type": "object", "additionalProperties": convention},
                "Which names of a framework mark models, outputs and targets, by any name.",
            ),
        },
    }


def config() -> Schema:
    """`.modelops-bundle/config.yaml`."""
    return {"type": ["object", "null"], "properties": dict(CONFIG)}


def environment_file() -> Schema:
    """`~/.modelops/bundle-env/NAME.yaml`."""
    return optional(record(**ENVIRONMENT))
