"""Warnings of `check --deploy`: every setting with a weak Nhost default has one (security.md, configuration.md)."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.checks import Warning as Caution

from nhost_auth.checks import deployment
from nhost_auth.conf import all_settings
from tests.test_checks import REDIRECTS, SAFE_KEYS, numbers, ours, use
from tests.test_checks import sound as sound

MFA = {"AUTH_MFA_ENABLED": True, "AUTH_MFA_REQUIRED_EVERYWHERE": True, "AUTH_MFA_REQUIRED_FOR_PAT": True}
SMS = {"AUTH_SMS_PASSWORDLESS_ENABLED": True, "AUTH_SMS_PROVIDER": "nhost_auth.infra.sms.memory.send"}
GOOGLE = {"AUTH_PROVIDER_GOOGLE_AUDIENCE": ["c"]}
SECRET, ADMIN = "HASURA_GRAPHQL_JWT_SECRET", ["me", "admin"]


DOCUMENTS = {"AUTH_OAUTH2_PROVIDER_ENABLED": True, "AUTH_OAUTH2_PROVIDER_CIMD_ENABLED": True, SECRET: None}


def hmac(algorithm: str, size: int) -> dict[str, str]:
    return {"type": algorithm, "key": "k" * size}


SHORT = (hmac("HS256", 31), hmac("HS384", 47), hmac("HS512", 63))
LONG = (hmac("HS256", 32), hmac("HS384", 48), hmac("HS512", 64), None)
# Number and setting; the values, a tuple where there are several, that call the warning forth and those that do not;
# what the other settings have to be for it to matter.
ROWS: list[tuple[Any, ...]] = [
    ("W101", "AUTH_CLIENT_URL", "", "https://app.example.com"),
    ("W102", "AUTH_SERVER_URL", ("http://auth.example.com", ""), "https://auth.example.com"),
    ("W103", "AUTH_PASSWORD_MIN_LENGTH", (3, 14), 15),
    ("W103", "AUTH_PASSWORD_MIN_LENGTH", (3, 7), 8, MFA),
    (
        "W138",
        "AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE",
        True,
        False,
        {"AUTH_OAUTH2_PROVIDER_ENABLED": True, SECRET: None},
    ),
    ("W137", "AUTH_ACCESS_TOKEN_SESSION_BOUND", False, True),
    ("W135", "AUTH_CONCEAL_ACCOUNTS", False, True),
    ("W136", "AUTH_PASSWORD_CHANGE_REVOKES_PATS", False, True),
    ("W104", "AUTH_ENCRYPTION_KEY", ("", []), ("0f" * 32, ["0f" * 32])),
    ("W105", "AUTH_EMAIL_SECRET_HEADERS", True, False),
    ("W106", REDIRECTS, (["https://**.example.com"], ["http://a.**/x"]), ([], ["https://*.example.com/**"])),
    ("W107", "AUTH_REFRESH_TOKEN_REUSE_DETECTION", False, True),
    ("W133", "AUTH_EMAIL_CHANGE_NOTICES", False, True),
    ("W129", "AUTH_AUDIT_ENABLED", False, True),
    ("W108", "AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION", False, True, SAFE_KEYS),
    ("W109", "AUTH_WEBAUTHN_CONCEAL_KEYS", False, True, SAFE_KEYS),
    ("W110", "AUTH_MFA_REQUIRED_EVERYWHERE", False, True, {"AUTH_MFA_ENABLED": True}),
    ("W111", "AUTH_PROVIDER_BIND_BROWSER", False, True),
    ("W112", "AUTH_LINK_EVICT_UNVERIFIED", False, True, GOOGLE),
    ("W132", "AUTH_CORS_ALLOWED_ORIGINS", [], (["https://app.example.com"], ["https://*.example.com"])),
    ("W113", "AUTH_CONCEAL_ERRORS", False, True),
    ("W114", "AUTH_PASSWORD_HIBP_ENABLED", False, True),
    ("W115", "AUTH_REQUIRE_ELEVATED_CLAIM", "disabled", ("recommended", "required")),
    ("W116", "AUTH_VERIFY_CONFIRM_PAGE", False, True),
    ("W117", "AUTH_REFRESH_TOKEN_MAX_LIFETIME", 0, 90 * 24 * 3600),
    ("W118", "AUTH_OTP_DAILY_WRONG_GUESSES", (0, 101), (1, 100)),
    ("W119", "AUTH_PASSWORD_MAX_LENGTH", (50, 63), (64, 128)),
    ("W120", "AUTH_MFA_REQUIRED_FOR_PAT", False, True, MFA),
    ("W121", "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED", False, True),
    ("W122", "AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION", False, True, SAFE_KEYS),
    ("W123", SECRET, SHORT, LONG),
    ("W124", "AUTH_MFA_ENABLED", False, True, SMS),
    ("W125", "AUTH_SMS_PROVIDER", ("dev", "Memory"), "nhost_auth.infra.sms.memory.send", SMS | SAFE_KEYS),
    ("W126", "AUTH_ACCESS_TOKEN_EXPIRES_IN", 3601, (900, 3600)),
    ("W127", "AUTH_REFRESH_TOKEN_REUSE_WINDOW", 61, (0, 10, 60)),
    ("W130", "AUTH_RATE_LIMIT_ENABLE", False, True),
    ("W131", "AUTH_RATE_LIMIT_STORAGE", ("", "memory://"), ("redis://127.0.0.1:6379/0", "memcached://127.0.0.1:11211")),
    ("W139", "AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT", True, False, DOCUMENTS),
    ("W134", "AUTH_EMAIL_DELIVERY", "now", "task"),
    ("W128", "AUTH_USER_DEFAULT_ROLE", "admin", "user"),
    ("W128", "AUTH_USER_DEFAULT_ALLOWED_ROLES", ADMIN, ["me", "user"]),
]


@dataclass(frozen=True)
class Risk:
    number: str
    name: str
    weak: Any
    strict: Any
    besides: Any = None

    def values(self, value: Any) -> dict[str, Any]:
        return {**(self.besides or {}), self.name: value}


RISKS = [Risk(*row) for row in ROWS]
STRICT_BY_DEFAULT = {
    "AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE",
    "AUTH_AUDIT_ENABLED",
    "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED",
    "AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT",
    "AUTH_OTP_DAILY_WRONG_GUESSES",
    "AUTH_PROVIDER_BIND_BROWSER",
    "AUTH_REFRESH_TOKEN_REUSE_DETECTION",
    "AUTH_REFRESH_TOKEN_REUSE_WINDOW",
    "AUTH_ACCESS_TOKEN_EXPIRES_IN",
    "AUTH_SMS_PROVIDER",
    "AUTH_USER_DEFAULT_ALLOWED_ROLES",
    "AUTH_USER_DEFAULT_ROLE",
    REDIRECTS,
    SECRET,
}
NO_WEAK_DEFAULT = """
AUTH_DEBUG AUTH_LOG_FORMAT_TEXT
AUTH_API_PREFIX AUTH_PORT AUTH_ENABLE_CHANGE_ENV POSTGRES_MIGRATIONS_CONNECTION HASURA_GRAPHQL_GRAPHQL_URL
HASURA_GRAPHQL_ADMIN_SECRET POSTGRES_CONNECTION HASURA_GRAPHQL_DATABASE_URL
AUTH_DISABLE_SIGNUP AUTH_DISABLE_AUTO_SIGNUP AUTH_DISABLE_NEW_USERS
AUTH_ANONYMOUS_USERS_ENABLED AUTH_LOCALE_DEFAULT AUTH_LOCALE_ALLOWED_LOCALES AUTH_ACCESS_CONTROL_BLOCKED_EMAILS
AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS AUTH_ACCESS_CONTROL_ALLOWED_EMAILS AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS
AUTH_GRAVATAR_ENABLED AUTH_GRAVATAR_DEFAULT AUTH_GRAVATAR_RATING AUTH_EMAIL_PASSWORDLESS_ENABLED
AUTH_OTP_EMAIL_ENABLED AUTH_SMS_PASSWORDLESS_ENABLED AUTH_TOTP_ENABLED AUTH_MFA_TOTP_ISSUER AUTH_TOTP_ISSUER
AUTH_REFRESH_TOKEN_EXPIRES_IN AUTH_JWT_CUSTOM_CLAIMS AUTH_JWT_CUSTOM_CLAIMS_DEFAULTS AUTH_JWT_CUSTOM_CLAIMS_SOURCE
AUTH_SMTP_HOST AUTH_SMTP_PORT AUTH_SMTP_SECURE AUTH_SMTP_USER AUTH_SMTP_PASS AUTH_SMTP_SENDER
AUTH_SMTP_X_SMTPAPI_HEADER AUTH_SMTP_AUTH_METHOD AUTH_EMAIL_TEMPLATES_PATH
AUTH_SMS_TWILIO_ACCOUNT_SID AUTH_SMS_TWILIO_AUTH_TOKEN AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID AUTH_SMS_MODICA_USERNAME
AUTH_SMS_MODICA_PASSWORD AUTH_SMS_DEV_OUTPUT_DIR AUTH_SMS_GENERIC_URL AUTH_SMS_GENERIC_CONTENT_TYPE
AUTH_SMS_GENERIC_HEADERS AUTH_SMS_GENERIC_TIMEOUT AUTH_SMS_GENERIC_BODY_TEMPLATE AUTH_WEBAUTHN_ENABLED
AUTH_WEBAUTHN_RP_NAME AUTH_WEBAUTHN_RP_ID AUTH_WEBAUTHN_RP_ORIGINS AUTH_WEBAUTHN_TOP_ORIGINS
AUTH_WEBAUTHN_ATTESTATION_TIMEOUT AUTH_SIGNING_ALGORITHM AUTH_SIGNING_KEY_MAX_AGE
AUTH_SIGNING_KEY_PUBLISH_AHEAD AUTH_KEYRING_TTL AUTH_PASSWORD_HASHER
AUTH_PASSWORD_HIBP_FAIL_OPEN AUTH_OUTBOUND_PRIVATE_HOSTS AUTH_USER_FACTORY AUTH_REQUEST_MAX_BYTES
AUTH_REQUEST_MAX_DEPTH AUTH_REQUEST_MAX_ITEMS AUTH_METADATA_MAX_BYTES AUTH_PASSWORD_HASHES_AT_ONCE
AUTH_TRUSTED_PROXY_COUNT AUTH_TRUSTED_PROXY_HEADER
AUTH_RATE_LIMIT_GLOBAL_BURST AUTH_RATE_LIMIT_GLOBAL_INTERVAL AUTH_RATE_LIMIT_EMAIL_BURST AUTH_RATE_LIMIT_EMAIL_INTERVAL
AUTH_RATE_LIMIT_EMAIL_IS_GLOBAL AUTH_RATE_LIMIT_SMS_BURST AUTH_RATE_LIMIT_SMS_INTERVAL
AUTH_RATE_LIMIT_BRUTE_FORCE_BURST AUTH_RATE_LIMIT_BRUTE_FORCE_INTERVAL AUTH_RATE_LIMIT_SIGNUPS_BURST
AUTH_RATE_LIMIT_SIGNUPS_INTERVAL AUTH_RATE_LIMIT_ACCOUNT_BURST AUTH_RATE_LIMIT_ACCOUNT_INTERVAL
AUTH_RATE_LIMIT_RECIPIENT_BURST AUTH_RATE_LIMIT_RECIPIENT_INTERVAL
AUTH_RATE_LIMIT_MEMCACHE_SERVER AUTH_RATE_LIMIT_MEMCACHE_PREFIX
AUTH_RATE_LIMIT_OAUTH2_SERVER_BURST AUTH_RATE_LIMIT_OAUTH2_SERVER_INTERVAL
AUTH_TURNSTILE_SECRET AUTH_TURNSTILE_URL
AUTH_OAUTH2_PROVIDER_ENABLED AUTH_OAUTH2_PROVIDER_LOGIN_URL AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL
AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL AUTH_OAUTH2_PROVIDER_CIMD_ENABLED
AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED AUTH_OAUTH2_PROVIDER_DEVICE_URL AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED
AUTH_OAUTH2_PROVIDER_LOGOUT_URL AUTH_OAUTH2_PROVIDER_REGISTRATION_ENABLED AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT
"""
"""Settings whose default weakens nothing: names, switches of what a product offers, bounds that are strict already."""

by_number = pytest.mark.parametrize("risk", RISKS, ids=lambda risk: f"{risk.number}-{risk.name}")


def several(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else (values,)


@by_number
def test_weak_value_calls_its_warning_forth_and_a_strict_one_takes_it_away(settings: Any, risk: Risk) -> None:
    for value in several(risk.weak):
        use(settings, risk.values(value))
        assert numbers() == {risk.number}, value
    for value in several(risk.strict):
        use(settings, risk.values(value))
        assert risk.number not in numbers(), value


@by_number
def test_it_is_a_warning_that_names_the_setting_at_deployment_only(settings: Any, risk: Risk) -> None:
    use(settings, risk.values(several(risk.weak)[0]))
    (message,) = ours()
    assert isinstance(message, Caution)
    assert risk.name in message.msg or risk.number in ("W124", "W128")
    assert "kkk" not in message.msg
    assert ours(deploy=False) == []


@by_number
def test_judged_settings_are_weak_by_default_or_on_the_list_of_strict_ones(settings: Any, risk: Risk) -> None:
    use(settings, risk.besides or {})
    if hasattr(settings, risk.name):
        delattr(settings, risk.name)
    assert (risk.number in numbers()) is (risk.name not in STRICT_BY_DEFAULT)


def test_every_setting_has_been_judged() -> None:
    """A new setting fails this until somebody has thought about its default."""
    provider = re.compile("AUTH_PROVIDER_(?!BIND_BROWSER)")
    names = {setting.name for setting in all_settings() if not setting.planned and not provider.match(setting.name)}
    judged = {risk.name for risk in RISKS}
    unweakened = set(NO_WEAK_DEFAULT.split())
    assert judged.isdisjoint(unweakened)
    assert judged | unweakened == names


def test_every_id_is_shown_above() -> None:
    written = re.findall(r'"(W\d{3})"', inspect.getsource(deployment))
    assert sorted(written) == sorted({risk.number for risk in RISKS})


def test_26_sms_as_the_only_factor_is_told(settings: Any) -> None:
    use(settings, {**SMS, "AUTH_MFA_ENABLED": False, "AUTH_WEBAUTHN_ENABLED": False})
    assert numbers() == {"W124"}


@pytest.mark.parametrize("other", ["AUTH_WEBAUTHN_ENABLED", "AUTH_TOTP_ENABLED"])
def test_26_sms_beside_another_factor_is_fine(settings: Any, other: str) -> None:
    use(settings, {**SMS, other: True})
    assert "W124" not in numbers()


@pytest.mark.parametrize(
    "name",
    ["AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION", "AUTH_MFA_REQUIRED_FOR_PAT", "AUTH_SMS_PROVIDER", "AUTH_MFA_ENABLED"],
)
def test_what_is_off_is_not_judged(settings: Any, name: str) -> None:
    setattr(settings, name, "dev" if name == "AUTH_SMS_PROVIDER" else False)
    assert numbers() == set()


def test_secret_as_json_text_is_measured_too(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = '{"type": "HS256", "key": "short"}'
    assert numbers() == {"W123"}
