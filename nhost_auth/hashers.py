"""Password hashing with the cost OWASP advises, and hashes of other systems until their owners come back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher, mask_hash

SCHEMES = (
    "sha512_crypt",
    "sha256_crypt",
    "pbkdf2_sha512",
    "pbkdf2_sha256",
    "pbkdf2_sha1",
    "scrypt",
    "bcrypt_sha256",
    "sha1_crypt",
    "phpass",
    "md5_crypt",
    "apr_md5_crypt",
)
"""The formats of modular crypt that are recognised, by libpass' names."""


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).

    List it first in PASSWORD_HASHERS to use it for the whole project. A tenth of the work of Django's default Argon2
    parameters, whose 100 MiB for each sign-in lets a flood of them exhaust memory. Hashes stay readable for Django's
    own Argon2PasswordHasher; change a class attribute in a subclass and name it in
    AUTH_PASSWORD_HASHER for other costs.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class ModularCryptHasher(BasePasswordHasher):
    """Recognises what `auth_import_users` brought in as `$5$…`, `$6$…`, `$pbkdf2-sha256$…`, `$scrypt$…` and the like.

    Never first in PASSWORD_HASHERS: it makes no hashes, and the first sign-in replaces those it finds. Needs libpass
    (`pip install nhost-auth[crypt]`).
    """

    # Short, as Django's column has 128 characters and a SHA-512 hash with its rounds has up to 123.
    algorithm = "mcf"
    library = ("passlib", "passlib.context")

    def encode(self, password: str, salt: str) -> str:
        raise NotImplementedError("ModularCryptHasher only verifies: put another hasher before it.")

    def verify(self, password: str, encoded: str) -> bool:
        try:
            return bool(_context().verify(password, encoded.removeprefix(self.algorithm)))
        except ValueError:  # a damaged hash, or a password that the scheme has no place for: nobody's
            return False

    def decode(self, encoded: str) -> dict[str, Any]:
        """The parts of a hash. Raises ValueError for one that is damaged."""
        crypt = encoded.removeprefix(self.algorithm)
        handler = _context().identify(crypt, resolve=True, required=True)
        handler.from_string(crypt)
        settings, _, rest = crypt.rpartition("$")
        return {"algorithm": handler.name, "settings": settings.rpartition("$")[0], "hash": rest}

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        decoded = self.decode(encoded)
        return {"algorithm": decoded["algorithm"], "hash": mask_hash(decoded["hash"])}

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: costs of other systems have no measure here."""


@lru_cache
def _context() -> Any:
    from passlib.context import CryptContext

    return CryptContext(schemes=SCHEMES)
