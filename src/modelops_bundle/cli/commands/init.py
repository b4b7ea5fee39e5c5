"""`init`: make a project of a folder."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.setup_documents import InitDocument
    from modelops_bundle.workspace.project import Project

EXAMPLE = "mops-bundle init --name starsim-sir"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="here by default")
    parser.add_argument(
        "--name", default="", help="what people call it; as in pyproject.toml, else the folder's"
    )
    parser.add_argument("--env", "-e", default="", metavar="ENV", help="an environment to pin")
    parser.add_argument(
        "--remote",
        default="",
        metavar="URL",
        help="where bundles go; a folder of your own by default",
    )
    parser.add_argument(
        "--fix-gitignore", action="store_true", help="let git see the registry where it does not"
    )
    parser.legacy("--tag", hint="say `mops-bundle push --tag TAG`", takes="value")
    parser.legacy("--threshold", hint="say storage.threshold_bytes in config.yaml", takes="value")


def run(args: Namespace, out: Output) -> int:
    """Make what is missing of a project; nothing that is there is overwritten."""
    from dataclasses import replace
    from pathlib import Path

    from modelops_bundle.operations.scaffold import fix_gitignore, init
    from modelops_bundle.operations.setup_documents import init_document

    outcome = init(Path(args.path), name=args.name, env=args.env, remote=args.remote)
    mended = args.fix_gitignore and fix_gitignore(outcome.project)
    if mended:
        outcome = replace(outcome, registry_ignored=False)
    out.show(init_document(outcome), lambda document, columns: _lines(document, outcome.project))
    if mended:
        out.complain(["git now takes up .modelops-bundle/registry.yaml: commit it."])
        _offer_gitattributes(outcome.project, out)
    elif outcome.registry_ignored:
        out.complain(
            [
                "warning: git ignores .modelops-bundle/registry.yaml: a clone would have none",
                "help: run `mops-bundle init --fix-gitignore`",
            ]
        )
    return 0


def _lines(document: InitDocument, project: Project) -> list[str]:
    lines = [f"  + {path}" for path in document["created"]]
    lines += [f"  = {path} (kept as it is)" for path in document["kept"]]
    where = _where(document, project)
    return [
        f"{document['project']} -> {where}" if where else f"{document['project']} (no remote)",
        "",
        *lines,
        "",
        f"Next: mops-bundle {_next(project)}",
    ]


def _next(project: Project) -> str:
    """What the project lacks first: entries; one that has some is looked at."""
    from modelops_bundle.errors import BundleError
    from modelops_bundle.operations.document import read_registry

    try:
        entries = any(read_registry(project).record.entries())
    except BundleError:
        return "status"
    return "status" if entries else "register-model PATH"


def _where(document: InitDocument, project: Project) -> str:
    """The place that `local` stands for; other remotes as they were given."""
    from modelops_bundle.core.settings import LOCAL_REMOTE
    from modelops_bundle.operations.remotes import remote_url
    from modelops_bundle.operations.settings import read_config
    from modelops_bundle.storage.resolve import shown_url

    if document["remote"] != LOCAL_REMOTE:
        return document["remote"]
    return shown_url(remote_url(read_config(project)) or LOCAL_REMOTE)


def _offer_gitattributes(project: Project, out: Output) -> None:
    from modelops_bundle.operations.scaffold import add_gitattributes

    if (project.root / ".gitattributes").exists():
        return
    if out.ask("Write a .gitattributes that keeps git from changing line endings of data?"):
        add_gitattributes(project)
    else:
        out.complain(
            ["help: a line `data/** -text` in .gitattributes keeps data as it is in every clone"]
        )
