"""The list of accounts and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models.signals import pre_save
from django.test.utils import CaptureQueriesContext

from nhost_auth.models import Account, AuditEvent, Role
from tests.admin.conftest import ACCOUNTS, Browser, give_roles, person

Browse = Callable[..., Browser]


def change(account: Account) -> str:
    return f"{ACCOUNTS}{account.pk}/change/"


def queries(root: Browser, path: str, **query: str) -> int:
    root.page(path, **query)  # what is read once for all is read now
    with CaptureQueriesContext(connection) as captured:
        root.page(path, **query)
    return len(captured)


def row(root: Browser, text: str) -> list[str]:
    """The status of the one account that a search finds."""
    (found,) = root.get(ACCOUNTS, q=text).context["cl"].result_list
    return [part.strip() for part in root.get(ACCOUNTS).context["cl"].model_admin.status(found).split(",")]


@pytest.mark.parametrize("query", [{}, {"q": "p"}, {"second_factor": "yes"}, {"disabled": "no"}, {"o": "1"}])
def test_list_asks_as_much_of_few_accounts_as_of_many(root: Browser, query: dict[str, str]) -> None:
    for number in range(5):
        person(f"p{number}")
    few = queries(root, ACCOUNTS, **query)
    for number in range(5, 60):
        person(f"p{number}", sessions=2, pats=0, keys=2)
    assert len(root.get(ACCOUNTS, **query).context["cl"].result_list) >= 60
    assert queries(root, ACCOUNTS, **query) == few <= 10


def test_page_asks_as_much_of_few_rows_as_of_many(root: Browser) -> None:
    ann, bob = person("ann"), person("bob", sessions=20, pats=20, keys=20)
    few = queries(root, change(ann))
    give_roles(bob, *(f"role {number}" for number in range(20)))
    assert queries(root, change(bob)) == few <= 30
    page = root.page(change(bob))
    assert all(f"{kind} {number}" in page for kind in ("Browser", "token", "Key") for number in range(20))


def test_page_shows_at_most_fifty_sessions(root: Browser) -> None:
    page = root.page(change(person(sessions=60)))
    assert page.count("Browser ") == 50
    assert "Browser 59" in page
    assert "Browser 0<" not in page


def test_status_tells_what_is_out_of_the_ordinary(root: Browser) -> None:
    ann, bob = person("ann"), person("bob")
    assert row(root, "ann@") == ["active", "unverified", "second factor"]
    Account.objects.filter(pk=bob.pk).update(email_verified=True, is_anonymous=True)
    User.objects.filter(pk=bob.user_id).update(is_active=False)
    assert row(root, "bob@") == ["disabled", "guest", "second factor"]
    Account.objects.filter(pk=ann.pk).update(email=None)
    assert row(root, str(ann.pk)) == ["active", "second factor"]


def test_newest_comes_first(root: Browser) -> None:
    for name in ("ann", "bob"):
        person(name)
    listed = [account.user.username for account in root.get(ACCOUNTS).context["cl"].result_list]
    assert listed == ["bob", "ann", "root"]
    with CaptureQueriesContext(connection) as captured:
        root.page(ACCOUNTS)
    ordered = [query["sql"] for query in captured.captured_queries if "ORDER BY" in query["sql"]]
    by_index = '"created_at" DESC, "nhost_auth_account"."id" DESC'
    assert any(by_index in sql.replace("`", '"') for sql in ordered)


def test_16_address_is_changed_at_the_user_and_no_password_here(root: Browser) -> None:
    ann = person()
    page = root.page(change(ann))
    assert f'href="/admin/auth/user/{ann.user_id}/change/"' in page
    assert 'name="email"' not in page
    assert "password" not in root.get(change(ann)).context["adminform"].form.fields
    root.post(change(ann), {**root.form(change(ann)), "email": "other@example.com", "password": "x"})
    ann.refresh_from_db()
    assert ann.email == ann.user.email == "ann@example.com"
    assert ann.user.password == User.objects.get(pk=ann.user_id).password


def test_16_no_page_of_ours_lets_staff_choose_a_password(browse: Browse) -> None:
    ann = person()
    everything = Permission.objects.filter(content_type__app_label="nhost_auth").values_list("codename", flat=True)
    staff = browse(*everything)
    stored = User.objects.get(pk=ann.user_id).password
    assert "password" not in {name.rpartition("-")[2] for name in staff.form(change(ann))}
    assert 'type="password"' not in staff.page(change(ann))
    staff.post(change(ann), {**staff.form(change(ann)), "password": "x", "new_password": "x", "password1": "x"})
    assert User.objects.get(pk=ann.user_id).password == stored
    assert staff.get(f"/admin/auth/user/{ann.user_id}/password/").status_code in (302, 403)


def test_edit_saves_what_was_edited_and_nothing_else(root: Browser) -> None:
    ann = person()
    form = root.form(change(ann))
    edited = {"display_name": "Anna", "locale": "fr", "default_role": "editor", "metadata": '{"plan": "gold"}'}
    edited |= {"phone_number": " +12025550100 ", "phone_number_verified": "on", "email_verified": "on"}

    def meanwhile(instance: Account, **_: Any) -> None:
        Account.objects.filter(pk=instance.pk).update(avatar_url="changed meanwhile")

    pre_save.connect(meanwhile, sender=Account)
    try:
        assert root.post(change(ann), {**form, **edited}).status_code == 302
    finally:
        pre_save.disconnect(meanwhile, sender=Account)
    ann.refresh_from_db()
    assert (ann.display_name, ann.locale, ann.default_role_id) == ("Anna", "fr", "editor")
    assert (ann.metadata, ann.phone_number, ann.avatar_url) == ({"plan": "gold"}, "+12025550100", "changed meanwhile")
    assert ann.email_verified
    assert ann.phone_number_verified


def test_edit_is_noted_by_the_names_of_fields(root: Browser) -> None:
    ann = person()
    root.post(change(ann), {**root.form(change(ann)), "display_name": "Secret name", "locale": "fr"})
    event = AuditEvent.objects.get(event="account_edited")
    assert (event.account_id, event.data) == (ann.pk, {"fields": "display_name, locale"})


def test_saving_without_an_edit_changes_and_notes_nothing(root: Browser) -> None:
    ann = person()
    before = list(Account.objects.filter(pk=ann.pk).values())
    assert root.post(change(ann), root.form(change(ann))).status_code == 302
    assert list(Account.objects.filter(pk=ann.pk).values()) == before
    assert not AuditEvent.objects.filter(event__startswith="account_").exists()


def test_roles_are_edited_in_place_and_noted(root: Browser) -> None:
    Role.objects.ensure(["boss"])
    ann = person()
    form = root.form(change(ann))
    (editor,) = [key for key, value in form.items() if value == "editor"]
    added = {"account_roles-TOTAL_FORMS": 4, "account_roles-3-role": "boss", "account_roles-3-account": str(ann.pk)}
    reply = root.post(change(ann), {**form, **added, editor.replace("-role", "-DELETE"): "on"})
    assert reply.status_code == 302
    assert set(ann.account_roles.values_list("role_id", flat=True)) == {"me", "user", "boss"}
    event = AuditEvent.objects.get(event="account_roles_changed")
    assert (event.account_id, event.data) == (ann.pk, {"added": "boss", "removed": "editor"})


def test_role_is_given_once(root: Browser) -> None:
    ann = person()
    again = {"account_roles-TOTAL_FORMS": 4, "account_roles-3-role": "me", "account_roles-3-account": str(ann.pk)}
    assert root.post(change(ann), {**root.form(change(ann)), **again}).status_code == 200
    assert ann.account_roles.count() == 3


def test_who_may_not_give_roles_gives_no_default_role_either(browse: Browse) -> None:
    ann = person()
    editor = browse("view_account", "change_account")
    assert "default_role" not in editor.form(change(ann))
    editor.post(change(ann), {**editor.form(change(ann)), "default_role": "editor", "display_name": "Anna"})
    ann.refresh_from_db()
    assert (ann.display_name, ann.default_role_id) == ("Anna", "user")


def test_permission_to_view_changes_nothing(browse: Browse) -> None:
    ann = person()
    viewer = browse("view_account")
    page = viewer.page(change(ann))
    assert "page-actions" not in page
    assert viewer.post(change(ann), {"display_name": "Anna"}).status_code == 403
    assert Account.objects.get(pk=ann.pk).display_name == "ann@example.com"


def test_host_s_page_still_deletes_users_with_their_accounts(root: Browser) -> None:
    ann = person("ann")
    path = f"/admin/auth/user/{ann.user_id}/delete/"
    assert "Are you sure" in root.page(path)
    assert root.post(path, {"post": "yes"}).status_code == 302
    assert not Account.objects.filter(pk=ann.pk).exists()


def test_ways_in_are_told(root: Browser) -> None:
    page = root.page(change(person()))
    assert "github: uid-ann" in page
    assert "10 recovery codes left" in page
    bare = root.page(change(Account.objects.get(user=root.user)))
    assert "recovery codes left" not in bare


def test_account_that_is_gone_is_told(root: Browser) -> None:
    ann = person()
    User.objects.filter(pk=ann.user_id).delete()
    for path in (change(ann), f"{ACCOUNTS}nonsense/change/"):
        assert root.get(path).status_code == 302
