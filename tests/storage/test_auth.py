"""Showing a registry who one is: each way that registries ask for, and no secret anywhere."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.codec.distribution_json import Credentials
from modelops_bundle.errors import BundleError, RemoteError, UnauthorizedError
from modelops_bundle.storage.http_retry import Patience
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import RegistryAddress, parse_address
from support.bundles import descriptor_of, put_bundle
from support.registry_faults import Handler, front_of, status
from support.registry_server import (
    IDENTITY_TOKEN,
    PASSWORD,
    USER,
    Registries,
    TokenService,
)

ADA = Credentials(username=USER, password=PASSWORD)
FILES = {"a.py": b"1"}


def remote_at(url: str, known: Credentials | None) -> OciRegistryRemote:
    return OciRegistryRemote(
        parse_address(url),
        find_credentials=lambda: known,
        patience=Patience(first_delay_s=0.01, longest_delay_s=0.02),
    )


def shown(error: BaseException) -> str:
    """Everything that a person or a log could see of an error."""
    texts = []
    cause: BaseException | None = error
    while cause is not None:
        texts += [str(cause), repr(cause), str(getattr(cause, "hint", ""))]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(texts)


@pytest.fixture
def tokens(registries: Registries) -> Iterator[TokenService]:
    """The token service of the registry `bearer`, as it was found afterwards."""
    assert registries["bearer"]
    service = registries.tokens
    assert service is not None
    service.asked.clear()
    yield service
    service.anonymous, service.life_s = True, 300


@pytest.mark.parametrize("kind", ["htpasswd", "bearer"])
def test_without_a_login_a_push_is_refused_with_what_to_do(
    registries: Registries, kind: str
) -> None:
    server = registries[kind]
    remote = remote_at(server.url(), None)
    with pytest.raises(UnauthorizedError) as caught:
        put_bundle(remote, FILES, "latest")
    assert f"mops-bundle login {server.host}" in caught.value.hint
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("kind", ["htpasswd", "bearer"])
def test_a_wrong_password_is_refused_and_never_shown(registries: Registries, kind: str) -> None:
    remote = remote_at(registries[kind].url(), Credentials(username=USER, password="hunter2-xyz"))
    with pytest.raises(UnauthorizedError) as caught:
        put_bundle(remote, FILES, "latest")
    assert "hunter2" not in shown(caught.value)
    assert "hunter2" not in repr(remote.__dict__)


def test_one_token_for_reading_and_one_for_writing_are_enough(
    registries: Registries, tokens: TokenService
) -> None:
    remote = remote_at(registries["bearer"].url(), ADA)
    put_bundle(remote, FILES, "latest")
    repository = remote.url.split("/", 3)[3]
    pull, push = f"repository:{repository}:pull", f"repository:{repository}:pull,push"
    assert sorted(tokens.asked) == sorted([pull, push])


def test_everybody_may_read_where_the_token_service_lets_them(
    registries: Registries, tokens: TokenService
) -> None:
    url = registries["bearer"].url()
    digest = put_bundle(remote_at(url, ADA), FILES, "latest")
    assert remote_at(url, None).resolve("latest") == digest
    tokens.anonymous = False
    with pytest.raises(UnauthorizedError):
        remote_at(url, None).resolve("latest")


def test_an_identity_token_is_exchanged(registries: Registries, tokens: TokenService) -> None:
    url = registries["bearer"].url()
    put_bundle(remote_at(url, Credentials(identity_token=IDENTITY_TOKEN)), FILES, "latest")
    with pytest.raises(UnauthorizedError) as caught:
        remote_at(url, Credentials(identity_token="stolen-identity")).tags()
    assert "stolen" not in shown(caught.value)


def test_a_token_is_renewed_before_it_expires(registries: Registries, tokens: TokenService) -> None:
    tokens.life_s = 1
    remote = remote_at(registries["bearer"].url(), ADA)
    remote.tags()
    expires = time.monotonic() + 0.5
    while time.monotonic() < expires:
        remote.tags()
    remote.tags()
    assert len(tokens.asked) == 2


def test_a_token_that_the_registry_no_longer_takes_is_renewed(
    registries: Registries, tokens: TokenService
) -> None:
    server = registries["bearer"]
    remote = remote_at(server.url(), ADA)
    digest = put_bundle(remote, FILES, "latest")
    with front_of(server.host) as front:
        through = OciRegistryRemote(
            RegistryAddress(front.host, remote.url.split("/", 3)[3]), find_credentials=lambda: ADA
        )
        assert through.resolve("latest") == digest
        tokens.asked.clear()
        challenge = f'Bearer realm="{tokens.realm}",service="test-registry"'
        front.fail("HEAD", "latest", status(401, {"WWW-Authenticate": challenge}))
        assert through.resolve("latest") == digest
        assert len(tokens.asked) == 1


def test_a_registry_that_never_is_content_is_given_up_at_once(registries: Registries) -> None:
    with front_of(registries["plain"].host) as front:
        front.fail("GET", "tags", status(401, {"WWW-Authenticate": 'Basic realm="x"'}), times=99)
        with pytest.raises(UnauthorizedError):
            remote_at(f"oci://{front.host}/a", ADA).tags()
        assert front.asked("GET", "tags") == 2


@pytest.mark.parametrize(
    "challenge", ["", "Negotiate", 'Bearer service="x"', "\x01", 'Digest realm="x", nonce="y"']
)
def test_a_login_of_an_unknown_kind_is_refused(registries: Registries, challenge: str) -> None:
    with front_of(registries["plain"].host) as front:
        front.fail("GET", "tags", status(401, {"WWW-Authenticate": challenge}), times=99)
        with pytest.raises(UnauthorizedError, match="not known here"):
            remote_at(f"oci://{front.host}/a", ADA).tags()


@pytest.mark.parametrize("realm", ["http://example.invalid/token", "file:///x", "x", "http://["])
def test_a_password_is_not_sent_without_tls(registries: Registries, realm: str) -> None:
    with front_of(registries["plain"].host) as front:
        header = {"WWW-Authenticate": f'Bearer realm="{realm}"'}
        front.fail("GET", "tags", status(401, header), times=99)
        with pytest.raises(RemoteError, match=r"without TLS|not HTTP|no URL"):
            remote_at(f"oci://{front.host}/a", ADA).tags()


def test_a_redirect_to_another_host_gets_no_credentials(registries: Registries) -> None:
    server = registries["htpasswd"]
    remote = remote_at(server.url(), ADA)
    put_bundle(remote, FILES, "latest")
    with front_of(server.host) as elsewhere, front_of(server.host) as front:

        def away(handler: Handler) -> None:
            handler.answer(307, {"Location": f"http://{elsewhere.host}{handler.path}"}, b"")

        def served(handler: Handler) -> None:
            handler.answer(200, {}, b'{"tags":["from-elsewhere"]}')

        front.fail("GET", "tags", status(401, {"WWW-Authenticate": 'Basic realm="x"'}))
        front.fail("GET", "tags", away)
        elsewhere.fail("GET", "tags", served)
        through = remote_at(f"oci://{front.host}/a", ADA)
        assert through.tags() == ("from-elsewhere",)
        assert [seen.authorization for seen in elsewhere.seen] == [None]
        assert any(seen.authorization for seen in front.seen)


def test_an_upload_place_on_another_host_gets_no_credentials(registries: Registries) -> None:
    with front_of(registries["htpasswd"].host) as elsewhere, front_of(elsewhere.target) as front:

        def away(handler: Handler) -> None:
            handler.answer(202, {"Location": f"http://{elsewhere.host}/v2/a/uploads/1"}, b"")

        front.fail("POST", "uploads", status(401, {"WWW-Authenticate": 'Basic realm="x"'}))
        front.fail("POST", "uploads", away)
        elsewhere.fail("PUT", "uploads", status(201))
        put = remote_at(f"oci://{front.host}/a", ADA)
        put.upload_blob(descriptor_of(b"x"), [b"x"])
        assert [seen.authorization for seen in elsewhere.seen] == [None]


def test_a_registry_that_repeats_a_secret_does_not_get_it_shown(registries: Registries) -> None:
    def echo(handler: Handler) -> None:
        told = f"{PASSWORD} {handler.headers.get('Authorization')}"
        body = json.dumps({"errors": [{"code": "DENIED", "message": told}]})
        handler.answer(403, {}, body.encode())

    with front_of(registries["htpasswd"].host) as front:
        remote = remote_at(f"oci://{front.host}/a", ADA)
        remote.tags()
        front.fail("GET", "tags", echo)
        with pytest.raises(UnauthorizedError, match="DENIED") as caught:
            remote.tags()
    text = shown(caught.value)
    assert PASSWORD not in text
    assert not any(seen.authorization and seen.authorization[6:] in text for seen in front.seen)


def test_redirects_in_a_circle_end(registries: Registries) -> None:
    with front_of(registries["plain"].host) as front:

        def again(handler: Handler) -> None:
            handler.answer(302, {"Location": handler.path}, b"")

        front.fail("GET", "tags", again, times=99)
        with pytest.raises(RemoteError, match="circle"):
            remote_at(f"oci://{front.host}/a", None).tags()


def test_a_certificate_that_is_not_trusted_is_refused(
    registries: Registries, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = registries["tls"].url()
    with pytest.raises(RemoteError, match="not trusted") as caught:
        remote_at(url, None).tags()
    assert "SSL_CERT_FILE" in caught.value.hint
    insecure = OciRegistryRemote(parse_address(url), find_credentials=lambda: None, insecure=True)
    assert insecure.tags() == ()
    monkeypatch.setenv("SSL_CERT_FILE", str(registries.certificate.certificate))
    assert remote_at(url, None).tags() == ()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(BundleError, match="SSL_CERT_FILE"):
        remote_at(url, None).tags()
