"""What tests of the admin are written with: operators in a browser, and people with everything that pages show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from social_django.models import UserSocialAuth

from nhost_auth.infra import totp
from nhost_auth.models import (
    Account,
    AccountRole,
    OAuth2Client,
    OAuth2Grant,
    OAuth2RefreshToken,
    RecoveryCode,
    RecoveryDevice,
    RefreshToken,
    Role,
    SecurityKey,
    TotpDevice,
)

ACCOUNTS = "/admin/nhost_auth/account/"
SESSIONS = "/admin/nhost_auth/refreshtoken/"
KEYS = "/admin/nhost_auth/signingkey/"
ROLES = "/admin/nhost_auth/role/"
CLIENTS = "/admin/nhost_auth/oauth2client/"
EVENTS = "/admin/nhost_auth/auditevent/"


class Browser:
    """Somebody of the staff, signed in to the admin. Callbacks that wait for a commit run after each request."""

    def __init__(self, user: User, committing: Callable[..., Any]) -> None:
        self.user = user
        self._committing = committing
        self._client = Client(enforce_csrf_checks=False, headers={"User-Agent": "Operator/1"})
        self._client.force_login(user)

    def get(self, path: str, **query: str) -> Any:
        return self._client.get(path, query)

    def page(self, path: str, **query: str) -> str:
        """The HTML of a page that is there."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, (path, reply.status_code, reply.headers)
        return str(reply.content.decode())

    def post(self, path: str, data: dict[str, Any]) -> Any:
        with self._committing(execute=True):
            return self._client.post(path, data)

    def told(self, path: str, data: dict[str, Any]) -> list[str]:
        """The messages on the page that a POST leads to."""
        with self._committing(execute=True):
            reply = self._client.post(path, data, follow=True)
        return [str(message) for message in reply.context["messages"]]

    def act(self, account: Any, action: str, **data: Any) -> list[str]:
        """An action by its button on the account's page."""
        return self.told(f"{ACCOUNTS}{account.pk}/act/", {"action": action, **data})

    def act_on(self, accounts: list[Account], action: str, **data: Any) -> list[str]:
        """An action of the list."""
        chosen = {"action": action, "_selected_action": [str(one.pk) for one in accounts]}
        return self.told(ACCOUNTS, {**chosen, "index": "0", **data})

    def form(self, path: str) -> dict[str, Any]:
        """What a change page would post as it is."""
        context = self.get(path).context
        forms = [context["adminform"].form]
        for inline in context["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.initial_forms]
        fields: dict[str, Any] = {}
        for form in forms:
            for bound in form:
                value = bound.value()
                if value is not None and value is not False:
                    fields[bound.html_name] = value
        return fields


@pytest.fixture
def browse(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[..., Browser]:
    """A browser of staff with these permissions on our models, as `view_account`."""

    def browse(*permissions: str) -> Browser:
        user = User.objects.create_user("+".join(permissions)[:150] or "nobody", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        assert user.user_permissions.count() == len(permissions)
        return Browser(user, django_capture_on_commit_callbacks)

    return browse


@pytest.fixture
def root(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> Browser:
    """The browser of a superuser."""
    return Browser(User.objects.create_superuser("root"), django_capture_on_commit_callbacks)


def person(name: str = "ann", *, sessions: int = 1, pats: int = 1, keys: int = 1, applications: int = 1) -> Account:
    """Somebody with sessions, tokens, security keys, applications let in, a provider link and a second factor."""
    user = User.objects.create_user(name, f"{name}@example.com")
    account: Account = Account.objects.get(user=user)
    account.role_names = []
    for number in range(sessions):
        RefreshToken.objects.issue(account, ip="203.0.113.7", device=f"Browser {number}")
    for number in range(pats):
        until = timezone.now() + timedelta(days=9)
        RefreshToken.objects.issue_pat(account, expires_at=until, metadata={"name": f"token {number}"})
    for number in range(keys):
        SecurityKey.objects.create(
            account=account,
            credential_id=f"credential-{name}-{number}",
            credential_hash=f"hash-{name}-{number}",
            public_key=b"public",
            aaguid="11111111-2222-3333-4444-555555555555",
            nickname=f"Key {number}",
        )
    for number in range(applications):
        client = OAuth2Client.objects.create(name=f"Shop {number} of {name}", redirect_uris=["https://shop.example/"])
        OAuth2Grant.objects.create(account=account, client=client, scopes=["openid"])
        OAuth2RefreshToken.objects.issue(client, account.pk, ["openid"], auth_time=timezone.now())
    UserSocialAuth.objects.create(user=user, provider="github", uid=f"uid-{name}")
    device = TotpDevice(user=user, name="TOTP", confirmed=True)
    device.set_secret(totp.generate_secret())
    device.save()
    paper = RecoveryDevice.objects.create(user=user, name="Recovery codes")
    RecoveryCode.objects.bulk_create(RecoveryCode(device=paper, hash=f"code-{number}") for number in range(10))
    return account


def give_roles(account: Account, *names: str) -> None:
    Role.objects.ensure(names)
    AccountRole.objects.bulk_create(AccountRole(account=account, role_id=name) for name in names)
