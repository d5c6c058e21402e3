"""One-time codes: six digits sent by mail or SMS, one slot for each account (accounts.md 1.16)."""

from __future__ import annotations

import enum
import secrets
from datetime import timedelta

from django.db import models
from django.db.models import F
from django.utils import timezone

from nhost_auth.infra.crypto import keyed_digest
from nhost_auth.models.accounts import Account

MAX_ATTEMPTS = 5


class Guess(enum.Enum):
    RIGHT = enum.auto()
    WRONG = enum.auto()
    EXHAUSTED = enum.auto()


class OneTimeCodeManager(models.Manager["OneTimeCode"]):
    def issue(self, account: Account, method: str) -> str:
        """A new code; it replaces whatever code the account had and starts the count of guesses anew."""
        code = f"{secrets.randbelow(10**6):06d}"
        self.update_or_create(
            account=account,
            defaults={
                "method": method,
                "hash": _hash(account, method, code),
                "attempts": 0,
                "expires_at": timezone.now() + OneTimeCode.LIFETIMES[OneTimeCode.Method(method)],
            },
        )
        return code

    def guess(self, account: Account, method: str, code: str) -> Guess:
        """Try a code. A right one is gone afterwards; the fifth wrong one burns the code.

        A filtered DELETE decides on success and a filtered UPDATE counts, so parallel guesses cannot exceed five.
        """
        live = self.filter(account=account, method=method, expires_at__gt=timezone.now())
        open_to_guesses = live.filter(attempts__lt=MAX_ATTEMPTS)
        if open_to_guesses.filter(hash=_hash(account, method, code)).delete()[0]:
            return Guess.RIGHT
        open_to_guesses.update(attempts=F("attempts") + 1)
        burned = live.filter(attempts__gte=MAX_ATTEMPTS).exists()
        return Guess.EXHAUSTED if burned else Guess.WRONG


def _hash(account: Account, method: str, code: str) -> str:
    # A million codes are no search at all: without SECRET_KEY a stolen database must not tell them.
    return keyed_digest("one_time_code", str(account.pk), method, code)


class OneTimeCode(models.Model):
    class Method(models.TextChoices):
        EMAIL = "email"

    LIFETIMES = {Method.EMAIL: timedelta(minutes=10)}

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="one_time_code")
    method = models.CharField(max_length=16, choices=Method.choices)
    hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    objects = OneTimeCodeManager()

    def __str__(self) -> str:
        return f"{self.method} code of {self.account_id}"
