"""A host whose admin has django-unfold's looks."""

from tests.projects import databases
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = ["unfold", "unfold.contrib.filters", *INSTALLED_APPS, "django.contrib.staticfiles"]
STATIC_URL = "static/"
DATABASES = databases("unfold_admin")
