"""Builders for registries, observations and plans, with defaults that fit one another.

`model("SIR")` is the entry of the class that `found_model("SIR")` finds, in a file that
`observation(found_model("SIR"))` holds, with the same digests: a test states only what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modelops_bundle.core.behavior import statements_digest
from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import (
    Closure,
    Discovered,
    FileSemantics,
    FileState,
    ListFact,
    ModelFacts,
    Observation,
    ParseFailure,
    ProjectFacts,
    TargetFacts,
    Unresolved,
)
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

MODEL_FILE = "models/sir.py"
TARGET_FILE = "targets/incidence.py"
REGISTRY_DIGEST = Digest.of_bytes(b"registry.yaml")


def paths(*texts: str) -> tuple[BundlePath, ...]:
    """Several paths."""
    return tuple(BundlePath.parse(text) for text in texts)


def content_digest(content: str) -> Digest:
    """The digest of a file with this text."""
    return Digest.of_bytes(content.encode())


def body_digest(body: str) -> SemanticDigest:
    """The symbol digest of a definition with this body."""
    return SemanticDigest(f"v1:{Digest.of_bytes(body.encode())}")


def default_content(path: str) -> str:
    """What a file holds where a test does not say."""
    return f"content of {path}"


def module_of(path: str) -> str:
    """The module that a file is, seen from the project root or from `src`."""
    stem = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
    return stem.replace("/", ".")


def _entry_fields(symbol: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Turn texts into the types that an entry holds, and record the default digests."""
    data = paths(*fields.pop("data", ()))
    code = paths(*fields.pop("code", ()))
    return {
        "entrypoint": Entrypoint.of(module_of(path), symbol),
        "path": BundlePath.parse(path),
        "data": data,
        "data_digests": {name: content_digest(default_content(name)) for name in data},
        "code": code,
        "code_digests": {name: content_digest(default_content(name)) for name in code},
        "source_digest": content_digest(default_content(path)),
        "symbol_digest": body_digest(symbol),
        **fields,
    }


def model(symbol: str = "SIR", path: str = MODEL_FILE, **fields: Any) -> ModelEntry:
    """A model entry; `data` and `code` may be plain texts, other fields are taken as they are."""
    fields.setdefault("scenarios", ("baseline",))
    fields.setdefault("outputs", ("incidence",))
    fields.setdefault("class_name", symbol.rpartition(".")[2])
    return ModelEntry(**_entry_fields(symbol, path, fields))


def target(symbol: str = "incidence_target", path: str = TARGET_FILE, **fields: Any) -> TargetEntry:
    """A target entry, as `model`."""
    fields.setdefault("model_output", "incidence")
    return TargetEntry(**_entry_fields(symbol, path, fields))


def declared(
    *,
    data: Iterable[str] = (),
    code: Iterable[str] = (),
    outputs: Iterable[str] = (),
    model_output: str | None = None,
) -> Declared:
    """What a person named."""
    return Declared(
        data=paths(*data), code=paths(*code), outputs=tuple(outputs), model_output=model_output
    )


def target_set(*targets: str, **weights: float) -> TargetSet:
    """A target set; weights by keyword."""
    return TargetSet(targets=targets, weights=weights)


def registry(
    models: Mapping[str, ModelEntry] | None = None,
    targets: Mapping[str, TargetEntry] | None = None,
    **fields: Any,
) -> BundleRegistry:
    """A registry; without arguments an empty one."""
    return BundleRegistry(models=models or {}, targets=targets or {}, **fields)


def unresolved(
    expression: str = "f()",
    *candidates: str,
    reason: str = "a call",
    path: str = MODEL_FILE,
    line: int = 1,
) -> Unresolved:
    """A fact that the code does not settle."""
    return Unresolved(
        expression=expression,
        reason=reason,
        location=Location(BundlePath.parse(path), line),
        candidates=candidates,
    )


def list_fact(values: Iterable[str] | ListFact) -> ListFact:
    """A complete list of names, or the list as it is."""
    return values if isinstance(values, ListFact) else ListFact(tuple(values))


def found_model(
    symbol: str = "SIR",
    path: str = MODEL_FILE,
    *,
    line: int = 1,
    body: str | None = None,
    outputs: Iterable[str] | ListFact = ("incidence",),
    scenarios: Iterable[str] | ListFact = ("baseline",),
    parameters: Iterable[str] | ListFact = (),
    convention: str = "calabaria",
    abstract: bool = False,
) -> Discovered:
    """A model class in the code; `body` decides its symbol digest (default: the symbol)."""
    return Discovered(
        kind=Kind.MODEL,
        entrypoint=Entrypoint.of(module_of(path), symbol),
        path=BundlePath.parse(path),
        facts=ModelFacts(
            outputs=list_fact(outputs),
            scenarios=list_fact(scenarios),
            parameters=list_fact(parameters),
        ),
        location=Location(BundlePath.parse(path), line),
        symbol_digest=body_digest(symbol if body is None else body),
        convention=convention,
        abstract=abstract,
    )


def found_target(
    symbol: str = "incidence_target",
    path: str = TARGET_FILE,
    *,
    line: int = 1,
    body: str | None = None,
    model_output: str | Unresolved | None = "incidence",
    data: Iterable[str] | ListFact | None = None,
    body_output: str | None = None,
    convention: str = "calabaria",
) -> Discovered:
    """A target function in the code, as `found_model`."""
    return Discovered(
        kind=Kind.TARGET,
        entrypoint=Entrypoint.of(module_of(path), symbol),
        path=BundlePath.parse(path),
        facts=TargetFacts(
            model_output=model_output,
            data=None if data is None else list_fact(data),
            body_output=body_output,
        ),
        location=Location(BundlePath.parse(path), line),
        symbol_digest=body_digest(symbol if body is None else body),
        convention=convention,
    )


def file_state(path: str, content: str | None = None) -> FileState:
    """A file with this text (default: `default_content`)."""
    text = default_content(path) if content is None else content
    return FileState(BundlePath.parse(path), content_digest(text), len(text.encode()))


def semantics(content: str) -> FileSemantics:
    """What a file with this text means: here every change of the text is one of meaning."""
    return FileSemantics(statements_digest([content_digest(content)]))


def closure(
    path: str = MODEL_FILE,
    *files: str,
    contents: Mapping[str, str] | None = None,
    via: Mapping[str, str] | None = None,
    third_party: Mapping[str, Location] | None = None,
    **fields: Any,
) -> Closure:
    """A closure in which the module's own file imports all others, unless `via` says more."""
    contents = contents or {}
    chain = {**dict.fromkeys(files, path), **(via or {})}
    fields.setdefault("lines", {BundlePath.parse(name): 1 for name in sorted(files)})
    return Closure(
        path=BundlePath.parse(path),
        files=paths(*sorted(files)),
        via={BundlePath.parse(name): BundlePath.parse(by) for name, by in chain.items()},
        semantics={
            BundlePath.parse(name): semantics(contents.get(name, default_content(name)))
            for name in (path, *sorted(files))
        },
        third_party=third_party or {},
        **fields,
    )


def parse_failure(path: str, line: int = 1, message: str = "invalid syntax") -> ParseFailure:
    """Source that cannot be parsed."""
    return ParseFailure(path=BundlePath.parse(path), message=message, line=line, column=1)


def project(**fields: Any) -> ProjectFacts:
    """A project that preflight has nothing to say about, unless the fields say otherwise."""
    fields.setdefault("name", "starsim-sir")
    fields.setdefault("wire", "a dependency on modelops-calabaria")
    fields.setdefault("packages", frozenset(paths("models", "targets")))
    for name in ("ignored", "packages"):
        if name in fields:
            fields[name] = frozenset(BundlePath.parse(text) for text in fields[name])
    fields["tracked"] = paths(*fields.get("tracked", ()))
    return ProjectFacts(**fields)


def observation(
    *discovered: Discovered,
    files: Iterable[str] | Mapping[str, str] = (),
    closures: Iterable[Closure] = (),
    failures: Iterable[ParseFailure] = (),
    **fields: Any,
) -> Observation:
    """A project that holds these symbols.

    Args:
        discovered: Symbols; their files are there, each with a closure of its own unless one is
            given.
        files: Further files; a mapping also gives texts, for these and for symbols' files.
        closures: Closures; their files are there.
        failures: Files that cannot be parsed; they are there.
        fields: Other fields of `Observation`.
    """
    contents = dict(files) if isinstance(files, Mapping) else {}
    failures = tuple(failures)
    by_path = {found.path: closure(found.path, contents=contents) for found in discovered}
    by_path.update({given.path: given for given in closures})
    names = {*files, *by_path, *(failure.path for failure in failures)}
    for given in by_path.values():
        names.update(given.files)
    fields.setdefault("project", project())
    return Observation(
        files={BundlePath.parse(name): file_state(name, contents.get(name)) for name in names},
        discovered=tuple(
            sorted(discovered, key=lambda found: (found.path, found.location.line, found.kind))
        ),
        closures=by_path,
        parse_failures={failure.path: failure for failure in failures},
        **fields,
    )


def plan(record: BundleRegistry, result: BundleRegistry | None = None, **fields: Any) -> SyncPlan:
    """A plan; without a result, one that changes nothing."""
    return SyncPlan(
        base=REGISTRY_DIGEST, record=record, result=record if result is None else result, **fields
    )
