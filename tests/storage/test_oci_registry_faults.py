"""What goes wrong on the way: it works in the end, or fails with a typed error and in time."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from modelops_bundle.codec.distribution_json import Credentials
from modelops_bundle.codec.index_json import bundle_documents
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.errors import IntegrityError, RemoteError, TagMovedError
from modelops_bundle.storage.http_retry import Patience
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import RegistryAddress
from modelops_bundle.storage.registry_upload import IN_MEMORY_BYTES
from support.bundles import descriptor_of, put_bundle, states_of
from support.registry_faults import (
    Front,
    Handler,
    Reaction,
    Relay,
    corrupted,
    dripping,
    front_of,
    half_arrives,
    relay_to,
    resized,
    slow,
    stalled,
    status,
    status_half_way,
    truncated,
    without_ranges,
)
from support.registry_server import PASSWORD, USER, Registries

QUICK = Patience(first_delay_s=0.01, longest_delay_s=0.02)
#: Streamed, in several pieces, none of which is like another.
LARGE = b"".join(
    hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(IN_MEMORY_BYTES // 32 + 40_000)
)
SMALL = LARGE[:50_000]
BLOB = descriptor_of(LARGE)
_numbers = itertools.count()


class Pieces:
    """Content that can be gone through again."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self._content), 1 << 20):
            yield self._content[at : at + (1 << 20)]


def remote_at(
    host: str, repository: str = "", patience: Patience = QUICK, login: bool = False
) -> OciRegistryRemote:
    name = repository or f"faults/{next(_numbers)}"
    known = Credentials(username=USER, password=PASSWORD) if login else None
    return OciRegistryRemote(
        RegistryAddress(host, name), find_credentials=lambda: known, patience=patience
    )


def read(remote: OciRegistryRemote) -> bytes:
    return b"".join(remote.open_blob(BLOB))


@pytest.fixture(scope="module")
def plain(registries: Registries) -> str:
    """A registry that holds `BLOB` in the repository `faults/held`."""
    host = registries["plain"].host
    remote_at(host, "faults/held").upload_blob(BLOB, [LARGE])
    return host


@pytest.fixture
def front(plain: str) -> Iterator[Front]:
    with front_of(plain) as running:
        yield running


@pytest.fixture(scope="module")
def relay(plain: str) -> Iterator[Relay]:
    with relay_to(plain) as running:
        yield running


OFFSETS = [0, 1, 17, 200, 4096, 65_537, 1 << 20, IN_MEMORY_BYTES, len(LARGE) - 1]


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_download_that_is_reset_goes_on(relay: Relay, offset: int) -> None:
    remote = remote_at(relay.host, "faults/held")
    assert remote.present([BLOB])
    relay.reset_after(offset, way="down")
    assert read(remote) == LARGE
    assert not relay.armed


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("offset", [0, 1, 150, 400, 65_537, 1 << 20, IN_MEMORY_BYTES])
def test_an_upload_that_is_reset_goes_on(relay: Relay, offset: int, way: str) -> None:
    remote = remote_at(relay.host)
    remote.tags()
    relay.reset_after(offset, way=way)
    remote.upload_blob(BLOB, Pieces(LARGE))
    relay.reset_after(1 << 60, way=way)
    assert read(remote) == LARGE


#: From the first byte of the headers to the last of the body, closer at the beginning.
FIFTY = [
    *range(0, 1000, 40),
    *(round(1000 * (IN_MEMORY_BYTES / 1000) ** (n / 25)) for n in range(25)),
]


def test_an_upload_that_is_reset_at_any_of_fifty_places_goes_on(relay: Relay) -> None:
    assert len(set(FIFTY)) == 50
    content = LARGE[: IN_MEMORY_BYTES + 1000]  # just large enough to be streamed
    blob = descriptor_of(content)
    resets = relay.resets
    for offset in FIFTY:
        remote = remote_at(relay.host)
        remote.tags()
        relay.reset_after(offset, way="up")
        remote.upload_blob(blob, Pieces(content))
        relay.reset_after(1 << 60, way="up")
        assert remote.present([blob]), offset
    assert relay.resets - resets == 50


def test_a_download_that_is_reset_at_any_of_fifty_places_goes_on(relay: Relay) -> None:
    remote = remote_at(relay.host, "faults/held")
    resets = relay.resets
    for offset in FIFTY:
        relay.reset_after(offset, way="down")
        assert read(remote) == LARGE, offset
    assert relay.resets - resets == 50


@pytest.mark.parametrize("offset", [0, 300, 900, 2000, 4000])
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_bundle_whose_publication_is_reset_is_whole(relay: Relay, offset: int, way: str) -> None:
    remote = remote_at(relay.host)
    relay.reset_after(offset, way=way)
    digest = put_bundle(remote, {"a.py": SMALL, "b.py": b""}, "latest")
    relay.reset_after(1 << 60, way=way)
    assert remote.held(["latest"]) == {"latest": digest}
    assert remote.tags() == ("latest", immutable_tag(digest))


def test_content_that_cannot_be_gone_through_again_ends_with_the_first_failure(
    front: Front,
) -> None:
    remote = remote_at(front.host)
    front.fail("PUT", "uploads", half_arrives)
    with pytest.raises(RemoteError):
        remote.upload_blob(BLOB, iter(Pieces(LARGE)))
    assert remote.present([BLOB]) == frozenset()


class Resumable:
    """Lets a front take up uploads as the specification says; Docker's registry cannot."""

    def __init__(self, front: Front) -> None:
        self._kept = b""
        self.ranges: list[str | None] = []
        front.fail("PUT", "uploads", self._take_half)
        front.fail("GET", "uploads", self._tell)
        front.fail("PUT", "uploads", self._complete)

    def _take_half(self, handler: Handler) -> None:
        self._kept = handler.rfile.read(int(handler.headers["Content-Length"]) // 2)
        handler.close_connection = True

    def _tell(self, handler: Handler) -> None:
        place = {"Location": handler.path, "Range": f"0-{len(self._kept) - 1}"}
        handler.answer(204, place, b"")

    def _complete(self, handler: Handler) -> None:
        self.ranges.append(handler.headers.get("Content-Range"))
        rest = handler.rfile.read(int(handler.headers["Content-Length"]))
        del handler.headers["Content-Length"]
        handler.headers["Content-Length"] = str(len(self._kept) + len(rest))
        handler.rfile = io.BufferedReader(io.BytesIO(self._kept + rest))  # type: ignore[arg-type]
        handler.answer(*handler.forwarded())
        handler.close_connection = True


def test_an_upload_goes_on_where_it_was_cut_off(front: Front) -> None:
    remote = remote_at(front.host)
    resumable = Resumable(front)
    remote.upload_blob(BLOB, Pieces(LARGE))
    assert read(remote) == LARGE
    assert resumable.ranges == [f"{len(LARGE) // 2}-{len(LARGE) - 1}"]
    assert front.asked("POST") == 1, "the session that was begun has been gone on with"


def test_an_upload_that_is_cut_off_each_time_is_given_up(front: Front) -> None:
    remote = remote_at(front.host)
    front.fail("PUT", "uploads", half_arrives, times=99)
    with pytest.raises(RemoteError, match="given up after"):
        remote.upload_blob(BLOB, Pieces(LARGE))
    assert remote.present([BLOB]) == frozenset()


def test_content_that_changed_meanwhile_is_not_taken_for_the_rest(front: Front) -> None:
    class Changing(Pieces):
        def __iter__(self) -> Iterator[bytes]:
            first = True
            for piece in super().__iter__():
                yield b"!" + piece[1:] if first and front.asked("PUT") else piece
                first = False

    remote = remote_at(front.host)
    front.fail("PUT", "uploads", half_arrives)
    with pytest.raises(IntegrityError):
        remote.upload_blob(BLOB, Changing(LARGE))
    assert remote.present([BLOB]) == frozenset()
    assert front.asked("DELETE") == 1, "the session is given up"


def test_a_session_that_the_registry_forgot_is_begun_anew(front: Front) -> None:
    remote = remote_at(front.host)
    front.fail("PUT", "uploads", status(404, body=b'{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}'))
    remote.upload_blob(BLOB, Pieces(LARGE))
    assert read(remote) == LARGE
    assert front.asked("POST") == 2


def test_an_upload_whose_answer_was_lost_is_found_to_be_done(front: Front) -> None:
    def lost(handler: Handler) -> None:
        handler.forwarded()
        handler.close_connection = True

    remote = remote_at(front.host)
    front.fail("PUT", "uploads", lost)
    remote.upload_blob(BLOB, Pieces(LARGE))
    assert front.asked("PUT") == 1


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_an_upload_that_arrives_damaged_is_sent_again(front: Front, content: bytes) -> None:
    def damaged(handler: Handler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        connection = socket.create_connection(("127.0.0.1", int(front.target.rpartition(":")[2])))
        lines = [f"PUT {handler.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in handler.headers.items()]
        with connection:
            connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
            connection.sendall(b"!" + body[1:])
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        handler.wfile.write(answer)
        handler.close_connection = True

    remote = remote_at(front.host)
    front.fail("PUT", "uploads", damaged)
    blob = descriptor_of(content)
    remote.upload_blob(blob, Pieces(content))
    assert b"".join(remote.open_blob(blob)) == content
    assert front.asked("PUT") == 2


@pytest.mark.parametrize("sent_bytes", [0, 1, 70_000, len(LARGE) - 1])
def test_a_download_that_ends_early_goes_on(front: Front, sent_bytes: int) -> None:
    front.fail("GET", "/blobs/", truncated(sent_bytes))
    assert read(remote_at(front.host, "faults/held")) == LARGE


def test_a_server_that_knows_no_ranges_is_listened_to_again(front: Front) -> None:
    front.fail("GET", "/blobs/", truncated(1_500_000))
    front.fail("GET", "/blobs/", without_ranges)
    assert read(remote_at(front.host, "faults/held")) == LARGE


@pytest.mark.parametrize(
    "reaction",
    [corrupted(0), corrupted(len(LARGE) - 1), corrupted(1 << 20), resized(-1), resized(1)],
    ids=["first byte", "last byte", "within", "short", "long"],
)
def test_wrong_bytes_are_never_handed_out_to_the_end(front: Front, reaction: Reaction) -> None:
    remote = remote_at(front.host, "faults/held")
    front.fail("GET", "/blobs/", reaction, times=9)
    with pytest.raises(IntegrityError):
        read(remote)


def test_a_damaged_manifest_is_refused(front: Front) -> None:
    remote = remote_at(front.host)
    digest = put_bundle(remote, {"a.py": b"1"}, "latest")
    front.fail("GET", "/manifests/", corrupted(20))
    with pytest.raises(IntegrityError):
        remote.read_manifest(digest)
    assert remote.read_manifest(digest)


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_burst_of_failures_is_outlived(front: Front, code: int) -> None:
    remote = remote_at(front.host)
    for method in ("HEAD", "GET", "POST", "PUT"):
        front.fail(method, "/v2/faults", status(code), times=3)
    digest = put_bundle(remote, {"a.py": b"1"}, "latest")
    assert remote.resolve("latest") == digest


def test_failures_without_end_are_given_up_in_time(front: Front) -> None:
    remote = remote_at(front.host)
    front.fail("GET", "tags", status(500), times=1000)
    began = time.monotonic()
    with pytest.raises(RemoteError, match=r"500.*given up after"):
        remote.tags()
    assert time.monotonic() - began < 2


def test_retry_after_is_waited_for(front: Front) -> None:
    front.fail("GET", "tags", status(429, {"Retry-After": "1"}))
    began = time.monotonic()
    assert remote_at(front.host).tags() == ()
    assert time.monotonic() - began >= 1


def test_a_retry_after_beyond_the_deadline_is_an_error_at_once(front: Front) -> None:
    front.fail("GET", "tags", status(429, {"Retry-After": "3600"}), times=9)
    began = time.monotonic()
    with pytest.raises(RemoteError, match="429"):
        remote_at(front.host).tags()
    assert time.monotonic() - began < 1
    assert front.asked("GET", "tags") == 1


@pytest.mark.parametrize("code", [400, 405, 409, 413, 422, 501])
def test_a_refusal_is_not_tried_again(front: Front, code: int) -> None:
    body = b'{"errors":[{"code":"DENIED_X","message":"no\\u001b[31m way"}]}'
    front.fail("GET", "tags", status(code, body=body), times=9)
    with pytest.raises(RemoteError, match="DENIED_X") as caught:
        remote_at(front.host).tags()
    assert front.asked("GET", "tags") == 1
    assert "\x1b" not in str(caught.value)


def test_a_refused_connection_fails_in_less_than_a_second() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    remote = remote_at(host, patience=Patience())
    for action in (
        lambda: remote.tags(),
        lambda: remote.upload_blob(BLOB, Pieces(LARGE)),
        lambda: read(remote),
        lambda: remote.present([BLOB, descriptor_of(b"x")]),
    ):
        began = time.monotonic()
        with pytest.raises(RemoteError, match="refused") as caught:
            action()
        assert time.monotonic() - began < 1
        assert caught.value.hint


@pytest.mark.parametrize(
    ("method", "part", "action"),
    [
        ("GET", "tags", lambda remote: remote.tags()),
        ("GET", "blobs", read),
        ("PUT", "uploads", lambda remote: remote.upload_blob(BLOB, Pieces(LARGE))),
        ("PUT", "uploads", lambda remote: remote.upload_blob(descriptor_of(b"x"), [b"x"])),
    ],
)
def test_a_server_that_falls_silent_is_given_up_in_time(
    front: Front, method: str, part: str, action: Callable[[OciRegistryRemote], object]
) -> None:
    impatient = Patience(metadata_s=0.4, stall_s=0.4, first_delay_s=0.01)
    remote = remote_at(front.host, "" if method == "PUT" else "faults/held", impatient)
    over = threading.Event()
    front.fail(method, part, stalled(over), times=9)
    began = time.monotonic()
    try:
        with pytest.raises(RemoteError):
            action(remote)
        assert time.monotonic() - began < 3
    finally:
        over.set()


def test_a_server_that_sends_byte_by_byte_is_given_up_in_time(front: Front) -> None:
    """It never falls silent, and never comes to an end."""
    impatient = Patience(metadata_s=0.4, stall_s=0.4, first_delay_s=0.01)
    over = threading.Event()
    front.fail("GET", "tags", dripping(over), times=9)
    began = time.monotonic()
    try:
        with pytest.raises(RemoteError):
            remote_at(front.host, "", impatient).tags()
        assert time.monotonic() - began < 3
    finally:
        over.set()


def test_data_that_comes_slowly_is_waited_for_as_long_as_it_comes(front: Front) -> None:
    impatient = Patience(metadata_s=0.5, stall_s=0.5, first_delay_s=0.01)
    front.fail("GET", "/blobs/", slow(pieces=8, pause_s=0.1))
    began = time.monotonic()
    assert read(remote_at(front.host, "faults/held", impatient)) == LARGE
    assert time.monotonic() - began > 0.7, "longer than it is waited for without progress"
    assert front.asked("GET", "/blobs/") == 1


def test_a_download_whose_login_is_forgotten_half_way_goes_on(registries: Registries) -> None:
    with front_of(registries["htpasswd"].host) as front:
        remote = remote_at(front.host, login=True)
        remote.upload_blob(BLOB, Pieces(LARGE))
        front.fail("GET", "/blobs/", truncated(1_500_000))
        front.fail("GET", "/blobs/", status(401, {"WWW-Authenticate": 'Basic realm="test"'}))
        assert read(remote) == LARGE
        assert front.asked("GET", "/blobs/") == 3


def test_a_login_that_is_forgotten_half_way_is_shown_again(registries: Registries) -> None:
    with front_of(registries["htpasswd"].host) as front:
        remote = remote_at(front.host, login=True)
        challenge = {"WWW-Authenticate": 'Basic realm="test"'}
        front.fail("PUT", "uploads", status_half_way(401, challenge))
        remote.upload_blob(BLOB, Pieces(LARGE))
        assert read(remote) == LARGE


def test_a_tag_that_somebody_else_moves_at_the_same_moment_is_told(front: Front) -> None:
    remote = remote_at(front.host)
    other = put_bundle(remote, {"a.py": b"other"})
    theirs = remote.read_manifest(other)

    def overtaken(handler: Handler) -> None:
        ours = handler.forwarded()
        rival = OciRegistryRemote(
            RegistryAddress(front.target, handler.path.split("/manifests/")[0][4:])
        )
        rival.put_manifest(theirs)
        rival.set_tags(other, [TagMove(name="latest", force=True)])
        handler.answer(*ours)

    front.fail("PUT", "/manifests/latest", overtaken)
    with pytest.raises(TagMovedError, match=other) as caught:
        put_bundle(remote, {"a.py": b"mine"}, "latest")
    assert "latest" in caught.value.not_done
    assert remote.resolve("latest") == other


def test_a_manifest_that_is_refused_because_of_somebody_else_s_upload_is_sent_again(
    front: Front,
) -> None:
    def refused(handler: Handler) -> None:
        handler.rfile.read(int(handler.headers["Content-Length"]))
        problem = {"errors": [{"code": "DIGEST_INVALID", "message": "did not match"}]}
        handler.answer(400, {}, json.dumps(problem).encode())

    remote = remote_at(front.host)
    front.fail("PUT", "/manifests/", refused)
    digest = put_bundle(remote, {"a.py": b"1"}, "latest")
    assert remote.resolve("latest") == digest


def test_no_tag_is_set_where_a_blob_is_missing(front: Front) -> None:
    remote = remote_at(front.host)
    index = BundleIndex.of(states_of({"a.py": b"never stored"}).values())
    _, document, content = bundle_documents(index)
    remote.upload_blob(descriptor_of(content), [content])
    with pytest.raises(RemoteError):
        remote.put_manifest(document)
    assert remote.tags() == ()


def test_tags_are_listed_page_by_page(front: Front) -> None:
    names = [f"t{n:02}" for n in range(25)]

    def page(handler: Handler) -> None:
        last = handler.path.partition("last=")[2]
        rest = [name for name in names if name > last]
        body = json.dumps({"tags": rest[:10]})
        headers = {}
        if len(rest) > 10:
            place = f"{handler.path.partition('?')[0]}?n=10&last={rest[9]}"
            headers["Link"] = f'<{place}>; rel="next"'
        handler.answer(200, headers, body.encode())

    front.fail("GET", "tags/list", page, times=9)
    assert remote_at(front.host).tags() == tuple(names)
    assert front.asked("GET", "tags/list") == 3


def test_a_list_of_tags_that_leads_back_to_itself_is_refused(front: Front) -> None:
    link = {"Link": '</v2/a/tags/list?n=1>; rel="next"'}
    front.fail("GET", "tags/list", status(200, link, b'{"tags":["a"]}'), times=99)
    with pytest.raises(RemoteError, match="without end"):
        remote_at(front.host).tags()
    assert front.asked("GET", "tags/list") == 2


@pytest.mark.parametrize("place", ["http://[", "http://127.0.0.1:x/", "ftp://h/", "//h.example/a"])
def test_a_place_that_cannot_be_gone_to_is_refused(front: Front, place: str) -> None:
    remote = remote_at(front.host)
    front.fail("POST", "uploads", status(202, {"Location": place}), times=99)
    front.fail("GET", "tags", status(307, {"Location": place}), times=99)
    for action in (remote.tags, lambda: remote.upload_blob(descriptor_of(b"x"), [b"x"])):
        with pytest.raises(RemoteError):
            action()
    assert front.asked("POST") == 1


def test_a_registry_that_does_not_tell_digests_is_read(front: Front) -> None:
    def mute(handler: Handler) -> None:
        code, headers, body = handler.forwarded()
        headers.pop("Docker-Content-Digest", None)
        handler.answer(code, headers, body)

    remote = remote_at(front.host)
    digest = put_bundle(remote, {"a.py": b"1"}, "latest")
    for method in ("HEAD", "GET"):
        front.fail(method, "/manifests/", mute, times=9)
    assert remote.resolve("latest") == digest
    assert remote.resolve(Digest(digest)) == digest
