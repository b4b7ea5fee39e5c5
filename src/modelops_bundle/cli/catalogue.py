"""Which commands there are, what each is for, and which module holds it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: Group title -> command -> summary. A command `register-model` lives in
#: `cli/commands/register_model.py`; only the module of the command that was called is imported.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "Start": {
        "init": "make a project of this folder",
        "demo": "see the whole story on an example, in a temporary folder",
        "completion": "print the script that completes commands in bash, zsh or fish",
    },
    "Keep the registry true": {
        "status": "tell how the registry differs from the code, and why",
        "sync": "bring the registry in line with the code",
        "watch": "show the status again at each change",
        "check": "list problems with file and line; fail if there are errors",
        "explain": "tell what one entry depends on, and what of it changed",
        "graph": "draw what depends on what, with stale marks",
    },
    "Edit the registry": {
        "register-model": "register the models of a file",
        "register-target": "register the calibration targets of a file",
        "unregister": "remove entries",
        "rename": "change the id of an entry everywhere",
        "target-set": "group targets under a name, with weights",
        "list": "list models, targets and target sets",
        "show": "show one entry in full",
    },
    "Choose what travels": {
        "files": "list the files that a push would publish",
        "add": "let further files travel",
        "remove": "stop further files from travelling",
    },
    "Publish": {
        "verify": "run the entries as workers do, before they are published",
        "push": "publish the bundle",
        "pull": "bring a published bundle into this folder",
        "diff": "tell how this project differs from a published bundle, or two bundles",
        "ensure": "put a published bundle into a folder; needs no project",
        "cache": "list the bundles that this machine keeps, and free their room",
    },
    "Choose where bundles go": {
        "remote": "show or set where the bundles of this project go",
        "env": "list, show or pin an environment of the platform",
        "login": "remember who you are to a registry",
        "logout": "forget who you are to a registry",
    },
    "Look after what is published": {
        "versions": "list what is published, and under which tags",
        "inspect": "tell what one published bundle holds",
        "tag": "let a name mean a published bundle",
        "copy": "publish elsewhere what is published here",
        "delete": "remove a published bundle",
    },
}

#: Commands of the existing tool that scripts still call: accepted, not listed.
HIDDEN: Mapping[str, str] = {
    "manifest": "list published tags and digests",
    "dev": "show or switch the environment",
}


#: Commands that say for themselves when long work begins: what they mostly do is not.
QUICK = frozenset(("status", "watch"))


def summary_of(command: str) -> str | None:
    """What a command is for; None if there is no such command."""
    for commands in (*GROUPS.values(), HIDDEN):
        if command in commands:
            return commands[command]
    return None


def listed() -> list[str]:
    """The names of all commands that `--help` lists."""
    return [name for commands in GROUPS.values() for name in commands]


def module_of(command: str) -> str:
    """The module that holds a command."""
    return "modelops_bundle.cli.commands." + command.replace("-", "_")
