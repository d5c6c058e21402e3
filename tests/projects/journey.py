"""What has to work whatever project the API is put into (design.md 1.3, 4); `test_projects.py` runs it under each."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.exceptions import FieldDoesNotExist
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from rest_framework.request import Request

from nhost_auth.models import Account, AccountRole, OneTimeCode, PkceCode, RefreshToken, Role, SpentRefreshToken, Ticket
from nhost_auth.rest import BearerAuthentication
from tests.conftest import PASSWORD, PREFIX, Api, Inbox, Reply, account

User: Any = get_user_model()
ANN, ROOT = "ann@example.com", "root@example.com"
ROLES = {"me", "user", "editor"}


class HostApi(Api):
    """Calls the API where the project has put it, past the project's CSRF middleware."""

    def __init__(self, committing: Callable[..., Any]) -> None:
        super().__init__(committing)
        self._client = Client(enforce_csrf_checks=True)

    def call(self, *positional: Any, **arguments: Any) -> Reply:
        return super().call(*positional, prefix=getattr(settings, "API_PREFIX", PREFIX), **arguments)


@pytest.fixture
def api(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> HostApi:
    return HostApi(django_capture_on_commit_callbacks)


def has_field(name: str) -> bool:
    try:
        User._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def superuser(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    fields = dict.fromkeys((User.USERNAME_FIELD, *User.REQUIRED_FIELDS), ROOT)
    call_command("createsuperuser", interactive=False, verbosity=0, **fields)
    return User._default_manager.get(**{User.USERNAME_FIELD: ROOT})


def refresh(api: Api, secret: str) -> Reply:
    return api.post("/token", {"refreshToken": secret})


def sign_in_by_code(api: Api, inbox: Inbox) -> Reply:
    assert api.post("/signin/otp/email", {"email": ANN}).status == 200
    return api.post("/signin/otp/email/verify", {"email": ANN, "otp": inbox.last().ticket})


def test_sign_up_makes_a_user_of_the_host(api: Api) -> None:
    reply = api.sign_up(ANN)
    user = account(reply).user
    assert isinstance(user, User)
    assert user.check_password(PASSWORD)
    assert not has_field("last_login") or user.last_login is not None
    assert (reply.user["email"], set(reply.user["roles"])) == (ANN, ROLES)
    assert not has_field("email") or user.email == ANN


def test_sign_in_and_read_oneself(api: Api) -> None:
    user = api.sign_up(ANN).user
    session = api.sign_in("Ann@Example.com")
    assert session.status == 200
    assert session.user["id"] == user["id"]
    assert api.get("/user", token=session.token).json["email"] == ANN


def test_refresh_goes_on_and_sign_out_ends_it(api: Api) -> None:
    following = refresh(api, api.sign_up(ANN).refresh_token)
    assert following.status == 200
    assert api.post("/signout", {"refreshToken": following.refresh_token}).status == 200
    assert refresh(api, following.refresh_token).outcome == (401, "invalid-refresh-token")


def test_access_token_lives_as_long_as_our_setting_says(api: Api) -> None:
    claims = api.sign_up(ANN).claims
    assert claims["exp"] - claims["iat"] == 900
    assert set(claims) == {"sub", "iss", "iat", "exp", "https://hasura.io/jwt/claims"}


def test_wrong_password_and_bad_body_are_told_in_our_form(api: Api) -> None:
    api.sign_up(ANN)
    assert api.sign_in(ANN, "Wrong-horse-7").outcome == (401, "invalid-email-password")
    assert api.post("/signin/email-password", {"email": ANN}).outcome == (400, "schema-validation-error")
    assert api.get("/user").outcome == (401, "unauthorized")
    assert api.get("/signin/email-password").text == "404 page not found"


def test_address_is_taken_in_any_case(api: Api) -> None:
    api.sign_up(ANN)
    for email in (ANN, "ANN@example.COM"):
        assert api.sign_up(email).outcome == (409, "user-already-exists")
    assert User._default_manager.count() == Account.objects.count() == 1


def test_guests_come_in_and_become_regular(api: Api) -> None:
    guest, other = api.anonymous(), api.anonymous()
    assert (guest.status, other.status) == (200, 200)
    assert "email" not in guest.user
    body = {"signInMethod": "email-password", "email": ANN, "password": PASSWORD}
    assert api.post("/user/deanonymize", body, token=guest.token).status == 200
    assert api.post("/user/deanonymize", body, token=other.token).outcome == (409, "user-already-exists")
    session = api.sign_in(ANN)
    assert (session.user["id"], session.user["isAnonymous"]) == (guest.user["id"], False)
    assert not has_field("email") or account(session).user.email == ANN
    assert refresh(api, other.refresh_token).user["isAnonymous"] is True


def test_guest_whose_user_the_host_saves_stays_without_address(api: Api) -> None:
    guest = api.anonymous()
    account(guest).user.save()
    assert account(guest).email is None


def test_address_of_a_user_who_has_no_account_yet_is_taken_where_the_host_has_it_unique(api: Api) -> None:
    User._default_manager.bulk_create([User(**{User.USERNAME_FIELD: ANN})])  # sends no signal
    unique = has_field("email") and User._meta.get_field("email").unique
    assert api.sign_up(ANN).outcome == ((409, "user-already-exists") if unique else (200, None))


def test_code_signs_in(api: Api, inbox: Inbox) -> None:
    made, found = sign_in_by_code(api, inbox), sign_in_by_code(api, inbox)
    assert (made.status, found.status) == (200, 200)
    assert made.user["id"] == found.user["id"]
    assert made.user["emailVerified"] is True
    assert inbox.last().ticket in inbox.last().html


def test_wrong_guesses_count_also_where_requests_are_transactions(api: Api, inbox: Inbox) -> None:
    api.post("/signin/otp/email", {"email": ANN})
    wrong = f"{(int(inbox.last().ticket) + 1) % 10**6:06d}"
    answers = [api.post("/signin/otp/email/verify", {"email": ANN, "otp": wrong}).error for _ in range(5)]
    assert answers == ["invalid-otp"] * 4 + ["otp-too-many-attempts"]


def test_link_verifies_where_that_is_required(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert api.sign_up(ANN).json == {"session": None}
    assert api.sign_in(ANN).outcome == (401, "unverified-user")
    followed = api.get("/verify", query=inbox.last().query)
    assert (followed.status, followed.query["type"]) == (302, "verifyEmail")
    session = refresh(api, followed.query["refreshToken"])
    assert session.user["emailVerified"] is True
    assert api.sign_in(ANN).status == 200


def test_createsuperuser_gives_an_account_that_can_sign_in(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = superuser(monkeypatch).account
    assert set(made.roles.values_list("name", flat=True)) == ROLES
    assert not made.email_verified
    assert made.email == (ROOT if has_field("email") else None)
    if made.email is None:  # where the host has no addresses, whoever runs it gives the account one
        made.set_email(ROOT)
        made.save()
    session = api.sign_in(ROOT)
    assert session.status == 200
    assert session.user["id"] == str(made.pk)


def test_proxies_and_subclasses_of_the_user_model_are_users_too(api: Api) -> None:
    kinds = [model for model in apps.get_models() if issubclass(model, User)]
    for kind in kinds:
        user = kind(**{User.USERNAME_FIELD: f"{kind.__name__}@example.com"})
        user.set_password(PASSWORD)
        user.save()
        assert set(Account.objects.get(user_id=user.pk).roles.values_list("name", flat=True)) == ROLES
    assert Account.objects.count() == len(kinds)


def test_disabled_user_is_refused(api: Api, inbox: Inbox) -> None:
    session = api.sign_up(ANN)
    user = account(session).user
    user.is_active = False
    user.save()
    outcome = (401, "disabled-user") if has_field("is_active") else (200, None)  # without a field nobody is disabled
    assert api.sign_in(ANN).outcome == outcome
    assert api.get("/user", token=session.token).outcome == outcome
    assert refresh(api, session.refresh_token).outcome == outcome
    assert api.post("/signin/otp/email", {"email": ANN}).outcome == outcome


def test_account_id_is_the_key_where_that_is_a_uuid(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = [account(api.sign_up(ANN)), account(api.anonymous()), superuser(monkeypatch).account]
    is_uuid = isinstance(User._meta.pk, models.UUIDField)
    assert {found.user.pk == found.pk for found in accounts} == {is_uuid}


def test_deleting_the_user_leaves_nothing(api: Api, inbox: Inbox) -> None:
    session = api.sign_up(ANN)
    following = refresh(api, session.refresh_token)
    api.post("/signin/otp/email", {"email": ANN})
    Ticket.objects.issue(account(session), "passwordReset")
    PkceCode.objects.issue(account(session), "c" * 43, "")
    nouns = (Account, AccountRole, OneTimeCode, PkceCode, RefreshToken, SpentRefreshToken, Ticket)
    assert all(noun._default_manager.exists() for noun in nouns)
    account(session).user.delete()
    assert not any(noun._default_manager.exists() for noun in nouns)
    assert api.get("/user", token=following.token).outcome == (401, "invalid-email-password")
    assert refresh(api, following.refresh_token).outcome == (401, "invalid-refresh-token")
    assert api.sign_up(ANN).status == 200


def test_times_are_told_in_utc(api: Api) -> None:
    told = api.sign_up(ANN).user["createdAt"]
    assert told.endswith("Z")
    assert abs(datetime.fromisoformat(told) - datetime.now(UTC)) < timedelta(minutes=1)


def test_pkce_code_is_exchanged(api: Api) -> None:
    found = account(api.sign_up(ANN))
    verifier = "v" * 43
    code = PkceCode.objects.issue(found, "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM", "")
    reply = api.post("/token/exchange", {"code": code, "codeVerifier": verifier})
    assert reply.status == 200
    assert uuid.UUID(reply.user["id"]) == found.pk


def test_views_of_the_host_know_the_user(api: Api) -> None:
    session = api.sign_up(ANN)
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {session.token}"})
    user, token = BearerAuthentication().authenticate(Request(request))
    assert (user, user.account.pk) == (account(session).user, token.account_id)


def test_preflight_is_answered(api: Api) -> None:
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Headers": "content-type"}
    reply = api.call("OPTIONS", "/signin/email-password", headers=headers)
    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (204, "https://app.example.com")


@pytest.mark.django_db
def test_migrations_ran_from_zero() -> None:
    assert ("nhost_auth", "0001_initial") in MigrationRecorder(connection).applied_migrations()
    assert set(Role.objects.values_list("name", flat=True)) == ROLES | {"anonymous"}


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "nhost_auth", check_changes=True, dry_run=True)


@pytest.mark.django_db
def test_project_passes_the_system_checks() -> None:
    call_command("check", fail_level="WARNING")


def test_person_is_handed_out_and_erased(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    ann, other = account(api.sign_up(ANN)), api.anonymous()
    call_command("auth_export_account", ANN)
    sections = json.loads(capsys.readouterr().out)
    (row,) = sections[User._meta.label]
    assert str(row[User._meta.pk.attname]) == str(ann.user_id)
    assert "password" not in row
    call_command("auth_erase_account", ANN, interactive=False)
    assert User._default_manager.get() == account(other).user
    assert Account.objects.get() == account(other)


@pytest.mark.django_db(transaction=True)
def test_mail_that_cannot_leave_is_told_in_our_form_and_what_was_stored_stays(api: Api, settings: Any) -> None:
    settings.AUTH_SMTP_HOST, settings.AUTH_SMTP_PORT = "127.0.0.1", 1
    api._client.raise_request_exception = False
    assert api.post("/signin/otp/email", {"email": ANN}).outcome == (500, "internal-server-error")
    assert Account.objects.get().email == ANN


def test_new_users_can_only_be_made_disabled_where_there_is_a_field_for_it(settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    found = {message.id for message in run_checks()}
    assert ("nhost_auth.E011" in found) is not has_field("is_active")
