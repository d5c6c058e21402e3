"""A host without Django's admin, messages and browser sessions."""

from tests.projects import databases
from tests.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "nhost_auth"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.projects.no_admin.urls"
DATABASES = databases("no_admin")
