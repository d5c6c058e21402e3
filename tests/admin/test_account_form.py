"""What an account's form takes and refuses."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.admin.account_form import locales
from nhost_auth.models import Account
from tests.admin.conftest import ACCOUNTS, Browser, person


def errors(root: Browser, account: Account, **changes: Any) -> dict[str, Any]:
    """What the form refuses about changes; nothing of them is stored then."""
    path = f"{ACCOUNTS}{account.pk}/change/"
    before = list(Account.objects.filter(pk=account.pk).values())
    reply = root.post(path, {**root.form(path), **changes})
    if reply.status_code == 302:
        return {}
    assert list(Account.objects.filter(pk=account.pk).values()) == before
    return dict(reply.context["adminform"].form.errors)


@pytest.mark.parametrize("text", ["", "   "])
def test_no_number_is_none(root: Browser, text: str) -> None:
    ann = person()
    Account.objects.filter(pk=ann.pk).update(phone_number="+12025550100")
    assert errors(root, ann, phone_number=text) == {}
    assert Account.objects.get(pk=ann.pk).phone_number is None
    assert errors(root, person("bob"), phone_number=text) == {}


def test_number_of_another_account_is_refused(root: Browser) -> None:
    Account.objects.filter(pk=person("bob").pk).update(phone_number="+12025550100")
    (fault,) = errors(root, person(), phone_number="+12025550100")["phone_number"]
    assert "already exists" in fault


def test_number_too_long_is_refused(root: Browser) -> None:
    assert "phone_number" in errors(root, person(), phone_number="+" + "1" * 64)


UNSTORABLE = [r'{"a": "\u0000"}', r'{"a": "\ud800"}', '{"a": NaN}', '{"a": 1e999}', pytest.param("[" * 9999, id="deep")]


@pytest.mark.parametrize("text", ["[]", "5", '"text"', "{", *UNSTORABLE])
def test_metadata_is_an_object_every_database_takes(root: Browser, text: str) -> None:
    assert set(errors(root, person(), metadata=text)) == {"metadata"}


@pytest.mark.parametrize(("text", "stored"), [("", None), ("null", None), ("{}", {}), ('{"a": [1]}', {"a": [1]})])
def test_metadata_may_be_none(root: Browser, text: str, stored: Any) -> None:
    ann = person()
    assert errors(root, ann, metadata=text) == {}
    assert Account.objects.get(pk=ann.pk).metadata == stored


def test_what_is_not_there_is_not_verified(root: Browser) -> None:
    ann = person()
    Account.objects.filter(pk=ann.pk).update(email=None, email_normalized=None)
    found = errors(root, ann, email_verified="on", phone_number_verified="on")
    assert set(found) == {"email_verified", "phone_number_verified"}
    assert errors(root, ann, phone_number="+12025550100", phone_number_verified="on") == {}


def test_number_and_its_proof_leave_together(root: Browser) -> None:
    ann = person()
    Account.objects.filter(pk=ann.pk).update(phone_number="+12025550100", phone_number_verified=True)
    assert set(errors(root, ann, phone_number="")) == {"phone_number_verified"}


def test_locale_is_one_of_the_allowed(root: Browser) -> None:
    ann = person()
    assert set(errors(root, ann, locale="de")) == {"locale"}
    Account.objects.filter(pk=ann.pk).update(locale="cs")
    ann.refresh_from_db()
    assert [name for name, _ in locales(ann)] == ["cs", "en", "fr"]
    assert errors(root, ann) == {}


@pytest.mark.parametrize("name", ["", "Ann", "<b>Ann</b>"])
def test_display_name_is_free_and_escaped(root: Browser, name: str) -> None:
    ann = person()
    assert errors(root, ann, display_name=name) == {}
    assert Account.objects.get(pk=ann.pk).display_name == name
    assert "<b>Ann" not in root.page(ACCOUNTS) + root.page(f"{ACCOUNTS}{ann.pk}/change/")
