"""AUTH_MFA_REQUIRED_EVERYWHERE: no way in leads past the second factor (identity.md sections 2 and 3).

Of every endpoint of the map it is told here whether it asks; one that comes later is noticed.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import RefreshToken, Ticket, TotpDevice
from nhost_auth.pytest_plugin.authenticator import Authenticator, Flag
from tests.conftest import PASSWORD, Api, Inbox, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import code_of, enrol
from tests.oauth2.ways import is_of_the_wing
from tests.sms_inbox import sign_in as sign_in_by_sms
from tests.ways import CHALLENGE, GUEST, KNOWN, TARGET, VERIFIER, Request, everything_on, known, path_of
from tests.webauthn_page import add_key, sign_in, sign_up

STEP = "/signin/mfa/totp"
LINKS = [f"/verify {kind}" for kind in FOLLOWED]
ASKING = [
    "/signin/email-password",
    "/signin/passwordless/sms/otp",
    "/signin/otp/email/verify",
    "/signin/pat",
    "/token/exchange",
    *LINKS,
]
"""Who comes this way gets no session before a code of the second factor."""

NOT_ASKING = [
    STEP,
    "/signin/webauthn/verify",  # by a key that knows its user; others below
    "/token",
    "/elevate/webauthn/verify",
    "/elevate/totp",
    "/elevate/otp/email/verify",
    "/elevate/otp/sms/verify",
]
"""Who comes this way has given two factors, or has a session already."""

FOR_STRANGERS = {"/signin/anonymous", "/healthz", "/version", "/.well-known/jwks.json"}
"""What nobody who has a second factor needs: it knows no user, or makes one."""

TICKET = re.compile(r"mfaTotp:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ACCESS_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.")


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    """Every way in is open and asks; time stands still, so an app's code is of the step that a test means."""
    everything_on(settings)
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = settings.AUTH_MFA_REQUIRED_FOR_PAT = True
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def signed_in() -> Iterator[list[str]]:
    """The methods of the sign-ins that were told, since it was last cleared."""
    methods: list[str] = []

    def hear(method: str, **_: Any) -> None:
        methods.append(method)

    signals.signed_in.connect(hear)
    yield methods
    signals.signed_in.disconnect(hear)


def way(api: Api, inbox: Inbox, name: str) -> tuple[Reply, Request]:
    """Ann, whose second factor is on, and her request; it was prepared when the factor was still off."""
    ann = known(api)
    act = KNOWN[name](api, inbox, ann)
    if not TotpDevice.objects.filter(confirmed=True).exists():
        enrol(api, ann)
    return ann, act


def answer(reply: Reply) -> str:
    """What somebody who came in holds now."""
    told = reply.query if reply.status == 302 else reply.json
    if not isinstance(told, dict):
        return "nothing"
    if "mfa" in told or "mfaTicket" in told:
        return "ticket"
    return "session" if "refreshToken" in told or told.get("session") else "nothing"


def ticket_of(reply: Reply) -> str:
    """The ticket of an answer that holds this alone."""
    if reply.status == 302:
        assert reply.location.startswith(f"{TARGET}?")
        assert sorted(reply.query) == ["mfaTicket", "type"]
        ticket = reply.query["mfaTicket"]
    else:
        assert (reply.status, list(reply.json), list(reply.json["mfa"])) == (200, ["mfa"], ["ticket"])
        ticket = reply.json["mfa"]["ticket"]
    assert TICKET.fullmatch(ticket)
    return str(ticket)


def complete(api: Api, ticket: str) -> Reply:
    return api.post(STEP, {"ticket": ticket, "otp": code_of(TotpDevice.objects.get(confirmed=True).secret)})


def sessions() -> set[Any]:
    return {*RefreshToken.objects.exclude(kind=RefreshToken.Kind.PAT).values_list("pk", "hash")}


def last_login() -> Any:
    return get_user_model().objects.get().last_login


def test_every_path_of_the_map_is_asked_about() -> None:
    out = io.StringIO()
    call_command("auth_map", "--json", stdout=out)
    paths = {row["path"] for row in json.loads(out.getvalue())}
    at_providers = {path for path in paths if "/provider/" in path or path.endswith("/idtoken")}
    of_the_wing = {path for path in paths if is_of_the_wing(path)}  # it opens no sessions: tests/oauth2
    assert paths - {path_of(name) for name in (*KNOWN, *GUEST)} - at_providers - of_the_wing == FOR_STRANGERS


@pytest.mark.parametrize("name", KNOWN)
def test_what_every_endpoint_answers(api: Api, inbox: Inbox, name: str) -> None:
    _, act = way(api, inbox, name)
    before = sessions()
    reply = act()
    expected = "ticket" if name in ASKING else "session" if name in NOT_ASKING else "nothing"
    assert answer(reply) == expected
    assert (sessions() <= before) is (name not in NOT_ASKING)


@pytest.mark.parametrize("name", ASKING)
def test_no_session_comes_of_it_before_the_second_factor(
    api: Api, inbox: Inbox, signed_in: list[str], name: str
) -> None:
    ann, act = way(api, inbox, name)
    get_user_model().objects.update(last_login=None)
    before = sessions()
    signed_in.clear()
    reply = act()
    ticket = ticket_of(reply)
    assert not ACCESS_TOKEN.search(f"{reply.text} {reply.headers} {reply.response.cookies}")
    assert sessions() <= before
    assert (signed_in, last_login()) == ([], None)
    assert complete(api, ticket).user["id"] == ann.user["id"]
    assert signed_in == ["mfa-totp"]
    assert last_login() is not None
    assert complete(api, ticket).outcome == (401, "invalid-ticket")


@pytest.mark.parametrize("name", ASKING)
def test_switched_off_the_password_alone_asks(
    api: Api, inbox: Inbox, settings: Any, signed_in: list[str], name: str
) -> None:
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = False
    _, act = way(api, inbox, name)
    get_user_model().objects.update(last_login=None)
    signed_in.clear()
    by_password = name == "/signin/email-password"
    assert answer(act()) == ("ticket" if by_password else "session")
    assert (len(signed_in), last_login() is None) == (int(not by_password), by_password)


@pytest.mark.parametrize("name", ASKING)
def test_who_has_no_second_factor_is_not_asked(api: Api, inbox: Inbox, name: str) -> None:
    ann = known(api)
    act = KNOWN[name](api, inbox, ann)
    # A secret that was shown is none yet.
    assert api.get("/mfa/totp/generate", token=ann.token).status == 200
    assert answer(act()) == "session"


@pytest.mark.parametrize(
    ("name", "setting"),
    [("/signin/otp/email/verify", "AUTH_MFA_REQUIRED_EVERYWHERE"), ("/signin/pat", "AUTH_MFA_REQUIRED_FOR_PAT")],
)
def test_is_off_by_default(api: Api, inbox: Inbox, settings: Any, name: str, setting: str) -> None:
    delattr(settings, setting)
    _, act = way(api, inbox, name)
    assert answer(act()) == "session"


@pytest.mark.parametrize(
    ("everywhere", "for_pat", "expected"),
    [(True, True, "ticket"), (True, False, "session"), (False, True, "session"), (False, False, "session")],
)
def test_personal_access_tokens_ask_by_choice(
    api: Api, inbox: Inbox, settings: Any, everywhere: bool, for_pat: bool, expected: str
) -> None:
    settings.AUTH_MFA_REQUIRED_EVERYWHERE, settings.AUTH_MFA_REQUIRED_FOR_PAT = everywhere, for_pat
    _, act = way(api, inbox, "/signin/pat")
    assert [answer(act()) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize("by_email", [True, False], ids=["address", "passkey"])
@pytest.mark.parametrize("registered", [True, False], ids=["verifying", "not verifying"])
def test_key_asks_unless_it_verified_its_user_this_time(api: Api, registered: bool, by_email: bool) -> None:
    ann, device, email = known(api), Authenticator(verifies=registered), "ann@example.com" if by_email else None
    assert add_key(api, ann.token, device).status == 200
    enrol(api, ann)
    assert answer(sign_in(api, device, email, flags=Flag.UP | Flag.UV)) == "session"
    before = sessions()
    touched = sign_in(api, device, email, flags=Flag.UP)
    assert sessions() == before
    assert complete(api, ticket_of(touched)).user["id"] == ann.user["id"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", FOLLOWED)
def test_link_keeps_what_its_target_says(api: Api, settings: Any, kind: str, method: str) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = method == "POST"
    ann = known(api)
    enrol(api, ann)
    ticket = Ticket.objects.issue(account(ann), kind, {"newEmail": "new@example.com"})
    reply = api.call(method, "/verify", query={"ticket": ticket, "redirectTo": f"{TARGET}/in?next=%2Fa#top"})
    assert reply.location.startswith(f"{TARGET}/in?")
    assert reply.location.endswith("#top")
    assert {**reply.query, "mfaTicket": ""} == {"next": "/a", "type": kind, "mfaTicket": ""}
    assert complete(api, reply.query["mfaTicket"]).status == 200


@pytest.mark.parametrize("kind", FOLLOWED)
def test_link_with_a_challenge_gives_a_code_whose_exchange_asks(api: Api, kind: str) -> None:
    ann = known(api)
    enrol(api, ann)
    ticket = Ticket.objects.issue(account(ann), kind, {"newEmail": "new@example.com"})
    before = sessions()
    sent_on = api.post("/verify", query={"ticket": ticket, "redirectTo": TARGET, "codeChallenge": CHALLENGE})
    assert sorted(sent_on.query) == ["code", "type"]
    asked = api.post("/token/exchange", {"code": sent_on.query["code"], "codeVerifier": VERIFIER})
    assert sessions() <= before
    assert complete(api, ticket_of(asked)).user["id"] == ann.user["id"]


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [("verifyEmail", "emailVerified", True), ("emailConfirmChange", "email", "new@example.com")],
)
def test_link_is_used_and_does_its_work_though_it_asks(
    api: Api, inbox: Inbox, kind: str, member: str, value: Any
) -> None:
    ann, act = way(api, inbox, f"/verify {kind}")
    assert ann.user[member] != value
    assert answer(act()) == "ticket"
    assert api.get("/user", token=ann.token).json[member] == value
    assert act().query["error"] == "invalid-ticket"


def test_reset_password_is_no_way_past_it(api: Api, inbox: Inbox) -> None:
    new = "Another-horse-7"
    ann = known(api)
    enrol(api, ann)
    api.post("/user/password/reset", {"email": "ann@example.com"})
    reply = api.post("/user/password", {"newPassword": new, "ticket": inbox.last().ticket})
    assert (reply.status, reply.json, answer(reply)) == (200, "OK", "nothing")
    assert sessions() == set()
    assert api.sign_in(password=PASSWORD).outcome == (401, "invalid-email-password")
    assert complete(api, ticket_of(api.sign_in(password=new))).user["id"] == ann.user["id"]


@pytest.mark.parametrize("name", ["/signin/passwordless/sms/otp", "/verify passwordlessEmail"])
def test_recovery_code_completes_it(api: Api, inbox: Inbox, settings: Any, name: str) -> None:
    ann, act = way(api, inbox, name)
    code, *_ = api.post("/mfa/recovery-codes", token=elevated_token(settings, ann)).json["recoveryCodes"]
    assert api.post(STEP, {"ticket": ticket_of(act()), "otp": code}).user["id"] == ann.user["id"]


STRANGERS: dict[str, Callable[[Api, Inbox], Reply]] = {
    "/signup/email-password": lambda api, _: api.sign_up(),
    "/signup/webauthn/verify": lambda api, _: sign_up(api, Authenticator()),
    "/signin/anonymous": lambda api, _: api.anonymous(),
    "/signin/passwordless/sms/otp": lambda api, _: sign_in_by_sms(api),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_new_user_is_not_asked(api: Api, inbox: Inbox, name: str) -> None:
    assert answer(STRANGERS[name](api, inbox)) == "session"


def test_while_the_factor_is_switched_off_nobody_who_has_one_comes_in(api: Api, inbox: Inbox, settings: Any) -> None:
    _, act = way(api, inbox, "/signin/otp/email/verify")
    settings.AUTH_MFA_ENABLED = False
    assert complete(api, ticket_of(act())).outcome == (409, "disabled-endpoint")
