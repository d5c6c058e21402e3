"""The host's users beside our accounts: making one for a new account, writing back what the API changed.

Any AUTH_USER_MODEL that derives from AbstractBaseUser serves. The other direction is `adoption`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models, router
from django.utils import timezone
from django.utils.module_loading import import_string

from nhost_auth.conf import conf
from nhost_auth.models import Account
from nhost_auth.models.accounts import NO_ADDRESS_DOMAIN


def build(account_id: uuid.UUID, *, email: str | None, password: str, active: bool, seen: bool) -> Any:
    """An unsaved user of the host for a new account. `password` is a hash; `seen` sets the last login to now."""
    model: Any = get_user_model()
    values: dict[str, Any] = {"password": password}
    if can_be_disabled():
        values["is_active"] = active
    if isinstance(model._meta.pk, models.UUIDField):
        values[model._meta.pk.attname] = account_id
    if (field := email_field()) is not None:
        values[field.name] = _host_email(field, email, account_id)
    if model.USERNAME_FIELD not in values:
        values[model.USERNAME_FIELD] = str(account_id)
    if seen and has_field("last_login"):
        values["last_login"] = timezone.now()
    factory = import_string(conf.AUTH_USER_FACTORY) if conf.AUTH_USER_FACTORY else model
    return factory(**values)


def fill(user: Any, account_id: uuid.UUID, *, email: str | None, **values: Any) -> list[str]:
    """Set an address and whatever of `values` the host's model has a field for; the names of what was set."""
    field, values = email_field(), {name: value for name, value in values.items() if has_field(name)}
    if field is not None:
        values[field.name] = _host_email(field, email, account_id)
    for name, value in values.items():
        setattr(user, name, value)
    return list(values)


def store_new(users: Sequence[Any]) -> None:
    """Store unsaved users, without post_save and in one statement where the model and the database allow it."""
    kind = type(users[0])
    if all(type(user) is kind for user in users) and _can_be_stored_together(kind):
        kind._base_manager.bulk_create(users)
        return
    for user in users:
        user.save(force_insert=True)


def _can_be_stored_together(kind: Any) -> bool:
    """Not where users have two tables, nor where the database does not tell the keys it gave out (MySQL)."""
    one_table = all(parent._meta.concrete_model is kind._meta.concrete_model for parent in kind._meta.get_parent_list())
    tells = connections[router.db_for_write(kind)].features.can_return_rows_from_bulk_insert
    return one_table and (tells or not isinstance(kind._meta.pk, models.AutoField))


def sketch(email: str) -> Any:
    """An unsaved user with an address and nothing else, for password validators that compare with it."""
    field = email_field()
    return get_user_model()(**{field.name: email} if field is not None else {})


def email_field() -> models.Field[Any, Any] | None:
    """The field of the host's user that holds an e-mail address, if it has one."""
    model: Any = get_user_model()
    try:
        field: models.Field[Any, Any] = model._meta.get_field(model.get_email_field_name())
    except FieldDoesNotExist:
        return None
    return field


def write_back(account: Account, *fields: str) -> None:
    """Let the host's user have the account's address too, and save further fields of it that were changed."""
    field = email_field()
    if field is not None:
        setattr(account.user, field.name, _host_email(field, account.email, account.pk))
        fields = (*fields, field.name)
    if fields:
        account.user.save(update_fields=fields)


def has_email(email: str) -> bool:
    """Whether a user of the host has this very address, where its database may refuse it twice."""
    field = email_field()
    if field is None or not _may_be_unique(field):  # the column has no index then
        return False
    return bool(get_user_model()._base_manager.filter(**{field.name: email}).exists())


def _may_be_unique(field: models.Field[Any, Any]) -> bool:
    unique = [each for each in field.model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    return field.unique or any(field.name in each.fields or each.contains_expressions for each in unique)


def can_be_disabled() -> bool:
    """Whether the host's users have a column that says whether they may come in."""
    return has_field("is_active")


def has_field(name: str) -> bool:
    """Whether the host's user has a column of its own by that name."""
    return any(field.name == name for field in get_user_model()._meta.concrete_fields)


def _host_email(field: models.Field[Any, Any], email: str | None, account_id: uuid.UUID) -> str | None:
    if email is not None:
        return email
    if field.null:
        return None
    return f"{account_id}@{NO_ADDRESS_DOMAIN}" if field.unique else ""


def read_email(user: Any) -> str | None:
    """The user's real address, if it has one."""
    field = email_field()
    email = getattr(user, field.attname) if field is not None else None
    return None if not email or email.endswith(f"@{NO_ADDRESS_DOMAIN}") else email
