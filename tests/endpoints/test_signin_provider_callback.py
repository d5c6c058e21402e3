"""GET and POST /signin/provider/<provider>/callback: what is told, where, and in which order (identity.md 4.2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from nhost_auth.models import Account, PkceCode, ProviderSession, RefreshToken
from tests.conftest import Api, Reply
from tests.endpoints.totp_app import code_of, enrol
from tests.internet import Internet
from tests.played.provider import Played, place
from tests.visits import CLIENT_URL, come_back, consent, every_provider, of, session, start, visit

PATH = "/signin/provider/github/callback"
FORM = "application/x-www-form-urlencoded"
TARGET = "https://other.example/in?z=1&a=%26"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
MESSAGES = {
    "redirectTo-not-allowed": 'The value of "options.redirectTo" is not allowed.',
    "oauth-provider-error": "Provider returned an error",
    "disabled-endpoint": "This endpoint is disabled",
    "oauth-token-echange-failed": "Failed to exchange token",
    "oauth-profile-fetch-failed": "Failed to get user profile",
    "signup-disabled": "Sign up is disabled.",
}
ORDER = ("redirectTo-not-allowed", "oauth-provider-error", *list(MESSAGES)[2:])
AT_HOME = ("redirectTo-not-allowed", "oauth-provider-error")


@pytest.fixture(autouse=True)
def target_allowed(settings: Any) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ["https://other.example", "myapp://cb"]


def spoil(provider: Played, settings: Any, answer: dict[str, str], first: int) -> dict[str, str]:
    """Makes the faults from the first one on apply."""
    later = ORDER[first:]
    if "redirectTo-not-allowed" in later:
        settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = []
    settings.AUTH_PROVIDER_GITHUB_ENABLED = "disabled-endpoint" not in later
    if "oauth-token-echange-failed" in later:
        provider.internet.answer(*place(provider.token_url), 500)
    if "oauth-profile-fetch-failed" in later:
        provider.internet.answer(*place(provider.profile_url), 500)
    settings.AUTH_DISABLE_SIGNUP = True
    return answer | ({"error": "access_denied"} if "oauth-provider-error" in later else {})


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_of_several_faults_the_first_decides_and_where_it_is_told(
    api: Api, provider: Played, settings: Any, first: int
) -> None:
    answer = consent(provider, start(api, provider, redirectTo=TARGET, state="s"))
    reply = come_back(api, provider, spoil(provider, settings, answer, first))
    error = ORDER[first]
    expected = {"error": error, "errorDescription": MESSAGES[error]}
    if error == "oauth-provider-error":
        blame = {"provider_error": "access_denied", "provider_error_description": "", "provider_error_url": ""}
        expected |= blame | {"state": "s"}
    if error not in AT_HOME:
        expected |= {"z": "1", "a": "&", "state": "s"}
    base = CLIENT_URL if error in AT_HOME else "https://other.example/in"
    assert (reply.status, reply.location) == (302, f"{base}?{urlencode(sorted(expected.items()))}")
    assert RefreshToken.objects.count() == 0


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (None, f"{CLIENT_URL}?refreshToken={{}}"),
        (CLIENT_URL, f"{CLIENT_URL}?refreshToken={{}}"),
        (f"{CLIENT_URL}/a?z=1&b=&a=%26+", f"{CLIENT_URL}/a?a=%26+&b=&refreshToken={{}}&z=1"),
        (f"{CLIENT_URL}/?refreshToken=old&state=old", f"{CLIENT_URL}/?refreshToken={{}}&state=old"),
        (f"{CLIENT_URL}/a#/route?x=1", f"{CLIENT_URL}/a?refreshToken={{}}#/route?x=1"),
        ("myapp://cb", "myapp://cb?refreshToken={}"),
    ],
)
def test_target_keeps_its_query_and_gets_a_refresh_token(
    api: Api, provider: Played, target: str | None, location: str
) -> None:
    reply = visit(api, provider, **({"redirectTo": target} if target else {}))
    assert reply.location == location.format(reply.query["refreshToken"])


@pytest.mark.parametrize("state", ["s", "a b&c=d#e", "ü\u2028", "x" * 2000])
def test_state_of_the_front_end_comes_back_as_it_was(api: Api, provider: Played, state: str) -> None:
    reply = visit(api, provider, state=state, redirectTo=f"{CLIENT_URL}/?state=old&z=1")
    assert reply.query == {"refreshToken": reply.query["refreshToken"], "state": state, "z": "1"}
    assert list(reply.query) == ["refreshToken", "state", "z"]


def test_no_state_of_the_front_end_is_none_in_the_answer(api: Api, provider: Played) -> None:
    provider.refuses = True
    assert "state" not in visit(api, provider, state="").query


def test_error_of_the_provider_is_told_in_full(api: Api, provider: Played) -> None:
    state = consent(provider, start(api, provider))["state"]
    told = {"error": "a&b=c", "error_description": "ü #1", "error_uri": "https://e.example/?a=1&b=2"}
    assert come_back(api, provider, {"state": state, **told, "code": "c"}).query == {
        "error": "oauth-provider-error",
        "errorDescription": MESSAGES["oauth-provider-error"],
        "provider_error": told["error"],
        "provider_error_description": told["error_description"],
        "provider_error_url": told["error_uri"],
    }
    assert provider.internet.asked == []


def test_error_of_the_provider_goes_to_the_front_ends_own_url(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_CLIENT_URL = f"{CLIENT_URL}/home?lang=en&error=old"
    provider.refuses = True
    reply = visit(api, provider, redirectTo=TARGET)
    assert reply.location.startswith(f"{CLIENT_URL}/home?error=oauth-provider-error&errorDescription=")
    assert reply.query["lang"] == "en"


def test_empty_error_is_none(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    assert "refreshToken" in come_back(api, provider, {**answer, "error": "", "error_description": "x"}).query


@pytest.mark.parametrize("concealed", [False, True])
def test_errors_that_reveal_are_concealed_in_redirects_too(
    api: Api, provider: Played, settings: Any, concealed: bool
) -> None:
    settings.AUTH_CONCEAL_ERRORS, settings.AUTH_DISABLE_SIGNUP = concealed, True
    query = visit(api, provider).query
    hidden = {"error": "invalid-request", "errorDescription": "The request payload is incorrect"}
    plain = {"error": "signup-disabled", "errorDescription": "Sign up is disabled."}
    assert query == (hidden if concealed else plain)


@pytest.mark.parametrize("error", [error for error in ORDER if error != "signup-disabled"])
def test_errors_that_reveal_nothing_stay_as_they_are(api: Api, provider: Played, settings: Any, error: str) -> None:
    settings.AUTH_CONCEAL_ERRORS = True
    answer = consent(provider, start(api, provider, redirectTo=TARGET))
    reply = come_back(api, provider, spoil(provider, settings, answer, ORDER.index(error)))
    assert (reply.query["error"], reply.query["errorDescription"]) == (error, MESSAGES[error])


@every_provider
def test_challenge_gets_a_code_that_the_verifier_exchanges_for_a_session(api: Api, provider: Played) -> None:
    reply = visit(api, provider, codeChallenge=CHALLENGE, state="s")
    assert list(reply.query) == ["code", "state"]
    wrong = {"code": reply.query["code"], "codeVerifier": "v" * 43}
    assert api.post("/token/exchange", wrong).status != 200
    code = visit(api, provider, codeChallenge=CHALLENGE).query["code"]  # by now somebody known
    ann = api.post("/token/exchange", {"code": code, "codeVerifier": VERIFIER})
    assert ann.user["displayName"] == provider.person.name
    assert Account.objects.count() == 1


def test_code_opens_no_session_before_it_is_exchanged(api: Api, provider: Played) -> None:
    visit(api, provider, codeChallenge=CHALLENGE)
    assert (RefreshToken.objects.count(), PkceCode.objects.count(), ProviderSession.objects.count()) == (0, 1, 1)


@pytest.mark.parametrize("everywhere", [True, False])
@of("github", "apple", "twitter")
def test_13_second_factor_is_asked_for_where_every_way_in_asks(
    api: Api, provider: Played, settings: Any, everywhere: bool
) -> None:
    settings.AUTH_MFA_ENABLED, settings.AUTH_MFA_REQUIRED_EVERYWHERE = True, everywhere
    ann = session(api, visit(api, provider))
    secret = enrol(api, ann)
    before = RefreshToken.objects.count()
    reply = visit(api, provider, state="s")
    assert list(reply.query) == (["mfaTicket", "state"] if everywhere else ["refreshToken", "state"])
    if everywhere:
        assert RefreshToken.objects.count() == before
        body = {"ticket": reply.query["mfaTicket"], "otp": code_of(secret)}
        assert api.post("/signin/mfa/totp", body).user["id"] == ann.user["id"]


def test_13_second_factor_is_asked_for_behind_a_code_too(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = settings.AUTH_MFA_REQUIRED_EVERYWHERE = True
    secret = enrol(api, session(api, visit(api, provider)))
    code = visit(api, provider, codeChallenge=CHALLENGE).query["code"]
    told = api.post("/token/exchange", {"code": code, "codeVerifier": VERIFIER}).json
    assert api.post("/signin/mfa/totp", {"ticket": told["mfa"]["ticket"], "otp": code_of(secret)}).status == 200


def by_form(api: Api, content: bytes, content_type: str = FORM) -> Reply:
    return api.call("POST", PATH, content=content, content_type=content_type)


def test_any_provider_may_come_back_by_a_form_with_fields_nobody_knows(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    assert "refreshToken" in by_form(api, urlencode({**answer, "session_state": "x", "": "y"}).encode()).query


def test_form_counts_and_not_the_query_beside_it(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    reply = api.call("POST", PATH, content=b"code=c", content_type=FORM, query=answer)
    assert reply.outcome == (400, "bad-request")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"state=" + b"x" * 1_100_000, FORM),
        (b'{"state": "x"}', "application/json"),
        (b"--b\r\n\r\n--b--", "multipart/form-data; boundary=b"),
        (b"state=x&a=%00", FORM),
        (b"&".join(b"a=1" for _ in range(2000)) + b"&state=x", FORM),
    ],
    ids=["too large", "JSON", "multipart", "NUL", "too many"],
)
def test_what_is_no_small_form_is_refused(api: Api, provider: Played, content: bytes, content_type: str) -> None:
    reply = by_form(api, content, content_type)
    assert (reply.status, reply.error) in [(400, "request-validation-error"), (400, "schema-validation-error")]


def test_form_has_the_bound_of_every_body(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_REQUEST_MAX_BYTES = 100
    answer = consent(provider, start(api, provider))
    assert by_form(api, urlencode({**answer, "pad": "x" * 100}).encode()).outcome == (400, "request-validation-error")
    settings.AUTH_REQUEST_MAX_BYTES = 1000
    assert "refreshToken" in by_form(api, urlencode({**answer, "pad": "x" * 100}).encode()).query


@pytest.mark.parametrize("path", ["/signin/provider/nobody/callback", "/signin/provider/GITHUB/callback"])
def test_provider_that_nobody_knows_is_a_fault_of_the_request(api: Api, internet: Internet, path: str) -> None:
    assert api.get(path, query={"state": "s"}).outcome == (400, "schema-validation-error")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE"])
def test_no_other_method_ends_a_visit(api: Api, provider: Played, method: str) -> None:
    answer = consent(provider, start(api, provider))
    assert api.call(method, PATH, query=answer).status in (404, 405)
    assert "refreshToken" in come_back(api, provider, answer).query


CRASHED = {"error": "internal-server-error", "errorDescription": "Internal server error"}


@of("github", "apple")
def test_crash_is_told_in_the_redirect_and_says_nothing(api: Api, provider: Played, settings: Any) -> None:
    answer = consent(provider, start(api, provider, redirectTo=TARGET, state="s"))
    api._client.raise_request_exception = False
    settings.AUTH_USER_DEFAULT_ALLOWED_ROLES = None
    reply = come_back(api, provider, answer)
    assert (reply.status, reply.query) == (302, {**CRASHED, "a": "&", "z": "1", "state": "s"})
    assert Account.objects.count() == 0


@pytest.mark.parametrize("challenge", [{}, {"codeChallenge": CHALLENGE}])
def test_tokens_that_cannot_be_kept_are_an_error_beside_the_session(
    api: Api, provider: Played, settings: Any, challenge: dict[str, str]
) -> None:
    answer = consent(provider, start(api, provider, redirectTo=TARGET, state="s", **challenge))
    api._client.raise_request_exception = False
    breaking = lambda: setattr(settings, "AUTH_ENCRYPTION_KEY", ["no key"])  # noqa: E731
    provider.internet.once_asked(*place(provider.profile_url), breaking)
    query = come_back(api, provider, answer).query
    result = "code" if challenge else "refreshToken"
    assert query == {**CRASHED, "a": "&", "z": "1", "state": "s", result: query[result]}
    settings.AUTH_ENCRYPTION_KEY = []
    assert challenge or api.post("/token", {"refreshToken": query["refreshToken"]}).status == 200
