"""GET and POST /verify where AUTH_VERIFY_CONFIRM_PAGE is on (accounts.md 3.22; design.md section 1, principle 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import Account, OneTimeCode, PkceCode, RefreshToken, Ticket
from tests.conftest import PREFIX, Api, Inbox, Mail, Reply, account

PATH, CODE = "/verify", "/signin/otp/email/verify"
TARGET = "https://app.example.com/in"
ANN = {"email": "ann@example.com"}
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
UNKNOWN = "verifyEmail:00000000-0000-4000-8000-000000000000"
SIX_DIGITS = re.compile(r"\b\d{6}\b")

every_kind = pytest.mark.parametrize("kind", FOLLOWED)


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True


def query_of(owner: Account, kind: str = "verifyEmail", **more: str) -> dict[str, str]:
    ticket = Ticket.objects.issue(owner, kind, {"newEmail": "new@example.com"})
    return {"ticket": ticket, "redirectTo": TARGET, **more}


def everything() -> list[Any]:
    models = (Account, Ticket, RefreshToken, OneTimeCode, PkceCode)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


def press(query: dict[str, str]) -> HttpResponse:
    """What the page's button sends: a form without fields, from a browser that has no cookie of ours."""
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "https://auth.example.com"})
    found: Any = browser.post(PREFIX + PATH, query_params=query, content_type="application/x-www-form-urlencoded")
    return found


class Page(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@every_kind
def test_opening_a_link_however_often_changes_nothing(api: Api, kind: str) -> None:
    query = query_of(account(api.sign_up()), kind)
    stored = everything()
    for _ in range(3):
        assert api.get(PATH, query=query).status == 200
    assert everything() == stored
    assert "refreshToken" in api.post(PATH, query=query).query


def test_page_has_one_button_that_posts_to_its_own_address(api: Api) -> None:
    page = Page(api.get(PATH, query=query_of(account(api.sign_up()))).text)
    assert page.all("form") == [{"method": "post"}]
    assert page.all("button") == [{}]
    assert page.all("html") == [{"lang": "en"}]


def test_page_runs_and_loads_nothing_and_repeats_nothing_of_the_link(api: Api) -> None:
    query = query_of(account(api.sign_up()))
    reply = api.get(PATH, query=query)
    page = Page(reply.text)
    assert {name for name, _ in page.elements} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "form",
        "p",
        "button",
    }
    attributes = {name for _, found in page.elements for name in found}
    assert not {name for name in attributes if name.startswith("on")} | (attributes & {"src", "href", "action"})
    assert not any("refresh" in str(meta.get("http-equiv")) for meta in page.all("meta"))
    assert not re.search(r"url\(|@import|https?:", reply.text)
    assert query["ticket"] not in reply.text


def test_page_may_not_be_framed_cached_or_tell_where_it_was(api: Api) -> None:
    headers = api.get(PATH, query=query_of(account(api.sign_up()))).headers
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = dict(each.strip().split(" ", 1) for each in headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert "script-src" not in policy
    assert "Set-Cookie" not in headers


TRACE = {"X-Request-Id": "tests"}


@pytest.mark.parametrize("ticket", [UNKNOWN, "otp:123456", "nonsense"])
def test_page_does_not_tell_good_links_from_bad_ones(api: Api, ticket: str) -> None:
    good = api.get(PATH, query=query_of(account(api.sign_up())), headers=TRACE)
    bad = api.get(PATH, query={"ticket": ticket, "redirectTo": "https://evil.example"}, headers=TRACE)
    assert (bad.status, bad.text, dict(bad.headers)) == (good.status, good.text, dict(good.headers))


@every_kind
def test_button_follows_the_link_without_a_cookie(api: Api, kind: str) -> None:
    query = query_of(account(api.sign_up()), kind)
    reply = Reply(press(query))
    assert (reply.status, reply.text) == (302, "")
    secret = reply.query["refreshToken"]
    assert reply.location == f"{TARGET}?refreshToken={secret}&type={kind}"
    assert api.post("/token", {"refreshToken": secret}).status == 200
    assert Reply(press(query)).query["error"] == "invalid-ticket"


def test_button_answers_with_a_code_where_the_link_has_a_challenge(api: Api) -> None:
    query = query_of(account(api.sign_up()), codeChallenge=CHALLENGE)
    assert api.get(PATH, query=query).status == 200
    assert sorted(Reply(press(query)).query) == ["code", "type"]


def test_button_tells_errors_as_the_link_would(api: Api) -> None:
    query = query_of(account(api.sign_up()))
    assert Reply(press({**query, "ticket": UNKNOWN})).location.startswith(f"{TARGET}?error=invalid-ticket&")
    refused = Reply(press({**query, "redirectTo": "https://evil.example"}))
    assert refused.location.startswith("https://app.example.com?error=redirectTo-not-allowed&")
    assert Reply(press({**query, "redirectTo": "https://[app"})).outcome == (400, "invalid-request")
    assert "refreshToken" in Reply(press(query)).query


def test_head_is_no_way_in(api: Api) -> None:
    query = query_of(account(api.sign_up()))
    stored = everything()
    assert api.call("HEAD", PATH, query=query).status == 404
    assert everything() == stored


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"redirectTo": TARGET}, "Query argument ticket is required, but not found"),
        ({"ticket": UNKNOWN}, "Query argument redirectTo is required, but not found"),
        ({"ticket": UNKNOWN, "redirectTo": TARGET, "type": "other"}, "value is not one of the allowed values"),
    ],
    ids=str,
)
def test_bad_query_is_a_400_as_without_the_page(api: Api, method: str, query: dict[str, str], message: str) -> None:
    reply = api.call(method, PATH, query=query)
    assert reply.status == 400
    assert reply.json["message"].startswith(message)


def test_button_reads_the_query_alone(api: Api) -> None:
    query = query_of(account(api.sign_up()))
    assert api.post(PATH, query).status == 400
    assert api.post(PATH, content=b"{", query=query).status == 302


def test_where_the_page_is_off_there_is_nothing_to_post_to(api: Api, settings: Any) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = False
    query = query_of(account(api.sign_up()))
    reply = api.post(PATH, query=query)
    assert (reply.status, reply.text) == (404, "404 page not found")
    assert api.get(PATH, query=query).status == 302


def verified_sign_up(api: Api, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    assert api.sign_up().json == {"session": None}


def verification(api: Api, settings: Any) -> None:
    api.sign_up()
    api.post("/user/email/send-verification-email", ANN)


def conversion(api: Api, settings: Any) -> None:
    body = {"signInMethod": "passwordless", **ANN}
    assert api.post("/user/deanonymize", body, token=api.anonymous().token).status == 200


# Every way to a mail whose link signs in or proves an address.
MAILS: dict[str, Callable[[Api, Any], Any]] = {
    "sign-in": lambda api, _: api.post("/signin/passwordless/email", ANN),
    "sign-up": lambda api, _: api.post("/signup/passwordless/email", ANN),
    "sign-up with a password": verified_sign_up,
    "verification": verification,
    "conversion": conversion,
}


def code_in(mail: Mail) -> str:
    (code,) = set(SIX_DIGITS.findall(mail.message.body))
    assert code in mail.html
    return str(code)


@pytest.mark.parametrize("way", MAILS)
def test_mail_carries_a_code_that_does_what_the_link_does(api: Api, inbox: Inbox, settings: Any, way: str) -> None:
    settings.AUTH_OTP_EMAIL_ENABLED = False
    MAILS[way](api, settings)
    code = code_in(inbox.last())
    assert code not in inbox.last().message.subject
    session = api.post(CODE, {**ANN, "otp": code})
    assert (session.user["email"], session.user["emailVerified"]) == ("ann@example.com", True)
    assert api.post(CODE, {**ANN, "otp": code}).outcome == (400, "invalid-otp")


@pytest.mark.parametrize("way", MAILS)
def test_link_of_such_a_mail_works_without_the_code(api: Api, inbox: Inbox, settings: Any, way: str) -> None:
    MAILS[way](api, settings)
    assert api.get(PATH, query=inbox.last().query).status == 200
    assert "refreshToken" in api.post(PATH, query=inbox.last().query).query


@pytest.mark.parametrize("way", MAILS)
def test_without_the_page_no_mail_carries_a_code(api: Api, inbox: Inbox, settings: Any, way: str) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = False
    MAILS[way](api, settings)
    assert SIX_DIGITS.findall(inbox.last().message.body) == []
    assert OneTimeCode.objects.count() == 0


def test_mails_that_change_something_carry_none(api: Api, inbox: Inbox) -> None:
    token = api.sign_up().token
    api.post("/user/email/change", {"newEmail": "new@example.com"}, token=token)
    api.post("/user/password/reset", ANN)
    for address in ("new@example.com", "ann@example.com"):
        (mail,) = inbox.to(address)
        assert SIX_DIGITS.findall(mail.message.body) == []
    assert OneTimeCode.objects.count() == 0
