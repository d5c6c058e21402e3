from django.contrib.auth.hashers import PBKDF2PasswordHasher

from nhost_auth.hashers import Argon2idHasher


class CheapArgon2idHasher(Argon2idHasher):
    time_cost = 1
    memory_cost = 8


class CheapPBKDF2(PBKDF2PasswordHasher):
    """Django's own form, for passwords of projects from before this app."""

    iterations = 1000
