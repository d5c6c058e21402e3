"""What requests may hold and how the first fault is told (accounts.md 1.2, 1.11)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import Account
from tests.conftest import PASSWORD, Api, Reply

SIGN_UP, SIGN_IN = "/signup/email-password", "/signin/email-password"
ANN: dict[str, Any] = {"email": "ann@example.com", "password": PASSWORD}
UUID = "0f9c1c5e-7a1b-4c52-9d6e-1a2b3c4d5e6f"
MISMATCH = 'string doesn\'t match the regular expression "{}"'
UUID_MISMATCH = MISMATCH.format(r"\b[0-9a-f]{8}\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\b[0-9a-f]{12}\b")
NAME_MISMATCH = MISMATCH.format(r"^[\p{L}\p{N}\p{S} ,.'-]+$")
STRING, OBJECT, ARRAY, NULL = (
    "value must be a string",
    "value must be an object",
    "value must be an array",
    "Value is not nullable",
)


def options(**values: Any) -> dict[str, Any]:
    return {**ANN, "options": values}


def assert_fault(reply: Reply, reason: str) -> None:
    assert reply.status == 400
    assert reply.json == {"status": 400, "message": reason, "error": "schema-validation-error", "reason": reason}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"password": PASSWORD}, 'property "email" is missing'),
        ({"email": "ann@example.com"}, 'property "password" is missing'),
        ({**ANN, "x": 1}, 'property "x" is unsupported'),
        ({**ANN, "Email": "ann@example.com"}, 'property "Email" is unsupported'),
        ({**ANN, "": 1}, 'property "" is unsupported'),
        (options(x=1), 'property "x" is unsupported'),
        (options(display_name="Ann"), 'property "display_name" is unsupported'),
        ({**ANN, "email": 5}, STRING),
        ({**ANN, "email": ["ann@example.com"]}, STRING),
        ({**ANN, "password": {"$ne": ""}}, STRING),
        ({**ANN, "password": True}, STRING),
        ({**ANN, "options": "none"}, OBJECT),
        ({**ANN, "options": []}, OBJECT),
        (options(allowedRoles="user"), ARRAY),
        (options(allowedRoles={"0": "user"}), ARRAY),
        (options(allowedRoles=[5]), STRING),
        (options(defaultRole=["user"]), STRING),
        (options(displayName=1.5), STRING),
        (options(metadata=[]), OBJECT),
        (options(metadata="text"), OBJECT),
        (options(redirectTo=3), STRING),
        ({**ANN, "email": None}, NULL),
        ({**ANN, "password": None}, NULL),
        ({**ANN, "options": None}, NULL),
        ({**ANN, "codeChallenge": None}, NULL),
        (options(allowedRoles=None), NULL),
        (options(allowedRoles=["user", None]), NULL),
        (options(defaultRole=None), NULL),
        (options(displayName=None), NULL),
        (options(locale=None), NULL),
        (options(metadata=None), NULL),
        (options(allowedRoles=["user"] * 101), "maximum number of items is 100"),
        (options(metadata={"é": "é" * 8190}), "maximum size is 16384 bytes"),
        (options(redirectTo=None), NULL),
        ({**ANN, "password": "ab"}, "minimum string length is 3"),
        ({**ANN, "password": ""}, "minimum string length is 3"),
        ({**ANN, "password": "x" * 51}, "maximum string length is 50"),
        ({**ANN, "codeChallenge": "x" * 42}, "minimum string length is 43"),
        ({**ANN, "codeChallenge": "x" * 44}, "maximum string length is 43"),
        (options(locale="e"), "minimum string length is 2"),
        (options(locale="engl"), "maximum string length is 3"),
        (options(displayName="x" * 33), "maximum string length is 32"),
        ({**ANN, "codeChallenge": "!" * 43}, MISMATCH.format("^[A-Za-z0-9_-]{43}$")),
        (
            options(displayName=""),
            "string doesn't match the regular expression \"" + r"^[\p{L}\p{N}\p{S} ,.'-]+$" + '"',
        ),
    ],
    ids=lambda value: str(value)[:100],
)
def test_fault_is_told_in_these_words(api: Api, body: dict[str, Any], reason: str) -> None:
    assert_fault(api.post(SIGN_UP, body), reason)
    assert Account.objects.count() == 0


def test_70_bounds_of_lists_and_metadata_are_settings(api: Api, settings: Any) -> None:
    settings.AUTH_REQUEST_MAX_ITEMS, settings.AUTH_METADATA_MAX_BYTES = 2, 8
    assert_fault(api.post(SIGN_UP, options(allowedRoles=["user"] * 3)), "maximum number of items is 2")
    assert_fault(api.post(SIGN_UP, options(metadata={"x": 123})), "maximum size is 8 bytes")
    assert api.post(SIGN_UP, options(allowedRoles=["user"] * 2, metadata={"x": 1})).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {**ANN, "codeChallenge": "x" * 43},
        {**ANN, "options": {}},
        options(metadata={"x": None, "Email": [], "deep": {"y": [None, 1.5, True]}}),
        options(metadata={}),
        options(metadata={"é": "é" * 8187}),
        options(allowedRoles=["user"] * 100),
        options(locale="deu"),
        options(displayName="x" * 32),
        {**ANN, "password": "abc"},
        {**ANN, "password": "x" * 50},
    ],
    ids=lambda value: str(value)[:100],
)
def test_whatever_keeps_within_the_bounds_passes(api: Api, body: dict[str, Any]) -> None:
    assert api.post(SIGN_UP, body).status == 200


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({"email": 5, "password": "ab"}, (STRING, "minimum string length is 3")),
        ({"x": 1, "y": 2}, ('property "x" is unsupported', 'property "y" is unsupported')),
        ({}, ('property "email" is missing', 'property "password" is missing')),
        (options(locale="e", metadata=[]), ("minimum string length is 2", OBJECT)),
    ],
    ids=lambda value: str(value)[:100],
)
def test_only_one_of_several_faults_is_told(api: Api, body: dict[str, Any], reasons: tuple[str, str]) -> None:
    reply = api.post(SIGN_UP, body)
    assert reply.json["reason"] in reasons
    assert_fault(reply, reply.json["reason"])


def test_schema_comes_before_the_syntax_of_addresses(api: Api) -> None:
    assert_fault(api.post(SIGN_UP, {"email": "nonsense", "password": "ab"}), "minimum string length is 3")
    assert_fault(api.post(SIGN_UP, {"email": "nonsense"}), 'property "password" is missing')


def test_enum_names_what_is_allowed(api: Api) -> None:
    body = {"signInMethod": "sms", "email": "ann@example.com"}
    reply = api.post("/user/deanonymize", body, token=api.anonymous().token)
    assert reply.outcome == (400, "schema-validation-error")
    assert reply.json["reason"].startswith("value is not one of the allowed values [")
    assert "email-password" in reply.json["reason"]
    assert "passwordless" in reply.json["reason"]


@pytest.mark.parametrize("value", ["true", 1, 0, [], {}])
def test_boolean_is_no_other_type(api: Api, value: Any) -> None:
    assert_fault(api.post("/signout", {"all": value}), "value must be a boolean")


def test_signing_out_tolerates_unknown_fields(api: Api) -> None:
    assert api.post("/signout", {"refreshToken": UUID, "x": None}).status == 200


def test_missing_query_parameter_has_a_body_of_its_own(api: Api) -> None:
    reply = api.get("/verify")
    assert reply.status == 400
    assert (reply.json["status"], reply.json["errors"]) == (400, "bad-request")
    assert reply.json["message"] == "Query argument ticket is required, but not found"


# 😀 is one character of two UTF-16 units and four bytes.
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({**ANN, "password": "😀"}, "minimum string length is 3"),
        ({**ANN, "password": "😀a"}, None),
        ({**ANN, "password": "😀" * 25}, None),
        ({**ANN, "password": "😀" * 25 + "a"}, "maximum string length is 50"),
        ({**ANN, "password": "é" * 50}, None),
        (options(displayName="😀" * 16), None),
        (options(displayName="😀" * 16 + "a"), "maximum string length is 32"),
        (options(locale="😀"), None),
        (options(locale="😀😀"), "maximum string length is 3"),
    ],
    ids=lambda value: str(value)[:100],
)
def test_lengths_are_utf16_units(api: Api, body: dict[str, Any], reason: str | None) -> None:
    reply = api.post(SIGN_UP, body)
    assert (reply.status, (reply.json or {}).get("reason")) == (400 if reason else 200, reason)


def test_greatest_length_of_a_password_is_a_setting(api: Api, settings: Any) -> None:
    settings.AUTH_PASSWORD_MAX_LENGTH = 64
    assert api.sign_up(password="x" * 64).status == 200
    assert api.sign_in(password="x" * 64).status == 200
    assert_fault(api.post(SIGN_IN, {**ANN, "password": "x" * 65}), "maximum string length is 64")


@pytest.mark.parametrize("text", [UUID, f"({UUID})", f"a {UUID} b", f"{UUID}."])
def test_uuid_pattern_is_not_anchored(api: Api, text: str) -> None:
    assert api.post("/token", {"refreshToken": text}).outcome == (401, "invalid-refresh-token")


@pytest.mark.parametrize("text", ["", "x", UUID.upper(), UUID.replace("-", ""), f"a{UUID}", f"{UUID}a", UUID[:-1]])
def test_uuid_pattern_wants_lower_case_and_word_boundaries(api: Api, text: str) -> None:
    assert_fault(api.post("/token", {"refreshToken": text}), UUID_MISMATCH)


@pytest.mark.parametrize("target", ["", "not a uri", "http://", "\\"])
def test_uri_is_left_to_the_allow_list(api: Api, target: str) -> None:
    assert api.post(SIGN_UP, options(redirectTo=target)).outcome == (400, "redirectTo-not-allowed")


@pytest.mark.parametrize(
    "name",
    ["Ann", "Ärzte Ünal", "名前", "Нина", "علي", "7 of 9", "²½Ⅷ", "O'Neil-Lee, Jr.", "€$+<=>^`|~", "😀", "𐐀", " ", "-"],
)
def test_display_name_takes_letters_numbers_symbols_and_a_few_marks(api: Api, name: str) -> None:
    assert api.post(SIGN_UP, options(displayName=name)).user["displayName"] == name


NOT_IN_NAMES = [
    *("a/b", "a_b", "a!", "a?", "a@b", "(a)", '"a"', "a\\", "a&b", "a;b", "a:b", "#1", "50%", "O\u2019Neil"),
    *("a\tb", "a\n", "a\r\nb", "e\u0301", "a\u00a0b", "a\u200db", "a\u2028b", "\ue000", "a\x7f"),
]


@pytest.mark.parametrize("name", NOT_IN_NAMES)
def test_display_name_takes_nothing_else(api: Api, name: str) -> None:
    assert_fault(api.post(SIGN_UP, options(displayName=name)), NAME_MISMATCH)


@pytest.mark.parametrize(
    "email",
    [
        "a@b.co",
        "a.b+c-d_e@sub.example.com",
        "!#$%&'*+/=?^_`{|}~-@example.com",
        "1@1.example.com",
        "ann@xn--bcher-kva.example",
        f"ann@{'a' * 63}.example.com",
        f"{'a' * 242}@example.com",
    ],
)
def test_good_address(api: Api, email: str) -> None:
    assert api.post(SIGN_UP, {**ANN, "email": email}).user["email"] == email


NOT_ADDRESSES = [
    *("", "plain", "@example.com", "ann@", "a@b@example.com", "ann lee@example.com", "Ann <ann@example.com>"),
    *(" ann@example.com", "ann@example.com ", "ann@example.com\n", "ann@exa\nmple.com", "ann@example.com\u200b"),
    *(".ann@example.com", "ann.@example.com", "a..b@example.com", '"ann lee"@example.com', "ann(x)@example.com"),
    *("ann@.example.com", "ann@example..com", "ann@example.com.", "ann@-example.com", "ann@example-.com"),
    *("ann@exa_mple.com", "änn@example.com", "ann@bücher.example", "ann@[127.0.0.1]", "a@b.io,c@d.io"),
    *(f"ann@{'a' * 64}.example.com", f"{'a' * 243}@example.com"),
]


@pytest.mark.parametrize("email", NOT_ADDRESSES)
def test_bad_address_has_a_body_of_its_own(api: Api, email: str) -> None:
    reply = api.post(SIGN_UP, {**ANN, "email": email})
    assert reply.status == 400
    assert (reply.json["status"], reply.json["errors"]) == (400, "bad-request")
    assert reply.json["message"] == "email: failed to pass regex validation"
    assert Account.objects.count() == 0
