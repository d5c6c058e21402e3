"""What holds for every endpoint of the wing: it can be off, people can be gone, and it opens no session."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhost_auth.models import RefreshToken
from tests.conftest import Api, Inbox, Reply, account
from tests.contract.test_map import stories
from tests.oauth2.application import USERINFO
from tests.oauth2.ways import OAUTH2, is_of_the_wing
from tests.ways import everything_on

OF_ALL = pytest.mark.parametrize("name", OAUTH2)
OFF = {"error": "server_error", "error_description": "OAuth2 provider is disabled"}
PAGE_OFF = {"status": 400, "error": "disabled-endpoint", "message": "OAuth2 provider is disabled"}
UNKNOWN_REQUEST, UNKNOWN_USER = (400, "invalid-request"), (401, "invalid-email-password")
PAGES = ("/oauth2/login", "/oauth2/device", "/user/applications")
"""For the project's own front end, in the words of every other endpoint."""
STATUSES = {"authorize": 302, "logout": 302, "register": 201}
GONE = {
    "GET /user/applications": UNKNOWN_USER,
    "DELETE /user/applications/{application_id}": UNKNOWN_USER,
    "GET /oauth2/device": UNKNOWN_USER,
    "POST /oauth2/device": UNKNOWN_USER,
    "POST /oauth2/token device": (400, "invalid_grant"),
    "POST /oauth2/register": (401, "invalid_token"),
    "POST /oauth2/login": UNKNOWN_USER,
    "POST /oauth2/token": (400, "invalid_grant"),
    "POST /oauth2/token refresh": (400, "invalid_grant"),
    f"GET {USERINFO}": (401, "invalid_token"),
    f"POST {USERINFO}": (401, "invalid_token"),
}
"""Once their user is deleted; everything else answers as before."""


def place(name: str) -> tuple[str, str]:
    method, path, *_ = name.split(" ")
    return method, path


def word(name: str) -> str:
    """The last of its path."""
    return place(name)[1].rpartition("/")[2]


@pytest.fixture(autouse=True)
def all_of_it(provider_enabled: None, settings: Any, rsa_secret: dict[str, str]) -> None:
    everything_on(settings)
    settings.HASURA_GRAPHQL_JWT_SECRET = rsa_secret


def test_every_row_of_the_wing_has_a_way() -> None:
    assert {place(name) for name in OAUTH2} == {where for where, _ in stories() if is_of_the_wing(where[1])}


@OF_ALL
def test_good_request_is_answered(api: Api, inbox: Inbox, ann: Reply, name: str) -> None:
    assert OAUTH2[name](api, inbox, ann)().status == STATUSES.get(word(name), 200)


@OF_ALL
def test_provider_can_be_off(api: Api, inbox: Inbox, ann: Reply, settings: Any, name: str) -> None:
    act = OAUTH2[name](api, inbox, ann)
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = False
    reply = act()
    of_pages = place(name)[1].split("/{")[0].removesuffix("/refuse") in PAGES
    expected = (400, PAGE_OFF) if of_pages else (500, OFF)
    assert (reply.status, reply.json) == expected


@OF_ALL
def test_user_may_be_gone(api: Api, inbox: Inbox, ann: Reply, name: str) -> None:
    act = OAUTH2[name](api, inbox, ann)
    account(ann).user.delete()
    reply = act()
    assert reply.outcome == GONE.get(name, (STATUSES.get(word(name), 200), None))
    if "introspect" in name:
        assert reply.json == {"active": False}


@OF_ALL
def test_no_session_of_the_user_is_opened_or_told(api: Api, inbox: Inbox, ann: Reply, name: str) -> None:
    act = OAUTH2[name](api, inbox, ann)
    reply = act()
    assert RefreshToken.objects.count() == 1
    assert ann.refresh_token not in reply.text + json.dumps(dict(reply.headers))


@OF_ALL
def test_66_nothing_is_kept_by_caches(api: Api, inbox: Inbox, ann: Reply, name: str) -> None:
    reply = OAUTH2[name](api, inbox, ann)()
    assert reply.headers["Cache-Control"] == "no-store"
