"""Examples are what they are examples of: their schemas say so, and so do the inputs that read requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from nhost_auth.endpoints.anonymous_convert import AnonymousConvert
from nhost_auth.http.openapi import sample_values
from nhost_auth.http.openapi.examples import BY_TYPE, Examples
from tests.contract.test_map import stories
from tests.described import operations, schema

BODIES = ("application/json", "application/x-www-form-urlencoded")
STORIES = {story.operation: story for _, story in stories()} | {"convertAnonymous": AnonymousConvert.stories["convert"]}


def media(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of an operation that is no text, and where it is."""
    holders = {"request": operation.get("requestBody", {}), **operation["responses"]}
    for where, holder in holders.items():
        for kind, body in holder.get("content", {}).items():
            if kind in BODIES:
                yield where, body


def examples(body: dict[str, Any]) -> list[Any]:
    return [body["example"]] if "example" in body else [shown["value"] for shown in body["examples"].values()]


def request(operation: str) -> list[Any]:
    return [shown for where, body in media(operations()[operation]) if where == "request" for shown in examples(body)]


def refusals(operation: str, status: str) -> dict[str, Any]:
    body = operations()[operation]["responses"][status]["content"]["application/json"]
    return {code: shown["value"] for code, shown in body["examples"].items()}


def ensure_valid(shape: dict[str, Any], value: Any) -> None:
    whole = {**shape, "components": schema()["components"]}
    formats = {"email": lambda text: "@" in text}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=formats).validate(value)


@pytest.mark.parametrize("name", sorted(operations()))
def test_every_body_has_examples_and_they_keep_to_its_schema(name: str) -> None:
    for where, body in media(operations()[name]):
        assert examples(body), where
        for shown in examples(body):
            ensure_valid(body["schema"], shown)


@pytest.mark.parametrize("name", [name for name in sorted(operations()) if STORIES[name].request])
def test_example_of_a_request_is_one_that_is_taken(name: str) -> None:
    kind = STORIES[name].request
    assert kind is not None
    for shown in request(name):
        kind.read(shown)


@pytest.mark.parametrize("name", sorted(operations()))
def test_example_of_a_parameter_is_one_that_is_taken(name: str) -> None:
    needed = [part for part in operations()[name]["parameters"] if part.get("required")]
    for part in needed:
        ensure_valid(part["schema"], part["example"])
    query = STORIES[name].query
    if query is not None:
        query.read({part["name"]: part["example"] for part in needed if part["in"] == "query"})


def test_nothing_is_made_up_where_a_name_could_tell() -> None:
    shown = [value for operation in operations().values() for _, body in media(operation) for value in examples(body)]
    assert f'"{BY_TYPE["string"]}"' not in json.dumps(shown)


def test_every_value_that_is_named_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched(dict[str, Any]):
        asked = set[str]()

        def __getitem__(self, name: str) -> Any:
            value = super().__getitem__(name)
            self.asked.add(name)
            return value

    watched = Watched(sample_values.VALUES)
    monkeypatch.setattr(sample_values, "VALUES", watched)
    schema.__wrapped__()
    assert set(watched) == watched.asked


def test_request_is_shown_with_what_it_needs_and_with_everything() -> None:
    least, whole = request("signUpEmailPassword")
    assert set(least) == {"email", "password"}
    assert set(whole) == {"email", "password", "options", "codeChallenge"}


def test_request_that_needs_nothing_is_shown_with_its_first_member() -> None:
    assert request("signOut")[0] == {"refreshToken": sample_values.VALUES["refreshToken"]}


def test_request_of_one_form_is_shown_once() -> None:
    assert len(request("refreshToken")) == 1


def test_redirects_lead_to_the_project_s_own_client(settings: Any) -> None:
    (made,) = Examples({}).answer({"type": "object", "properties": {"redirectTo": {"type": "string"}}}).values()
    assert made == {"redirectTo": settings.AUTH_CLIENT_URL}


def test_answer_that_may_be_several_things_is_shown_as_each() -> None:
    shown = operations()["signInIdToken"]["responses"]["200"]["content"]["application/json"]["examples"]
    members = {part["summary"]: next(iter(part["value"].items())) for part in shown.values()}
    assert [(summary, name, bool(value)) for summary, (name, value) in members.items()] == [
        ("Signed in", "session", True),
        ("A second factor is asked for", "mfa", True),
        ("The address has to be verified first", "session", False),
    ]


@pytest.mark.parametrize("name", sorted(operations()))
def test_every_code_has_an_example_under_its_name(name: str) -> None:
    for status, answer in operations()[name]["responses"].items():
        if status in ("200", "201", "302") or "application/json" not in answer.get("content", {}):
            continue
        told = set(answer["description"].split(", ")) if "Turnstile" not in answer["description"] else set()
        shown = refusals(name, status)
        assert set(shown) - {"turnstile"} == told
        for code, body in shown.items():
            assert code == "turnstile" or (body["error"], str(body.get("status", status))) == (code, status)


def test_refusal_tells_its_message_and_the_scheme_that_is_asked_for() -> None:
    answer = operations()["createPAT"]["responses"]["401"]["content"]["application/json"]["examples"]
    assert answer["disabled-user"]["summary"] == "disabled-user: User is disabled"
    assert answer["unauthorized"]["summary"] == "unauthorized"
    assert answer["unauthorized"]["value"] == {
        "status": 401,
        "message": "invalid or expired token",
        "error": "unauthorized",
        "reason": "invalid or expired token",
        "securityScheme": "BearerAuthElevated",
    }
    assert refusals("getUser", "401")["unauthorized"]["securityScheme"] == "BearerAuth"


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("verifyTicketURL", "Query argument ticket is required, but not found"),
        ("signInEmailPassword", "email: failed to pass regex validation"),
    ],
)
def test_unreadable_value_is_one_that_the_operation_has(operation: str, reason: str) -> None:
    assert refusals(operation, "400")["bad-request"]["message"] == reason


def test_example_has_the_status_of_an_endpoint_that_differs() -> None:
    assert refusals("convertAnonymous", "400")["user-already-exists"]["status"] == 400
