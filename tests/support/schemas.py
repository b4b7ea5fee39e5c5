"""JSON Schemas of the documents that commands print under `--json` (contract.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
LINE: Schema = {"type": ["integer", "null"], "minimum": 1}
CODE: Schema = {"type": "string", "pattern": "^MB[1-4][0-9]{2}$"}
PATH: Schema = {"type": "string", "pattern": r"^(?!/)(?!.*\\)(?!(.*/)?\.\.(/|$)).+$"}
MAYBE_PATH: Schema = {"anyOf": [PATH, {"type": "null"}]}
DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
MAYBE_DIGEST: Schema = {"anyOf": [DIGEST, {"type": "null"}]}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
KIND: Schema = {"enum": ["model", "target"]}
ENTRYPOINT: Schema = {"type": "string", "pattern": "^[^:]+:[^:]+$"}
PLACE: Mapping[str, Schema] = {"path": PATH, "line": LINE}


def listing(item: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": item}


def record(**fields: Schema) -> Schema:
    """An object with exactly these keys; one that ends in `_` may be left out."""
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in fields.items()},
        "required": [name for name in fields if not name.endswith("_")],
        "additionalProperties": False,
    }


def named(schema: str) -> Schema:
    """The `schema` key of a document."""
    return {"const": f"mops-bundle.{schema}/1"}


PROVENANCE = record(
    created=TEXT, author=TEXT, commit=TEXT, dirty={"type": ["boolean", "null"]}, tool=TEXT
)


REASON = record(
    code=CODE,
    field={
        "enum": [
            *("entrypoint", "path", "class_name", "outputs", "scenarios", "parameters"),
            *("model_output", "data", "code", "data_digests", "code_digests"),
            *("model_digest", "target_digest", "symbol_digest", "behavior_digest"),
        ]
    },
    old=MAYBE_TEXT,
    new=MAYBE_TEXT,
    path=MAYBE_PATH,
    line=LINE,
    via=listing(PATH),
    cosmetic=FLAG,
    evidence=TEXT,
    message={"type": "string", "minLength": 1},
)
ENTRY_STATE: Schema = {"enum": ["fresh", "cosmetic", "stale", "missing", "unparsed", "ambiguous"]}
ENTRY_ACTION: Schema = {"enum": ["none", "update", "rename", "move", "remove", "decide"]}
ENTRY = record(
    kind=KIND,
    id=TEXT,
    state=ENTRY_STATE,
    action=ENTRY_ACTION,
    destructive=FLAG,
    entrypoint=TEXT,
    path=PATH,
    line=LINE,
    reasons=listing(REASON),
    target_sets=listing(TEXT),
    candidates=listing(ENTRYPOINT),
)
FINDING = record(
    code=CODE,
    severity={"enum": ["error", "warning", "info"]},
    entity={"type": "string", "pattern": "^((model|target|target-set):.+)?$"},
    message={"type": "string", "minLength": 1},
    hint=TEXT,
    path=MAYBE_PATH,
    line=LINE,
)
SUMMARY = record(
    **dict.fromkeys(
        ("add", "update", "rename", "move", "remove", "decide", "unchanged"),
        COUNT,
    ),
    **dict.fromkeys(("errors", "warnings", "infos"), COUNT),
)
REMOTE_STATES = [
    *("unknown", "never-pushed", "synced", "ahead", "behind", "diverged"),
    *("unreachable", "unauthorized"),
]
PROJECT = record(name=TEXT, registry={"const": ".modelops-bundle/registry.yaml"})
STATUS_FIELDS: Mapping[str, Schema] = {
    "project": PROJECT,
    "in_sync": FLAG,
    "entries": listing(ENTRY),
    "additions": listing(record(kind=KIND, id=TEXT, entrypoint=ENTRYPOINT, **PLACE)),
    "unregistered": listing(record(kind=KIND, entrypoint=ENTRYPOINT, **PLACE)),
    "sections": listing(
        record(
            section=TEXT,
            name=TEXT,
            change={"enum": ["add", "update", "rename", "move", "remove"]},
            destructive=FLAG,
            cosmetic=FLAG,
            messages=listing(TEXT),
        )
    ),
    "environment": record(
        state={"enum": ["fresh", "cosmetic", "stale"]},
        changes=listing(
            record(path=PATH, old=MAYBE_DIGEST, new=MAYBE_DIGEST, details=listing(TEXT))
        ),
    ),
    "conflicted": FLAG,
    "conflicts": listing(record(entity=TEXT, field=TEXT, ours=TEXT, theirs=TEXT)),
    "preflight": listing(FINDING),
    "summary": SUMMARY,
    "after": record(models=COUNT, targets=COUNT),
    "remote": record(
        url=TEXT, checked=FLAG, state={"enum": REMOTE_STATES}, digest=MAYBE_DIGEST, problem=TEXT
    ),
    "files_": listing(
        record(
            path=PATH,
            state={"enum": ["unchanged", "changed", "new", "missing"]},
            recorded=MAYBE_DIGEST,
            found=MAYBE_DIGEST,
            entries=listing(TEXT),
        )
    ),
}
STATUS = record(schema=named("status"), **STATUS_FIELDS)
VOLUME = record(blobs=COUNT, bytes=COUNT)
WEIGHTS: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
DIGESTS: Schema = {"type": "object", "propertyNames": PATH, "additionalProperties": DIGEST}
SEMANTIC: Schema = {"type": ["string", "null"], "pattern": "^v1:sha256:[0-9a-f]{64}$"}
TARGET_SETS = listing(record(name=TEXT, targets=listing(TEXT), weights=WEIGHTS))
TRACKED: Mapping[str, Schema] = {
    name: listing(PATH) for name in ("changed", "unchanged", "tracked")
}
SOURCE_CHANGE = record(
    kept=FLAG,
    symbols=listing(
        record(
            kind={"enum": ["def", "class", "name", "import", "code"]},
            name=TEXT,
            difference={"enum": ["changed", "added", "removed"]},
            line=LINE,
            reached={"type": ["boolean", "null"]},
        )
    ),
    summary=TEXT,
    diff={"anyOf": [{"type": "null"}, listing(TEXT)]},
)
CONFLICT = record(path=TEXT, reason=TEXT, overwrite=FLAG)
MODEL = record(
    id=TEXT,
    entrypoint=ENTRYPOINT,
    path=PATH,
    data=listing(PATH),
    **dict.fromkeys(("outputs", "scenarios", "parameters"), listing(TEXT)),
)
TARGET = record(
    id=TEXT,
    entrypoint=ENTRYPOINT,
    path=PATH,
    model_output=MAYBE_TEXT,
    data=listing(PATH),
    target_sets=listing(TEXT),
)
SIDE = record(label=TEXT, digest=MAYBE_DIGEST)

#: The document's name in its `schema` key -> what it must look like.
CACHED_BUNDLE = record(digest=DIGEST, files=COUNT, size_bytes=COUNT, idle_s=COUNT, in_use=FLAG)
BLOBS = record(count=COUNT, size_bytes=COUNT)

SCHEMAS: Mapping[str, Schema] = {
    "mops-bundle.error/1": record(
        schema=named("error"),
        code={"type": "string", "pattern": "^[a-z][a-z-]*$"},
        message={"type": "string", "minLength": 1},
        hint=TEXT,
    ),
    "mops-bundle.status/1": STATUS,
    "mops-bundle.sync/1": record(
        schema=named("sync"),
        **STATUS_FIELDS,
        written=FLAG,
        refused={"enum": [None, "destructive", "ambiguous", "unparsed", "conflict"]},
        passed_over_=listing(PATH),
    ),
    "mops-bundle.check/1": record(
        schema=named("check"),
        project=PROJECT,
        ok=FLAG,
        findings=listing(FINDING),
        **dict.fromkeys(("errors", "warnings", "infos"), COUNT),
    ),
    "mops-bundle.push/1": record(
        schema=named("push"),
        ref=MAYBE_TEXT,
        digest=MAYBE_DIGEST,
        tags=listing(TEXT),
        files=COUNT,
        uploaded=VOLUME,
        reused=VOLUME,
        layout={"enum": [None, "files", "packed"]},
        unrecorded=TEXT,
        refused={"enum": [None, "stale", "preflight", "changed", "tag-moved"]},
        url=TEXT,
        dry_run=FLAG,
        recorded=FLAG,
        entries=COUNT,
        message=TEXT,
        hint=TEXT,
        status_=STATUS,
    ),
    "mops-bundle.cache-info/1": record(
        schema=named("cache-info"),
        folder=TEXT,
        bundles=listing(CACHED_BUNDLE),
        blobs=BLOBS,
        unfinished=COUNT,
        size_bytes=COUNT,
    ),
    "mops-bundle.cache-prune/1": record(
        schema=named("cache-prune"),
        dry_run=FLAG,
        folder=TEXT,
        removed=listing(CACHED_BUNDLE),
        in_use=listing(DIGEST),
        blobs=BLOBS,
        unfinished=COUNT,
        freed_bytes=COUNT,
        size_bytes=COUNT,
    ),
    "mops-bundle.cache-verify/1": record(
        schema=named("cache-verify"),
        folder=TEXT,
        bundles=COUNT,
        blobs=COUNT,
        damaged=listing(record(digest=DIGEST, paths=listing(PATH))),
        dropped=listing(DIGEST),
        strangers=listing(record(digest=DIGEST, paths=listing(PATH))),
    ),
    "mops-bundle.pull/1": record(
        schema=named("pull"),
        url=TEXT,
        ref=TEXT,
        digest=DIGEST,
        added=listing(PATH),
        updated=listing(PATH),
        deleted=listing(PATH),
        kept=listing(PATH),
        stay_deleted=listing(PATH),
        conflicts=listing(CONFLICT),
        pulled=FLAG,
        refused={"enum": [None, "conflict"]},
        dry_run=FLAG,
        backup=MAYBE_TEXT,
        fetched_bytes=COUNT,
        elsewhere=listing(PATH),
    ),
    "mops-bundle.diff/1": record(
        schema=named("diff"),
        old=SIDE,
        new=SIDE,
        equal=FLAG,
        entries=listing(
            record(
                kind=KIND,
                id=TEXT,
                old_id=MAYBE_TEXT,
                change={"enum": ["add", "update", "rename", "move", "remove"]},
                cosmetic=FLAG,
                old_behavior=SEMANTIC,
                new_behavior=SEMANTIC,
                fields=listing(record(field=TEXT, old=TEXT, new=TEXT)),
                data=listing(PATH),
            )
        ),
        behavior=record(
            **dict.fromkeys(
                ("unchanged", "changed", "unknown"),
                listing({"type": "string", "pattern": "^(model|target):.+$"}),
            )
        ),
        target_sets=listing(TEXT),
        environment=listing(PATH),
        files=listing(record(path=PATH, old=MAYBE_DIGEST, new=MAYBE_DIGEST)),
    ),
    "mops-bundle.list/1": record(
        schema=named("list"),
        models=listing(MODEL),
        targets=listing(TARGET),
        target_sets=TARGET_SETS,
        excluded=listing(ENTRYPOINT),
    ),
    "mops-bundle.show/1": record(
        schema=named("show"),
        kind=KIND,
        id=TEXT,
        entrypoint=ENTRYPOINT,
        path=PATH,
        class_name=MAYBE_TEXT,
        **dict.fromkeys(("outputs", "scenarios", "parameters"), listing(TEXT)),
        model_output=MAYBE_TEXT,
        data=listing(PATH),
        data_digests=DIGESTS,
        code=listing(PATH),
        code_digests=DIGESTS,
        source_digest=MAYBE_DIGEST,
        symbol_digest=SEMANTIC,
        behavior_digest=SEMANTIC,
        declared={
            "anyOf": [
                {"type": "null"},
                record(
                    data=listing(PATH),
                    code=listing(PATH),
                    outputs=listing(TEXT),
                    model_output=MAYBE_TEXT,
                ),
            ]
        },
        target_sets=listing(TEXT),
    ),
    "mops-bundle.explain/1": record(
        schema=named("explain"),
        kind=KIND,
        id=TEXT,
        symbol=TEXT,
        state=ENTRY_STATE,
        action=ENTRY_ACTION,
        **PLACE,
        inputs=listing(
            record(
                role={"enum": ["code", "data", "link", "environment"]},
                state={
                    "enum": [
                        *("fresh", "cosmetic", "stale", "missing", "added", "removed"),
                        "undeclared",
                    ],
                },
                path=MAYBE_PATH,
                line=LINE,
                old=MAYBE_TEXT,
                new=MAYBE_TEXT,
                via=listing(PATH),
                change={"anyOf": [{"type": "null"}, SOURCE_CHANGE]},
                details=listing(TEXT),
                models=listing(record(id=TEXT, state=ENTRY_STATE)),
                read_at={"anyOf": [{"type": "null"}, record(**PLACE)]},
            )
        ),
        changed=COUNT,
        differences=listing(REASON),
        candidates=listing(ENTRYPOINT),
        downstream=record(
            invalid=FLAG,
            targets=listing(record(id=TEXT, output=TEXT)),
            target_sets=listing(TEXT),
        ),
        fix=MAYBE_TEXT,
    ),
    "mops-bundle.graph/1": record(
        schema=named("graph"),
        project=TEXT,
        path=MAYBE_PATH,
        focus=listing(TEXT),
        nodes=listing(
            record(
                id=TEXT,
                kind={
                    "enum": [
                        *("model", "target", "output", "target_set"),
                        *("code", "data", "environment"),
                    ]
                },
                name=TEXT,
                state={"enum": [*ENTRY_STATE["enum"], "added", "undeclared"]},
                affected=FLAG,
                path=MAYBE_PATH,
                line=LINE,
                reasons=listing(
                    record(
                        code=MAYBE_TEXT,
                        message=TEXT,
                        path=MAYBE_PATH,
                        line=LINE,
                        via=listing(PATH),
                        cosmetic=FLAG,
                    )
                ),
            )
        ),
        edges=listing(
            record(
                **{"from": TEXT, "to": TEXT},
                kind={
                    "enum": [
                        *("imports", "defined_in", "needs", "reads", "provided_by"),
                        *("compares", "holds", "runs_with", "reads_undeclared"),
                    ]
                },
            )
        ),
    ),
    "mops-bundle.target-set/1": record(schema=named("target-set"), target_sets=TARGET_SETS),
    "mops-bundle.unregister/1": record(
        schema=named("unregister"),
        removed=listing({"type": "string", "pattern": "^(model|target):.+$"}),
        target_sets=listing(TEXT),
        emptied=listing(TEXT),
    ),
    "mops-bundle.rename/1": record(
        schema=named("rename"), kind=KIND, old=TEXT, new=TEXT, target_sets=listing(TEXT)
    ),
    "mops-bundle.files/1": record(
        schema=named("files"),
        files=listing(
            record(
                path=PATH,
                size_bytes=COUNT,
                digest=DIGEST,
                why={"enum": ["registry", "entry", "tracked", "project"]},
                entries=listing(TEXT),
            )
        ),
        missing=listing(PATH),
        total_bytes=COUNT,
    ),
    "mops-bundle.init/1": record(
        schema=named("init"),
        project=TEXT,
        root=TEXT,
        remote=TEXT,
        created=listing(PATH),
        kept=listing(PATH),
        registry_ignored=FLAG,
    ),
    "mops-bundle.versions/1": record(
        schema=named("versions"),
        url=TEXT,
        versions=listing(
            record(
                digest=DIGEST,
                tags=listing(TEXT),
                provenance={"anyOf": [PROVENANCE, {"type": "null"}]},
            )
        ),
    ),
    "mops-bundle.inspect/1": record(
        schema=named("inspect"),
        url=TEXT,
        ref={"type": "string", "pattern": "@sha256:[0-9a-f]{64}$"},
        digest=DIGEST,
        layout={"enum": ["files", "packed"]},
        files=listing(
            record(path=PATH, digest=DIGEST, size_bytes=COUNT, media_type=TEXT, uri=MAYBE_TEXT)
        ),
        total_bytes=COUNT,
        models=listing(MODEL),
        targets=listing(TARGET),
        target_sets=TARGET_SETS,
        behavior={
            "type": "object",
            "propertyNames": {"pattern": "^(model|target):.+$"},
            "additionalProperties": SEMANTIC,
        },
        environment=DIGESTS,
        provenance={"anyOf": [PROVENANCE, {"type": "null"}]},
    ),
    "mops-bundle.tag/1": record(
        schema=named("tag"), url=TEXT, tag=TEXT, digest=DIGEST, before=MAYBE_DIGEST
    ),
    "mops-bundle.copy/1": record(
        schema=named("copy"),
        source=TEXT,
        url=TEXT,
        ref={"type": "string", "pattern": "@sha256:[0-9a-f]{64}$"},
        digest=DIGEST,
        tags=listing(TEXT),
        copied=VOLUME,
        mounted=VOLUME,
        reused=VOLUME,
        external=COUNT,
        unrecorded=TEXT,
    ),
    "mops-bundle.delete/1": record(
        schema=named("delete"), url=TEXT, digest=DIGEST, tags=listing(TEXT)
    ),
    "mops-bundle.ensure/1": record(
        schema=named("ensure"),
        url=TEXT,
        ref={"type": "string", "pattern": "@sha256:[0-9a-f]{64}$"},
        digest=DIGEST,
        folder=TEXT,
        files=COUNT,
        written=listing(PATH),
        removed=listing(TEXT),
        conflicts=listing(CONFLICT),
        refused={"enum": [None, "conflict"]},
        backup=MAYBE_TEXT,
        fetched_bytes=COUNT,
    ),
    "mops-bundle.env/1": record(
        schema=named("env"),
        pinned=MAYBE_TEXT,
        available=listing(TEXT),
        environments=listing(
            record(
                name=TEXT,
                pinned=FLAG,
                registry=MAYBE_TEXT,
                username=MAYBE_TEXT,
                password_set=FLAG,
                insecure=FLAG,
                storage=MAYBE_TEXT,
                keys_set=FLAG,
                problem=TEXT,
            )
        ),
    ),
    "mops-bundle.remote/1": record(
        schema=named("remote"),
        remote=MAYBE_TEXT,
        before=MAYBE_TEXT,
        pinned=MAYBE_TEXT,
        insecure=FLAG,
    ),
    "mops-bundle.login/1": record(
        schema=named("login"), host=TEXT, username=TEXT, kept_in=TEXT, checked=FLAG
    ),
    "mops-bundle.logout/1": record(schema=named("logout"), host=TEXT, known=FLAG),
    "mops-bundle.add/1": record(schema=named("add"), **TRACKED),
    "mops-bundle.remove/1": record(schema=named("remove"), **TRACKED),
}


def assert_documented(document: Mapping[str, Any]) -> None:
    """Fail where a document is not what the contract says of its schema."""
    name = document.get("schema")
    assert name in SCHEMAS, name
    validator = jsonschema.Draft202012Validator(SCHEMAS[name])
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    assert not problems, "\n".join(problems)
