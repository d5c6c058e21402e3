"""Our pages in django-unfold's looks; `test_projects.py` runs it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from nhost_auth.admin import AccountInline
from nhost_auth.admin.inlines import RoleInline
from nhost_auth.models import Account, OAuth2Client, SigningKey
from tests.admin.conftest import ACCOUNTS, CLIENTS, KEYS, ROLES, SESSIONS, Browser, person
from tests.admin.conftest import root as root
from tests.admin.pages import every_page
from tests.conftest import Inbox


def test_every_page_stands_on_unfold_s_classes() -> None:
    assert isinstance(admin.site, UnfoldAdminSite)
    ours = [page for model, page in admin.site._registry.items() if model._meta.app_label == "nhost_auth"]
    assert len(ours) == 6
    assert all(isinstance(page, ModelAdmin) for page in ours)
    assert issubclass(RoleInline, TabularInline)
    assert issubclass(AccountInline, StackedInline)


def test_every_page_renders(root: Browser, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    for path in every_page(person(sessions=2)):
        page = root.page(path)
        assert "/static/unfold/" in page
    assert 'href="/admin/nhost_auth/signingkey/rotate/"' in root.page(KEYS)


def test_fields_of_our_own_look_like_the_others(root: Browser) -> None:
    fields = root.get(f"{ACCOUNTS}{person().pk}/change/").context["adminform"].form.fields
    assert isinstance(fields["locale"].widget, UnfoldAdminSelectWidget)
    assert isinstance(fields["display_name"].widget, UnfoldAdminTextInputWidget)


def test_application_is_registered(root: Browser) -> None:
    fields = root.get(f"{CLIENTS}add/").context["adminform"].form.fields
    assert isinstance(fields["redirect_uris"].widget, UnfoldAdminTextareaWidget)
    made = {"type": "confidential", "redirect_uris": "https://shop.example/back", "scopes": ["openid"]}
    assert "shown once" in root.post(f"{CLIENTS}add/", made).content.decode()
    assert OAuth2Client.objects.get().redirect_uris == ["https://shop.example/back"]


def test_account_is_edited(root: Browser) -> None:
    ann = person()
    path = f"{ACCOUNTS}{ann.pk}/change/"
    edited = {"display_name": "Anna", "locale": "fr", "refresh_tokens-0-DELETE": "on"}
    assert root.post(path, {**root.form(path), **edited}).status_code == 302
    ann.refresh_from_db()
    assert (ann.display_name, ann.locale) == ("Anna", "fr")
    assert not ann.refresh_tokens.sessions().exists()


@pytest.mark.parametrize("action", ["disable", "end_sessions", "send_password_reset", "remove_second_factor"])
def test_actions_work_from_page_and_list(root: Browser, inbox: Inbox, action: str) -> None:
    ann, bob = person("ann"), person("bob")
    assert f'value="{action}"' in root.page(f"{ACCOUNTS}{ann.pk}/change/")
    asked = root.post(f"{ACCOUNTS}{ann.pk}/act/", {"action": action})
    assert asked.status_code == (200 if action == "remove_second_factor" else 302)
    assert root.act(bob, action, confirmed="yes")
    assert root.act_on([ann, bob], action)[:1] if action != "remove_second_factor" else True
    if action == "disable":
        assert not Account.objects.get(pk=ann.pk).user.is_active


def test_key_is_rotated_and_retired(root: Browser, settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    SigningKey.objects.all().delete()
    key = SigningKey.objects.generate("ES256")
    root.told(f"{KEYS}rotate/", {"confirmed": "yes", "algorithm": "EdDSA", "publish_ahead": "0"})
    assert "Retire" in root.page(f"{KEYS}{key.pk}/change/")
    assert root.told(f"{KEYS}{key.pk}/act/", {"action": "retire", "confirmed": "yes"}) == [f"{key} is retired."]


def test_pages_that_delete_render(root: Browser) -> None:
    token = person().refresh_tokens.first()
    assert "Are you sure" in root.page(f"{SESSIONS}{token.pk}/delete/")
    assert "Accounts have the role user" in root.page(f"{ROLES}user/delete/")
