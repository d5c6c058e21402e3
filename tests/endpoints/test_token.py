"""POST /token, /token/verify and /token/exchange (accounts.md 2.6, 2.7, 2.9; design.md section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth.models import Account, PkceCode, RefreshToken
from tests.conftest import Api, Reply, account

GONE = (401, "invalid-refresh-token")
DAY = 24 * 3600
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def refresh(api: Api, reply: Reply) -> Reply:
    return api.post("/token", {"refreshToken": reply.refresh_token})


def exchange(api: Api, code: str, verifier: str = VERIFIER) -> Reply:
    return api.post("/token/exchange", {"code": code, "codeVerifier": verifier})


def disable(reply: Reply, active: bool = False) -> None:
    user = account(reply).user
    user.is_active = active
    user.save()


def test_refresh_answers_a_bare_session_under_the_same_id(api: Api) -> None:
    first = api.sign_up()
    second = refresh(api, first)
    assert second.status == 200
    assert set(second.json) == {"accessToken", "accessTokenExpiresIn", "refreshToken", "refreshTokenId", "user"}
    assert second.session["refreshTokenId"] == first.session["refreshTokenId"]
    assert second.refresh_token != first.refresh_token
    assert api.get("/user", token=second.token).json["id"] == first.user["id"]
    assert RefreshToken.objects.count() == 1


def test_refresh_reads_the_user_anew(api: Api) -> None:
    first = api.sign_up()
    stored = account(first)
    stored.display_name = "Renamed"
    stored.save()
    stored.account_roles.filter(role="editor").delete()
    second = refresh(api, first)
    assert (second.user["displayName"], second.user["roles"]) == ("Renamed", ["me", "user"])
    assert second.hasura["x-hasura-allowed-roles"] == ["me", "user"]


def test_refresh_renews_the_life_of_the_session_and_the_last_login(api: Api, settings: Any, clock: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_EXPIRES_IN = 100
    session = api.sign_up()
    for _ in range(5):
        clock.shift(99)
        session = refresh(api, session)
        assert account(session).user.last_login == timezone.now()
    clock.shift(101)
    assert refresh(api, session).outcome == GONE


def test_36_session_lives_thirty_days_by_default(api: Api, clock: Any) -> None:
    early, late = api.sign_up(), api.sign_in()
    clock.shift(30 * DAY - 1)
    assert refresh(api, early).status == 200
    clock.shift(2)
    assert refresh(api, late).outcome == GONE


def test_36_no_session_outlives_its_greatest_lifetime(api: Api, settings: Any, clock: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_MAX_LIFETIME = 3 * DAY
    session = api.sign_up()
    for _ in range(2):
        clock.shift(DAY)
        session = refresh(api, session)
    clock.shift(DAY - 1)
    session = refresh(api, session)
    clock.shift(2)
    assert refresh(api, session).outcome == GONE


def test_without_a_greatest_lifetime_a_daily_refresh_goes_on(api: Api, clock: Any) -> None:
    session = api.sign_up()
    for _ in range(50):
        clock.shift(20 * DAY)
        session = refresh(api, session)
    assert session.status == 200


@pytest.mark.parametrize("other", ["unknown", "id", "pat"])
def test_only_a_live_sessions_token_is_exchanged(api: Api, other: str) -> None:
    session = api.sign_up()
    token = {"unknown": "00000000-0000-4000-8000-000000000000", "id": session.session["refreshTokenId"]}
    if other == "pat":
        RefreshToken.objects.update(kind=RefreshToken.Kind.PAT)
    secret = token.get(other, session.refresh_token)
    assert api.post("/token", {"refreshToken": secret}).outcome == GONE


@pytest.mark.parametrize("secret", ["", "nonsense", "AAAAAAAA-0000-4000-8000-000000000000"])
def test_refresh_token_has_to_look_like_one(api: Api, secret: str) -> None:
    reply = api.post("/token", {"refreshToken": secret})
    assert reply.outcome == (400, "schema-validation-error")
    assert "regular expression" in reply.json["reason"]


def test_disabled_user_is_refused_and_keeps_the_token(api: Api, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW = 0
    session = api.sign_up()
    disable(session)
    assert refresh(api, session).outcome == (401, "disabled-user")
    disable(session, active=True)
    assert refresh(api, session).status == 200


def test_disabled_user_is_refused_though_its_domain_is_blocked_too(api: Api, settings: Any) -> None:
    session = api.sign_up()
    disable(session)
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS = ["example.com"]
    assert refresh(api, session).outcome == (401, "disabled-user")


def test_unverified_user_is_refused_and_keeps_the_token(api: Api, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW = 0
    session = api.sign_up()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert refresh(api, session).outcome == (401, "unverified-user")
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = False
    assert refresh(api, session).status == 200


def test_domain_blocked_later_does_not_end_sessions(api: Api, settings: Any) -> None:
    session = api.sign_up()
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS = ["example.com"]
    assert refresh(api, session).status == 200


@pytest.mark.parametrize("required", [True, False])
def test_guests_refresh_also_where_verification_is_required(api: Api, settings: Any, required: bool) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    assert refresh(api, api.anonymous()).user["isAnonymous"] is True


def test_deleted_user_has_no_session(api: Api) -> None:
    session = api.sign_up()
    account(session).user.delete()
    assert refresh(api, session).outcome == GONE


def test_concealment_of_a_refused_refresh_token(api: Api, settings: Any) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    body = {"refreshToken": "00000000-0000-4000-8000-000000000000"}
    assert api.post("/token", body).outcome == (400, "invalid-request")


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_verify_finds_a_good_token_of_the_body_ok_whatever_became_of_its_user(api: Api, prefix: str) -> None:
    session = api.sign_up()
    account(session).user.delete()
    reply = api.post("/token/verify", {"token": prefix + session.token})
    assert (reply.status, reply.text) == (200, '"OK"\n')


@pytest.mark.parametrize("token", ["", "a.b.c", "Bearer ", "Bearer Bearer {}", "bearer {}", "{}x", " {}"])
def test_verify_refuses_a_bad_token_of_the_body_though_the_header_is_good(api: Api, token: str) -> None:
    good = api.sign_up().token
    body = {"token": token.format(good)}
    assert api.post("/token/verify", body, token=good).outcome == (400, "invalid-request")


def test_verify_refuses_an_expired_token(api: Api, clock: Any) -> None:
    token = api.sign_up().token
    clock.shift(899)
    assert api.post("/token/verify", {"token": token}).status == 200
    clock.shift(2)
    assert api.post("/token/verify", {"token": token}).outcome == (400, "invalid-request")
    assert api.post("/token/verify", token=token).outcome == (400, "invalid-request")


@pytest.mark.parametrize("body", [None, {}])
def test_verify_reads_the_header_where_the_body_has_none(api: Api, body: Any) -> None:
    assert api.post("/token/verify", body, token=api.sign_up().token).json == "OK"
    assert api.post("/token/verify", body).outcome == (400, "invalid-request")
    assert api.post("/token/verify", body, token="a.b.c").outcome == (400, "invalid-request")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("gone", (401, "invalid-email-password")),
        ("disabled", (401, "disabled-user")),
        ("unverified", (401, "unverified-user")),
        ("anonymous", (403, "forbidden-anonymous")),
    ],
)
def test_verify_looks_at_the_user_of_the_header(api: Api, settings: Any, fault: str, outcome: tuple[int, str]) -> None:
    session = api.anonymous() if fault == "anonymous" else api.sign_up()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = fault == "unverified"
    if fault == "gone":
        account(session).user.delete()
    elif fault == "disabled":
        disable(session)
    assert api.post("/token/verify", token=session.token).outcome == outcome


def test_exchange_answers_a_session_once(api: Api) -> None:
    user = api.sign_up().user
    code = PkceCode.objects.issue(Account.objects.get(), CHALLENGE, "")
    reply = exchange(api, code)
    assert list(reply.json) == ["session"]
    assert reply.user["id"] == user["id"]
    assert refresh(api, reply).status == 200
    assert exchange(api, code).outcome == (400, "invalid-request")


@pytest.mark.parametrize("verifier", [VERIFIER.swapcase(), VERIFIER + "A", CHALLENGE])
def test_exchange_with_a_wrong_verifier_leaves_the_code_good(api: Api, verifier: str) -> None:
    code = PkceCode.objects.issue(account(api.sign_up()), CHALLENGE, "")
    assert exchange(api, code, verifier).outcome == (400, "invalid-request")
    assert exchange(api, code).status == 200


def test_exchange_minds_the_case_of_the_challenge(api: Api) -> None:
    code = PkceCode.objects.issue(account(api.sign_up()), CHALLENGE.swapcase(), "")
    assert exchange(api, code).outcome == (400, "invalid-request")


def test_exchange_of_an_unknown_code(api: Api) -> None:
    code = PkceCode.objects.issue(account(api.sign_up()), CHALLENGE, "")
    for other in ("", code[:-1], code.swapcase(), PkceCode.objects.get().hash):
        assert exchange(api, other).outcome == (400, "invalid-request")


def test_exchange_has_five_minutes(api: Api, clock: Any) -> None:
    stored = account(api.sign_up())
    early, late = (PkceCode.objects.issue(stored, CHALLENGE, "") for _ in range(2))
    clock.shift(299)
    assert exchange(api, early).status == 200
    clock.shift(2)
    assert exchange(api, late).outcome == (400, "invalid-request")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("disabled", (401, "disabled-user")),
        ("unverified", (401, "unverified-user")),
        ("blocked", (401, "invalid-email-password")),
        ("anonymous", (403, "forbidden-anonymous")),
    ],
)
def test_exchange_for_a_user_who_may_not_come_in_spends_the_code(
    api: Api, settings: Any, fault: str, outcome: tuple[int, str]
) -> None:
    session = api.anonymous() if fault == "anonymous" else api.sign_up()
    code = PkceCode.objects.issue(account(session), CHALLENGE, "")
    if fault == "disabled":
        disable(session)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = fault == "unverified"
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = ["ann@example.com"] if fault == "blocked" else []
    assert exchange(api, code).outcome == outcome
    assert exchange(api, code).outcome == (400, "invalid-request")


@pytest.mark.parametrize(
    ("verifier", "reason"),
    [("x" * 42, "minimum string length is 43"), ("x" * 129, "maximum string length is 128")],
)
def test_exchange_bounds_the_verifier(api: Api, verifier: str, reason: str) -> None:
    assert exchange(api, "code", verifier).json["reason"] == reason
    assert exchange(api, "code", "x" * 128).outcome == (400, "invalid-request")
