"""The rows shown with an account, and the account shown with the host's user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.models import Account, AuditEvent, RefreshToken
from tests.admin.conftest import ACCOUNTS, Browser, person
from tests.conftest import Api, account

Browse = Callable[..., Browser]
TAKEN_AWAY = {"refresh_tokens": "signed_out", "refresh_tokens-2": "personal_access_token_revoked"}
TAKEN_AWAY |= {"security_keys": "security_key_removed", "oauth2_grants": "application_revoked"}


def change(account: Account) -> str:
    return f"{ACCOUNTS}{account.pk}/change/"


def left(account: Account) -> dict[str, int]:
    tokens = account.refresh_tokens
    return {
        "refresh_tokens": tokens.filter(kind="regular").count(),
        "refresh_tokens-2": tokens.filter(kind="pat").count(),
        "security_keys": account.security_keys.count(),
        "oauth2_grants": account.oauth2_grants.count(),
    }


@pytest.mark.parametrize("prefix", sorted(TAKEN_AWAY))
def test_one_row_is_taken_away_through_its_flow(root: Browser, prefix: str) -> None:
    ann = person(sessions=2, pats=2, keys=2, applications=2)
    reply = root.post(change(ann), {**root.form(change(ann)), f"{prefix}-0-DELETE": "on"})
    assert reply.status_code == 302
    assert left(ann) == {**dict.fromkeys(TAKEN_AWAY, 2), prefix: 1}
    assert [event.event for event in AuditEvent.objects.filter(account_id=ann.pk)] == [TAKEN_AWAY[prefix]]


@pytest.mark.parametrize("prefix", sorted(TAKEN_AWAY))
def test_row_that_went_meanwhile_is_no_fault(root: Browser, prefix: str) -> None:
    ann = person()
    form = root.form(change(ann))
    ann.refresh_tokens.all().delete()
    ann.security_keys.all().delete()
    ann.oauth2_grants.all().delete()
    assert root.post(change(ann), {**form, f"{prefix}-0-DELETE": "on"}).status_code == 302
    assert not AuditEvent.objects.filter(event=TAKEN_AWAY[prefix]).exists()


def test_40_session_ended_on_the_page_is_over(root: Browser, api: Api) -> None:
    session = api.sign_up()
    ann = account(session)
    reply = root.post(change(ann), {**root.form(change(ann)), "refresh_tokens-0-DELETE": "on"})
    assert reply.status_code == 302
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 401


@pytest.mark.parametrize("prefix", sorted(TAKEN_AWAY))
def test_rows_of_somebody_else_are_out_of_reach(root: Browser, prefix: str) -> None:
    ann, bob = person("ann"), person("bob")
    theirs = root.form(change(bob))[f"{prefix}-0-id"]
    root.post(change(ann), {**root.form(change(ann)), f"{prefix}-0-id": theirs, f"{prefix}-0-DELETE": "on"})
    assert left(bob) == dict.fromkeys(TAKEN_AWAY, 1)


@pytest.mark.parametrize("prefix", sorted(TAKEN_AWAY))
def test_permission_to_change_accounts_takes_no_rows_away(browse: Browse, prefix: str) -> None:
    ann = person()
    editor = browse("view_account", "change_account", "view_refreshtoken", "view_securitykey", "view_oauth2grant")
    form = editor.form(change(ann))
    assert f"{prefix}-0-id" in form
    editor.post(change(ann), {**form, f"{prefix}-0-DELETE": "on"})
    assert left(ann) == dict.fromkeys(TAKEN_AWAY, 1)


def test_rows_are_hidden_from_who_may_not_see_them(browse: Browse) -> None:
    page = browse("view_account").page(change(person()))
    assert "Browser 0" not in page
    assert "Key 0" not in page
    assert "Shop 0" not in page


def test_rows_cannot_be_edited_or_added(root: Browser) -> None:
    ann = person()
    form = {**root.form(change(ann)), "refresh_tokens-TOTAL_FORMS": 2, "refresh_tokens-0-device": "Forged"}
    root.post(change(ann), {**form, "refresh_tokens-1-device": "Forged", "refresh_tokens-1-account": str(ann.pk)})
    assert left(ann) == dict.fromkeys(TAKEN_AWAY, 1)
    assert not RefreshToken.objects.filter(device="Forged").exists()


def test_expired_sessions_are_not_shown(root: Browser) -> None:
    ann = person()
    ann.refresh_tokens.update(expires_at="2020-01-01T00:00:00Z")
    page = root.page(change(ann))
    assert "Browser 0" not in page
    assert "token 0" not in page


@pytest.fixture
def host_admin(settings: Any) -> None:
    """The host's own user admin, with our inline."""
    settings.ROOT_URLCONF = "tests.admin.host_urls"


def test_host_s_user_page_shows_the_account(root: Browser, host_admin: None) -> None:
    ann = person()
    page = root.page(f"/admin/auth/user/{ann.user_id}/change/")
    assert f'href="{change(ann)}"' in page
    assert 'name="account-0-email"' not in page


def test_host_s_user_page_saves_and_adds_with_the_inline(root: Browser, host_admin: None) -> None:
    ann = person()
    path = f"/admin/auth/user/{ann.user_id}/change/"
    form: dict[str, Any] = {key: value for key, value in root.form(path).items() if "last_login" not in key}
    joined = {"date_joined_0": "2026-01-31", "date_joined_1": "12:00:00"}
    form.pop("date_joined", None)
    assert root.post(path, {**form, **joined, "email": "new@example.com"}).status_code == 302
    ann.refresh_from_db()
    assert ann.email == "new@example.com"
    new = {"username": "new", "usable_password": "false", "password1": "", "password2": ""}
    inline = {"account-TOTAL_FORMS": "0", "account-INITIAL_FORMS": "0"}
    assert root.post("/admin/auth/user/add/", {**new, **inline}).status_code == 302
    assert Account.objects.filter(user__username="new").exists()


def test_host_s_user_page_hides_the_account_from_who_may_not_see_it(browse: Browse, host_admin: None) -> None:
    ann = person()
    page = browse("view_user").page(f"/admin/auth/user/{ann.user_id}/change/")
    assert change(ann) not in page
