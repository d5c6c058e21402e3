"""Roles: names that tokens carry to Hasura or to the host's permission classes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models

from nhost_auth.conf import conf
from nhost_auth.models.compiled import insert
from nhost_auth.models.exact_text import ExactCharField

ANONYMOUS = "anonymous"


class RoleManager(models.Manager["Role"]):
    def ensure(self, names: Iterable[str]) -> None:
        """Make the roles that do not exist yet; those that do stay as they are. One statement."""
        if roles := [Role(name=name) for name in names]:
            insert(self.db, roles, ignore_conflicts=True)

    def ensure_configured(self) -> None:
        """The roles Nhost seeds and those the settings name."""
        defaults = {conf.AUTH_USER_DEFAULT_ROLE, *conf.AUTH_USER_DEFAULT_ALLOWED_ROLES}
        self.ensure(sorted({"user", ANONYMOUS, "me"} | defaults))


class Role(models.Model):
    name: models.CharField[str, str] = ExactCharField(primary_key=True, max_length=128)

    objects = RoleManager()

    def __str__(self) -> str:
        return self.name


class AccountRole(models.Model):
    """One role of one account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("nhost_auth.Account", on_delete=models.CASCADE, related_name="account_roles")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="account_roles")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "role"], name="nhost_auth_account_role")]

    def __str__(self) -> str:
        return str(self.role_id)
