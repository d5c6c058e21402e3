"""Samples of stored secrets."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from nhost_auth.infra.crypto import encrypt
from nhost_auth.management.doctor import encryption as subject
from nhost_auth.models import ProviderVisit, TotpDevice
from tests.management.doctor.reading import errors, is_well, texts, warnings

pytestmark = pytest.mark.django_db

OLD, NEW = "0123456789abcdef" * 4, "fedcba9876543210" * 4
DEVICES = "nhost_auth_totpdevice"


def add_devices(count: int) -> None:
    user = User.objects.get_or_create(username="ann")[0]
    stored = encrypt("secret")
    TotpDevice.objects.bulk_create(TotpDevice(user=user, name="TOTP", encrypted_secret=stored) for _ in range(count))


def test_secrets_under_the_first_key_are_well() -> None:
    add_devices(3)
    assert is_well(subject)
    assert f"Under the first key: all of 3 secrets of {DEVICES} looked at." in texts(subject, "ok")


def test_secrets_under_an_older_key_are_a_warning(settings: Any) -> None:
    add_devices(3)
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    add_devices(1)
    assert warnings(subject)[0] == f"Under an older key: 3 of 4 secrets of {DEVICES} looked at."
    assert not errors(subject)
    TotpDevice.objects.update(encrypted_secret=encrypt("secret"))
    assert not [text for text in warnings(subject) if DEVICES in text]


def test_secrets_under_no_key_are_an_error(settings: Any) -> None:
    add_devices(2)
    settings.AUTH_ENCRYPTION_KEY = NEW
    add_devices(3)
    assert f"No configured key opens 2 of 5 secrets of {DEVICES} looked at." in errors(subject)


def test_sample_has_an_end_and_looks_at_the_oldest_and_the_newest(settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = NEW
    add_devices(1)
    settings.AUTH_ENCRYPTION_KEY = OLD
    add_devices(248)
    settings.AUTH_ENCRYPTION_KEY = NEW
    add_devices(1)
    settings.AUTH_ENCRYPTION_KEY = OLD
    assert f"No configured key opens 2 of 200 secrets of {DEVICES} looked at." in errors(subject)


def test_key_from_the_secret_key_is_told(settings: Any) -> None:
    text = "AUTH_ENCRYPTION_KEY is not set: the key is derived from SECRET_KEY."
    assert text not in texts(subject, "ok")
    settings.AUTH_ENCRYPTION_KEY = ""
    assert text in texts(subject, "ok")


def test_visits_under_way_are_not_asked(settings: Any) -> None:
    ProviderVisit.objects.keep("state", "github", "", {})
    settings.AUTH_ENCRYPTION_KEY = NEW
    assert not [text for text in errors(subject) if "visit" in text]
