"""What a project's own files name, for a shell that completes a word: offline, and fast.

Everything is read from the cache folder as long as the files are as they were; what makes it anew
is loaded only then. Nothing here raises: what cannot be read names nothing.
"""

from __future__ import annotations

import json
import os

from modelops_bundle import __version__
from modelops_bundle.errors import BundleError
from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.root import PROJECT_FOLDER, cache_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelops_bundle.workspace.project import Project

    Rows = list[list[str]]

_LIMIT_BYTES = 8 << 20
#: Where a person's stores and environments are.
_VARIABLES = ("HOME", "XDG_DATA_HOME")


def registered_names(root: str) -> Rows:
    """Section, name, entrypoint, path and then outputs or members, of all that is registered."""
    return _kept(root, "names", [f"{root}/{PROJECT_FOLDER}/registry.yaml"], _registered)


def published_names(root: str) -> Rows:
    """Tag, digest and remote, as far as the state file and local folders tell; newest last."""
    own = [f"{root}/{PROJECT_FOLDER}/{name}" for name in ("config.yaml", "state.json", "env")]
    folder = environment_folder()
    environments = [f"{folder}/{name}.yaml" for name in environment_names()]
    return _kept(root, "tags", [*own, folder, *environments], _published)


def tracked_paths(root: str) -> list[str]:
    """Further files that travel."""
    from modelops_bundle.operations.settings import read_tracked
    from modelops_bundle.workspace.project import Project

    try:
        return [str(path) for path in read_tracked(Project(_path(root)))]
    except BundleError:
        return []


def environment_folder() -> str:
    """Where the platform keeps this user's environments."""
    return os.path.join(os.path.expanduser("~"), ".modelops", "bundle-env")


def environment_names() -> list[str]:
    """Environments of this user, sorted."""
    try:
        names = os.listdir(environment_folder())
    except OSError:
        return []
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def _registered(root: str) -> tuple[Rows, list[str]]:
    from modelops_bundle.codec.registry_names import registry_names

    with open(f"{root}/{PROJECT_FOLDER}/registry.yaml", "rb") as stream:
        content = stream.read()
    if b"<<<<<<<" in content:
        from modelops_bundle.codec.conflicts import has_conflict_markers, split_conflicts

        if has_conflict_markers(content):
            content = split_conflicts(content).ours
    found = registry_names(content)
    return [[*map(str, row[:4]), *row[4]] for row in found], []


def _published(root: str) -> tuple[Rows, list[str]]:
    from modelops_bundle.operations.settings import read_state
    from modelops_bundle.storage.oci_layout import OciLayoutRemote
    from modelops_bundle.storage.resolve import open_remote
    from modelops_bundle.workspace.project import Project

    project = Project(_path(root))
    rows: Rows = []
    urls = _configured(project)
    for (url, reference), point in read_state(project).points.items():
        urls.append(url)
        rows.append(["" if ":" in reference else reference, str(point.manifest), url])
    looked: list[str] = []
    for url in dict.fromkeys(urls):
        rows.append(["", "", url])
        if not url.startswith(("layout:", "file:")):
            continue  # asking a registry would take the network
        remote = open_remote(url, root=project.root)
        if isinstance(remote, OciLayoutRemote):
            looked.append(f"{remote.url.removeprefix('layout:')}/index.json")
            try:
                held = remote.held(remote.tags())
            except BundleError:
                continue
            rows += [[tag, str(digest), url] for tag, digest in held.items()]
    return rows, looked


def _configured(project: Project) -> list[str]:
    """The remote of the project; none where it cannot be told."""
    from modelops_bundle.operations.remotes import remote_url
    from modelops_bundle.operations.settings import pinned_environment, read_config

    try:
        config = read_config(project)
        environment = pinned_environment(project)
        url = remote_url(config, environment=environment, folder_name=project.root.name)
    except BundleError:
        return []
    return [url] if url else []


def _path(root: str) -> Path:
    from pathlib import Path

    return Path(root)


def _kept(
    root: str, name: str, files: list[str], make: Callable[[str], tuple[Rows, list[str]]]
) -> Rows:
    """The rows that were made before, if no file that they depend on differs; else made anew.

    Args:
        make: Gives the rows, and further files that they depend on.
    """
    folder = cache_folder(root)
    file = f"complete-{name}"
    key = [__version__, *(os.environ.get(variable, "") for variable in _VARIABLES)]
    seal = cachefiles.seal(folder).decode()
    content = cachefiles.read(folder, file, _LIMIT_BYTES)
    if content is not None:
        try:
            known = json.loads(content)
            if known["key"] == [*key, seal] and _stamps(known["files"]) == known["files"]:
                rows: Rows = known["rows"]
                return rows
        except (ValueError, LookupError, TypeError):
            pass
    try:
        before = _stamps(files)
        rows, further = make(root)
    except (BundleError, OSError):
        return []
    if cachefiles.prepare(folder):
        stamps = {**before, **_stamps(further)}
        seal = cachefiles.seal(folder).decode()
        document = {"key": [*key, seal], "files": stamps, "rows": rows}
        cachefiles.write(folder, file, json.dumps(document).encode())
    return rows


def _stamps(files: list[str] | dict[str, list[int]]) -> dict[str, list[int]]:
    stamps: dict[str, list[int]] = {}
    for file in files:
        try:
            found = os.stat(file)
        except OSError:
            stamps[file] = []
        else:
            stamps[file] = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
    return stamps
