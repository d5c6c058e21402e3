"""The floor: views that do nothing, and one that reads one row."""

from benchmarks.sites.base import *  # noqa: F403
from benchmarks.sites.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework"]
ROOT_URLCONF = "benchmarks.sites.bare.urls"
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": []}
