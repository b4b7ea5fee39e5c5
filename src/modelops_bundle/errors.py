"""Everything the program can refuse to do, as one family of exceptions."""

from __future__ import annotations


class BundleError(Exception):
    """Root of all errors that are reported to a user rather than raised as a bug.

    Attributes:
        message: What happened and where (`path:line` where there is a place).
        not_done: What the program did not do because of it, or "".
        hint: One thing the user can do, or "".
    """

    #: Process exit code (contract.md, "Exit codes").
    exit_code = 2
    #: Stable identifier for scripts.
    code = "error"

    def __init__(self, message: str, *, not_done: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.not_done = not_done
        self.hint = hint
        if hint:
            # Tracebacks of programs that use the API show it below the message.
            self.add_note(f"help: {hint}")

    def __str__(self) -> str:
        return f"{self.message}; {self.not_done}" if self.not_done else self.message

    @property
    def place(self) -> tuple[str, int, int]:
        """File, 1-based line and column that it is about; "" and 0 where none is known."""
        return "", 0, 0


class UsageError(BundleError):
    """The command was called in a way that cannot be carried out."""

    code = "usage"


class InvalidPathError(BundleError):
    """A path that cannot stand in a bundle: absolute, escaping, or not portable."""

    code = "invalid-path"


class InvalidDigestError(BundleError):
    """A text that is no digest."""

    code = "invalid-digest"


class ProjectNotFoundError(BundleError):
    """No project at this folder or above it."""

    code = "no-project"


class ConfigError(BundleError):
    """A configuration file that cannot be used."""

    code = "config"


class DocumentError(BundleError):
    """A document that people write cannot be read.

    Attributes:
        path: The file, as shown to the user.
        line: 1-based line, or 0 where none is known.
        column: 1-based column, or 0.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        line: int = 0,
        column: int = 0,
        not_done: str = "",
        hint: str = "",
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (path, line, column) if part)
        super().__init__(
            f"{place}: {message}" if place else message,
            not_done=not_done,
            hint=hint or (f"mend {path}:{line}" if path and line else ""),
        )

    @property
    def place(self) -> tuple[str, int, int]:
        """File, line and column."""
        return self.path, self.line, self.column


class RegistryError(DocumentError):
    """`registry.yaml` cannot be read, or must not be written."""

    code = "registry"


class JobError(DocumentError):
    """A job specification that cannot be read."""

    code = "job"


class UnparsableSourceError(BundleError):
    """Source that cannot be parsed where that blocks the command."""

    code = "unparsed"


class StaleError(BundleError):
    """The registry differs from the code where it must not."""

    code = "stale"
    exit_code = 1


class PreflightError(BundleError):
    """Preflight has errors where it must not."""

    code = "preflight"
    exit_code = 1


class VerifyError(BundleError):
    """Entries that ran are not what the registry says, or do not run."""

    code = "verify"
    exit_code = 1


class InstallError(BundleError):
    """A bundle that cannot be installed as workers do.

    Attributes:
        output: The last lines that the installer printed.
    """

    code = "install"
    exit_code = 1

    def __init__(
        self, message: str, *, output: tuple[str, ...] = (), not_done: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, not_done=not_done, hint=hint)
        self.output = output


class ChangedDuringUseError(BundleError):
    """A file changed between its observation and its use; the work was abandoned."""

    code = "changed"
    exit_code = 1


class NeedsDecisionError(BundleError):
    """Only a person can settle this: `--force`, `--keep`, `--rename` or `--overwrite`."""

    code = "needs-decision"
    exit_code = 3


class RemoteError(BundleError):
    """A remote refused, failed, or holds what it must not."""

    code = "remote"
    exit_code = 4


class UnauthorizedError(RemoteError):
    """The remote does not know who asks, or does not let them."""

    code = "unauthorized"


class NotFoundInRemoteError(RemoteError):
    """A reference or blob that the remote does not hold."""

    code = "not-found"


class UnsupportedByRemoteError(RemoteError):
    """The remote does not do that, or is not set up to."""

    code = "unsupported"


class TagMovedError(RemoteError):
    """The tag holds something else than was expected; nothing was tagged."""

    code = "tag-moved"


class IntegrityError(RemoteError):
    """Bytes that are not what their digest or size says."""

    code = "integrity"


class HostileBundleError(RemoteError):
    """A bundle whose index would write where a bundle must not write."""

    code = "hostile-bundle"


class LockTimeoutError(BundleError):
    """Another process holds the lock."""

    code = "locked"


class FileAccessError(BundleError):
    """A file or folder that the system would not let us read or write."""

    code = "file-access"


class CacheError(FileAccessError):
    """The cache of bundles cannot be written: read-only, or its disk is full."""

    code = "cache"
