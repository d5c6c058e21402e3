"""A host whose users sign in with an e-mail address and have no username. Its signing keys are in the database."""

from tests.projects import databases
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.projects.no_username"]
AUTH_USER_MODEL = "no_username.User"
DATABASES = databases("no_username")
HASURA_GRAPHQL_JWT_SECRET = None
AUTH_SIGNING_ALGORITHM = "ES256"
