"""What happens once also happens once when ten ask at the same moment: real threads, real connections."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from nhost_auth.flows.links import FOLLOWED
from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, OneTimeCode, PkceCode, RefreshToken, Ticket
from tests.conftest import PASSWORD, PREFIX, Api, Inbox, Reply, account

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 10


def at_once(request: Callable[[Client, int], Any]) -> list[Reply]:
    """The answers to MANY requests that leave together, each from a thread with a connection of its own."""
    barrier = threading.Barrier(MANY)

    def once(number: int) -> Reply:
        client = Client()
        client.get(f"{PREFIX}/version")
        barrier.wait()
        try:
            return Reply(request(client, number))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(once, range(MANY)))


def posting(path: str, body: dict[str, Any]) -> Callable[[Client, int], Any]:
    return lambda client, _: client.post(PREFIX + path, json.dumps(body), content_type="application/json")


def outcomes(replies: list[Reply]) -> Counter[tuple[int, str | None]]:
    return Counter(reply.outcome for reply in replies)


def test_parallel_refreshes_with_one_token_all_get_the_one_successor(api: Api) -> None:
    first = api.sign_up()
    replies = at_once(posting("/token", {"refreshToken": first.refresh_token}))
    assert outcomes(replies) == {(200, None): MANY}
    assert len({reply.refresh_token for reply in replies}) == 1
    token = RefreshToken.objects.get()
    assert token.spent.count() == 1
    assert api.post("/token", {"refreshToken": replies[0].refresh_token}).status == 200


def test_parallel_refreshes_as_at_nhost_let_one_through(api: Api, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW = 0
    settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = False
    first = api.sign_up()
    replies = at_once(posting("/token", {"refreshToken": first.refresh_token}))
    assert outcomes(replies) == {(200, None): 1, (401, "invalid-refresh-token"): MANY - 1}
    assert RefreshToken.objects.count() == 1


def test_refreshes_while_the_password_changes_are_answered_and_end_with_it(api: Api) -> None:
    """A session whose last secret comes in between must neither live on nor stand in the way."""
    ann, sessions = api.sign_up(), [api.sign_in().refresh_token for _ in range(MANY - 1)]
    token = {"Authorization": f"Bearer {ann.token}"}

    def act(client: Client, number: int) -> Any:
        if number == MANY - 1:
            body = json.dumps({"newPassword": "Another-horse-8"})
            return client.post(f"{PREFIX}/user/password", body, content_type="application/json", headers=token)
        return posting("/token", {"refreshToken": sessions[number]})(client, number)

    *refreshed, changed = at_once(act)
    assert changed.status == 200
    assert {reply.outcome for reply in refreshed} <= {(200, None), (401, "invalid-refresh-token")}
    assert RefreshToken.objects.count() == 0


def test_signing_out_while_the_session_is_refreshed_ends_it(api: Api) -> None:
    secret = api.sign_up().refresh_token
    ways = ["/token", "/signout"]
    replies = at_once(lambda client, number: posting(ways[number % 2], {"refreshToken": secret})(client, number))
    assert {reply.outcome for reply in replies} <= {(200, None), (401, "invalid-refresh-token")}
    assert RefreshToken.objects.count() == 0


@pytest.mark.parametrize(
    "path", ["/signin/passwordless/email", "/user/password/reset", "/user/email/send-verification-email"]
)
def test_parallel_requests_for_one_mail_are_all_answered(api: Api, inbox: Inbox, settings: Any, path: str) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    api.sign_up()
    replies = at_once(posting(path, {"email": "ann@example.com"}))
    assert outcomes(replies) == {(200, None): MANY}
    assert len(inbox) == MANY


def test_links_followed_while_others_are_asked_for_are_all_answered(api: Api, settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    ticket = Ticket.objects.issue(account(api.sign_up()), Ticket.Kind.PASSWORDLESS_EMAIL)
    query = {"ticket": ticket, "redirectTo": "https://app.example.com"}
    asking = posting("/signin/passwordless/email", {"email": "ann@example.com"})
    replies = at_once(lambda client, n: client.get(f"{PREFIX}/verify", query) if n % 2 else asking(client, n))
    assert Counter(reply.status for reply in replies) == {200: MANY // 2, 302: MANY // 2}
    assert sum("error" not in reply.query for reply in replies if reply.status == 302) <= 1


def test_parallel_sign_ups_with_one_address_make_one_account(api: Api) -> None:
    replies = at_once(posting("/signup/email-password", {"email": "Ann@example.com", "password": PASSWORD}))
    assert outcomes(replies) == {(200, None): 1, (409, "user-already-exists"): MANY - 1}
    assert Account.objects.count() == Account.objects.get().user._meta.model.objects.count() == 1


def test_parallel_code_requests_for_one_new_address_make_one_account(api: Api) -> None:
    replies = at_once(posting("/signin/otp/email", {"email": "ann@example.com"}))
    assert set(outcomes(replies)) <= {(200, None), (409, "user-already-exists")}
    assert Account.objects.count() == OneTimeCode.objects.count() == 1


@pytest.mark.parametrize("kind", FOLLOWED)
def test_parallel_uses_of_one_link_sign_in_once(api: Api, kind: str) -> None:
    api.sign_up()
    ticket = Ticket.objects.issue(Account.objects.get(), kind, {"newEmail": "new@example.com"})
    sessions = RefreshToken.objects.count()
    query = {"ticket": ticket, "redirectTo": "https://app.example.com"}
    replies = at_once(lambda client, _: client.get(f"{PREFIX}/verify", query))
    found = Counter(reply.query.get("error", "none") for reply in replies)
    assert found == {"none": 1, "invalid-ticket": MANY - 1}
    assert RefreshToken.objects.count() == sessions + 1


def test_parallel_resets_by_one_ticket_set_one_password(api: Api) -> None:
    ticket = Ticket.objects.issue(account(api.sign_up()), Ticket.Kind.PASSWORD_RESET)

    def reset(client: Client, number: int) -> Any:
        body = {"newPassword": f"Password-{number}", "ticket": ticket}
        return client.post(f"{PREFIX}/user/password", json.dumps(body), content_type="application/json")

    replies = at_once(reset)
    assert outcomes(replies) == {(200, None): 1, (401, "invalid-ticket"): MANY - 1}
    (winner,) = [number for number, reply in enumerate(replies) if reply.status == 200]
    assert api.sign_in(password=f"Password-{winner}").status == 200


def test_parallel_confirmations_of_one_new_address_give_it_to_one_account(api: Api) -> None:
    people = [account(api.sign_up(f"ann{number}@example.com")) for number in range(MANY)]
    data = {"newEmail": "wanted@example.com"}
    tickets = [Ticket.objects.issue(person, Ticket.Kind.EMAIL_CONFIRM_CHANGE, data) for person in people]

    def confirm(client: Client, number: int) -> Any:
        return client.get(f"{PREFIX}/verify", {"ticket": tickets[number], "redirectTo": "https://app.example.com"})

    found = Counter(reply.query.get("error", "none") for reply in at_once(confirm))
    assert found == {"none": 1, "user-already-exists": MANY - 1}
    assert Account.objects.filter(email_normalized="wanted@example.com").count() == 1


@pytest.fixture
def number(settings: Any) -> str:
    """A phone number; what is sent to it stays in memory."""
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "memory"
    return "+12025550100"


def test_parallel_uses_of_one_sms_code_sign_in_once(api: Api, number: str) -> None:
    api.post("/signin/passwordless/sms", {"phoneNumber": number})
    code = memory.outbox[-1].text[-7:-1]
    replies = at_once(posting("/signin/passwordless/sms/otp", {"phoneNumber": number, "otp": code}))
    assert outcomes(replies) == {(200, None): 1, (400, "invalid-otp"): MANY - 1}
    assert Account.objects.count() == RefreshToken.objects.count() == 1


def test_parallel_wrong_guesses_at_an_sms_code_never_exceed_five(api: Api, number: str) -> None:
    api.post("/signin/passwordless/sms", {"phoneNumber": number})
    right = memory.outbox[-1].text[-7:-1]
    guess = {"phoneNumber": number, "otp": f"{(int(right) + 1) % 10**6:06d}"}
    at_once(posting("/signin/passwordless/sms/otp", guess))
    assert OneTimeCode.objects.get().attempts == 5
    reply = api.post("/signin/passwordless/sms/otp", {"phoneNumber": number, "otp": right})
    assert reply.outcome == (400, "otp-too-many-attempts")


def test_parallel_uses_of_one_code_sign_in_once(api: Api, inbox: Inbox) -> None:
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    replies = at_once(posting("/signin/otp/email/verify", {"email": "ann@example.com", "otp": inbox.last().ticket}))
    assert outcomes(replies)[200, None] == 1
    assert RefreshToken.objects.count() == 1


def test_parallel_wrong_guesses_are_all_counted(api: Api, inbox: Inbox) -> None:
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    right = inbox.last().ticket
    guess = f"{(int(right) + 1) % 10**6:06d}"
    at_once(posting("/signin/otp/email/verify", {"email": "ann@example.com", "otp": guess}))
    assert OneTimeCode.objects.get().attempts == 5
    reply = api.post("/signin/otp/email/verify", {"email": "ann@example.com", "otp": right})
    assert reply.outcome == (400, "otp-too-many-attempts")


def test_parallel_exchanges_of_one_pkce_code_open_one_session(api: Api) -> None:
    ann = account(api.sign_up())
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    code = PkceCode.objects.issue(ann, challenge, "https://app.example.com")
    replies = at_once(posting("/token/exchange", {"code": code, "codeVerifier": verifier}))
    assert outcomes(replies) == {(200, None): 1, (400, "invalid-request"): MANY - 1}


def test_parallel_conversions_of_one_guest_convert_once(api: Api) -> None:
    guest = api.anonymous()

    def convert(client: Client, number: int) -> Any:
        body = {"signInMethod": "email-password", "email": f"ann{number}@example.com", "password": PASSWORD}
        return client.post(
            f"{PREFIX}/user/deanonymize",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {guest.token}"},
        )

    assert outcomes(at_once(convert)) == {(200, None): 1, (400, "user-not-anonymous"): MANY - 1}
    assert Account.objects.count() == 1


def test_parallel_conversions_of_guests_to_one_address_convert_one(api: Api) -> None:
    guests = [api.anonymous() for _ in range(MANY)]
    body = {"signInMethod": "email-password", "email": "ann@example.com", "password": PASSWORD}

    def convert(client: Client, number: int) -> Any:
        return client.post(
            f"{PREFIX}/user/deanonymize",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {guests[number].token}"},
        )

    assert outcomes(at_once(convert)) == {(200, None): 1, (409, "user-already-exists"): MANY - 1}
    assert Account.objects.filter(is_anonymous=True).count() == MANY - 1
