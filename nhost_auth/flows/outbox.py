"""What is stored and the mail it promises: both or neither, where mails wait in the database (docs/operating.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from nhost_auth.errors import AuthError


@contextmanager
def together() -> Iterator[None]:
    """One transaction for all that is stored inside, the mails that wait among it.

    A crash undoes it. An AuthError does not: what it tells of, such as an account that is disabled, is there.
    """
    refusal: AuthError | None = None
    with transaction.atomic():
        try:
            yield
        except AuthError as error:
            refusal = error
    if refusal is not None:
        raise refusal
