"""A host whose users have the least that Django lets them have."""

from tests.projects import databases
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.projects.bare_user"]
AUTH_USER_MODEL = "bare_user.User"
DATABASES = databases("bare_user")
