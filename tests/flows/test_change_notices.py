"""Who changed something hears of it by mail, and so does who did not (security.md 17)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import Account
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.issuers import Issuer
from tests.issuers import google as google
from tests.sms_inbox import change_number, open_inbox
from tests.webauthn_page import add_key, enable

ANN = "ann@example.com"
NOTICE = "account-changed"


@pytest.fixture
def ann(api: Api, settings: Any) -> Reply:
    """Somebody with a proven address; everything that can be changed is on."""
    enable(settings)
    settings.AUTH_MFA_ENABLED = settings.AUTH_EMAIL_CHANGE_NOTICES = True
    reply = api.sign_up()
    Account.objects.update(email_verified=True)
    return reply


def notices(inbox: Inbox, address: str = ANN) -> list[str]:
    return [mail.message.body for mail in inbox.to(address) if mail.template == NOTICE]


def test_17_password(api: Api, inbox: Inbox, ann: Reply) -> None:
    api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token)
    (text,) = notices(inbox)
    assert "password of your account was changed" in text
    assert "Another-horse-8" not in text


def test_17_address_old_and_new(api: Api, inbox: Inbox, ann: Reply) -> None:
    api.post("/user/email/change", {"newEmail": "new@example.com"}, token=ann.token)
    ticket = inbox.last().ticket
    assert notices(inbox) == []
    api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"})
    for address in (ANN, "new@example.com"):
        (text,) = notices(inbox, address)
        assert "is new@example.com from now on" in text


def test_17_second_factor_on_and_off_and_recovery_codes(api: Api, inbox: Inbox, ann: Reply) -> None:
    secret = enrol(api, ann)
    api.post("/mfa/recovery-codes", token=ann.token)
    api.post("/user/mfa", {"code": code_of(secret, steps=1), "activeMfaType": ""}, token=ann.token)
    assert ["turned on" in notices(inbox)[0], "turned off" in notices(inbox)[-1]] == [True, True]


def test_17_security_keys(api: Api, inbox: Inbox, ann: Reply) -> None:
    key_id = add_key(api, ann.token, Authenticator()).json["id"]
    api.call("DELETE", f"/user/webauthn/keys/{key_id}", token=ann.token)
    added, removed = notices(inbox)
    assert "key was added" in added
    assert "key was removed" in removed


def test_17_personal_access_token(api: Api, inbox: Inbox, ann: Reply) -> None:
    made = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=ann.token).json
    (text,) = notices(inbox)
    assert "personal access token was made" in text
    assert made["personalAccessToken"] not in text


def test_17_phone_number(api: Api, inbox: Inbox, settings: Any, ann: Reply) -> None:
    open_inbox(settings)
    change_number(api, ann.token)
    (text,) = notices(inbox)
    assert "phone number of your account was changed" in text


def test_17_provider_that_was_linked(api: Api, inbox: Inbox, ann: Reply, google: Issuer) -> None:
    assert api.post("/link/idtoken", google.body(), token=ann.token).status == 200
    (text,) = notices(inbox)
    assert "provider" in text


def test_language_is_the_account_s(api: Api, inbox: Inbox, ann: Reply) -> None:
    Account.objects.update(locale="fr")
    api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token)
    assert "Le mot de passe de votre compte" in notices(inbox)[0]


def test_17_everyday_use_is_no_change(api: Api, inbox: Inbox, ann: Reply) -> None:
    api.sign_in()
    api.post("/token", {"refreshToken": ann.refresh_token})
    api.sign_in(password="Wrong-horse-7")
    assert len(inbox) == 0


def test_17_address_that_nobody_has_proven_gets_none(api: Api, inbox: Inbox, ann: Reply) -> None:
    Account.objects.update(email_verified=False)
    api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token)
    assert notices(inbox) == []


def test_as_at_nhost_nothing_is_told_unless_it_is_turned_on(api: Api, inbox: Inbox, settings: Any, ann: Reply) -> None:
    settings.AUTH_EMAIL_CHANGE_NOTICES = False
    api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token)
    assert notices(inbox) == []


def test_change_stands_though_the_mail_does_not_leave(api: Api, settings: Any, ann: Reply) -> None:
    settings.AUTH_SMTP_HOST, settings.AUTH_SMTP_PORT = "127.0.0.1", 1
    assert api.post("/user/password", {"newPassword": "Another-horse-8"}, token=ann.token).status == 200
    assert api.sign_in(password="Another-horse-8").status == 200
    assert account(ann).email == ANN
    assert api.sign_in(password=PASSWORD).status == 401
