"""The example project as docs/operating.md has it behind a PgBouncer in transaction mode."""

from example_project.settings import *  # noqa: F403
from example_project.settings import DATABASES as EXAMPLE_DATABASES

DATABASES = {"default": {**EXAMPLE_DATABASES["default"], "DISABLE_SERVER_SIDE_CURSORS": True}}
PASSWORD_HASHERS = ["tests.hashers.CheapArgon2idHasher"]
