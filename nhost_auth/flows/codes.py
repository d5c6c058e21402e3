"""Codes by e-mail: asking for one, signing in with one (accounts.md 3.8, 3.9)."""

from __future__ import annotations

from django.db import transaction

from nhost_auth.errors import InvalidOtp, OtpTooManyAttempts
from nhost_auth.flows import accounts, audit, notify
from nhost_auth.models import Account, OneTimeCode
from nhost_auth.models.one_time_codes import Guess


def send_email_code(account: Account, *, to: str, redirect_to: str) -> None:
    """Mail a new code, which replaces any the account had. Raises what the mail backend raises."""
    code = OneTimeCode.objects.issue(account, OneTimeCode.Method.EMAIL)
    notify.sign_in_code(account, code, to=to, redirect_to=redirect_to)


def consume_email_code(email: str, code: str) -> Account:
    """The account a mailed code belongs to; its address is proven by it, the code is gone.

    Raises InvalidOtp and, from the fifth wrong guess on, OtpTooManyAttempts.
    """
    account = Account.objects.find_by_email(email)
    if account is not None:
        audit.about(account.pk)
    with transaction.atomic():
        # Nobody's code is guessed at too, so that an unknown address takes as long as a known one.
        guess = OneTimeCode.objects.guess(account or Account(), OneTimeCode.Method.EMAIL, code)
        if guess is Guess.RIGHT and account is not None:
            accounts.verify_email(account)
    if guess is Guess.EXHAUSTED:
        raise OtpTooManyAttempts
    if guess is Guess.WRONG or account is None:
        raise InvalidOtp
    return account
