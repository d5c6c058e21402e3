"""Errors for numbers no server can work with and for settings that take back what another says."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error

from nhost_auth.checks import contradictions
from nhost_auth.conf import all_settings
from nhost_auth.setting_kinds import Duration, Int
from tests.test_checks import numbers, ours, use
from tests.test_checks import sound as sound

ACCESS, REFRESH = "AUTH_ACCESS_TOKEN_EXPIRES_IN", "AUTH_REFRESH_TOKEN_EXPIRES_IN"
LIMIT, ELEVATION = "AUTH_REFRESH_TOKEN_MAX_LIFETIME", "AUTH_REQUIRE_ELEVATED_CLAIM"
PROVIDER, SECRET = "AUTH_OAUTH2_PROVIDER_ENABLED", "HASURA_GRAPHQL_JWT_SECRET"
LOGIN_URL, CLIENT_URL = "AUTH_OAUTH2_PROVIDER_LOGIN_URL", "AUTH_CLIENT_URL"
MFA, TOTP, EVERYWHERE = "AUTH_MFA_ENABLED", "AUTH_TOTP_ENABLED", "AUTH_MFA_REQUIRED_EVERYWHERE"
SHORTEST, LONGEST = "AUTH_PASSWORD_MIN_LENGTH", "AUTH_PASSWORD_MAX_LENGTH"
FOR_PAT, FOLDER, ROLE = "AUTH_MFA_REQUIRED_FOR_PAT", "AUTH_EMAIL_TEMPLATES_PATH", "AUTH_USER_DEFAULT_ROLE"
DOCUMENTS = "AUTH_OAUTH2_PROVIDER_CIMD_ENABLED"
WAYS = ("AUTH_WEBAUTHN_ENABLED", MFA, TOTP, "AUTH_OTP_EMAIL_ENABLED", "AUTH_SMS_PASSWORDLESS_ENABLED")
NOTHING_TO_ELEVATE_WITH = {way: False for way in WAYS if way != TOTP}  # the other name of a switch
MEASURES = [setting.name for setting in all_settings() if isinstance(setting, Int | Duration) and not setting.planned]


def errors(settings: Any, values: dict[str, Any]) -> list[str]:
    use(settings, values)
    found = ours(deploy=False)
    assert all(isinstance(message, Error) for message in found)
    return [str(message.id).removeprefix("nhost_auth.") for message in found]


@pytest.mark.parametrize("name", MEASURES)
def test_no_number_is_negative_and_some_are_not_zero(settings: Any, name: str) -> None:
    # A port is refused by its type already.
    assert errors(settings, {name: -1}) == ["E001" if name == "AUTH_SMTP_PORT" else "E020"]
    settings_of_zero = errors(settings, {name: 0})
    assert ("E020" in settings_of_zero) is (name in contradictions.ABOVE_ZERO)


def test_numbers_above_zero_are_known_settings() -> None:
    assert set(contradictions.ABOVE_ZERO) <= set(MEASURES)


WITH_LOGIN = {PROVIDER: True, SECRET: None, CLIENT_URL: "", LOGIN_URL: "https://id.example.com"}
CONTRADICTIONS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("E021", {ACCESS: 900, REFRESH: 899}, {REFRESH: 900}),
    ("E021", {ACCESS: 900, LIMIT: 899}, {LIMIT: 900}),
    ("E021", {ACCESS: 900, LIMIT: 899}, {LIMIT: 0}),
    *(("E022", {**NOTHING_TO_ELEVATE_WITH, ELEVATION: "required"}, {way: True}) for way in WAYS[:4]),
    ("E022", {**NOTHING_TO_ELEVATE_WITH, ELEVATION: "required"}, {ELEVATION: "recommended"}),
    ("E022", {**NOTHING_TO_ELEVATE_WITH, ELEVATION: "required"}, {WAYS[4]: True, "AUTH_SMS_PROVIDER": "dev"}),
    ("E023", {MFA: True, TOTP: False}, {TOTP: True}),
    ("E023", {MFA: True, TOTP: False}, {MFA: False}),
    ("E024", {SHORTEST: 65, LONGEST: 64}, {SHORTEST: 64}),
    ("E025", {FOR_PAT: True}, {FOR_PAT: False}),
    ("E025", {FOR_PAT: True}, {EVERYWHERE: True, MFA: True}),
    ("E026", {FOLDER: "/no/such/folder"}, {FOLDER: ""}),
    ("E026", {FOLDER: __file__}, {FOLDER: str(Path(__file__).parent)}),
    ("E027", {ROLE: ""}, {ROLE: "user"}),
    ("E028", {DOCUMENTS: True}, {PROVIDER: True, SECRET: None}),
    ("E028", {DOCUMENTS: True}, {DOCUMENTS: False}),
    ("E033", {PROVIDER: True, SECRET: {"type": "HS256", "key": "k" * 32}}, {SECRET: None}),
    ("E033", {PROVIDER: True, SECRET: {"type": "HS256", "key": "k" * 32}}, {PROVIDER: False}),
    ("E034", {PROVIDER: True, SECRET: None, CLIENT_URL: ""}, {CLIENT_URL: "https://app.example.com"}),
    ("E034", {PROVIDER: True, SECRET: None, CLIENT_URL: ""}, {LOGIN_URL: "https://id.example.com"}),
    *(("E028", {PROVIDER: False, part: True}, {part: False}) for part in contradictions.PARTS_OF_THE_PROVIDER),
    *(
        ("E034", {**WITH_LOGIN, switch: True}, {page: "https://id.example.com"})
        for switch, page in contradictions.PAGES_OF_THE_PROVIDER[1:]
    ),
]


@pytest.mark.parametrize(("number", "wrong", "mended"), CONTRADICTIONS, ids=str)
def test_contradiction_is_an_error_until_it_is_mended(
    settings: Any, number: str, wrong: dict[str, Any], mended: dict[str, Any]
) -> None:
    assert errors(settings, wrong) == [number]
    assert errors(settings, mended) == []


SWITCHES = [{TOTP: True}, {TOTP: True, MFA: False}, {MFA: True}, {MFA: False, TOTP: False}]


@pytest.mark.parametrize("values", SWITCHES, ids=str)
def test_either_name_of_the_second_factor_s_switch_may_stand_alone(settings: Any, values: dict[str, Any]) -> None:
    assert errors(settings, values) == []


def test_numbers_that_are_wrong_themselves_are_not_compared(settings: Any) -> None:
    assert errors(settings, {REFRESH: -5, ROLE: ""}) == ["E020"]
    assert errors(settings, {REFRESH: "x"}) == ["E001"]


def test_every_id_is_shown_above() -> None:
    written = set(re.findall(r"\bE\d{3}\b", inspect.getsource(contradictions)))
    assert written == {number for number, _, _ in CONTRADICTIONS} | {"E020"}


def test_sound_settings_contradict_nothing() -> None:
    assert numbers() == set()
