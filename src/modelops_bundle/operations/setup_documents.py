"""The JSON documents of the commands that set a project up."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.operations.environments import EnvironmentView
from modelops_bundle.operations.remote_setting import RemoteSetting
from modelops_bundle.operations.scaffold import InitOutcome
from modelops_bundle.operations.tracked import TrackedOutcome
from modelops_bundle.storage.login import Login
from modelops_bundle.storage.registry_address import without_login


class InitDocument(TypedDict):
    """`mops-bundle.init/1`; `remote` is a URL, an environment's name, `local`, or ""."""

    schema: str
    project: str
    root: str
    remote: str
    created: list[str]
    kept: list[str]
    registry_ignored: bool


class TrackedDocument(TypedDict):
    """`mops-bundle.add/1` and `mops-bundle.remove/1`; `tracked` is the whole list afterwards."""

    schema: str
    changed: list[str]
    unchanged: list[str]
    tracked: list[str]


class EnvironmentDocument(TypedDict):
    """One environment; of secrets only whether they are set."""

    name: str
    pinned: bool
    registry: str | None
    username: str | None
    password_set: bool
    insecure: bool
    storage: str | None
    keys_set: bool
    problem: str


class EnvironmentsDocument(TypedDict):
    """`mops-bundle.env/1`; `available` names those that there is a file of."""

    schema: str
    pinned: str | None
    available: list[str]
    environments: list[EnvironmentDocument]


class RemoteDocument(TypedDict):
    """`mops-bundle.remote/1`; the environment `pinned` goes before what `config.yaml` says."""

    schema: str
    remote: str | None
    before: str | None
    pinned: str | None
    insecure: bool


class LoginDocument(TypedDict):
    """`mops-bundle.login/1`; `checked`: the registry asked for the credentials and took them."""

    schema: str
    host: str
    username: str
    kept_in: str
    checked: bool


class LogoutDocument(TypedDict):
    """`mops-bundle.logout/1`; `known`: there was a login."""

    schema: str
    host: str
    known: bool


def init_document(outcome: InitOutcome) -> InitDocument:
    """The document of `init`."""
    return {
        "schema": "mops-bundle.init/1",
        "project": outcome.name,
        "root": str(outcome.project.root),
        "remote": outcome.remote,
        "created": [str(path) for path in outcome.created],
        "kept": [str(path) for path in outcome.kept],
        "registry_ignored": outcome.registry_ignored,
    }


def tracked_document(outcome: TrackedOutcome, command: str) -> TrackedDocument:
    """The document of `add` or `remove`."""
    return {
        "schema": f"mops-bundle.{command}/1",
        "changed": [str(path) for path in outcome.changed],
        "unchanged": [str(path) for path in outcome.unchanged],
        "tracked": [str(path) for path in outcome.tracked],
    }


def environments_document(views: tuple[EnvironmentView, ...]) -> EnvironmentsDocument:
    """The document of `env`: all environments, or the one that was asked for."""
    pinned = [view.name for view in views if view.pinned]
    return {
        "schema": "mops-bundle.env/1",
        "pinned": pinned[0] if pinned else None,
        "available": [view.name for view in views if not view.problem],
        "environments": [
            {
                "name": view.name,
                "pinned": view.pinned,
                "registry": view.registry or None,
                "username": view.username or None,
                "password_set": view.password,
                "insecure": view.insecure,
                "storage": view.storage or None,
                "keys_set": view.keys,
                "problem": view.problem,
            }
            for view in views
        ],
    }


def remote_document(setting: RemoteSetting) -> RemoteDocument:
    """The document of `remote`."""
    return {
        "schema": "mops-bundle.remote/1",
        "remote": setting.after and without_login(setting.after),
        "before": setting.before and without_login(setting.before),
        "pinned": setting.pinned or None,
        "insecure": setting.insecure,
    }


def login_document(login: Login) -> LoginDocument:
    """The document of `login`."""
    return {
        "schema": "mops-bundle.login/1",
        "host": login.host,
        "username": login.username,
        "kept_in": login.kept_in,
        "checked": login.asked,
    }


def logout_document(host: str, *, known: bool) -> LogoutDocument:
    """The document of `logout`."""
    return {"schema": "mops-bundle.logout/1", "host": host, "known": known}
