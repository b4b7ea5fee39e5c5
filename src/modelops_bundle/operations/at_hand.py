"""What this machine's cache holds of a bundle, for whoever wants it in another place.

The cache is read here, never filled: a folder that somebody asks for is no reason to keep all of
it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import descriptor_of
from modelops_bundle.errors import ConfigError, IntegrityError
from modelops_bundle.log import Log
from modelops_bundle.operations.fetch import Bundle, read_bundle
from modelops_bundle.storage.base import verified
from modelops_bundle.storage.bundle_cache import BundleCache, default_cache_folder

_LOG = Log(__name__)


class AtHand:
    """The contents of a cache, each verified when it is taken.

    Attributes:
        taken_bytes: How much has been taken so far.
    """

    def __init__(self, cache: BundleCache) -> None:
        """Nothing is read yet."""
        self._cache = cache
        self.taken_bytes = 0

    def bundle(self, digest: Digest) -> Bundle | None:
        """A bundle whose two documents are here, so that its remote need not be asked."""
        manifest = self._cache.blobs.read(digest)
        if manifest is None:
            return None
        try:
            return read_bundle(digest, manifest, lambda index: self._document(index.digest))
        except FileNotFoundError:
            return None

    def take(self, state: FileState, sink: Callable[[Iterator[bytes]], None]) -> bool:
        """Hand a content to a sink, which may get a part of a damaged one.

        Returns:
            Whether the sink got the right bytes, to the end.
        """
        pieces = self._cache.blobs.pieces(state.digest, state.size_bytes)
        if pieces is None:
            return False
        try:
            sink(verified(pieces, descriptor_of(state), str(self._cache.folder)))
        except IntegrityError:
            self._cache.blobs.drop(state.digest)
            return False
        self.taken_bytes += state.size_bytes
        return True

    def _document(self, digest: Digest) -> bytes:
        content = self._cache.blobs.read(digest)
        if content is None:
            raise FileNotFoundError(digest)
        return content


def contents_at_hand() -> AtHand | None:
    """Those of this user's cache; None where there can be none."""
    try:
        return AtHand(BundleCache(default_cache_folder()))
    except ConfigError:
        return None
