"""The filters of the list of accounts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from nhost_auth.models import Account
from tests.admin.conftest import ACCOUNTS, Browser, person


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"disabled": "yes"}, {"bob"}),
        ({"disabled": "no"}, {"ann", "root"}),
        ({"email_verified__exact": "1"}, {"ann"}),
        ({"is_anonymous__exact": "1"}, {"bob"}),
        ({"second_factor": "yes"}, {"ann", "bob"}),
        ({"second_factor": "no"}, {"root"}),
        ({"default_role__name__exact": "editor"}, {"bob"}),
        ({"created_at__lt": "2020-01-01 00:00:00+00:00"}, {"ann"}),
    ],
)
def test_filters(root: Browser, query: dict[str, str], names: set[str]) -> None:
    ann, bob = person("ann"), person("bob")
    Account.objects.filter(pk=ann.pk).update(email_verified=True, created_at="2019-01-01T00:00:00Z")
    Account.objects.filter(pk=bob.pk).update(is_anonymous=True, default_role="editor")
    User.objects.filter(pk=bob.user_id).update(is_active=False)
    assert {found.user.username for found in root.get(ACCOUNTS, **query).context["cl"].result_list} == names


@pytest.mark.parametrize("query", [{"disabled": "maybe"}, {"second_factor": ""}])
def test_choice_there_is_not_leaves_the_whole_list(root: Browser, query: dict[str, str]) -> None:
    person()
    assert len(root.get(ACCOUNTS, **query).context["cl"].result_list) == 2
