"""Mailed links: sending them, and what each kind of ticket brings about when it is followed (accounts.md 3.22)."""

from __future__ import annotations

from datetime import timedelta

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidTicket, UnverifiedUser
from nhost_auth.flows import accounts, notify, policy
from nhost_auth.models import Account, OneTimeCode, Ticket

FOLLOWED = (
    Ticket.Kind.VERIFY_EMAIL,
    Ticket.Kind.PASSWORDLESS_EMAIL,
    Ticket.Kind.EMAIL_CONFIRM_CHANGE,
    Ticket.Kind.PASSWORD_RESET,
)
"""The kinds that stand in links; a ticket of the second factor is no way around it."""
PROVES_ADDRESS = (Ticket.Kind.VERIFY_EMAIL, Ticket.Kind.PASSWORDLESS_EMAIL)


def send_verification(
    account: Account,
    *,
    to: str,
    redirect_to: str,
    code_challenge: str | None,
    keep_for: timedelta = timedelta(),
    robust: bool = False,
) -> None:
    """Mail a link that proves the address. Raises what the mail backend raises, unless `robust`: then it is logged."""
    ticket = Ticket.objects.issue(account, Ticket.Kind.VERIFY_EMAIL, keep_for=keep_for)
    notify.email_verify(
        account,
        ticket,
        to=to,
        redirect_to=redirect_to,
        code_challenge=code_challenge,
        code=_code(account),
        robust=robust,
    )


def send_sign_in(account: Account, *, to: str, redirect_to: str, code_challenge: str | None) -> None:
    """Mail a link that signs in. Raises what the mail backend raises."""
    ticket = Ticket.objects.issue(account, Ticket.Kind.PASSWORDLESS_EMAIL)
    notify.sign_in_link(
        account, ticket, to=to, redirect_to=redirect_to, code_challenge=code_challenge, code=_code(account)
    )


def send_email_change(account: Account, new_email: str, *, redirect_to: str, code_challenge: str | None) -> None:
    """Mail a link to a new address that puts it in the place of the old one. Raises what the mail backend raises."""
    ticket = Ticket.objects.issue(account, Ticket.Kind.EMAIL_CONFIRM_CHANGE, {"newEmail": new_email})
    notify.email_confirm_change(account, ticket, to=new_email, redirect_to=redirect_to, code_challenge=code_challenge)


def send_password_reset(account: Account, *, to: str, redirect_to: str, code_challenge: str | None) -> None:
    """Mail a link that signs in to set a new password. Raises what the mail backend raises."""
    ticket = Ticket.objects.issue(account, Ticket.Kind.PASSWORD_RESET)
    notify.password_reset(account, ticket, to=to, redirect_to=redirect_to, code_challenge=code_challenge)


def _code(account: Account) -> str:
    """A code to stand beside the link where links have to be confirmed on a page; else none."""
    return OneTimeCode.objects.issue(account, OneTimeCode.Method.EMAIL) if conf.AUTH_VERIFY_CONFIRM_PAGE else ""


def follow(secret: str) -> tuple[Account, str]:
    """Consume a ticket and do what it stands for; the account, with its roles, and the ticket's kind.

    The ticket is spent whatever comes after. Raises InvalidTicket, what policy.ensure_valid raises, and
    UserAlreadyExists when the new address of a change has been taken meanwhile.
    """
    kind = secret.partition(":")[0]
    ticket = Ticket.objects.consume(secret) if kind in FOLLOWED else None
    if ticket is None:
        raise InvalidTicket
    account = Account.objects.get_with_roles(pk=ticket.account_id)
    if account is None:
        raise InvalidTicket
    policy.ensure_valid(account, tolerate=(UnverifiedUser,) if kind in PROVES_ADDRESS else ())
    if kind in PROVES_ADDRESS:
        accounts.verify_email(account)
    elif kind == Ticket.Kind.EMAIL_CONFIRM_CHANGE:
        accounts.change_email(account, ticket.data["newEmail"])
    return account, kind


def consume_password_reset(secret: str) -> Account:
    """The account that a reset ticket lets set a new password; the ticket is spent. Raises InvalidTicket."""
    of_kind = secret.startswith(f"{Ticket.Kind.PASSWORD_RESET}:")
    ticket = Ticket.objects.consume(secret) if of_kind else None
    account = Account.objects.get_with_roles(pk=ticket.account_id) if ticket else None
    if account is None:
        raise InvalidTicket
    return account
