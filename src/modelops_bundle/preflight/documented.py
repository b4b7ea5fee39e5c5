"""Codes that the planner, the analysis and the scan report: documented here, checked there."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.core.findings import Severity


@dataclass(frozen=True, slots=True)
class RuleDoc:
    """What `docs/reference/rules.md` says of a code that is no rule of preflight.

    Attributes:
        severity: None for a reason of staleness: those have no weight of their own.
    """

    code: str
    title: str
    severity: Severity | None
    explanation: str


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

#: Reasons why an entry differs from its record (`reasons` in `status --json`).
STALENESS: tuple[RuleDoc, ...] = (
    RuleDoc(
        "MB101",
        "Entrypoint renamed",
        None,
        "The class or function has a new name. A sync follows it and keeps the id.",
    ),
    RuleDoc(
        "MB102",
        "File moved",
        None,
        "The definition is in another file. A sync follows it and keeps the id.",
    ),
    RuleDoc("MB103", "Class name differs", None, "The recorded `class_name` is not the code's."),
    RuleDoc("MB104", "Outputs differ", None, "The model has other outputs than recorded."),
    RuleDoc("MB105", "Scenarios differ", None, "The model has other scenarios than recorded."),
    RuleDoc("MB106", "Parameters differ", None, "The model has other parameters than recorded."),
    RuleDoc(
        "MB107",
        "Model output differs",
        None,
        "The target is compared with another model output than recorded.",
    ),
    RuleDoc("MB108", "Data list differs", None, "The entry names other data files than recorded."),
    RuleDoc(
        "MB109",
        "Code list differs",
        None,
        "The import closure holds other files than recorded: an import was added or removed.",
    ),
    RuleDoc(
        "MB120", "Data content changed", None, "A data file has other bytes than at the last sync."
    ),
    RuleDoc(
        "MB121",
        "Code dependency changed",
        None,
        "A file that the entry imports, directly or through others, has changed; `via` is the "
        "chain of imports that reaches it. It is cosmetic where behaviour is the same: comments, "
        "formatting, docstrings, or the definition of another entry.",
    ),
    RuleDoc(
        "MB122",
        "Own file changed",
        None,
        "The file that defines the entry has changed; cosmetic as for MB121.",
    ),
    RuleDoc(
        "MB123",
        "Symbol gone",
        None,
        "The file is there and no longer defines the class or function, and nothing matches it. "
        "A sync removes the entry with `--force` and leaves it with `--keep`.",
    ),
    RuleDoc(
        "MB124",
        "File gone",
        None,
        "The entry's file does not exist and its definition was found nowhere else; as MB123.",
    ),
    RuleDoc(
        "MB125",
        "Dependency missing",
        None,
        "A data or source file of the entry does not exist. Path and recorded digest stay; see "
        "MB302 and MB303.",
    ),
    RuleDoc(
        "MB126",
        "Cannot be parsed",
        None,
        "The entry's own file is not valid Python, so nothing can be compared; see MB305.",
    ),
    RuleDoc(
        "MB127",
        "Several candidates",
        None,
        "The symbol is gone, and the code does not tell which definition is its new name, if any "
        "is: several may be, or the only one is too little like it. Choose with "
        "`mops-bundle sync --rename ID=SYMBOL`.",
    ),
    RuleDoc(
        "MB128",
        "Derived digests not recorded",
        None,
        "Nothing changed but what the registry records of it, as after the first sync of a file "
        "that another tool wrote. Always cosmetic.",
    ),
    RuleDoc(
        "MB130",
        "Environment changed",
        None,
        "A dependency table of `pyproject.toml` or a lock file changed. It concerns every entry "
        "and is reported once.",
    ),
)

#: Findings that are not checked by a rule, because only the one who reads the file can tell.
REPORTED_ELSEWHERE: tuple[RuleDoc, ...] = (
    RuleDoc(
        "MB001",
        "Check could not be made",
        _ERROR,
        "`check --output-format github` and `sarif` report under this code why there is nothing "
        "else to report: no registry, one that cannot be read, a malformed job specification, a "
        "mistake in the configuration. The message says which. The exit code is that of the "
        "error, 2 as a rule.",
    ),
    RuleDoc(
        "MB131",
        "Job specification names an old entrypoint",
        _WARNING,
        "A JSON or YAML file of the project names an entrypoint that a sync renames or moves. "
        "Registry ids stay, so files that use those need nothing; an entrypoint has to be "
        "corrected by hand, since a sync changes no file that people or other programs own.",
    ),
    RuleDoc(
        "MB132",
        "Data not verified",
        _INFO,
        "A data file is absent and git ignores it, as in a checkout on a build server. "
        "`check --code-only` takes it as it is recorded and says so.",
    ),
    RuleDoc(
        "MB133",
        "Not registered",
        _ERROR,
        "A sync would add a model or target that was found in a registered file. Sync, or "
        "unregister it to leave it out.",
    ),
    RuleDoc(
        "MB134",
        "Registry differs",
        _ERROR,
        "A part of the registry that is no entry, such as a target set or the source roots, "
        "would be written otherwise by a sync.",
    ),
    RuleDoc(
        "MB135",
        "Git conflict in the registry",
        _ERROR,
        "The registry file holds git's conflict markers. `mops-bundle sync` merges it; what both "
        "branches declared differently is named, and has to be settled in the file first.",
    ),
    RuleDoc(
        "MB201",
        "Fact that the code does not settle",
        _WARNING,
        "An output, a scenario, a parameter, a data path or a target's output is written in a "
        "way that has no one value without running the code. The recorded value stays. Write it "
        "as a literal or a constant, or declare it with `--output` or `--data`.",
    ),
    RuleDoc(
        "MB202",
        "Recorded value is not possible",
        _ERROR,
        "The code leaves several values open, and the recorded one is none of them. Write the "
        "one that is meant as a literal, or declare it with `--output`.",
    ),
    RuleDoc(
        "MB203",
        "Helper cannot be parsed",
        _WARNING,
        "A file of an import closure is not valid Python for this interpreter. It counts by its "
        "bytes, and what it imports is not known.",
    ),
    RuleDoc(
        "MB204",
        "Dynamic import",
        _WARNING,
        "A module is imported under a name that is computed while the program runs. The package's "
        "whole folder counts as imported, test files excepted. Where a package gets a `__path__` "
        "that is computed, all of the project does: literals and `__file__` in it are followed. A "
        "comment `# mops: imports pkg.mod, pkg.other` on the line says which modules are meant.",
    ),
    RuleDoc(
        "MB205",
        "Outputs of a mixin are lost",
        _WARNING,
        "A model derives from a class that marks outputs and is no model itself. The framework "
        "collects outputs from model classes only, so these are not among the model's. Derive "
        "the mixin from the framework's base class, or mark the outputs in the model.",
    ),
    RuleDoc(
        "MB206",
        "Outputs of a second model base are lost",
        _WARNING,
        "A model derives from several model classes, and the framework takes the outputs of the "
        "first one only. Mark the others' outputs in the model itself.",
    ),
    RuleDoc(
        "MB207",
        "Parameters in a method",
        _WARNING,
        "A model defines its parameters in a method where the framework asks for a class "
        "attribute (`PARAMS` in Calabaria), and refuses the class. State them in the attribute.",
    ),
    RuleDoc(
        "MB208",
        "Search path that is not followed",
        _WARNING,
        "The code adds a folder to `sys.path` that it computes while it runs, or one that is "
        "outside the project to `sys.path` or to a package's `__path__`: modules found there are "
        "neither followed nor carried along. Folders of the "
        "project that literals and `__file__` name are followed. Put the code into the project, "
        "see `extra-roots` in registry-format.md, or say on the line what is meant: "
        "`# mops: imports pkg.mod`.",
    ),
    RuleDoc(
        "MB304",
        "Name that a local module does not define",
        _ERROR,
        "The code imports a name from a module of the project, and nothing there defines it: "
        "workers would fail to import the entry. Correct the name or define it. So is an import "
        "that only nearly means a file: one beside the importing file, which Python finds when "
        "that is run as a script, or one whose name differs in case. A submodule that is used as "
        "an attribute and that nothing has imported is a warning.",
    ),
    RuleDoc(
        "MB312",
        "Dependency outside the project",
        _ERROR,
        "An import, a symbolic link or a data path leads out of the project root, so the file "
        "would not travel. Copy it into the project, depend on it as a distribution that an index "
        "has, or carry a package beside the project along with `extra-roots` (registry-format.md).",
    ),
    RuleDoc(
        "MB313",
        "File name that cannot travel",
        _ERROR,
        "A file name is not valid UTF-8 or holds a control character, and other systems could "
        "not unpack it. Rename the file.",
    ),
    RuleDoc(
        "MB314",
        "File that cannot be read",
        _ERROR,
        "A file that an entry needs is there and cannot be read, or changed while it was read. "
        "Correct its permissions, or run the command again.",
    ),
    RuleDoc(
        "MB329",
        "Name that the framework does not have",
        _WARNING,
        "The code imports a name from its framework, and the source of the framework that is "
        "installed here (in the project's `.venv`, or beside mops-bundle) does not define it. "
        "Nothing is said where no framework is installed.",
    ),
    RuleDoc(
        "MB330",
        "Registry ignored by git",
        _WARNING,
        "git leaves `.modelops-bundle/registry.yaml` out of commits, so a clone of the project "
        "would have no registry. `mops-bundle init --fix-gitignore` mends it.",
    ),
)
