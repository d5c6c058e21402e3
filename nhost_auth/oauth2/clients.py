"""Which application asks, and whether it is really that one (identity.md 7.3, 7.5; RFC 6749 section 2.3)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.http import HttpRequest
from rest_framework.request import Request

from nhost_auth.models import OAuth2Client
from nhost_auth.oauth2 import client_documents
from nhost_auth.oauth2_errors import InvalidClient, MalformedRequest


@dataclass(frozen=True, slots=True)
class Credentials:
    """How an application says who it is; `client_id` is empty where it does not."""

    client_id: str = ""
    secret: str = ""

    def decoded(self) -> Credentials:
        """RFC 6749 section 2.3.1 has them percent-encoded within Basic; Nhost, and many clients, have not."""
        return Credentials(unquote_plus(self.client_id), unquote_plus(self.secret))


def read_credentials(request: HttpRequest | Request, client_id: str, client_secret: str) -> Credentials:
    """Those of the header Authorization, or of the form. Raises MalformedRequest, InvalidClient."""
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return Credentials(client_id, client_secret)
    if client_secret:
        raise MalformedRequest("Client credentials must be given in one place only")
    try:
        name, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClient("Malformed client credentials") from None
    if not colon:
        raise InvalidClient("Malformed client credentials")
    if client_id not in ("", name, unquote_plus(name)):
        raise InvalidClient("Client ID mismatch")
    return Credentials(name, secret)


def get_client(client_id: str) -> OAuth2Client:
    """The client of an id, be it registered or described by a document at that URL. Raises InvalidClient, InvalidScope.

    What a document once told is good for an hour, and not at all once such documents are switched off.
    """
    registered = OAuth2Client.objects.exclude(kind=OAuth2Client.Kind.DOCUMENT)
    found = registered.filter(pk=client_id).first() if "\0" not in client_id else None
    if found is None and client_documents.is_document_url(client_id):
        return client_documents.find_client(client_id)
    if found is None:
        raise InvalidClient
    return found


def identify(credentials: Credentials) -> OAuth2Client:
    """The client that credentials prove. Raises InvalidClient."""
    if not credentials.client_id:
        raise InvalidClient("Client ID is required")
    spellings = {credentials.client_id, credentials.decoded().client_id}
    client = OAuth2Client.objects.filter(pk__in=[name for name in spellings if "\0" not in name]).first()
    if client is None:
        raise InvalidClient
    authenticate(client, credentials)
    return client


def authenticate(client: OAuth2Client, credentials: Credentials) -> None:
    """Raises InvalidClient where the credentials are not the client's."""
    spellings = (credentials, credentials.decoded())
    if credentials.client_id and client.pk not in [spelling.client_id for spelling in spellings]:
        raise InvalidClient("Client ID mismatch")
    if client.is_public:
        if not credentials.client_id:
            raise InvalidClient("Client ID is required")
        return
    if not credentials.secret:
        raise InvalidClient("Client secret is required")
    if not any(client.has_secret(spelling.secret) for spelling in spellings):
        raise InvalidClient("Invalid client credentials")
