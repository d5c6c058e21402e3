"""The ceremonies that WebAuthn Level 3 prints byte for byte (section 16), as a browser would hand them over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cbor2
import pytest

from nhost_auth.pytest_plugin.authenticator import encode

DATA = Path(__file__).parent.parent / "data" / "webauthn_level3.json"
RP_ID, ORIGIN = "example.org", "https://example.org"
CREDENTIAL_ID_AT = 55
"""In authenticator data with an attested key: behind the hash (32), flags (1), counter (4), AAGUID (16), length (2)."""


@dataclass(frozen=True)
class Vector:
    name: str
    attestation: str
    registration: dict[str, bytes]
    assertion: dict[str, bytes]

    def created(self) -> dict[str, Any]:
        """The answer of navigator.credentials.create()."""
        return self._credential(self.registration, "clientDataJSON", "attestationObject")

    def used(self) -> dict[str, Any]:
        """The answer of navigator.credentials.get(). It names no user."""
        return self._credential(self.assertion, "clientDataJSON", "authenticatorData", "signature")

    def creation_challenge(self) -> str:
        return encode(self.registration["challenge"])

    def use_challenge(self) -> str:
        return encode(self.assertion["challenge"])

    def credential_id(self) -> str:
        return encode(self.registration["credential_id"])

    def public_key(self) -> bytes:
        told: bytes = cbor2.loads(self.registration["attestationObject"])["authData"]
        return told[CREDENTIAL_ID_AT + len(self.registration["credential_id"]) :]

    def certificate(self) -> bytes:
        """Of the manufacturer, as it stands in the attestation; empty where the key vouches for itself."""
        statement: dict[str, Any] = cbor2.loads(self.registration["attestationObject"])["attStmt"]
        return bytes(statement["x5c"][0]) if "x5c" in statement else b""

    def _credential(self, ceremony: dict[str, bytes], *members: str) -> dict[str, Any]:
        name = self.credential_id()
        told = {member: encode(ceremony[member]) for member in members}
        return {"id": name, "rawId": name, "type": "public-key", "response": told}


@cache
def data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DATA.read_text())
    return found


@cache
def vectors() -> dict[str, Vector]:
    return {each["name"]: _vector(each) for each in data()["vectors"]}


def _vector(each: dict[str, Any]) -> Vector:
    registration, assertion = (
        {name: bytes.fromhex(value) for name, value in each[ceremony].items()}
        for ceremony in ("registration", "authentication")
    )
    return Vector(each["name"], each["format"], registration, assertion)


def manufacturer() -> bytes:
    """The certificate, in DER, that signed those of all attestations."""
    return bytes.fromhex(data()["attestation_ca_cert"])


def each(*names: str) -> pytest.MarkDecorator:
    """One test for each of these vectors."""
    return pytest.mark.parametrize("vector", [vectors()[name] for name in names], ids=names)


def serve(settings: Any) -> None:
    """We are the site of the vectors."""
    settings.AUTH_WEBAUTHN_ENABLED, settings.AUTH_CLIENT_URL = True, ORIGIN
    settings.AUTH_WEBAUTHN_RP_ID, settings.AUTH_WEBAUTHN_RP_ORIGINS = RP_ID, [ORIGIN]
