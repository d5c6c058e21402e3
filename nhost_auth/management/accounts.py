"""Accounts as operators name them on a command line."""

from __future__ import annotations

import uuid

from django.core.management.base import CommandError

from nhost_auth.models import Account


def named(text: str) -> Account:
    """The account of an id, an e-mail address in any case or a phone number, with its roles. Raises CommandError."""
    account = _by_id(text) or Account.objects.find_by_email(text) or _by_phone_number(text)
    if account is None:
        raise CommandError(f"No account has the id, e-mail address or phone number {text}.")
    return account


def _by_id(text: str) -> Account | None:
    try:
        return Account.objects.get_with_roles(pk=uuid.UUID(text))
    except ValueError:
        return None


def _by_phone_number(text: str) -> Account | None:
    found = Account.objects.get_with_roles(phone_number=text)
    # Compared here too: MariaDB overlooks blanks at the end.
    return found if found is not None and found.phone_number == text else None
