"""Settings of a deployment that `check --deploy` has nothing to say against, beside those of the tests."""

from __future__ import annotations

from typing import Any

STRICT: dict[str, Any] = {
    "AUTH_ACCESS_TOKEN_SESSION_BOUND": True,
    "AUTH_CONCEAL_ACCOUNTS": True,
    "AUTH_CONCEAL_ERRORS": True,
    "AUTH_CORS_ALLOWED_ORIGINS": ["https://app.example.com"],
    "AUTH_EMAIL_CHANGE_NOTICES": True,
    "AUTH_EMAIL_DELIVERY": "task",
    "AUTH_EMAIL_SECRET_HEADERS": False,
    "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED": True,
    "AUTH_PASSWORD_CHANGE_REVOKES_PATS": True,
    "AUTH_PASSWORD_HIBP_ENABLED": True,
    "AUTH_PASSWORD_MAX_LENGTH": 64,
    "AUTH_PASSWORD_MIN_LENGTH": 15,
    "AUTH_RATE_LIMIT_ENABLE": True,
    "AUTH_RATE_LIMIT_STORAGE": "redis://127.0.0.1:6379/0",
    "AUTH_REFRESH_TOKEN_MAX_LIFETIME": 90 * 24 * 3600,
    "AUTH_REQUIRE_ELEVATED_CLAIM": "recommended",
    "AUTH_VERIFY_CONFIRM_PAGE": True,
}


def be_strict(settings: Any) -> None:
    for name, value in STRICT.items():
        setattr(settings, name, value)
