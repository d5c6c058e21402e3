"""Signatures as Wycheproof tries them (C2SP Wycheproof, json_web_signature).

Its vectors sign no claims, so they are held against the keyring, which tells a payload that is none from a signature
that is none. Paddings of RSA (its flag ModifiedPadding) are made here, under a key of our own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from rest_framework_simplejwt.exceptions import TokenBackendError

from nhost_auth.infra.jwt import KeyringBackend
from nhost_auth.infra.keyring import Key, Keyring
from tests.issuers import key
from tests.jws import compact

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "wycheproof_jws.json").read_text())
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before the hash: its DigestInfo (RFC 8017, section 9.2, note 1)."""


def backend(group: str) -> KeyringBackend:
    told = VECTORS["keys"][group]
    return KeyringBackend(Keyring((Key(told["alg"], jwt.PyJWK(told).key),), "issuer"))


def passes(verifier: KeyringBackend, token: str) -> bool:
    """Whether the signature is taken for one, whatever it signs."""
    try:
        verifier.decode(token)
    except TokenBackendError as error:
        return str(error.__cause__).startswith("Invalid payload string")
    return True


@pytest.mark.parametrize("group", VECTORS["keys"])
def test_48_valid_signatures_pass_and_no_others(group: str) -> None:
    verifier = backend(group)
    assert {number for number, token in VECTORS["valid"][group].items() if not passes(verifier, token)} == set()
    assert {number for number, token in VECTORS["invalid"][group].items() if passes(verifier, token)} == set()


def long(size: int, bytes_of_length: int) -> bytes:
    """A length of ASN.1 in more bytes than it needs."""
    return bytes([0x80 | bytes_of_length]) + size.to_bytes(bytes_of_length)


def padded(info: bytes, *, size: int = 256, kind: int = 1, fill: bytes = b"\xff", stop: bytes = b"\0") -> bytes:
    """EMSA-PKCS1-v1_5 with what is given in the place of what belongs there."""
    return b"\0" + bytes([kind]) + fill * (size - 2 - len(stop) - len(info)) + stop + info


def nested(body: bytes, tag: bytes = b"\x30") -> bytes:
    return tag + bytes([len(body)]) + body


ALGORITHM, NULL = bytes.fromhex("0609608648016503040201"), b"\x05\0"
PADDINGS: dict[str, Callable[[bytes], bytes]] = {
    "no parameters": lambda digest: padded(nested(nested(ALGORITHM) + nested(digest, b"\x04"))),
    "parameters twice": lambda digest: padded(nested(nested(ALGORITHM + NULL + NULL) + nested(digest, b"\x04"))),
    "parameters that are none": lambda digest: padded(nested(nested(ALGORITHM + b"\x01\0") + nested(digest, b"\x04"))),
    "hash under another tag": lambda digest: padded(nested(nested(ALGORITHM + NULL) + nested(digest, b"\x03"))),
    "no DigestInfo": padded,
    "DigestInfo of SHA-1": lambda digest: padded(bytes.fromhex("3021300906052b0e03021a05000414") + digest[:20]),
    "DigestInfo of SHA-384": lambda digest: padded(bytes.fromhex("3041300d060960864801650304020205000430") + digest),
    "long length": lambda digest: padded(b"\x30" + long(0x31, 1) + (SHA256 + digest)[2:]),
    "longer length": lambda digest: padded(b"\x30" + long(0x31, 4) + (SHA256 + digest)[2:]),
    "length without end": lambda digest: padded(b"\x30\x80" + (SHA256 + digest)[2:] + b"\0\0"),
    "length too great": lambda digest: padded(b"\x30\x32" + (SHA256 + digest)[2:]),
    "length too small": lambda digest: padded(b"\x30\x30" + (SHA256 + digest)[2:]),
    "length of 2^31 - 1": lambda digest: padded(b"\x30" + long(2**31 - 1, 4) + (SHA256 + digest)[2:]),
    "length of 2^64 and more": lambda digest: padded(b"\x30" + long(2**64 + 0x31, 9) + (SHA256 + digest)[2:]),
    "set in the place of a sequence": lambda digest: padded(b"\x31" + (SHA256 + digest)[1:]),
    "garbage behind": lambda digest: padded(SHA256 + digest + b"\0"),
    "garbage behind, little padding": lambda digest: b"\0\1" + b"\xff" * 8 + b"\0" + SHA256 + digest + bytes(194),
    "garbage within": lambda digest: padded(nested((SHA256 + digest)[2:] + b"\x05\0")),
    "zero bytes before": lambda digest: padded(nested(b"\0\0" + (SHA256 + digest)[2:])),
    "kind 0": lambda digest: padded(SHA256 + digest, kind=0),
    "kind 2": lambda digest: padded(SHA256 + digest, kind=2),
    "other filling": lambda digest: padded(SHA256 + digest, fill=b"\xfe"),
    "no filling": lambda digest: b"\0" * 203 + b"\1\0" + SHA256 + digest,
    "no stop": lambda digest: padded(SHA256 + digest, stop=b"\xff"),
    "hash of something else": lambda digest: padded(SHA256 + hashlib.sha256(digest).digest()),
    "hash all zero": lambda _: padded(SHA256 + bytes(32)),
    "signature of zero": lambda _: bytes(256),
    "signature of one": lambda _: bytes(255) + b"\1",
}


def test_48_no_padding_of_rsa_but_the_right_one_passes() -> None:
    private = key("RS256")
    numbers = private.private_numbers()
    verifier = KeyringBackend(Keyring((Key("RS256", private.public_key()),), "issuer"))

    def token(pad: Callable[[bytes], bytes]) -> str:
        def sign(signed: bytes) -> bytes:
            block = int.from_bytes(pad(hashlib.sha256(signed).digest()))
            return pow(block, numbers.d, numbers.public_numbers.n).to_bytes(256)

        return compact({"alg": "RS256"}, b"foo", sign)

    assert passes(verifier, token(lambda digest: padded(SHA256 + digest)))
    assert {name for name, pad in PADDINGS.items() if passes(verifier, token(pad))} == set()
