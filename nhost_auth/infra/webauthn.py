"""WebAuthn ceremonies: what browsers are asked and whether their answers are right (W3C Web Authentication Level 3).

The library verifies; it is imported when it is first needed, for it takes a third of a second to load.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import keyed_digest

CHALLENGE_BYTES = 32
MAX_CREDENTIAL_ID_BYTES = 1023  # WebAuthn Level 3, section 7.1
ALGORITHMS = (-7, -36, -257, -258, -259, -37, -38, -39, -8)
"""COSE algorithms in the order of Nhost's list, which has ES384 (-35) too: the library cannot verify that one."""
TRANSPORTS = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")
DECOY_BYTES = (16, 20, 32, 64)
DEFAULT_PORTS = {"http": 80, "https": 443}

Credential = Mapping[str, Any]
"""What a browser answers, as JSON (WebAuthn Level 3, RegistrationResponseJSON and AuthenticationResponseJSON)."""


class Refused(Exception):
    """An answer that is malformed or proves nothing; the cause says why."""


@dataclass(frozen=True, slots=True)
class NewKey:
    credential_id: str
    public_key: bytes
    counter: int
    transports: tuple[str, ...]
    backup_eligible: bool
    backed_up: bool
    aaguid: str


@dataclass(frozen=True, slots=True)
class Assertion:
    counter: int
    backed_up: bool
    user_verified: bool


def rp_id() -> str:
    """The relying party: AUTH_WEBAUTHN_RP_ID, else the host of AUTH_CLIENT_URL."""
    try:
        return conf.AUTH_WEBAUTHN_RP_ID or urlsplit(conf.AUTH_CLIENT_URL).hostname or ""
    except ValueError:
        return ""  # a system check tells of it


def origins() -> list[str]:
    """The pages, and Android apps, whose answers count."""
    return [serialized_origin(entry) for entry in (*conf.AUTH_WEBAUTHN_RP_ORIGINS, conf.AUTH_CLIENT_URL) if entry]


def serialized_origin(url: str) -> str:
    """A web origin as browsers write it (HTML, section 7.1.1); android:apk-key-hash:… stays as it is."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
        name = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        return url
    if parts.scheme not in DEFAULT_PORTS or not name:
        return url
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, DEFAULT_PORTS[parts.scheme]) else "")


def new_challenge() -> str:
    return secrets.token_urlsafe(CHALLENGE_BYTES)


def creation_options(challenge: str, *, user_id: str, user_name: str, exclude: Iterable[str] = ()) -> dict[str, Any]:
    """What navigator.credentials.create() is asked (identity.md 1.1). The user's id stands in it as plain text."""
    known = [_descriptor(credential_id) for credential_id in exclude]
    return {
        "rp": {"id": rp_id(), "name": conf.AUTH_WEBAUTHN_RP_NAME or rp_id()},
        "user": {"id": user_id, "name": user_name, "displayName": user_name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "timeout": conf.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT,
        **({"excludeCredentials": known} if known else {}),
        "authenticatorSelection": {
            "requireResidentKey": False,
            "residentKey": "preferred",
            "userVerification": _user_verification(),
        },
        "attestation": "indirect",
    }


def request_options(challenge: str, *, allow: Iterable[str] = ()) -> dict[str, Any]:
    """What navigator.credentials.get() is asked (identity.md 1.1); without a list the browser offers what it has."""
    allowed = [_descriptor(credential_id) for credential_id in allow]
    return {
        "challenge": challenge,
        "timeout": conf.AUTH_WEBAUTHN_ATTESTATION_TIMEOUT,
        "rpId": rp_id(),
        **({"allowCredentials": allowed} if allowed else {}),
        "userVerification": _user_verification(),
    }


def decoys(email: str) -> list[str]:
    """Credential ids of nobody, always the same for an address (WebAuthn Level 3, section 14.6.2)."""
    seed = bytes.fromhex(keyed_digest("webauthn_decoy", email))
    count = 2 if seed[0] % 4 == 0 else 1
    return [
        _encode(hashlib.sha512(seed + bytes([number])).digest()[: DECOY_BYTES[seed[number] % len(DECOY_BYTES)]])
        for number in range(1, count + 1)
    ]


def answered_challenge(credential: Credential) -> str:
    """The challenge an answer claims to be for. Raises Refused."""
    challenge = _client_data(credential).get("challenge")
    if not isinstance(challenge, str) or not challenge.isascii():
        raise Refused("challenge")
    return challenge


def user_handles(credential: Credential) -> set[str]:
    """The readings of an answer's user handle: browsers give back the text we sent, others encode it once more."""
    handle = credential["response"].get("userHandle") or ""
    with _refusing():
        return {handle, _decode(handle).decode(errors="replace")} - {""}


def verify_creation(credential: Credential, challenge: str) -> NewKey:
    """The key that an answer to `creation_options` brings. Raises Refused (identity.md 1.3)."""
    with _refusing():
        from webauthn import verify_registration_response
        from webauthn.helpers.cose import COSEAlgorithmIdentifier

        _ensure_same_site(_client_data(credential))
        verified = verify_registration_response(
            credential=_what_counts(credential),
            expected_challenge=_decode(challenge),
            expected_rp_id=rp_id(),
            expected_origin=origins(),
            require_user_verification=conf.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(algorithm) for algorithm in ALGORITHMS],
        )
        credential_id = _encode(verified.credential_id)
        if credential_id != credential["id"] or len(verified.credential_id) > MAX_CREDENTIAL_ID_BYTES:
            raise Refused("credential id")
        return NewKey(
            credential_id=credential_id,
            public_key=verified.credential_public_key,
            counter=verified.sign_count,
            transports=_transports(credential),
            backup_eligible=verified.credential_device_type == "multi_device",
            backed_up=verified.credential_backed_up,
            aaguid=verified.aaguid,
        )


def verify_assertion(credential: Credential, challenge: str, public_key: bytes) -> Assertion:
    """What an answer to `request_options` proves of a key. Raises Refused.

    Whose key it is and how its counter moved is the caller's to compare.
    """
    with _refusing():
        from webauthn import verify_authentication_response

        _ensure_same_site(_client_data(credential))
        verified = verify_authentication_response(
            credential=_what_counts(credential),
            expected_challenge=_decode(challenge),
            expected_rp_id=rp_id(),
            expected_origin=origins(),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=conf.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION,
        )
        return Assertion(
            counter=verified.new_sign_count,
            backed_up=verified.credential_backed_up,
            user_verified=verified.user_verified,
        )


@contextmanager
def _refusing() -> Iterator[None]:
    """Parsers of CBOR, certificates and keys raise errors of every kind on hostile bytes; each is a refusal."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        # The library quotes what came, origins for one: it must not add lines to a log.
        raise Refused(f"{type(error).__name__} {str(error)[:200]!r}") from error


def _what_counts(credential: Credential) -> dict[str, Any]:
    """Without what the library refuses and the standard says to overlook: an attachment that nobody knows yet."""
    return {name: credential[name] for name in ("id", "rawId", "type", "response")}


def _client_data(credential: Credential) -> dict[str, Any]:
    with _refusing():
        found = json.loads(_decode(credential["response"]["clientDataJSON"]))
        if not isinstance(found, dict):
            raise Refused("client data")
        return found


def _ensure_same_site(client_data: Mapping[str, Any]) -> None:
    """Answers from a frame in another site's page count only where that site is listed (clickjacking)."""
    top_origin = client_data.get("topOrigin")
    if client_data.get("crossOrigin") not in (True, False, None):
        raise Refused("cross origin")
    if (client_data.get("crossOrigin") or top_origin is not None) and not _may_embed(top_origin):
        raise Refused("cross origin")


def _may_embed(top_origin: object) -> bool:
    listed = conf.AUTH_WEBAUTHN_TOP_ORIGINS
    return "*" in listed or top_origin in [serialized_origin(entry) for entry in listed]


def _transports(credential: Credential) -> tuple[str, ...]:
    given = credential["response"].get("transports", ())
    return tuple(transport for transport in TRANSPORTS if transport in given)


def _user_verification() -> str:
    return "required" if conf.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION else "preferred"


def _descriptor(credential_id: str) -> dict[str, str]:
    return {"type": "public-key", "id": credential_id}


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    if not re.fullmatch("[A-Za-z0-9_-]*={0,2}", text):
        raise Refused("not base64url")  # Python alone overlooks what is not in the alphabet
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
