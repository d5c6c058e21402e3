"""allauth headless for apps, with its JSON Web Tokens, which rotate."""

from __future__ import annotations

import os

import cryptography.hazmat.primitives.serialization  # noqa: F401 - allauth reaches for it without importing it

from benchmarks.sites.base import *  # noqa: F403
from benchmarks.sites.base import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "allauth", "allauth.account", "allauth.headless", "allauth.usersessions"]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ROOT_URLCONF = "benchmarks.sites.with_allauth.urls"
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"
HEADLESS_JWT_PRIVATE_KEY = os.environ["BENCHMARK_RSA_KEY"]
HEADLESS_FRONTEND_URLS = {"account_signup": "http://127.0.0.1/signup"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_RATE_LIMITS = False
