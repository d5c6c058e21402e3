"""A host that has django-otp's own devices, and an admin and a view that ask for a second factor by django-otp."""

from tests.projects import databases
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]
MIDDLEWARE = [*MIDDLEWARE, "django_otp.middleware.OTPMiddleware"]
ROOT_URLCONF = "tests.projects.otp_plugins.urls"
STATIC_URL = "static/"
LOGIN_URL = "/enter"
DATABASES = databases("otp_plugins")
AUTH_MFA_ENABLED = True
