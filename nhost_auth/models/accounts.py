"""The account: what Nhost knows of a person, beside the host's own user (design.md section 4).

The password, the active flag and the time of the last sign-in stay on the host's user.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from django.utils.functional import cached_property

from nhost_auth.models.compiled import CompiledSelect, CompiledUpdate, Slot, insert
from nhost_auth.models.exact_text import ExactCharField
from nhost_auth.models.roles import AccountRole, Role
from nhost_auth.models.totp_devices import TotpDevice

NO_ADDRESS_DOMAIN = "anonymous.invalid"
"""Of the made-up address of a user without e-mail where the host's column has to be unique (RFC 2606: never real)."""


def normalize_email(email: str) -> str:
    """The form under which an address is unique and looked up: case does not matter (accounts.md 1.10)."""
    return email.lower()


@cache
def _with_roles(name: str) -> CompiledSelect:
    field: Any = Account._meta.pk if name == "pk" else Account._meta.get_field(name)
    return CompiledSelect(
        lambda: (
            Account.objects.filter(**{name: Slot(field, name)})
            .select_related("user")
            .annotate(
                role_name=models.F("account_roles__role_id"),
                second_factor=models.Exists(TotpDevice.objects.filter(user=models.OuterRef("user"), confirmed=True)),
            )
            .order_by("role_name")
        )
    )


@cache
def _last_login(users: type[models.Model]) -> CompiledUpdate:
    field: Any = users._meta.get_field("last_login")
    return CompiledUpdate(lambda: users._base_manager.filter(pk=Slot(users._meta.pk, "pk")), last_login=Slot(field))


class AccountQuerySet(models.QuerySet["Account"]):
    def get_with_roles(self, **lookup: Any) -> Account | None:
        """The account with this value of a column, its user, its roles and whether it has a second factor.

        One statement, whatever this queryset is filtered by.
        """
        (name,) = lookup
        account, roles = _with_roles(name).joined(self.db, "role_name", **lookup)
        if account is not None:
            account.has_totp = account.second_factor
            account.role_names = [role for role in roles if role is not None]
        return account  # type: ignore[no-any-return]

    def create_with_roles(self, account: Account, roles: Iterable[str]) -> None:
        """Store a new account and its roles; roles that do not exist yet come into being."""
        account.role_names = sorted(roles)
        Role.objects.ensure({*account.role_names, account.default_role_id})
        account.save(force_insert=True)
        insert(self.db, [AccountRole(account=account, role_id=role) for role in account.role_names])

    def find_by_email(self, email: str) -> Account | None:
        """As `get_with_roles`, by an address in any case."""
        return self.get_with_roles(email_normalized=normalize_email(email))


class Account(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account")
    email = models.CharField(max_length=254, null=True, blank=True)  # noqa: DJ001 - none is not an empty one
    email_normalized = ExactCharField(max_length=254, null=True, editable=False, unique=True)
    email_verified = models.BooleanField(default=False)
    phone_number = models.CharField(max_length=64, null=True, blank=True, unique=True)
    phone_number_verified = models.BooleanField(default=False)
    display_name = models.TextField(blank=True, default="")
    avatar_url = models.TextField(blank=True, default="")
    locale = models.CharField(max_length=3)
    default_role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    roles = models.ManyToManyField(Role, through=AccountRole, related_name="accounts")
    is_anonymous = models.BooleanField(default=False)
    token_epoch = models.PositiveSmallIntegerField(default=0, editable=False)
    """Moves on when somebody else takes the account over: access tokens from before are refused by us."""
    metadata = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = models.Manager.from_queryset(AccountQuerySet)()

    role_names: list[str]
    """Names of the roles, where the account was read by `get_with_roles` or just made."""

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="nhost_auth_account_newest")]

    def __str__(self) -> str:
        return self.email or self.phone_number or str(self.pk)

    @cached_property
    def has_totp(self) -> bool:
        """Whether a second factor is active; `get_with_roles` has read it already."""
        return bool(TotpDevice.objects.filter(user=self.user_id, confirmed=True).exists())

    @property
    def disabled(self) -> bool:
        return not self.user.is_active

    def touch(self) -> None:
        """Note that the user was here just now. One statement, without the host's save()."""
        if type(self.user).last_login is None:  # a model may go without the column by setting it to None
            return
        users: Any = type(self.user)._meta.get_field("last_login").model  # the parent's, where tables are inherited
        using = router.db_for_write(users, instance=self.user)
        _last_login(users).run(using, pk=getattr(self.user, users._meta.pk.attname), last_login=timezone.now())

    def set_email(self, email: str | None) -> None:
        """Put an address in place, unverified; the unique column follows."""
        self.email = email
        self.email_normalized = normalize_email(email) if email else None
        self.email_verified = False
