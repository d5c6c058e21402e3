"""What a story can end with, told from what it declares."""

from __future__ import annotations

import pytest

from nhost_auth import errors
from nhost_auth.http import guards, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import Email, Input, Query, Text
from nhost_auth.oauth2_errors import ServerError

CRASH = {500: ["internal-server-error"]}
FAULTS = ["request-validation-error", "schema-validation-error"]


class Body(Input):
    word = Text()


class Address(Input):
    email = Email()


class Open(Query):
    word = Text(required=False)


class Needed(Query):
    word = Text()


class Plain(Endpoint):
    pass


class Other(Endpoint):
    statuses = {errors.UserAlreadyExists: 400}
    told_as = {errors.InternalServerError: ServerError}


def told(story: Story, endpoint: type[Endpoint] = Plain) -> dict[int, list[str]]:
    return {status: [error.code for error in found] for status, found in refusals.by_status(story, endpoint).items()}


@pytest.mark.parametrize(
    ("story", "codes"),
    [
        (Story(), {}),
        (Story(guard=guards.bearer), {401: ["unauthorized"]}),
        (Story(guard=guards.elevated_unless_enrolling), {401: ["unauthorized"]}),
        (Story(guard=guards.optional_bearer), {}),
        (Story(guard=guards.optional_elevated), {}),
        (Story(request=Body), {400: FAULTS}),
        (Story(request=Address), {400: ["bad-request", *FAULTS]}),
        (Story(query=Open), {400: ["schema-validation-error"]}),
        (Story(query=Needed), {400: ["bad-request", "schema-validation-error"]}),
        (Story(form=Needed), {400: ["bad-request", *FAULTS]}),
        (Story(toggles=("AUTH_WEBAUTHN_ENABLED",)), {409: ["disabled-endpoint"]}),
        # Concealed errors look like this one.
        (Story(toggles=("AUTH_DISABLE_SIGNUP",)), {400: ["invalid-request"], 403: ["signup-disabled"]}),
        (Story(errors=(errors.InvalidTicket,)), {400: ["invalid-request"], 401: ["invalid-ticket"]}),
        (Story(errors=(errors.MfaTypeNotFound,)), {400: ["mfa-type-not-found"]}),
        (Story(turnstile=True), {403: ["turnstile"], 500: ["internal-server-error", "turnstile"]}),
    ],
    ids=map(str, range(15)),
)
def test_codes(story: Story, codes: dict[int, list[str]]) -> None:
    assert told(story) == CRASH | codes


def test_endpoint_with_statuses_and_words_of_its_own() -> None:
    story = Story(errors=(errors.UserAlreadyExists,))
    assert told(story, Other) == {400: ["invalid-request", "user-already-exists"], 500: ["server_error"]}
