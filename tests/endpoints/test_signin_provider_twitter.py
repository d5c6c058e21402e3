"""Twitter's ways: OAuth 1.0a, with a request token whose secret the visit remembers (identity.md 4.5, RFC 5849)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from nhost_auth.models import Account, ProviderVisit
from tests.conftest import Api
from tests.played.provider import place
from tests.played.twitter import Twitter, oauth_header
from tests.visits import come_back, consent, of, sign_in, start, visit

pytestmark = of("twitter")


def failed(query: dict[str, str]) -> bool:
    return query.get("error") == "oauth-profile-fetch-failed" and not Account.objects.exists()


def test_every_call_is_signed_by_what_is_known_so_far(api: Api, provider: Twitter) -> None:
    visit(api, provider)
    calls = [(asked.method, *asked.place) for asked in provider.internet.asked]
    assert calls == [
        ("POST", "api.twitter.com", "/oauth/request_token"),
        ("POST", "api.twitter.com", "/oauth/access_token"),
        ("GET", "api.twitter.com", "/1.1/account/verify_credentials.json"),
    ]
    headers = [oauth_header(asked) for asked in provider.internet.asked]
    assert [header.get("oauth_token") for header in headers] == [None, "request-0", "twitter-access-0"]
    assert [header.get("oauth_verifier") for header in headers] == [None, "verifier of request-0", None]
    assert len({header["oauth_nonce"] for header in headers}) == 3
    assert all(header["oauth_signature_method"] == "HMAC-SHA1" for header in headers)


def test_token_of_another_visit_is_not_taken(api: Api, provider: Twitter) -> None:
    """Whoever makes somebody's browser bring a token of their own would sign them in as themselves."""
    mine, other = (consent(provider, start(api, provider)) for _ in range(2))
    provider.internet.asked.clear()
    swapped = {**mine, "oauth_token": other["oauth_token"], "oauth_verifier": other["oauth_verifier"]}
    assert failed(come_back(api, provider, swapped).query)
    assert provider.internet.asked == []
    assert "refreshToken" in come_back(api, provider, other).query


@pytest.mark.parametrize("missing", ["oauth_token", "oauth_verifier"])
def test_answer_has_to_be_whole(api: Api, provider: Twitter, missing: str) -> None:
    answer = consent(provider, start(api, provider))
    del answer[missing]
    assert failed(come_back(api, provider, answer).query)


def test_secret_of_the_request_token_is_stored_encrypted_and_told_to_nobody(api: Api, provider: Twitter) -> None:
    reply = start(api, provider)
    assert "of request-0" not in f"{reply.location} {reply.headers}"
    assert not any(secret in str(ProviderVisit.objects.values()) for secret in ("of request-0", "request-0"))


def test_secret_of_the_access_token_is_not_handed_out(api: Api, provider: Twitter) -> None:
    ann = sign_in(api, provider)
    told = api.get("/signin/provider/twitter/callback/tokens", token=ann.token)
    assert (told.json["accessToken"], told.json["refreshToken"]) == ("twitter-access-0", "")
    assert "of twitter-access" not in told.text


@pytest.mark.parametrize(
    "answer",
    [{}, {"oauth_token": "a"}, {"oauth_token_secret": "b"}, {"oauth_token": "", "oauth_token_secret": ""}],
    ids=str,
)
def test_access_token_that_is_not_whole_is_none(api: Api, provider: Twitter, answer: dict[str, str]) -> None:
    came = consent(provider, start(api, provider))
    provider.internet.answer(*place(provider.token_url), 200, urlencode(answer))
    provider.internet.answer(*place(provider.profile_url), 401, {"errors": []})
    assert failed(come_back(api, provider, came).query)


@pytest.mark.parametrize("user_id", [38895958000000001, "38895958000000001"])
def test_id_is_the_text_and_not_the_number_that_javascript_rounds(api: Api, provider: Twitter, user_id: Any) -> None:
    first = sign_in(api, provider)
    provider.profile |= {"id": 1, "id_str": user_id}
    assert sign_in(api, provider).user["id"] == first.user["id"]
