"""The map holds what the published client calls: every operation is served."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from nhost_auth.http.endpoint import NO_SUCH_METHOD, Story

OPERATIONS = json.loads(Path(__file__).with_name("operations.json").read_text())

NEWER_THAN_THE_CLIENT = {
    ("GET", "/elevate"),
    ("POST", "/elevate/otp/email"),
    ("POST", "/elevate/otp/email/verify"),
    ("POST", "/elevate/otp/sms"),
    ("POST", "/elevate/otp/sms/verify"),
    ("POST", "/elevate/totp"),
    ("POST", "/user/deanonymize/sms"),
    ("POST", "/user/phone-number/change"),
    ("POST", "/user/phone-number/change/verify"),
}
"""In Nhost's newest servers, but not yet in the client the contract is derived from."""

OURS = {
    ("GET", "/mfa/recovery-codes"),
    ("POST", "/mfa/recovery-codes"),
    ("GET", "/user/sessions"),
    ("DELETE", "/user/sessions/{session_id}"),
    ("GET", "/user/webauthn/keys"),
    ("PATCH", "/user/webauthn/keys/{key_id}"),
    ("DELETE", "/user/webauthn/keys/{key_id}"),
    ("GET", "/user/applications"),
    ("DELETE", "/user/applications/{application_id}"),
    ("POST", "/oauth2/device_authorization"),
    ("GET", "/oauth2/device"),
    ("POST", "/oauth2/device"),
    ("POST", "/oauth2/login/refuse"),
    ("GET", "/oauth2/logout"),
    ("POST", "/oauth2/logout"),
    ("POST", "/oauth2/register"),
    ("POST", "/verify"),
}
"""Not at Nhost at all."""

OF_BROWSERS = {("GET", "/signin/provider/{provider}/callback"), ("POST", "/signin/provider/{provider}/callback")}
"""Where providers send people back to; no client calls it."""

EXPLODED = {"providerSpecificParams": ["connection", "organization"]}
"""Objects whose members stand in a query by themselves."""

OF_OPENID = {"max_age", "request", "request_uri"}
BEYOND_THE_CONTRACT = {
    "oauth2Token": {"device_code"},
    "oauth2AuthorizeURL": OF_OPENID,
    "oauth2AuthorizePostURL": OF_OPENID,
}
"""Parameters of OpenID Connect that Nhost overlooks."""


def stories() -> Iterator[tuple[tuple[str, str], Story]]:
    for pattern in get_resolver("nhost_auth.urls").url_patterns:
        view: Any = pattern.callback
        for method, name in view.actions.items():
            if name != NO_SUCH_METHOD:
                path = f"/{pattern.pattern}".replace("<uuid:", "{").replace("<str:", "{").replace(">", "}")
                yield (method.upper(), path), view.cls.stories[name]


def place(operation: dict[str, Any]) -> tuple[str, str]:
    return operation["method"], operation["path"]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("auth_map", "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def test_contract_has_58_operations() -> None:
    assert len({place(operation) for operation in OPERATIONS}) == len(OPERATIONS) == 58


def test_every_operation_is_served(rows: list[dict[str, Any]]) -> None:
    assert {place(operation) for operation in OPERATIONS} <= {place(row) for row in rows}


def test_every_row_is_an_operation_of_the_contract(rows: list[dict[str, Any]]) -> None:
    assert {place(row) for row in rows} - {place(operation) for operation in OPERATIONS} == (
        NEWER_THAN_THE_CLIENT | OURS | OF_BROWSERS
    )


OF_THE_CONTRACT = [
    (where, story) for where, story in stories() if where not in NEWER_THAN_THE_CLIENT | OURS | OF_BROWSERS
]


@pytest.mark.parametrize(
    ("where", "story"), OF_THE_CONTRACT, ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_requests_hold_the_contract_s_fields(where: tuple[str, str], story: Story) -> None:
    (operation,) = [operation for operation in OPERATIONS if place(operation) == where]
    body, beyond = story.request or story.form, BEYOND_THE_CONTRACT.get(operation["operation"], set())
    fields: dict[str, Any] = body._declared_fields if body else {}
    assert {name for name, field in fields.items() if field.required} == set(operation.get("required", []))
    optional = {name for name, field in fields.items() if not field.required}
    assert optional == set(operation.get("optional", [])) | (beyond if body else set())
    query: dict[str, Any] = story.query._declared_fields if story.query else {}
    wanted = {part for name in operation.get("query", []) for part in EXPLODED.get(name, [name])}
    assert set(query) == wanted | (beyond if query else set())
