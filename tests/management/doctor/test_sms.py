"""The SMS gateway, where SMS are on."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.management.doctor import sms as subject
from tests.management.doctor.reading import errors, is_well, texts, warnings


@pytest.fixture
def twilio(settings: Any) -> None:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "Twilio"
    settings.AUTH_SMS_TWILIO_ACCOUNT_SID, settings.AUTH_SMS_TWILIO_AUTH_TOKEN = "AC1", "secret-7"
    settings.AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID = "MG1"


def test_sms_that_are_off_are_well() -> None:
    assert is_well(subject)
    assert texts(subject, "ok") == ["AUTH_SMS_PASSWORDLESS_ENABLED is off."]


def test_configured_gateway_is_well(twilio: None) -> None:
    assert is_well(subject)
    assert texts(subject, "ok") == ["Twilio is configured."]


def test_missing_credential_is_an_error(twilio: None, settings: Any) -> None:
    settings.AUTH_SMS_TWILIO_AUTH_TOKEN = ""
    (text,) = errors(subject)
    assert text.endswith("AUTH_SMS_TWILIO_AUTH_TOKEN is not set.")


def test_unknown_gateway_is_an_error(twilio: None, settings: Any) -> None:
    settings.AUTH_SMS_PROVIDER = "no.such.gateway"
    assert len(errors(subject)) == 1


@pytest.mark.parametrize("provider", ["dev", "memory"])
def test_gateway_that_sends_nothing_is_for_debugging(twilio: None, settings: Any, provider: str) -> None:
    settings.AUTH_SMS_PROVIDER = provider
    assert warnings(subject) == [f"The provider {provider} sends nothing."]
    settings.DEBUG = True
    assert is_well(subject)
