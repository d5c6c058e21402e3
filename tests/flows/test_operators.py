"""What flows do for operators, who have no token of the account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nhost_auth import signals
from nhost_auth.flows import accounts, mfa, sessions
from nhost_auth.models import Account, RecoveryDevice, TotpDevice
from tests.conftest import Api, account
from tests.endpoints.totp_app import enrol

Committing = Callable[..., Any]


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The signals of operators, by name, as they arrive."""
    calls: list[str] = []
    receivers = {}
    for name in ("account_disabled", "account_enabled", "mfa_changed", "personal_access_token_revoked"):

        def receive(account: Account, _name: str = name, **_: Any) -> None:
            calls.append(_name)

        receivers[name] = receive
        getattr(signals, name).connect(receive)
    yield calls
    for name, receive in receivers.items():
        getattr(signals, name).disconnect(receive)


def test_disabling_and_enabling_are_told_once_each(
    api: Api, heard: list[str], django_capture_on_commit_callbacks: Committing
) -> None:
    ann = account(api.sign_up())
    for active in (False, False, True, True):
        with django_capture_on_commit_callbacks(execute=True):
            accounts.set_active(ann, active=active)
        assert Account.objects.get(pk=ann.pk).user.is_active is active
    assert heard == ["account_disabled", "account_enabled"]


def test_host_sees_the_user_saved(api: Api) -> None:
    """Its receivers of post_save hear of it."""
    from django.db.models.signals import post_save

    ann, saved = account(api.sign_up()), []

    def receive(instance: Any, update_fields: Any, **_: Any) -> None:
        saved.append((instance.is_active, set(update_fields)))

    post_save.connect(receive, sender=type(ann.user))
    try:
        accounts.set_active(ann, active=False)
    finally:
        post_save.disconnect(receive, sender=type(ann.user))
    assert saved == [(False, {"is_active"})]


def test_second_factor_is_removed_with_all_that_belongs_to_it(
    api: Api, heard: list[str], settings: Any, django_capture_on_commit_callbacks: Committing
) -> None:
    settings.AUTH_MFA_ENABLED = True
    session = api.sign_up()
    enrol(api, session)
    ann = account(session)
    RecoveryDevice.objects.issue(ann.user)
    heard.clear()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            mfa.remove(ann)
    assert heard == ["mfa_changed"]
    assert not TotpDevice.objects.filter(user=ann.user).exists()
    assert not RecoveryDevice.objects.filter(user=ann.user).exists()
    assert api.sign_in().status == 200


def test_only_the_account_s_own_token_is_revoked_and_no_session(
    api: Api, heard: list[str], django_capture_on_commit_callbacks: Committing
) -> None:
    session, other = api.sign_up(), api.sign_up("bob@example.com")
    pat = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token).json
    own_session = account(session).refresh_tokens.get(kind="regular").pk
    with django_capture_on_commit_callbacks(execute=True):
        sessions.revoke_pat(account(other), uuid.UUID(pat["id"]))
        sessions.revoke_pat(account(session), own_session)
    assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        sessions.revoke_pat(account(session), uuid.UUID(pat["id"]))
    assert heard == ["personal_access_token_revoked"]
    body = {"personalAccessToken": pat["personalAccessToken"]}
    assert api.post("/signin/pat", body).outcome == (401, "invalid-pat")
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200
