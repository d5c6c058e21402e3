"""A project with simplejwt and REST framework's tokens, on which djoser's sign-in stands; later with this app."""

import os

from tests.settings import *  # noqa: F403

COMES = bool(os.environ.get("WITH_NHOST_AUTH"))
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    "rest_framework_simplejwt.token_blacklist",
    *(["social_django", "nhost_auth"] if COMES else []),
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.projects.from_packages.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("DATABASE_FILE", ":memory:")}}
PASSWORD_HASHERS = ["tests.hashers.CheapPBKDF2", "nhost_auth.hashers.Argon2idHasher"]
AUTH_PASSWORD_HASHER = "nhost_auth.hashers.Argon2idHasher"
AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
SIMPLE_JWT = {"AUTH_HEADER_TYPES": tuple(os.environ.get("JWT_HEADER_TYPES", "Bearer").split())}
