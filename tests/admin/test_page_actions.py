"""The actions of a list on the page of one object, and the page that asks again."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from nhost_auth.models import Account
from tests.admin.conftest import ACCOUNTS, Browser, person

Browse = Callable[..., Browser]


def test_page_offers_what_is_of_use(root: Browser) -> None:
    ann = person()
    path = f"{ACCOUNTS}{ann.pk}/change/"
    assert 'value="disable"' in root.page(path)
    assert 'value="enable"' not in root.page(path)
    root.act(ann, "disable")
    assert 'value="disable"' not in root.page(path)
    assert 'value="enable"' in root.page(path)


def test_forged_request_is_refused(root: Browser) -> None:
    ann = person()
    root._client.handler.enforce_csrf_checks = True
    assert root.post(f"{ACCOUNTS}{ann.pk}/act/", {"action": "disable"}).status_code == 403
    assert User.objects.get(pk=ann.user_id).is_active


@pytest.mark.parametrize("action", ["", "unknown", "delete_selected", "enable", "__init__"])
def test_what_the_page_does_not_offer_is_refused(root: Browser, action: str) -> None:
    ann = person()
    assert root.post(f"{ACCOUNTS}{ann.pk}/act/", {"action": action, "post": "yes"}).status_code == 403
    assert Account.objects.filter(pk=ann.pk).exists()


def test_object_that_is_gone_is_told(root: Browser) -> None:
    path = f"{ACCOUNTS}{uuid.UUID(int=1)}/act/"
    assert "Perhaps it was deleted" in root.told(path, {"action": "disable"})[0]
    assert root.post(f"{ACCOUNTS}nonsense/act/", {"action": "disable"}).status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_strangers_do_not_learn_whether_it_is_there(browse: Browse, known: bool) -> None:
    key = person().pk if known else uuid.UUID(int=1)
    assert browse().post(f"{ACCOUNTS}{key}/act/", {"action": "disable"}).status_code == 403


def test_way_back_leads_to_where_it_was_asked(root: Browser) -> None:
    ann = person()
    asked = {"action": "remove_second_factor", "_selected_action": [str(ann.pk)], "index": "0"}
    from_page = root.post(f"{ACCOUNTS}{ann.pk}/act/", asked).content.decode()
    from_list = root.post(ACCOUNTS, asked).content.decode()
    assert f'<a href="{ACCOUNTS}{ann.pk}/change/">No, take me back</a>' in from_page
    assert f'<a href="{ACCOUNTS}">No, take me back</a>' in from_list


def test_long_selections_are_named_in_part(root: Browser) -> None:
    people = [person(f"p{number}", sessions=0, pats=0, keys=0) for number in range(22)]
    asked = {"action": "remove_second_factor", "_selected_action": [str(one.pk) for one in people], "index": "0"}
    page = root.post(ACCOUNTS, asked).content.decode()
    assert page.count("@example.com</li>") == 20
    assert "…" in page
    assert page.count('name="_selected_action"') == 22
