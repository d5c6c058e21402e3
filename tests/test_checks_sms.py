"""System check of the SMS settings: nhost_auth.E009 (configuration.md 1.7, 8.3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import Error, run_checks

TWILIO = {
    "AUTH_SMS_PROVIDER": "twilio",
    "AUTH_SMS_TWILIO_ACCOUNT_SID": "AChunter2",
    "AUTH_SMS_TWILIO_AUTH_TOKEN": "hunter2",
    "AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID": "MGhunter2",
}
MODICA = {
    "AUTH_SMS_PROVIDER": "Modica",
    "AUTH_SMS_MODICA_USERNAME": "hunter2",
    "AUTH_SMS_MODICA_PASSWORD": "hunter2",
}
GENERIC = {
    "AUTH_SMS_PROVIDER": "generic",
    "AUTH_SMS_GENERIC_URL": "https://sms.example.com/hunter2",
    "AUTH_SMS_GENERIC_BODY_TEMPLATE": "${to} ${body} hunter2",
}
VERIFY_SERVICE = TWILIO | {"AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID": "VAhunter2"}
COMPLETE = [
    TWILIO,
    TWILIO | {"AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID": "+12025550143"},
    MODICA,
    GENERIC,
    {"AUTH_SMS_PROVIDER": "dev"},
    {"AUTH_SMS_PROVIDER": "MEMORY"},
    {"AUTH_SMS_PROVIDER": "nhost_auth.infra.sms.memory.send"},
    MODICA | {"AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID": "VA1"},
]
CREDENTIALS = [(values, name) for values in (TWILIO, MODICA, GENERIC) for name in values if name != "AUTH_SMS_PROVIDER"]


def faults(settings: Any, values: dict[str, Any], *, enabled: bool = True) -> list[str]:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED = enabled
    for name, value in values.items():
        setattr(settings, name, value)
    found = [message for message in run_checks() if message.id == "nhost_auth.E009"]
    assert all(isinstance(message, Error) and "hunter2" not in f"{message.msg}{message.hint}" for message in found)
    return [message.msg for message in found]


@pytest.mark.parametrize("values", COMPLETE, ids=str)
def test_complete_settings_are_fine(settings: Any, values: dict[str, Any]) -> None:
    assert faults(settings, values) == []


@pytest.mark.parametrize(("values", "name"), CREDENTIALS, ids=str)
def test_each_missing_credential_is_named(settings: Any, values: dict[str, Any], name: str) -> None:
    (told,) = faults(settings, values | {name: ""})
    assert f"{name} is not set" in told


def test_default_provider_has_no_credentials_yet(settings: Any) -> None:
    del settings.AUTH_SMS_PROVIDER
    assert len(faults(settings, {})) == 3


@pytest.mark.parametrize(
    "provider",
    ["", "pigeon", "no.such.sender", "nhost_auth.conf.nothing", "nhost_auth.conf.PROVIDER_SCOPES"],
)
def test_provider_that_is_none_is_told(settings: Any, provider: str) -> None:
    (told,) = faults(settings, {"AUTH_SMS_PROVIDER": provider})
    assert repr(provider) in told


def test_twilio_verify_has_a_text_of_its_own(settings: Any) -> None:
    (told,) = faults(settings, VERIFY_SERVICE)
    assert "Verify" in told


@pytest.mark.parametrize("values", [{}, VERIFY_SERVICE, {"AUTH_SMS_PROVIDER": "pigeon"}], ids=str)
def test_nothing_is_asked_while_sms_are_off(settings: Any, values: dict[str, Any]) -> None:
    assert faults(settings, values, enabled=False) == []


def test_wrong_type_is_told_by_the_check_of_types_alone(settings: Any) -> None:
    assert faults(settings, {"AUTH_SMS_PROVIDER": None}) == []
