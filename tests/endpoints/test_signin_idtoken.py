"""POST /signin/idtoken: whose tokens count, for how long, and what is read from them (identity.md section 5).

What happens to the account is proven in test_signin_idtoken_accounts.py, forgeries in tests/security/test_id_tokens.py.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import time_machine

from nhost_auth.models import Account
from tests.conftest import Api, account
from tests.internet import Internet
from tests.issuers import ANN, CLIENT, SUBJECT, Issuer, play_google
from tests.issuers import apple as apple
from tests.issuers import google as google
from tests.issuers import issuer as issuer

PATH = "/signin/idtoken"
INVALID = (400, "invalid-request")
LINKS = {"google": "google-oauth2", "apple": "apple-id"}
NOW = 1_900_000_000
OTHER = "other.example.com"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_somebody_new_gets_an_account_with_what_the_token_says(api: Api, issuer: Issuer) -> None:
    reply = issuer.sign_in(api, picture="https://pictures.example.com/ann.png")
    assert (reply.status, list(reply.json)) == (200, ["session"])
    told = {name: reply.user[name] for name in ("email", "emailVerified", "displayName", "avatarUrl", "isAnonymous")}
    assert told == {
        "email": ANN,
        "emailVerified": True,
        "displayName": "Ann Lee",
        "avatarUrl": "https://pictures.example.com/ann.png",
        "isAnonymous": False,
    }
    links = list(account(reply).user.social_auth.values_list("provider", "uid"))
    assert links == [(LINKS[issuer.provider], SUBJECT)]


def test_same_person_is_found_again_whatever_the_address_is_now(api: Api, issuer: Issuer) -> None:
    first, later = issuer.sign_in(api), issuer.sign_in(api, email="new@example.com", name="Ann Roe")
    assert later.user["id"] == first.user["id"]
    assert (later.user["email"], later.user["displayName"]) == (ANN, "Ann Lee")
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"name": None}, SUBJECT), ({"name": ""}, SUBJECT), ({"name": 5}, "5"), ({"name": ["Ann"]}, SUBJECT)],
    ids=str,
)
def test_who_has_no_name_is_called_by_the_subject(api: Api, google: Issuer, changed: dict[str, Any], name: str) -> None:
    assert google.sign_in(api, **changed).user["displayName"] == name


def test_gravatar_is_stored_where_there_is_no_picture_but_told_from_the_next_time_on(api: Api, google: Issuer) -> None:
    assert google.sign_in(api).user["avatarUrl"] == ""
    assert google.sign_in(api).user["avatarUrl"].startswith("https://www.gravatar.com/avatar/")


@pytest.mark.parametrize(
    ("audiences", "changed", "status"),
    [
        ([CLIENT], {"aud": CLIENT}, 200),
        ([OTHER, CLIENT], {"aud": CLIENT}, 200),
        ([OTHER, CLIENT], {"aud": OTHER}, 200),
        ([CLIENT], {"aud": [CLIENT]}, 200),
        ([CLIENT], {"aud": [OTHER, CLIENT], "azp": CLIENT}, 200),
        # An app's own client id: Google's way for tokens that an app gets for its server.
        ([CLIENT], {"aud": CLIENT, "azp": "android.example.com"}, 200),
        ([CLIENT], {"aud": OTHER}, 400),
        ([CLIENT], {"aud": f"{CLIENT}.evil.example"}, 400),
        ([CLIENT], {"aud": CLIENT.upper()}, 400),
        ([OTHER, CLIENT], {"aud": f"{OTHER},{CLIENT}"}, 400),
        ([CLIENT], {"aud": [OTHER, CLIENT], "azp": OTHER}, 400),
        ([CLIENT], {"aud": [OTHER, CLIENT]}, 400),
        ([CLIENT], {"aud": [OTHER, CLIENT], "azp": [CLIENT]}, 400),
        ([CLIENT], {"aud": []}, 400),
        ([CLIENT], {"aud": ""}, 400),
        ([CLIENT], {"aud": None}, 400),
        ([CLIENT], {"aud": {CLIENT: 1}}, 400),
        ([CLIENT], {"aud": [CLIENT, 5]}, 400),
        ([CLIENT], {"aud": 5}, 400),
    ],
    ids=str,
)
def test_token_has_to_be_made_for_one_of_the_audiences(
    api: Api, google: Issuer, settings: Any, audiences: list[str], changed: dict[str, Any], status: int
) -> None:
    settings.AUTH_PROVIDER_GOOGLE_AUDIENCE = audiences
    reply = google.sign_in(api, **changed)
    assert reply.outcome == ((200, None) if status == 200 else INVALID)
    assert Account.objects.count() == (status == 200)


@pytest.mark.parametrize("audiences", [[], [""]], ids=str)
@pytest.mark.parametrize("path", [PATH, "/signup/idtoken", "/link/idtoken"])
@pytest.mark.parametrize("provider", ["google", "apple", "c:acme"])
def test_provider_without_audiences_is_switched_off(
    api: Api, settings: Any, provider: str, path: str, audiences: list[str]
) -> None:
    settings.AUTH_PROVIDER_GOOGLE_AUDIENCE = settings.AUTH_PROVIDER_APPLE_AUDIENCE = audiences
    settings.AUTH_PROVIDER_GOOGLE_ENABLED = settings.AUTH_PROVIDER_APPLE_ENABLED = True
    body = {"provider": provider, "idToken": "no token at all"}
    assert api.post(path, body, token=api.anonymous().token).outcome == (409, "disabled-endpoint")


def test_audiences_of_one_provider_switch_no_other_on(api: Api, internet: Internet, settings: Any) -> None:
    settings.AUTH_PROVIDER_APPLE_AUDIENCE = [CLIENT]
    assert play_google(internet).sign_in(api).outcome == (409, "disabled-endpoint")


@pytest.mark.parametrize("provider", ["github", "Google", "google ", "", "c", "azuread"])
def test_provider_nobody_knows_is_refused(api: Api, google: Issuer, provider: str) -> None:
    body = {**google.body(), "provider": provider}
    assert api.post(PATH, body).outcome == (400, "schema-validation-error")


@pytest.mark.parametrize(
    "changed",
    [
        {"provider": 5},
        {"provider": None},
        {"idToken": None},
        {"idToken": ["x"]},
        {"nonce": None},
        {"nonce": 5},
        {"options": None},
        {"options": []},
        {"options": {"unknown": 1}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_body_of_another_shape_is_refused(api: Api, google: Issuer, changed: dict[str, Any]) -> None:
    for path in (PATH, "/signup/idtoken"):
        assert api.post(path, {**google.body(), **changed}).outcome == (400, "schema-validation-error")
    assert google.times_asked == 0


@pytest.mark.parametrize("missing", ["provider", "idToken"])
def test_provider_and_token_are_required(api: Api, google: Issuer, missing: str) -> None:
    body = {name: value for name, value in google.body().items() if name != missing}
    assert api.post(PATH, body).outcome == (400, "schema-validation-error")


@pytest.mark.parametrize(
    "iss",
    [
        "accounts.google.com",  # Google's other form
        "http://accounts.google.com",
        "https://accounts.google.com/",
        "https://ACCOUNTS.google.com",
        "https://accounts.google.com.evil.example",
        "https://appleid.apple.com/",
        "appleid.apple.com",
        ["https://accounts.google.com"],
        "",
        None,
        5,
    ],
    ids=str,
)
def test_issuer_has_to_be_the_very_one(api: Api, issuer: Issuer, iss: Any) -> None:
    assert issuer.sign_in(api, iss=iss).outcome == INVALID


def test_token_of_one_provider_is_none_of_the_other(api: Api, google: Issuer, apple: Issuer) -> None:
    for theirs, ours in ((google, apple), (apple, google)):
        for changed in ({}, {"iss": ours.issuer}):
            body = {**theirs.body(**changed), "provider": ours.provider}
            assert api.post(PATH, body).outcome == INVALID
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({"exp": NOW - 29}, True),
        ({"exp": NOW - 30}, False),
        ({"exp": None}, False),
        ({"iat": NOW + 30}, True),
        ({"iat": NOW + 31}, False),
        ({"iat": None}, True),
        ({"iat": 0}, True),
        ({"nbf": NOW + 30}, True),
        ({"nbf": NOW + 31}, False),
    ],
    ids=str,
)
def test_times_are_taken_with_thirty_seconds_to_spare(
    api: Api, apple: Issuer, changed: dict[str, Any], good: bool
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert apple.sign_in(api, **changed).outcome == ((200, None) if good else INVALID)


@pytest.mark.parametrize(
    ("claim", "sent", "good"),
    [
        (None, None, True),
        (None, "whatever", True),
        (sha256("raw"), "raw", True),
        (sha256(""), None, True),
        (sha256(""), "", True),
        (sha256("näive"), "näive", True),
        (sha256("raw"), None, False),
        (sha256("raw"), "", False),
        (sha256("raw"), "Raw", False),
        (sha256("raw"), sha256("raw"), False),
        ("raw", "raw", False),
        (sha256("raw").upper(), "raw", False),
        (sha256("raw")[:-1], "raw", False),
        ("", None, False),
        ("", "", False),
        ([sha256("raw")], "raw", False),
        (5, "5", False),
        (True, "True", False),
        ("\ud800", "raw", False),
    ],
    ids=lambda value: ascii(value)[:14],
)
def test_token_carries_the_digest_of_the_nonce_or_none(
    api: Api, google: Issuer, claim: Any, sent: str | None, good: bool
) -> None:
    body = google.body(nonce=claim) | ({} if sent is None else {"nonce": sent})
    assert api.post(PATH, body).outcome == ((200, None) if good else INVALID)


@pytest.mark.parametrize(
    "changed",
    [
        *({"sub": odd} for odd in (None, 5, True, ["x"], {"x": 1})),
        *({"email": odd} for odd in (None, 5, True, [ANN], {"email": ANN})),
        {"sub": "a\0b"},
        {"sub": "a\ud800"},
        {"sub": f"{SUBJECT} "},
    ],
    ids=ascii,
)
def test_subject_and_address_have_to_be_text(api: Api, apple: Issuer, changed: dict[str, Any]) -> None:
    assert apple.sign_in(api, **changed).outcome == INVALID
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "changed", [{"sub": ""}, {"sub": "x" * 256}, {"email": f"{'x' * 250}@example.com"}], ids=lambda c: str(c)[:20]
)
def test_subject_or_address_that_cannot_be_kept_is_no_profile(
    api: Api, google: Issuer, changed: dict[str, Any]
) -> None:
    assert google.sign_in(api, **changed).outcome == (400, "oauth-profile-fetch-failed")


@pytest.mark.parametrize("length", [1, 255])
def test_subject_of_any_other_length_is_kept_as_it_is(api: Api, google: Issuer, length: int) -> None:
    first = google.sign_in(api, sub="x" * length)
    assert first.status == 200
    assert google.sign_in(api, sub="x" * length).user["id"] == first.user["id"]


@pytest.mark.parametrize("value", ["true", 1, "1", False, "false", 0, [], [True], None], ids=repr)
def test_address_is_verified_only_where_the_token_says_true(api: Api, apple: Issuer, value: Any) -> None:
    assert apple.sign_in(api, email_verified=value).user["emailVerified"] is False
    assert apple.sign_in(api, sub="2", email="bob@example.com").user["emailVerified"] is True


@pytest.mark.parametrize("path", [PATH, "/signup/idtoken"])
def test_oversize_token_is_not_looked_at(api: Api, google: Issuer, path: str) -> None:
    assert api.post(path, google.body(x="x" * 16384)).outcome == INVALID
    assert google.times_asked == 0
    assert api.post(path, google.body(x="x" * 8192)).status == 200
