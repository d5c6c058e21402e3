"""What operators do to accounts, many at a time. Each is refused for itself, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from nhost_auth.admin.page_actions import PageActions, is_confirmed
from nhost_auth.admin.site import CAP
from nhost_auth.conf import conf
from nhost_auth.errors import AuthError, EmailAlreadyVerified
from nhost_auth.flows import accounts, links, mfa, policy, sessions
from nhost_auth.infra.mail import MailNotSent
from nhost_auth.models import Account

BATCH = 1000
REASONS_SHOWN = 20


def is_above(account: Account, request: HttpRequest) -> bool:
    """Whether an account is a superuser's and its visitor's is not: a way into it would be a way up."""
    return bool(getattr(account.user, "is_superuser", False)) and not getattr(request.user, "is_superuser", False)


class Refused(Exception):
    """Why an account is left out."""


@admin.action(description="Disable", permissions=["change"])
def disable(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> None:
    def disable_other(account: Account) -> None:
        if account.user_id == request.user.pk:
            raise Refused("you cannot disable yourself")
        accounts.set_active(account, active=False)

    _run(page, request, queryset, disable_other, done="disabled")


@admin.action(description="Enable", permissions=["change"])
def enable(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> None:
    _run(page, request, queryset, lambda account: accounts.set_active(account, active=True), done="enabled")


@admin.action(description="End sessions and revoke personal access tokens", permissions=["change"])
def end_sessions(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> None:
    done = "signed out everywhere, personal access tokens revoked"
    _run(page, request, queryset, lambda account: sessions.end_all(account.pk), done=done)


@admin.action(description="Mail a link to reset the password", permissions=["change"])
def send_password_reset(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> None:
    def send(account: Account) -> None:
        address = _address(account)
        policy.ensure_valid(account)
        links.send_password_reset(account, to=address, redirect_to=conf.AUTH_CLIENT_URL, code_challenge=None)

    _run(page, request, queryset, send, done="sent a link to reset the password")


@admin.action(description="Mail a link to verify the e-mail address", permissions=["change"])
def send_verification(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> None:
    def send(account: Account) -> None:
        address = _address(account)
        if account.email_verified:
            raise EmailAlreadyVerified
        links.send_verification(account, to=address, redirect_to=conf.AUTH_CLIENT_URL, code_challenge=None)

    _run(page, request, queryset, send, done="sent a link to verify the address")


@admin.action(description="Mail a link to sign in", permissions=["change"])
def send_sign_in_link(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> None:
    def send(account: Account) -> None:
        address = _address(account)
        if not conf.AUTH_EMAIL_PASSWORDLESS_ENABLED:
            raise Refused("links to sign in are off (AUTH_EMAIL_PASSWORDLESS_ENABLED)")
        links.send_sign_in(account, to=address, redirect_to=conf.AUTH_CLIENT_URL, code_challenge=None)

    _run(page, request, queryset, send, done="sent a link to sign in")


@admin.action(description="Remove the second factor", permissions=["change"])
def remove_second_factor(page: PageActions, request: HttpRequest, queryset: QuerySet[Account]) -> Any:
    if not is_confirmed(request):
        question = (
            "Whoever knows the password gets in without a code from then on; recovery codes go too. "
            "Are you sure that it is the owner who asks?"
        )
        return page.confirm(request, queryset, question=question)
    _run(page, request, queryset, _remove_second_factor, done="without a second factor now")
    return None


ALL = [
    disable,
    enable,
    end_sessions,
    send_password_reset,
    send_verification,
    send_sign_in_link,
    remove_second_factor,
]


def _address(account: Account) -> str:
    """Where to mail to. Raises Refused, and DisabledUser or InvalidEmailPassword: as the endpoints that send mail."""
    if not account.email:
        raise Refused("no e-mail address")
    policy.ensure_enabled(account)
    if not policy.email_allowed(account.email):
        raise Refused("the access lists refuse the address")
    return account.email


def _remove_second_factor(account: Account) -> None:
    if not account.has_totp:
        raise Refused("no second factor")
    mfa.remove(account)


def _run(
    page: PageActions,
    request: HttpRequest,
    queryset: QuerySet[Account],
    act: Callable[[Account], None],
    *,
    done: str,
) -> None:
    ids = list(queryset.order_by().values_list("pk", flat=True)[: CAP + 1])
    if len(ids) > CAP:
        page.message_user(request, f"Nothing was done: take at most {CAP:,} accounts at once.", messages.ERROR)
        return
    reasons: list[str] = []
    for account in _in_batches(ids):
        try:
            if is_above(account, request):
                raise Refused("superusers are for superusers to change")
            act(account)
        except (AuthError, Refused) as error:
            reason = error.message if isinstance(error, AuthError) else str(error)
            reasons.append(f"{account}: {reason}")
        except (OSError, MailNotSent):
            reasons.append(f"{account}: the mail could not be sent, the log says why")
    _tell(page, request, len(ids) - len(reasons), reasons, done)


def _in_batches(ids: list[Any]) -> Iterator[Account]:
    for start in range(0, len(ids), BATCH):
        yield from Account.objects.select_related("user").filter(pk__in=ids[start : start + BATCH])


def _tell(page: PageActions, request: HttpRequest, count: int, reasons: list[str], done: str) -> None:
    if count:
        page.message_user(request, f"{count} {'account' if count == 1 else 'accounts'} {done}.", messages.SUCCESS)
    for reason in reasons[:REASONS_SHOWN]:
        page.message_user(request, reason, messages.WARNING)
    if len(reasons) > REASONS_SHOWN:
        page.message_user(request, f"And {len(reasons) - REASONS_SHOWN} more.", messages.WARNING)
