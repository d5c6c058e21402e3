"""What is stored and the mail it promises: both or neither, where mails wait in the database (docs/operating.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from nhost_auth.errors import AuthError
from nhost_auth.infra import mail


@contextmanager
def together() -> Iterator[None]:
    """One transaction for all that is stored inside, if the mail is among it; else each step commits for itself.

    A crash undoes it. An AuthError does not: what it tells of, such as an account that is disabled, is there.
    """
    if not mail.wait_in_database():
        yield
        return
    refusal: AuthError | None = None
    with transaction.atomic():
        try:
            yield
        except AuthError as error:
            refusal = error
    if refusal is not None:
        raise refusal
