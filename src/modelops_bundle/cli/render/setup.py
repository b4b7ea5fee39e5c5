"""Environments, the remote and logins, for people; no secret is ever here to be shown."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import labelled, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.setup_documents import (
        EnvironmentDocument,
        EnvironmentsDocument,
        LoginDocument,
        LogoutDocument,
        RemoteDocument,
    )

_LABEL_CELLS = 10


def render_environments(document: EnvironmentsDocument, columns: int) -> list[str]:
    """All environments; the pinned one is marked."""
    rows = [
        (
            f"{'*' if environment['pinned'] else ' '} {environment['name']}",
            environment["problem"] or environment["registry"] or "no registry",
            environment["storage"] or "",
        )
        for environment in document["environments"]
    ]
    return [f"Pinned: {document['pinned'] or 'none'}", *(table(rows) if rows else [])]


def render_environment(document: EnvironmentsDocument, columns: int) -> list[str]:
    """One environment in full."""
    lines: list[str] = []
    for environment in document["environments"]:
        pinned = " (pinned)" if environment["pinned"] else ""
        rows = [row for row in _rows(environment) if row[1]]
        lines += [f"{environment['name']}{pinned}", *labelled(rows, 2, _LABEL_CELLS)]
    return lines


def render_remote(document: RemoteDocument, columns: int) -> list[str]:
    """What is set, what was set before, and what goes before it."""
    now, before = document["remote"] or "none", document["before"] or "none"
    lines = [f"remote: {now}" + (f" (was {before})" if before != now else "")]
    if document["insecure"]:
        lines.append("insecure: it may do without TLS")
    if document["pinned"]:
        lines.append(f"The pinned environment {document['pinned']} goes before it.")
    return lines


def render_login(document: LoginDocument, columns: int) -> list[str]:
    """Whether it was checked, and where it is kept."""
    if not document["checked"]:
        return [
            f"{document['host']} lets everybody in: the password could not be checked.",
            f"Remembered {document['username']} in {document['kept_in']}.",
        ]
    kept = f"remembered in {document['kept_in']}"
    return [f"Logged in to {document['host']} as {document['username']}; {kept}."]


def render_logout(document: LogoutDocument, columns: int) -> list[str]:
    """Whether there was anything to forget."""
    if document["known"]:
        return [f"Logged out of {document['host']}."]
    return [f"Nobody was logged in to {document['host']}."]


def _rows(environment: EnvironmentDocument) -> list[tuple[str, str]]:
    set_ = {True: "set", False: ""}
    return [
        ("registry", environment["registry"] or ""),
        ("username", environment["username"] or ""),
        ("password", set_[environment["password_set"]]),
        ("insecure", "yes" if environment["insecure"] else ""),
        ("storage", environment["storage"] or ""),
        ("keys", set_[environment["keys_set"]]),
    ]
