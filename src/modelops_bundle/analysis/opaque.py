"""Files that count by their bytes: what they mean, and whether they still mean it."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.analysis.tree import SourceTree
from modelops_bundle.core.behavior import SCHEME
from modelops_bundle.core.digest import Digest, SemanticDigest, digest_of_fields
from modelops_bundle.core.observation import Closure, FileSemantics
from modelops_bundle.core.paths import BundlePath


def opaque_digest(content: Digest) -> SemanticDigest:
    """The semantic digest of a file that counts by its bytes."""
    return SemanticDigest(f"{SCHEME}:{digest_of_fields('opaque', content)}")


def by_content(tree: SourceTree, path: BundlePath) -> FileSemantics:
    """What such a file means; an absent one counts as an empty one."""
    try:
        content = tree.digest(path)
    except FileNotFoundError:
        content = Digest.of_bytes(b"")
    return FileSemantics(opaque_digest(content))


def holds_for(closures: Iterable[Closure], tree: SourceTree) -> bool:
    """Whether the files of these closures that are no source are still what they were.

    Nothing that a cached analysis is kept under says so: compiled modules, archives and package
    resources may change without any source, or the name of any file, doing so.
    """
    others = {
        path: semantics
        for closure in closures
        for path, semantics in closure.semantics.items()
        if not path.endswith(".py")
    }
    return all(by_content(tree, path) == semantics for path, semantics in others.items())
