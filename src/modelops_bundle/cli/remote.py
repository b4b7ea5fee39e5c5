"""The remote that a command talks to, and the bundle that is meant there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.core.settings import BundleConfig
    from modelops_bundle.storage.base import Remote
    from modelops_bundle.workspace.project import Project


def add_remote_option(parser: CommandParser) -> None:
    """Declare `--remote`."""
    parser.add_argument(
        "--remote", metavar="URL", help="another remote than the project's, this once"
    )


def add_reference(parser: CommandParser, *, optional: bool = False) -> None:
    """Declare the bundle that is meant."""
    words = "a tag, a digest or its beginning, or a full reference: URL:tag, URL@sha256:..."
    parser.add_argument(
        "ref",
        nargs="?" if optional else None,
        metavar="REF",
        help=f"{words}; the project's tag without it" if optional else words,
    )


def remote_of(project: Project, config: BundleConfig, override: str | None) -> Remote:
    """The remote: `--remote`, then the pinned environment, then the configuration.

    Raises:
        ConfigError: there is none, or it cannot be used.
    """
    from modelops_bundle.operations import project_remote

    return project_remote.remote_of(project, config, override)


def bundle_of(reference: str | None, override: str | None = None) -> tuple[Remote, str]:
    """The remote, and what is meant there: a full reference needs no project.

    Args:
        reference: A tag, a digest or its beginning, or a full reference; the project's tag where
            there is none.
        override: `--remote`.

    Raises:
        UsageError: a full reference and `--remote`.
        ProjectNotFoundError: it takes a project to know the remote, and there is none.
        ConfigError: the remote cannot be used.
    """
    from modelops_bundle.cli.here import current_project, in_project
    from modelops_bundle.core.settings import DEFAULT_TAG
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.settings import read_config
    from modelops_bundle.storage.full_reference import parse_full_reference

    full = parse_full_reference(reference) if reference else None
    if full is not None:
        if override:
            raise UsageError("the reference says where the bundle is", hint="leave --remote out")
        return remote_at(full.url), full.reference or DEFAULT_TAG
    if override and not in_project():
        return remote_at(override), reference or DEFAULT_TAG
    project = current_project()
    config = read_config(project)
    return remote_of(project, config, override), reference or config.tag


def remote_at(url: str) -> Remote:
    """The remote of a URL: with the login of the project around, if there is one.

    Raises:
        ConfigError: it cannot be used.
    """
    from pathlib import Path

    from modelops_bundle.operations import project_remote

    return project_remote.remote_at(url, Path.cwd())
