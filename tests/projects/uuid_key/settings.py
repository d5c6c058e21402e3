"""A host whose users have a UUID as their key. The API derives its encryption key from SECRET_KEY."""

from tests.projects import databases
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.projects.uuid_key"]
AUTH_USER_MODEL = "uuid_key.User"
DATABASES = databases("uuid_key")
HASURA_GRAPHQL_JWT_SECRET = None
AUTH_SIGNING_ALGORITHM = "EdDSA"
AUTH_ENCRYPTION_KEY: list[str] = []
