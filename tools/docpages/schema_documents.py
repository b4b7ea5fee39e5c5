"""What each command prints under `--json`, as JSON Schema (contract.md).

A new document: an entry in `DOCUMENTS`, then `make docs`. What several documents have in common
gets a name with `define`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docpages.schema_parts import (
    CODE,
    COUNT,
    DIGEST,
    DIGESTS,
    ENTITY,
    ENTRYPOINT,
    FLAG,
    KIND,
    LINE,
    MAYBE_DIGEST,
    MAYBE_PATH,
    MAYBE_SEMANTIC,
    MAYBE_TEXT,
    PATH,
    TEXT,
    WORDS,
    Schema,
    define,
    listing,
    of,
    optional,
    record,
)


@dataclass(frozen=True)
class Document:
    """One document: the command that prints it, what it says, and its fields."""

    command: str
    description: str
    fields: Mapping[str, Schema]


PLACE: Mapping[str, Schema] = {"path": PATH, "line": LINE}
FULL_REFERENCE = define(
    "full_reference",
    of(
        {"type": "string", "pattern": "@sha256:[0-9a-f]{64}$"},
        "`URL@sha256:…`: where a bundle is and which one it is.",
    ),
)
PROVENANCE = define(
    "provenance",
    of(
        record(
            created=of(TEXT, "When it was pushed, in UTC."),
            author=of(TEXT, "Who pushed it, as git knows them."),
            commit=of(TEXT, "The commit that the project was at."),
            dirty=of(
                {"type": ["boolean", "null"]}, "Whether the project differed from that commit."
            ),
            tool=of(TEXT, "The program and version that pushed it."),
        ),
        'Where a bundle comes from; "" and null stand for what nobody said.',
    ),
)
REASON = define(
    "reason",
    of(
        record(
            code=CODE,
            field=of(
                {
                    "enum": [
                        *("entrypoint", "path", "class_name", "outputs", "scenarios"),
                        *("parameters", "model_output", "data", "code", "data_digests"),
                        *("code_digests", "model_digest", "target_digest"),
                        *("symbol_digest", "behavior_digest"),
                    ]
                },
                "The field of `registry.yaml` that differs.",
            ),
            old=of(MAYBE_TEXT, "What the registry says."),
            new=of(MAYBE_TEXT, "What the code or the files say now."),
            path=of(MAYBE_PATH, "The file that changed."),
            line=LINE,
            via=of(
                listing(PATH), "The chain of imports that leads to the file, from the entry's own."
            ),
            cosmetic=of(FLAG, "It changes digests and no behaviour."),
            evidence=of(TEXT, 'Of a rename or move: why the two are taken for one; "" otherwise.'),
            message=WORDS,
        ),
        "One difference between the registry and the code.",
    ),
)
_STATES = ["fresh", "cosmetic", "stale", "missing", "unparsed", "ambiguous"]
ENTRY_STATE = define("entry_state", {"enum": _STATES})
ENTRY_ACTION = define(
    "entry_action",
    of(
        {"enum": ["none", "update", "rename", "move", "remove", "decide"]},
        "What a sync does with the entry; `decide` waits for a person.",
    ),
)
CHANGE_KIND = define("change_kind", {"enum": ["add", "update", "rename", "move", "remove"]})
ENTRY = define(
    "entry",
    record(
        kind=KIND,
        id=TEXT,
        state=ENTRY_STATE,
        action=ENTRY_ACTION,
        destructive=of(FLAG, "The action loses what a person declared: it needs `--force`."),
        entrypoint=of(TEXT, "As the registry names it."),
        **PLACE,
        reasons=listing(REASON),
        target_sets=of(listing(TEXT), "The target sets that the target is in."),
        candidates=of(listing(ENTRYPOINT), "What an ambiguous entry may be called now."),
    ),
)
FINDING = define(
    "finding",
    of(
        record(
            code=CODE,
            severity={"enum": ["error", "warning", "info"]},
            entity=of(
                TEXT, 'What it is about: `kind:id`, or a file of the project; "" for all of it.'
            ),
            message=WORDS,
            hint=of(TEXT, 'What to do about it, or "".'),
            path=of(
                {"type": ["string", "null"], "pattern": r"^(?!.*\\).+$"},
                "A path relative to the project's root, with `/`; that of a job specification "
                "outside the project begins with `../` or `/`.",
            ),
            line=LINE,
            column=of(LINE, "Column in that line, in characters from 1, where it is known."),
        ),
        "One thing that is wrong, or worth knowing, with the place where it is mended.",
    ),
)
SEVERITIES: Mapping[str, Schema] = dict.fromkeys(("errors", "warnings", "infos"), COUNT)
SUMMARY = define(
    "summary",
    of(
        record(
            **dict.fromkeys(
                ("add", "update", "rename", "move", "remove", "decide", "unchanged"), COUNT
            ),
            **SEVERITIES,
        ),
        "How many entries a sync treats how, and how many findings there are.",
    ),
)
REMOTE_VIEW = define(
    "remote_state",
    record(
        url=TEXT,
        checked=of(FLAG, "The remote was asked (`--remote`)."),
        state={
            "enum": [
                *("unknown", "never-pushed", "synced", "ahead", "behind", "diverged"),
                *("unreachable", "unauthorized"),
            ]
        },
        digest=of(MAYBE_DIGEST, "The bundle that the tag holds, as far as it is known."),
        problem=of(TEXT, 'Why it could not be asked, or "".'),
    ),
)
PROJECT = define(
    "project",
    record(
        name=TEXT,
        registry={"const": ".modelops-bundle/registry.yaml"},
    ),
)
STATUS_FIELDS: Mapping[str, Schema] = {
    "project": PROJECT,
    "in_sync": of(
        FLAG, "The plan is empty and no entry is missing, ambiguous or cannot be parsed."
    ),
    "entries": listing(ENTRY),
    "additions": of(
        listing(record(kind=KIND, id=TEXT, entrypoint=ENTRYPOINT, **PLACE)),
        "What a sync registers: found in files that are registered already.",
    ),
    "unregistered": of(
        listing(record(kind=KIND, entrypoint=ENTRYPOINT, **PLACE)),
        "What is found elsewhere, and only `--discover` registers.",
    ),
    "sections": of(
        listing(
            record(
                section=TEXT,
                name=TEXT,
                change=CHANGE_KIND,
                destructive=FLAG,
                cosmetic=FLAG,
                messages=listing(TEXT),
            )
        ),
        "Changes of the registry beside its entries: target sets, exclusions, source roots.",
    ),
    "environment": of(
        record(
            state={"enum": ["fresh", "cosmetic", "stale"]},
            changes=listing(
                record(
                    path=PATH,
                    old=MAYBE_DIGEST,
                    new=MAYBE_DIGEST,
                    details=of(listing(TEXT), "Such as `numpy >=1.26 -> >=2.0`."),
                )
            ),
        ),
        "Dependency tables and lock files.",
    ),
    "conflicted": of(FLAG, "The registry has git's conflict markers."),
    "conflicts": of(
        listing(record(entity=TEXT, field=TEXT, ours=TEXT, theirs=TEXT)),
        "What two people declared differently.",
    ),
    "preflight": of(listing(FINDING), "Of the registry as it would be after the sync."),
    "summary": SUMMARY,
    "after": of(record(models=COUNT, targets=COUNT), "Entries after the sync."),
    "remote": REMOTE_VIEW,
    "files_": of(
        listing(
            record(
                path=PATH,
                state={"enum": ["unchanged", "changed", "new", "missing"]},
                recorded=MAYBE_DIGEST,
                found=MAYBE_DIGEST,
                entries=of(listing(TEXT), "Entries that use the file, as `kind:id`."),
            )
        ),
        "With `--files` only.",
    ),
}


def named(schema: str) -> Schema:
    """The `schema` key of a document."""
    return {"const": f"mops-bundle.{schema}/1"}


STATUS = define("status", record(schema=named("status"), **STATUS_FIELDS))
PROBLEM = define(
    "problem",
    record(
        kind={
            "enum": [
                *("crashed", "out-of-memory", "timed-out", "import-error", "data-error"),
                *("fact-mismatch", "call-error", "not-run"),
            ]
        },
        message=WORDS,
        hint=TEXT,
        path=of(MAYBE_PATH, "The innermost line of the bundle's own code."),
        line=LINE,
        module=of(MAYBE_TEXT, "The module that is missing."),
        absence=of(
            {"enum": [None, "undeclared", "untracked", "not-installed", "nowhere"]},
            "Why it is missing: `pyproject.toml` does not declare it, it is in the project and "
            "does not travel, it is not installed in this Python, or nothing provides it.",
        ),
        traceback=of(
            listing(
                record(
                    path=TEXT,
                    line=COUNT,
                    function=TEXT,
                    own=of(FLAG, "Code of the bundle: then `path` is one of its paths."),
                )
            ),
            "The innermost line last.",
        ),
    ),
)
VERIFY_FIELDS: Mapping[str, Schema] = {
    "name": of(TEXT, "The project, or the reference as it was asked for."),
    "digest": of(MAYBE_DIGEST, "Of the published bundle; null for a project."),
    "ok": FLAG,
    "python": of(
        optional(
            record(
                executable=TEXT, version=TEXT, chosen=of(TEXT, "Why this one: `--python`, `.venv`.")
            )
        ),
        "Null where nothing was run.",
    ),
    "files": COUNT,
    "size_bytes": COUNT,
    "call": of(FLAG, "Targets were called."),
    "install": of(FLAG, "The bundle was installed into an environment of its own first."),
    "entries": listing(
        record(
            kind=KIND,
            id=TEXT,
            entrypoint=ENTRYPOINT,
            path=PATH,
            line=LINE,
            outcome=of(TEXT, "`ok`, or the kind of the weightiest problem."),
            problems=listing(PROBLEM),
            compared=of(listing(TEXT), "Facts that are as registered."),
            not_compared=of(
                listing(record(fact=TEXT, reason=WORDS)), "Facts that cannot be told at run time."
            ),
            notes=listing(TEXT),
            called=FLAG,
            printed=of(TEXT, "The end of what its process printed."),
            seconds={"type": "number", "minimum": 0},
        )
    ),
    "notes": of(listing(TEXT), "What concerns all entries."),
    "refused": {"enum": [None, "stale", "preflight", "install"]},
    "message": TEXT,
    "hint": TEXT,
    "output": of(listing(TEXT), "What an installer that failed printed last."),
    "status_": of(STATUS, "Where it was refused for what this says."),
}
VERIFICATION = define("verification", record(schema=named("verify"), **VERIFY_FIELDS))
ERROR_FIELDS: Mapping[str, Schema] = {
    "code": of(
        {"type": "string", "pattern": "^[a-z][a-z-]*$"},
        "A stable name for what went wrong, such as `usage` or `not-found`.",
    ),
    "message": WORDS,
    "hint": of(TEXT, 'What to do about it, or "".'),
}
ERROR = define("error", record(schema=named("error"), **ERROR_FIELDS))
PART_STATE = define(
    "part_state",
    of(
        {"enum": [*_STATES, "new", None]},
        "The state of an entry or another part of the registry; `new` is what a sync would "
        "register, and null what is not there.",
    ),
)
VOLUME = define(
    "volume", of(record(blobs=COUNT, bytes=COUNT), "Different contents, and their bytes.")
)
WEIGHTS: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
TARGET_SETS = define(
    "target_sets", listing(record(name=TEXT, targets=listing(TEXT), weights=WEIGHTS))
)
TRACKED: Mapping[str, Schema] = {
    "changed": of(listing(PATH), "What was added or removed."),
    "unchanged": of(listing(PATH), "What was there, or not there, already."),
    "tracked": of(listing(PATH), "The whole list afterwards."),
}
SOURCE_CHANGE = define(
    "source_change",
    of(
        record(
            kept=of(FLAG, "The source as of the last sync is known here."),
            symbols=listing(
                record(
                    kind={"enum": ["def", "class", "name", "import", "code"]},
                    name=TEXT,
                    difference={"enum": ["changed", "added", "removed"]},
                    line=LINE,
                    reached=of(
                        {"type": ["boolean", "null"]},
                        "Whether the entry reaches it by name; null where that cannot be told.",
                    ),
                )
            ),
            summary=TEXT,
            diff=of(
                optional(listing(TEXT)), "The lines of a unified diff; null where it is not known."
            ),
        ),
        "How a source differs from that of the last sync.",
    ),
)
CONFLICT = define(
    "conflict",
    of(
        record(path=TEXT, reason=TEXT, overwrite=of(FLAG, "`--overwrite` settles it.")),
        "A path where local work and the bundle stand against each other.",
    ),
)
MODEL = define(
    "model",
    record(
        id=TEXT,
        entrypoint=ENTRYPOINT,
        path=PATH,
        data=listing(PATH),
        **dict.fromkeys(("outputs", "scenarios", "parameters"), listing(TEXT)),
    ),
)
TARGET = define(
    "target",
    record(
        id=TEXT,
        entrypoint=ENTRYPOINT,
        path=PATH,
        model_output=MAYBE_TEXT,
        data=listing(PATH),
        target_sets=listing(TEXT),
    ),
)
SIDE = define(
    "side",
    record(label=TEXT, digest=of(MAYBE_DIGEST, "Null for the project's own files.")),
)
CACHED_BUNDLE = define(
    "cached_bundle",
    record(
        digest=DIGEST,
        files=COUNT,
        size_bytes=COUNT,
        idle_s=of(COUNT, "Seconds since it was last used."),
        in_use=of(FLAG, "A process holds it."),
    ),
)
BLOBS = define(
    "blobs",
    of(record(count=COUNT, size_bytes=COUNT), "Contents by digest, which bundles are made of."),
)
LAYOUT = define("layout", {"enum": ["files", "packed"]})
STEP = record(command=TEXT, exit_code={"type": "integer"}, output=TEXT)
SELECTED: Mapping[str, Schema] = {
    "url": of(TEXT, "The remote."),
    "digest": DIGEST,
}

#: The name in the `schema` key, without `mops-bundle.` and `/1` -> the document.
DOCUMENTS: Mapping[str, Document] = {
    "error": Document(
        "any command that could not do its work",
        "Printed where no plan could be made. The exit code is 2, 3 or 4.",
        ERROR_FIELDS,
    ),
    "status": Document("status", "The plan, preflight and the remote.", STATUS_FIELDS),
    "watch": Document(
        "watch",
        "One document a line, at each change, for as long as it runs.",
        {
            "at": of(
                {"type": "string", "pattern": r"^\d{4}(-\d\d){2}T\d\d(:\d\d){2}[+-]\d\d:\d\d$"},
                "Local time with its offset (RFC 3339).",
            ),
            "transitions": of(
                listing(record(entity=TEXT, before=PART_STATE, after=PART_STATE)),
                "What differs from the line before that had a status: `model:ID`, `target:ID`, "
                "`environment`, or another part of the registry, with its state then and now.",
            ),
            "found": of(listing(FINDING), "Errors and warnings that are new."),
            "settled": of(listing(FINDING), "Errors and warnings that are gone."),
            "status": of(optional(STATUS), "Null where none can be worked out for now."),
            "error": of(optional(ERROR), "Why there is no status, or null."),
        },
    ),
    "sync": Document(
        "sync, register-model, register-target",
        "The plan, and what became of it. Findings and remote are those that the sync left.",
        {
            **STATUS_FIELDS,
            "written": of(FLAG, "The registry was written."),
            "refused": of(
                {"enum": [None, "destructive", "ambiguous", "unparsed", "conflict"]},
                "Why nothing was written; null where nothing stood against it.",
            ),
            "passed_over_": of(
                listing(PATH), "Files given to a register command in which nothing was found."
            ),
        },
    ),
    "check": Document(
        "check",
        "The plan and preflight, as findings.",
        {
            "project": PROJECT,
            "ok": of(FLAG, "The verdict under the options that were given."),
            "findings": of(listing(FINDING), "Errors first."),
            **SEVERITIES,
        },
    ),
    "push": Document(
        "push",
        "What was published, or why nothing was.",
        {
            "ref": of(optional(FULL_REFERENCE), "Null where the push was refused."),
            "digest": of(MAYBE_DIGEST, "Null where the push was refused."),
            "tags": listing(TEXT),
            "files": COUNT,
            "uploaded": VOLUME,
            "reused": VOLUME,
            "layout": of(
                optional(LAYOUT), "`packed` needs workers with this tool; null where refused."
            ),
            "unrecorded": of(TEXT, 'Why the remote did not take who published it and when, or "".'),
            "refused": {"enum": [None, "stale", "preflight", "verify", "changed", "tag-moved"]},
            "url": TEXT,
            "dry_run": FLAG,
            "recorded": of(FLAG, "Cosmetic digests were written to the registry first."),
            "entries": COUNT,
            "message": TEXT,
            "hint": TEXT,
            "status_": of(STATUS, "Where it was refused for what this says."),
            "verification_": of(VERIFICATION, "With `--verify`."),
        },
    ),
    "verify": Document(
        "verify",
        "What running the entries of a bundle, as workers do, showed.",
        VERIFY_FIELDS,
    ),
    "pull": Document(
        "pull",
        "What was written, or which paths need a decision.",
        {
            "url": TEXT,
            "ref": of(TEXT, "As it was asked for."),
            "digest": DIGEST,
            "added": listing(PATH),
            "updated": listing(PATH),
            "deleted": listing(PATH),
            "kept": of(listing(PATH), "Changed here and not there."),
            "stay_deleted": of(listing(PATH), "Those of `kept` that were deleted here."),
            "conflicts": listing(CONFLICT),
            "pulled": FLAG,
            "refused": {"enum": [None, "conflict"]},
            "dry_run": FLAG,
            "backup": of(MAYBE_TEXT, "The folder with what `--overwrite` replaced."),
            "fetched_bytes": COUNT,
            "elsewhere": of(
                listing(PATH), "Files of extra roots that differ; they are never written."
            ),
        },
    ),
    "diff": Document(
        "diff",
        "What differs between two bundles, or between the project and one.",
        {
            "old": SIDE,
            "new": SIDE,
            "equal": FLAG,
            "entries": listing(
                record(
                    kind=KIND,
                    id=TEXT,
                    old_id=of(MAYBE_TEXT, "Its id on the old side, where that is another."),
                    change=CHANGE_KIND,
                    cosmetic=of(FLAG, "Both sides compute the same."),
                    old_behavior=MAYBE_SEMANTIC,
                    new_behavior=MAYBE_SEMANTIC,
                    fields=listing(record(field=TEXT, old=TEXT, new=TEXT)),
                    data=of(listing(PATH), "Data files whose contents differ."),
                )
            ),
            "behavior": of(
                record(
                    unchanged=of(listing(ENTITY), "Results of the old side stay valid."),
                    changed=of(listing(ENTITY), "Results of the old side are outdated."),
                    unknown=of(listing(ENTITY), "One of the sides has no behaviour digest."),
                ),
                "Entries that are on both sides, by their newer id.",
            ),
            "target_sets": listing(TEXT),
            "environment": listing(PATH),
            "files": of(
                listing(record(path=PATH, old=MAYBE_DIGEST, new=MAYBE_DIGEST)),
                "Null where the file is not there.",
            ),
        },
    ),
    "list": Document(
        "list",
        "The registry.",
        {
            "models": listing(MODEL),
            "targets": listing(TARGET),
            "target_sets": TARGET_SETS,
            "excluded": listing(ENTRYPOINT),
        },
    ),
    "show": Document(
        "show",
        "One entry as the registry has it.",
        {
            "kind": KIND,
            "id": TEXT,
            "entrypoint": ENTRYPOINT,
            "path": PATH,
            "class_name": of(MAYBE_TEXT, "Null for a target."),
            **dict.fromkeys(("outputs", "scenarios", "parameters"), listing(TEXT)),
            "model_output": of(MAYBE_TEXT, "Null for a model."),
            "data": listing(PATH),
            "data_digests": DIGESTS,
            "code": listing(PATH),
            "code_digests": DIGESTS,
            "source_digest": of(MAYBE_DIGEST, "`model_digest` or `target_digest`."),
            "symbol_digest": MAYBE_SEMANTIC,
            "behavior_digest": MAYBE_SEMANTIC,
            "declared": of(
                optional(
                    record(
                        data=listing(PATH),
                        code=listing(PATH),
                        outputs=listing(TEXT),
                        model_output=MAYBE_TEXT,
                    )
                ),
                "Null where that is not known: the existing tool wrote the entry.",
            ),
            "target_sets": listing(TEXT),
        },
    ),
    "explain": Document(
        "explain",
        "Every input of one entry, and what the entry is an input of.",
        {
            "kind": KIND,
            "id": TEXT,
            "symbol": of(TEXT, "What the entry's symbol is called now."),
            "state": ENTRY_STATE,
            "action": ENTRY_ACTION,
            **PLACE,
            "inputs": listing(
                record(
                    role={"enum": ["code", "data", "link", "environment"]},
                    state={
                        "enum": [
                            *("fresh", "cosmetic", "stale", "missing", "added", "removed"),
                            "undeclared",
                        ]
                    },
                    path=MAYBE_PATH,
                    line=LINE,
                    old=of(MAYBE_TEXT, "A digest; of a link, the name of an output."),
                    new=of(MAYBE_TEXT, "A digest; of a link, the name of an output."),
                    via=of(listing(PATH), "The chain of imports that leads to the file."),
                    change=optional(SOURCE_CHANGE),
                    details=of(listing(TEXT), "What is other in a dependency table or lock file."),
                    models=of(
                        listing(record(id=TEXT, state=ENTRY_STATE)),
                        "Of a link: the models that have the output.",
                    ),
                    read_at=of(
                        optional(record(**PLACE)),
                        "Where code reads a file that the entry does not declare.",
                    ),
                )
            ),
            "changed": of(COUNT, "Inputs that can make a difference."),
            "differences": of(listing(REASON), "Those beside the inputs."),
            "candidates": listing(ENTRYPOINT),
            "downstream": record(
                invalid=of(FLAG, "Results of what is listed here may no longer hold."),
                targets=listing(record(id=TEXT, output=TEXT)),
                target_sets=listing(TEXT),
            ),
            "fix": of(MAYBE_TEXT, "The command that mends it."),
        },
    ),
    "graph": Document(
        "graph",
        "What depends on what: of the project, of one entry, or of a path.",
        {
            "project": TEXT,
            "path": of(MAYBE_PATH, "The path that was asked about."),
            "focus": of(listing(TEXT), "Ids of the nodes that were asked about."),
            "nodes": listing(
                record(
                    id=TEXT,
                    kind={
                        "enum": [
                            *("model", "target", "output", "target_set"),
                            *("code", "data", "environment"),
                        ]
                    },
                    name=TEXT,
                    state=of(
                        {"enum": [*_STATES, "added", "undeclared"]},
                        "Against what the registry recorded of it; `undeclared` is what code reads "
                        "and nothing declares.",
                    ),
                    affected=of(FLAG, "It, or something that it depends on, is not as recorded."),
                    path=MAYBE_PATH,
                    line=LINE,
                    reasons=of(
                        listing(
                            record(
                                code=of(MAYBE_TEXT, "Null for what has no rule of its own."),
                                message=TEXT,
                                path=MAYBE_PATH,
                                line=LINE,
                                via=of(listing(PATH), "The chain of imports that leads there."),
                                cosmetic=FLAG,
                            )
                        ),
                        "What differs, as `status` tells it; of a file, who reads it without "
                        "declaring it.",
                    ),
                )
            ),
            "edges": of(
                listing(
                    record(
                        **{"from": TEXT, "to": TEXT},
                        kind=of(
                            {
                                "enum": [
                                    *("imports", "defined_in", "needs", "reads", "provided_by"),
                                    *("compares", "holds", "runs_with", "reads_undeclared"),
                                ]
                            },
                            "What `to` does with `from`; no sync sees a change along "
                            "`reads_undeclared`.",
                        ),
                    )
                ),
                "A change of `from` concerns `to`.",
            ),
        },
    ),
    "target-set": Document(
        "target-set set, list, show, delete", "Target sets.", {"target_sets": TARGET_SETS}
    ),
    "unregister": Document(
        "unregister",
        "What left the registry.",
        {
            "removed": listing(ENTITY),
            "target_sets": of(listing(TEXT), "Target sets that lost a target."),
            "emptied": of(listing(TEXT), "Those of them that are gone, as none was left."),
        },
    ),
    "rename": Document(
        "rename",
        "An id that was changed.",
        {
            "kind": KIND,
            "old": TEXT,
            "new": TEXT,
            "target_sets": of(listing(TEXT), "Target sets that name it."),
        },
    ),
    "files": Document(
        "files",
        "What a push publishes, and why.",
        {
            "files": listing(
                record(
                    path=PATH,
                    size_bytes=COUNT,
                    digest=DIGEST,
                    why={"enum": ["registry", "entry", "tracked", "project"]},
                    entries=of(listing(TEXT), "Entries that use the file, as `kind:id`."),
                )
            ),
            "missing": of(listing(PATH), "What would travel if it were there."),
            "total_bytes": COUNT,
        },
    ),
    "init": Document(
        "init",
        "What was made.",
        {
            "project": TEXT,
            "root": TEXT,
            "remote": of(TEXT, 'A URL, the name of an environment, `local`, or "".'),
            "created": listing(PATH),
            "kept": of(listing(PATH), "Files that were there already."),
            "registry_ignored": of(FLAG, "Git ignores `registry.yaml`, and must not."),
        },
    ),
    "versions": Document(
        "versions",
        "Published bundles, the newest first.",
        {
            "url": TEXT,
            "versions": listing(
                record(
                    digest=DIGEST,
                    tags=of(listing(TEXT), "The immutable one too."),
                    provenance=optional(PROVENANCE),
                )
            ),
        },
    ),
    "inspect": Document(
        "inspect",
        "What one published bundle holds.",
        {
            "url": TEXT,
            "ref": FULL_REFERENCE,
            "digest": DIGEST,
            "layout": LAYOUT,
            "files": listing(
                record(
                    path=PATH,
                    digest=DIGEST,
                    size_bytes=COUNT,
                    media_type=TEXT,
                    uri=of(MAYBE_TEXT, "Where it is, if in object storage."),
                )
            ),
            "total_bytes": COUNT,
            "models": listing(MODEL),
            "targets": listing(TARGET),
            "target_sets": TARGET_SETS,
            "behavior": of(
                {
                    "type": "object",
                    "propertyNames": ENTITY,
                    "additionalProperties": MAYBE_SEMANTIC,
                },
                "Behaviour digests by `kind:id`.",
            ),
            "environment": DIGESTS,
            "provenance": optional(PROVENANCE),
        },
    ),
    "manifest": Document(
        "manifest",
        "Published tags, for scripts of the existing tool.",
        {"url": TEXT, "tags": {"type": "object", "additionalProperties": DIGEST}},
    ),
    "tag": Document(
        "tag",
        "A tag that was set.",
        {
            "url": TEXT,
            "tag": TEXT,
            "digest": DIGEST,
            "before": of(MAYBE_DIGEST, "What it held; null where it is new."),
        },
    ),
    "copy": Document(
        "copy",
        "A bundle that was published in a second place.",
        {
            "source": TEXT,
            "url": of(TEXT, "The second place."),
            "ref": FULL_REFERENCE,
            "digest": DIGEST,
            "tags": listing(TEXT),
            "copied": VOLUME,
            "mounted": of(VOLUME, "What the registry moved by itself."),
            "reused": of(VOLUME, "What was there already."),
            "external": of(COUNT, "Files that stay in object storage."),
            "external_bytes": of(COUNT, "Their size."),
            "containers": of(
                listing(TEXT), "Where they are, `s3://name`: whoever pulls needs access there too."
            ),
            "unrecorded": of(TEXT, 'Why it did not take who published it and when, or "".'),
        },
    ),
    "delete": Document(
        "delete",
        "A bundle that was deleted.",
        {"url": TEXT, "digest": DIGEST, "tags": of(listing(TEXT), "The tags that named it.")},
    ),
    "ensure": Document(
        "ensure",
        "A bundle in a folder that is no project.",
        {
            "url": TEXT,
            "ref": FULL_REFERENCE,
            "digest": DIGEST,
            "folder": TEXT,
            "files": of(COUNT, "Files that the bundle has."),
            "written": listing(PATH),
            "removed": of(listing(TEXT), "What is no longer there."),
            "conflicts": listing(CONFLICT),
            "refused": {"enum": [None, "conflict"]},
            "backup": of(MAYBE_TEXT, "The folder with what was replaced."),
            "fetched_bytes": of(COUNT, "From the remote."),
            "cached_bytes": of(COUNT, "From the cache of this machine."),
        },
    ),
    "env": Document(
        "env list, show, switch; dev env",
        "Environment files; of secrets only whether they are set.",
        {
            "pinned": MAYBE_TEXT,
            "available": of(listing(TEXT), "Those whose file can be read."),
            "environments": listing(
                record(
                    name=TEXT,
                    pinned=FLAG,
                    registry=MAYBE_TEXT,
                    username=MAYBE_TEXT,
                    password_set=FLAG,
                    insecure=FLAG,
                    storage=MAYBE_TEXT,
                    keys_set=FLAG,
                    problem=of(TEXT, 'Why the file cannot be read, or "".'),
                )
            ),
        },
    ),
    "remote": Document(
        "remote show, set",
        "Where the project's bundles go.",
        {
            "remote": MAYBE_TEXT,
            "before": of(MAYBE_TEXT, "What it was."),
            "pinned": of(MAYBE_TEXT, "The environment that goes before it."),
            "insecure": FLAG,
        },
    ),
    "login": Document(
        "login",
        "A login that was kept.",
        {
            "host": TEXT,
            "username": TEXT,
            "kept_in": TEXT,
            "checked": of(FLAG, "The registry asked for it and took it."),
        },
    ),
    "logout": Document(
        "logout", "A login that was forgotten.", {"host": TEXT, "known": of(FLAG, "There was one.")}
    ),
    "add": Document("add", "Further files that travel.", TRACKED),
    "remove": Document("remove", "Further files that travel.", TRACKED),
    "cache-info": Document(
        "cache info",
        "What the cache holds; the longest unused comes last.",
        {
            "folder": TEXT,
            "bundles": listing(CACHED_BUNDLE),
            "blobs": BLOBS,
            "unfinished": of(COUNT, "Bundles that were not fetched to their end."),
            "size_bytes": COUNT,
        },
    ),
    "cache-prune": Document(
        "cache prune",
        "What was freed.",
        {
            "dry_run": FLAG,
            "folder": TEXT,
            "removed": listing(CACHED_BUNDLE),
            "in_use": of(listing(DIGEST), "Bundles that could not go."),
            "blobs": of(BLOBS, "Contents that no bundle has any more."),
            "unfinished": COUNT,
            "freed_bytes": COUNT,
            "size_bytes": of(COUNT, "What is left."),
        },
    ),
    "cache-verify": Document(
        "cache verify",
        "What reading everything back showed.",
        {
            "folder": TEXT,
            "bundles": COUNT,
            "blobs": COUNT,
            "damaged": of(
                listing(record(digest=DIGEST, paths=listing(PATH))),
                "Bundles with damaged files; the next use mends them.",
            ),
            "dropped": of(listing(DIGEST), "Contents that were damaged."),
            "strangers": of(
                listing(record(digest=DIGEST, paths=listing(PATH))),
                "Modules that somebody has put into a bundle.",
            ),
        },
    ),
    "completion": Document(
        "completion",
        "The script that completes commands in a shell.",
        {"shell": {"enum": ["bash", "zsh", "fish"]}, "script": of(TEXT, "What to save.")},
    ),
    "demo": Document(
        "demo",
        "The story of the example: each command, and what it printed.",
        {"steps": listing(STEP)},
    ),
}
