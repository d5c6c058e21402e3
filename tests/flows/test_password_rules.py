"""Rules for new passwords that the host adds, and a leak database that cannot be asked (accounts.md 1.13)."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import Client

from nhost_auth.infra import hibp
from nhost_auth.models import Account, Ticket
from tests.conftest import PASSWORD, PREFIX, Api, Reply, account
from tests.endpoints.leak_database import leak_database

DJANGO = "django.contrib.auth.password_validation"
NEW = "Another-horse-8"
TOO_SHORT, IN_DATABASE = (400, "password-too-short"), (400, "password-in-hibp-database")


class RefusesHorses:
    """A validator of a host."""

    def validate(self, password: str, user: Any = None) -> None:
        if "horse" in password:
            raise ValidationError("No %(animal)ss, please.", code="horse", params={"animal": "horse"})

    def get_help_text(self) -> str:
        return ""


def validators(settings: Any, *names: str) -> None:
    listed = [{"NAME": name if "." in name else f"{DJANGO}.{name}"} for name in names]
    settings.AUTH_PASSWORD_VALIDATORS = listed


def convert(api: Api, password: str) -> Reply:
    body = {"signInMethod": "email-password", "email": "ann@example.com", "password": password}
    return api.post("/user/deanonymize", body, token=api.anonymous().token)


def change(api: Api, password: str) -> Reply:
    return api.post("/user/password", {"newPassword": password}, token=api.sign_up().token)


def reset(api: Api, password: str) -> Reply:
    ticket = Ticket.objects.issue(account(api.sign_up()), Ticket.Kind.PASSWORD_RESET)
    return api.post("/user/password", {"newPassword": password, "ticket": ticket})


# Every way to a new password; the account that is there already has a good one.
WAYS: dict[str, Callable[[Api, str], Reply]] = {
    "sign-up": lambda api, password: api.sign_up(password=password),
    "conversion": convert,
    "change": change,
    "reset": reset,
}


@pytest.mark.parametrize("way", WAYS)
def test_4_validator_of_the_host_is_asked_wherever_a_password_is_set(api: Api, settings: Any, way: str) -> None:
    validators(settings, "NumericPasswordValidator")
    reply = WAYS[way](api, "31415926535")
    assert (reply.status, reply.json) == (
        400,
        {"status": 400, "message": "This password is entirely numeric.", "error": "invalid-request"},
    )
    passwords = get_user_model().objects.values_list("password", flat=True)
    assert not any(get_user_model()(password=stored).check_password("31415926535") for stored in passwords)


@pytest.mark.parametrize("way", WAYS)
def test_password_that_all_of_them_take_is_set(api: Api, settings: Any, way: str) -> None:
    validators(settings, "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
    assert WAYS[way](api, NEW).status == 200
    assert api.sign_in(password=NEW).status == 200


@pytest.mark.parametrize(
    ("names", "password", "error", "message"),
    [
        (["MinimumLengthValidator"], "seven-7", "password-too-short", "Password is too short"),
        (["CommonPasswordValidator"], "password1", "invalid-request", "This password is too common."),
        (
            ["CommonPasswordValidator", "NumericPasswordValidator"],
            "12345678",
            "invalid-request",
            "This password is too common. This password is entirely numeric.",
        ),
        (
            ["NumericPasswordValidator", "MinimumLengthValidator"],
            "314159",
            "password-too-short",
            "Password is too short",
        ),
        ([f"{__name__}.RefusesHorses"], PASSWORD, "invalid-request", "No horses, please."),
    ],
    ids=str,
)
def test_too_short_is_nhosts_own_error_and_the_rest_are_told_in_their_words(
    api: Api, settings: Any, names: list[str], password: str, error: str, message: str
) -> None:
    validators(settings, *names)
    reply = api.sign_up(password=password)
    assert (reply.outcome, reply.json["message"]) == ((400, error), message)
    assert Account.objects.count() == 0


@pytest.mark.parametrize("conceal", [True, False])
def test_what_they_say_is_not_concealed(api: Api, settings: Any, conceal: bool) -> None:
    settings.AUTH_CONCEAL_ERRORS = conceal
    validators(settings, "NumericPasswordValidator")
    assert api.sign_up(password="31415926535").json["message"] == "This password is entirely numeric."


def test_nhosts_rules_come_first(api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    validators(settings, f"{__name__}.RefusesHorses")
    settings.AUTH_PASSWORD_MIN_LENGTH, settings.AUTH_PASSWORD_HIBP_ENABLED = 16, True
    with leak_database(monkeypatch, PASSWORD) as asked:
        assert (api.sign_up().outcome, asked) == (TOO_SHORT, [])
        settings.AUTH_PASSWORD_MIN_LENGTH = 3
        assert api.sign_up().outcome == IN_DATABASE
        settings.AUTH_PASSWORD_HIBP_ENABLED = False
        assert api.sign_up().json["message"] == "No horses, please."


def test_signing_in_with_a_password_from_before_the_rule_goes_on(api: Api, settings: Any) -> None:
    api.sign_up()
    validators(settings, f"{__name__}.RefusesHorses")
    settings.AUTH_PASSWORD_MIN_LENGTH = 40
    assert api.sign_in().status == 200


@pytest.fixture
def broken(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leak database that takes no connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.AUTH_PASSWORD_HIBP_ENABLED = True
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(hibp, "RANGE_URL", f"http://127.0.0.1:{port}/range/")


def sign_up_seeing_crashes() -> Reply:
    body = {"email": "ann@example.com", "password": PASSWORD}
    client = Client(raise_request_exception=False)
    return Reply(client.post(f"{PREFIX}/signup/email-password", body, "application/json"))


def test_4_database_that_cannot_be_asked_is_a_500_and_nothing_is_stored(db: None, broken: None) -> None:
    assert sign_up_seeing_crashes().outcome == (500, "internal-server-error")
    assert (Account.objects.count(), get_user_model().objects.count()) == (0, 0)


def test_database_that_answers_nonsense_is_a_500_too(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUTH_PASSWORD_HIBP_ENABLED = True
    with leak_database(monkeypatch, status=503):
        assert sign_up_seeing_crashes().outcome == (500, "internal-server-error")
    assert Account.objects.count() == 0


def test_4_host_may_prefer_to_go_on_without_it(
    api: Api, settings: Any, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUTH_PASSWORD_HIBP_FAIL_OPEN = True
    with caplog.at_level(logging.DEBUG, "nhost_auth"):
        assert api.sign_up().status == 200
    (record,) = [each for each in caplog.records if each.name == "nhost_auth.passwords"]
    assert record.levelname == "WARNING"
    assert PASSWORD not in caplog.text
    assert "ann@example.com" not in caplog.text


@pytest.mark.parametrize("way", WAYS)
def test_4_leaked_password_is_refused_all_the_same(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    settings.AUTH_PASSWORD_HIBP_ENABLED = settings.AUTH_PASSWORD_HIBP_FAIL_OPEN = True
    with leak_database(monkeypatch, NEW):
        assert WAYS[way](api, NEW).outcome == IN_DATABASE


def test_going_on_without_it_leaves_the_other_rules_in_force(api: Api, settings: Any, broken: None) -> None:
    settings.AUTH_PASSWORD_HIBP_FAIL_OPEN = True
    validators(settings, "NumericPasswordValidator")
    settings.AUTH_PASSWORD_MIN_LENGTH = 5
    assert api.sign_up(password="31415926535").outcome == (400, "invalid-request")
    assert api.sign_up(password="abcd").outcome == TOO_SHORT
