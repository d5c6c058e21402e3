"""Nhost's users, as they are to be stored; and their second factors (configuration.md 7.3, 7.9; identity.md 0.3)."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nhost_auth.flows import passwords
from nhost_auth.imports import rows
from nhost_auth.imports.hashes import UnusableHash, to_django
from nhost_auth.imports.nhost_source import Row
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import ImportedUser, Person
from nhost_auth.infra.crypto import CannotDecrypt, decrypt
from nhost_auth.models import RecoveryDevice, TotpDevice

TABLE = "totp_secrets"
ENCRYPTED = re.compile("(?:[0-9a-fA-F]{2}){32,}")
"""Nonce, ciphertext and tag of the shortest secret there is; anything shorter is plain."""


class UnreadableSecret(Exception):
    """The message is the reason that the report gives."""


@dataclass(frozen=True, slots=True)
class Factor:
    """The TOTP secret of a user, in base32; not active while it is being set up."""

    user_id: uuid.UUID
    secret: str = field(repr=False)
    active: bool


def read(found: Sequence[Row], report: Report) -> tuple[list[ImportedUser], dict[uuid.UUID, Factor]]:
    """The users of a batch and the second factors they have.

    Whoever's active second factor cannot be read is left out: without it the password alone would let anybody in.
    """
    users, factors = [], {}
    for row in found:
        try:
            factor = _factor(row)
        except UnreadableSecret as error:
            if row["active_mfa_type"]:
                report.count("users", "read")
                report.skip("users", row["id"], str(error))
                continue
            report.count(TABLE, "read")
            report.skip(TABLE, row["id"], str(error))
            factor = None
        users.append(_user(row, report))
        if factor is not None:
            factors[factor.user_id] = factor
    return users, factors


def _user(row: Row, report: Report) -> ImportedUser:
    return ImportedUser(
        row=str(row["id"]),
        id=row["id"],
        email=row["email"] or None,
        password=_password(row, report),
        email_verified=row.get("email_verified", False),
        phone_number=row.get("phone_number") or None,
        phone_number_verified=row.get("phone_number_verified", False),
        display_name=row.get("display_name", ""),
        avatar_url=row.get("avatar_url", ""),
        locale=row.get("locale", ""),
        default_role=row["default_role"],
        is_anonymous=row.get("is_anonymous", False),
        disabled=row["disabled"],
        metadata=row.get("metadata"),
        created_at=row.get("created_at"),
        last_seen=row.get("last_seen"),
    )


def _password(row: Row, report: Report) -> str:
    """One that no sign-in could use is none here, as at Nhost; other ways in stay open to its owner."""
    try:
        return to_django(row["password_hash"] or "")
    except UnusableHash as error:
        report.count("passwords", "read")
        report.skip("passwords", row["id"], str(error))
        return passwords.unusable()


def _factor(row: Row) -> Factor | None:
    kind, stored = row["active_mfa_type"], row["totp_secret"]
    if kind not in (None, "totp"):
        raise UnreadableSecret("second-factor-unknown")
    if not stored and kind:
        raise UnreadableSecret("totp-secret-missing")
    return Factor(row["id"], _plain(stored), kind == "totp") if stored else None


def _plain(stored: str) -> str:
    try:
        secret = decrypt(stored) if ENCRYPTED.fullmatch(stored) else stored
        secret = secret.strip().rstrip("=").upper()
        if base64.b32decode(secret + "=" * (-len(secret) % 8)):
            return secret
    except (CannotDecrypt, binascii.Error, ValueError):
        pass
    raise UnreadableSecret("totp-secret-unreadable")


def store_factors(
    factors: Mapping[uuid.UUID, Factor], people: Mapping[uuid.UUID, Person], report: Report, *, update: bool
) -> None:
    """Give people their second factors; with `update` those who have none at Nhost have none here afterwards."""
    report.count(TABLE, "read", len(factors))
    owners = [person.user_id for person in people.values()]
    devices = {
        device.user_id: device for device in TotpDevice.objects.filter(user__in=owners).order_by("confirmed", "pk")
    }
    new = []
    for factor in factors.values():
        person = people.get(factor.user_id)
        if person is None:
            report.skip(TABLE, factor.user_id, "user-skipped")
        elif (device := devices.get(person.user_id)) is not None:
            report.count(TABLE, "updated" if update else "already here")
            if update:
                _overwrite(device, factor)
        elif not person.writable:
            report.skip(TABLE, factor.user_id, "user-already-here")
        else:
            new.append(factor)

    def insert(some: Sequence[Factor]) -> None:
        rows.insert([_device(people[factor.user_id], factor) for factor in some])

    def refuse(factor: Factor) -> None:
        report.skip(TABLE, factor.user_id, "refused-by-database")

    report.count(TABLE, "imported", len(rows.write(new, insert, refuse)))
    if update:
        _turn_off([person.user_id for person in people.values() if person.account_id not in factors])


def _device(person: Person, factor: Factor) -> TotpDevice:
    device = TotpDevice(user_id=person.user_id, name="TOTP", confirmed=factor.active)
    device.set_secret(factor.secret)
    return device


def _overwrite(device: TotpDevice, factor: Factor) -> None:
    try:
        same = device.secret == factor.secret
    except CannotDecrypt:
        same = False
    if not same:  # the same one keeps its last step: a code stays good once
        device.set_secret(factor.secret)
    device.confirmed = factor.active
    device.save()
    TotpDevice.objects.filter(user=device.user_id).exclude(pk=device.pk).delete()
    if not factor.active:
        RecoveryDevice.objects.filter(user=device.user_id).delete()


def _turn_off(user_ids: Sequence[object]) -> None:
    TotpDevice.objects.filter(user__in=user_ids).delete()
    RecoveryDevice.objects.filter(user__in=user_ids).delete()
