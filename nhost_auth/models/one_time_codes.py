"""One-time codes: six digits sent by mail or SMS, one slot for each account (accounts.md 1.16)."""

from __future__ import annotations

import enum
import secrets
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import keyed_digest
from nhost_auth.models.accounts import Account

MAX_ATTEMPTS = 5


class Guess(enum.Enum):
    RIGHT = enum.auto()
    WRONG = enum.auto()
    EXHAUSTED = enum.auto()


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    def live(self) -> OneTimeCodeQuerySet:
        return self.filter(expires_at__gt=timezone.now())

    def open_to_guesses(self) -> OneTimeCodeQuerySet:
        """Those whose five guesses, and whose account's guesses of this day, are not used up."""
        budget = conf.AUTH_OTP_DAILY_WRONG_GUESSES
        spent = Q(failed_on=today(), failures__gte=budget) if budget else Q(pk__in=[])
        return self.filter(attempts__lt=MAX_ATTEMPTS).exclude(spent)

    def charge(self) -> None:
        """Count one wrong guess against each that is open."""
        day = today()
        failures = Case(When(failed_on=day, then=F("failures") + 1), default=Value(1))
        self.open_to_guesses().update(attempts=F("attempts") + 1, failures=failures, failed_on=day)


class OneTimeCodeManager(models.Manager.from_queryset(OneTimeCodeQuerySet)):  # type: ignore[misc]
    def draw(self) -> str:
        """A random code that is not stored yet: an SMS leaves before anything changes."""
        return f"{secrets.randbelow(10**6):06d}"

    def issue(self, account: Account, method: str) -> str:
        """Draw a code and keep it."""
        code = self.draw()
        self.keep(account, method, code)
        return code

    def keep(
        self, account: Account, method: str, code: str, *, target: str = "", options: dict[str, Any] | None = None
    ) -> None:
        """Store a code; it replaces whatever code the account had and starts the count of guesses anew.

        `target` is the phone number a code was sent to; `options` wait with it until the code proves the number.
        """
        values = {
            "method": method,
            "hash": _hash(account.pk, method, target, code),
            "attempts": 0,
            "target": target,
            "options": options,
            "expires_at": timezone.now() + OneTimeCode.LIFETIMES[OneTimeCode.Method(method)],
        }
        # Not update_or_create: its locks make two first codes of one account a deadlock on MariaDB.
        slot = self.filter(account=account)
        if not slot.update(**values):
            try:
                with transaction.atomic():
                    self.create(account=account, **values)
            except IntegrityError:
                slot.update(**values)

    def guess(self, account: Account, method: str, code: str, *, target: str = "") -> Guess:
        """Try a code. A right one is gone afterwards; the fifth wrong one burns the code.

        A filtered DELETE decides on success and a filtered UPDATE counts, so parallel guesses cannot exceed five.
        """
        live = self.live().filter(account=account, method=method, target=target)
        if live.open_to_guesses().filter(hash=_hash(account.pk, method, target, code)).delete()[0]:
            return Guess.RIGHT
        live.charge()
        closed = live.exists() and not live.open_to_guesses().exists()
        return Guess.EXHAUSTED if closed else Guess.WRONG

    def sent_to(self, target: str) -> list[OneTimeCode]:
        """The live sign-in codes sent to a phone number, burned ones too, each with its account and user."""
        live = self.live().filter(method=OneTimeCode.Method.SMS, target=target).select_related("account__user")
        return [code for code in live if code.target == target]  # MariaDB overlooks case and blanks at the end


def today() -> date:
    """The day whose wrong guesses `failures` counts."""
    return timezone.now().date()


def _hash(account_id: Any, method: str, target: str, code: str) -> str:
    # A million codes are no search at all: without SECRET_KEY a stolen database must not tell them.
    return keyed_digest("one_time_code", str(account_id), method, target, code)


class OneTimeCode(models.Model):
    class Method(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"
        SMS_CHANGE = "sms-change"

    LIFETIMES = {
        Method.EMAIL: timedelta(minutes=10),
        Method.SMS: timedelta(minutes=5),
        Method.SMS_CHANGE: timedelta(minutes=5),
    }

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="one_time_code")
    method = models.CharField(max_length=16, choices=Method.choices)
    hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failed_on = models.DateField(null=True, blank=True)
    target = models.CharField(max_length=64, blank=True, default="", db_index=True)
    options = models.JSONField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = OneTimeCodeManager()

    def __str__(self) -> str:
        return f"{self.method} code of {self.account_id}"

    def is_code(self, code: str) -> bool:
        return self.hash == _hash(self.account_id, self.method, self.target, code)

    def consume(self) -> bool:
        """Use the code up; False when another request was first or the guesses have run out."""
        same = OneTimeCode.objects.filter(pk=self.pk, hash=self.hash).open_to_guesses()
        return bool(same.delete()[0])
