"""POST /api/auth/anonymous/convert (mudbase.md)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import jwt
import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from nhost_auth.models import Account, AccountRole, RefreshToken, Ticket
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.endpoints.leak_database import leak_database
from tests.test_races import MANY, at_once, outcomes

urlpatterns = [path("v1/", include("nhost_auth.urls")), path("api/auth/", include("nhost_auth.urls_mudbase"))]
pytestmark = pytest.mark.urls(__name__)

ANN = {"email": "ann@example.com", "password": PASSWORD}
NAMES = {"firstName": "Ann", "lastName": "Lee"}

# Every reason to refuse, in the order of section 3, beside the token's: what brings it about, answer.
FAULTS: list[tuple[str, tuple[int, str]]] = [
    ("bad body", (400, "schema-validation-error")),
    ("disabled", (401, "disabled-user")),
    ("converted", (400, "user-not-anonymous")),
    ("short", (400, "password-too-short")),
    ("blocked", (400, "invalid-email-password")),
    ("taken", (400, "user-already-exists")),
]


@pytest.fixture
def guest(api: Api) -> Reply:
    return api.anonymous(displayName="Guest", metadata={"cart": 7})


def convert(api: Api, guest: Reply | None = None, **more: Any) -> Reply:
    token = {"token": guest.token} if guest is not None else {}
    return api.post("/anonymous/convert", **({"body": ANN, "prefix": "/api/auth"} | token | more))


def everything() -> list[Any]:
    models = (get_user_model(), Account, AccountRole, RefreshToken, Ticket)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


def bring_about(settings: Any, guest: Reply, fault: str) -> dict[str, Any]:
    """Make a fault of FAULTS apply; what the body has to hold for it."""
    user = account(guest).user
    if fault == "disabled":
        user.is_active = False
        user.save()
    elif fault == "converted":
        Account.objects.filter(user=user).update(is_anonymous=False)
    elif fault == "short":
        settings.AUTH_PASSWORD_MIN_LENGTH = len(PASSWORD) + 1
    elif fault == "blocked":
        settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["bob@example.com"]
    return {"password": "ab"} if fault == "bad body" else {"email": "bob@example.com"}


def test_answer_is_as_documented(api: Api, guest: Reply, inbox: Inbox) -> None:
    reply = convert(api, guest, body={**ANN, **NAMES})
    assert (reply.status, reply.headers["Content-Type"], len(inbox)) == (200, "application/json", 0)
    assert set(reply.json) == {"message", "token", "refreshToken", "expiresIn", "user"}
    assert reply.json["message"] == "Account created successfully"
    assert reply.json["user"] == {
        "_id": guest.user["id"],
        "email": "ann@example.com",
        "firstName": "Ann",
        "lastName": "Lee",
        "role": "user",
        "emailVerified": False,
        "isAnonymous": False,
    }


def test_token_is_the_new_users(api: Api, guest: Reply) -> None:
    reply = convert(api, guest)
    claims = jwt.decode(reply.json["token"], options={"verify_signature": False})
    hasura = claims["https://hasura.io/jwt/claims"]
    assert (claims["sub"], hasura["x-hasura-user-is-anonymous"]) == (guest.user["id"], "false")
    assert (hasura["x-hasura-default-role"], hasura["x-hasura-allowed-roles"]) == ("user", ["editor", "me", "user"])
    user = api.get("/user", token=reply.json["token"]).json
    assert (user["id"], user["email"], user["isAnonymous"]) == (guest.user["id"], "ann@example.com", False)


@pytest.mark.parametrize("seconds", [900, 1800, 61])
def test_expires_in_is_the_tokens_real_lifetime(api: Api, guest: Reply, settings: Any, seconds: int) -> None:
    settings.AUTH_ACCESS_TOKEN_EXPIRES_IN = seconds
    reply = convert(api, guest)
    claims = jwt.decode(reply.json["token"], options={"verify_signature": False})
    assert reply.json["expiresIn"] == claims["exp"] - claims["iat"] == seconds


def test_refresh_token_is_an_ordinary_one_and_the_only_one(api: Api, guest: Reply) -> None:
    bystander = api.anonymous()
    secret = convert(api, guest).json["refreshToken"]
    assert str(uuid.UUID(secret)) == secret
    assert RefreshToken.objects.filter(account_id=guest.user["id"]).count() == 1
    assert api.post("/token", {"refreshToken": secret}).user["email"] == "ann@example.com"
    assert api.post("/token", {"refreshToken": bystander.refresh_token}).status == 200


def test_guests_data_stays(api: Api, guest: Reply) -> None:
    before = account(guest)
    note = LogEntry.objects.create(user=before.user, action_flag=1, object_repr="a row of the host's")
    convert(api, guest, body={**ANN, **NAMES})
    after = account(guest)
    assert (after.created_at, after.avatar_url, after.user_id) == (before.created_at, "", before.user_id)
    assert after.metadata == {"cart": 7, "firstName": "Ann", "lastName": "Lee"}
    assert LogEntry.objects.get(user_id=after.user_id) == note


def test_password_and_address_are_the_users_from_now_on(api: Api, guest: Reply) -> None:
    convert(api, guest)
    assert api.sign_in("ANN@example.com").user["id"] == guest.user["id"]
    assert account(guest).user.email == "ann@example.com"


@pytest.mark.parametrize(
    ("names", "display_name", "metadata"),
    [
        ({}, "ann@example.com", {"cart": 7}),
        (NAMES, "Ann Lee", {"cart": 7, **NAMES}),
        ({"firstName": "Ann"}, "Ann", {"cart": 7, "firstName": "Ann"}),
        ({"lastName": "Lee"}, "Lee", {"cart": 7, "lastName": "Lee"}),
        ({"firstName": "", "lastName": " \t"}, "ann@example.com", {"cart": 7}),
        ({"firstName": "A" * 32, "lastName": "Lee"}, "A" * 32, {"cart": 7, "firstName": "A" * 32, "lastName": "Lee"}),
        ({"firstName": "A" * 31, "lastName": "Lee"}, "A" * 31, {"cart": 7, "firstName": "A" * 31, "lastName": "Lee"}),
        ({"firstName": "Zoë", "lastName": "O'Neil-Šah, 3."}, "Zoë O'Neil-Šah, 3.", None),
    ],
    ids=str,
)
def test_names(
    api: Api, guest: Reply, names: dict[str, str], display_name: str, metadata: dict[str, Any] | None
) -> None:
    reply = convert(api, guest, body={**ANN, **names})
    stored = account(guest)
    assert (reply.status, stored.display_name) == (200, display_name)
    assert stored.metadata == ({"cart": 7, **names} if metadata is None else metadata)
    sent = {name: names.get(name, "").strip() for name in ("firstName", "lastName")}
    assert {name: reply.json["user"][name] for name in sent} == sent


def test_unknown_fields_are_ignored_options_among_them(api: Api, guest: Reply) -> None:
    options = {"allowedRoles": ["admin"], "defaultRole": "me", "locale": "fr", "redirectTo": "https://evil.example"}
    reply = convert(api, guest, body={**ANN, "options": options, "role": "admin", "x": None, **options})
    assert (reply.status, reply.json["user"]["role"]) == (200, "user")
    stored = Account.objects.get_with_roles(pk=guest.user["id"])
    assert stored is not None
    assert (stored.role_names, stored.locale) == (["editor", "me", "user"], "en")


def test_where_addresses_are_verified_a_mail_asks_to_and_the_session_comes_at_once(
    api: Api, guest: Reply, inbox: Inbox, settings: Any
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    refresh = {"refreshToken": convert(api, guest).json["refreshToken"]}
    (mail,) = inbox.to("ann@example.com")
    assert (mail.template, mail.query["type"]) == ("email-verify", "emailVerify")
    assert mail.query["redirectTo"] == "https://app.example.com"
    assert api.post("/token", refresh).outcome == (401, "unverified-user")
    assert api.get("/verify", query=mail.query).query["type"] == "verifyEmail"
    assert api.post("/token", refresh).user["emailVerified"] is True


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-API-Key": "k"}, *({"Authorization": f"{text}k"} for text in ("", "ApiKey ", "Bearer", "Bearer a.b."))],
    ids=str,
)
def test_without_a_good_token_nothing_else_is_looked_at(api: Api, headers: dict[str, str]) -> None:
    for body in (ANN, {}):
        assert convert(api, body=body, headers=headers).outcome == (401, "unauthorized")


@pytest.mark.parametrize("fault", ["expired", "signature"])
def test_token_that_is_no_longer_or_never_was_good(api: Api, fault: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guest = api.anonymous()
        clock.shift(901 if fault == "expired" else 0)
        token = guest.token if fault == "expired" else jwt.encode(guest.claims, "another-" + "s" * 32, "HS256")
        assert convert(api, body={}, token=token).outcome == (401, "unauthorized")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b'{"password": "Correct-horse-7"}',
        b'{"email": "ann@example.com"}',
        *(json.dumps(ANN | change).encode() for change in ({"email": 5}, {"email": "nonsense"}, {"email": None})),
        *(json.dumps(ANN | {"password": text}).encode() for text in (5, None, "ab", "x" * 51)),
        *(json.dumps(ANN | {name: text}).encode() for name in NAMES for text in (5, None, "x" * 33, "a\nb", "a/b")),
    ],
    ids=str,
)
def test_body_is_checked(api: Api, guest: Reply, content: bytes) -> None:
    stored = everything()
    assert convert(api, guest, body=None, content=content).status == 400
    assert everything() == stored


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_of_the_list_decides_and_nothing_changes(
    api: Api, guest: Reply, inbox: Inbox, settings: Any, first: int
) -> None:
    api.sign_up("BOB@example.com")
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    body = dict(ANN)
    for fault, _ in FAULTS[first:]:
        body |= bring_about(settings, guest, fault)
    stored = everything()
    reply = convert(api, guest, body=body)
    assert (reply.outcome, reply.json["status"], bool(reply.json["message"])) == (FAULTS[first][1], reply.status, True)
    assert (everything(), len(inbox)) == (stored, 0)


def test_deleted_user_is_refused_before_the_password_is_looked_at(api: Api, guest: Reply, settings: Any) -> None:
    account(guest).user.delete()
    settings.AUTH_PASSWORD_MIN_LENGTH = 40
    assert convert(api, guest).status == 401
    assert Account.objects.count() == 0


def test_regular_users_token_is_refused(api: Api) -> None:
    assert convert(api, api.sign_up()).outcome == (400, "user-not-anonymous")


def test_leaked_password_is_refused(api: Api, guest: Reply, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTH_PASSWORD_HIBP_ENABLED = True
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"]
    stored = everything()
    with leak_database(monkeypatch, PASSWORD):
        assert convert(api, guest).outcome == (400, "password-in-hibp-database")
    assert everything() == stored


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS])
def test_concealment(api: Api, guest: Reply, settings: Any, fault: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    api.sign_up("bob@example.com")
    body = {**ANN, **bring_about(settings, guest, fault)}
    concealed = fault in ("disabled", "blocked", "taken")
    assert convert(api, guest, body=body).outcome == ((400, "invalid-request") if concealed else dict(FAULTS)[fault])


def test_repeat_with_the_same_token_is_refused(api: Api, guest: Reply) -> None:
    convert(api, guest)
    stored = everything()
    assert convert(api, guest, body={**ANN, "email": "x@example.com"}).outcome == (400, "user-not-anonymous")
    assert everything() == stored


def test_old_access_token_lives_on_and_still_claims_a_guest(api: Api, guest: Reply) -> None:
    convert(api, guest)
    assert api.post("/token/verify", {"token": guest.token}).status == 200
    assert api.get("/user", token=guest.token).json["isAnonymous"] is False
    assert guest.hasura["x-hasura-user-is-anonymous"] == "true"


def test_old_refresh_token_is_dead(api: Api, guest: Reply) -> None:
    convert(api, guest)
    reply = api.post("/token", {"refreshToken": guest.refresh_token})
    assert reply.outcome == (401, "invalid-refresh-token")


def test_switches_that_are_not_looked_at(api: Api, guest: Reply, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = settings.AUTH_DISABLE_NEW_USERS = settings.AUTH_DISABLE_AUTO_SIGNUP = True
    settings.AUTH_ANONYMOUS_USERS_ENABLED = False
    assert convert(api, guest).status == 200
    assert account(guest).disabled is False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("guests", "error"), [(1, "user-not-anonymous"), (MANY, "user-already-exists")])
def test_of_concurrent_calls_one_converts_and_the_losers_stay_as_they_were(api: Api, guests: int, error: str) -> None:
    people = [api.anonymous() for _ in range(guests)]

    def race(client: Client, number: int) -> Any:
        headers = {"Authorization": f"Bearer {people[number % guests].token}"}
        return client.post("/api/auth/anonymous/convert", json.dumps(ANN), "application/json", headers=headers)

    assert outcomes(at_once(race)) == {(200, None): 1, (400, error): MANY - 1}
    assert Account.objects.filter(is_anonymous=False).count() == 1
    losers = [person for person in people if account(person).is_anonymous]
    for person in losers:
        assert api.post("/token", {"refreshToken": person.refresh_token}).user["isAnonymous"] is True
