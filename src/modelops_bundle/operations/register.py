"""Registering models and targets: requests to the planner, never entries written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import PlanOptions, Registration, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import Declared, Kind
from modelops_bundle.errors import UnparsableSourceError, UsageError
from modelops_bundle.operations.ids import checked_id
from modelops_bundle.operations.observe import Session, observe
from modelops_bundle.operations.places import no_such_file, project_path
from modelops_bundle.operations.sync import SyncOutcome, carry_out
from modelops_bundle.workspace.nearby import namesake
from modelops_bundle.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRequest:
    """What a person asks to register.

    Attributes:
        files: Paths relative to `base`, each possibly with `:Symbol`.
        symbols: Only these symbols of the files; empty for all that the conventions find.
        exclude: Not these; they are remembered as excluded.
        undeclared: Data paths that were named before and are so no more.
        outputs: For a model its outputs; for a target exactly one.
        id: For exactly one symbol.
        base: The folder that relative paths start from.
    """

    kind: Kind
    files: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    id: str = ""
    base: Path


def register(project: Project, request: RegisterRequest) -> SyncOutcome:
    """Register symbols; idempotent, merges what is declared, removes what is taken back only.

    Of several files (`targets/*.py`), those that hold nothing to register are passed over.

    Raises:
        UsageError: no such file or symbol, nothing found, or an id that is taken.
        UnparsableSourceError: a file cannot be parsed.
        NeedsDecisionError: a symbol may be the new name of a registered one.
    """
    if request.id:
        checked_id(request.id, not_done="nothing was registered")
    wanted = [_split(project, request, text) for text in request.files]
    # A file is asked for by itself too, for what is wrong with it to be known.
    asked = tuple((request.kind, path, name) for path, names in wanted for name in ("", *names))
    declared = _declared(project, request)
    undeclared = tuple(project_path(project, request.base, name) for name in request.undeclared)
    named = (*declared.data, *declared.code)
    session = observe(project, requested=asked, named=named)
    found = [(path, *_choose(session, request, path, symbols)) for path, symbols in wanted]
    _check_found(session, request, [path for path, _ in wanted])
    registrations = [
        Registration(
            kind=request.kind,
            path=path,
            symbol=item.symbol,
            id=request.id,
            declared=declared,
            undeclared=undeclared,
        )
        for path, chosen, _ in found
        for item in chosen
    ]
    _check_number(request, registrations, [path for path, _ in wanted])
    options = PlanOptions(
        register=tuple(registrations),
        exclude=tuple(item.entrypoint for _, _, rest in found for item in rest),
        scope=frozenset(path for path, _ in wanted),
    )
    plan = plan_sync(session.record, session.observed, options, base=session.file.digest)
    _refuse_to_exclude_entries(request, [item for _, _, rest in found for item in rest], plan)
    outcome = carry_out(session, plan, force=False, write=True, scoped=True)
    return replace(outcome, passed_over=tuple(path for path, chosen, _ in found if not chosen))


def _refuse_to_exclude_entries(
    request: RegisterRequest, excluded: Iterable[Discovered], plan: SyncPlan
) -> None:
    """What a person excludes by name must not be registered: registering never removes."""
    registered = {entry.entrypoint: key for key, entry in plan.result.entries()}
    for item in excluded:
        key = registered.get(item.entrypoint)
        if item.symbol in request.exclude and key is not None:
            raise UsageError(
                f"{item.location}: {item.symbol} is registered as {key.id!r}",
                not_done="nothing was registered",
                hint=f"run `mops-bundle unregister {key.id}` to take it out",
            )


def _check_found(session: Session, request: RegisterRequest, paths: list[BundlePath]) -> None:
    """Of several files, each name that is asked for must be in one."""
    here = [
        item
        for item in session.observed.discovered
        if item.path in paths and item.kind is request.kind
    ]
    for name in (*request.symbols, *request.exclude):
        _named(here, request, paths, name)


def _check_number(
    request: RegisterRequest, registrations: list[Registration], paths: list[BundlePath]
) -> None:
    if not registrations:
        raise UsageError(
            f"{', '.join(paths)}: no {request.kind.value} found",
            not_done="nothing was registered",
            hint=_hint(request, paths[0], []),
        )
    if request.id and len(registrations) != 1:
        names = ", ".join(r.symbol for r in registrations)
        raise UsageError(
            f"--id names one {request.kind.value}, but there are {len(registrations)}: {names}",
            not_done="nothing was registered",
            hint="name one with PATH:SYMBOL",
        )


def _split(
    project: Project, request: RegisterRequest, text: str
) -> tuple[BundlePath, tuple[str, ...]]:
    name, colon, symbol = text.rpartition(":")
    if not colon or not name.endswith(".py"):
        name, symbol = text, ""
    path = project_path(project, request.base, name)
    if path.suffix != ".py":
        raise _no_source(project, request, path, text)
    if not project.path(path).is_file():
        raise no_such_file(project, path, not_done="nothing was registered")
    return path, ((symbol,) if symbol else request.symbols)


def _no_source(
    project: Project, request: RegisterRequest, path: BundlePath, text: str
) -> UsageError:
    what, wrong = request.kind.value, "not a Python file"
    hint = f"name the file that defines the {what}"
    module, colon, symbol = text.partition(":")
    if project.path(path).is_dir():
        wrong = "a folder"
        hint += "; several at once: " + f"mops-bundle register-{what} {path.joined('*.py')}"
    elif path.suffix == ".ipynb":
        hint = f"move the {what} into a .py file, and import it from there in the notebook"
    elif all(part.isidentifier() for part in module.split(".")):
        file = namesake(str(project.root), f"{module.replace('.', '/')}.py")
        hint = f"did you mean '{file}{colon}{symbol}'?" if file else hint
    return UsageError(f"{path}: {wrong}", not_done="nothing was registered", hint=hint)


def _choose(
    session: Session, request: RegisterRequest, path: BundlePath, symbols: tuple[str, ...]
) -> tuple[list[Discovered], list[Discovered]]:
    """The symbols of a file to register, and those that are to be excluded."""
    if session.scan.is_ignored(path):
        raise UsageError(
            f"{path}: left out by .modelopsignore",
            not_done="nothing was registered",
            hint="take it out of .modelopsignore",
        )
    failure = session.observed.parse_failures.get(path)
    if failure is not None:
        raise UnparsableSourceError(
            f"{path}:{failure.line}: {failure.message}",
            not_done="nothing was registered",
            hint="mend the source, then register again",
        )
    here = [
        item
        for item in session.observed.discovered
        if item.path == path and item.kind is request.kind
    ]
    found = [item for item in here if item.convention]
    one_of_several = len(request.files) > 1
    if symbols:
        if one_of_several and symbols == request.symbols:
            symbols = tuple(symbol for symbol in symbols if any(i.symbol == symbol for i in here))
            if not symbols:
                return [], []
        chosen = [_named(here, request, [path], symbol) for symbol in symbols]
        return chosen, [item for item in found if item not in chosen and not item.abstract]
    rest = [item for item in found if item.symbol in request.exclude]
    chosen = [item for item in found if item not in rest and not item.abstract]
    if not chosen and not one_of_several:
        _check_found(session, request, [path])
        raise UsageError(
            f"{path}: no {request.kind.value} found",
            not_done="nothing was registered",
            hint=_hint(request, path, found, here),
        )
    return chosen, rest


def _named(
    here: Iterable[Discovered], request: RegisterRequest, paths: Iterable[BundlePath], symbol: str
) -> Discovered:
    for item in here:
        if item.symbol == symbol:
            return item
    raise UsageError(
        f"{', '.join(paths)}: no {request.kind.value} {symbol!r}",
        not_done="nothing was registered",
        hint=did_you_mean(symbol, [item.symbol for item in here]),
    )


def _hint(
    request: RegisterRequest,
    path: BundlePath,
    found: list[Discovered],
    here: Iterable[Discovered] = (),
) -> str:
    if found:
        return f"{', '.join(i.symbol for i in found)} is a base class only; name it to register it"
    names = [item.symbol for item in here]
    what = "class or function" if request.kind is Kind.MODEL else "function"
    command = f"mops-bundle register-{request.kind.value} {path}:{names[0] if names else 'SYMBOL'}"
    return f"name the {what} that is one: {command} --output NAME"


def _declared(project: Project, request: RegisterRequest) -> Declared:
    if request.kind is Kind.TARGET and len(request.outputs) > 1:
        raise UsageError(
            "a target is compared with one model output", not_done="nothing was registered"
        )
    is_target = request.kind is Kind.TARGET
    return Declared(
        data=_existing(project, request, request.data),
        code=_existing(project, request, request.code),
        outputs=() if is_target else request.outputs,
        model_output=request.outputs[0] if is_target and request.outputs else None,
    )


def _existing(
    project: Project, request: RegisterRequest, names: tuple[str, ...]
) -> tuple[BundlePath, ...]:
    paths = []
    for name in names:
        path = project_path(project, request.base, name)
        if not project.path(path).exists():
            raise no_such_file(project, path, not_done="nothing was registered")
        paths.append(path)
    return tuple(paths)
