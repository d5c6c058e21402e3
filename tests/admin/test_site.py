"""What all pages have in common: they render, count to a cap, say who acted, and show themselves to whom they may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import connection

from nhost_auth.admin import site
from nhost_auth.admin.site import CappedPaginator
from nhost_auth.models import Account, AuditEvent, RefreshToken, SigningKey
from tests.admin.conftest import ACCOUNTS, CLIENTS, EVENTS, KEYS, ROLES, SESSIONS, Browser, person
from tests.admin.pages import every_page

Browse = Callable[..., Browser]
LISTS = {"account": ACCOUNTS, "refreshtoken": SESSIONS, "signingkey": KEYS, "role": ROLES, "auditevent": EVENTS}
LISTS["oauth2client"] = CLIENTS


def test_every_page_renders(root: Browser) -> None:
    for path in every_page(person()):
        assert "<html" in root.page(path)


def test_staff_without_permissions_see_nothing(browse: Browse) -> None:
    nobody, pages = browse(), every_page(person())
    assert "nhost_auth" not in nobody.page("/admin/")
    assert {nobody.get(path).status_code for path in pages} == {403}


def test_who_is_no_staff_is_asked_to_sign_in(browse: Browse) -> None:
    visitor = browse("view_account")
    User.objects.filter(pk=visitor.user.pk).update(is_staff=False)
    assert {visitor.get(path).status_code for path in every_page(person())} == {302}


@pytest.mark.parametrize("model", sorted(LISTS))
def test_permission_to_view_opens_one_list_and_no_action(browse: Browse, model: str) -> None:
    person()
    SigningKey.objects.generate("ES256")
    viewer = browse(f"view_{model}")
    assert {name for name, path in LISTS.items() if viewer.get(path).status_code == 200} == {model}
    assert 'name="action"' not in viewer.page(LISTS[model])


def test_only_roles_and_applications_can_be_added(root: Browser) -> None:
    replies = {model: root.get(f"{path}add/").status_code for model, path in LISTS.items()}
    assert replies == {**dict.fromkeys(LISTS, 403), "role": 200, "oauth2client": 200}


def test_only_sessions_roles_and_applications_can_be_deleted(root: Browser) -> None:
    account = person()
    account.refresh_tokens.all().delete()
    paths = {path.removesuffix("change/") + "delete/" for path in every_page(person("bob")) if path.endswith("change/")}
    allowed = {path for path in paths if root.get(path).status_code == 200}
    assert {path.split("/")[3] for path in allowed} == {"oauth2client", "refreshtoken", "role"}
    assert {path.split("/")[3] for path in paths} == set(LISTS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic", [False, True])
def test_acts_carry_the_operator_to_the_audit_trail(
    root: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch, atomic: bool
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    ann = person()
    AuditEvent.objects.all().delete()
    root.act(ann, "disable")
    root.act_on([ann], "enable")
    root.post(f"{ACCOUNTS}{ann.pk}/change/", {**root.form(f"{ACCOUNTS}{ann.pk}/change/"), "display_name": "Anna"})
    root.post(f"{SESSIONS}{ann.refresh_tokens.sessions().get().pk}/delete/", {"post": "yes"})
    root.post(f"{KEYS}rotate/", {"confirmed": "yes", "algorithm": "ES256", "publish_ahead": "0"})
    root.post(f"{CLIENTS}add/", {"type": "public", "redirect_uris": "https://shop.example/", "scopes": ["openid"]})
    found = AuditEvent.objects.order_by("number")
    assert [event.event for event in found] == [
        "account_disabled",
        "account_enabled",
        "account_edited",
        "signed_out",
        "signing_key_rotated",
        "oauth2_client_created",
    ]
    by = {(event.actor, event.ip, event.agent) for event in found}
    assert by == {(f"admin {root.user.pk}", "127.0.0.1", "Operator/1")}


def test_address_that_is_none_is_left_out(root: Browser) -> None:
    ann = person()
    root._client.defaults["REMOTE_ADDR"] = ""
    root.act(ann, "disable")
    assert not Account.objects.get(pk=ann.pk).user.is_active


def test_count_stops_at_the_cap(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.bulk_create(User(username=f"u{number}") for number in range(7))
    monkeypatch.setattr(site, "CAP", 7)
    everybody = User.objects.order_by("pk")
    assert str(CappedPaginator(everybody, 5).count) == "7"
    monkeypatch.setattr(site, "CAP", 6)
    capped = CappedPaginator(everybody, 5)
    assert (capped.count, str(capped.count), capped.num_pages) == (6, "6+", 2)
    assert Paginator(everybody, 5).count == 7


@pytest.mark.parametrize("separators", [False, True])
def test_capped_list_says_so(root: Browser, monkeypatch: pytest.MonkeyPatch, settings: Any, separators: bool) -> None:
    settings.USE_THOUSAND_SEPARATOR = separators
    User.objects.bulk_create(User(username=f"u{number}") for number in range(4))
    monkeypatch.setattr(site, "CAP", 3)
    for name in ("ann", "bob", "cid"):
        person(name)
    page = " ".join(root.page(ACCOUNTS).split())
    assert ("3 accounts" if separators else "3+ accounts") in page


def test_nothing_is_counted_twice(root: Browser) -> None:
    assert "_facets" not in root.page(ACCOUNTS)
    assert root.get(ACCOUNTS, _facets="True").context["cl"].add_facets is False


def test_sessions_of_all_are_listed_with_their_owner(root: Browser) -> None:
    person()
    page = root.page(SESSIONS)
    assert page.count("ann@example.com") == RefreshToken.objects.count() == 2
