"""A repository of an OCI registry (distribution-spec v1.1) as a remote."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import IMAGE_INDEX_MEDIA_TYPE, MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.provenance import Referrer
from modelops_bundle.core.transfer import IMMUTABLE_TAG_DIGITS, TagMove
from modelops_bundle.errors import (
    IntegrityError,
    InvalidDigestError,
    NotFoundInRemoteError,
    RemoteError,
    TagMovedError,
    UnsupportedByRemoteError,
)
from modelops_bundle.storage.base import (
    check_moves,
    check_range,
    check_tag,
    is_referrers_tag,
    parse_reference,
    resolve_among,
    verified,
    verified_bytes,
)
from modelops_bundle.storage.objects import ObjectStorage
from modelops_bundle.storage.registry_address import RegistryAddress, parse_address, same_registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.codec.distribution_json import Credentials
    from modelops_bundle.storage.http_client import Answer
    from modelops_bundle.storage.http_retry import Patience
    from modelops_bundle.storage.registry_client import RegistryClient

#: What a tag may lead to; other tools push Docker's types.
_ACCEPT = ", ".join(
    (
        MANIFEST_MEDIA_TYPE,
        IMAGE_INDEX_MEDIA_TYPE,
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
_DIGEST_HEADER = "Docker-Content-Digest"
_PAGE_TAGS = 1000
_MAX_PAGES = 1000
_NEXT_PAGE = re.compile(r'<([^<>]{1,4000})>\s*;[^,]*\brel="?next"?', re.ASCII | re.IGNORECASE)
_IMMUTABLE = re.compile(rf"sha-([0-9a-f]{{{IMMUTABLE_TAG_DIGITS}}})", re.ASCII)
#: How long a tag is watched after it was set, within bounds: so many times what it took from the
#: last look at it to its being set, and so many times what all requests took. Both tell how long
#: others may take from their last look; the more requests, the less does chance enter.
_PATIENCE, _PATIENCE_IN_ALL = 3.0, 2.0
_SHORTEST_S, _LONGEST_S = 0.05, 1.0
#: Questions asked at once.
_AT_ONCE = 8
_T = TypeVar("_T")
_R = TypeVar("_R")


class OciRegistryRemote:
    """A `Remote` in a registry; safe to use from several threads and processes.

    Tags are advisory: registries do not compare before they set. A tag that was moved by somebody
    else at the same moment is noticed after the fact, and told.
    """

    objects: ObjectStorage | None = None

    def __init__(
        self,
        address: RegistryAddress,
        *,
        find_credentials: Callable[[], Credentials | None] | None = None,
        insecure: bool = False,
        patience: Patience | None = None,
    ) -> None:
        """Nothing is asked, and no library for it is loaded yet.

        Args:
            find_credentials: Called when the registry asks who this is; Docker's configuration
                by default.
            insecure: The registry may do without TLS, and its certificate is not checked.
            patience: How long to wait for it.
        """
        self._address = address
        self._find_credentials = find_credentials or self._of_docker
        self._insecure = insecure
        self._patience = patience
        self._lock = threading.Lock()
        self._opened: RegistryClient | None = None
        self._last: tuple[Digest, bytes] | None = None

    @property
    def url(self) -> str:
        """See `Remote`."""
        return self._address.url

    @property
    def is_distant(self) -> bool:
        """See `Remote`."""
        return True

    def tags(self) -> tuple[str, ...]:
        """See `Remote`."""
        from modelops_bundle.codec.distribution_json import decode_tag_list
        from modelops_bundle.storage.registry_client import Request

        found: set[str] = set()
        place = f"tags/list?n={_PAGE_TAGS}"
        seen: set[str] = set()
        while place not in seen and len(seen) < _MAX_PAGES:
            seen.add(place)
            answer = self._client.metadata(Request(method="GET", place=place, expect=(200, 404)))
            if answer.status == 404:
                return ()
            names = decode_tag_list(answer.body)
            found.update(name for name in names if not is_referrers_tag(name))
            place = _next_page(answer)
            if not place:
                return tuple(sorted(found))
        raise RemoteError(f"{self.url} lists tags without end")

    def held(self, names: Collection[str]) -> Mapping[str, Digest]:
        """See `Remote`."""
        wanted = sorted({check_tag(name) for name in names})
        found = self._all_at_once(self._digest_of, wanted)
        return {name: digest for name, digest in zip(wanted, found, strict=True) if digest}

    def resolve(self, reference: str) -> Digest:
        """See `Remote`.

        A digest prefix is looked for among what tags lead to: a registry lists nothing else.
        """
        wanted = parse_reference(reference)
        for name in filter(None, (wanted.tag, wanted.digest)):
            digest = self._digest_of(name)
            if digest is not None:
                return digest
        tags = self.tags()
        known = self.held([tag for tag in tags if _may_lead_to(tag, wanted.prefix)])
        return resolve_among(reference, known, known.values(), self.url, tags)

    def read_manifest(self, digest: Digest) -> bytes:
        """See `Remote`."""
        answer = self._manifest("GET", digest)
        if answer.status == 404:
            raise NotFoundInRemoteError(f"{self.url} has no manifest {digest}")
        return verified_bytes(answer.body, digest, self.url)

    def put_manifest(self, content: bytes) -> Digest:
        """See `Remote`."""
        digest = Digest.of_bytes(content)
        if self._manifest("HEAD", digest).status == 404:
            self._put(digest, digest, content)
        self._last = digest, content
        return digest

    def publish_manifest(self, content: bytes, moves: Sequence[TagMove]) -> Digest:
        """See `Remote`. Where a tag that never moves is set, that stores the manifest."""
        digest = Digest.of_bytes(content)
        if not any(_IMMUTABLE.fullmatch(move.name) for move in moves):
            self.put_manifest(content)
        self._last = digest, content
        self.set_tags(digest, moves)
        return digest

    def present(self, descriptors: Collection[Descriptor]) -> frozenset[Digest]:
        """See `Remote`. A blob of another size than it should have counts as absent."""
        from modelops_bundle.storage.registry_upload import has_blob

        client = self._client

        def has(descriptor: Descriptor) -> bool:
            attempts = client.data_attempts()
            return client.retried(attempts, lambda: has_blob(client, descriptor, attempts))

        wanted = list({descriptor.digest: descriptor for descriptor in descriptors}.values())
        found = self._all_at_once(has, wanted)
        return frozenset(d.digest for d, there in zip(wanted, found, strict=True) if there)

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """See `Remote`."""
        from modelops_bundle.storage.read_ahead import read_ahead
        from modelops_bundle.storage.registry_download import read_blob

        pieces = verified(read_blob(self._client, descriptor, self.url), descriptor, self.url)
        return read_ahead(pieces, descriptor.size_bytes)

    def open_range(
        self, descriptor: Descriptor, start_bytes: int, end_bytes: int
    ) -> Iterator[bytes]:
        """See `Remote`."""
        from modelops_bundle.storage.registry_download import read_range

        check_range(descriptor, start_bytes, end_bytes, descriptor.size_bytes, self.url)
        return read_range(self._client, descriptor, start_bytes, end_bytes, self.url)

    def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
        """See `Remote`. Content that is no iterator is gone through again after a failure."""
        from modelops_bundle.storage.registry_upload import BlobUpload

        BlobUpload(self._client, descriptor, content, self.url).run()

    def put_referrer(self, content: bytes) -> Digest:
        """See `Remote`."""
        from modelops_bundle.codec.referrer_json import (
            EMPTY,
            EMPTY_CONTENT,
            check_subject,
            referrer_of,
        )
        from modelops_bundle.storage.registry_referrers import add_under_tag

        digest, subject = Digest.of_bytes(content), check_subject(content)
        if not self.present((EMPTY,)):
            self.upload_blob(EMPTY, (EMPTY_CONTENT,))
        answer = self._put(digest, digest, content)
        # A registry that keeps the list itself says so (distribution-spec v1.1).
        if answer.headers.get("OCI-Subject") is None:
            add_under_tag(self._client, subject, referrer_of(content))
        return digest

    def referrers(self, subject: Digest, artifact_type: str) -> tuple[Referrer, ...]:
        """See `Remote`."""
        from modelops_bundle.storage.registry_referrers import read_referrers

        found = read_referrers(self._client, subject, artifact_type)
        return tuple(sorted(found, key=lambda one: one.manifest.digest))

    def mount_blob(self, descriptor: Descriptor, source_url: str) -> bool:
        """See `Remote` (OCI distribution-spec v1.1, "Mounting a blob from another repository")."""
        if not same_registry(self.url, source_url):
            return False
        from modelops_bundle.storage.registry_upload import mounted

        return mounted(self._client, descriptor, parse_address(source_url).repository)

    def delete(self, digest: Digest) -> None:
        """See `Remote`. A registry frees the space when it next collects its garbage."""
        from modelops_bundle.storage.registry_client import Request
        from modelops_bundle.storage.registry_referrers import drop, referring_to

        about = referring_to(self._client, digest)
        request = Request(
            method="DELETE", place=f"manifests/{digest}", expect=(200, 202, 404, 405), delete=True
        )
        status = self._client.metadata(request).status
        if status == 404:
            raise NotFoundInRemoteError(f"{self.url} has no manifest {digest}")
        if status == 405:
            raise UnsupportedByRemoteError(
                f"{self._address.host} does not delete",
                not_done="nothing was deleted",
                hint="ask who runs the registry to enable deletion, or delete it there by hand",
            )
        drop(self._client, about)

    def set_tags(self, digest: Digest, moves: Sequence[TagMove]) -> None:
        """See `Remote`. All tags are checked before the first is set, and read again after.

        Somebody who checked before we set the tag may set it after, and cannot know: we can, if we
        wait for as long as that may take and look again. Tags that never move come first, so that
        little time passes between the last look at one that does and its being set.
        """
        last = self._last
        content = last[1] if last and last[0] == digest else self.read_manifest(digest)
        begun_s = looked_s = time.monotonic()
        moves = self._to_move(digest, moves, "nothing was tagged")
        fixed = [move.name for move in moves if _IMMUTABLE.fullmatch(move.name)]
        for name in fixed:
            self._put(name, digest, content)
        moves = [move for move in moves if move.name not in fixed]
        if fixed:
            looked_s = time.monotonic()
            moves = self._to_move(digest, moves, f"the bundle is there, under {', '.join(fixed)}")
        for move in moves:
            self._put(move.name, digest, content)
        if moves:
            set_s = time.monotonic()
            watch_s = max(_PATIENCE * (set_s - looked_s), _PATIENCE_IN_ALL * (set_s - begun_s))
            time.sleep(min(max(watch_s, _SHORTEST_S), _LONGEST_S))
        after = self.held([move.name for move in moves])
        lost = [move.name for move in moves if after.get(move.name) != digest]
        if lost:
            raise TagMovedError(
                f"tag {lost[0]} of {self.url} was moved to {after.get(lost[0])} by somebody else "
                "at the same moment",
                not_done=f"the bundle is there, as {digest}, and not under {', '.join(lost)}",
                hint="pull what somebody else published, or push again",
            )

    def _to_move(
        self, digest: Digest, moves: Sequence[TagMove], not_done: str
    ) -> Sequence[TagMove]:
        """Those of the tags that hold something else, all of which may be set."""
        held = self.held([move.name for move in moves])
        check_moves(digest, moves, held, self.url, not_done)
        return list({move.name: move for move in moves if held.get(move.name) != digest}.values())

    @property
    def _client(self) -> RegistryClient:
        with self._lock:
            if self._opened is None:
                from modelops_bundle.storage.registry_client import RegistryClient

                self._opened = RegistryClient(
                    self._address,
                    self._find_credentials,
                    insecure=self._insecure,
                    patience=self._patience,
                )
            return self._opened

    def _of_docker(self) -> Credentials | None:
        from modelops_bundle.storage.credentials import find_credentials

        return find_credentials(self._address)

    def _manifest(self, method: str, name: str) -> Answer:
        from modelops_bundle.storage.registry_client import Request

        request = Request(
            method=method,
            place=f"manifests/{name}",
            expect=(200, 404),
            headers={"Accept": _ACCEPT},
        )
        return self._client.metadata(request)

    def _digest_of(self, name: str) -> Digest | None:
        """What a tag or a digest leads to; None where there is no such manifest."""
        answer = self._manifest("HEAD", name)
        if answer.status == 404:
            return None
        told = answer.headers.get(_DIGEST_HEADER)
        if told is None:
            answer = self._manifest("GET", name)
            return Digest.of_bytes(answer.body) if answer.status == 200 else None
        try:
            digest = Digest.parse(told)
        except InvalidDigestError:
            raise RemoteError(f"{self.url} names {name} by {told!r:.100}, no digest") from None
        if ":" in name and digest != name:
            raise IntegrityError(f"{self.url} answers to {name} with {digest}")
        return digest

    def _put(self, name: str, digest: Digest, content: bytes) -> Answer:
        from modelops_bundle.storage.registry_client import Request

        request = Request(
            method="PUT",
            place=f"manifests/{name}",
            expect=(200, 201, 202),
            headers={"Content-Type": MANIFEST_MEDIA_TYPE},
            write=True,
            body=content,
        )
        answer = self._client.metadata(request)
        told = answer.headers.get(_DIGEST_HEADER, digest)
        if told != digest:
            raise IntegrityError(f"{self.url} stored {told!r:.100} for the manifest {digest}")
        return answer

    def _all_at_once(self, ask: Callable[[_T], _R], questions: Sequence[_T]) -> list[_R]:
        """The answers in the order of the questions; the first failure ends it."""
        if len(questions) < 2:
            return [ask(question) for question in questions]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(_AT_ONCE, len(questions))) as threads:
            futures = [threads.submit(ask, question) for question in questions]
            try:
                return [future.result() for future in futures]
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                raise


def _may_lead_to(tag: str, prefix: str) -> bool:
    """Whether a tag may name a digest that begins so: an immutable tag tells by its name."""
    found = _IMMUTABLE.fullmatch(tag)
    if not prefix or found is None:
        return bool(prefix)
    return found[1].startswith(prefix) or prefix.startswith(found[1])


def _next_page(answer: Answer) -> str:
    """The URL of the next page of a list, or "" (RFC 8288, "Link")."""
    from modelops_bundle.storage.http_client import joined

    found = _NEXT_PAGE.search(answer.headers.get("Link", ""))
    return joined(answer.url, found[1]) if found else ""
