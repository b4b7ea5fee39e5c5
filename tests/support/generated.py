"""Generated projects as the planner sees them, and the records that a sync of one left.

A project is generated and then edited a little: most entries stay what they were, so that what
must not change is put to the test as well as what must. Names are few on purpose: swaps, splits,
merges and copies then arise by themselves.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from modelops_bundle.core.behavior import statements_digest
from modelops_bundle.core.digest import Digest
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
    module_of,
    parse_failure,
    paths,
    target_set,
    unresolved,
)

FILES = ("models/sir.py", "models/seir.py", "targets/incidence.py", "src/epi/flu.py")
HELPERS = ("lib/a.py", "lib/b.py")
SOURCES = (*FILES, *HELPERS)
DATA = ("data/a.csv", "data/b.csv", "data/many/c.csv", "data/many/d.csv")
SCRIPT = "run.R"
FOLDER = BundlePath("data/many")
NAMES = ("alpha", "beta", "gamma", "delta")
OUTPUTS = ("incidence", "prevalence", "deaths")
BODIES = ("one", "two", "three", "four")
LOCK = BundlePath("uv.lock")


Likeness = dict[tuple[Entrypoint, Entrypoint], float]


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


@dataclass(frozen=True)
class GeneratedProject:
    """What a project holds.

    Attributes:
        symbols: Definitions, in the order of their files.
        meanings: What each source file means beside its definitions.
        comments: What it holds that means nothing.
        texts: Files that are no part of a closure of their own; helpers only by their presence.
        imports: What each file with definitions imports, be it there or not.
        broken: Files that cannot be parsed.
    """

    symbols: tuple[Symbol, ...]
    meanings: Mapping[str, str]
    comments: Mapping[str, str]
    texts: Mapping[str, str]
    imports: Mapping[str, tuple[str, ...]]
    broken: tuple[str, ...]
    environment: Mapping[BundlePath, Digest]
    source_roots: tuple[BundlePath, ...]
    similarity: Mapping[tuple[Entrypoint, Entrypoint], float]


def observe(project: GeneratedProject) -> Observation:
    """The project as the scan and the analysis see it."""
    whole = [s for s in project.symbols if s.path not in project.broken]
    statements = {path: _statements(path, project.meanings[path], whole) for path in SOURCES}
    own = {s.path for s in project.symbols}
    texts = {path: f"{statements[path]}{project.comments[path]}" for path in own}
    for path, text in project.texts.items():
        source = f"{project.meanings[path]}{project.comments[path]}" if path in HELPERS else text
        texts[path] = source
    closures = [_closure(path, project.imports[path], texts, whole, statements) for path in own]
    items = [discovered(symbol, line) for line, symbol in enumerate(whole, start=1)]
    return Observation(
        files={BundlePath(path): file_state(path, text) for path, text in texts.items()},
        directories=_folders(texts),
        discovered=tuple(sorted(items, key=lambda one: (one.path, one.location.line, one.kind))),
        closures={one.path: one for one in sorted(closures, key=lambda one: one.path)},
        parse_failures={
            BundlePath(path): parse_failure(path) for path in project.broken if path in own
        },
        environment=project.environment,
        source_roots=project.source_roots,
        similarity=project.similarity,
    )


@st.composite
def projects(draw: st.DrawFn) -> GeneratedProject:
    """Definitions, helpers, data, a folder of data, comments, and broken files."""
    found = draw(st.lists(symbols, max_size=6, unique_by=lambda s: (s.path, s.name)))
    present = {SCRIPT, *draw(st.sets(st.sampled_from((*DATA, *HELPERS)), min_size=4))}
    imported = st.lists(st.sampled_from(SOURCES), unique=True, max_size=3)
    return GeneratedProject(
        symbols=tuple(found),
        meanings=dict.fromkeys(SOURCES, "x"),
        comments=dict.fromkeys(SOURCES, ""),
        texts=dict.fromkeys(sorted(present), "x"),
        imports={path: tuple(p for p in draw(imported) if p != path) for path in FILES},
        broken=draw(st.sampled_from([()] * 5 + [(FILES[0],), (FILES[2],)])),
        environment=draw(_environments),
        source_roots=draw(st.sampled_from([paths("."), paths(".", "src")])),
        similarity=draw(_similarities),
    )


@st.composite
def edited(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    """The same project after a few edits, each of one thing."""
    before = project
    for _ in range(draw(st.integers(0, 3))):
        project = draw(st.sampled_from(_EDITS))(draw, project)
    return replace(project, similarity=draw(_likeness(before, project)))


@st.composite
def opened(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    """The same project where one definition has given way to two that were edited."""
    known = [s for s in project.symbols if s.path not in project.broken]
    if not known:
        return project
    gone = draw(st.sampled_from(known))
    made = [replace(gone, name=name, body=f"edited {name}") for name in ("epsilon", "zeta")]
    if draw(st.booleans()):
        made[1] = replace(made[1], path=draw(st.sampled_from(FILES)), name=gone.name)
    left = [s for s in project.symbols if s != gone]
    unique = {(s.path, s.name): s for s in (*made, *left)}
    after = replace(project, symbols=tuple(unique.values()))
    return replace(after, similarity=draw(_likeness(project, after)))


def _likeness(before: GeneratedProject, after: GeneratedProject) -> st.SearchStrategy[Likeness]:
    """How alike old and new definitions are said to be: nothing where old sources are not known."""
    pairs = [
        (_entrypoint(old), _entrypoint(new)) for old in before.symbols for new in after.symbols
    ]
    if not pairs:
        return st.just({})
    values = st.sampled_from([0.1, 0.59, 0.6, 0.7, 0.8, 0.9])
    return st.one_of(
        st.just({}),
        st.dictionaries(st.sampled_from(pairs), values),
        st.lists(values, min_size=len(pairs), max_size=len(pairs)).map(
            lambda all_: dict(zip(pairs, all_, strict=True))
        ),
    )


def _entrypoint(symbol: Symbol) -> Entrypoint:
    return Entrypoint.of(module_of(symbol.path), symbol.name)


def _touch_meaning(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    change = {draw(st.sampled_from(SOURCES)): draw(st.sampled_from("xyz"))}
    return replace(project, meanings={**project.meanings, **change})


def _touch_comment(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    change = {draw(st.sampled_from(SOURCES)): draw(st.sampled_from(["", " # a", " # b"]))}
    return replace(project, comments={**project.comments, **change})


def _touch_file(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    path = draw(st.sampled_from((*DATA, *HELPERS, SCRIPT, SCRIPT)))
    texts = dict(project.texts)
    if draw(st.booleans()):
        texts[path] = draw(st.sampled_from("xyz"))
    else:
        texts.pop(path, None)
    return replace(project, texts=texts)


def _touch_imports(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    path, other = draw(st.sampled_from(FILES)), draw(st.sampled_from(HELPERS))
    left = tuple(p for p in project.imports[path] if p != other)
    now = left if other in project.imports[path] else (*left, other)
    return replace(project, imports={**project.imports, path: now})


def _touch_environment(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    return replace(project, environment=draw(_environments))


def _touch_symbol(draw: st.DrawFn, project: GeneratedProject) -> GeneratedProject:
    """Edit, rename, move, delete, copy or add a definition, or let two swap names."""
    if not project.symbols:
        return replace(project, symbols=(draw(symbols),))
    found = list(project.symbols)
    at, other = (draw(st.integers(0, len(found) - 1)) for _ in range(2))
    new = draw(symbols)
    match draw(st.sampled_from(["body", "name", "path", "facts", "swap", "copy", "add", "delete"])):
        case "body":
            found[at] = replace(found[at], body=new.body)
        case "name":
            found[at] = replace(found[at], name=new.name)
        case "path":
            found[at] = replace(found[at], path=new.path)
        case "facts":
            found[at] = replace(new, path=found[at].path, name=found[at].name, body=found[at].body)
        case "swap":
            one, two = found[at], found[other]
            found[at] = replace(one, name=two.name)
            found[other] = replace(two, name=one.name) if at != other else found[other]
        case "copy":
            found.append(replace(found[at], name=new.name, path=new.path))
        case "add":
            found.append(new)
        case _:
            del found[at]
    unique = {(symbol.path, symbol.name): symbol for symbol in found}
    return replace(project, symbols=tuple(unique.values()))


_EDITS = (
    _touch_meaning,
    _touch_comment,
    _touch_file,
    _touch_imports,
    _touch_environment,
    _touch_symbol,
    _touch_symbol,
    _touch_symbol,
)
observations = projects().map(observe)

_entrypoints = st.builds(
    Entrypoint.of,
    st.sampled_from(("models.sir", "models.seir", "targets.incidence", "epi.flu")),
    st.sampled_from(NAMES),
)
_environments = st.sampled_from([{}, {LOCK: content_digest("1")}, {LOCK: content_digest("2")}])
_similarities = st.dictionaries(
    st.tuples(_entrypoints, _entrypoints), st.sampled_from([0.1, 0.59, 0.6, 0.9]), max_size=6
)


def _statements(path: str, header: str, found: Iterable[Symbol]) -> tuple[tuple[str, str], ...]:
    mine = ((s.name, content_digest(s.name + s.body)) for s in found if s.path == path)
    return (("", content_digest(header)), *mine)


def _closure(
    path: str,
    imported: Iterable[str],
    texts: Container[str],
    found: Iterable[Symbol],
    statements: Mapping[str, tuple[tuple[str, str], ...]],
) -> Closure:
    there = [name for name in imported if name in texts]
    members = [path, *there]
    return Closure(
        path=BundlePath(path),
        files=paths(*sorted(there)),
        via=dict.fromkeys(paths(*there), BundlePath(path)),
        semantics={
            BundlePath(name): FileSemantics(
                statements_digest(text for _, text in statements[name]), statements[name]
            )
            for name in members
        },
        droppable=frozenset(
            (BundlePath(s.path), s.name) for s in found if s.path in members and not s.used
        ),
        dangling=frozenset(module_of(name) for name in imported if name not in texts),
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
                code=draw(st.lists(st.sampled_from((*HELPERS, SCRIPT)), unique=True)),
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
    registry = replace(
        registry,
        version=draw(st.sampled_from(["1.0", "1.1"])),
        excluded=tuple(draw(st.lists(_entrypoints, unique=True, max_size=3))),
    )
    synced_since = draw(st.booleans())
    return plan_sync(registry, observed).result if synced_since else registry


@st.composite
def situations(draw: st.DrawFn) -> tuple[BundleRegistry, Observation]:
    """A record of one project, and what that project has become."""
    before = draw(projects())
    after = draw(st.one_of(edited(before), edited(before), opened(before)))
    return draw(records(observe(before))), observe(after)


@st.composite
def open_situations(draw: st.DrawFn) -> tuple[BundleRegistry, Observation]:
    """A record, and a project in which a person may have to say what an entry has become."""
    before = draw(projects())
    after = draw(opened(before))
    return draw(records(observe(before))), observe(after)


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
