"""What every toggle does to every POST endpoint of the map, and that it does nothing else (accounts.md 3.0)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account
from tests.conftest import Api, Inbox
from tests.oauth2.ways import is_of_the_wing
from tests.toggles import (
    ANONYMOUS,
    AUTO,
    BY_MESSAGE,
    CLOSED,
    CODES,
    ELSEWHERE,
    LINKS,
    NEW_USERS,
    OFF,
    OK,
    SIGNUP,
    SMS,
    STORED_DISABLED,
    TABLE,
    TOGGLES,
    VERIFY,
    Case,
    Effect,
)
from tests.ways import ANN_PASSWORD, GUEST, KNOWN, everything_on, path_of, told


def rows() -> list[dict[str, Any]]:
    """The POST rows of the map."""
    out = io.StringIO()
    call_command("auth_map", "--json", stdout=out)
    found = [row for row in json.loads(out.getvalue()) if row["method"] == "POST"]
    assert {row["path"] for row in found} >= ELSEWHERE
    return [row for row in found if row["path"] not in ELSEWHERE and not is_of_the_wing(row["path"])]


PATHS = [row["path"] for row in rows()]
CASES = [
    pytest.param(case, id=f"{path} {case.who} {number}")
    for path in PATHS
    for number, case in enumerate(TABLE.get(path, []))
]
TURNS = [
    pytest.param(*case.values, toggle, id=f"{case.id} {toggle}") for case in CASES for toggle in case.values[0].changed
]


@pytest.fixture(autouse=True)
def on(settings: Any) -> None:
    everything_on(settings)


def turn(settings: Any, *toggles: str) -> None:
    for toggle in toggles:
        setattr(settings, toggle, TOGGLES[toggle])


def effect(api: Api, inbox: Inbox, settings: Any, case: Case, *toggles: str) -> Effect:
    """What comes of a case's request when the toggles are turned just before it."""
    act = case.prepare(api, inbox)
    accounts, messages = Account.objects.count(), len(inbox) + len(memory.outbox)
    turn(settings, *toggles)
    status, error = told(act())
    return Effect(status, error, Account.objects.count() - accounts, len(inbox) + len(memory.outbox) - messages)


def test_every_post_endpoint_of_the_map_is_in_the_table() -> None:
    assert set(TABLE) == set(PATHS)


def test_every_case_is_one_of_its_path() -> None:
    names = {id(way): path_of(name) for name, way in (*KNOWN.items(), *GUEST.items())}
    for path, cases in TABLE.items():
        assert cases
        assert {names.get(id(case.way), path) for case in cases} == {path}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"])
def test_toggles_that_the_map_shows_have_an_effect(row: dict[str, Any]) -> None:
    shown = set(row["toggles"]) - {"AUTH_VERIFY_CONFIRM_PAGE"}  # without it there is no such method
    for case in TABLE[row["path"]]:
        assert shown <= set(case.changed) <= set(TOGGLES)


@pytest.mark.parametrize("case", CASES)
def test_without_any_toggle(api: Api, inbox: Inbox, settings: Any, case: Case) -> None:
    assert effect(api, inbox, settings, case) == case.plain


@pytest.mark.parametrize(("case", "toggle"), TURNS)
def test_toggle_that_matters(api: Api, inbox: Inbox, settings: Any, case: Case, toggle: str) -> None:
    assert effect(api, inbox, settings, case, toggle) == case.changed[toggle]


@pytest.mark.parametrize("case", CASES)
def test_all_other_toggles_together_change_nothing(api: Api, inbox: Inbox, settings: Any, case: Case) -> None:
    assert (
        effect(api, inbox, settings, case, *(toggle for toggle in TOGGLES if toggle not in case.changed)) == case.plain
    )


@pytest.mark.parametrize("name", ["/signup/email-password", "/signin/anonymous"])
def test_new_users_are_stored_disabled_but_guests_are_not(api: Api, settings: Any, name: str) -> None:
    turn(settings, NEW_USERS)
    api.post(name, ANN_PASSWORD if "password" in name else {})
    assert Account.objects.get().disabled is (name == "/signup/email-password")


@pytest.mark.parametrize("required", [True, False])
def test_deanonymizing_ends_the_sessions_where_verification_is_required(
    api: Api, settings: Any, required: bool
) -> None:
    guest = api.anonymous()
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    GUEST["/user/deanonymize"](api, Inbox(), guest)()
    reply = api.post("/token", {"refreshToken": guest.refresh_token})
    assert reply.outcome == ((401, "invalid-refresh-token") if required else (200, None))


@pytest.mark.parametrize(
    ("path", "toggles", "first"),
    [
        ("/signup/email-password", (SIGNUP, NEW_USERS, VERIFY), CLOSED),
        ("/signup/email-password", (NEW_USERS, VERIFY), STORED_DISABLED),
        ("/signin/anonymous", (SIGNUP, ANONYMOUS), CLOSED),
        ("/signin/anonymous", (ANONYMOUS, NEW_USERS), OFF),
        *((f"/signup/{by}", (toggle, SIGNUP, NEW_USERS), OFF) for by, toggle in BY_MESSAGE.items()),
        *((f"/signup/{by}", (SIGNUP, NEW_USERS), CLOSED) for by in BY_MESSAGE),
        *((f"/signin/{by}", (toggle, AUTO, SIGNUP, NEW_USERS), OFF) for by, toggle in BY_MESSAGE.items()),
        *((f"/signin/{by}", (AUTO, SIGNUP, NEW_USERS), OK) for by in BY_MESSAGE),
        *((f"/signin/{by}", (SIGNUP, NEW_USERS), CLOSED) for by in BY_MESSAGE),
        ("/signin/passwordless/sms/otp", (SMS, VERIFY), OFF),
    ],
    ids=str,
)
def test_when_several_apply_the_order_of_the_endpoint_s_list_decides(
    api: Api, inbox: Inbox, settings: Any, path: str, toggles: tuple[str, ...], first: Effect
) -> None:
    assert effect(api, inbox, settings, TABLE[path][0], *toggles) == first


@pytest.mark.parametrize("path", ["/signin/anonymous", *(f"/signin/{by}" for by in BY_MESSAGE)])
def test_ways_in_other_than_the_password_are_closed_by_default(
    api: Api, inbox: Inbox, settings: Any, path: str
) -> None:
    for toggle in (ANONYMOUS, LINKS, CODES, SMS):
        delattr(settings, toggle)
    assert effect(api, inbox, settings, TABLE[path][0]) == OFF
