"""What git says of the project, where there is a git and a repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.core.paths import BundlePath

_TIMEOUT_S = 30
#: Variables that name a place of the repository.
_PLACES = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"})
#: No program of the project's choosing is run: neither a monitor of the files nor a hook.
_COMMAND = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


@dataclass(frozen=True, slots=True)
class Checkout:
    """The state of the source that is checked out.

    Attributes:
        commit: Its full id.
        dirty: Whether anything below the project's folder differs from it, or is not in it and
            not ignored either; None where that cannot be told.
    """

    commit: str
    dirty: bool | None


def checkout_of(root: Path) -> Checkout | None:
    """What is checked out; None without a repository, a commit or git itself."""
    commit = _answer(root, "rev-parse", "--verify", "-q", "HEAD^{commit}")
    if not commit:
        return None
    changes = _answer(root, "status", "--porcelain=v1", "--untracked-files=normal", "--", ".")
    return Checkout(commit, None if changes is None else bool(changes))


def author_of(root: Path) -> str:
    """Who git would say made a commit here, with a mail address; "" where it does not know."""
    identity = _answer(root, "var", "GIT_AUTHOR_IDENT") or ""
    name, bracket, _ = identity.rpartition(">")
    return f"{name}{bracket}"


def _answer(root: Path, *arguments: str) -> str | None:
    """What git prints, without white space around it; None where it fails."""
    printed = _printed(root, *arguments)
    return None if printed is None else printed.decode("utf-8", "replace").strip()


def _printed(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git prints when it reads what is given; None where it fails."""
    environment = {
        **{name: value for name, value in os.environ.items() if not _misleads(name, value)},
        "GIT_OPTIONAL_LOCKS": "0",
        # What a partial clone left out stays out: this is no time to use the network.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }
    try:
        answer = subprocess.run(
            [*_COMMAND, *arguments],
            cwd=root,
            input=given,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None


def _misleads(name: str, value: str) -> bool:
    """Whether a variable says where a repository is, seen from another folder.

    git runs hooks with such variables in the repository's root, and a project may lie below it.
    """
    return name in _PLACES and not os.path.isabs(value)


class History:
    """Files as they were committed when the registry was, if git has them here.

    Nothing is fetched, and no program that the repository's configuration names is run.
    """

    def __init__(self, root: Path, registry: BundlePath) -> None:
        """Nothing is asked yet.

        Args:
            root: The project's root, in a repository or not.
            registry: The document whose last commit tells when sources and record agreed.
        """
        self._root = root
        self._registry = registry
        self._commits: tuple[str, ...] | None = None

    def versions(self, path: BundlePath) -> Iterator[bytes]:
        """The file at the last commit of the registry, and at the last commit of all."""
        for commit in self._known_commits():
            content = _printed(self._root, "cat-file", "blob", f"{commit}:./{path}")
            if content is not None:
                yield content

    def depends_on(self) -> tuple[str, ...]:
        """Absolute paths that change when the answers may; none while nothing was asked."""
        if self._commits is None:
            return ()
        answer = _printed(self._root, "rev-parse", "--git-path", "logs/HEAD")
        return () if answer is None else (str(self._root / os.fsdecode(answer.rstrip(b"\n"))),)

    def _known_commits(self) -> tuple[str, ...]:
        if self._commits is None:
            last = _printed(self._root, "rev-list", "-1", "HEAD", "--", self._registry)
            named = [] if last is None else last.decode("ascii", "replace").split()
            self._commits = (*named, "HEAD") if named else ()
        return self._commits


def ignored_by_git(root: Path, paths: Iterable[BundlePath]) -> frozenset[BundlePath]:
    """Those of the paths that git would not take up; none where it cannot be asked.

    Paths that are under version control already are not ignored, whatever the patterns say.

    Args:
        root: The project's root, in a repository or not.
        paths: Relative to it; they need not exist.
    """
    asked = b"".join(os.fsencode(path) + b"\0" for path in paths)
    if not asked:
        return frozenset()
    # Where none is ignored, git fails.
    printed = _printed(root, "check-ignore", "-z", "--stdin", given=asked) or b""
    return frozenset(BundlePath(os.fsdecode(name)) for name in printed.split(b"\0") if name)
