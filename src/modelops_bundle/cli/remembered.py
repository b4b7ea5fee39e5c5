"""The status of a project in which nothing has changed since it was last worked out.

Everything here is on the path of a warm `status`, which has 80 ms (experience.md, "Start-up
budget"): it imports nothing that the interpreter, `json` and `argparse` have not loaded.
"""

from __future__ import annotations

import json
import os
import sys

from modelops_bundle import __version__
from modelops_bundle.workspace.root import find_root
from modelops_bundle.workspace.warm import Watched, recall, remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.documents import StatusDocument
    from modelops_bundle.operations.observe import Session

#: Files of the project, besides what a scan looks at, that a status depends on.
_PROJECT_FILES = ("registry.yaml", "config.yaml", "state.json", "tracked.txt", "env", "cache/pull")
#: Variables that say where the user's stores and environments are.
_VARIABLES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "MODELOPS_HOME", "PYTHONPATH")


def remembered_status() -> StatusDocument | None:
    """The document of the last `status` of this project, if it would be the same now."""
    try:
        root = find_root(os.getcwd())
    except OSError:
        return None
    payload = recall(root, _key()) if root is not None else None
    if payload is None:
        return None
    document: StatusDocument = json.loads(payload)
    return document


def remember_status(document: StatusDocument, session: Session) -> None:
    """Keep a document for as long as nothing that it was made from changes."""
    root = str(session.project.root)
    watched = watched_by(session)
    for path in _program_files():
        watched.look(root, path)
    remember(root, _key(), json.dumps(document).encode(), watched)


def watched_by(session: Session) -> Watched:
    """Everything that the status of a session depends on, but for this program itself."""
    root = str(session.project.root)
    watched = session.scan.watched()
    for name in _PROJECT_FILES:
        watched.look(root, f".modelops-bundle/{name}")
    for path in (*session.depends_on, *_environment_files()):
        watched.look(root, path)
    return watched


def _environment_files() -> list[str]:
    """The environments that the platform provisioned, and the folder that holds them."""
    folder = os.path.join(os.path.expanduser("~"), ".modelops", "bundle-env")
    try:
        names = os.listdir(folder)
    except OSError:
        return [folder]
    return [folder, *(os.path.join(folder, name) for name in names)]


def _program_files() -> list[str]:
    """The sources of this program, as far as they are loaded: a document is made by them too."""
    loaded = [module for name, module in sys.modules.items() if name.startswith("modelops_bundle")]
    return [file for module in loaded if (file := getattr(module, "__file__", None))]


def _key() -> str:
    """Everything besides files that a status depends on."""
    values = [f"{name}={os.environ.get(name, '')}" for name in _VARIABLES]
    return "\n".join(["status/1", __version__, sys.version, sys.prefix, *values])
