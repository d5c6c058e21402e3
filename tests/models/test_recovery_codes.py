"""Recovery codes at rest, as django-otp sees them, and when many ask at once (identity.md section 2)."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django_otp
import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from nhost_auth.models import RecoveryCode, RecoveryDevice
from tests.conftest import PREFIX, Api, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import enrol
from tests.test_races import MANY, at_once, outcomes

WRONG = "aaaa-aaaa-aaaa-aaaa"


@pytest.fixture
def user(api: Api) -> Any:
    return account(api.sign_up()).user


def issue(user: Any, *, confirmed: bool = True) -> tuple[RecoveryDevice, list[str]]:
    codes = RecoveryDevice.objects.issue(user)
    if confirmed:
        RecoveryDevice.objects.confirm(user.pk)
    return RecoveryDevice.objects.get(user=user), codes


def everything_stored() -> str:
    models = apps.get_app_config("nhost_auth").get_models()
    return json.dumps([list(model._base_manager.values()) for model in models], default=str).lower()


def readable(code: str, salt: str) -> list[str]:
    """What gives a code away: itself, its bytes, and digests that are guessed by the billion."""
    bare = code.replace("-", "")
    raw = base64.b32decode(bare.upper())
    said = [text.encode() for text in (code, bare, code.upper(), bare.upper(), salt + bare, bare + salt)]
    fast = [hashlib.new(name, text).hexdigest() for name in ("md5", "sha1", "sha256") for text in (raw, *said)]
    return [code, bare, raw.hex(), base64.b64encode(raw).decode().lower(), *fast]


def test_nothing_of_a_code_is_stored_in_clear(user: Any) -> None:
    device, codes = issue(user)
    stored = everything_stored()
    assert all(f'"{code.hash}"' in stored for code in device.codes.all())
    assert not [text for code in codes for text in readable(code, device.salt) if text in stored]


def test_same_codes_of_two_users_are_stored_differently(user: Any, api: Api, monkeypatch: Any) -> None:
    bob, real, drawn = account(api.sign_up("bob@example.com")).user, secrets.token_bytes, itertools.count()
    # Ten bytes make a code: let both users draw the same ten.
    monkeypatch.setattr(
        secrets, "token_bytes", lambda size: bytes([next(drawn) % 10] * 10) if size == 10 else real(size)
    )
    (first, codes), (second, same) = issue(user), issue(bob)
    assert codes == same
    hashes = [set(device.codes.values_list("hash", flat=True)) for device in (first, second)]
    assert len(hashes[0] | hashes[1]) == 20
    assert second.verify_token(codes[0]) is True
    assert first.verify_token(codes[0]) is True


def test_code_has_eighty_random_bits(user: Any) -> None:
    drawn = [code for _ in range(3) for code in issue(user)[1]]
    assert len(set(drawn)) == 30
    assert {len(base64.b32decode(code.replace("-", "").upper())) for code in drawn} == {10}
    assert len({code[at] for code in drawn for at in range(19)}) > 25


def test_codes_outlive_a_change_of_the_project_s_keys(user: Any, settings: Any) -> None:
    device, codes = issue(user)
    settings.SECRET_KEY, settings.AUTH_ENCRYPTION_KEY = "another" * 10, "0f" * 32
    assert device.verify_token(codes[0]) is True


def test_code_is_good_once(user: Any) -> None:
    device, codes = issue(user)
    assert [device.verify_token(codes[0]) for _ in range(2)] == [True, False]
    assert device.codes.count() == 9
    assert device.verify_token(WRONG) is False
    assert {device.verify_token(code) for code in codes[1:]} == {True}


def test_stale_copy_accepts_no_code_that_was_used(user: Any) -> None:
    device, codes = issue(user)
    stale = RecoveryDevice.objects.get(pk=device.pk)
    assert device.verify_token(codes[0]) is True
    assert stale.verify_token(codes[0]) is False


@pytest.mark.parametrize("token", [None, 5, "", "x" * 10000, b"aaaaaaaaaaaaaaaa", ["a" * 16], "\0" * 16, "é" * 16])
def test_anything_may_be_asked_about(user: Any, token: Any) -> None:
    device, _ = issue(user)
    assert device.verify_token(token) is False
    assert device.codes.count() == 10


@pytest.mark.parametrize(("seconds", "left"), [(600, 10), (601, 0)])
def test_codes_from_before_the_set_up_are_gone_once_it_is_done(user: Any, seconds: int, left: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        issue(user, confirmed=False)
        clock.shift(seconds)
        RecoveryDevice.objects.confirm(user.pk)
    assert RecoveryCode.objects.count() == left


def test_django_otp_finds_the_device_once_it_is_confirmed(user: Any) -> None:
    device, codes = issue(user, confirmed=False)
    assert list(django_otp.devices_for_user(user)) == []
    assert django_otp.match_token(user, codes[0]) is None
    device, codes = issue(user)
    assert list(django_otp.devices_for_user(user)) == [device]
    assert device.verify_is_allowed() == (True, None)


def test_django_otp_s_own_functions_use_a_code_up(user: Any) -> None:
    device, codes = issue(user)
    for _ in range(8):
        assert django_otp.verify_token(user, device.persistent_id, WRONG) is None
    assert django_otp.verify_token(user, device.persistent_id, codes[0]) == device
    assert django_otp.verify_token(user, device.persistent_id, codes[0]) is None
    assert django_otp.match_token(user, codes[1]) == device
    assert django_otp.match_token(user, codes[1]) is None


def test_device_of_somebody_else_takes_no_code(user: Any, api: Api) -> None:
    bob = account(api.sign_up("bob@example.com")).user
    (device, codes), (other, _) = issue(user), issue(bob)
    assert django_otp.verify_token(bob, device.persistent_id, codes[0]) is None
    assert other.verify_token(codes[0]) is False
    assert device.verify_token(codes[0]) is True


def test_user_has_one_set_and_takes_it_along(user: Any) -> None:
    for _ in range(2):
        issue(user)
    assert (RecoveryDevice.objects.count(), RecoveryCode.objects.count()) == (1, 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryDevice.objects.create(user=user, name="another", salt="x")
    user.delete()
    assert (RecoveryDevice.objects.count(), RecoveryCode.objects.count()) == (0, 0)


def bearing(path: str, token: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    content = json.dumps(body) if body else ""
    return lambda client, _: client.post(PREFIX + path, content, content_type="application/json", headers=headers)


@pytest.fixture
def elevated(api: Api, settings: Any) -> str:
    """The token, good for sensitive changes, of somebody whose second factor is on."""
    settings.AUTH_MFA_ENABLED = True
    session = api.sign_up()
    enrol(api, session)
    return elevated_token(settings, session)


def good(device: RecoveryDevice, reply: Reply) -> int:
    """How many of the first codes of an answer are good."""
    return sum(device.verify_token(code) for code in reply.json["recoveryCodes"][:2])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("earlier", [False, True], ids=["first", "again"])
def test_parallel_requests_for_codes_leave_one_whole_set(api: Api, elevated: str, earlier: bool) -> None:
    if earlier:
        assert api.post("/mfa/recovery-codes", token=elevated).status == 200
    replies = at_once(bearing("/mfa/recovery-codes", elevated))
    assert outcomes(replies) == {(200, None): MANY}
    assert RecoveryCode.objects.count() == 10
    device = RecoveryDevice.objects.get()
    assert sorted(good(device, reply) for reply in replies) == [0] * (MANY - 1) + [2]


@pytest.mark.django_db(transaction=True)
def test_parallel_uses_of_each_code_succeed_once(user: Any) -> None:
    device, codes = issue(user)
    barrier = threading.Barrier(MANY)

    def use_all(_: int) -> list[bool]:
        same, told = RecoveryDevice.objects.get(pk=device.pk), []
        try:
            for code in codes:
                barrier.wait()
                told.append(same.verify_token(code))
            return told
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        told = list(pool.map(use_all, range(MANY)))
    assert [sum(of_code) for of_code in zip(*told, strict=True)] == [1] * 10
    assert device.codes.count() == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_elevations_by_one_code_elevate_once(api: Api, elevated: str) -> None:
    code = api.post("/mfa/recovery-codes", token=elevated).json["recoveryCodes"][0]
    replies = at_once(bearing("/elevate/totp", elevated, {"otp": code}))
    assert outcomes(replies) == {(200, None): 1, (401, "invalid-totp"): MANY - 1}
    assert RecoveryCode.objects.count() == 9
