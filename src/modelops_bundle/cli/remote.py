"""The remote that a command talks to, as its options and the project say."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.core.settings import BundleConfig, Environment
    from modelops_bundle.storage.base import Remote
    from modelops_bundle.workspace.project import Project


def add_remote_option(parser: CommandParser) -> None:
    """Declare `--remote`."""
    parser.add_argument(
        "--remote", metavar="URL", help="another remote than the project's, this once"
    )


def remote_of(project: Project, config: BundleConfig, override: str | None) -> Remote:
    """The remote: `--remote`, then the pinned environment, then the configuration.

    Raises:
        ConfigError: there is none, or it cannot be used.
    """
    from modelops_bundle.operations.remotes import open_project_remote, remote_url

    environment = _environment(project, needed=override is None)
    url = remote_url(
        config, override=override, environment=environment, folder_name=project.root.name
    )
    return open_project_remote(project, url, config=config, environment=environment)


def _environment(project: Project, *, needed: bool) -> Environment | None:
    """The pinned environment; `--remote` does without one, but its login may be in it."""
    from modelops_bundle.errors import ConfigError
    from modelops_bundle.operations.settings import pinned_environment

    try:
        return pinned_environment(project)
    except ConfigError:
        if needed:
            raise
        return None
