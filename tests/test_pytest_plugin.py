"""The fixtures that host projects test with; `projects/rest_journey.py` uses them under every make of project."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote

import jwt
import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.test import APIClient

from nhost_auth.errors import UserAlreadyExists
from nhost_auth.models import Account
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Reply

ANN, NUMBER = "ann@example.com", "+12025550100"
NAMESPACE = "https://hasura.io/jwt/claims"
DONE: list[str] = []


def work(request: HttpRequest) -> HttpResponse:
    """Leaves something for after its commit, as a view of the host may."""
    with transaction.atomic():
        transaction.on_commit(lambda: DONE.append(request.method or ""))
    return HttpResponse("done")


urlpatterns = [path("v1/", include("nhost_auth.urls")), path("work", work)]


def post(client: Any, path: str, body: Any = None) -> Reply:
    return Reply(client.post(f"/v1{path}", json.dumps(body or {}), content_type="application/json"))


def stored(account: Account) -> Account:
    found = Account.objects.get_with_roles(pk=account.pk)
    assert found is not None
    return found


def claims(client: Any) -> dict[str, Any]:
    token = client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})[NAMESPACE]
    return found


def test_account_is_what_a_sign_up_would_have_made(nhost_account: Any, nhost_client: Any) -> None:
    account = stored(nhost_account(ANN, password=PASSWORD))
    assert (account.email, account.email_verified, account.display_name) == (ANN, True, ANN)
    assert (account.role_names, account.default_role_id) == (["editor", "me", "user"], "user")
    assert (account.is_anonymous, account.disabled) == (False, False)
    assert isinstance(account.user, User)
    assert post(nhost_client(), "/signin/email-password", {"email": ANN, "password": PASSWORD}).status == 200


def test_accounts_without_an_address_get_one_each(nhost_account: Any) -> None:
    assert len({nhost_account().email for _ in range(3)} - {None}) == 3


def test_account_takes_what_it_is_given(nhost_account: Any) -> None:
    given = {"display_name": "Ann", "locale": "fr", "metadata": {"a": 1}}
    account = stored(nhost_account(ANN, verified=False, phone_number=NUMBER, **given))
    assert {name: getattr(account, name) for name in given} == given
    assert (account.phone_number, account.phone_number_verified, account.email_verified) == (NUMBER, False, False)
    assert not account.user.has_usable_password()


def test_roles_may_be_any_and_the_default_role_belongs_to_them(nhost_account: Any) -> None:
    account = stored(nhost_account(roles=["publisher"]))
    assert (account.role_names, account.default_role_id) == (["publisher", "user"], "user")
    account = stored(nhost_account(roles=["publisher"], default_role="publisher"))
    assert (account.role_names, account.default_role_id) == (["publisher"], "publisher")


def test_guest_is_as_signing_in_anonymously_makes_one(nhost_account: Any, nhost_client: Any) -> None:
    guest = stored(nhost_account(anonymous=True))
    made = stored(Account(pk=uuid.UUID(post(nhost_client(), "/signin/anonymous").user["id"])))
    for name in ("is_anonymous", "email", "email_verified", "role_names", "default_role_id"):
        assert getattr(guest, name) == getattr(made, name), name


@pytest.mark.parametrize("stranger", [False, True])
def test_account_is_disabled_where_that_is_asked_for_alone(nhost_account: Any, settings: Any, stranger: bool) -> None:
    settings.AUTH_DISABLE_NEW_USERS = stranger
    assert [stored(nhost_account(disabled=disabled)).disabled for disabled in (False, True)] == [False, True]


def test_address_that_is_taken_is_refused(nhost_account: Any) -> None:
    nhost_account(ANN)
    with pytest.raises(UserAlreadyExists):
        nhost_account("ANN@example.com")


@pytest.fixture(params=["nhost_client", "nhost_api_client"])
def client_of(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_client_speaks_for_the_account(client_of: Any, nhost_account: Any) -> None:
    account = nhost_account(ANN)
    client = client_of(account)
    assert client.get("/v1/user").json()["id"] == str(account.pk)
    assert claims(client)["x-hasura-allowed-roles"] == ["editor", "me", "user"]
    assert "x-hasura-auth-elevated" not in claims(client)


def test_client_without_account_is_nobodys(client_of: Any) -> None:
    assert client_of().get("/v1/user").status_code == 401


def test_client_elevated_passes_where_proof_is_asked_for(client_of: Any, nhost_account: Any, settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    account = nhost_account()
    statuses = [
        post(client_of(account, elevated=elevated), "/pat", {"expiresAt": "2090-01-01T00:00:00Z"}).status
        for elevated in (False, True)
    ]
    assert statuses == [401, 200]


def test_client_with_other_roles_has_these_and_the_default_one(client_of: Any, nhost_account: Any) -> None:
    account = nhost_account()
    assert claims(client_of(account, roles=["admin"]))["x-hasura-allowed-roles"] == ["admin", "user"]
    assert stored(account).role_names == ["editor", "me", "user"]


def test_client_for_an_account_as_it_is_stored_now(client_of: Any, nhost_account: Any) -> None:
    account = nhost_account()
    account.account_roles.filter(role="editor").delete()
    assert claims(client_of(account))["x-hasura-allowed-roles"] == ["me", "user"]


def test_api_client_is_rest_frameworks(nhost_api_client: Any, nhost_account: Any, nhost_messages: Any) -> None:
    client = nhost_api_client(nhost_account())
    assert isinstance(client, APIClient)
    assert client.post("/v1/user/email/change", {"newEmail": "new@example.com"}, format="json").status_code == 200
    assert nhost_messages.to("new@example.com")[-1].template == "email-confirm-change"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("transactional", [False, True])
def test_what_waits_for_the_commit_happens_once(request: pytest.FixtureRequest, transactional: bool) -> None:
    if transactional:
        request.getfixturevalue("transactional_db")
    client = request.getfixturevalue("nhost_client")()
    DONE.clear()
    client.get("/work")
    client.post("/work")
    assert DONE == ["GET", "POST"]


@pytest.fixture
def hostile_delivery(settings: Any) -> None:
    settings.AUTH_SMTP_HOST, settings.AUTH_EMAIL_DELIVERY = "mail.example.com", "task"
    settings.AUTH_EMAIL_SECRET_HEADERS, settings.AUTH_SMS_PROVIDER = False, "twilio"


@pytest.mark.usefixtures("hostile_delivery")
def test_mails_are_caught_whatever_the_settings_say(nhost_messages: Any, nhost_client: Any, settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    client = nhost_client()
    post(client, "/signin/passwordless/email", {"email": ANN})
    post(client, "/signin/otp/email", {"email": ANN})
    link, code = nhost_messages.to(ANN)
    assert (link.template, code.template) == ("signin-passwordless", "signin-otp")
    assert link.link.startswith("https://auth.example.com/v1/verify?")
    assert link.ticket.startswith("passwordlessEmail:")
    assert link.ticket in unquote(link.link)
    assert code.code == code.ticket
    assert code.code in code.text
    assert post(client, "/signin/otp/email/verify", {"email": ANN, "otp": code.code}).status == 200
    assert [message.subject for message in nhost_messages.mails] == [sent.subject for sent in mail.outbox]


@pytest.mark.usefixtures("hostile_delivery")
def test_sms_are_caught_whatever_the_settings_say(nhost_messages: Any, nhost_client: Any, settings: Any) -> None:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED = True
    client = nhost_client()
    assert post(client, "/signin/passwordless/sms", {"phoneNumber": NUMBER}).status == 200
    (sms,) = nhost_messages.to(NUMBER)
    assert nhost_messages.sms == [sms]
    assert (sms.template, sms.link, sms.ticket) == ("", "", "")
    body = {"phoneNumber": NUMBER, "otp": sms.code}
    assert post(client, "/signin/passwordless/sms/otp", body).status == 200


@pytest.mark.parametrize("_again", range(2))
def test_messages_of_one_test_are_not_those_of_another(
    nhost_messages: Any, nhost_client: Any, settings: Any, _again: int
) -> None:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED = True
    post(nhost_client(), "/signin/passwordless/sms", {"phoneNumber": NUMBER})
    mail.send_mail("Of the host", "Order 1234567, not a code", None, [ANN])
    assert len(nhost_messages.sms) == len(nhost_messages.mails) == 1
    assert (nhost_messages.mails[0].to, nhost_messages.mails[0].code) == (ANN, "")


def test_authenticator_is_a_security_key_on_a_page_of_the_client(
    nhost_authenticator: Authenticator, nhost_account: Any, nhost_client: Any, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_ENABLED = True
    account = nhost_account(ANN)
    client = nhost_client(account, elevated=True)
    credential = nhost_authenticator.create(post(client, "/user/webauthn/add").json)
    assert post(client, "/user/webauthn/verify", {"credential": credential}).status == 200
    stranger = nhost_client()
    answer = nhost_authenticator.get(post(stranger, "/signin/webauthn", {"email": ANN}).json)
    assert post(stranger, "/signin/webauthn/verify", {"credential": answer}).user["id"] == str(account.pk)
