"""RFC 6238: the vectors of appendix B for SHA-1, cut to six digits, and the tolerance of one step."""

from __future__ import annotations

import base64

import pytest
import time_machine

from nhost_auth.infra import totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_21_vectors_of_the_rfc(moment: int, code: str) -> None:
    with time_machine.travel(moment, tick=False):
        assert totp.matching_step(RFC_SECRET, code, after=-1) == moment // 30


@pytest.mark.parametrize("off", [-60, -30, 0, 30, 60])
def test_21_one_step_off_is_taken_and_two_are_not(off: int) -> None:
    with time_machine.travel(1111111111 + off, tick=False):
        step = totp.matching_step(RFC_SECRET, "050471", after=-1)
    assert step == (1111111111 // 30 if abs(off) <= 30 else None)


def test_steps_up_to_the_last_used_one_are_no_longer_good() -> None:
    with time_machine.travel(1111111111, tick=False):
        step = 1111111111 // 30
        assert totp.matching_step(RFC_SECRET, "050471", after=step - 1) == step
        assert totp.matching_step(RFC_SECRET, "050471", after=step) is None


def test_secrets_are_random_and_have_52_characters() -> None:
    secrets = {totp.generate_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(secret) for secret in secrets} == {52}
