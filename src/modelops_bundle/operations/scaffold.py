"""Making a folder a project: the files of its own, and nothing that is there already."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.codec.config import encode_config
from modelops_bundle.codec.registry_yaml import new_document
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.core.settings import LOCAL_REMOTE, BundleConfig
from modelops_bundle.errors import UsageError
from modelops_bundle.operations.committed_url import committed_url
from modelops_bundle.operations.gitignore import registry_is_ignored
from modelops_bundle.operations.remote_setting import new_store_id
from modelops_bundle.operations.settings import pin_environment, read_config, read_environment
from modelops_bundle.workspace.atomic import write_atomic
from modelops_bundle.workspace.ignore import default_ignore_text, default_private_ignore_text
from modelops_bundle.workspace.project import CONFIG, IGNORE, PYPROJECT, REGISTRY, Project
from modelops_bundle.workspace.pyproject_table import parse_pyproject
from modelops_bundle.workspace.root import PROJECT_FOLDER

_GITATTRIBUTES = b"# Digests are of bytes: no line-ending conversion of data.\ndata/** -text\n"
_SOURCES = BundlePath("src")
_NO_PACKAGES = """
# Workers install what is declared here, and take the code from the bundle's folder as it is.
# With a src/ folder, leave these two lines out: then its packages are installed too.
[tool.setuptools]
packages = []
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOutcome:
    """What `init` made.

    Attributes:
        name, remote: As they are now, also where the configuration was there before.
        created: Files that were not there before.
        kept: Files that were there and were left alone.
        registry_ignored: git leaves the registry out of commits.
    """

    project: Project
    name: str
    remote: str
    created: tuple[BundlePath, ...]
    kept: tuple[BundlePath, ...]
    registry_ignored: bool


def init(folder: Path, *, name: str = "", env: str = "", remote: str = "") -> InitOutcome:
    """Make a folder a project.

    Args:
        folder: Made where it is not there.
        name: What people call it; by default the name in `pyproject.toml`, else the folder's.
        env: An environment file's name to pin; not together with `remote`.
        remote: A URL; a layout folder of this user's by default, so that push works at once.

    Raises:
        UsageError: it lies in `.modelops-bundle`, is no folder, or has both `env` and `remote`;
            or a remote that would mean nothing to others.
        ConfigError: there is no such environment.
    """
    if env and remote:
        raise UsageError("--env and --remote exclude each other", not_done="nothing was made")
    if remote:
        root = Path(os.path.realpath(folder))
        remote = committed_url(remote, root, not_done="nothing was made")
    if env:
        read_environment(env)
    project = _made(folder)
    name = name or _own_name(project) or project.root.name
    config = _config(name, env, remote)
    written = {
        REGISTRY: new_document(BundleRegistry()),
        CONFIG: encode_config(config),
        BundlePath(f"{PROJECT_FOLDER}/.gitignore"): default_private_ignore_text().encode(),
        IGNORE: default_ignore_text().encode(),
        PYPROJECT: _pyproject(name, flat=not project.path(_SOURCES).is_dir()),
    }
    created, kept = [], []
    for path, content in written.items():
        if project.path(path).exists():
            kept.append(path)
        else:
            project.path(path).parent.mkdir(exist_ok=True)
            write_atomic(project.path(path), content)
            created.append(path)
    if env:
        pin_environment(project, env)
    settled = config if CONFIG in created else read_config(project)
    return InitOutcome(
        project=project,
        name=settled.name or name,
        remote=env or settled.remote or "",
        created=tuple(created),
        kept=tuple(kept),
        registry_ignored=registry_is_ignored(project),
    )


def fix_gitignore(project: Project) -> bool:
    """Let git see the registry again; returns whether anything had to be changed.

    The rule that hides it may stand in any ignore file: an exception in the project's own
    `.gitignore` goes before rules further up, and the folder itself must be let in first.
    """
    if not registry_is_ignored(project):
        return False
    path = project.root / ".gitignore"
    lines = path.read_bytes().splitlines() if path.exists() else []
    name = PROJECT_FOLDER.encode()
    hides = {name, name + b"/", b"/" + name, b"/" + name + b"/"}
    kept = [line for line in lines if line.strip() not in hides]
    kept += [b"!/" + name + b"/", b"!/" + name + b"/**"]
    write_atomic(path, b"\n".join(kept) + b"\n")
    inner = project.folder / ".gitignore"
    if not inner.exists():
        write_atomic(inner, default_private_ignore_text().encode())
    return True


def add_gitattributes(project: Project) -> bool:
    """Keep git from changing line endings of data: its digests would change with them."""
    path = project.root / ".gitattributes"
    if path.exists():
        return False
    write_atomic(path, _GITATTRIBUTES)
    return True


def _made(folder: Path) -> Project:
    root = Path(os.path.realpath(folder))
    if PROJECT_FOLDER in root.parts:
        raise UsageError(f"{folder}: inside {PROJECT_FOLDER}", not_done="nothing was made")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", not_done="nothing was made") from error
    return Project(root)


def _own_name(project: Project) -> str:
    """What the project calls itself, as `status` shows it; "" where it does not say."""
    try:
        return parse_pyproject(project.path(PYPROJECT).read_bytes()).name
    except OSError:
        return ""


def _config(name: str, env: str, remote: str) -> BundleConfig:
    if remote and remote != LOCAL_REMOTE:
        return BundleConfig(remote=remote, name=name)
    if env:
        return BundleConfig(name=name)
    return BundleConfig(remote=LOCAL_REMOTE, store_id=new_store_id(name), name=name)


def _pyproject(name: str, *, flat: bool) -> bytes:
    """One that workers can install, as they do with each bundle.

    Args:
        flat: Models and targets are in folders beside this file. setuptools refuses to guess which
            of several are packages, and none need be: workers import from the bundle's own folder.
    """
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._") or "bundle"
    return (
        "[project]\n"
        f'name = "{slug}"\n'
        'version = "0.1.0"\n'
        'requires-python = ">=3.11"\n'
        "dependencies = []\n" + (_NO_PACKAGES if flat else "")
    ).encode()
