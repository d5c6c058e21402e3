"""`auth_import_nhost`: after it people come in as they did at Nhost."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management.base import CommandError

from nhost_auth.infra import crypto, totp
from nhost_auth.models import Account, RefreshToken, SecurityKey, provider_links
from tests.conftest import Api
from tests.endpoints.totp_app import code_of
from tests.imports.importing import counts, import_nhost
from tests.imports.nhost_database import LATER, PASSWORD, Nhost, bcrypted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]

LONG_AGO = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_user_is_the_one_that_nhost_had(api: Api, nhost: Nhost) -> None:
    user_id = nhost.add_user(
        "Ann@Example.com",
        created_at=LONG_AGO,
        last_seen=LONG_AGO + LATER,
        display_name="Ann",
        avatar_url="https://example.com/ann.png",
        locale="fr",
        phone_number="+4912345",
        phone_number_verified=True,
        metadata={"plan": {"seats": 3}},
        default_role="me",
        roles=("user", "me", "boss"),
    )
    import_nhost(nhost)
    stored = Account.objects.get()
    assert (stored.pk, stored.created_at, stored.user.last_login) == (user_id, LONG_AGO, LONG_AGO + LATER)
    assert (stored.user.date_joined, stored.user.email, stored.user.is_active) == (LONG_AGO, "Ann@Example.com", True)
    user = api.sign_in("ann@example.com", PASSWORD).user
    assert user.pop("roles").sort() is None
    assert user | {"createdAt": ""} == {
        "id": str(user_id),
        "createdAt": "",
        "email": "Ann@Example.com",
        "emailVerified": True,
        "phoneNumber": "+4912345",
        "phoneNumberVerified": True,
        "displayName": "Ann",
        "avatarUrl": "https://example.com/ann.png",
        "locale": "fr",
        "metadata": {"plan": {"seats": 3}},
        "defaultRole": "me",
        "isAnonymous": False,
        "activeMfaType": None,
    }
    assert set(stored.roles.values_list("name", flat=True)) == {"user", "me", "boss"}


@pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
def test_old_password_signs_in_and_its_hash_is_replaced(api: Api, nhost: Nhost, prefix: str) -> None:
    nhost.add_user(password_hash=bcrypted(prefix=prefix))
    import_nhost(nhost)
    assert Account.objects.get().user.password == f"bcrypt${bcrypted(prefix=prefix)}"
    assert api.sign_in(password="Wrong-horse-7").outcome == (401, "invalid-email-password")
    assert api.sign_in(password=PASSWORD).status == 200
    assert Account.objects.get().user.password.startswith("argon2$")
    assert api.sign_in(password=PASSWORD).status == 200


@pytest.mark.parametrize("none", [None, ""])
def test_user_without_password_has_none(api: Api, nhost: Nhost, none: str | None) -> None:
    nhost.add_user(password_hash=none)
    import_nhost(nhost)
    assert not Account.objects.get().user.has_usable_password()
    assert api.sign_in(password="!!!").outcome == (401, "invalid-email-password")


def test_disabled_user_stays_out(api: Api, nhost: Nhost) -> None:
    _, secret = nhost.add_token(nhost.add_user(disabled=True))
    import_nhost(nhost)
    assert api.sign_in(password=PASSWORD).outcome == (401, "disabled-user")
    assert api.post("/token", {"refreshToken": secret}).outcome == (401, "disabled-user")


def test_session_goes_on_under_its_id(api: Api, nhost: Nhost) -> None:
    token_id, secret = nhost.add_token(nhost.add_user(), created_at=LONG_AGO)
    import_nhost(nhost)
    assert RefreshToken.objects.get().created_at == LONG_AGO
    reply = api.post("/token", {"refreshToken": secret})
    assert (reply.status, reply.session["refreshTokenId"]) == (200, str(token_id))
    assert api.post("/token", {"refreshToken": reply.refresh_token}).status == 200


def test_expired_session_is_left_behind(nhost: Nhost) -> None:
    nhost.add_token(nhost.add_user(), expires_at=datetime.now(UTC) - timedelta(minutes=1))
    assert counts(import_nhost(nhost), "refresh_tokens")["read"] == 0
    assert not RefreshToken.objects.exists()


def test_personal_access_token_signs_in(api: Api, nhost: Nhost) -> None:
    user_id = nhost.add_user()
    _, secret = nhost.add_token(user_id, type="pat", metadata={"name": "deploy"})
    _, endless = nhost.add_token(user_id, type="pat", expires_at="infinity")
    import_nhost(nhost)
    assert RefreshToken.objects.get(hash=crypto.digest(secret)).metadata == {"name": "deploy"}
    for pat in (secret, endless):
        assert api.post("/signin/pat", {"personalAccessToken": pat}).user["id"] == str(user_id)
        assert api.post("/token", {"refreshToken": pat}).outcome == (401, "invalid-refresh-token")


@pytest.mark.parametrize("stored", ["plain", "encrypted", "padded"])
def test_second_factor_is_asked_and_good(api: Api, nhost: Nhost, settings: Any, stored: str) -> None:
    settings.AUTH_MFA_ENABLED = True
    secret = totp.generate_secret()
    forms = {"plain": secret, "padded": secret + "====", "encrypted": _encrypted_by_nhost(secret, settings)}
    user_id = nhost.add_user(totp_secret=forms[stored], active_mfa_type="totp")
    import_nhost(nhost)
    reply = api.sign_in(password=PASSWORD)
    assert set(reply.json) == {"mfa"}
    body = {"ticket": reply.json["mfa"]["ticket"], "otp": code_of(secret)}
    session = api.post("/signin/mfa/totp", body)
    assert session.user["id"] == str(user_id)
    assert api.get("/user", token=session.token).json["activeMfaType"] == "totp"


def test_link_to_a_provider_is_found(nhost: Nhost) -> None:
    user_id = nhost.add_user()
    for provider in ("github", "apple", "google"):
        nhost.add("user_providers", user_id=user_id, provider_id=provider, provider_user_id="77", access_token="unset")
    import_nhost(nhost)
    links = provider_links.rows().filter(user=Account.objects.get().user)
    assert set(links.values_list("provider", "uid")) == {("github", "77"), ("apple-id", "77"), ("google-oauth2", "77")}


def test_security_key_is_the_same(nhost: Nhost) -> None:
    user_id, public = nhost.add_user(), bytes(range(77))
    columns = {"credential_public_key": public, "counter": 7, "transports": "usb,nfc", "nickname": "blue"}
    key_id = nhost.add("user_security_keys", user_id=user_id, credential_id="q-Zz_0", **columns)
    import_nhost(nhost)
    key = SecurityKey.objects.find("q-Zz_0")
    assert key is not None
    assert (key.pk, key.account_id, bytes(key.public_key)) == (key_id, user_id, public)
    assert (key.counter, key.transports, key.nickname) == (7, "usb,nfc", "blue")


def test_guests_and_people_with_a_phone_alone_come_too(api: Api, nhost: Nhost) -> None:
    guest = nhost.add_user(None, password_hash=None, is_anonymous=True, default_role="anonymous", roles=("anonymous",))
    phone = nhost.add_user(None, password_hash=None, phone_number="+4912345", phone_number_verified=True)
    secrets = [nhost.add_token(user_id)[1] for user_id in (guest, phone)]
    import_nhost(nhost)
    replies = [api.post("/token", {"refreshToken": secret}) for secret in secrets]
    assert [reply.user["id"] for reply in replies] == [str(guest), str(phone)]
    assert [reply.user["isAnonymous"] for reply in replies] == [True, False]


def test_nothing_pending_comes_along(nhost: Nhost) -> None:
    nhost.add_user(
        ticket="passwordReset:1", otp_hash=bcrypted("123456"), otp_method_last_used="email", new_email="new@example.com"
    )
    import_nhost(nhost)
    stored = Account.objects.get()
    assert not stored.tickets.exists()
    assert stored.email == "ann@example.com"


@pytest.mark.parametrize("name", ["POSTGRES_CONNECTION", "HASURA_GRAPHQL_DATABASE_URL"])
def test_database_may_be_named_by_the_settings(nhost: Nhost, settings: Any, name: str) -> None:
    setattr(settings, name, nhost.url)
    nhost.add_user()
    assert counts(import_nhost(""), "users")["imported"] == 1


def test_command_without_a_database_says_so() -> None:
    with pytest.raises(CommandError, match="POSTGRES_CONNECTION"):
        import_nhost("")


def test_project_without_bcrypt_is_told_before_anything_is_written(nhost: Nhost, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashers.CheapArgon2idHasher"]
    nhost.add_user(password_hash=None)
    assert counts(import_nhost(nhost), "users")["imported"] == 1
    nhost.add_user("bob@example.com", roles=("boss",))
    with pytest.raises(CommandError, match="BCryptPasswordHasher"):
        import_nhost(nhost)
    assert Account.objects.count() == 1


@pytest.mark.parametrize("size", ["0", "-1", "x", "10001"])
def test_batch_size_is_a_number_in_bounds(nhost: Nhost, size: str) -> None:
    with pytest.raises(CommandError, match="1 and 10000"):
        import_nhost(nhost, "--batch-size", size)


def test_report_file_that_cannot_be_written_is_told(nhost: Nhost, tmp_path: Any) -> None:
    with pytest.raises(CommandError, match="--report"):
        import_nhost(nhost, "--report", str(tmp_path))


def _encrypted_by_nhost(secret: str, settings: Any) -> str:
    """Under Nhost's key, which the operator has put behind the project's own."""
    theirs, ours = uuid.uuid4().hex * 2, settings.AUTH_ENCRYPTION_KEY
    settings.AUTH_ENCRYPTION_KEY = [theirs]
    encrypted = crypto.encrypt(secret)
    settings.AUTH_ENCRYPTION_KEY = [ours, theirs]
    return encrypted
