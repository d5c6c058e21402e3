"""Asking for a new password by mail (accounts.md 3.20): the answer is the same whoever asks for whom.

Where mails are tasks, all of it is one, for addresses that nobody has too: the time that looking up, storing and
mailing take would tell who has an account (security.md 11).
"""

from __future__ import annotations

from nhost_auth.conf import conf
from nhost_auth.errors import AuthError
from nhost_auth.flows import links, policy
from nhost_auth.models import Account


def request(*, email: str, redirect_to: str, code_challenge: str | None) -> None:
    """Mail a link to whoever has the address, as AUTH_EMAIL_DELIVERY says. Raises what the mail backend raises."""
    if conf.AUTH_EMAIL_DELIVERY == "task":
        from nhost_auth.flows import password_reset_tasks  # a package that only this setting needs

        password_reset_tasks.offer.enqueue(email=email, redirect_to=redirect_to, code_challenge=code_challenge)
    else:
        offer(email=email, redirect_to=redirect_to, code_challenge=code_challenge)


def offer(*, email: str, redirect_to: str, code_challenge: str | None) -> None:
    """Mail a link to whoever has the address, if somebody has who may sign in. Raises what the mail backend raises."""
    account = Account.objects.find_by_email(email)
    if account is not None and _may_sign_in(account):
        links.send_password_reset(account, to=email, redirect_to=redirect_to, code_challenge=code_challenge)


def _may_sign_in(account: Account) -> bool:
    try:
        policy.ensure_valid(account)
    except AuthError:
        return False  # whatever stands against the account is not told to who may not own it
    return True
