"""Applications of Nhost's OAuth2 provider come along with their secrets and tokens (configuration.md 7.7, 7.9)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from nhost_auth.infra.crypto import digest
from nhost_auth.models import OAuth2Client, OAuth2RefreshToken
from tests.conftest import Api
from tests.imports.importing import import_nhost
from tests.imports.nhost_database import LATER, Nhost, bcrypted
from tests.oauth2.application import REDIRECT, Application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]
SECRET = "client-secret-9"


def add_client(nhost: Nhost, client_id: str = "nhoa_0123456789abcdef", **columns: Any) -> str:
    values = {"client_secret_hash": bcrypted(SECRET), "redirect_uris": f"{{{REDIRECT}}}", "metadata": None} | columns
    names = [name for name in values if values[name] is not None]
    marks = ", ".join("%s::text[]" if name in ("redirect_uris", "scopes") else "%s" for name in names)
    given = [values[name] for name in names]
    nhost.execute(
        f"insert into auth.oauth2_clients (client_id{''.join(f', {n}' for n in names)}) values (%s, {marks})",
        client_id,
        *given,
    )
    return client_id


def add_token(nhost: Nhost, client_id: str, user_id: uuid.UUID) -> str:
    secret = str(uuid.uuid4())
    nhost.execute(
        "insert into auth.oauth2_refresh_tokens (token_hash, client_id, user_id, scopes, expires_at)"
        " values (%s, %s, %s, '{openid,email}', %s)",
        digest(secret),
        client_id,
        user_id,
        datetime.now(UTC) + LATER,
    )
    return secret


@pytest.fixture(autouse=True)
def provider_on(settings: Any) -> None:
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = True


def test_application_goes_on_with_its_secret_and_its_tokens(api: Api, nhost: Nhost) -> None:
    secret = add_token(nhost, add_client(nhost), nhost.add_user())
    import_nhost(nhost)
    bank = Application(api, SECRET, OAuth2Client.objects.get())
    newer = bank.refresh(secret)
    assert (newer.status, newer.json["scope"]) == (200, "openid email")
    assert bank.refresh(newer.json["refresh_token"], client_secret="wrong").outcome == (401, "invalid_client")
    import_nhost(nhost)
    assert OAuth2RefreshToken.objects.count() == 1


def test_public_client_and_its_scopes_come_along(nhost: Nhost) -> None:
    add_client(nhost, client_secret_hash=None, scopes="{openid,graphql:role:me,gone}")
    import_nhost(nhost)
    found = OAuth2Client.objects.get()
    assert (found.is_public, found.scopes, found.redirect_uris) == (True, ["openid", "graphql:role:me"], [REDIRECT])


def test_client_whose_secret_nobody_can_verify_is_left_out_with_its_tokens(nhost: Nhost) -> None:
    add_token(nhost, add_client(nhost, client_secret_hash="$2a$99$nonsense"), nhost.add_user())
    report = import_nhost(nhost)
    assert "password-hash-malformed 1" in report
    assert "client-skipped 1" in report
    assert not OAuth2Client.objects.exists()


def test_client_that_is_here_stays_as_it_is(nhost: Nhost) -> None:
    OAuth2Client.objects.create(client_id=add_client(nhost), name="Ours")
    import_nhost(nhost)
    assert OAuth2Client.objects.get().name == "Ours"
