"""POST /signin/webauthn/verify: what is noted of a key, what its counter and flags tell (WebAuthn Level 3, 6.1.1)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import RefreshToken, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator, Flag
from tests.conftest import Api, account
from tests.webauthn_page import SIGN_IN_VERIFY, begin_sign_in, begin_sign_up, enable, sign_in, sign_up

REFUSED = (400, "invalid-request")

Heard = list[tuple[Any, str]]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


@pytest.fixture
def heard() -> Iterator[Heard]:
    """The accounts and keys of counters that did not move on."""
    calls: Heard = []

    def note(account: Any, key_id: str, **_: Any) -> None:
        calls.append((account, key_id))

    signals.security_key_counter_regressed.connect(note)
    yield calls
    signals.security_key_counter_regressed.disconnect(note)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    records = [record for record in caplog.records if record.name == "nhost_auth.webauthn"]
    return [record.getMessage() for record in records if record.levelno == logging.WARNING]


def test_counter_is_stored_and_moves_on_by_any_step(
    api: Api, heard: Heard, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = True
    sign_up(api, device := Authenticator())
    assert SecurityKey.objects.get().counter == 0
    for counter in (1, 2, 700, 2**31, 2**32 - 1):
        assert sign_in(api, device, counter=counter).status == 200
        assert SecurityKey.objects.get().counter == counter
    assert (heard, warnings(caplog)) == ([], [])


def test_key_that_does_not_count_says_zero_for_ever(
    api: Api, heard: Heard, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = True
    sign_up(api, device := Authenticator(counts=False))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(60)
            assert sign_in(api, device).status == 200
            assert SecurityKey.objects.get().last_used_at == timezone.now()
    assert SecurityKey.objects.get().counter == 0
    assert (heard, warnings(caplog)) == ([], [])


@pytest.mark.parametrize("counter", [7, 6, 1, 0])
@pytest.mark.parametrize("refuse", [False, True])
def test_counter_that_did_not_move_on_is_told_and_refused_where_settings_say_so(
    api: Api, settings: Any, heard: Heard, caplog: pytest.LogCaptureFixture, counter: int, refuse: bool
) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = refuse
    ann = sign_up(api, device := Authenticator())
    sign_in(api, device, counter=7)
    before = SecurityKey.objects.values().get()
    assert sign_in(api, device, counter=counter).outcome == (REFUSED if refuse else (200, None))
    assert SecurityKey.objects.values().get() == before
    assert heard == [(account(ann), str(before["id"]))]
    assert len(warnings(caplog)) == 1
    assert str(before["id"]) in warnings(caplog)[0]
    assert RefreshToken.objects.count() == (2 if refuse else 3)
    assert sign_in(api, device, counter=8).status == 200
    assert SecurityKey.objects.get().counter == 8


def test_key_counts_on_from_its_registration(api: Api, settings: Any, heard: Heard) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = True
    device = Authenticator()
    answer = device.create(begin_sign_up(api), counter=5)
    assert api.post("/signup/webauthn/verify", {"credential": answer}).status == 200
    assert sign_in(api, device, counter=5).outcome == REFUSED
    assert sign_in(api, device, counter=6).status == 200


def test_refused_counter_spends_the_challenge(api: Api, settings: Any, heard: Heard) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = True
    sign_up(api, device := Authenticator())
    sign_in(api, device, counter=7)
    begun = begin_sign_in(api)
    for counter in (7, 8):
        answer = device.get(begun, counter=counter)
        assert api.post(SIGN_IN_VERIFY, {"credential": answer}).outcome == REFUSED


@pytest.mark.parametrize("now_synced", [True, False])
def test_synced_key_is_told_of_but_never_locked_out(api: Api, settings: Any, heard: Heard, now_synced: bool) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = True
    sign_up(api, device := Authenticator(synced=True))
    flags = Flag.UP | Flag.UV | Flag.BE | (Flag.BS if now_synced else 0)
    for counter in (7, 3):
        assert sign_in(api, device, counter=counter, flags=flags).status == 200
    assert SecurityKey.objects.get().counter == 7
    assert len(heard) == 1


def test_key_cannot_call_itself_synced_to_go_back(api: Api, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = True
    sign_up(api, device := Authenticator())
    sign_in(api, device, counter=7)
    synced = Flag.UP | Flag.UV | Flag.BE | Flag.BS
    assert sign_in(api, device, counter=3, flags=synced).outcome == REFUSED
    assert SecurityKey.objects.get().backup_eligible is False


def test_backup_is_noted_as_it_comes_and_goes(api: Api) -> None:
    sign_up(api, device := Authenticator(synced=True))
    assert SecurityKey.objects.get().backed_up is True
    for backed_up in (False, True):
        flags = Flag.UP | Flag.BE | (Flag.BS if backed_up else 0)
        assert sign_in(api, device, flags=flags).status == 200
        assert SecurityKey.objects.get().backed_up is backed_up


def test_use_is_noted_of_the_key_that_was_used_alone(api: Api) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_up(api, anns := Authenticator())
        sign_up(api, bobs := Authenticator(), "bob@example.com")
        times = []
        for device in (anns, bobs, anns):
            clock.shift(timedelta(seconds=30))
            sign_in(api, device)
            times.append(timezone.now())
    found = {key.account.email: (key.counter, key.last_used_at) for key in SecurityKey.objects.all()}
    assert found == {"ann@example.com": (2, times[2]), "bob@example.com": (1, times[1])}


def test_user_may_go_unverified_unless_settings_say_otherwise(api: Api, settings: Any) -> None:
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = False
    sign_up(api, device := Authenticator(verifies=False))
    assert sign_in(api, device).status == 200
    settings.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = True
    assert sign_in(api, device).outcome == REFUSED
    assert sign_up(api, device, "bob@example.com").outcome == REFUSED
    assert SecurityKey.objects.count() == 1
    device.verifies = True
    assert sign_in(api, device, "ann@example.com").status == 200
    assert sign_up(api, device, "bob@example.com").status == 200
