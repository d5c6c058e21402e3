"""Applications that describe themselves by a document at their client id, which is a URL (identity.md 7.9).

draft-ietf-oauth-client-id-metadata-document. Anybody may have our server fetch from anywhere, so what is fetched is
bounded and no word of an error tells what stands behind a firewall. A document that can be had no more is a client
that is known no more: to take it down is how an application, or who gets its host back from a thief, ends the trust in
its redirect URIs. What it was let in to before goes on, for other endpoints do not fetch.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.errors import RequestValidationError, SchemaValidationError
from nhost_auth.http import bodies
from nhost_auth.infra import outbound
from nhost_auth.models import OAuth2Client
from nhost_auth.models.oauth2_clients import SCOPES, default_scopes, redirect_uri_fault
from nhost_auth.oauth2_errors import InvalidClient, InvalidScope

logger = logging.getLogger("nhost_auth.client_documents")

LIFETIME = timedelta(hours=1)
FETCH_SECONDS = 5.0
MAX_BYTES = 5120
MAX_REDIRECTS = 3
MAX_URL_LENGTH = 512
MAX_REDIRECT_URIS = 50
MAX_REDIRECT_URI_LENGTH = 2048
"""As of the parameter of an authorization request."""
MAX_NAME_LENGTH = 200
HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
JSON_TYPE = re.compile(r"application/([!#$&^_.+a-z0-9-]+\+)?json")
SECRETS = ("client_secret", "client_secret_expires_at")


def is_document_url(client_id: str) -> bool:
    """Whether a client id may be the URL of a document: with a host and a path."""
    if not conf.AUTH_OAUTH2_PROVIDER_CIMD_ENABLED:
        return False
    try:
        parts = urlsplit(client_id)
    except ValueError:
        return False
    return parts.scheme in _schemes() and bool(parts.hostname) and parts.path not in ("", "/")


def find_client(url: str) -> OAuth2Client:
    """The client of a document's URL, fetched where it has not been for an hour. Raises InvalidClient, InvalidScope."""
    _ensure_good_url(url)
    fetched = {"kind": OAuth2Client.Kind.DOCUMENT, "fetched_at__gt": timezone.now() - LIFETIME}
    known = OAuth2Client.objects.filter(pk=url, **fetched).first()
    if known:
        return known
    client = OAuth2Client.objects.keep_document(url, **_read(url, _fetch(url)))
    if client is None:
        raise InvalidClient
    return client


def _schemes() -> tuple[str, ...]:
    return ("https", "http") if conf.AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT else ("https",)


def _ensure_good_url(url: str) -> None:
    """Raises InvalidClient. Of two readers of an odd URL one could look at a host and the other go to another."""
    if len(url) > MAX_URL_LENGTH or not re.fullmatch(r"[!-\[\]_a-z~]+", url):
        raise InvalidClient("The client ID is no URL")
    parts = _split(url)
    if "#" in url:
        raise InvalidClient("The client ID URL must not have a fragment")
    if "@" in parts.netloc:
        raise InvalidClient("The client ID URL must not hold credentials")
    if any(segment.lower().replace("%2e", ".") in (".", "..") for segment in parts.path.split("/")):
        raise InvalidClient("The client ID URL must not have dot segments")


def _split(url: str) -> SplitResult:
    """Raises InvalidClient."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise InvalidClient("The client ID is no URL") from None
    if not HOST.fullmatch(parts.netloc.lower().rpartition("@")[2].removesuffix(f":{parts.port}")):
        raise InvalidClient("The client ID URL names no host")
    return parts


def _fetch(url: str) -> Any:
    """The value of the document. Raises InvalidClient."""
    try:
        answer = outbound.fetch(
            url,
            headers={"Accept": "application/json", "User-Agent": "nhost-auth"},
            seconds=FETCH_SECONDS,
            max_bytes=MAX_BYTES,
            redirects=MAX_REDIRECTS,
            insecure=conf.AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT,
        )
    except outbound.OutboundError as error:
        # One sentence for all: who asks us to fetch must not learn from us what is there.
        logger.info("The document of a client cannot be fetched: %s", error)
        raise InvalidClient("The client metadata document cannot be fetched") from error
    if answer.status != 200:
        raise InvalidClient("The client metadata document cannot be fetched")
    if not JSON_TYPE.fullmatch(answer.content_type.partition(";")[0].strip().lower()):
        raise InvalidClient("The client metadata document is not served as JSON")
    try:
        return bodies.parse(answer.text.encode())
    except (RequestValidationError, SchemaValidationError) as error:
        raise InvalidClient("The client metadata document is not JSON") from error


def _read(url: str, document: Any) -> dict[str, Any]:
    """The columns of a client as its document has them. Raises InvalidClient, InvalidScope."""
    if not isinstance(document, dict):
        raise InvalidClient("The client metadata document is not an object")
    if document.get("client_id") != url:
        raise InvalidClient("The client_id of the client metadata document is not its URL")
    method = document.get("token_endpoint_auth_method", "none")
    if any(name in document for name in SECRETS) or str(method).startswith("client_secret"):
        raise InvalidClient("The client metadata document must not need a secret")
    grants = document.get("grant_types", [])
    if not isinstance(grants, list) or not all(isinstance(grant, str) for grant in grants):
        raise InvalidClient("The grant_types of the client metadata document are not a list of strings")
    return {
        "redirect_uris": _redirect_uris(url, document.get("redirect_uris")),
        "scopes": _scopes(document),
        "name": _name(document),
        "metadata": document,
    }


def _redirect_uris(url: str, listed: Any) -> list[str]:
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_REDIRECT_URIS:
        raise InvalidClient(f"The client metadata document has to list 1 to {MAX_REDIRECT_URIS} redirect_uris")
    for uri in listed:
        if not isinstance(uri, str) or len(uri) > MAX_REDIRECT_URI_LENGTH or _fault(uri):
            raise InvalidClient("The client metadata document has a redirect URI that is not allowed")
        if _origin(uri) != _origin(url):
            raise InvalidClient("The client metadata document has a redirect URI of another origin")
    return listed


def _fault(uri: str) -> str:
    """For development plain http will do, and not on one's own device alone."""
    is_plain = uri.startswith("http://") and "http" in _schemes()
    return redirect_uri_fault(uri.replace("http", "https", 1) if is_plain else uri)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _scopes(document: Mapping[str, Any]) -> list[str]:
    scope = document.get("scope", "")
    if not isinstance(scope, str):
        raise InvalidClient("The scope of the client metadata document is not a string")
    asked = list(dict.fromkeys(scope.split()))
    if not set(asked) <= set(SCOPES):
        raise InvalidScope("The client metadata document has an unknown scope")
    return asked or default_scopes()


def _name(document: Mapping[str, Any]) -> str:
    """What people see when they are asked; letters that turn others round would make another name of it."""
    name = document.get("client_name", "")
    if not isinstance(name, str):
        raise InvalidClient("The client_name of the client metadata document is not a string")
    return "".join(letter for letter in name if letter.isprintable()).strip()[:MAX_NAME_LENGTH]
