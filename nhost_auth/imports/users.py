"""Storing people who come from elsewhere: the host's user and the account beside it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from nhost_auth.conf import conf
from nhost_auth.flows import host_users
from nhost_auth.imports import rows
from nhost_auth.imports.report import Report
from nhost_auth.models import Account, OneTimeCode, Role, Ticket
from nhost_auth.models.accounts import normalize_email

OVERWRITTEN = (
    "email",
    "email_normalized",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "display_name",
    "avatar_url",
    "locale",
    "default_role",
    "is_anonymous",
    "metadata",
    "created_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedUser:
    """Somebody as they are to be stored. `password` is in Django's form; `row` is their name in the report."""

    row: str
    id: uuid.UUID
    email: str | None
    password: str = field(repr=False)
    email_verified: bool = False
    phone_number: str | None = None
    phone_number_verified: bool = False
    display_name: str = ""
    avatar_url: str = ""
    locale: str = ""
    default_role: str
    roles: tuple[str, ...] = ()
    is_anonymous: bool = False
    disabled: bool = False
    metadata: Any = None
    created_at: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A stored account and its user; `writable` where rows that belong to it may be written."""

    account_id: uuid.UUID
    user_id: Any
    writable: bool


def usable_locale(locale: str | None) -> str:
    """The language alone, as the column has room for no more: `pt-BR` is `pt`. Without a usable one the default."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return (
        language if 2 <= len(language) <= 3 and language.isascii() and language.isalpha() else conf.AUTH_LOCALE_DEFAULT
    )


def store(users: Sequence[ImportedUser], report: Report, *, update: bool = False) -> dict[uuid.UUID, Person]:
    """Store a batch; who of them has an account now, by id. Those whose address or number is taken have none.

    Without `update` accounts that are here stay as they are, and nothing more of theirs is written.
    """
    report.count("users", "read", len(users))
    known = Account.objects.select_related("user").in_bulk([user.id for user in users])
    taken, new, changed = Taken(users), list[ImportedUser](), list[ImportedUser]()
    for user in users:
        if user.id in known and not update:
            report.count("users", "already here")
        elif fault := _fault(user) or taken.fault(user):
            report.skip("users", user.row, fault)
            known.pop(user.id, None)
        else:
            (changed if user.id in known else new).append(user)
    Role.objects.ensure(sorted({user.default_role for user in [*new, *changed]}))
    people = {key: Person(key, account.user_id, writable=update) for key, account in known.items()}

    def refuse(user: ImportedUser) -> None:
        report.skip("users", user.row, "refused-by-database")
        people.pop(user.id, None)

    def insert(some: Sequence[ImportedUser]) -> None:
        people.update((account.pk, Person(account.pk, account.user_id, writable=True)) for account in _insert(some))

    report.count("users", "imported", len(rows.write(new, insert, refuse)))
    overwritten = rows.write(changed, lambda some: _overwrite(some, known), refuse)
    report.count("users", "updated", len(overwritten))
    return people


class Taken:
    """The addresses and numbers of a batch that somebody here has, or an earlier one of the batch."""

    def __init__(self, users: Sequence[ImportedUser]) -> None:
        addresses = {user.email for user in users if user.email}
        normalized = {normalize_email(address) for address in addresses}
        numbers = {user.phone_number for user in users if user.phone_number}
        accounts = Account.objects.order_by()
        self._emails: dict[str | None, Any] = dict(
            accounts.filter(email_normalized__in=normalized).values_list("email_normalized", "pk")
        )
        self._phones: dict[str | None, Any] = dict(
            accounts.filter(phone_number__in=numbers).values_list("phone_number", "pk")
        )
        self._hosts: dict[str | None, Any] = _owners(addresses | normalized)

    def fault(self, user: ImportedUser) -> str | None:
        """Why somebody cannot be stored; whoever can has the address and the number from now on."""
        email = normalize_email(user.email) if user.email else None
        if email and any(owners.get(email, user.id) != user.id for owners in (self._emails, self._hosts)):
            return "email-taken"
        if user.phone_number and self._phones.get(user.phone_number, user.id) != user.id:
            return "phone-number-taken"
        if email:
            self._emails[email] = user.id
        if user.phone_number:
            self._phones[user.phone_number] = user.id
        return None


def _owners(addresses: Collection[str]) -> dict[str | None, Any]:
    """Whose account the user belongs to that has an address in a unique column; None for a user without one."""
    host_field = host_users.email_field()
    if host_field is None or not host_field.unique:
        return {}
    users = get_user_model()._base_manager.filter(**{f"{host_field.name}__in": addresses})
    return {normalize_email(address): owner for address, owner in users.values_list(host_field.name, "account")}


def limit(model: Any, name: str) -> int:
    """How many characters a column takes; SQLite would take more."""
    return model._meta.get_field(name).max_length or 10**9


def _fault(user: ImportedUser) -> str | None:
    host, host_email = get_user_model(), host_users.email_field()
    email_limit = min(limit(Account, "email"), (host_email.max_length or 10**9) if host_email is not None else 10**9)
    faults = (
        ("email-too-long", len(user.email or "") > email_limit),
        ("phone-number-too-long", len(user.phone_number or "") > limit(Account, "phone_number")),
        ("password-hash-too-long", len(user.password) > limit(host, "password")),
        ("role-too-long", len(user.default_role) > limit(Role, "name")),
        # Stored without the flag they could sign in.
        ("user-model-cannot-disable", user.disabled and not host_users.has_field("is_active")),
    )
    return next((reason for reason, applies in faults if applies), None)


def _insert(users: Sequence[ImportedUser]) -> list[Account]:
    accounts = [Account(id=user.id) for user in users]
    for account, user in zip(accounts, users, strict=True):
        _fill(account, user)
        account.user = host_users.build(
            user.id, email=user.email, password=user.password, active=not user.disabled, seen=False
        )
        _fill_host(account.user, user)
    host_users.store_new([account.user for account in accounts])
    for account in accounts:
        account.user_id = account.user.pk
    rows.insert(accounts, [rows.stored_time(user.created_at) for user in users])
    return accounts


def _overwrite(users: Sequence[ImportedUser], known: dict[uuid.UUID, Account]) -> None:
    accounts, fields, moved = [known[user.id] for user in users], set[str](), []
    for account, user in zip(accounts, users, strict=True):
        before = account.email_normalized
        _fill(account, user)
        account.created_at = rows.stored_time(user.created_at) or account.created_at
        fields.update(_fill_host(account.user, user))
        moved += [account.pk] if account.email_normalized != before else []
    rows.overwrite(accounts, OVERWRITTEN)
    rows.overwrite([account.user for account in accounts], sorted(fields))
    # What was mailed to the old address must not prove the new one.
    Ticket.objects.filter(account__in=moved).delete()
    OneTimeCode.objects.filter(account__in=moved).delete()


def _fill(account: Account, user: ImportedUser) -> None:
    account.set_email(user.email)
    account.email_verified = user.email_verified and user.email is not None
    account.phone_number = user.phone_number
    account.phone_number_verified = user.phone_number_verified and user.phone_number is not None
    account.display_name, account.avatar_url = user.display_name, user.avatar_url
    account.locale, account.default_role_id = usable_locale(user.locale), user.default_role
    account.is_anonymous, account.metadata = user.is_anonymous, user.metadata


def _fill_host(host: Any, user: ImportedUser) -> list[str]:
    joined = {"date_joined": rows.stored_time(user.created_at)} if user.created_at else {}
    return host_users.fill(
        host,
        user.id,
        email=user.email,
        password=user.password,
        is_active=not user.disabled,
        last_login=rows.stored_time(user.last_seen),
        **joined,
    )
