"""Settings of the example project. Nhost's environment variables mean here what they mean to Nhost's server.

Further variables: DATABASE_URL, SECRET_KEY, DEBUG, DEMO_UNFOLD.
"""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from django.utils.crypto import salted_hmac

from example_project import state
from nhost_auth.conf import from_env
from nhost_auth.logs import logging_config

SECRET_KEY = os.environ.get("SECRET_KEY") or state.kept_secrets()["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG", "") in ("1", "true")
ALLOWED_HOSTS = ["*"]

DEMO_UNFOLD = os.environ.get("DEMO_UNFOLD", "") in ("1", "true")
"""The admin in django-unfold's looks, where that is installed."""
INSTALLED_APPS = [
    *(["unfold"] if DEMO_UNFOLD else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "social_django",
    "nhost_auth",
    "example_project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = [
    "nhost_auth.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{state.DIRECTORY / 'demo.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,  # a connection that the database closed since its last request is opened anew
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["OPTIONS"] = {
        # Nothing waits for ever: not for a server that does not answer, nor for a lock, nor for lost packets.
        "connect_timeout": 5,
        "options": "-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers take their lock when a transaction begins and wait for each other instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }

# Nhost's variables, and what the demo needs where they leave something out.
_GIVEN = from_env(os.environ)
vars().update(_GIVEN)
LOGGING = logging_config(text=_GIVEN.get("AUTH_LOG_FORMAT_TEXT", False), debug=_GIVEN.get("AUTH_DEBUG", False))
AUTH_API_PREFIX = os.environ.get("AUTH_API_PREFIX", "/v1")
AUTH_PORT = os.environ.get("AUTH_PORT") or "4000"
_ORIGIN = f"http://127.0.0.1:{AUTH_PORT}"
AUTH_SERVER_URL = os.environ.get("AUTH_SERVER_URL") or _ORIGIN + AUTH_API_PREFIX
AUTH_CLIENT_URL = os.environ.get("AUTH_CLIENT_URL") or _ORIGIN
AUTH_ENCRYPTION_KEY = os.environ.get("AUTH_ENCRYPTION_KEY") or state.kept_secrets()["AUTH_ENCRYPTION_KEY"]

AUTH_WEBAUTHN_ENABLED = _GIVEN.get("AUTH_WEBAUTHN_ENABLED", True)
_NAMED_ORIGIN = f"http://localhost:{AUTH_PORT}"
if not (os.environ.get("AUTH_CLIENT_URL") or os.environ.get("AUTH_WEBAUTHN_RP_ID")):
    # Pages of this project are the client, and browsers refuse WebAuthn on an IP address.
    AUTH_WEBAUTHN_RP_ID = "localhost"
    AUTH_WEBAUTHN_RP_ORIGINS = [*_GIVEN.get("AUTH_WEBAUTHN_RP_ORIGINS", []), _NAMED_ORIGIN]
DEMO_PAGE = ""
if not os.environ.get("AUTH_CLIENT_URL"):
    # The page /app is the client: people come back to it, and it shows every way in.
    DEMO_PAGE = f"{_NAMED_ORIGIN}/app"
    AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = [
        *_GIVEN.get("AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS", []),
        DEMO_PAGE,
    ]
    if "AUTH_PROVIDER_CUSTOM" not in _GIVEN:
        _CLIENT_SECRET = salted_hmac("example_project.provider", "client", SECRET_KEY).hexdigest()
        AUTH_PROVIDER_CUSTOM = {
            "demo-provider": {  # provider.py
                "type": "oidc",
                "clientId": "nhost-auth-demo",
                "clientSecret": _CLIENT_SECRET,
                "issuer": f"{_ORIGIN}/provider",
                "audiences": ["nhost-auth-demo-page"],  # whose ID tokens sign in too: the page's
            }
        }
        AUTH_OUTBOUND_PRIVATE_HOSTS = [*_GIVEN.get("AUTH_OUTBOUND_PRIVATE_HOSTS", []), "127.0.0.1"]
    for _way in ("ANONYMOUS_USERS", "EMAIL_PASSWORDLESS", "OTP_EMAIL", "SMS_PASSWORDLESS"):
        vars().setdefault(f"AUTH_{_way}_ENABLED", True)
    # Applications sign people in here, by views of the same page; tokens of a shared secret they could not check.
    _is_provider = vars().setdefault("AUTH_OAUTH2_PROVIDER_ENABLED", not _GIVEN.get("HASURA_GRAPHQL_JWT_SECRET"))
    for _part in ("DEVICE", "LOGOUT"):
        vars().setdefault(f"AUTH_OAUTH2_PROVIDER_{_part}_ENABLED", _is_provider)
    for _part, _view in {"LOGIN": "consent", "DEVICE": "device", "LOGOUT": "logout"}.items():
        vars().setdefault(f"AUTH_OAUTH2_PROVIDER_{_part}_URL", f"{DEMO_PAGE}?view={_view}")
AUTH_MFA_ENABLED = _GIVEN.get("AUTH_MFA_ENABLED", "AUTH_TOTP_ENABLED" not in _GIVEN)  # two names of one switch

AUTH_SMS_PROVIDER = os.environ.get("AUTH_SMS_PROVIDER") or "example_project.inbox.send_sms"

DEMO_INBOX = not (os.environ.get("AUTH_SMTP_HOST") and os.environ.get("AUTH_SMS_PROVIDER"))
EMAIL_BACKEND = "example_project.inbox.EmailBackend"
DEFAULT_FROM_EMAIL = "auth@demo.invalid"
