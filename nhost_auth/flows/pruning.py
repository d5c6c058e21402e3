"""What is over and can go: one row for each table that grows by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.models import (
    Challenge,
    OAuth2Client,
    OAuth2DeviceRequest,
    OAuth2Grant,
    OAuth2RefreshToken,
    OAuth2Request,
    OAuth2SpentToken,
    OneTimeCode,
    PkceCode,
    ProviderVisit,
    RefreshToken,
    SpentRefreshToken,
    Ticket,
)
from nhost_auth.models.one_time_codes import today


def _expired() -> Q:
    return Q(expires_at__lte=timezone.now())


def _forgotten() -> Q:
    """Live sessions leave a row at each refresh. After the longest pause between two, nobody comes back with one."""
    return Q(spent_at__lte=timezone.now() - timedelta(seconds=conf.AUTH_REFRESH_TOKEN_EXPIRES_IN))


def _forgotten_by_applications() -> Q:
    return Q(spent_at__lte=timezone.now() - timedelta(seconds=conf.AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL))


def _uncounted() -> Q:
    """An expired code's row of today keeps the account's count of wrong guesses: without it they would begin anew."""
    return _expired() & (Q(failed_on=None) | Q(failed_on__lt=today()))


def _unused_documents() -> Q:
    """Anybody can have us keep a row for a document of theirs. What nobody has let in is fetched anew if it comes back.

    By subqueries, for PostgreSQL locks no rows of an outer join.
    """
    fetched = Q(kind=OAuth2Client.Kind.DOCUMENT, fetched_at__lte=timezone.now() - timedelta(days=1))
    users: tuple[type[Model], ...] = (OAuth2Request, OAuth2Grant, OAuth2RefreshToken)
    for model in users:
        fetched &= ~Q(Exists(model._base_manager.filter(client=OuterRef("pk"))))
    return fetched


@dataclass(frozen=True, slots=True)
class Rule:
    model: type[Model]
    over: Callable[[], Q]
    end: str = "expires_at"
    """The column that tells when a row is over."""

    def rows(self) -> QuerySet[Any]:
        """What is over by now, the oldest first: they lie side by side, so that few pages are written for them."""
        return self.model._base_manager.filter(self.over()).order_by(self.end)


RULES = (
    Rule(SpentRefreshToken, _forgotten, "spent_at"),
    Rule(RefreshToken, _expired),
    Rule(Ticket, _expired),
    Rule(OneTimeCode, _uncounted),
    Rule(PkceCode, _expired),
    Rule(Challenge, _expired),
    Rule(ProviderVisit, _expired),
    Rule(OAuth2SpentToken, _forgotten_by_applications, "spent_at"),
    Rule(OAuth2RefreshToken, _expired),
    Rule(OAuth2Request, _expired),
    Rule(OAuth2Client, _unused_documents, "fetched_at"),
    Rule(OAuth2DeviceRequest, _expired),
)
