"""The host project that the tests run in. DATABASE_URL names a server; without it a SQLite file serves."""

import os
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url

SECRET_KEY = "tests-only-" + "k" * 40
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "social_django",
    "nhost_auth",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "tests.urls"
TEMPLATES: list[dict[str, Any]] = [
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
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{Path(tempfile.gettempdir()) / 'nhost_auth.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of the concurrency tests have connections of their own and must wait for locks.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"nhost_auth_test_{os.getpid()}.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
    }
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The cheapest hasher that is real Argon2id: tests are about rules, not about cost.
PASSWORD_HASHERS = ["tests.hashers.CheapArgon2idHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]

SPECTACULAR_SETTINGS = {"OAS_VERSION": "3.1.0"}  # whose schemas are plain JSON Schemas

HASURA_GRAPHQL_JWT_SECRET = {"type": "HS256", "key": "tests-only-" + "s" * 32, "issuer": "tests"}
AUTH_ENCRYPTION_KEY = "0123456789abcdef" * 4
AUTH_SERVER_URL = "https://auth.example.com/v1"
AUTH_CLIENT_URL = "https://app.example.com"
AUTH_USER_DEFAULT_ALLOWED_ROLES = ["me", "user", "editor"]
AUTH_LOCALE_ALLOWED_LOCALES = ["en", "fr"]
AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = False
AUTH_ANONYMOUS_USERS_ENABLED = True
AUTH_OTP_EMAIL_ENABLED = True
AUTH_OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]
