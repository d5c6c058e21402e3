"""System checks: every error and warning by the settings that call it forth (configuration.md 8.3)."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from nhost_auth import checks
from tests.strict_settings import STRICT

ARGON2 = "nhost_auth.hashers.Argon2idHasher"
PBKDF2 = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
REDIRECTS = "AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS"
SAFE_KEYS = {
    "AUTH_WEBAUTHN_ENABLED": True,
    "AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION": True,
    "AUTH_WEBAUTHN_CONCEAL_KEYS": True,
    "AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION": True,
}

ORIGINS = "AUTH_CORS_ALLOWED_ORIGINS"
NO_ORIGINS = (
    "null",
    "https://",
    "https://a.example.com/path",
    "https://a.example.com?x",
    "https://u@a.example.com",
    "*",
)
NO_ORIGINS += ("https://a.*.example.com", "https://a.example.com:*", "https://a b.example.com", "//a.b")

ERRORS: dict[str, dict[str, Any]] = {
    "E001": {"AUTH_DISABLE_SIGNUP": "yes"},
    "E002": {"HASURA_GRAPHQL_JWT_SECRET": {"type": "ES256", "key": "k"}},
    "E003": {"AUTH_ENCRYPTION_KEY": "abcd"},
    "E004": {REDIRECTS: ["https://[z-a].example.com"]},
    "E006": {"AUTH_PASSWORD_HASHER": "no.such.Hasher"},
    "E007": {"AUTH_PASSWORD_HASHER": ARGON2, "PASSWORD_HASHERS": [PBKDF2]},
    "E008": {"AUTH_LOCALE_ALLOWED_LOCALES": ["en", "en-US"]},
    "E009": {**SAFE_KEYS, "AUTH_SMS_PASSWORDLESS_ENABLED": True},
    "E010": {"AUTH_JWT_CUSTOM_CLAIMS": {"x": "["}},
    "E013": {**SAFE_KEYS, "AUTH_WEBAUTHN_RP_ID": "https://example.com"},
    "E014": {"AUTH_MFA_REQUIRED_EVERYWHERE": True},
    "E031": {"AUTH_RATE_LIMIT_STORAGE": "mongodb://127.0.0.1"},
    "E019": {**SAFE_KEYS, "AUTH_WEBAUTHN_RP_ORIGINS": ["app.example.com"]},
    "E032": {ORIGINS: ["app.example.com"]},
}
WARNINGS: dict[str, dict[str, Any]] = {
    "W001": {"AUTH_DISABLE_SIGN_UP": True},
    "W002": {"AUTH_SMTP_HOST": "postmark"},
}
PROVIDERS = {"E015", "E016", "E017", "E018", "W003"}


def ours(*, deploy: bool = True) -> list[CheckMessage]:
    found = run_checks(include_deployment_checks=deploy)
    return [message for message in found if str(message.id).startswith("nhost_auth.")]


def numbers(*, deploy: bool = True) -> set[str]:
    return {str(message.id).removeprefix("nhost_auth.") for message in ours(deploy=deploy)}


@pytest.fixture(autouse=True)
def sound(settings: Any) -> None:
    for name, value in STRICT.items():
        setattr(settings, name, value)


def use(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def test_sound_settings_call_forth_nothing() -> None:
    assert ours() == []


# The whole set is compared, so two rows that shared an id could not both pass as keys of one table.
@pytest.mark.parametrize(("number", "values"), {**ERRORS, **WARNINGS}.items(), ids=str)
def test_each_fault_has_an_id_of_its_own(settings: Any, number: str, values: dict[str, Any]) -> None:
    use(settings, values)
    assert numbers() == {number}


def test_user_model_has_to_be_one_of_django(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # A model that meets what Django's own checks ask of a user model, but has no password.
    for name, value in {"USERNAME_FIELD": "name", "REQUIRED_FIELDS": [], "is_anonymous": False}.items():
        monkeypatch.setattr(Group, name, value, raising=False)
    monkeypatch.setattr(Group, "is_authenticated", True, raising=False)
    settings.AUTH_USER_MODEL = "auth.Group"
    assert numbers() == {"E005"}


def test_every_id_is_shown_above() -> None:
    written = set(re.findall(r"\b[EW]\d{3}\b", "".join(map(inspect.getsource, (checks.settings, checks.providers)))))
    elsewhere = {"E011", "E012", *PROVIDERS}  # projects/journey.py, test_checks_tasks.py, test_checks_providers.py
    assert written == {*ERRORS, *WARNINGS, "E005"} | elsewhere


@pytest.mark.parametrize(
    ("number", "values"),
    [
        *(("E032", {ORIGINS: [entry]}) for entry in NO_ORIGINS),
        ("E001", {"AUTH_PASSWORD_MIN_LENGTH": "8"}),
        ("E001", {"AUTH_SERVER_URL": None}),
        ("E001", {"AUTH_CLIENT_URL": None}),
        ("E001", {REDIRECTS: "https://a.example.com,https://b.example.com"}),
        ("E001", {REDIRECTS: None}),
        ("E001", {"AUTH_ENCRYPTION_KEY": 7}),
        ("E001", {"HASURA_GRAPHQL_JWT_SECRET": "nonsense"}),
        ("E001", {"AUTH_GRAVATAR_RATING": "G"}),
        ("E002", {"HASURA_GRAPHQL_JWT_SECRET": '{"jwk_url":"https://keys.example.com"}'}),
        ("E002", {"HASURA_GRAPHQL_JWT_SECRET": {"type": "RS256", "key": "k"}}),
        ("E003", {"AUTH_ENCRYPTION_KEY": "x" * 64}),
        ("E003", {"AUTH_ENCRYPTION_KEY": ["0f" * 32, "0f" * 20]}),
        ("E003", {"AUTH_ENCRYPTION_KEY": "0f" * 15 + "0"}),
        ("E004", {"AUTH_CLIENT_URL": "https://[z-a].example.com"}),
        ("E006", {"AUTH_PASSWORD_HASHER": "argon2"}),
        ("E006", {"AUTH_PASSWORD_HASHER": "nhost_auth.hashers.NoSuch"}),
        ("E006", {"AUTH_PASSWORD_HASHER": "nhost_auth.hashers"}),
        ("E008", {"AUTH_LOCALE_DEFAULT": ""}),
        ("E008", {"AUTH_LOCALE_DEFAULT": "e"}),
        ("W001", {"AUTH_SERVER_URI": "x"}),
    ],
    ids=str,
)
def test_further_ways_to_the_same_id(settings: Any, number: str, values: dict[str, Any]) -> None:
    use(settings, values)
    assert number in numbers()


@pytest.mark.parametrize(
    "values",
    [
        {"HASURA_GRAPHQL_JWT_SECRET": None},
        {"HASURA_GRAPHQL_JWT_SECRET": json.dumps({"type": "HS256", "key": "k" * 32})},
        {"AUTH_ENCRYPTION_KEY": ["0f" * 16, "0F" * 24, "0f" * 32]},
        {"AUTH_PASSWORD_HASHER": PBKDF2},
        {REDIRECTS: ["https://*.example.com/**", "https://{a,b}.example.com", "myapp://"]},
        {"AUTH_SMTP_HOST": "smtp.example.com"},
        {ORIGINS: ["https://*.Example.com:8443/", "http://preview-*.example.com", "http://[::1]:3000"]},
        {ORIGINS: ["capacitor://localhost", "https://bücher.example", "http://localhost"]},
        {"AUTH_TURNSTILE_SECRET": "secret"},
        {"AUTH_PASSWORD_VALIDATORS": []},
        {"AUTH_OF_ANOTHER_APP": True},
        {"AUTH_PROVIDER_GITHUB_CLIENT_ID": "c"},
    ],
    ids=str,
)
def test_what_is_fine_calls_forth_nothing(settings: Any, values: dict[str, Any]) -> None:
    use(settings, values)
    assert numbers() == set()


def test_misspelt_name_is_told_with_the_right_one(settings: Any) -> None:
    settings.AUTH_DISABLE_SIGN_UP = True
    assert "Did you mean AUTH_DISABLE_SIGNUP?" in ours()[0].msg


@pytest.mark.parametrize(
    "values",
    [
        {"AUTH_ENCRYPTION_KEY": "hunter2"},
        {"AUTH_SMTP_PASS": ["hunter2"]},
        {"HASURA_GRAPHQL_JWT_SECRET": "hunter2"},
        {"HASURA_GRAPHQL_JWT_SECRET": {"type": "HS257", "key": "hunter2"}},
        {"HASURA_GRAPHQL_JWT_SECRET": {"type": "RS256", "key": "hunter2", "signing_key": "hunter2"}},
    ],
    ids=str,
)
def test_messages_quote_no_secret(settings: Any, values: dict[str, Any]) -> None:
    use(settings, values)
    assert ours()
    assert all("hunter2" not in f"{message.msg} {message.hint}" for message in ours())


def test_check_command_fails_for_an_error_and_passes_with_warnings(settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = False
    call_command("check", deploy=True)
    use(settings, ERRORS["E003"])
    with pytest.raises(SystemCheckError, match=r"nhost_auth\.E003"):
        call_command("check", deploy=True)
