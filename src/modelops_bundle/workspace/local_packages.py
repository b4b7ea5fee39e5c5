"""Packages that are installed from folders of this machine, found by reading files alone.

Where they are named: `pyproject.toml` (`[tool.uv.sources]`, uv workspaces, poetry's and pdm's path
dependencies, direct references of PEP 508), `requirements*.txt`, and the virtual environment in
the project's folder (`direct_url.json` of PEP 610, `.pth` and `.egg-link` files).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from modelops_bundle.workspace.project import PYPROJECT
from modelops_bundle.workspace.site_packages import (
    ENVIRONMENTS,
    added_folders,
    adding_files,
    is_environment,
    listed,
    site_packages,
)

Table = Mapping[str, object]

#: Where the packages of a local project are, below its folder; "" for the folder itself.
_LAYOUTS = ("src", "", "lib", "python")
_DIRECT = re.compile(r"@\s*(file:[^\s;]+)")
_EDITABLE = re.compile(r"^\s*(?:-e|--editable)[\s=]+(\S+)|^\s*(\.{1,2}/\S*|file:\S+)")
_MAX_BYTES = 1 << 20


@dataclass(slots=True)
class LocalPackages:
    """Folders that imports may lead to.

    Attributes:
        folders: Real absolute paths that go on `sys.path`, with the file that says so.
        looked_at: Absolute paths that this depends on, whether there is something there or not.
    """

    folders: dict[str, str] = field(default_factory=dict)
    looked_at: list[str] = field(default_factory=list)

    def find(self, module: str) -> tuple[str, str] | None:
        """Where a top-level module is: its path, and the file that says so."""
        for folder, source in self.folders.items():
            for name in (module, f"{module}.py"):
                path = os.path.join(folder, name)
                self.looked_at.append(path)
                if _holds(folder, name) and (name != module or _is_package(path)):
                    return path, source
        return None


def local_packages(root: str) -> LocalPackages:
    """All that a project (real absolute path) names, those inside it included."""
    found = LocalPackages()
    for folder, source in (*_from_pyproject(root), *_from_requirements(root, found)):
        _add_project(found, folder, source)
    for name in ENVIRONMENTS:
        environment = os.path.join(root, name)
        if is_environment(environment):
            _from_environment(root, environment, found)
    return found


def _add_project(found: LocalPackages, folder: str, source: str) -> None:
    """The folders of a local project that its packages are imported from."""
    for layout in _LAYOUTS:
        place = os.path.realpath(os.path.join(folder, layout))
        found.looked_at.append(place)
        if os.path.isdir(place):
            found.folders.setdefault(place, source)


def _from_pyproject(root: str) -> Iterator[tuple[str, str]]:
    document = _toml(f"{root}/{PYPROJECT}")
    tool, project = _table(document, "tool"), _table(document, "project")
    uv, poetry, pdm = (_table(tool, name) for name in ("uv", "poetry", "pdm"))
    workspace = False
    for source in _tables(_table(uv, "sources").values()):
        yield from _path_of(root, source)
        workspace = workspace or source.get("workspace") is True
    if workspace:
        for folder, members in _workspace(root, document):
            yield from ((one, folder) for one in members)
    groups = [_table(_table(poetry, "group"), name) for name in _table(poetry, "group")]
    for holder in (poetry, *groups):
        for key in ("dependencies", "dev-dependencies"):
            for source in _tables(_table(holder, key).values()):
                yield from _path_of(root, source)
    lists = [
        project.get("dependencies"),
        *_table(project, "optional-dependencies").values(),
        *_table(document, "dependency-groups").values(),
        *_table(pdm, "dev-dependencies").values(),
        uv.get("dev-dependencies"),
    ]
    for text in (item for one in lists if isinstance(one, list) for item in one):
        if isinstance(text, str):
            yield from _reference(root, text, PYPROJECT)


def _path_of(root: str, source: Table) -> Iterator[tuple[str, str]]:
    path = source.get("path")
    if isinstance(path, str):
        yield os.path.join(root, path), PYPROJECT


def _reference(root: str, text: str, source: str) -> Iterator[tuple[str, str]]:
    """`name @ file:///…`, and the variables in which tools write the project's folder."""
    for variable in ("${PROJECT_ROOT}", "{root:uri}", "{root}"):
        text = text.replace(variable, root)
    match = _DIRECT.search(text) or _EDITABLE.match(text)
    if match:
        given = next(group for group in match.groups() if group)
        yield os.path.join(root, _file_path(given)), source


def _from_requirements(root: str, found: LocalPackages) -> Iterator[tuple[str, str]]:
    for name in listed(root):
        if name.startswith("requirements") and name.endswith(".txt"):
            for line in _text(f"{root}/{name}", found).splitlines():
                yield from _reference(root, line.partition(" #")[0], name)


def _workspace(root: str, document: Table) -> Iterator[tuple[str, list[str]]]:
    """The members of the uv workspace that the project is the root or a member of."""
    folder = root
    for _ in range(16):
        members = _table(_table(_table(document, "tool"), "uv"), "workspace").get("members")
        if isinstance(members, list):
            yield PYPROJECT, [one for text in members for one in _globbed(folder, str(text))]
            return
        if os.path.dirname(folder) == folder:
            return
        folder = os.path.dirname(folder)
        document = _toml(f"{folder}/{PYPROJECT}")


def _globbed(folder: str, pattern: str) -> Iterable[str]:
    from glob import glob

    return sorted(glob(os.path.join(folder, pattern)))


def _from_environment(root: str, environment: str, found: LocalPackages) -> None:
    for place in site_packages(environment):
        found.looked_at.append(place)
        adding = frozenset(adding_files(place))
        for name in listed(place):
            path = os.path.join(place, name)
            shown = os.path.relpath(path, root)
            if name.endswith(".dist-info"):
                folder = _recorded(f"{path}/direct_url.json", found)
                if folder:
                    _add_project(found, folder, f"{shown}/direct_url.json")
            elif name in adding:
                found.looked_at.append(path)
                for folder in added_folders(path):
                    _add_folder(found, os.path.realpath(folder), place, shown)


def _add_folder(found: LocalPackages, folder: str, place: str, source: str) -> None:
    if not f"{folder}/".startswith(f"{place}/"):
        found.folders.setdefault(folder, source)


def _recorded(path: str, found: LocalPackages) -> str:
    """The folder that a distribution was installed from (PEP 610), or ""."""
    if not os.path.isfile(path):
        return ""
    try:
        document = json.loads(_text(path, found))
    except ValueError:
        return ""
    if not isinstance(document, dict) or not isinstance(document.get("dir_info"), dict):
        return ""
    url = document.get("url")
    return _file_path(url) if isinstance(url, str) and url.startswith("file:") else ""


def _file_path(text: str) -> str:
    return unquote(urlsplit(text).path) if text.startswith("file:") else text


def _holds(folder: str, name: str) -> bool:
    """Whether a folder holds this very name: on some systems `stat` ignores case."""
    return name in listed(folder)


def _is_package(path: str) -> bool:
    if not os.path.isdir(path):
        return False
    return any(name.endswith((".py", ".so", ".pyd")) for name in os.listdir(path))


def _toml(path: str) -> Table:
    import tomllib

    try:
        with open(path, "rb") as stream:
            return tomllib.load(stream)
    except (OSError, ValueError, RecursionError):
        return {}


def _text(path: str, found: LocalPackages) -> str:
    found.looked_at.append(path)
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return ""


def _table(parent: Table, key: str) -> Table:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _tables(values: Iterable[object]) -> Iterator[Table]:
    """Tables among these, those in lists included (uv takes several sources for one name)."""
    for value in values:
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, dict))
