"""How the project stands to its remote, as far as can be told without asking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.settings import SyncPoint
from modelops_bundle.core.travel import plan_travel, with_registry
from modelops_bundle.errors import BundleError, ConfigError, NotFoundInRemoteError, RemoteError
from modelops_bundle.operations.observe import Session
from modelops_bundle.operations.publish_state import (
    PublishState,
    checked_state,
    is_as_at,
    offline_state,
)
from modelops_bundle.operations.remotes import (
    open_project_remote,
    recorded_remote_url,
    remote_url,
)
from modelops_bundle.operations.settings import pinned_environment, read_state
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.resolve import shown_url


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteView:
    """The remote, as last seen or as asked.

    Attributes:
        url: For people; "" where none is set.
        digest: What the tag held, when last pushed, pulled or asked.
        problem: Why it could not be asked, or "".
    """

    url: str
    checked: bool
    state: str
    digest: Digest | None
    problem: str = ""


def view_remote(session: Session, plan: SyncPlan, *, ask: bool = False) -> RemoteView:
    """The remote's state; it is contacted only if `ask`."""
    try:
        environment = pinned_environment(session.project)
        name = session.project.root.name
        url = remote_url(session.config, environment=environment, folder_name=name)
        recorded = url and recorded_remote_url(session.project, url)
    except BundleError as error:
        return RemoteView(
            url="", checked=False, state=PublishState.UNKNOWN, digest=None, problem=str(error)
        )
    if url is None or recorded is None:
        return RemoteView(url="", checked=False, state=PublishState.UNKNOWN, digest=None)
    files = publishable(session, plan)
    tag, point = _last_known(session, recorded, files)
    seen = RemoteView(
        url=shown_url(recorded),
        checked=False,
        state=offline_state(point, files),
        digest=point.manifest if point else None,
    )
    if not ask:
        return seen
    try:
        remote = open_project_remote(
            session.project, url, config=session.config, environment=environment
        )
        return _asked(remote, tag, point, files)
    except ConfigError as error:
        # Everything else of the status can be told all the same.
        return replace(seen, state=PublishState.UNKNOWN, problem=str(error))


def publishable(session: Session, plan: SyncPlan) -> Mapping[BundlePath, FileState] | None:
    """What a push would publish; None while there is anything to sync first."""
    if not plan.empty or plan.unparsed:
        return None
    document = FileState(REGISTRY_PATH, session.file.digest, len(session.file.content))
    return with_registry(plan_travel(plan.result, session.observed), document)


def _last_known(
    session: Session, url: str, files: Mapping[BundlePath, FileState] | None
) -> tuple[str, SyncPoint | None]:
    """What a tag held, and which: the project's own one, or what was last pushed or pulled.

    Of both that which is as the project is now; so nothing that was pushed under another tag
    alone counts as not pushed.
    """
    state, own = read_state(session.project), session.config.tag
    known = [(own, state.get(url, own)), state.newest_at(url) or (own, None)]
    points = [(tag, point) for tag, point in known if point is not None]
    same = [(tag, point) for tag, point in points if is_as_at(point, files)]
    return next(iter([*same, *points]), (own, None))


def _asked(
    remote: Remote,
    tag: str,
    point: SyncPoint | None,
    files: Mapping[BundlePath, FileState] | None,
) -> RemoteView:
    held: Digest | None = None
    published: Mapping[BundlePath, Digest] | None = None
    url = remote.url
    try:
        held = remote.resolve(tag)
        if files is not None and (point is None or point.manifest != held):
            published = _files_of(remote, held)
    except NotFoundInRemoteError:
        pass
    except RemoteError as error:
        digest = point.manifest if point else None
        return RemoteView(
            url=shown_url(url),
            checked=True,
            state="unauthorized" if error.code == "unauthorized" else "unreachable",
            digest=digest,
            problem=str(error),
        )
    state = checked_state(point, files, held, published)
    return RemoteView(url=shown_url(url), checked=True, state=state, digest=held)


def _files_of(remote: Remote, held: Digest) -> Mapping[BundlePath, Digest] | None:
    """The files of a bundle, whatever its layout; None for what is no bundle or cannot be read."""
    try:
        from modelops_bundle.operations.fetch import fetch_bundle

        return fetch_bundle(remote, held).index.digests
    except RemoteError:
        return None
