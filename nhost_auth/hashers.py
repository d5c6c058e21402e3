"""Password hashing with the cost OWASP advises; list it first in PASSWORD_HASHERS to use it for the whole project."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).

    A tenth of the work of Django's default Argon2 parameters, whose 100 MiB for each sign-in lets a flood of them
    exhaust memory. Hashes stay readable for Django's own Argon2PasswordHasher; change a class attribute in a
    subclass and name it in AUTH_PASSWORD_HASHER for other costs.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
