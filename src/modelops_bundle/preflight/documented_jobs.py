"""What `check --job` says of job specifications: documented here, checked in `preflight.jobs`."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.documented import RuleDoc

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

JOBS: tuple[RuleDoc, ...] = (
    RuleDoc(
        "MB331",
        "Job names an unknown model",
        _ERROR,
        "A job specification (`check --job`) names a model that is not registered, after a sync "
        "either: workers would not find it. A model is named by its registry id, its module, "
        "`module:Class`, `module.Class` or `file.py:Class`. It is a warning where only the notes "
        "under `metadata` name the class, since workers do not read those.",
    ),
    RuleDoc(
        "MB332",
        "Job names an unknown scenario",
        _ERROR,
        "The model has no scenario of that name: workers refuse the simulation, or run it without "
        "one and say nothing. It is a warning where the model's scenarios cannot be told from the "
        "code.",
    ),
    RuleDoc(
        "MB333",
        "Job names an unknown parameter",
        _ERROR,
        "The model has no parameter of that name, so the simulation would be refused. It is a "
        "warning where the model's parameters cannot be told from the code.",
    ),
    RuleDoc(
        "MB334",
        "Job leaves a parameter out",
        _ERROR,
        "A parameter set does not give every parameter of the model a value, and Calabaria's "
        "workers refuse such a simulation. It is a warning for models of other frameworks, which "
        "may have defaults, and for a calibration that varies some of the parameters only.",
    ),
    RuleDoc(
        "MB335",
        "Job names an unknown output",
        _ERROR,
        "The model has no output of that name. It is a warning where the model's outputs cannot "
        "be told from the code.",
    ),
    RuleDoc(
        "MB336",
        "Job names an unknown target or target set",
        _ERROR,
        "A target or a target set is not registered, after a sync either: the loss could not be "
        "computed. A target is named by its registry id, `module:function`, `module.function`, "
        "`module/function` or `file.py:function`. It is a warning where only the notes under "
        "`metadata` name the set.",
    ),
    RuleDoc(
        "MB337",
        "Target that the job cannot serve",
        _ERROR,
        "A target of the job is compared with an output that the job's model does not have, "
        "though another registered model has it. It is a warning where the model's outputs "
        "cannot be told from the code, and where the model has the output and the job does not "
        "ask for it.",
    ),
    RuleDoc(
        "MB338",
        "Job is for another bundle",
        _WARNING,
        "The job names a bundle by its digest, and it is not the one that was last pushed or "
        "pulled here: workers would run other code than this check has looked at. No remote is "
        "asked. It is an info where nothing was pushed or pulled here, and where the files here "
        "have changed since.",
    ),
    RuleDoc(
        "MB339",
        "Odd entry of a job",
        _WARNING,
        "A key of the job specification is none that the platform's tools read, and would be "
        "passed over in silence; or a list names something twice; or `mops jobs submit` would "
        "refuse a study or a calibration: a key is missing, a study has no set of parameters or "
        "several scenarios; or workers would not know a model or a target by the name that the "
        "job hands them, such as its registry id. Keys that begin with `x-`, `_` "
        "or `$` belong to other programs and are left alone.",
    ),
)
