"""Our second factor beside django-otp's own devices and under its doors; `test_projects.py` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_otp import devices_for_user, user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from nhost_auth.models import RecoveryDevice, TotpDevice
from tests.conftest import PASSWORD, Api, Reply, account
from tests.endpoints.totp_app import code_of, wrong_code

ADMIN, LOGIN, VAULT = "/admin/", "/admin/login/", "/vault"
WRONG = (401, "invalid-totp")


@dataclass(frozen=True)
class Owner:
    """Somebody of the host's staff whose second factor is ours, with recovery codes; a code of it is still good."""

    session: Reply
    secret: str
    recovery_codes: list[str]

    @property
    def user(self) -> Any:
        return account(self.session).user


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    """No code grows old and no wait ends while a test runs."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def owner(api: Api) -> Owner:
    session = api.sign_up()
    user = account(session).user
    user.is_staff = user.is_superuser = True
    user.save()
    secret = api.get("/mfa/totp/generate", token=session.token).json["totpSecret"]
    codes = api.post("/mfa/recovery-codes", token=session.token).json["recoveryCodes"]
    assert change(api, session, code_of(secret, steps=-1), "totp").status == 200
    return Owner(session, secret, codes)


def change(api: Api, session: Reply, code: str, kind: str = "") -> Reply:
    return api.post("/user/mfa", {"code": code, "activeMfaType": kind}, token=session.token)


def complete(api: Api, otp: str) -> Reply:
    """Signing in to the API by password and this code."""
    return api.post("/signin/mfa/totp", {"ticket": api.sign_in().json["mfa"]["ticket"], "otp": otp})


def device_of(owner: Owner, kind: type) -> Any:
    (found,) = [device for device in devices_for_user(owner.user) if type(device) is kind]
    return found


def enter_admin(owner: Owner, kind: type, code: str) -> Client | None:
    """A browser that the admin let in; None where its login form refused."""
    browser, device = Client(), device_of(owner, kind)
    form = {"username": owner.user.get_username(), "password": PASSWORD, "next": ADMIN}
    told = browser.post(LOGIN, {**form, "otp_device": device.persistent_id, "otp_token": code})
    assert told.status_code in (200, 302)
    inside = browser.get(ADMIN).status_code == 200
    assert inside is (told.status_code == 302)
    return browser if inside else None


def enter_vault(owner: Owner, kind: type, code: str) -> Client | None:
    """A browser whose user, known by a password, has given the second factor in a view of the host."""
    browser = Client()
    assert browser.login(username=owner.user.get_username(), password=PASSWORD)
    assert not is_in_vault(browser)
    told = browser.post("/second-step", {"device": device_of(owner, kind).persistent_id, "code": code})
    assert is_in_vault(browser) is (told.status_code == 204)
    return browser if told.status_code == 204 else None


def is_in_vault(browser: Client) -> bool:
    told = browser.get(VAULT)
    assert told.status_code == 200 or told.headers["Location"] == f"/enter?next={VAULT}"
    return told.status_code == 200


doors = pytest.mark.parametrize("enter", [enter_admin, enter_vault])
Enter = Callable[[Owner, type, str], Client | None]


def test_no_name_of_a_model_is_taken_twice() -> None:
    assert run_checks() == []


@pytest.mark.django_db
def test_migrations_of_both_ran() -> None:
    applied = {app for app, _ in MigrationRecorder(connection).applied_migrations()}
    assert {"nhost_auth", "otp_totp", "otp_static"} <= applied


def test_django_otp_finds_our_devices_beside_its_own(owner: Owner) -> None:
    TOTPDevice.objects.create(user=owner.user, name="theirs")
    StaticDevice.objects.create(user=owner.user, name="theirs")
    kinds = [type(device) for device in devices_for_user(owner.user)]
    assert set(kinds) == {TotpDevice, RecoveryDevice, TOTPDevice, StaticDevice}
    assert len(kinds) == 4


def test_ways_from_a_user_to_its_devices_stay_django_otp_s(owner: Owner) -> None:
    theirs = TOTPDevice.objects.create(user=owner.user, name="theirs")
    assert list(owner.user.totpdevice_set.all()) == [theirs]
    assert list(owner.user.staticdevice_set.all()) == []


def test_device_counts_once_its_first_code_was_given(api: Api) -> None:
    session = api.sign_up()
    user = account(session).user
    secret = api.get("/mfa/totp/generate", token=session.token).json["totpSecret"]
    assert api.post("/mfa/recovery-codes", token=session.token).status == 200
    assert not user_has_device(user)
    assert len(list(devices_for_user(user, confirmed=False))) == 2
    change(api, session, code_of(secret), "totp")
    assert len(list(devices_for_user(user))) == 2


@doors
def test_code_opens_the_door_and_is_spent_everywhere(api: Api, owner: Owner, enter: Enter) -> None:
    code = code_of(owner.secret)
    assert enter(owner, TotpDevice, wrong_code(owner.secret)) is None
    assert enter(owner, TotpDevice, code) is not None
    assert complete(api, code).outcome == WRONG
    assert enter(owner, TotpDevice, code) is None
    assert complete(api, code_of(owner.secret, steps=1)).status == 200


@doors
def test_code_spent_here_opens_no_door(api: Api, owner: Owner, enter: Enter) -> None:
    code = code_of(owner.secret)
    assert complete(api, code).status == 200
    assert enter(owner, TotpDevice, code) is None
    assert enter(owner, TotpDevice, code_of(owner.secret, steps=1)) is not None


@doors
def test_recovery_code_opens_the_door_once_and_is_spent_everywhere(api: Api, owner: Owner, enter: Enter) -> None:
    first, second, third = owner.recovery_codes[:3]
    assert enter(owner, RecoveryDevice, "aaaa-aaaa-aaaa-aaaa") is None
    assert enter(owner, RecoveryDevice, first) is not None
    assert enter(owner, RecoveryDevice, first) is None
    assert complete(api, first).outcome == WRONG
    assert complete(api, second).status == 200
    assert enter(owner, RecoveryDevice, second) is None
    assert enter(owner, RecoveryDevice, third) is not None
    assert api.get("/mfa/recovery-codes", token=owner.session.token).json == {"remaining": 7}


@doors
def test_wrong_codes_at_the_door_make_the_api_wait_too(api: Api, owner: Owner, enter: Enter) -> None:
    for _ in range(8):
        assert enter(owner, TotpDevice, wrong_code(owner.secret)) is None
    assert complete(api, code_of(owner.secret)).outcome == WRONG
    assert complete(api, owner.recovery_codes[0]).status == 200


def test_password_alone_opens_neither(owner: Owner) -> None:
    browser = Client()
    browser.force_login(owner.user)
    assert browser.get(ADMIN).status_code == 302
    assert not is_in_vault(browser)


def test_turning_the_second_factor_off_shuts_the_doors_again(api: Api, owner: Owner) -> None:
    by_code = enter_vault(owner, TotpDevice, code_of(owner.secret))
    by_paper = enter_admin(owner, RecoveryDevice, owner.recovery_codes[0])
    assert by_code is not None
    assert by_paper is not None
    assert change(api, owner.session, owner.recovery_codes[1]).status == 200
    assert not is_in_vault(by_code)
    assert by_paper.get(ADMIN).status_code == 302
    assert not user_has_device(owner.user)


def test_devices_of_django_otp_are_no_second_factor_here(api: Api, owner: Owner) -> None:
    paper = StaticDevice.objects.create(user=owner.user, name="theirs")
    token = StaticToken.objects.create(device=paper, token="abcdefgh")
    assert complete(api, token.token).outcome == WRONG
    assert enter_admin(owner, StaticDevice, token.token) is not None
    bob = api.sign_up("bob@example.com")
    TOTPDevice.objects.create(user=account(bob).user, name="theirs")
    assert "session" in api.sign_in("bob@example.com").json


def test_devices_go_with_their_user(owner: Owner) -> None:
    StaticDevice.objects.create(user=owner.user, name="theirs")
    owner.user.delete()
    assert not any(kind.objects.exists() for kind in (TotpDevice, RecoveryDevice, StaticDevice))
