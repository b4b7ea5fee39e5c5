"""What each argument of each command takes, for completion: by command and name, or metavariable.

A new command gets by with the metavariables that others use (`ID`, `PATH`, `REF`, `DIR`); a test
asks of every argument that it is found here, or that nothing can be known of it.
"""

from __future__ import annotations

from modelops_bundle.cli.completion import offers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Callable, Iterable, Mapping

    from modelops_bundle.cli.completion.offers import Offer, Project
    from modelops_bundle.cli.completion.walk import Given

    #: From what the project names, the word so far, and what was given besides.
    Source = Callable[[Project, str, Given], Iterable[Offer]]

_ENTRIES = ("models", "targets")
#: A job specification is JSON or YAML.
_JOBS = (".json", ".yaml", ".yml")


def _renamed(project: Project, word: str, given: Given) -> Iterable[Offer]:
    """`rename model OLD`: models only."""
    return project.entries(f"{''.join(given.get('kind', ['target'])[-1:])}s")


def _symbol_of_entry(project: Project, word: str, given: Given) -> Iterable[Offer]:
    """`--rename ID=SYMBOL`."""
    entry, equals, _ = word.rpartition("=")
    if not equals:
        return project.entries(*_ENTRIES, tail="=")
    symbols = project.symbols(entry)
    return (symbol._replace(value=f"{entry}={symbol.value}") for symbol in symbols)


def _symbols_of_paths(what: str) -> Source:
    def source(project: Project, word: str, given: Given) -> Iterable[Offer]:
        for path in given.get("paths", ()):
            yield from offers.symbols_in(path, what)

    return source


def _entry_or_path(project: Project, word: str, given: Given) -> Iterable[Offer]:
    yield from project.entries(*_ENTRIES)
    yield from offers.paths(word)


def _weighted(project: Project, word: str, given: Given) -> Iterable[Offer]:
    """`--weight ID=WEIGHT`: the targets that were named, or all."""
    named = set(given.get("targets", ()))
    for offer in project.entries("targets", tail="="):
        if not named or offer.value[:-1] in named:
            yield offer


#: By command and the name of the argument.
BY_ARGUMENT: Mapping[tuple[str, str], Source] = {
    ("rename", "old"): _renamed,
    ("sync", "rename"): _symbol_of_entry,
    ("graph", "subject"): _entry_or_path,
    ("check", "job"): lambda p, word, given: offers.paths(word, suffix=_JOBS),
    ("target-set", "name"): lambda project, word, given: project.entries("target_sets"),
    ("target-set", "targets"): lambda project, word, given: project.entries("targets"),
    ("target-set", "weights"): _weighted,
    ("register-model", "paths"): lambda p, word, given: offers.python_files(word, "class"),
    ("register-model", "classes"): _symbols_of_paths("class"),
    ("register-model", "exclude"): _symbols_of_paths("class"),
    ("register-model", "code"): lambda p, word, given: offers.paths(word, suffix=".py"),
    ("register-target", "paths"): lambda p, word, given: offers.python_files(word, "function"),
    ("register-target", "functions"): _symbols_of_paths("function"),
    ("register-target", "exclude"): _symbols_of_paths("function"),
    ("register-target", "output"): lambda project, word, given: project.outputs(),
    ("remove", "paths"): lambda project, word, given: project.tracked(),
    ("env", "name"): lambda project, word, given: offers.environments(),
    ("dev", "name"): lambda project, word, given: offers.environments(),
    ("tag", "name"): lambda project, word, given: project.tags(word),
    ("init", "path"): lambda project, word, given: offers.paths(word, folders=True),
}
#: By metavariable, for arguments that are not named above.
BY_METAVARIABLE: Mapping[str, Source] = {
    "ID": lambda project, word, given: project.entries(*_ENTRIES),
    "REF": lambda project, word, given: project.references(word),
    "TAG": lambda project, word, given: project.tags(word),
    "PATH": lambda project, word, given: offers.paths(word),
    "FILE": lambda project, word, given: offers.paths(word),
    "DIR": lambda project, word, given: offers.paths(word, folders=True),
    "ENV": lambda project, word, given: offers.environments(),
    "URL": lambda project, word, given: project.remotes(word),
    "REMOTE": lambda project, word, given: project.remotes(word),
    "HOST": lambda project, word, given: project.hosts(),
    "EXE": lambda project, word, given: offers.programs(word),
}


def source_of(command: str, action: Action) -> Source | None:
    """What offers values of an argument; None where nothing can be known of it."""
    own = BY_ARGUMENT.get((command, action.dest))
    return own or BY_METAVARIABLE.get(str(action.metavar or action.dest.upper()))
