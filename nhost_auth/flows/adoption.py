"""Users that the host makes and edits: each gets an account, and its e-mail address is followed.

createsuperuser, the admin and the host's own code reach us through post_save; users from before the installation,
from fixtures and from bulk_create are taken in after the next `migrate`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nhost_auth.conf import conf
from nhost_auth.flows import audit, policy
from nhost_auth.flows.host_users import email_field, read_email
from nhost_auth.models import Account, OneTimeCode, Ticket
from nhost_auth.models.accounts import normalize_email

logger = logging.getLogger("nhost_auth.adoption")

BATCH = 500


def adopt(user: Any) -> Account:
    """The account of a user that the host made. An address that another account has stays with that one."""
    model: Any = get_user_model()
    email = read_email(user)
    if email and Account.objects.filter(email_normalized=normalize_email(email)).exists():
        logger.warning("User %s shares an e-mail address with another account and gets none", user.pk)
        email = None
    account = Account(
        user=user,
        display_name=_display_name(user, email),
        locale=conf.AUTH_LOCALE_DEFAULT,
        default_role_id=conf.AUTH_USER_DEFAULT_ROLE,
        avatar_url=policy.avatar_url(email) if email else "",
    )
    if isinstance(model._meta.pk, models.UUIDField):
        account.pk = user.pk
    account.set_email(email)
    with transaction.atomic():
        Account.objects.create_with_roles(account, policy.configured_roles())
    return account


def adopt_all() -> int:
    """Give every user without an account one; how many. Runs after each migrate."""
    waiting = get_user_model()._base_manager.filter(account=None).order_by("pk")
    count = 0
    while users := list(waiting[:BATCH]):
        for user in users:
            adopt(user)
        count += len(users)
    return count


def follow_saved(instance: Any, created: bool, raw: bool, update_fields: Any, **_kwargs: Any) -> None:
    """Receives post_save of the host's user."""
    if raw:
        return
    if created:
        # Our own sign-up has put the account in place already.
        if not Account.user.field.remote_field.is_cached(instance):
            adopt(instance)
    elif (field := email_field()) is not None and (update_fields is None or field.name in update_fields):
        _follow_email(instance)


def follow_deleted(instance: Account, **_kwargs: Any) -> None:
    """Receives post_delete of the account, which goes with its user whoever deletes that."""
    transaction.on_commit(partial(audit.note, "account_deleted", instance.pk))


def _follow_email(user: Any) -> None:
    email = read_email(user)
    normalized = normalize_email(email) if email else None
    accounts = Account.objects.filter(user=user)
    if normalized is not None:
        # Whatever it was: MariaDB would not see that a letter became a capital.
        accounts.filter(email_normalized=normalized).update(email=email)
    try:
        with transaction.atomic():
            replaced = accounts.exclude(email_normalized=normalized).update(
                email=email, email_normalized=normalized, email_verified=False, updated_at=timezone.now()
            )
            if replaced:
                # What was mailed to the old address must not prove the new one.
                Ticket.objects.filter(account__user=user).delete()
                OneTimeCode.objects.filter(account__user=user).delete()
                transaction.on_commit(partial(audit.note, "email_changed_by_host", accounts.values_list("pk")[0][0]))
    except IntegrityError:
        # The admin and every form refuse this before it is saved; only code that skips validation comes here.
        logger.warning("The new e-mail address of user %s belongs to another account; its own keeps the old", user.pk)


def watch_validation() -> None:
    """Let forms over the host's user, its admin among them, refuse an address that another account has.

    Asked through the field's own `validate`, the one hook of Django's that is given the instance too; nothing of the
    host's model is replaced and migrations see no difference (docs/adr/0002).
    """
    field = email_field()
    if field is None:
        return
    validate: Callable[[Any, Any], None] = field.validate

    def validate_and_ask(value: Any, model_instance: Any) -> None:
        validate(value, model_instance)
        if value and taken(value, by_other_than=model_instance):
            raise ValidationError(_("This e-mail address belongs to another account."), code="unique")

    field.validate = validate_and_ask  # type: ignore[method-assign]


def taken(email: str, *, by_other_than: Any = None) -> bool:
    """Whether an account has this address, in any case."""
    accounts = Account.objects.filter(email_normalized=normalize_email(email))
    if by_other_than is not None and by_other_than.pk is not None:
        accounts = accounts.exclude(user_id=by_other_than.pk)
    return accounts.exists()


def _display_name(user: Any, email: str | None) -> str:
    full_name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    return full_name or email or str(user.get_username())
