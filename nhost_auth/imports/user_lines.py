"""Users out of a file: one object of JSON in each line, named as the API names things (docs/coming-from-nhost.md)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import transaction

from nhost_auth.conf import conf
from nhost_auth.flows import policy
from nhost_auth.http.inputs import EMAIL
from nhost_auth.imports import roles, users
from nhost_auth.imports.hashes import UnusableHash, to_django
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import ImportedUser
from nhost_auth.models.accounts import NO_ADDRESS_DOMAIN, normalize_email

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BadLine(Exception):
    """A line that is left out; the message is the reason that the report gives."""


def batches(lines: Iterable[bytes], report: Report, *, batch_size: int = 500, dry: bool = False) -> Iterator[int]:
    """Import what the lines say; tells after each batch, a transaction, how many lines it had."""
    numbered, seen = enumerate(lines, start=1), set[str]()
    while batch := list(islice(numbered, batch_size)):
        found = []
        for number, line in batch:
            try:
                user = parse(line, f"line {number}") if line.strip() else None
                if user is not None:
                    _ensure_first(user, seen)
                    found.append(user)
            except BadLine as error:
                report.count("users", "read")
                report.skip("users", f"line {number}", str(error))
        with transaction.atomic():
            people = users.store(found, report)
            roles.store([(user.id, role, user.row) for user in found for role in user.roles], people, report)
            transaction.set_rollback(dry)
        yield len(batch)


def parse(line: bytes, row: str) -> ImportedUser:
    """The user of a line. Raises BadLine."""
    values = _read(line)
    for key, value in values.items():
        if key not in KEYS:
            raise BadLine("unknown-key")
        if value is not None and not KEYS[key](value):
            raise BadLine(f"bad-{key}")
    given = {key: value for key, value in values.items() if value is not None}
    if not (given.get("email") or given.get("phoneNumber")):
        raise BadLine("no-email")
    return _user(given, row)


def _user(given: dict[str, Any], row: str) -> ImportedUser:
    email, phone_number = given.get("email"), given.get("phoneNumber")
    default_role = given.get("defaultRole", conf.AUTH_USER_DEFAULT_ROLE)
    return ImportedUser(
        row=row,
        id=uuid.UUID(given["id"]) if "id" in given else uuid.uuid4(),
        email=email,
        password=_password(given.get("passwordHash", "")),
        email_verified=given.get("emailVerified", False),
        phone_number=phone_number,
        phone_number_verified=given.get("phoneNumberVerified", False),
        display_name=given.get("displayName", email or phone_number or ""),
        avatar_url=given.get("avatarUrl", policy.avatar_url(email) if email else ""),
        locale=given.get("locale", conf.AUTH_LOCALE_DEFAULT),
        default_role=default_role,
        roles=tuple(dict.fromkeys([*given.get("roles", policy.configured_roles()), default_role])),
        disabled=given.get("disabled", False),
        metadata=given.get("metadata"),
        created_at=_time(given["createdAt"]) if "createdAt" in given else None,
    )


def _read(line: bytes) -> dict[str, Any]:
    try:
        text = line.removeprefix(BYTE_ORDER_MARK).decode()
        values = json.loads(text, parse_constant=_refuse)
        json.dumps(values, ensure_ascii=False).encode()  # half a character is no text
    except UnicodeError:
        raise BadLine("not-utf-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not-json") from None
    if not isinstance(values, dict):
        raise BadLine("not-an-object")
    if "\\u0000" in text:  # PostgreSQL stores none
        raise BadLine("nul-character")
    return values


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _password(text: str) -> str:
    try:
        return to_django(text)
    except UnusableHash as error:
        raise BadLine(str(error)) from None


def _ensure_first(user: ImportedUser, seen: set[str]) -> None:
    """Of lines that name one address, number or id only the first counts, in whatever batches they stand."""
    names = {str(user.id), *filter(None, [normalize_email(user.email) if user.email else None, user.phone_number])}
    if names & seen:
        raise BadLine("duplicate")
    seen |= names


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    # In UTC: near the ends of the calendar another zone's time is none there, and databases are told it in UTC.
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).astimezone(UTC)


def _parses(parse: Callable[[str], Any]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(parse(value))
        except (ValueError, OverflowError):
            return False

    return check


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


def _is_email(value: Any) -> bool:
    return (
        isinstance(value, str) and bool(EMAIL.fullmatch(value)) and not value.lower().endswith(f"@{NO_ADDRESS_DOMAIN}")
    )


def _is_roles(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(role, str) and role for role in value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


KEYS: dict[str, Callable[[Any], bool]] = {
    "id": _parses(uuid.UUID),
    "email": _is_email,
    "passwordHash": _is(str),
    "emailVerified": _is(bool),
    "phoneNumber": _is_name,
    "phoneNumberVerified": _is(bool),
    "displayName": _is(str),
    "avatarUrl": _is(str),
    "locale": _is(str),
    "metadata": _is(dict),
    "roles": _is_roles,
    "defaultRole": _is_name,
    "disabled": _is(bool),
    "createdAt": _parses(_time),
}
"""What a line may hold, and whether a value of it is good; null is as good as nothing."""
