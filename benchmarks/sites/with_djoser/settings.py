"""djoser with djangorestframework-simplejwt; refresh tokens rotate and spent ones are refused, as ours are."""

from benchmarks.sites.base import *  # noqa: F403
from benchmarks.sites.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework", "rest_framework_simplejwt.token_blacklist", "djoser"]
ROOT_URLCONF = "benchmarks.sites.with_djoser.urls"
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"]}
SIMPLE_JWT = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True, "AUTH_HEADER_TYPES": ("Bearer",)}
DJOSER = {"SEND_ACTIVATION_EMAIL": False, "SEND_CONFIRMATION_EMAIL": False}
