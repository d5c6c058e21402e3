"""nhost_auth as the README installs it. BENCHMARK_ALGORITHM is the algorithm of its signing key."""

from __future__ import annotations

import os

from benchmarks.sites.base import *  # noqa: F403
from benchmarks.sites.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "social_django", "nhost_auth"]
ROOT_URLCONF = "benchmarks.sites.ours.urls"
AUTH_SERVER_URL = "http://127.0.0.1/v1"
AUTH_CLIENT_URL = "http://127.0.0.1"
AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = False
AUTH_ANONYMOUS_USERS_ENABLED = True
AUTH_SIGNING_ALGORITHM = os.environ.get("BENCHMARK_ALGORITHM", "RS256")
AUTH_ENCRYPTION_KEY = "0f" * 32
