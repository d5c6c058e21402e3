from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from nhost_auth.infra.keyring import generate_private_pem
from nhost_auth.models import OAuth2Client
from tests.conftest import Api, Reply
from tests.internet import Internet
from tests.names import PUBLIC, Names
from tests.oauth2.application import ISSUER, Application
from tests.oauth2.documents import BACK, DOCUMENTS, HOST, PATH, URL, document


@pytest.fixture(scope="session")
def rsa_secret() -> dict[str, str]:
    pem = generate_private_pem("RS256")
    public: Any = serialization.load_pem_private_key(pem.encode(), password=None).public_key()
    shown = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"type": "RS256", "key": shown.decode(), "signing_key": pem, "kid": "tests", "issuer": ISSUER}


@pytest.fixture(autouse=True)
def provider_enabled(settings: Any, rsa_secret: dict[str, str]) -> None:
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = True
    settings.HASURA_GRAPHQL_JWT_SECRET = rsa_secret


@pytest.fixture
def shop(api: Api) -> Application:
    """An application that can keep no secret."""
    return Application.registered(api)


@pytest.fixture
def bank(api: Api) -> Application:
    """An application with a secret."""
    return Application.registered(api, confidential=True, name="Bank")


@pytest.fixture
def ann(api: Api) -> Reply:
    """Somebody who is signed in."""
    return api.sign_up(displayName="Ann")


@pytest.fixture
def documents_enabled(settings: Any, names: Names) -> None:
    """Client ids may be URLs of documents, and the host of our own one is on the internet."""
    setattr(settings, DOCUMENTS, True)
    names.point(HOST, [PUBLIC])


@pytest.fixture
def app(api: Api, internet: Internet, documents_enabled: None) -> Application:
    """An application whose document is at URL."""
    internet.answer(HOST, PATH, value=document())
    return Application(api, row=OAuth2Client(client_id=URL, redirect_uris=[BACK]))
