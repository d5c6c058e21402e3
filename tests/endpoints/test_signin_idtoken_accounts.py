"""POST /signin/idtoken: whose account it is, and what a new one is like (identity.md 4.3 and section 5)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth import signals
from nhost_auth.models import Account, RefreshToken
from tests.conftest import Api, Inbox, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.issuers import ANN, Issuer
from tests.issuers import google as google

PATH = "/signin/idtoken"
TARGET = "https://app.example.com/welcome"
EVIL = "https://evil.example"
BLOCKED, ALLOWED = "AUTH_ACCESS_CONTROL_BLOCKED_EMAILS", "AUTH_ACCESS_CONTROL_ALLOWED_EMAILS"
OF_DOMAIN = {BLOCKED: f"{BLOCKED[:-1]}_DOMAINS", ALLOWED: f"{ALLOWED[:-1]}_DOMAINS"}
VERIFY = "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED"


def with_options(api: Api, google: Issuer, path: str = PATH, **options: Any) -> Reply:
    return api.post(path, {**google.body(), "options": options})


def links() -> int:
    return User.objects.filter(social_auth__isnull=False).count()


@pytest.mark.parametrize(
    "lists",
    [
        {BLOCKED: [ANN]},
        {OF_DOMAIN[BLOCKED]: ["example.com"]},
        {ALLOWED: ["bob@example.com"]},
        {OF_DOMAIN[ALLOWED]: ["x.y"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [PATH, "/signup/idtoken"])
def test_address_that_is_not_allowed_is_refused_new_or_known(
    api: Api, google: Issuer, settings: Any, lists: dict[str, list[str]], path: str
) -> None:
    google.sign_in(api)
    for name, entries in lists.items():
        setattr(settings, name, entries)
    assert api.post(path, google.body()).outcome == (401, "invalid-email-password")
    assert api.post(path, google.body(sub="2")).outcome == (401, "invalid-email-password")
    assert Account.objects.count() == 1


def test_address_of_the_token_is_looked_up_in_the_lists_before_the_link_is(
    api: Api, google: Issuer, settings: Any
) -> None:
    google.sign_in(api)
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["new@example.com"]
    assert google.sign_in(api, email="new@example.com").outcome == (401, "invalid-email-password")
    assert google.sign_in(api).status == 200


def test_options_shape_somebody_new(api: Api, google: Issuer) -> None:
    options = {"displayName": "Annie", "locale": "fr", "defaultRole": "editor", "allowedRoles": ["editor", "me"]}
    reply = with_options(api, google, **options, metadata={"plan": "free"})
    assert reply.status == 200
    told = {name: reply.user[name] for name in ("displayName", "locale", "defaultRole", "roles", "metadata")}
    expected = {"displayName": "Annie", "locale": "fr", "defaultRole": "editor", "roles": ["editor", "me"]}
    assert told == {**expected, "metadata": {"plan": "free"}}
    assert reply.hasura["x-hasura-default-role"] == "editor"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"redirectTo": EVIL}, "redirectTo-not-allowed"),
        ({"allowedRoles": ["admin"]}, "role-not-allowed"),
        ({"defaultRole": "admin"}, "default-role-must-be-in-allowed-roles"),
        ({"redirectTo": EVIL, "allowedRoles": ["admin"]}, "redirectTo-not-allowed"),
    ],
    ids=str,
)
def test_options_are_looked_at_only_where_somebody_is_created(
    api: Api, google: Issuer, options: dict[str, Any], error: str
) -> None:
    assert with_options(api, google, **options).outcome == (400, error)
    assert not Account.objects.exists()
    first = google.sign_in(api)
    again = with_options(api, google, **options)
    assert (again.status, again.user["roles"]) == (200, first.user["roles"])


def test_locale_that_is_not_offered_becomes_the_default(api: Api, google: Issuer) -> None:
    assert with_options(api, google, locale="de").user["locale"] == "en"


@pytest.mark.parametrize(
    ("toggle", "outcome"),
    [
        ("AUTH_DISABLE_SIGNUP", (403, "signup-disabled")),
        ("AUTH_DISABLE_AUTO_SIGNUP", (401, "invalid-email-password")),
    ],
)
def test_closed_door_keeps_new_people_out_and_lets_known_ones_in(
    api: Api, google: Issuer, settings: Any, toggle: str, outcome: tuple[int, str]
) -> None:
    google.sign_in(api)
    api.sign_up("bob@example.com")
    setattr(settings, toggle, True)
    assert google.sign_in(api).status == 200
    assert google.sign_in(api, sub="2", email="bob@example.com").status == 200
    assert google.sign_in(api, sub="3", email="new@example.com").outcome == outcome
    assert Account.objects.count() == 2


def test_new_users_can_be_stored_disabled(api: Api, google: Issuer, settings: Any) -> None:
    settings.AUTH_DISABLE_NEW_USERS = True
    assert google.sign_in(api).outcome == (401, "disabled-user")
    stored = Account.objects.get()
    assert (stored.email, stored.disabled, links()) == (ANN, True, 1)
    assert not RefreshToken.objects.exists()
    assert google.sign_in(api).outcome == (401, "disabled-user")


@pytest.mark.parametrize("path", [PATH, "/signup/idtoken"])
def test_address_that_is_not_verified_gets_a_mail_instead_of_a_session(
    api: Api, google: Issuer, settings: Any, inbox: Inbox, path: str
) -> None:
    setattr(settings, VERIFY, True)
    body = {**google.body(email_verified=False), "options": {"redirectTo": TARGET}}
    reply = api.post(path, body)
    assert (reply.status, reply.json) == (200, {"session": None})
    mail = inbox.last()
    assert (len(inbox), mail.message.to, mail.template) == (1, [ANN], "email-verify")
    assert mail.query["redirectTo"] == TARGET
    assert google.sign_in(api).outcome == (401, "unverified-user")
    followed = api.get("/verify", query=mail.query)
    assert followed.location.startswith(f"{TARGET}?refreshToken=")
    assert google.sign_in(api, email_verified=False).user["emailVerified"] is True


def test_verified_address_needs_no_mail(api: Api, google: Issuer, settings: Any, inbox: Inbox) -> None:
    setattr(settings, VERIFY, True)
    assert google.sign_in(api).user["emailVerified"] is True
    assert len(inbox) == 0


def test_mail_is_not_asked_for_where_no_proof_is(api: Api, google: Issuer, inbox: Inbox) -> None:
    assert google.sign_in(api, email_verified=False).user["emailVerified"] is False
    assert len(inbox) == 0


@pytest.mark.parametrize("email", [ANN, "ANN@Example.com"])
def test_verified_address_joins_the_account_that_has_it(api: Api, google: Issuer, email: str) -> None:
    ann = api.sign_up(ANN)
    joined = google.sign_in(api, email=email)
    assert joined.user["id"] == ann.user["id"]
    # The account's own mark is not touched.
    assert (joined.user["email"], joined.user["emailVerified"]) == (ANN, False)
    assert google.sign_in(api, email="elsewhere@example.com").user["id"] == ann.user["id"]


@pytest.mark.parametrize("value", [False, "true", 1, None], ids=repr)
def test_address_that_is_not_verified_joins_nothing(api: Api, google: Issuer, value: Any) -> None:
    api.sign_up(ANN)
    assert google.sign_in(api, email_verified=value).outcome == (401, "unverified-user")
    assert links() == 0


def spoil(found: Account, how: str) -> None:
    if how == "disabled":
        User.objects.filter(pk=found.user_id).update(is_active=False)
    elif how == "anonymous":
        Account.objects.filter(pk=found.pk).update(is_anonymous=True)
    else:
        Account.objects.filter(pk=found.pk).update(email_verified=False)


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("disabled", (401, "disabled-user")),
        ("unverified", (401, "unverified-user")),
        ("anonymous", (403, "forbidden-anonymous")),
    ],
)
def test_who_may_not_come_in_is_told_why_by_the_link_and_nothing_by_the_address(
    api: Api, google: Issuer, settings: Any, how: str, outcome: tuple[int, str]
) -> None:
    linked, known = account(google.sign_in(api)), account(api.sign_up("bob@example.com"))
    setattr(settings, VERIFY, True)
    Account.objects.update(email_verified=True)
    for found in (linked, known):
        spoil(found, how)
    assert google.sign_in(api).outcome == outcome
    assert google.sign_in(api, sub="2", email="bob@example.com").outcome == (500, "internal-server-error")
    assert links() == 1


@pytest.mark.parametrize("path", [PATH, "/signup/idtoken"])
def test_errors_that_tell_of_accounts_can_be_concealed(api: Api, google: Issuer, settings: Any, path: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = settings.AUTH_DISABLE_NEW_USERS = True
    assert api.post(path, google.body()).outcome == (400, "invalid-request")
    assert api.post(path, google.body()).outcome == (400, "invalid-request")


def test_13_second_factor_is_asked_for_where_every_way_in_asks(api: Api, google: Issuer, settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True
    session = google.sign_in(api)
    secret = enrol(api, session)
    assert google.sign_in(api).status == 200
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    step = google.sign_in(api)
    assert (step.status, list(step.json)) == (200, ["mfa"])
    finished = api.post("/signin/mfa/totp", {"ticket": step.json["mfa"]["ticket"], "otp": code_of(secret)})
    assert finished.user["id"] == session.user["id"]


def test_13_second_factor_stands_before_an_account_that_is_found_by_its_address(
    api: Api, google: Issuer, settings: Any
) -> None:
    settings.AUTH_MFA_ENABLED = settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    enrol(api, api.sign_up(ANN))
    assert list(google.sign_in(api).json) == ["mfa"]


def test_two_subjects_with_one_address_are_one_account_if_both_are_verified(api: Api, google: Issuer) -> None:
    first, second = google.sign_in(api), google.sign_in(api, sub="2")
    assert first.user["id"] == second.user["id"]
    assert account(first).user.social_auth.count() == 2


def test_what_happened_is_told_to_the_project(api: Api, google: Issuer) -> None:
    told: list[Any] = []

    def note(signal: Any, account: Account, **arguments: Any) -> None:
        told.append((next(name for name, value in vars(signals).items() if value is signal), account.pk, arguments))

    heard = (signals.signed_up, signals.signed_in, signals.identity_linked)
    for signal in heard:
        signal.connect(note)
    try:
        user_id = uuid.UUID(google.sign_in(api).user["id"])
        google.sign_in(api)
    finally:
        for signal in heard:
            signal.disconnect(note)
    assert [(name, found) for name, found, _ in told] == [
        *((name, user_id) for name in ("signed_up", "identity_linked", "signed_in", "signed_in"))
    ]
    assert [arguments.get("method") or arguments["provider"] for _, _, arguments in told] == [
        *("idtoken-google", "google-oauth2", "idtoken-google", "idtoken-google")
    ]
