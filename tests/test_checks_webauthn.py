"""System checks of security keys and of the second factor: nhost_auth.E013, E014, W108 to W110 (identity.md 1, 2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import CheckMessage, Error, run_checks
from django.core.checks import Warning as Caution

EVERYWHERE, MFA, TOTP = "AUTH_MFA_REQUIRED_EVERYWHERE", "AUTH_MFA_ENABLED", "AUTH_TOTP_ENABLED"
RP_ID, CLIENT_URL = "AUTH_WEBAUTHN_RP_ID", "AUTH_CLIENT_URL"
ABOUT_KEYS = ("E013", "W108", "W109")
ABOUT_SECOND_FACTOR = ("E014", "W110")
NO_HOST_NAMES = [
    "https://app.example.com",
    "//app.example.com",
    "app.example.com/",
    "app.example.com:8443",
    "localhost:3000",
    "user@app.example.com",
    "App.example.com",
    "EXAMPLE",
    "127.0.0.1",
    "10.1",
    "::1",
    "[::1]",
    "*.example.com",
    "app example.com",
    " app.example.com",
    "app.example.com\n",
    ".example.com",
    "app..example.com",
    "app.example.com.",
    "bücher.example",
    "app_1.example.com",
]
FINE = ["localhost", "example.com", "a.b.example.com", "app-1.example.com", "1.example", "xn--bcher-kva.example"]


def found(settings: Any, values: dict[str, Any], *numbers: str, deploy: bool = True) -> dict[str, CheckMessage]:
    """Which of these messages the settings call forth."""
    for name, value in values.items():
        setattr(settings, name, value)
    ours = {str(message.id).removeprefix("nhost_auth."): message for message in run_checks(None, None, deploy)}
    return {number: ours[number] for number in numbers if number in ours}


def with_keys(settings: Any, values: dict[str, Any], *, enabled: bool = True) -> list[str]:
    """Ids of the messages about security keys, with each of them as safe as can be unless `values` say otherwise."""
    safe = {"AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION": True, "AUTH_WEBAUTHN_CONCEAL_KEYS": True}
    return list(found(settings, {"AUTH_WEBAUTHN_ENABLED": enabled} | safe | values, *ABOUT_KEYS))


@pytest.mark.parametrize("rp_id", NO_HOST_NAMES)
def test_relying_party_is_a_host_name_in_lower_case(settings: Any, rp_id: str) -> None:
    values = {"AUTH_WEBAUTHN_ENABLED": True, RP_ID: rp_id}
    message = found(settings, values, "E013", deploy=False)["E013"]
    assert isinstance(message, Error)
    assert repr(rp_id) in message.msg
    assert RP_ID in str(message.hint)


@pytest.mark.parametrize("rp_id", FINE)
def test_host_names_are_fine(settings: Any, rp_id: str) -> None:
    assert with_keys(settings, {RP_ID: rp_id}) == []


@pytest.mark.parametrize(
    ("client_url", "ids"),
    [
        ("https://app.example.com", []),
        ("https://App.Example.com:8443/start?x=1", []),  # the host of a URL is in lower case already
        ("http://localhost:3000", []),
        ("http://127.0.0.1:3000", ["E013"]),
        ("http://[::1]:3000", ["E013"]),
        ("https://bücher.example", ["E013"]),
        ("app.example.com", ["E013"]),
        ("", ["E013"]),
    ],
)
def test_unset_it_is_the_host_of_the_front_end(settings: Any, client_url: str, ids: list[str]) -> None:
    assert with_keys(settings, {CLIENT_URL: client_url}) == ids


def test_front_end_whose_url_is_broken_has_no_host(settings: Any) -> None:
    assert with_keys(settings, {CLIENT_URL: "https://[::1"}) == ["E013"]


def test_set_it_counts_alone(settings: Any) -> None:
    assert with_keys(settings, {CLIENT_URL: "http://127.0.0.1:3000", RP_ID: "localhost"}) == []
    assert with_keys(settings, {CLIENT_URL: "http://localhost:3000", RP_ID: "127.0.0.1"}) == ["E013"]


@pytest.mark.parametrize("rp_id", ["", "127.0.0.1"])
def test_nothing_is_asked_while_keys_are_off(settings: Any, rp_id: str) -> None:
    risky = {"AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION": False, "AUTH_WEBAUTHN_CONCEAL_KEYS": False}
    assert with_keys(settings, {RP_ID: rp_id, CLIENT_URL: "", **risky}, enabled=False) == []


@pytest.mark.parametrize(
    ("number", "name"),
    [("W108", "AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION"), ("W109", "AUTH_WEBAUTHN_CONCEAL_KEYS")],
)
def test_each_risk_of_keys_is_a_warning_that_names_its_setting(settings: Any, number: str, name: str) -> None:
    assert with_keys(settings, {name: False}) == [number]
    message = found(settings, {}, number)[number]
    assert isinstance(message, Caution)
    assert message.msg.startswith(f"{name} is off")
    assert found(settings, {}, number, deploy=False) == {}


def test_defaults_leave_both_risks(settings: Any) -> None:
    assert list(found(settings, {"AUTH_WEBAUTHN_ENABLED": True}, *ABOUT_KEYS)) == ["W108", "W109"]


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({}, []),
        ({EVERYWHERE: True}, ["E014"]),
        *(({switch: True}, ["W110"]) for switch in (MFA, TOTP)),
        *(({switch: True, EVERYWHERE: True}, []) for switch in (MFA, TOTP)),
    ],
    ids=str,
)
def test_second_factor_is_on_where_it_is_required_and_required_where_it_is_on(
    settings: Any, values: dict[str, Any], ids: list[str]
) -> None:
    assert list(found(settings, values, *ABOUT_SECOND_FACTOR)) == ids


def test_requiring_what_is_off_is_an_error_at_every_start_the_rest_a_matter_of_deployment(settings: Any) -> None:
    error = found(settings, {EVERYWHERE: True}, *ABOUT_SECOND_FACTOR, deploy=False)
    assert {number: type(message) for number, message in error.items()} == {"E014": Error}
    assert error["E014"].hint == "Set AUTH_MFA_ENABLED."
    assert found(settings, {EVERYWHERE: False, MFA: True}, *ABOUT_SECOND_FACTOR, deploy=False) == {}
