"""A WebAuthn authenticator in software and the browser around it: what `navigator.credentials` does, for tests.

Both tell the truth unless a call is given `Spoils`: those are told instead and signed as if they were true, so that
what is refused is what was said, never a broken signature. `flip` breaks an answer after it was signed."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cache, partial
from typing import Any, TypedDict, Unpack

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Strict as browsers are: Python alone skips what is not in the alphabet."""
    if not re.fullmatch("[A-Za-z0-9_-]*", text):
        raise ValueError(f"not base64url without padding: {text!r}")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Flag(IntFlag):
    """The flags byte: user present, user verified, backup eligible, backed up, attested data, extension data."""

    UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


@dataclass(frozen=True)
class Algorithm:
    """A signature algorithm by its number in COSE; `scheme` is what signing takes beside the data."""

    name: str
    number: int
    make: Callable[[], Any]
    scheme: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.name

    def cose(self, key: Any) -> bytes:
        """Key type (1), algorithm (3), then the curve (-1) and its point, or the modulus (-1) and the exponent."""
        public = key.public_key()
        members: dict[int, int | bytes] = {1: 2, 3: self.number}
        if isinstance(public, ed25519.Ed25519PublicKey):
            members |= {1: 1, -1: 6, -2: public.public_bytes_raw()}
        elif isinstance(numbers := public.public_numbers(), rsa.RSAPublicNumbers):
            members |= {1: 3, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}
        else:
            size, curve = (public.key_size + 7) // 8, {256: 1, 384: 2, 521: 3}[public.key_size]
            members |= {-1: curve, -2: numbers.x.to_bytes(size, "big"), -3: numbers.y.to_bytes(size, "big")}
        return cbor2.dumps(members)

    def sign(self, key: Any, data: bytes) -> bytes:
        return bytes(key.sign(data, *self.scheme))


ES256 = Algorithm("ES256", -7, partial(ec.generate_private_key, ec.SECP256R1()), (ec.ECDSA(SHA256()),))
ES512 = Algorithm("ES512", -36, partial(ec.generate_private_key, ec.SECP521R1()), (ec.ECDSA(SHA512()),))
ED25519 = Algorithm("ED25519", -8, ed25519.Ed25519PrivateKey.generate)
# A key costs a tenth of a second: all RS256 credentials of a process have the same, so they can sign for one another.
RS256 = Algorithm("RS256", -257, cache(partial(rsa.generate_private_key, 65537, 2048)), (padding.PKCS1v15(), SHA256()))
ALGORITHMS = (ES256, ES512, ED25519, RS256)


@dataclass
class Credential:
    """A key for one user of one site. `user_handle` is what browsers hand over: the bytes that `user.id` decodes to."""

    rp_id: str
    user_handle: bytes
    algorithm: Algorithm
    key: Any
    id: bytes = field(default_factory=lambda: os.urandom(32))
    counter: int = 0

    @property
    def public_key(self) -> bytes:
        return self.algorithm.cose(self.key)

    def sign(self, authenticator_data: bytes, client_data: bytes) -> bytes:
        return self.algorithm.sign(self.key, authenticator_data + hashlib.sha256(client_data).digest())


class Refused(Exception):
    """The browser's promise is rejected; the text begins with the name of its DOMException."""


class Spoils(TypedDict, total=False):
    """What one answer tells instead of the truth; what the authenticator remembers stays true."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool
    top_origin: str
    rp_id: str
    flags: int
    counter: int
    client_data: dict[str, Any] | Callable[[dict[str, Any]], Any]  # more members, or what remakes all (bytes as is)


class AssertionSpoils(Spoils, total=False):
    user_handle: str | None  # None leaves the member out


@dataclass
class Authenticator:
    """`verifies`: asks for finger or PIN; `counts`: has a signature counter; `synced`: keeps its keys in a cloud."""

    origin: str = "https://app.example.com"
    algorithm: Algorithm = ES256
    attestation: str = "none"
    verifies: bool = True
    counts: bool = True
    synced: bool = False
    transports: tuple[str, ...] = ("internal",)
    aaguid: bytes = bytes(16)
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: dict[str, Any], **spoils: Unpack[Spoils]) -> dict[str, Any]:
        """navigator.credentials.create(): a new credential, kept and shown to the site (RegistrationResponseJSON)."""
        if {"type": "public-key", "alg": self.algorithm.number} not in options["pubKeyCredParams"]:
            raise Refused(f"NotSupportedError: {self.algorithm} is not offered")
        if {decode(known["id"]) for known in options.get("excludeCredentials", [])} & {c.id for c in self.credentials}:
            raise Refused("InvalidStateError: one of the credentials here is excluded")
        user_handle, key = decode(options["user"]["id"]), self.algorithm.make()
        credential = Credential(options["rp"]["id"], user_handle, self.algorithm, key)
        client_data = self._client_data("webauthn.create", options, spoils)
        attested = struct.pack(">16sH", self.aaguid, len(credential.id)) + credential.id + credential.public_key
        data = self._authenticator_data(credential, spoils, attested)
        statements = {"none": {}, "packed": {"alg": self.algorithm.number, "sig": credential.sign(data, client_data)}}
        told = {"fmt": self.attestation, "attStmt": statements[self.attestation], "authData": data}
        self.credentials.append(credential)
        response = {"clientDataJSON": encode(client_data), "attestationObject": encode(cbor2.dumps(told))}
        return self._answer(credential, response | {"transports": list(self.transports)})

    def get(
        self, options: dict[str, Any], credential: Credential | None = None, **spoils: Unpack[AssertionSpoils]
    ) -> dict[str, Any]:
        """navigator.credentials.get(): signed by the newest credential the site allows (AuthenticationResponseJSON)."""
        credential = credential or self._newest(options)
        handle = spoils.pop("user_handle", encode(credential.user_handle))
        client_data = self._client_data("webauthn.get", options, spoils)
        credential.counter += self.counts and not self.synced
        data = self._authenticator_data(credential, spoils)
        response = {"clientDataJSON": encode(client_data), "authenticatorData": encode(data)}
        response["signature"] = encode(credential.sign(data, client_data))
        return self._answer(credential, response | ({} if handle is None else {"userHandle": handle}))

    def _newest(self, options: dict[str, Any]) -> Credential:
        allowed = {decode(known["id"]) for known in options.get("allowCredentials", [])}
        for credential in reversed(self.credentials):
            if credential.rp_id == options["rpId"] and (not allowed or credential.id in allowed):
                return credential
        raise Refused("NotAllowedError: no credential here is of this site and allowed")

    def _authenticator_data(self, credential: Credential, spoils: Spoils, attested: bytes = b"") -> bytes:
        true = Flag.UP | (Flag.UV if self.verifies else 0) | (Flag.BE | Flag.BS if self.synced else 0)
        flags = spoils.get("flags", true) | (Flag.AT if attested else 0)
        rp_id = hashlib.sha256(spoils.get("rp_id", credential.rp_id).encode()).digest()
        return rp_id + struct.pack(">BI", flags, spoils.get("counter", credential.counter)) + attested

    def _client_data(self, kind: str, options: dict[str, Any], spoils: Spoils) -> bytes:
        if unknown := spoils.keys() - Spoils.__annotations__:
            raise TypeError(f"no such spoils: {sorted(unknown)}")
        challenge = encode(decode(options["challenge"]))  # as browsers write it
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        names = {name: name for name in data} | {"cross_origin": "crossOrigin", "top_origin": "topOrigin"}
        data |= {names[name]: value for name, value in spoils.items() if name in names}
        change = spoils.get("client_data", {})
        sent = change(data) if callable(change) else data | change
        return sent if isinstance(sent, bytes) else json.dumps(sent, separators=(",", ":"), ensure_ascii=False).encode()

    def _answer(self, credential: Credential, response: dict[str, Any]) -> dict[str, Any]:
        name, attachment = encode(credential.id), "platform" if "internal" in self.transports else "cross-platform"
        answer = {"id": name, "rawId": name, "type": "public-key", "authenticatorAttachment": attachment}
        return answer | {"clientExtensionResults": {}, "response": response}


def flip(credential: dict[str, Any], member: str, position: int) -> dict[str, Any]:
    """A copy of an answer, one bit of one byte of a member of its response flipped."""
    data = bytearray(decode(credential["response"][member]))
    data[position] ^= 1
    return copy.deepcopy(credential | {"response": credential["response"] | {member: encode(bytes(data))}})
