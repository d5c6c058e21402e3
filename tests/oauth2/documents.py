"""An application that is described by a document at its client id."""

from __future__ import annotations

from typing import Any

from nhost_auth.models import OAuth2Client
from tests.conftest import Reply
from tests.oauth2.application import Application

HOST, PATH = "app.example.com", "/client.json"
URL = f"https://{HOST}{PATH}"
BACK = f"https://{HOST}/back"
INVALID, SCOPE = (401, "invalid_client"), (400, "invalid_scope")
DOCUMENTS, INSECURE = "AUTH_OAUTH2_PROVIDER_CIMD_ENABLED", "AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT"
CANNOT = "The client metadata document cannot be fetched"


def document(**changes: Any) -> dict[str, Any]:
    """A good document; what is None is left out."""
    found = {"client_id": URL, "client_name": "Shop", "redirect_uris": [BACK], **changes}
    return {name: value for name, value in found.items() if value is not None}


def ask(app: Application, **changes: Any) -> Reply:
    return app.ask(**{"redirect_uri": BACK} | changes)


def description(reply: Reply) -> str:
    assert reply.outcome == INVALID
    return str(reply.json["error_description"])


def client() -> OAuth2Client:
    return OAuth2Client.objects.get(pk=URL)
