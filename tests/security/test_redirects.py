"""No endpoint sends a browser, or a link to it, where the project does not (RFC 9700, 4.1.3 and 4.11).

Every target of tests/flows/hostile_targets.py at every endpoint that takes one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.flows.redirects import parse_target
from nhost_auth.http.endpoint import Story
from nhost_auth.http.inputs import Input
from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, Challenge, RefreshToken, Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Inbox, Reply, account
from tests.contract.test_map import stories
from tests.endpoints.conftest import provider as provider
from tests.flows.hostile_targets import CLIENT_URL, ENTRIES, FRIENDLY, HOSTILE
from tests.internet import Internet
from tests.issuers import Issuer
from tests.issuers import google as google
from tests.jws import part
from tests.played.provider import Played
from tests.security.people import open_every_way
from tests.sms_inbox import NUMBER
from tests.visits import come_back, consent, of, start
from tests.ways import PASSWORD
from tests.webauthn_page import ORIGIN

Ask = Callable[[str], Reply]
ANN, NEW = {"email": "ann@example.com"}, {"email": "new@example.com"}
NEW_PHONE = {"phoneNumber": "+12025550155"}


def body(path: str, content: dict[str, Any], token: str | None = None) -> Callable[[Api, Reply], Ask]:
    """The target stands in the options of a body."""

    def prepare(api: Api, ann: Reply) -> Ask:
        bearer = {"guest": lambda: api.anonymous().token, "ann": lambda: ann.token}.get(token or "", lambda: None)()
        return lambda target: api.post(path, {**content, "options": {"redirectTo": target}}, token=bearer)

    return prepare


def id_token(path: str) -> Callable[[Api, Reply], Ask]:
    def prepare(api: Api, ann: Reply) -> Ask:
        content = api.google.body(email="new@example.com")  # type: ignore[attr-defined]
        return lambda target: api.post(path, {**content, "options": {"redirectTo": target}})

    return prepare


def new_key(api: Api, ann: Reply) -> Ask:
    """One key for all: attestation "none" signs nothing, so the challenge can be exchanged."""
    credential = Authenticator(ORIGIN).create(api.post("/signup/webauthn", NEW).json)

    def ask(target: str) -> Reply:
        challenge = api.post("/signup/webauthn", NEW).json["challenge"]
        told = part({"type": "webauthn.create", "challenge": challenge, "origin": ORIGIN})
        answer = {**credential, "response": {**credential["response"], "clientDataJSON": told}}
        return api.post("/signup/webauthn/verify", {"credential": answer, "options": {"redirectTo": target}})

    return ask


def departure(path: str) -> Callable[[Api, Reply], Ask]:
    return lambda api, _: lambda target: api.get(path, query={"redirectTo": target})


def link(method: str) -> Callable[[Api, Reply], Ask]:
    def prepare(api: Api, ann: Reply) -> Ask:
        ticket = Ticket.objects.issue(account(ann), Ticket.Kind.PASSWORDLESS_EMAIL)
        return lambda target: api.call(method, "/verify", query={"ticket": ticket, "redirectTo": target})

    return prepare


ENDPOINTS: dict[tuple[str, str], Callable[[Api, Reply], Ask]] = {
    ("POST", "/signup/email-password"): body("/signup/email-password", {**NEW, "password": PASSWORD}),
    ("POST", "/signup/passwordless/email"): body("/signup/passwordless/email", NEW),
    ("POST", "/signup/passwordless/sms"): body("/signup/passwordless/sms", NEW_PHONE),
    ("POST", "/signup/otp/email"): body("/signup/otp/email", NEW),
    ("POST", "/signup/webauthn"): body("/signup/webauthn", NEW),
    ("POST", "/signup/webauthn/verify"): new_key,
    ("POST", "/signup/idtoken"): id_token("/signup/idtoken"),
    ("GET", "/signup/provider/{provider}"): departure("/signup/provider/github"),
    ("POST", "/signin/passwordless/email"): body("/signin/passwordless/email", ANN),
    ("POST", "/signin/passwordless/sms"): body("/signin/passwordless/sms", {"phoneNumber": NUMBER}),
    ("POST", "/signin/otp/email"): body("/signin/otp/email", ANN),
    ("POST", "/signin/idtoken"): id_token("/signin/idtoken"),
    ("GET", "/signin/provider/{provider}"): departure("/signin/provider/github"),
    ("POST", "/user/deanonymize"): body("/user/deanonymize", {**NEW, "signInMethod": "passwordless"}, "guest"),
    ("POST", "/user/deanonymize/sms"): body("/user/deanonymize/sms", NEW_PHONE, "guest"),
    ("POST", "/user/email/change"): body("/user/email/change", {"newEmail": "new@example.com"}, "ann"),
    ("POST", "/user/email/send-verification-email"): body("/user/email/send-verification-email", ANN),
    ("POST", "/user/password/reset"): body("/user/password/reset", ANN),
    ("GET", "/verify"): link("GET"),
    ("POST", "/verify"): link("POST"),
}


@pytest.fixture
def ann(api: Api, settings: Any, google: Issuer, internet: Internet) -> Reply:
    open_every_way(settings)
    settings.AUTH_CLIENT_URL, settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = CLIENT_URL, ENTRIES
    settings.AUTH_VERIFY_CONFIRM_PAGE = False
    settings.AUTH_PROVIDER_GITHUB_ENABLED, settings.AUTH_PROVIDER_GITHUB_CLIENT_ID = True, "client"
    settings.AUTH_PROVIDER_GITHUB_CLIENT_SECRET = "secret"
    api.google = google  # type: ignore[attr-defined]
    session = api.sign_up()
    Account.objects.update(phone_number=NUMBER, phone_number_verified=True)
    return session


def takes_target(request: type[Input] | None) -> bool:
    fields: dict[str, Any] = request._declared_fields if request is not None else {}
    return "redirectTo" in fields or any(takes_target(type(field)) for field in fields.values() if is_input(field))


def is_input(field: Any) -> bool:
    return isinstance(field, Input)


def takes(story: Story) -> bool:
    return any(takes_target(request) for request in (story.request, story.query, story.form))


def left(inbox: Inbox) -> tuple[int, ...]:
    """All that a request may leave behind."""
    stored = (Account, Ticket, RefreshToken, Challenge.objects.exclude(purpose=Challenge.Purpose.SIGN_UP))
    counts = [getattr(rows, "objects", rows).count() for rows in stored]
    return (len(inbox), len(memory.outbox), *counts)


def is_refused(reply: Reply, target: str) -> bool:
    if reply.status == 302:
        return reply.location.startswith(f"{CLIENT_URL}?error=redirectTo-not-allowed&")
    unreadable = ("invalid-request", "schema-validation-error") if parse_target(target) is None else ()
    return reply.status == 400 and reply.error in ("redirectTo-not-allowed", *unreadable)


def test_51_every_endpoint_that_takes_a_target_is_tried() -> None:
    assert {place for place, story in stories() if takes(story)} == set(ENDPOINTS)


@pytest.mark.parametrize("place", ENDPOINTS, ids=" ".join)
def test_51_hostile_targets_are_refused_everywhere(
    api: Api, inbox: Inbox, ann: Reply, settings: Any, place: tuple[str, str]
) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = place == ("POST", "/verify")
    ask = ENDPOINTS[place](api, ann)
    before = left(inbox)
    # In a query nothing at all is no target: the front end's own address serves.
    hostile = [target for target in HOSTILE if target or (place[0] == "POST" and place[1] != "/verify")]
    replies = {target: ask(target) for target in hostile}
    assert {target: reply.outcome for target, reply in replies.items() if not is_refused(reply, target)} == {}
    assert left(inbox) == before
    assert ask(FRIENDLY[0]).status in (200, 302)


MAILING = [place for place in ENDPOINTS if place[1].endswith(("passwordless/email", "verification-email", "reset"))]
MAILING += [("POST", "/user/deanonymize"), ("POST", "/user/email/change")]


@pytest.mark.parametrize("place", MAILING, ids=" ".join)
def test_51_mailed_target_is_looked_at_again_at_the_click(
    api: Api, inbox: Inbox, ann: Reply, settings: Any, place: tuple[str, str]
) -> None:
    assert ENDPOINTS[place](api, ann)("https://x.acme.io/a").status == 200
    query = inbox.last().query
    assert query["redirectTo"] == "https://x.acme.io/a"
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = []
    assert is_refused(api.get("/verify", query=query), query["redirectTo"])
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ENTRIES
    assert api.get("/verify", query=query).location.startswith("https://x.acme.io/a?refreshToken=")


@of("github")
def test_51_target_of_a_visit_is_looked_at_again_at_the_return(api: Api, provider: Played, settings: Any) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ENTRIES
    answer = consent(provider, start(api, provider, redirectTo="https://x.acme.io/a"))
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = []
    reply = come_back(api, provider, answer)
    assert reply.location.startswith(f"{CLIENT_URL}?error=redirectTo-not-allowed&")
    assert not Account.objects.exists()
