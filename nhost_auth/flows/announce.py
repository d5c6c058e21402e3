"""Telling the host project what happened, once it is committed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import Signal

from nhost_auth.models import Account


def announce(signal: Signal, account: Account, **details: Any) -> None:
    """Send one of `nhost_auth.signals` after the commit; what a receiver raises is logged and goes no further."""
    transaction.on_commit(lambda: signal.send_robust(Account, account=account, **details))
