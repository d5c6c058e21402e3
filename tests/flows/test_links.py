"""Mailed links among each other: kinds, mails, targets (accounts.md 1.15, 3.22; design.md sections 4 and 9).

What each link brings about is proven in tests/endpoints/test_verify.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import PASSWORD, Api, Inbox, Mail, Reply, account

ANN, NEW = "ann@example.com", "new@example.com"


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True


# The kind of a link, and how its owner asks for the mail with it.
ASK: dict[str, Callable[[Api, Reply], Reply]] = {
    "verifyEmail": lambda api, _: api.post("/user/email/send-verification-email", {"email": ANN}),
    "passwordlessEmail": lambda api, _: api.post("/signin/passwordless/email", {"email": ANN}),
    "emailConfirmChange": lambda api, me: api.post("/user/email/change", {"newEmail": NEW}, token=me.token),
    "passwordReset": lambda api, _: api.post("/user/password/reset", {"email": ANN}),
}
TYPES = {
    "verifyEmail": "emailVerify",
    "passwordlessEmail": "signinPasswordless",
    "emailConfirmChange": "emailConfirmChange",
    "passwordReset": "passwordReset",
}
every_kind = pytest.mark.parametrize("kind", list(ASK))


def ask(api: Api, inbox: Inbox, session: Reply, kind: str) -> Mail:
    assert ASK[kind](api, session).status == 200
    return inbox.last()


def follow(api: Api, mail: Mail) -> Reply:
    return api.get("/verify", query=mail.query)


@every_kind
def test_mail_holds_a_ticket_of_its_kind_under_the_links_own_type(api: Api, inbox: Inbox, kind: str) -> None:
    mail = ask(api, inbox, api.sign_up(), kind)
    assert mail.ticket.startswith(f"{kind}:")
    assert mail.query["type"] == TYPES[kind]
    assert follow(api, mail).query["type"] == kind


@every_kind
@pytest.mark.parametrize("other", list(ASK))
def test_newer_mail_of_another_kind_leaves_the_older_link_good(api: Api, inbox: Inbox, kind: str, other: str) -> None:
    session = api.sign_up()
    older, newer = ask(api, inbox, session, kind), ask(api, inbox, session, other)
    # Verification mails of ten minutes live side by side; of every other kind the newest alone counts.
    good = kind != other or kind == "verifyEmail"
    assert ("refreshToken" in follow(api, older).query) is good
    assert older.ticket != newer.ticket


@every_kind
@pytest.mark.parametrize("other", list(ASK))
def test_use_of_a_link_ends_links_of_no_other_kind(api: Api, inbox: Inbox, kind: str, other: str) -> None:
    if kind == other:
        other = "passwordReset" if kind != "passwordReset" else "verifyEmail"
    session = api.sign_up()
    used, left = ask(api, inbox, session, kind), ask(api, inbox, session, other)
    assert "refreshToken" in follow(api, used).query
    # A change of address ends what was mailed to the old one.
    assert ("refreshToken" in follow(api, left).query) is (kind != "emailConfirmChange")


@every_kind
def test_link_of_one_user_leaves_those_of_others_good(api: Api, inbox: Inbox, kind: str) -> None:
    mail = ask(api, inbox, api.sign_up(), kind)
    bob = api.sign_up("bob@example.com")
    api.post("/user/password/reset", {"email": "bob@example.com"})
    assert "refreshToken" in follow(api, mail).query
    session = api.post("/token", {"refreshToken": follow(api, inbox.last()).query["refreshToken"]})
    assert session.user["id"] == bob.user["id"]


@every_kind
def test_link_of_a_deleted_user_is_invalid(api: Api, inbox: Inbox, kind: str) -> None:
    session = api.sign_up()
    mail = ask(api, inbox, session, kind)
    account(session).user.delete()
    assert follow(api, mail).query["error"] == "invalid-ticket"


@every_kind
def test_51_target_is_looked_at_again_when_the_link_is_followed(
    api: Api, inbox: Inbox, settings: Any, kind: str
) -> None:
    mail = ask(api, inbox, api.sign_up(), kind)
    settings.AUTH_CLIENT_URL = "https://moved.example.com"
    assert follow(api, mail).location.startswith("https://moved.example.com?error=redirectTo-not-allowed&")
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = ["https://app.example.com"]
    assert follow(api, mail).location.startswith("https://app.example.com?refreshToken=")


@every_kind
def test_link_asks_for_no_password_and_leaves_it_as_it_is(api: Api, inbox: Inbox, kind: str) -> None:
    mail = ask(api, inbox, api.sign_up(), kind)
    assert "refreshToken" in follow(api, mail).query
    assert api.sign_in(NEW if kind == "emailConfirmChange" else ANN, PASSWORD).status == 200
