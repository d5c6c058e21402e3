"""What an operation says of a story: its parameters, bodies, security and answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Api
from tests.described import operations, schema


def component(reference: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = schema()["components"]["schemas"][reference["$ref"].rpartition("/")[2]]
    return found


def test_request_body_is_what_the_input_takes() -> None:
    body = operations()["signUpEmailPassword"]["requestBody"]
    assert body["required"] is True
    shape = component(body["content"]["application/json"]["schema"])
    assert shape["additionalProperties"] is False
    assert shape["required"] == ["email", "password"]
    properties = shape["properties"]
    assert properties["email"] == {"type": "string", "format": "email"}
    assert properties["password"] == {"type": "string", "minLength": 3, "maxLength": 50}
    assert properties["codeChallenge"]["pattern"] == "^[A-Za-z0-9_-]{43}$"
    assert component(properties["options"])["properties"]["locale"] == {
        "type": "string",
        "minLength": 2,
        "maxLength": 3,
    }


def test_blank_part_of_a_name_is_one_that_the_schema_takes() -> None:
    body = operations()["convertAnonymous"]["requestBody"]["content"]["application/json"]["schema"]
    assert component(body)["properties"]["firstName"]["pattern"].endswith(r"|^\s*$")


def test_body_that_may_be_left_out_is_not_required() -> None:
    assert operations()["signInAnonymous"]["requestBody"]["required"] is False


def test_body_that_may_hold_more_is_not_closed() -> None:
    body = operations()["signOut"]["requestBody"]["content"]["application/json"]["schema"]
    assert "additionalProperties" not in component(body)


def test_form_is_a_form() -> None:
    assert list(operations()["signInProviderCallbackPost"]["requestBody"]["content"]) == [
        "application/x-www-form-urlencoded"
    ]


def test_parameters_are_those_of_path_query_and_turnstile() -> None:
    start = {part["name"]: part for part in operations()["signInProviderURL"]["parameters"]}
    assert start["provider"] == {
        "name": "provider",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "example": "google",
    }
    assert start["allowedRoles"]["schema"] == {"type": "array", "items": {"type": "string"}}
    assert start["allowedRoles"]["explode"] is False
    ticket = dict(operations()["verifyTicketURL"]["parameters"][0])
    assert ticket.pop("example").startswith("verifyEmail:")
    assert ticket == {"name": "ticket", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    assert operations()["endSession"]["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    (header,) = operations()["sendPasswordResetEmail"]["parameters"]
    assert (header["name"], header["in"]) == ("x-cf-turnstile-response", "header")


@pytest.mark.parametrize(
    ("operation", "security"),
    [
        ("getVersion", []),
        ("getUser", [{"BearerAuth": []}]),
        ("signOut", [{}, {"BearerAuth": []}]),
        ("createPAT", [{"BearerAuthElevated": []}]),
        ("changeUserPassword", [{}, {"BearerAuthElevated": []}]),
    ],
)
def test_security_is_the_guard(operation: str, security: list[Any]) -> None:
    assert operations()[operation]["security"] == security


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("getVersion", {"200", "429", "500"}),
        ("signInEmailPassword", {"200", "400", "401", "403", "429", "500", "503"}),
        ("verifySignInMfaTotp", {"200", "400", "401", "403", "409", "429", "500", "503"}),
        ("verifyTicketURL", {"200", "302", "400", "429", "500"}),
        ("followTicket", {"302", "400", "404", "429", "500"}),
        ("endSession", {"200", "400", "401", "403", "404", "429", "500"}),
        ("convertAnonymous", {"200", "400", "401", "429", "500", "503"}),
        ("sendPasswordResetEmail", {"200", "400", "403", "429", "500"}),
    ],
)
def test_answers_are_those_of_the_story(operation: str, statuses: set[str]) -> None:
    assert set(operations()[operation]["responses"]) == statuses


def test_refusal_names_its_codes() -> None:
    refusal = operations()["tokenExchange"]["responses"]["401"]
    assert refusal["description"] == "disabled-user, invalid-email-password, unverified-user"
    codes = refusal["content"]["application/json"]["schema"]["properties"]["error"]["enum"]
    assert codes == ["disabled-user", "invalid-email-password", "unverified-user"]


def test_turnstile_refuses_in_a_shape_of_its_own() -> None:
    only = operations()["sendPasswordResetEmail"]["responses"]["403"]["content"]["application/json"]["schema"]
    assert component(only)["required"] == ["error"]
    beside = operations()["signUpEmailPassword"]["responses"]["403"]["content"]["application/json"]["schema"]
    assert len(beside["anyOf"]) == 2


def test_answer_that_the_schema_does_not_tell_of_is_noticed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    told = operations()["getVersion"]["responses"]
    monkeypatch.setitem(operations()["getVersion"], "responses", {key: told[key] for key in told if key != "200"})
    with pytest.raises(AssertionError, match="getVersion 200"):
        api.get("/version")
