"""`cache`: bundles on this machine, and the room that they take."""

from __future__ import annotations

import re

from modelops_bundle.cli.action_words import ActionWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.core.cache import CacheLimits
    from modelops_bundle.storage.bundle_cache import BundleCache

EXAMPLE = "mops-bundle cache prune --max-size 10GB --max-age 30d"
ACTIONS = {
    "info": ActionWord(
        "list the bundles that are kept, and what they take",
        ("cache_dir",),
        "mops-bundle cache info",
    ),
    "prune": ActionWord(
        "free what nobody uses",
        ("cache_dir", "max_size", "max_age", "dry_run"),
        "mops-bundle cache prune --max-size 10GB --max-age 30d",
    ),
    "verify": ActionWord(
        "read everything back, and drop what is damaged",
        ("cache_dir",),
        "mops-bundle cache verify",
    ),
}

_DEFAULT_AGE = "30d"
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.ASCII | re.IGNORECASE)
_SPAN_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "action",
        nargs="?",
        default="info",
        choices=tuple(ACTIONS),
        help="info without it",
    )
    parser.add_argument(
        "--cache-dir", metavar="DIR", help="another cache than this user's: a worker's"
    )
    parser.add_argument("--max-size", metavar="SIZE", help="keep at most 500MB, 10GiB, ...")
    parser.add_argument(
        "--max-age",
        metavar="AGE",
        help=f"remove what nobody used for 12h, 30d, ...; {_DEFAULT_AGE} without any limit",
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would go")


def run(args: Namespace, out: Output) -> int:
    """Do what was asked; a bundle that is in use is never removed."""
    from pathlib import Path

    from modelops_bundle.cli.render.cache import render_cache_info
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.cache_care import holdings
    from modelops_bundle.operations.cache_documents import cache_info_document
    from modelops_bundle.storage.bundle_cache import BundleCache, default_cache_folder

    if args.action != "prune" and (args.max_size or args.max_age or args.dry_run):
        raise UsageError(f"cache {args.action} takes no --max-size, --max-age and --dry-run")
    cache = BundleCache(Path(args.cache_dir) if args.cache_dir else default_cache_folder())
    if args.action == "prune":
        return _prune(cache, _limits(args.max_size, args.max_age), out, dry_run=args.dry_run)
    if args.action == "verify":
        return _verify(cache, out)
    out.show(cache_info_document(holdings(cache)), render_cache_info)
    return 0


def _prune(cache: BundleCache, limits: CacheLimits, out: Output, *, dry_run: bool) -> int:
    from modelops_bundle.cli.render.cache import render_cache_prune
    from modelops_bundle.operations.cache_care import prune
    from modelops_bundle.operations.cache_documents import cache_prune_document

    pruned = prune(cache, limits, dry_run=dry_run)
    out.show(cache_prune_document(pruned, dry_run=dry_run), render_cache_prune)
    return 0


def _verify(cache: BundleCache, out: Output) -> int:
    from modelops_bundle.cli.render.cache import render_cache_verify
    from modelops_bundle.operations.cache_care import verify
    from modelops_bundle.operations.cache_documents import cache_verify_document

    verified = verify(cache)
    out.show(cache_verify_document(verified), render_cache_verify)
    return verified.exit_code


def _limits(size: str | None, age: str | None) -> CacheLimits:
    from modelops_bundle.cli.sizes import size_bytes
    from modelops_bundle.core.cache import CacheLimits

    if size is None and age is None:
        age = _DEFAULT_AGE
    return CacheLimits(
        max_size_bytes=None if size is None else size_bytes(size),
        max_idle_s=None if age is None else _seconds(age),
    )


def _seconds(text: str) -> float:
    """`45m`, `12h`, `30d` or `2w` in seconds."""
    from modelops_bundle.errors import UsageError

    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"not an age: {text!r}", hint="give 45m, 12h, 30d or 2w")
    return float(found[1]) * _SPAN_S[found[2].lower()]
