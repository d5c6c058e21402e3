"""Ending sessions for their owners: an account's or everybody's, all or those begun before a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from nhost_auth import signals
from nhost_auth.flows import audit, batches
from nhost_auth.models import Account, RefreshToken


def sessions(account: Account | None, *, include_pats: bool, created_before: datetime | None) -> QuerySet[RefreshToken]:
    """The sessions of an account, or of everybody; with `include_pats` personal access tokens too."""
    found = RefreshToken.objects.all() if account is None else RefreshToken.objects.filter(account=account)
    if not include_pats:
        found = found.filter(kind=RefreshToken.Kind.REGULAR)
    return found if created_before is None else found.filter(created_at__lt=created_before)


def end(account: Account | None, ending: QuerySet[RefreshToken], size: int) -> Iterator[int]:
    """End `sessions` of an account, or of everybody, at most `size` at once; how many each batch ended.

    The host's receivers are told of an account at the end, of everybody not at all: they might be a million. The audit
    trail has one line of it, also of a run that was stopped.
    """
    ended = 0
    try:
        for count in batches.delete(ending, size):
            ended += count
            yield count
    finally:
        if account is None:
            transaction.on_commit(partial(audit.note, "sessions_of_all_ended", count=ended))
        elif ended:
            _tell(account)


def _tell(account: Account) -> None:
    everywhere = not account.refresh_tokens.sessions().exists()
    transaction.on_commit(partial(signals.signed_out.send_robust, Account, account=account, everywhere=everywhere))
