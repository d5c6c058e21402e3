"""A signature counter that goes back tells of a copy (WebAuthn Level 3, section 6.1.1, and 7.2, step 22).

It is told always; whether such a key is refused is a setting. Synced keys have copies by design: they are never locked
out, and neither is a key whose owner just counts on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nhost_auth.models import SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator
from nhost_auth.signals import security_key_counter_regressed
from tests.conftest import Api, Reply
from tests.webauthn_page import (
    ELEVATE,
    ELEVATE_VERIFY,
    ORIGIN,
    SIGN_IN,
    SIGN_IN_VERIFY,
    SIGN_UP,
    SIGN_UP_VERIFY,
    enable,
)


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def regressed() -> Iterator[list[str]]:
    """The keys that were told of, in order."""
    told: list[str] = []

    def receive(sender: Any, key_id: str, **rest: Any) -> None:
        told.append(key_id)

    security_key_counter_regressed.connect(receive)
    yield told
    security_key_counter_regressed.disconnect(receive)


class Owner:
    """Somebody with one key, whose counter the test sets."""

    def __init__(self, api: Api, *, synced: bool = False, counter: int = 0) -> None:
        self.api, self.device = api, Authenticator(ORIGIN, synced=synced)
        options = api.post(SIGN_UP, {"email": "ann@example.com"}).json
        answer = self.device.create(options, counter=counter)
        self.session: Reply = api.post(SIGN_UP_VERIFY, {"credential": answer})

    def sign_in(self, counter: int) -> int:
        answer = self.device.get(self.api.post(SIGN_IN).json, counter=counter)
        return self.api.post(SIGN_IN_VERIFY, {"credential": answer}).status

    def elevate(self, counter: int) -> int:
        token = self.session.token
        answer = self.device.get(self.api.post(ELEVATE, token=token).json, counter=counter)
        return self.api.post(ELEVATE_VERIFY, {"credential": answer}, token=token).status


each_policy = pytest.mark.parametrize("refuse", [False, True], ids=["told", "refused"])
each_key = pytest.mark.parametrize("synced", [False, True], ids=["bound", "synced"])
each_use = pytest.mark.parametrize("use", [Owner.sign_in, Owner.elevate], ids=["sign-in", "elevate"])


@each_use
@each_key
@each_policy
def test_32_counter_that_does_not_move_on_is_told_and_refused_by_setting(
    api: Api, regressed: list[str], settings: Any, refuse: bool, synced: bool, use: Any
) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = refuse
    owner = Owner(api, synced=synced)
    assert (use(owner, 7), regressed) == (200, [])
    expected = 400 if refuse and not synced else 200
    for times, lower in enumerate((7, 6, 1, 0), start=1):
        assert use(owner, lower) == expected
        assert regressed == [str(SecurityKey.objects.get().pk)] * times
    assert (use(owner, 8), len(regressed)) == (200, 4)


@each_key
@each_policy
def test_32_keys_that_do_not_count_are_never_told_of(
    api: Api, regressed: list[str], settings: Any, refuse: bool, synced: bool
) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = refuse
    owner = Owner(api, synced=synced)
    assert [owner.sign_in(0), owner.elevate(0), owner.sign_in(0)] == [200, 200, 200]
    assert regressed == []


@each_policy
def test_32_the_counter_begins_at_the_registration_and_may_be_as_large_as_they_get(
    api: Api, regressed: list[str], settings: Any, refuse: bool
) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = refuse
    owner = Owner(api, counter=2**32 - 2)
    assert owner.sign_in(2**32 - 2) == (400 if refuse else 200)
    assert owner.sign_in(2**32 - 1) == 200
    assert len(regressed) == 1


def test_32_copy_that_lags_never_lowers_the_counter(api: Api, regressed: list[str]) -> None:
    owner = Owner(api)
    assert [owner.sign_in(counter) for counter in (9, 4, 5)] == [200, 200, 200]
    assert (SecurityKey.objects.get().counter, len(regressed)) == (9, 2)
