"""Settings: their defaults, and an environment written for Nhost's server (configuration.md sections 0 and 1)."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from nhost_auth.conf import PROVIDER_SCOPES, all_settings, conf, from_env

NAMES = [setting.name for setting in all_settings()]

DEFAULTS = {
    "AUTH_PORT": "4000",
    "AUTH_SERVER_URL": "",
    "AUTH_CLIENT_URL": "",
    "AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS": [],
    "AUTH_CONCEAL_ERRORS": False,
    "AUTH_DISABLE_SIGNUP": False,
    "AUTH_DISABLE_AUTO_SIGNUP": False,
    "AUTH_DISABLE_NEW_USERS": False,
    "AUTH_ANONYMOUS_USERS_ENABLED": False,
    "AUTH_USER_DEFAULT_ROLE": "user",
    "AUTH_USER_DEFAULT_ALLOWED_ROLES": ["me"],
    "AUTH_LOCALE_DEFAULT": "en",
    "AUTH_LOCALE_ALLOWED_LOCALES": ["en"],
    "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": True,
    "AUTH_PASSWORD_MIN_LENGTH": 3,
    "AUTH_PASSWORD_HIBP_ENABLED": False,
    "AUTH_GRAVATAR_ENABLED": True,
    "AUTH_GRAVATAR_DEFAULT": "blank",
    "AUTH_GRAVATAR_RATING": "g",
    "AUTH_EMAIL_PASSWORDLESS_ENABLED": False,
    "AUTH_OTP_EMAIL_ENABLED": False,
    "AUTH_MFA_TOTP_ISSUER": "auth",
    "AUTH_REQUIRE_ELEVATED_CLAIM": "disabled",
    "HASURA_GRAPHQL_JWT_SECRET": None,
    "AUTH_ACCESS_TOKEN_EXPIRES_IN": 900,
    "AUTH_REFRESH_TOKEN_EXPIRES_IN": 2592000,
    "AUTH_SMTP_PORT": 587,
    "AUTH_SMTP_SECURE": False,
    "AUTH_SMTP_AUTH_METHOD": "PLAIN",
    "AUTH_SMS_PROVIDER": "twilio",
    "AUTH_SMS_GENERIC_TIMEOUT": 10.0,
    "AUTH_WEBAUTHN_ATTESTATION_TIMEOUT": 60000,
    "AUTH_RATE_LIMIT_ENABLE": False,
    "AUTH_RATE_LIMIT_GLOBAL_BURST": 100,
    "AUTH_RATE_LIMIT_GLOBAL_INTERVAL": 60.0,
    "AUTH_RATE_LIMIT_EMAIL_INTERVAL": 3600.0,
    "AUTH_RATE_LIMIT_BRUTE_FORCE_BURST": 10,
    "AUTH_RATE_LIMIT_BRUTE_FORCE_INTERVAL": 300.0,
    "AUTH_RATE_LIMIT_OAUTH2_SERVER_BURST": 100,
    "AUTH_PROVIDER_APPLE_SCOPE": ["name", "email"],
    "AUTH_PROVIDER_ENTRAID_SCOPE": ["email", "profile", "openid", "offline_access"],
    "AUTH_PROVIDER_ENTRAID_TENANT": "common",
    "AUTH_PROVIDER_WINDOWS_LIVE_SCOPE": ["wl.basic", "wl.emails"],
    "AUTH_PROVIDER_GITHUB_USER_PROFILE_URL": "https://api.github.com/user",
    "AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL": 900,
    "AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL": 2592000,
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_those_of_nhost(settings: Any, name: str) -> None:
    delattr(settings, name)
    assert getattr(conf, name) == DEFAULTS[name]


def test_every_setting_has_a_meaning_and_a_default_of_its_own_kind() -> None:
    for setting in all_settings():
        assert len(setting.meaning) > 5, setting.name
        assert setting.accepts(setting.default), setting.name


def test_names_are_nhosts_and_unique() -> None:
    assert len(NAMES) == len(set(NAMES)) > 150
    assert all(name.startswith(("AUTH_", "HASURA_GRAPHQL_", "POSTGRES_")) for name in NAMES)


def test_providers_have_the_variables_that_nhost_gives_them() -> None:
    for provider in PROVIDER_SCOPES:
        assert {f"AUTH_PROVIDER_{provider}_{end}" for end in ("ENABLED", "CLIENT_ID", "SCOPE")} <= set(NAMES)
    secrets = {name for name in NAMES if name.startswith("AUTH_PROVIDER_") and name.endswith("_CLIENT_SECRET")}
    with_secret = {*PROVIDER_SCOPES, "WORKOS"} - {"APPLE"}
    assert secrets == {f"AUTH_PROVIDER_{provider}_CLIENT_SECRET" for provider in with_secret}
    assert "AUTH_PROVIDER_WORKOS_SCOPE" not in NAMES
    assert {"AUTH_PROVIDER_TWITTER_CONSUMER_KEY", "AUTH_PROVIDER_TWITTER_CONSUMER_SECRET"} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("AUTH_SERVER_URL", "https://auth.example.com/v1", "https://auth.example.com/v1"),
        ("AUTH_USER_DEFAULT_ALLOWED_ROLES", "me,user", ["me", "user"]),
        ("AUTH_PASSWORD_MIN_LENGTH", "9", 9),
        ("AUTH_SMTP_PORT", "25", 25),
        ("AUTH_RATE_LIMIT_EMAIL_INTERVAL", "1h30m", 5400.0),
        ("AUTH_RATE_LIMIT_EMAIL_INTERVAL", "0", 0.0),
        ("AUTH_DISABLE_SIGNUP", "T", True),
        ("AUTH_GRAVATAR_ENABLED", "F", False),
        ("AUTH_GRAVATAR_DEFAULT", "404", "404"),
        ("HASURA_GRAPHQL_JWT_SECRET", '{"type":"HS256","key":"k"}', {"type": "HS256", "key": "k"}),
        ("AUTH_ENCRYPTION_KEY", "00ff,11ee", ["00ff", "11ee"]),
    ],
)
def test_variable_becomes_a_setting(name: str, text: str, value: Any) -> None:
    assert from_env({name: text}) == {name: value}


@pytest.mark.parametrize(
    ("name", "settings_found"),
    [
        ("AUTH_CLIENT_URL", {"AUTH_CLIENT_URL": ""}),
        ("AUTH_LOCALE_DEFAULT", {"AUTH_LOCALE_DEFAULT": ""}),
        ("AUTH_GRAVATAR_ENABLED", {"AUTH_GRAVATAR_ENABLED": False}),
        ("AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED", {"AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": False}),
        ("AUTH_DISABLE_SIGNUP", {"AUTH_DISABLE_SIGNUP": False}),
        ("AUTH_LOCALE_ALLOWED_LOCALES", {}),
        ("AUTH_PROVIDER_GITHUB_SCOPE", {}),
        ("AUTH_PASSWORD_MIN_LENGTH", {}),
        ("AUTH_RATE_LIMIT_GLOBAL_INTERVAL", {}),
        ("AUTH_GRAVATAR_RATING", {}),
        ("HASURA_GRAPHQL_JWT_SECRET", {}),
        ("AUTH_ENCRYPTION_KEY", {}),
    ],
)
def test_variable_set_but_empty(name: str, settings_found: dict[str, Any]) -> None:
    assert from_env({name: ""}) == settings_found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("AUTH_PASSWORD_MIN_LENGTH", "hunter2"),
        ("AUTH_SMTP_PORT", "-25"),
        ("AUTH_RATE_LIMIT_GLOBAL_INTERVAL", "90210"),
        ("AUTH_DISABLE_SIGNUP", "hunter2"),
        ("AUTH_GRAVATAR_RATING", "hunter2"),
        ("AUTH_REQUIRE_ELEVATED_CLAIM", "Required!"),
        ("HASURA_GRAPHQL_JWT_SECRET", '{"key":"hunter2'),
        ("AUTH_SMS_GENERIC_HEADERS", "hunter2"),
    ],
)
def test_bad_text_stops_the_start_and_is_quoted_nowhere(name: str, text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name) as caught:
        from_env({name: text})
    # The whole of what a crashing process prints, chained errors included: the text may be a misplaced secret.
    assert text not in "".join(traceback.format_exception(caught.value))


def test_only_variables_that_are_set_and_known_are_found() -> None:
    assert from_env({}) == {}
    assert from_env({"PATH": "/bin", "AUTH_USER_MODEL": "x.Y", "SECRET_KEY": "s", "auth_port": "1"}) == {}


def test_environment_sets_up_a_project() -> None:
    environ = {"AUTH_DISABLE_SIGNUP": "1", "AUTH_LOCALE_ALLOWED_LOCALES": "en,de", "AUTH_SMS_GENERIC_TIMEOUT": "2m"}
    with override_settings(**from_env(environ)):
        assert conf.AUTH_DISABLE_SIGNUP is True
        assert conf.AUTH_LOCALE_ALLOWED_LOCALES == ["en", "de"]
        assert conf.AUTH_SMS_GENERIC_TIMEOUT == 120.0


def test_setting_is_read_anew_each_time() -> None:
    before = conf.AUTH_PASSWORD_MIN_LENGTH
    with override_settings(AUTH_PASSWORD_MIN_LENGTH=before + 9):
        assert before + 9 == conf.AUTH_PASSWORD_MIN_LENGTH
    assert before == conf.AUTH_PASSWORD_MIN_LENGTH


def test_process_environment_is_never_read_behind_the_host_s_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_PASSWORD_MIN_LENGTH", "41")
    assert conf.AUTH_PASSWORD_MIN_LENGTH == 3
