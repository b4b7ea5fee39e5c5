"""From what is known of an object storage to an open one: endpoints, keys, certificates."""

from __future__ import annotations

import configparser
import os
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.store import AzureStore, GCSStore, S3Store

from modelops_bundle.core.settings import StorageAccess
from modelops_bundle.errors import ConfigError, RemoteError
from modelops_bundle.storage.http_pools import certificates
from modelops_bundle.storage.http_retry import Patience
from modelops_bundle.storage.objectstore import ObjectStore, Store
from modelops_bundle.storage.registry_address import is_loopback

if TYPE_CHECKING:  # there at no other time
    from obstore.store import AzureConfig, ClientConfig, RetryConfig, S3Config

#: What `UseDevelopmentStorage=true` stands for; account and key are published by Microsoft for
#: every emulator ("Connect to Azurite").
_EMULATOR = {
    "AccountName": "devstoreaccount1",
    "AccountKey": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr"
    "/KBHBeksoGMGw==",
    "BlobEndpoint": "http://127.0.0.1:10000/devstoreaccount1",
}
_RETRIES = 6


def open_object_store(
    scheme: str,
    container: str,
    *,
    prefix: str = "",
    access: StorageAccess | None = None,
    patience: Patience | None = None,
) -> ObjectStore:
    """Open a container. Nothing is read or written yet, but a server's door is knocked on.

    Args:
        scheme: `azure`, `gs` or `s3`.
        container: Container or bucket.
        prefix: What the keys of new objects begin with, or "".
        access: What the environment says of it; None for the provider's usual places.
        patience: How long to try.

    Raises:
        ConfigError: what is known does not suffice, or says what cannot be.
        RemoteError: nobody answers at the endpoint.
    """
    patience = patience or Patience()
    makers: Mapping[str, Callable[[str, StorageAccess | None, Patience], Store]] = {
        "azure": _azure,
        "gs": _google,
        "s3": _amazon,
    }
    store = makers[scheme](container, access, patience)
    return ObjectStore(store, url=f"{scheme}://{container}", prefix=prefix)


def _amazon(bucket: str, access: StorageAccess | None, patience: Patience) -> S3Store:
    config: S3Config = {"region": _amazon_region()}
    endpoint = access.endpoint if access else None
    endpoint = (
        endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    )
    insecure = access is not None and access.insecure
    if endpoint:
        config["endpoint"] = endpoint
    if access is not None and access.access_key and access.secret_key:
        config["access_key_id"] = access.access_key
        config["secret_access_key"] = access.secret_key
    elif "AWS_ACCESS_KEY_ID" not in os.environ:
        config.update(_amazon_profile())
    return S3Store(
        bucket,
        config=config,
        client_options=_client(endpoint, patience, insecure=insecure),
        retry_config=_retries(patience),
    )


def _amazon_region() -> str:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if os.environ.get(name):
            return os.environ[name]
    profile = os.environ.get("AWS_PROFILE", "default")
    section = profile if profile == "default" else f"profile {profile}"
    file = os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config"
    return _ini_section(file, section).get("region", "us-east-1")


def _amazon_profile() -> S3Config:
    """Keys of the shared credentials file; the storage library asks all other places itself."""
    file = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    section = _ini_section(file, os.environ.get("AWS_PROFILE", "default"))
    config: S3Config = {}
    if "aws_access_key_id" in section and "aws_secret_access_key" in section:
        config["access_key_id"] = section["aws_access_key_id"]
        config["secret_access_key"] = section["aws_secret_access_key"]
        if "aws_session_token" in section:
            config["session_token"] = section["aws_session_token"]
    return config


def _ini_section(file: str, section: str) -> Mapping[str, str]:
    parser = configparser.RawConfigParser()
    try:
        with open(os.path.expanduser(file), encoding="utf-8") as stream:
            parser.read_file(stream)
        return dict(parser[section]) if parser.has_section(section) else {}
    except OSError:
        return {}
    except (configparser.Error, UnicodeDecodeError):
        # Its text would show keys.
        raise ConfigError(f"{file} cannot be read", not_done="the storage was not asked") from None


def _azure(container: str, access: StorageAccess | None, patience: Patience) -> AzureStore:
    text = access.connection_string if access else None
    if not text and access is not None and access.provider == "azurite":
        text = "UseDevelopmentStorage=true"
    text = text or os.environ.get("AZURE_STORAGE_CONNECTION_STRING")
    fields = connection_fields(text) if text else {}
    endpoint = (access.endpoint if access else None) or _azure_endpoint(fields)
    config: AzureConfig = {"container_name": container}
    if access is not None and access.access_key and access.secret_key:
        fields = {**fields, "AccountName": access.access_key, "AccountKey": access.secret_key}
    if fields.get("AccountName"):
        config["account_name"] = fields["AccountName"]
    if fields.get("AccountKey"):
        config["account_key"] = fields["AccountKey"]
    elif fields.get("SharedAccessSignature"):
        config["sas_key"] = fields["SharedAccessSignature"].lstrip("?")
    if endpoint:
        config["endpoint"] = endpoint
        config.setdefault("account_name", _account_of(endpoint))
    elif "account_name" not in config and "AZURE_STORAGE_ACCOUNT_NAME" not in os.environ:
        raise ConfigError(
            f"which account has the container {container!r} is not known",
            not_done="the storage was not asked",
            hint="pin an environment with storage.connection_string, or set "
            "AZURE_STORAGE_CONNECTION_STRING",
        )
    insecure = access is not None and access.insecure
    return AzureStore(
        config=config,
        client_options=_client(endpoint, patience, insecure=insecure),
        retry_config=_retries(patience),
    )


def connection_fields(text: str) -> dict[str, str]:
    """The fields of an Azure storage connection string ("Configure Azure Storage connection
    strings"): `Name=value` pairs between semicolons.

    Raises:
        ConfigError: not of that form. The message holds nothing of it.
    """
    fields: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(
                "the storage's connection string is no list of Name=value pairs",
                not_done="the storage was not asked",
                hint="look at storage.connection_string or AZURE_STORAGE_CONNECTION_STRING",
            )
        fields[name.strip()] = value
    if fields.get("UseDevelopmentStorage", "").lower() == "true":
        fields = {**_EMULATOR, **fields}
    return fields


def _azure_endpoint(fields: Mapping[str, str]) -> str | None:
    if fields.get("BlobEndpoint"):
        return fields["BlobEndpoint"].rstrip("/")
    if "AccountName" not in fields:
        return None
    scheme = fields.get("DefaultEndpointsProtocol", "https")
    suffix = fields.get("EndpointSuffix", "core.windows.net")
    return f"{scheme}://{fields['AccountName']}.blob.{suffix}"


def _account_of(endpoint: str) -> str:
    """The account that an endpoint names: by its host, or for an emulator by its path."""
    parts = urlsplit(endpoint)
    return parts.path.strip("/") or (parts.hostname or "").partition(".")[0]


def _google(bucket: str, access: StorageAccess | None, patience: Patience) -> GCSStore:
    endpoint = access.endpoint if access else None
    insecure = access is not None and access.insecure
    options = _client(endpoint, patience, insecure=insecure)
    retries = _retries(patience)
    if endpoint:
        # An emulator: nobody can sign for it.
        return GCSStore(
            bucket,
            config={"base_url": endpoint, "skip_signature": True},
            client_options=options,
            retry_config=retries,
        )
    return GCSStore(bucket, client_options=options, retry_config=retries)


def _client(endpoint: str | None, patience: Patience, *, insecure: bool) -> ClientConfig:
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=patience.connect_s),
        # Bytes must keep coming; how long all of them take depends on how many they are.
        "read_timeout": timedelta(seconds=patience.stall_s),
        "timeout": timedelta(days=1),
    }
    if endpoint:
        _knock(endpoint, patience, insecure=insecure)
        options["allow_http"] = urlsplit(endpoint).scheme == "http"
    variable, bundle = certificates()
    if os.path.isfile(bundle):
        try:
            with open(bundle, "rb") as stream:
                options["root_certificate"] = stream.read()
        except OSError as error:
            raise ConfigError(
                f"cannot read the certificates that {variable} names: {bundle}",
                not_done="the storage was not asked",
            ) from error
    return options


def _retries(patience: Patience) -> RetryConfig:
    return {
        "max_retries": _RETRIES,
        "retry_timeout": timedelta(seconds=patience.metadata_s),
        "backoff": {
            "init_backoff": timedelta(seconds=patience.first_delay_s),
            "max_backoff": timedelta(seconds=patience.longest_delay_s),
            "base": 2,
        },
    }


def _knock(endpoint: str, patience: Patience, *, insecure: bool) -> None:
    """Fail at once where nobody listens; the storage library would try again and again."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"storage.endpoint {endpoint!r:.200} is no http or https URL",
            not_done="the storage was not asked",
        )
    if parts.scheme == "http" and not insecure and not is_loopback(parts.netloc):
        raise ConfigError(
            f"storage.endpoint http://{parts.netloc} does without TLS",
            not_done="nothing was sent: keys and data could be read on the way",
            hint="give an https endpoint, or set insecure: true below storage in the environment",
        )
    if not is_loopback(parts.netloc):
        return  # perhaps behind a proxy, which this process alone cannot tell
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname, port), timeout=patience.connect_s).close()
    except OSError as error:
        raise RemoteError(
            f"the storage at {parts.hostname}:{port} does not answer: "
            f"{error.strerror or 'no connection'}",
            hint="look whether it runs, and at storage.endpoint",
        ) from None
