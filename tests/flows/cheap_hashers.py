"""Hashers that are real but quick."""

from django.contrib.auth.hashers import BCryptPasswordHasher, BCryptSHA256PasswordHasher


class CheapBcryptHasher(BCryptPasswordHasher):
    rounds = 4


class CheapBcryptSHA256Hasher(BCryptSHA256PasswordHasher):
    rounds = 4
