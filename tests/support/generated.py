"""Generated projects as the planner sees them, and the records that a sync of one left.

The names are few on purpose: edits, renames, moves, swaps, splits, merges and copies then arise
by themselves between two independent projects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from modelops_bundle.core.behavior import statements_digest
from modelops_bundle.core.observation import (
    Closure,
    Discovered,
    FileSemantics,
    ListFact,
    Observation,
)
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import PlanOptions, Registration
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from support.registries import (
    content_digest,
    declared,
    file_state,
    found_model,
    found_target,
    parse_failure,
    paths,
    target_set,
    unresolved,
)

FILES = ("models/sir.py", "models/seir.py", "targets/incidence.py", "src/epi/flu.py")
HELPERS = ("lib/a.py", "lib/b.py")
DATA = ("data/a.csv", "data/b.csv", "data/many/c.csv", "data/many/d.csv")
FOLDER = BundlePath("data/many")
NAMES = ("alpha", "beta", "gamma", "delta")
OUTPUTS = ("incidence", "prevalence", "deaths")
BODIES = ("one", "two", "three", "four")
LOCK = BundlePath("uv.lock")


@dataclass(frozen=True)
class Symbol:
    """One definition; `used` says that other code of its file's closures names it."""

    kind: Kind
    path: str
    name: str
    body: str
    outputs: tuple[str, ...]
    unsettled: bool
    data: tuple[str, ...] | None
    convention: str
    abstract: bool
    used: bool


symbols = st.builds(
    Symbol,
    kind=st.sampled_from(Kind),
    path=st.sampled_from(FILES),
    name=st.sampled_from(NAMES),
    body=st.sampled_from(BODIES),
    outputs=st.lists(st.sampled_from(OUTPUTS), unique=True, min_size=1).map(tuple),
    unsettled=st.sampled_from([False] * 4 + [True]),
    data=st.one_of(
        st.none(), st.lists(st.sampled_from((*DATA[:2], str(FOLDER))), unique=True).map(tuple)
    ),
    convention=st.sampled_from(["calabaria"] * 4 + [""]),
    abstract=st.sampled_from([False] * 4 + [True]),
    used=st.booleans(),
)


def discovered(symbol: Symbol, line: int) -> Discovered:
    """The symbol as the analysis finds it."""
    open_fact = unresolved("NAME", *symbol.outputs[:2], path=symbol.path)
    if symbol.kind is Kind.MODEL:
        outputs = ListFact(symbol.outputs[1:], (open_fact,)) if symbol.unsettled else symbol.outputs
        return found_model(
            symbol.name,
            symbol.path,
            line=line,
            body=symbol.body,
            outputs=outputs,
            convention=symbol.convention,
            abstract=symbol.abstract,
        )
    data = symbol.data if symbol.convention else None
    if symbol.unsettled and data is not None:
        data = ListFact(paths(*data[1:]), (open_fact,))  # type: ignore[assignment]
    output = None if not symbol.convention else symbol.outputs[0]
    return found_target(
        symbol.name,
        symbol.path,
        line=line,
        body=symbol.body,
        model_output=open_fact if symbol.unsettled and symbol.convention else output,
        data=data,
        convention=symbol.convention,
    )


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """A project: definitions, helpers, data, a folder of data, comments, and broken files."""
    found = draw(st.lists(symbols, max_size=7, unique_by=lambda s: (s.path, s.name)))
    broken = draw(st.sampled_from([()] * 4 + [(FILES[0],), (FILES[2],)]))
    whole = [s for s in found if s.path not in broken]
    meanings = {name: draw(st.sampled_from("xy")) for name in (*FILES, *HELPERS)}
    comments = {name: draw(st.sampled_from(["", " # a", " # b"])) for name in meanings}
    present = draw(st.sets(st.sampled_from((*DATA, *HELPERS)), min_size=3))
    imports = {
        path: draw(st.lists(st.sampled_from((*HELPERS, *FILES)), unique=True)) for path in FILES
    }
    statements = {path: _statements(path, meanings[path], whole) for path in meanings}
    texts = {path: f"{statements[path]}{comments[path]}" for path in {s.path for s in found}}
    texts |= {path: draw(st.sampled_from("xy")) for path in DATA if path in present}
    texts |= {path: f"{meanings[path]}{comments[path]}" for path in HELPERS if path in present}
    closures = [
        _closure(path, [p for p in imports[path] if p in texts and p != path], whole, statements)
        for path in sorted({s.path for s in found})
    ]
    closures = [
        replace(one, dangling=_dangling(p for p in imports[one.path] if p not in texts))
        for one in closures
    ]
    items = [discovered(symbol, line) for line, symbol in enumerate(whole, start=1)]
    return Observation(
        files={BundlePath(path): file_state(path, text) for path, text in texts.items()},
        directories=_folders(texts),
        discovered=tuple(sorted(items, key=lambda one: (one.path, one.location.line, one.kind))),
        closures={one.path: one for one in closures},
        parse_failures={BundlePath(path): parse_failure(path) for path in broken if path in texts},
        environment=draw(
            st.sampled_from([{}, {LOCK: content_digest("1")}, {LOCK: content_digest("2")}])
        ),
        source_roots=draw(st.sampled_from([paths("."), paths(".", "src")])),
        similarity=draw(_similarities),
    )


_entrypoints = st.builds(
    Entrypoint.of,
    st.sampled_from(("models.sir", "models.seir", "targets.incidence", "epi.flu")),
    st.sampled_from(NAMES),
)
_similarities = st.dictionaries(
    st.tuples(_entrypoints, _entrypoints), st.sampled_from([0.1, 0.59, 0.6, 0.9]), max_size=6
)


def _statements(path: str, header: str, found: Iterable[Symbol]) -> tuple[tuple[str, str], ...]:
    mine = ((s.name, content_digest(s.name + s.body)) for s in found if s.path == path)
    return (("", content_digest(header)), *mine)


def _closure(
    path: str,
    imported: list[str],
    found: Iterable[Symbol],
    statements: dict[str, tuple[tuple[str, str], ...]],
) -> Closure:
    members = [path, *imported]
    return Closure(
        path=BundlePath(path),
        files=paths(*sorted(imported)),
        via=dict.fromkeys(paths(*imported), BundlePath(path)),
        semantics={
            BundlePath(name): FileSemantics(
                statements_digest(text for _, text in statements[name]), statements[name]
            )
            for name in members
        },
        droppable=frozenset(
            (BundlePath(s.path), s.name) for s in found if s.path in members and not s.used
        ),
    )


def _dangling(files: Iterable[str]) -> frozenset[str]:
    return frozenset(
        file.removeprefix("src/").removesuffix(".py").replace("/", ".") for file in files
    )


def _folders(texts: Iterable[str]) -> dict[BundlePath, tuple[BundlePath, ...]]:
    below = tuple(sorted(path for path in paths(*texts) if path.is_within(FOLDER)))
    return {FOLDER: below} if below else {}


@st.composite
def records(draw: st.DrawFn, observed: Observation) -> BundleRegistry:
    """A registry as a sync of some project wrote it, with what people add by hand."""
    registry = plan_sync(BundleRegistry(), observed, PlanOptions(discover=True)).result
    for key, entry in list(registry.entries()):
        how = draw(st.sampled_from(["as it is", "as it is", "declared", "legacy", "twin"]))
        if how == "declared":
            named = declared(
                data=draw(st.lists(st.sampled_from((*DATA, str(FOLDER))), unique=True)),
                code=draw(st.lists(st.sampled_from((*HELPERS, *DATA[:1])), unique=True)),
                model_output=draw(st.sampled_from([None, *OUTPUTS]))
                if key.kind is Kind.TARGET
                else None,
                outputs=draw(st.lists(st.sampled_from(OUTPUTS), unique=True))
                if key.kind is Kind.MODEL
                else (),
            )
            registry = registry.with_entry(key, replace(entry, declared=named))
        elif how == "legacy":
            extra = draw(st.lists(st.sampled_from(paths(*DATA, *HELPERS)), unique=True))
            bare = replace(
                entry,
                declared=None,
                symbol_digest=None,
                behavior_digest=None,
                source_digest=draw(st.sampled_from([None, entry.source_digest])),
                data=tuple(dict.fromkeys((*entry.data, *extra))),
                code=draw(st.sampled_from([(), entry.code, tuple(extra)])),
                code_digests={},
            )
            registry = registry.with_entry(key, bare)
        elif how == "twin":
            registry = registry.with_entry(EntryKey(key.kind, f"twin of {key.id}"), entry)
    members = list(registry.targets)
    if members:
        chosen = draw(st.lists(st.sampled_from(members), unique=True, min_size=1))
        group = target_set(*chosen, **dict.fromkeys(chosen[:1], 2.0))
        registry = replace(registry, target_sets={"mine": group})
    return replace(
        registry,
        version=draw(st.sampled_from(["1.0", "1.1"])),
        excluded=tuple(draw(st.lists(_entrypoints, unique=True, max_size=3))),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[BundleRegistry, Observation]:
    """A record of one project, and what that project has become."""
    before, after = draw(observations()), draw(observations())
    return draw(records(before)), after


@st.composite
def registrations(draw: st.DrawFn, observed: Observation) -> PlanOptions:
    """What `register-model` and `register-target` ask of a plan."""
    chosen = draw(st.lists(st.sampled_from(observed.discovered), unique=True, max_size=2))
    wanted = tuple(
        Registration(
            kind=item.kind,
            path=item.path,
            symbol=item.symbol,
            declared=declared(data=draw(st.lists(st.sampled_from(DATA), unique=True, max_size=2))),
        )
        for item in chosen
    )
    return PlanOptions(register=wanted, scope=frozenset(item.path for item in chosen))
