"""No way in goes around the second factor (OWASP ASVS 5.0, 6.3.3, 6.3.4 and 6.4.3).

Under AUTH_MFA_REQUIRED_EVERYWHERE and AUTH_MFA_REQUIRED_FOR_PAT: at Nhost the password alone is followed by it. That a
new password does not do away with it holds without these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.models import Account, RefreshToken, Ticket, TotpDevice
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Inbox, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.security.people import open_every_way
from tests.ways import KNOWN, TARGET, Request, Way, known
from tests.webauthn_page import ORIGIN, SIGN_IN, SIGN_IN_VERIFY, add_key

STEP = "/signin/mfa/totp"
NEW_PASSWORD = "Another-horse-8"
OTHER_KINDS = [kind for kind in Ticket.Kind if kind != Ticket.Kind.PASSWORD_RESET]


@pytest.fixture(autouse=True)
def _everything_on(settings: Any) -> None:
    open_every_way(settings)


@pytest.fixture
def ann(api: Api) -> Reply:
    return known(api)


def touched_key(api: Api, inbox: Inbox, ann: Reply) -> Request:
    """By a key that does not know its user: one factor."""
    device = Authenticator(ORIGIN, verifies=False)
    assert add_key(api, ann.token, device).status == 200
    answer = device.get(api.post(SIGN_IN).json)
    return lambda: api.post(SIGN_IN_VERIFY, {"credential": answer})


def opened_link(api: Api, inbox: Inbox, ann: Reply) -> Request:
    """By the link itself, where no page asks for a click."""
    ticket = Ticket.objects.issue(account(ann), Ticket.Kind.PASSWORDLESS_EMAIL)
    return lambda: api.get("/verify", query={"ticket": ticket, "redirectTo": TARGET})


def after_a_reset(api: Api, inbox: Inbox, ann: Reply) -> Request:
    reset(api, account(ann))
    return lambda: api.sign_in(password=NEW_PASSWORD)


def reset(api: Api, owner: Account) -> None:
    ticket = Ticket.objects.issue(owner, Ticket.Kind.PASSWORD_RESET)
    assert api.post("/user/password", {"newPassword": NEW_PASSWORD, "ticket": ticket}).status == 200


WAYS_IN: dict[str, Way] = {
    name: KNOWN[name]
    for name in (
        "/signin/email-password",
        "/signin/otp/email/verify",
        "/signin/passwordless/sms/otp",
        "/signin/pat",
        "/token/exchange",
        *(f"/verify {kind}" for kind in FOLLOWED),
    )
}
WAYS_IN |= {SIGN_IN_VERIFY: touched_key, "/verify at once": opened_link, "/user/password, then in": after_a_reset}


def ticket_in(reply: Reply) -> str:
    return reply.query["mfaTicket"] if reply.status == 302 else str(reply.json["mfa"]["ticket"])


def sessions() -> int:
    return RefreshToken.objects.filter(kind=RefreshToken.Kind.REGULAR).count()


@pytest.mark.parametrize("way", WAYS_IN)
def test_13_no_way_in_gives_a_session_before_the_second_factor(
    api: Api, inbox: Inbox, ann: Reply, settings: Any, way: str
) -> None:
    settings.AUTH_MFA_REQUIRED_EVERYWHERE = settings.AUTH_MFA_REQUIRED_FOR_PAT = True
    settings.AUTH_VERIFY_CONFIRM_PAGE = way != "/verify at once"
    request, secret = WAYS_IN[way](api, inbox, ann), enrol(api, ann)
    before = sessions()
    reply = request()
    told = reply.text + reply.headers.get("Location", "")
    assert "refreshToken" not in told
    assert "accessToken" not in told
    assert sessions() == before
    done = api.post(STEP, {"ticket": ticket_in(reply), "otp": code_of(secret)})
    assert done.user["id"] == ann.user["id"]


def test_13_a_guest_has_nothing_that_a_conversion_could_leave_behind(api: Api) -> None:
    guest = api.anonymous()
    for request in (
        api.get("/mfa/totp/generate", token=guest.token),
        api.post("/mfa/recovery-codes", token=guest.token),
        api.post("/user/webauthn/add", token=guest.token),
    ):
        assert request.outcome == (403, "forbidden-anonymous")


def test_14_a_new_password_leaves_the_second_factor(api: Api, ann: Reply) -> None:
    secret = enrol(api, ann)
    reset(api, account(ann))
    reply = api.sign_in(password=NEW_PASSWORD)
    assert set(reply.json) == {"mfa"}
    assert TotpDevice.objects.filter(confirmed=True).count() == 1
    assert api.post(STEP, {"ticket": reply.json["mfa"]["ticket"], "otp": code_of(secret)}).status == 200


def relabelled(ticket: str) -> str:
    return f"{Ticket.Kind.PASSWORD_RESET}:{ticket.partition(':')[2]}"


@pytest.mark.parametrize("label", [str, relabelled], ids=["as-it-is", "relabelled"])
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_14_a_ticket_of_another_kind_sets_no_password(
    api: Api, ann: Reply, kind: str, label: Callable[[str], str]
) -> None:
    enrol(api, ann)
    ticket = Ticket.objects.issue(account(ann), kind, {"newEmail": "new@example.com"})
    reply = api.post("/user/password", {"newPassword": NEW_PASSWORD, "ticket": label(ticket)})
    # What does not even look like a reset ticket does not pass the schema.
    assert reply.outcome == ((401, "invalid-ticket") if label is relabelled else (400, "schema-validation-error"))
    assert api.sign_in(password=NEW_PASSWORD).outcome == (401, "invalid-email-password")
    assert set(api.sign_in().json) == {"mfa"}
