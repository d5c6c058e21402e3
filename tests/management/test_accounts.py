"""How commands find an account."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import CommandError

from nhost_auth.management.accounts import named
from nhost_auth.models import Account
from tests.conftest import Api, account

PHONE = "+12025550100"


@pytest.fixture
def ann(api: Api) -> Account:
    found = account(api.sign_up())
    api.sign_up("bob@example.com")
    Account.objects.filter(pk=found.pk).update(phone_number=PHONE)
    return found


def test_account_is_named_by_id_address_or_number(ann: Account) -> None:
    for text in (str(ann.pk), ann.pk.hex, str(ann.pk).upper(), "ann@example.com", "ANN@Example.COM", PHONE):
        found = named(text)
        assert (found, found.role_names) == (ann, ["editor", "me", "user"])


@pytest.mark.parametrize(
    "text", ["", "ann", "ann@example", "änn@example.com", f"{PHONE} ", PHONE[:-1], str(uuid.UUID(int=1)), "%", "None"]
)
def test_what_names_nobody_is_told(ann: Account, text: str) -> None:
    with pytest.raises(CommandError, match="No account"):
        named(text)
