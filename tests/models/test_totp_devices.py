"""The second factor's device (identity.md section 2, RFC 6238 section 5.2)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django_otp.models import VerifyNotAllowed

from nhost_auth.infra import totp
from nhost_auth.models import TotpDevice
from tests.conftest import Api, account
from tests.endpoints.totp_app import code_of, wrong_code

MANY = 10


@pytest.fixture
def device(api: Api) -> TotpDevice:
    found = TotpDevice(user=account(api.sign_up()).user, name="TOTP", confirmed=True)
    found.set_secret(totp.generate_secret())
    found.save()
    return found


def at_once(device: TotpDevice, codes: list[str]) -> list[bool]:
    """What as many threads are told that ask at the same moment, each about its code."""
    barrier = threading.Barrier(MANY)

    def use(code: str) -> bool:
        same = TotpDevice.objects.get(pk=device.pk)
        barrier.wait()
        try:
            return bool(same.verify_token(code))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(use, codes))


@pytest.mark.django_db(transaction=True)
def test_parallel_uses_of_one_code_succeed_once(device: TotpDevice) -> None:
    assert sorted(at_once(device, [code_of(device.secret)] * MANY)) == [False] * (MANY - 1) + [True]


@pytest.mark.django_db(transaction=True)
def test_burst_of_guesses_cannot_outrun_the_wait(device: TotpDevice) -> None:
    for _ in range(4):
        device.verify_token(wrong_code(device.secret))
    # Nine wrong ones and the right one at the moment when a single guess is left: one of them is looked at.
    guesses = [wrong_code(device.secret)] * (MANY - 1) + [code_of(device.secret)]
    told = at_once(device, guesses)
    device.refresh_from_db()
    assert device.failures == (0 if any(told) else 5)


def test_stale_copy_accepts_no_code_that_was_used(device: TotpDevice) -> None:
    stale = TotpDevice.objects.get(pk=device.pk)
    code = code_of(device.secret)
    assert device.verify_token(code) is True
    assert stale.verify_token(code) is False


def test_waiting_is_told_in_django_otp_s_words(device: TotpDevice) -> None:
    for _ in range(6):
        device.verify_token(wrong_code(device.secret))
        device.refresh_from_db()
    allowed, why = device.verify_is_allowed()
    assert allowed is False
    assert why is not None
    assert why["reason"] == VerifyNotAllowed.N_FAILED_ATTEMPTS
    assert why["failure_count"] == 5


def test_right_code_forgives_wrong_ones(device: TotpDevice) -> None:
    for _ in range(3):
        device.verify_token(wrong_code(device.secret))
    device.refresh_from_db()
    assert device.failures == 3
    assert device.verify_token(code_of(device.secret)) is True
    device.refresh_from_db()
    assert (device.failures, device.failed_at) == (0, None)


@pytest.mark.parametrize("token", [None, 5, "", "x" * 10000, b"123456"])
def test_anything_may_be_asked_about(device: TotpDevice, token: Any) -> None:
    assert device.verify_token(token) is False
