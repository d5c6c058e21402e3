"""Numbers that no server can work with, and settings of which one takes back what another says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from nhost_auth.checks.settings import wrong_types
from nhost_auth.conf import all_settings, conf
from nhost_auth.flows import mfa
from nhost_auth.infra.keyring import HMAC_ALGORITHMS
from nhost_auth.setting_kinds import Duration, Int

ABOVE_ZERO = (
    "AUTH_ACCESS_TOKEN_EXPIRES_IN",
    "AUTH_METADATA_MAX_BYTES",
    "AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL",
    "AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL",
    "AUTH_PASSWORD_MAX_LENGTH",
    "AUTH_RATE_LIMIT_ACCOUNT_INTERVAL",
    "AUTH_RATE_LIMIT_BRUTE_FORCE_INTERVAL",
    "AUTH_RATE_LIMIT_EMAIL_INTERVAL",
    "AUTH_RATE_LIMIT_GLOBAL_INTERVAL",
    "AUTH_RATE_LIMIT_OAUTH2_SERVER_INTERVAL",
    "AUTH_RATE_LIMIT_RECIPIENT_INTERVAL",
    "AUTH_RATE_LIMIT_SIGNUPS_INTERVAL",
    "AUTH_RATE_LIMIT_SMS_INTERVAL",
    "AUTH_REFRESH_TOKEN_EXPIRES_IN",
    "AUTH_REQUEST_MAX_BYTES",
    "AUTH_REQUEST_MAX_DEPTH",
    "AUTH_REQUEST_MAX_ITEMS",
    "AUTH_SMS_GENERIC_TIMEOUT",
    "AUTH_SMTP_PORT",
    "AUTH_WEBAUTHN_ATTESTATION_TIMEOUT",
)
PARTS_OF_THE_PROVIDER = [
    f"AUTH_OAUTH2_PROVIDER_{part}_ENABLED" for part in ("CIMD", "DEVICE", "LOGOUT", "REGISTRATION")
]
PAGES_OF_THE_PROVIDER = (
    ("AUTH_OAUTH2_PROVIDER_ENABLED", "AUTH_OAUTH2_PROVIDER_LOGIN_URL"),
    ("AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED", "AUTH_OAUTH2_PROVIDER_DEVICE_URL"),
    ("AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED", "AUTH_OAUTH2_PROVIDER_LOGOUT_URL"),
)
"""The switch that needs a page of the project's, and the setting that says where it is."""


@register()
def check_contradictions(**_kwargs: Any) -> list[CheckMessage]:
    """Looked at only where the types are right, and what numbers say of each other only where each is right itself."""
    if list(wrong_types()):
        return []
    numbers = list(_numbers())
    found = [] if numbers else [(number, text) for number, applies, text in _contradictions() if applies]
    return [*numbers, *(Error(text, id=f"nhost_auth.{number}") for number, text in found)]


def _numbers() -> Iterator[CheckMessage]:
    for setting in all_settings():
        if setting.planned or not isinstance(setting, Int | Duration):
            continue
        value, above_zero = getattr(conf, setting.name), setting.name in ABOVE_ZERO
        if value < 0 or (above_zero and value == 0):
            wanted = "more than zero" if above_zero else "zero or more"
            yield Error(f"{setting.name} has to be {wanted}.", id="nhost_auth.E020")


def _contradictions() -> Iterator[tuple[str, bool, str]]:
    limit = conf.AUTH_REFRESH_TOKEN_MAX_LIFETIME
    session = min(conf.AUTH_REFRESH_TOKEN_EXPIRES_IN, limit or conf.AUTH_REFRESH_TOKEN_EXPIRES_IN)
    yield (
        "E021",
        session < conf.AUTH_ACCESS_TOKEN_EXPIRES_IN,
        "AUTH_ACCESS_TOKEN_EXPIRES_IN is longer than AUTH_REFRESH_TOKEN_EXPIRES_IN or _MAX_LIFETIME: "
        "access tokens outlive their session.",
    )
    yield (
        "E022",
        conf.AUTH_REQUIRE_ELEVATED_CLAIM == "required" and not _can_elevate(),
        "AUTH_REQUIRE_ELEVATED_CLAIM is required, but security keys, the second factor and codes by e-mail and SMS are "
        "all off: nobody can give the proof.",
    )
    yield (
        "E023",
        conf.AUTH_MFA_ENABLED and getattr(settings, "AUTH_TOTP_ENABLED", True) is False,
        "AUTH_MFA_ENABLED is on and AUTH_TOTP_ENABLED is off, but they are two names of one switch, which is on.",
    )
    yield (
        "E024",
        conf.AUTH_PASSWORD_MAX_LENGTH < conf.AUTH_PASSWORD_MIN_LENGTH,
        "AUTH_PASSWORD_MAX_LENGTH is less than AUTH_PASSWORD_MIN_LENGTH: no password is both.",
    )
    yield (
        "E025",
        conf.AUTH_MFA_REQUIRED_FOR_PAT and not conf.AUTH_MFA_REQUIRED_EVERYWHERE,
        "AUTH_MFA_REQUIRED_FOR_PAT is on, but means nothing while AUTH_MFA_REQUIRED_EVERYWHERE is off.",
    )
    yield (
        "E026",
        bool(conf.AUTH_EMAIL_TEMPLATES_PATH) and not Path(conf.AUTH_EMAIL_TEMPLATES_PATH).is_dir(),
        "AUTH_EMAIL_TEMPLATES_PATH is no folder.",
    )
    yield (
        "E027",
        not conf.AUTH_USER_DEFAULT_ROLE,
        "AUTH_USER_DEFAULT_ROLE is empty, but every token needs a default role.",
    )
    parts = [name for name in PARTS_OF_THE_PROVIDER if getattr(conf, name)]
    yield (
        "E028",
        bool(parts) and not conf.AUTH_OAUTH2_PROVIDER_ENABLED,
        f"{', '.join(parts)} mean nothing while AUTH_OAUTH2_PROVIDER_ENABLED is off.",
    )
    yield (
        "E033",
        conf.AUTH_OAUTH2_PROVIDER_ENABLED and _signs_by_shared_secret(),
        "AUTH_OAUTH2_PROVIDER_ENABLED is on, but HASURA_GRAPHQL_JWT_SECRET is a shared secret: applications could not "
        "verify tokens. It takes RS256, RS384 or RS512, or no HASURA_GRAPHQL_JWT_SECRET.",
    )
    unset = [page for switch, page in PAGES_OF_THE_PROVIDER if getattr(conf, switch) and not getattr(conf, page)]
    yield (
        "E034",
        conf.AUTH_OAUTH2_PROVIDER_ENABLED and bool(unset) and not conf.AUTH_CLIENT_URL,
        f"AUTH_CLIENT_URL is not set, and neither is {', '.join(unset)}: nobody knows where people go to answer.",
    )


def _signs_by_shared_secret() -> bool:
    return str((conf.HASURA_GRAPHQL_JWT_SECRET or {}).get("type", "")) in HMAC_ALGORITHMS


def _can_elevate() -> bool:
    codes = conf.AUTH_OTP_EMAIL_ENABLED or conf.AUTH_SMS_PASSWORDLESS_ENABLED
    return conf.AUTH_WEBAUTHN_ENABLED or mfa.is_enabled() or codes
