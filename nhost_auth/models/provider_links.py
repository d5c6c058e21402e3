"""Links between accounts and people at providers: rows of social-auth-app-django, which a host may have already."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction

from nhost_auth.infra.providers.identity import Identity
from nhost_auth.models.accounts import Account


def rows() -> Any:
    """The links. Raises LookupError where social_django is not installed, which a system check tells beforehand."""
    return apps.get_model("social_django", "UserSocialAuth").objects


def find(identity: Identity) -> Account | None:
    """Whose identity it is, with roles."""
    same = rows().filter(provider=identity.link, uid=identity.user_id)
    # MariaDB overlooks case and blanks at the end, and providers' ids do not.
    user_ids = [row.user_id for row in same if (row.provider, row.uid) == (identity.link, identity.user_id)]
    return Account.objects.get_with_roles(user=user_ids[0]) if user_ids else None


def add(account: Account, identity: Identity) -> bool:
    """Link an identity; False if it is linked already, whoever has it: the unique columns decide."""
    try:
        with transaction.atomic():
            rows().create(user=account.user, provider=identity.link, uid=identity.user_id)
    except IntegrityError:
        return False
    return True


def exists(account: Account, link: str) -> bool:
    """Whether an account has any link to a provider."""
    return bool(rows().filter(user=account.user, provider=link).exists())
