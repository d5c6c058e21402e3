"""GET /signup/provider/<provider>: only somebody new comes in (identity.md 4.1, 4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import Account, ProviderSession, ProviderVisit, RefreshToken, provider_links
from tests.conftest import Api, account
from tests.played.provider import Played
from tests.visits import CLIENT_URL, come_back, consent, of, session, sign_in, start, visit

EXISTS = {"error": "user-already-exists", "errorDescription": "User already exists"}
CONCEALED = {"error": "invalid-request", "errorDescription": "The request payload is incorrect"}
TARGET = f"{CLIENT_URL}/in"


@of("github", "apple", "twitter", "strava")
def test_somebody_new_signs_up_once_and_signs_in_from_then_on(api: Api, provider: Played) -> None:
    reply = visit(api, provider, "signup", redirectTo=TARGET, displayName="Ann")
    assert reply.location == f"{TARGET}?refreshToken={reply.query['refreshToken']}"
    ann = session(api, reply)
    assert ann.user["displayName"] == "Ann"
    assert visit(api, provider, "signup", redirectTo=TARGET).query == EXISTS
    assert sign_in(api, provider).user["id"] == ann.user["id"]
    assert (Account.objects.count(), provider_links.rows().count()) == (1, 1)


@of("google")
@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("concealed", [True, False])
def test_known_address_is_refused_whether_verified_or_not(
    api: Api, provider: Played, settings: Any, verified: bool, concealed: bool
) -> None:
    api.sign_up()
    before = RefreshToken.objects.count()
    settings.AUTH_CONCEAL_ERRORS = concealed
    provider.verify(verified)
    assert visit(api, provider, "signup").query == (CONCEALED if concealed else EXISTS)
    assert (provider_links.rows().count(), ProviderSession.objects.count()) == (0, 0)
    assert RefreshToken.objects.count() == before


@of("google")
@pytest.mark.parametrize(("linked", "error"), [(True, "disabled-user"), (False, "internal-server-error")])
def test_disabled_user_is_told_by_link_only(api: Api, provider: Played, linked: bool, error: str) -> None:
    owner = account(sign_in(api, provider) if linked else api.sign_up())
    owner.user.is_active = False
    owner.user.save()
    assert visit(api, provider, "signup").query["error"] == error


def test_switch_is_told_at_the_start_and_as_json(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_DISABLE_SIGNUP = True
    reply = start(api, provider, "signup", redirectTo="https://evil.example", codeChallenge="short")
    assert reply.outcome == (403, "signup-disabled")
    settings.AUTH_CONCEAL_ERRORS = True
    assert start(api, provider, "signup").outcome == (400, "invalid-request")
    assert ProviderVisit.objects.count() == 0


def test_switch_that_is_turned_meanwhile_is_told_in_the_redirect(api: Api, provider: Played, settings: Any) -> None:
    answer = consent(provider, start(api, provider, "signup", redirectTo=TARGET))
    settings.AUTH_DISABLE_SIGNUP = True
    reply = come_back(api, provider, answer)
    assert reply.location == f"{TARGET}?error=signup-disabled&errorDescription=Sign+up+is+disabled."
    assert Account.objects.count() == 0


def test_switch_of_signing_up_by_signing_in_does_not_matter(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_DISABLE_AUTO_SIGNUP = True
    assert visit(api, provider).query["error"] == "invalid-email-password"
    assert "refreshToken" in visit(api, provider, "signup").query
    assert "refreshToken" in visit(api, provider).query


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ({"redirectTo": "https://evil.example"}, (400, "redirectTo-not-allowed")),
        ({"redirectTo": "https://[::1"}, (400, "invalid-request")),
        ({"codeChallenge": "short"}, (400, "invalid-request")),
        ({"metadata": "1"}, (400, "schema-validation-error")),
        ({"upstreamParams[state]": "x"}, (400, "invalid-request")),
    ],
)
def test_parameters_are_those_of_signing_in(
    api: Api, provider: Played, query: dict[str, str], outcome: tuple[int, str]
) -> None:
    assert start(api, provider, "signup", **query).outcome == outcome


def test_provider_that_is_off_is_told_to_the_front_end(api: Api) -> None:
    reply = api.get("/signup/provider/github", query={"redirectTo": TARGET})
    assert reply.location == f"{TARGET}?error=disabled-endpoint&errorDescription=This+endpoint+is+disabled"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"allowedRoles": "me,admin"}, "role-not-allowed"),
        ({"defaultRole": "admin"}, "default-role-must-be-in-allowed-roles"),
    ],
)
def test_roles_are_looked_at_when_the_user_is_made(
    api: Api, provider: Played, query: dict[str, str], error: str
) -> None:
    assert visit(api, provider, "signup", **query).query["error"] == error
    assert Account.objects.count() == 0
