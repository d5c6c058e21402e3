"""Who is erased while signing in, or while asking for something, is gone: refused as such, and never a 500."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections
from django.dispatch import Signal

from nhost_auth import signals
from nhost_auth.flows import personal_data
from nhost_auth.infra.sms import memory
from nhost_auth.models import Account, AuditEvent, RefreshToken
from tests.conftest import PASSWORD, Api, Inbox, Reply
from tests.hashers import CheapArgon2idHasher
from tests.sms_inbox import NUMBER, SEND, code, open_inbox
from tests.test_outages import post
from tests.test_races import MANY, at_once, outcomes, posting

pytestmark = pytest.mark.django_db(transaction=True)
GONE = (401, "invalid-email-password")
SIGN_IN = ("/signin/email-password", {"email": "ann@example.com", "password": PASSWORD})


def erase_everybody(**_: Any) -> None:
    for account in Account.objects.all():
        personal_data.erase(account)


class ErasingHasher(CheapArgon2idHasher):
    """The host's hasher, which takes a while: long enough for an operator to erase the account."""

    def verify(self, password: str, encoded: str) -> bool:
        right = super().verify(password, encoded)
        erase_everybody()
        return right


def erasing_gateway(to: str, text: str) -> None:
    memory.send(to, text)
    erase_everybody()


@pytest.fixture
def erased_at() -> Iterator[Callable[[Signal], None]]:
    """Erases everybody when a signal is sent, which is before the request goes on."""
    connected = []

    def connect(signal: Signal) -> None:
        signal.connect(erase_everybody)
        connected.append(signal)

    yield connect
    for signal in connected:
        signal.disconnect(erase_everybody)


def assert_gone(reply: Reply) -> None:
    assert reply.outcome == GONE
    assert not Account.objects.exists()
    assert not RefreshToken.objects.exists()
    assert not get_user_model().objects.exists()


def test_while_the_password_is_compared(api: Api, settings: Any) -> None:
    api.sign_up()
    settings.PASSWORD_HASHERS = [f"{__name__}.ErasingHasher"]
    assert_gone(post(*SIGN_IN))
    assert AuditEvent.objects.filter(event="refused", outcome="invalid-email-password").count() == 1


def test_while_a_code_is_tried(api: Api, inbox: Inbox, erased_at: Callable[[Signal], None]) -> None:
    api.post("/signin/otp/email", {"email": "ann@example.com"})
    erased_at(signals.email_verified)
    assert_gone(post("/signin/otp/email/verify", {"email": "ann@example.com", "otp": inbox.last().ticket}))


def test_while_a_link_is_followed(api: Api, inbox: Inbox, erased_at: Callable[[Signal], None], settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    api.post("/signin/passwordless/email", {"email": "ann@example.com"})
    erased_at(signals.email_verified)
    reply = api.get("/verify", query=inbox.last().query)
    assert (reply.status, reply.query["error"]) == (302, "invalid-email-password")
    assert not Account.objects.exists()


def test_while_a_number_is_proven(api: Api, erased_at: Callable[[Signal], None], settings: Any) -> None:
    open_inbox(settings)
    api.post(SEND, {"phoneNumber": NUMBER})
    erased_at(signals.phone_number_changed)
    reply = post("/signin/passwordless/sms/otp", {"phoneNumber": NUMBER, "otp": code()})
    assert reply.status in (400, 401)
    assert not Account.objects.exists()


def test_while_an_sms_leaves(api: Api, settings: Any) -> None:
    open_inbox(settings)
    token = api.sign_up().token
    settings.AUTH_SMS_PROVIDER = f"{__name__}.erasing_gateway"
    assert post("/user/phone-number/change", {"newPhoneNumber": NUMBER}, token).status in (200, 401)
    assert not Account.objects.exists()


def test_while_a_sign_up_goes_on(api: Api, erased_at: Callable[[Signal], None]) -> None:
    erased_at(signals.signed_up)
    assert_gone(post("/signup/email-password", SIGN_IN[1]))


def test_at_the_moment_many_sign_in(api: Api) -> None:
    """Real threads: whoever is first, nobody crashes and nothing of the account is left."""
    api.sign_up()
    account, begun = Account.objects.get(), threading.Barrier(2)

    def erase() -> None:
        begun.wait()
        try:
            personal_data.erase(account)
        except ObjectDoesNotExist:
            pass
        finally:
            connections.close_all()

    def sign_in(client: Any, number: int) -> Any:
        if number == 0:
            begun.wait()
        return posting(*SIGN_IN)(client, number)

    with ThreadPoolExecutor(1) as pool:
        erasing = pool.submit(erase)
        found = outcomes(at_once(sign_in))
        erasing.result()
    assert set(found) <= {(200, None), GONE}
    assert found.total() == MANY
    assert not Account.objects.exists()
    assert not RefreshToken.objects.exists()
