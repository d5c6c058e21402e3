"""Following a mailed link: what each kind of ticket brings about (accounts.md 3.22)."""

from __future__ import annotations

from nhost_auth.errors import InvalidTicket, UnverifiedUser
from nhost_auth.flows import accounts, policy
from nhost_auth.models import Account, Ticket

PROVES_ADDRESS = (Ticket.Kind.VERIFY_EMAIL, Ticket.Kind.PASSWORDLESS_EMAIL)


def follow(secret: str) -> tuple[Account, str]:
    """Consume a ticket and do what it stands for; the account, with its roles, and the ticket's kind.

    The ticket is spent whatever comes after. Raises InvalidTicket, what policy.ensure_valid raises, and
    UserAlreadyExists when the new address of a change has been taken meanwhile.
    """
    kind = secret.partition(":")[0]
    ticket = Ticket.objects.consume(secret) if kind in Ticket.Kind else None
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
