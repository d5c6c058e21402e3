"""Lines of a file: good ones become users, each bad one is named with its number and its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nhost_auth.models import Account
from tests.conftest import Api, account
from tests.imports.importing import counts, import_lines
from tests.imports.nhost_database import PASSWORD, bcrypted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]

ANN = {"email": "ann@example.com", "passwordHash": bcrypted()}
ID = "0b8d6c0e-3a55-4c0e-9a60-1c9a5cf9a001"


def test_address_and_hash_are_enough(api: Api, tmp_path: Path) -> None:
    import_lines(tmp_path, ANN)
    user = api.sign_in(password=PASSWORD).user
    assert (user["email"], user["emailVerified"], user["displayName"]) == ("ann@example.com", False, "ann@example.com")
    assert (sorted(user["roles"]), user["defaultRole"], user["locale"]) == (["editor", "me", "user"], "user", "en")
    assert "gravatar" in user["avatarUrl"]


def test_everything_may_be_given(api: Api, tmp_path: Path) -> None:
    line = ANN | {
        "id": ID,
        "emailVerified": True,
        "phoneNumber": "+491",
        "phoneNumberVerified": True,
        "displayName": "Ann",
        "avatarUrl": "https://example.com/a.png",
        "locale": "fr-FR",
        "metadata": {"a": [1, None]},
        "roles": ["boss"],
        "defaultRole": "me",
        "disabled": False,
        "createdAt": "2020-02-03T04:05:06Z",
    }
    import_lines(tmp_path, line)
    user = api.sign_in(password=PASSWORD).user
    told = {key: user[key] for key in line if key in user and key not in ("roles", "createdAt", "locale")}
    assert told == {key: line[key] for key in told}
    assert (user["locale"], sorted(user["roles"])) == ("fr", ["boss", "me"])
    assert Account.objects.get().created_at == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    import_lines(tmp_path, ANN | {"createdAt": "2020-02-03 04:05:06"})
    assert Account.objects.get().created_at == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_null_and_nothing_are_the_same(api: Api, tmp_path: Path) -> None:
    nulls = dict.fromkeys(("id", "phoneNumber", "metadata", "roles", "createdAt", "locale", "passwordHash"))
    import_lines(tmp_path, nulls | {"email": "ann@example.com"})
    assert not Account.objects.get().user.has_usable_password()


def test_disabled_user_and_one_with_a_phone_alone(api: Api, tmp_path: Path) -> None:
    import_lines(tmp_path, ANN | {"disabled": True}, {"phoneNumber": "+491"})
    assert api.sign_in(password=PASSWORD).outcome == (401, "disabled-user")
    assert Account.objects.get(phone_number="+491").email is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not-json"),
        ("hunter2", "not-json"),
        ('{"email": NaN}', "not-json"),
        ("[" * 100_000, "not-json"),
        ("[]", "not-an-object"),
        ('"ann@example.com"', "not-an-object"),
        (b'{"email": "\xff@example.com"}', "not-utf-8"),
        ('{"email": "a@b.c", "displayName": "\\ud800"}', "not-utf-8"),
        ('{"email": "a@b.c", "displayName": "\\u0000"}', "nul-character"),
        ({"email": "a@b.c", "hunter2": 1}, "unknown-key"),
        ({}, "no-email"),
        ({"passwordHash": bcrypted()}, "no-email"),
        ({"email": "ann"}, "bad-email"),
        ({"email": "a@b.c\r\nBcc: x@y.z"}, "bad-email"),
        ({"email": "x@Anonymous.invalid"}, "bad-email"),
        ({"email": 5}, "bad-email"),
        ({"phoneNumber": ""}, "bad-phoneNumber"),
        (ANN | {"id": "5"}, "bad-id"),
        (ANN | {"emailVerified": "true"}, "bad-emailVerified"),
        (ANN | {"disabled": 1}, "bad-disabled"),
        (ANN | {"metadata": []}, "bad-metadata"),
        (ANN | {"roles": "me"}, "bad-roles"),
        (ANN | {"roles": [""]}, "bad-roles"),
        (ANN | {"createdAt": "yesterday"}, "bad-createdAt"),
        (ANN | {"createdAt": "0001-01-01T00:00:00+14:00"}, "bad-createdAt"),
        (ANN | {"createdAt": "9999-12-31T23:59:59-12:00"}, "bad-createdAt"),
        (ANN | {"passwordHash": "hunter2"}, "password-hash-unknown"),
        (ANN | {"passwordHash": bcrypted()[:-1]}, "password-hash-malformed"),
        (ANN | {"passwordHash": "$6$salt$" + "x" * 86}, "password-hasher-missing"),
        (ANN | {"defaultRole": "r" * 129}, "role-too-long"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isprintable() and len(value) < 30 else "line",
)  # fmt: skip
def test_bad_line_is_left_out(tmp_path: Path, line: Any, reason: str) -> None:
    printed = import_lines(tmp_path, {"email": "eve@example.com"}, line, {"email": "bob@example.com"})
    assert f"users line 2: {reason}\n" in printed
    assert counts(printed, "users") == {"read": 3, "imported": 2, "updated": 0, "here": 0, "skipped": 1}
    assert "hunter2" not in printed
    assert set(Account.objects.values_list("email", flat=True)) == {"eve@example.com", "bob@example.com"}


def test_empty_lines_and_a_byte_order_mark_are_nothing(tmp_path: Path) -> None:
    printed = import_lines(tmp_path, b'\xef\xbb\xbf{"email": "ann@example.com"}', "", "  \r", {"email": "a@b"})
    assert counts(printed, "users")["imported"] == 2
    assert "line" not in printed


@pytest.mark.parametrize("size", ["1", "2", "500"])
def test_of_two_lines_for_one_person_the_first_counts(tmp_path: Path, size: str) -> None:
    lines = [
        {"email": "ann@example.com", "displayName": "first"},
        {"email": "ANN@example.com"},
        {"email": "bob@example.com", "id": ID},
        {"email": "cyd@example.com", "id": ID.upper()},
        {"phoneNumber": "+491"},
        {"email": "dan@example.com", "phoneNumber": "+491"},
    ]
    for arguments in (("--dry-run",), ()):
        printed = import_lines(tmp_path, *lines, arguments=("--batch-size", size, *arguments))
        assert counts(printed, "users") == {"read": 6, "imported": 3, "updated": 0, "here": 0, "skipped": 3}
        assert [f"line {number}: duplicate" in printed for number in (2, 4, 6)] == [True] * 3
    assert Account.objects.get(email="ann@example.com").display_name == "first"


def test_people_who_are_here_stay_as_they_are(api: Api, tmp_path: Path) -> None:
    known = account(api.sign_up(displayName="Ann"))
    lines = [{"id": str(known.pk), "email": "eve@example.com"}, {"email": "Ann@example.com", "displayName": "Eve"}]
    printed = import_lines(tmp_path, *lines)
    assert counts(printed, "users") == {"read": 2, "imported": 0, "updated": 0, "here": 1, "skipped": 1}
    assert "users line 2: email-taken" in printed
    known.refresh_from_db()
    assert (known.email, known.display_name, Account.objects.count()) == ("ann@example.com", "Ann", 1)
