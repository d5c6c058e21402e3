"""Every endpoint keeps to its budget of statements; those that begin and end transactions are not counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import Ticket
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.budgets import BUDGETS
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.contract.test_map import stories
from tests.endpoints.totp_app import enrol
from tests.issuers import CLIENT, play_google
from tests.oauth2.ways import OAUTH2
from tests.played.apple import Apple
from tests.played.lists import Github
from tests.played.plain import Google
from tests.sms_inbox import OTHER_NUMBER
from tests.test_statements import api as api
from tests.test_statements import measured
from tests.visits import come_back, consent, sign_in, start, visit
from tests.ways import GUEST, KNOWN, TARGET, Request, everything_on, known

BOB = {"email": "bob@example.com"}
BOB_PASSWORD = {**BOB, "password": PASSWORD}
CARL = {"phoneNumber": OTHER_NUMBER}


@dataclass(frozen=True)
class Stage:
    """Where a request is prepared. The session is of Ann, who is known by an address and a number, or of a guest."""

    api: Api
    inbox: Inbox
    session: Reply
    request: pytest.FixtureRequest

    @property
    def settings(self) -> Any:
        return self.request.getfixturevalue("settings")

    def play(self, kind: Any) -> Any:
        """A provider on the internet of the test."""
        return kind(self.request.getfixturevalue("internet"), self.settings)

    def google(self) -> Any:
        self.settings.AUTH_PROVIDER_GOOGLE_AUDIENCE = [CLIENT]
        return play_google(self.request.getfixturevalue("internet"))


Way = Callable[[Stage], Request]


def call(method: str, path: str, body: dict[str, Any] | None = None) -> Way:
    return lambda stage: lambda: stage.api.call(method, path, body)


def new_person_by_key(stage: Stage) -> Request:
    offered = stage.api.post("/signup/webauthn", BOB).json
    body = {"credential": Authenticator().create(offered)}
    return lambda: stage.api.post("/signup/webauthn/verify", body)


def second_factor_asked_for(stage: Stage) -> Request:
    enrol(stage.api, stage.session)
    return stage.api.sign_in


def several_sessions(stage: Stage) -> Request:
    for _ in range(5):
        stage.api.sign_in()
    return lambda: stage.api.get("/user/sessions", token=stage.session.token)


def one_session_ended(stage: Stage) -> Request:
    return lambda: stage.api.post("/signout", {"refreshToken": stage.session.refresh_token})


def token_in_the_body(stage: Stage) -> Request:
    return lambda: stage.api.post("/token/verify", {"token": stage.session.token})


def mailed_link(kind: str, *, page: bool) -> Way:
    """Opening a link, with the page that asks or without it."""

    def prepare(stage: Stage) -> Request:
        stage.settings.AUTH_VERIFY_CONFIRM_PAGE = page
        ticket = Ticket.objects.issue(account(stage.session), kind, {"newEmail": "new@example.com"})
        return lambda: stage.api.get("/verify", query={"ticket": ticket, "redirectTo": TARGET})

    return prepare


def id_token(path: str, *, again: bool = False) -> Way:
    def prepare(stage: Stage) -> Request:
        google = stage.google()
        if again:
            google.sign_in(stage.api, **BOB)
        token = stage.session.token if path.startswith("/link") else None
        return lambda: stage.api.post(path, google.body(**BOB), token=token)

    return prepare


def setting_off(flow: str) -> Way:
    def prepare(stage: Stage) -> Request:
        github = stage.play(Github)
        return lambda: start(stage.api, github, flow)

    return prepare


def coming_back(kind: Any, *, again: bool = False) -> Way:
    def prepare(stage: Stage) -> Request:
        provider = stage.play(kind)
        if again:
            visit(stage.api, provider)
        answer = consent(provider, start(stage.api, provider))
        return lambda: come_back(stage.api, provider, answer)

    return prepare


def provider_tokens(stage: Stage) -> Request:
    token = sign_in(stage.api, stage.play(Github)).token
    return lambda: stage.api.get("/signin/provider/github/callback/tokens", token=token)


def provider_refresh(stage: Stage) -> Request:
    google = stage.play(Google)
    token = sign_in(stage.api, google).token
    body = {"refreshToken": google.refresh_tokens[0]}
    return lambda: stage.api.post("/token/provider/google", body, token=token)


WAYS: dict[str, Way] = {
    "POST /signup/email-password": call("POST", "/signup/email-password", BOB_PASSWORD),
    "POST /signup/passwordless/email": call("POST", "/signup/passwordless/email", BOB),
    "POST /signup/passwordless/sms": call("POST", "/signup/passwordless/sms", CARL),
    "POST /signup/otp/email": call("POST", "/signup/otp/email", BOB),
    "POST /signup/webauthn": call("POST", "/signup/webauthn", BOB),
    "POST /signup/webauthn/verify": new_person_by_key,
    "POST /signup/idtoken": id_token("/signup/idtoken"),
    "GET /signup/provider/{provider}": setting_off("signup"),
    "POST /signin/email-password second factor": second_factor_asked_for,
    "POST /signin/anonymous": call("POST", "/signin/anonymous", {}),
    "POST /signin/passwordless/email new": call("POST", "/signin/passwordless/email", BOB),
    "POST /signin/passwordless/sms new": call("POST", "/signin/passwordless/sms", CARL),
    "POST /signin/otp/email new": call("POST", "/signin/otp/email", BOB),
    "POST /signin/idtoken new": id_token("/signin/idtoken"),
    "POST /signin/idtoken": id_token("/signin/idtoken", again=True),
    "GET /signin/provider/{provider}": setting_off("signin"),
    "GET /signin/provider/{provider}/callback new": coming_back(Github),
    "GET /signin/provider/{provider}/callback": coming_back(Github, again=True),
    "POST /signin/provider/{provider}/callback": coming_back(Apple, again=True),
    "GET /signin/provider/{provider}/callback/tokens": provider_tokens,
    **{f"GET /verify {kind}": mailed_link(kind, page=False) for kind in FOLLOWED},
    "GET /verify page": mailed_link("verifyEmail", page=True),
    "POST /token/verify in the body": token_in_the_body,
    "POST /token/provider/{provider}": provider_refresh,
    "POST /signout one": one_session_ended,
    "POST /link/idtoken": id_token("/link/idtoken"),
    "GET /user/sessions": several_sessions,
    "GET /healthz": call("GET", "/healthz"),
    "HEAD /healthz": call("HEAD", "/healthz"),
    "GET /version": call("GET", "/version"),
    "GET /.well-known/jwks.json": call("GET", "/.well-known/jwks.json"),
}
"""What tests.ways has not, or only for somebody who is known already."""


def prepared(name: str, stage: Stage) -> Request:
    if name in WAYS:
        return WAYS[name](stage)
    if name in OAUTH2:
        return OAUTH2[name](stage.api, stage.inbox, stage.session)
    way = name.partition(" ")[2]
    return {**KNOWN, **GUEST}[way](stage.api, stage.inbox, stage.session)


def place(name: str) -> tuple[str, str]:
    method, path, *_ = name.split(" ")
    return method, path


def asked(reply: Reply) -> tuple[str, str]:
    """The row of the map that a request was for."""
    route = reply.response.resolver_match.route.removeprefix("v1")
    path = route.replace("<uuid:", "{").replace("<str:", "{").replace(">", "}")
    return reply.response.request["REQUEST_METHOD"], path


@pytest.mark.parametrize("name", BUDGETS)
def test_request_keeps_to_its_budget(
    api: Api, inbox: Inbox, settings: Any, request: pytest.FixtureRequest, name: str
) -> None:
    everything_on(settings)
    session = api.anonymous() if name.partition(" ")[2] in GUEST else known(api)
    act = prepared(name, Stage(api, inbox, session, request))
    found, reply = measured(act)
    assert asked(reply) == place(name)
    assert len(found) <= BUDGETS[name], "\n".join(found)


def test_every_row_of_the_map_has_a_budget() -> None:
    assert {place(name) for name in BUDGETS} == {where for where, _ in stories()}
