"""Our OpenAPI schema against the shapes of the published client, which schemas.json restates: member by member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.described import operations, schema

CONTRACT = json.loads(Path(__file__).with_name("schemas.json").read_text())
BOUNDS = ("minLength", "maxLength", "pattern", "format")
JSON = "application/json"

UNBOUNDED = [
    *(f"{kind}.nickname: maxLength 255" for kind in ("SignUpWebauthnVerifyRequest", "VerifyAddSecurityKeyRequest")),
    *(f"SignInPasswordlessSms{kind}.phoneNumber: maxLength 64" for kind in ("Request", "OtpRequest")),
    "SignUpPasswordlessSmsRequest.phoneNumber: maxLength 64",
]
BOUNDED = {
    "Oauth2AuthorizePostBody": "client_id 512 redirect_uri 2048 response_type 64 scope 2048 state 2048 nonce 2048 "
    "code_challenge 128 code_challenge_method 32 resource 2048 prompt 64",
    "OAuth2TokenRequest": "code 2048 redirect_uri 2048 client_id 2048 client_secret 2048 code_verifier 2048 "
    "refresh_token 2048 resource 2048",
    **dict.fromkeys(
        ("OAuth2RevokeRequest", "OAuth2IntrospectRequest"), "token 16384 client_id 2048 client_secret 2048"
    ),
}
"""Whoever calls these has proven nothing yet: members and the greatest length of each."""
DIFFERENT = {
    *(
        f"{kind}.{name}: maxLength {most} instead of None"
        for kind, told in BOUNDED.items()
        for name, most in zip(told.split()[::2], told.split()[1::2], strict=True)
    ),
    # Another grant type is refused in the words of RFC 6749.
    "OAuth2TokenRequest.grant_type: None instead of ['authorization_code', 'refresh_token']",
    # Elliptic curves have other numbers.
    "JWK.e: not always there",
    "JWK.n: not always there",
    # Nhost's server gives null too, though the client's types do not say so.
    "User.metadata: may be null",
    "User.activeMfaType: may be null",
    "SessionPayload.session: may be null",
    # What the columns hold.
    *(f"{bound} instead of None" for bound in UNBOUNDED),
    # Providers of the project's own come beside them.
    *(f"{kind}IdTokenRequest.provider: None instead of ['apple', 'google']" for kind in ("Link", "SignIn", "SignUp")),
    *(
        f"{kind}IdTokenRequest.provider: pattern ^(apple|google|c:.*)$ instead of None"
        for kind in ("Link", "SignIn", "SignUp")
    ),
    # The same.
    r"SignInMfaTotpRequest.ticket: pattern ^mfaTotp\:.*$ instead of ^mfaTotp:.*$",
}
"""In what our schema is not the contract's, and why."""


WORDS_OF_OAUTH2 = {
    *("access_denied", "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "invalid_token"),
    *("request_not_supported", "request_uri_not_supported", "server_error"),
    *("authorization_pending", "expired_token", "slow_down", "unauthorized_client"),  # RFC 8628, RFC 6749
    *("invalid_client_metadata", "invalid_redirect_uri"),  # RFC 7591
    *("unsupported_grant_type", "unsupported_response_type"),
}


def ours(name: str, part: str) -> Any:
    operation = operations()[name]
    holder = operation["requestBody"] if part == "request" else operation["responses"]["200"]
    (body,) = holder["content"].values()
    return body["schema"]


def plain(shape: Any, components: Any) -> tuple[dict[str, Any], bool]:
    """A shape without references, and whether it may be null."""
    if "$ref" in shape:
        return plain(components[name_of(shape)], components)
    if "oneOf" in shape:
        return plain(shape["oneOf"][0], components)[0], True
    if None in shape.get("enum", ()):
        return {**shape, "enum": [value for value in shape["enum"] if value is not None]}, True
    return shape, False


def name_of(reference: Any) -> str:
    return str(reference["$ref"].rpartition("/")[2])


def differences(where: str, theirs: Any, our: Any, *, request: bool) -> Iterator[str]:
    """What a client that goes by the contract would stumble over, each told once for the shape it is in."""
    if "$ref" in theirs and "enum" not in CONTRACT["schemas"][name_of(theirs)]:
        member, where = where, name_of(theirs)
    else:
        member = where
    (theirs, _), (our, nullable) = plain(theirs, CONTRACT["schemas"]), plain(our, schema()["components"]["schemas"])
    if nullable:
        yield f"{member}: may be null"
    if {theirs["type"], our["type"]} not in ({theirs["type"]}, {"number", "integer"}):
        yield f"{member}: {our['type']} instead of {theirs['type']}"
    for bound in BOUNDS:
        if theirs.get(bound) != our.get(bound) and (request or bound in theirs):
            yield f"{member}: {bound} {our.get(bound)} instead of {theirs.get(bound)}"
    allowed, told = theirs.get("enum"), our.get("enum")
    if allowed != told and (request or (allowed and not set(told or ()) <= set(allowed))):
        yield f"{member}: {told} instead of {allowed}"
    if theirs["type"] == "array":
        yield from differences(f"{member}[]", theirs["items"], our["items"], request=request)
    yield from of_members(where, theirs, our, request=request)


def of_members(where: str, theirs: Any, our: Any, *, request: bool) -> Iterator[str]:
    told, wanted = set(our.get("required", ())), set(theirs.get("required", ()))
    is_open = request and "additionalProperties" not in our
    for name, shape in theirs.get("properties", {}).items():
        if name in wanted - told or (request and name in told - wanted):
            yield f"{where}.{name}: {'' if name in told else 'not '}always there"
        if name in our.get("properties", {}):
            yield from differences(f"{where}.{name}", shape, our["properties"][name], request=request)
        elif not is_open and (request or name in wanted):
            yield f"{where}.{name}: missing"


SHAPES = [
    (row, part)
    for row in CONTRACT["bodies"]
    for part in ("request", "response")
    if row.get(part) in CONTRACT["schemas"]
]


def found(row: dict[str, str], part: str) -> set[str]:
    theirs = CONTRACT["schemas"][row[part]]
    return set(differences(row[part], theirs, ours(row["operation"], part), request=part == "request"))


@pytest.mark.parametrize(
    ("row", "part"), SHAPES, ids=lambda value: value if isinstance(value, str) else value["operation"]
)
def test_shape_is_the_contract_s(row: dict[str, str], part: str) -> None:
    assert found(row, part) - DIFFERENT == set()


def test_what_is_said_to_differ_does() -> None:
    assert set().union(*(found(row, part) for row, part in SHAPES)) == DIFFERENT


def test_errors_are_those_of_the_contract_and_some_more() -> None:
    theirs = CONTRACT["schemas"]["ErrorResponse"]
    our = schema()["components"]["schemas"]["NhostErrorResponse"]
    assert set(our["required"]) == set(theirs["required"])
    told = {code for operation in operations().values() for code in codes(operation)}
    assert told - set(CONTRACT["schemas"]["ErrorResponseError"]["enum"]) == {
        *("bad-request", "request-validation-error", "schema-validation-error", "unauthorized"),
        "otp-too-many-attempts",  # in Nhost's newest servers
        *("session-not-found", "application-not-found", "sign-in-again", "consent-needed"),  # ours
        *WORDS_OF_OAUTH2,
    }


def codes(operation: dict[str, Any]) -> Iterator[str]:
    for answer in operation["responses"].values():
        refusal = answer.get("content", {}).get(JSON, {}).get("schema", {})
        for shape in refusal.get("anyOf", [refusal]):
            yield from shape.get("properties", {}).get("error", {}).get("enum", ())
