"""The options that say how entries are run, for `verify` and `push --verify`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.operations.status import StatusReport
    from modelops_bundle.operations.verification.verify import Verification, VerifyRequest

_OPTIONS = ("python", "install", "call", "timeout", "memory")


def add_verify_options(parser: CommandParser, title: str) -> None:
    """Declare them, in a group of their own."""
    options = parser.add_argument_group(title)
    options.add_argument(
        "--python",
        metavar="EXE",
        help="the interpreter, or its virtual environment; without it the active environment, the "
        "project's .venv, or the Python of this program",
    )
    options.add_argument(
        "--install",
        action="store_true",
        help="install the bundle into a fresh virtual environment first, as workers do",
    )
    options.add_argument("--call", action="store_true", help="call each target too")
    options.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="for each step of an entry: its import, its facts, its call; 300 without it",
    )
    options.add_argument("--memory", metavar="SIZE", help="address space of a process, such as 8GB")


def verify_request(args: Namespace) -> VerifyRequest:
    """How the entries are to be run.

    Raises:
        UsageError: an option that means nothing.
    """
    from modelops_bundle.cli.sizes import size_bytes
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.verification.verify import DEFAULT_TIMEOUT_S, VerifyRequest

    timeout_s = DEFAULT_TIMEOUT_S if args.timeout is None else args.timeout
    if not 0 < timeout_s < 1e6:
        raise UsageError(f"not a time: --timeout {timeout_s:g}", hint="give seconds above 0")
    return VerifyRequest(
        python=args.python,
        install=args.install,
        call=args.call,
        timeout_s=timeout_s,
        memory_bytes=None if args.memory is None else size_bytes(args.memory),
    )


def prover_of(args: Namespace, *, wanted: bool) -> Callable[[StatusReport], Verification] | None:
    """What `push` runs the entries with; None where it is not to.

    Raises:
        UsageError: an option that means nothing, or means nothing here.
    """
    if not wanted:
        from modelops_bundle.errors import UsageError

        given = next((name for name in _OPTIONS if getattr(args, name)), None)
        if given is not None:
            raise UsageError(f"--{given} says how entries are run", hint="add --verify")
        return None
    from modelops_bundle.operations.verification.verify import verify_project

    request = verify_request(args)
    return lambda report: verify_project(report, request)
