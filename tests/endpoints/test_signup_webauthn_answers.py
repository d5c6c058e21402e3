"""POST /signup/webauthn/verify: which answers of a browser make an account (identity.md 1.3, WebAuthn Level 3, 7.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512
from django.contrib.auth import get_user_model

from nhost_auth.models import Account, RefreshToken, SecurityKey
from nhost_auth.pytest_plugin.authenticator import (
    ED25519,
    ES256,
    ES512,
    RS256,
    Algorithm,
    Authenticator,
    Flag,
    decode,
    encode,
)
from tests.conftest import Api, Inbox, account
from tests.webauthn_page import ORIGIN, SIGN_UP_VERIFY, begin_sign_up, enable, sign_in, sign_up

REFUSED = (400, "invalid-request")
OFFERED = [
    ES256,
    ES512,
    RS256,
    Algorithm("RS384", -258, RS256.make, (padding.PKCS1v15(), SHA384())),
    Algorithm("RS512", -259, RS256.make, (padding.PKCS1v15(), SHA512())),
    Algorithm("PS256", -37, RS256.make, (padding.PSS(padding.MGF1(SHA256()), 32), SHA256())),
    Algorithm("PS384", -38, RS256.make, (padding.PSS(padding.MGF1(SHA384()), 48), SHA384())),
    Algorithm("PS512", -39, RS256.make, (padding.PSS(padding.MGF1(SHA512()), 64), SHA512())),
    ED25519,
]
ES384 = Algorithm("ES384", -35, partial(ec.generate_private_key, ec.SECP384R1()), (ec.ECDSA(SHA384()),))
RS1 = Algorithm("RS1", -65535, RS256.make, (padding.PKCS1v15(), SHA1()))
ES256K = Algorithm("ES256K", -47, partial(ec.generate_private_key, ec.SECP256R1()), (ec.ECDSA(SHA256()),))

Answer = dict[str, Any]
Change = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    enable(settings)


def tell(api: Api, answer: Answer) -> tuple[int, str | None]:
    return api.post(SIGN_UP_VERIFY, {"credential": answer}).outcome


def assert_refused(api: Api, inbox: Inbox, answer: Answer, people: int = 0) -> None:
    assert tell(api, answer) == REFUSED
    stored = [model.objects.count() for model in (Account, get_user_model(), SecurityKey, RefreshToken)]
    assert (stored, len(inbox)) == ([people] * 4, 0)


def saying(**members: Any) -> Change:
    """The answer with members of its response replaced, or left out where they are None."""

    def change(answer: Answer) -> Answer:
        response = {name: value for name, value in {**answer["response"], **members}.items() if value is not None}
        return {**answer, "response": response}

    return change


def attesting(change: Change) -> Change:
    """The answer with another attestation object: what `change` makes of it."""

    def tell_otherwise(answer: Answer) -> Answer:
        told = change(cbor2.loads(decode(answer["response"]["attestationObject"])))
        return saying(attestationObject=encode(told if isinstance(told, bytes) else cbor2.dumps(told)))(answer)

    return tell_otherwise


def named(answer: Answer, credential_id: bytes) -> Answer:
    """The answer under another credential id everywhere: without attestation nobody signs it."""

    def rename(told: dict[str, Any]) -> dict[str, Any]:
        data = told["authData"]
        rest = data[55 + int.from_bytes(data[53:55], "big") :]
        return told | {"authData": data[:53] + len(credential_id).to_bytes(2, "big") + credential_id + rest}

    return attesting(rename)(answer) | {"id": encode(credential_id), "rawId": encode(credential_id)}


@pytest.mark.parametrize("verifies", [True, False], ids=["uv", "no-uv"])
@pytest.mark.parametrize("attestation", ["none", "packed"])
@pytest.mark.parametrize("algorithm", OFFERED, ids=str)
def test_keys_of_every_offered_kind_sign_up_and_in(
    api: Api, algorithm: Algorithm, attestation: str, verifies: bool
) -> None:
    device = Authenticator(algorithm=algorithm, attestation=attestation, verifies=verifies)
    ann = sign_up(api, device)
    assert ann.status == 200
    assert sign_in(api, device, "ann@example.com").user["id"] == ann.user["id"]


@pytest.mark.parametrize("algorithm", [ES384, ES256K, RS1], ids=str)
@pytest.mark.parametrize("attestation", ["none", "packed"])
def test_key_of_a_kind_that_was_not_offered_is_refused(
    api: Api, inbox: Inbox, algorithm: Algorithm, attestation: str
) -> None:
    begun = begin_sign_up(api)
    begun["pubKeyCredParams"].append({"type": "public-key", "alg": algorithm.number})
    device = Authenticator(algorithm=algorithm, attestation=attestation)
    assert_refused(api, inbox, device.create(begun))


@pytest.mark.parametrize(
    "spoils",
    [
        {"type": "webauthn.get"},
        {"type": "Webauthn.create"},
        {"type": ""},
        {"challenge": encode(bytes(32))},
        {"challenge": ""},
        {"origin": "http://app.example.com"},
        {"origin": f"{ORIGIN}/"},
        {"origin": f"{ORIGIN}:443"},
        {"origin": f"{ORIGIN}:8443"},
        {"origin": f"{ORIGIN}."},
        {"origin": f"{ORIGIN}.evil.example"},
        {"origin": "https://app.example.com@evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "https://example.com"},
        {"origin": "https://sub.app.example.com"},
        {"origin": "app.example.com"},
        {"origin": "null"},
        {"origin": ""},
        {"rp_id": "example.com"},
        {"rp_id": "APP.example.com"},
        {"rp_id": ORIGIN},
        {"flags": Flag.UV},
        {"flags": Flag.UP | Flag.BS},
        {"flags": Flag.UP | Flag.ED},
        {"cross_origin": True},
        {"top_origin": ORIGIN},
        {"cross_origin": True, "top_origin": ORIGIN},
    ],
    ids=str,
)
@pytest.mark.parametrize("attestation", ["none", "packed"])
def test_answer_that_says_something_wrong_is_refused(
    api: Api, inbox: Inbox, attestation: str, spoils: dict[str, Any]
) -> None:
    answer = Authenticator(attestation=attestation).create(begin_sign_up(api), **spoils)  # type: ignore[misc]
    assert_refused(api, inbox, answer)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: b"{", id="no JSON"),
        pytest.param(lambda _: b"\xff\xfe\xfd", id="no text"),
        pytest.param(lambda data: [data], id="list"),
        pytest.param(lambda _: None, id="null"),
        pytest.param(lambda _: 5, id="number"),
        pytest.param(lambda _: b"[" * 50_000, id="deep list"),
        pytest.param(lambda _: b'{"challenge":' * 10_000, id="deep object"),
        pytest.param(lambda _: b'{"challenge":' + b"1" * 9_999 + b"}", id="long number"),
        pytest.param(lambda _: {}, id="empty"),
        *(
            pytest.param(lambda data, name=name: {**data, name: None}, id=f"{name} null")
            for name in ("type", "challenge", "origin")
        ),
        *(
            pytest.param(lambda data, name=name: {**data, name: [data[name]]}, id=f"{name} in a list")
            for name in ("type", "challenge", "origin")
        ),
        pytest.param(
            lambda data: json.dumps({**data, "challenge": "\ud800"}).encode(),
            id="challenge that is no Unicode",
        ),
        pytest.param(lambda data: {**data, "crossOrigin": "false"}, id="crossOrigin text"),
        pytest.param(lambda data: {**data, "topOrigin": {}}, id="topOrigin object"),
    ],
)
def test_client_data_of_the_wrong_shape_is_refused(api: Api, inbox: Inbox, change: Change) -> None:
    assert_refused(api, inbox, Authenticator().create(begin_sign_up(api), client_data=change))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: b"\xff", id="no CBOR"),
        pytest.param(lambda told: cbor2.dumps(told)[:-1], id="cut"),
        pytest.param(lambda _: b"\x81" * 50_000, id="deep list"),
        pytest.param(lambda _: b"\xa1\x63fmt" * 9_000, id="deep map"),
        pytest.param(lambda _: b"\x5b\x7f" + b"\xff" * 7, id="huge string"),
        pytest.param(lambda told: [told], id="list"),
        *(
            pytest.param(lambda told, name=name, value=value: {**told, name: value}, id=f"{name} {value!r}")
            for name in ("fmt", "attStmt", "authData")
            for value in (5, "surprise")
        ),
        *(
            pytest.param(lambda told, name=name: {key: told[key] for key in told if key != name}, id=f"no {name}")
            for name in ("fmt", "authData")
        ),
        pytest.param(lambda told: told | {"fmt": "none"}, id="statement without a format"),
        pytest.param(lambda told: told | {"attStmt": {}}, id="no statement"),
        pytest.param(lambda told: told | {"attStmt": told["attStmt"] | {"sig": bytes(70)}}, id="no signature"),
        pytest.param(lambda told: told | {"attStmt": told["attStmt"] | {"alg": -257}}, id="other algorithm"),
        *(
            pytest.param(lambda told, end=end: told | {"authData": told["authData"][:end]}, id=f"data cut at {end}")
            for end in (0, 36, 37, 54, 60, -1)
        ),
        pytest.param(lambda told: told | {"authData": told["authData"] + b"\x00"}, id="data with more behind it"),
        pytest.param(lambda told: told | {"authData": bytes(37)}, id="no key"),
    ],
)
def test_attestation_that_proves_nothing_is_refused(api: Api, inbox: Inbox, change: Change) -> None:
    answer = Authenticator(attestation="packed").create(begin_sign_up(api))
    assert_refused(api, inbox, attesting(change)(answer))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda answer: answer | {"rawId": encode(bytes(32))}, id="rawId is another"),
        pytest.param(lambda answer: answer | {"id": encode(bytes(32))}, id="id is another"),
        pytest.param(lambda answer: answer | dict.fromkeys(("id", "rawId"), encode(bytes(32))), id="both are another"),
        pytest.param(lambda answer: answer | {"id": answer["id"] + "="}, id="id with padding"),
        pytest.param(lambda answer: answer | {"type": "password"}, id="type"),
        pytest.param(saying(clientDataJSON=""), id="client data empty"),
        pytest.param(saying(clientDataJSON="{}"), id="client data not base64"),
        pytest.param(saying(clientDataJSON="é"), id="client data not ASCII"),
        pytest.param(
            lambda answer: saying(clientDataJSON=answer["response"]["clientDataJSON"] + "\n")(answer),
            id="client data with a line end",
        ),
        pytest.param(saying(attestationObject=""), id="attestation empty"),
        pytest.param(saying(attestationObject="!!!"), id="attestation not base64"),
        pytest.param(saying(attestationObject="é"), id="attestation not ASCII"),
    ],
)
def test_credential_that_contradicts_itself_is_refused(api: Api, inbox: Inbox, change: Change) -> None:
    assert_refused(api, inbox, change(Authenticator().create(begin_sign_up(api))))


def test_client_data_of_another_answer_does_not_fit(api: Api, inbox: Inbox) -> None:
    device = Authenticator(attestation="packed")
    one, other = (device.create(begin_sign_up(api)) for _ in range(2))
    assert_refused(api, inbox, saying(clientDataJSON=other["response"]["clientDataJSON"])(one))


@pytest.mark.parametrize(("size", "outcome"), [(1, (200, None)), (1023, (200, None)), (1024, REFUSED)])
def test_credential_ids_may_have_up_to_1023_bytes(api: Api, size: int, outcome: tuple[int, str | None]) -> None:
    device = Authenticator()
    answer = named(device.create(begin_sign_up(api)), b"i" * size)
    device.credentials[0].id = b"i" * size
    assert tell(api, answer) == outcome
    if outcome != REFUSED:
        assert sign_in(api, device, "ann@example.com").status == 200


def test_credential_without_an_id_is_refused(api: Api, inbox: Inbox) -> None:
    assert_refused(api, inbox, named(Authenticator().create(begin_sign_up(api)), b""))


def test_key_of_somebody_else_is_not_registered_again(api: Api, inbox: Inbox) -> None:
    anns, bobs = Authenticator(), Authenticator()
    ann = sign_up(api, anns)
    answer = named(bobs.create(begin_sign_up(api, "bob@example.com")), anns.credentials[0].id)
    assert_refused(api, inbox, answer, people=1)
    assert SecurityKey.objects.get().account == account(ann)
    assert sign_in(api, anns).user["id"] == ann.user["id"]


def test_what_browsers_of_today_and_tomorrow_say_beside_it_is_no_harm(api: Api) -> None:
    answer = Authenticator().create(begin_sign_up(api), client_data={"other_keys_can_be_added_here": [True]})
    told = cbor2.loads(decode(answer["response"]["attestationObject"]))
    more = {"authenticatorData": encode(told["authData"]), "publicKey": "AAAA", "publicKeyAlgorithm": -7, "x": None}
    answer |= {"clientExtensionResults": {"credProps": {"rk": True}}, "tomorrow": {"deep": [1]}}
    assert tell(api, saying(**more)(answer)) == (200, None)


def test_members_that_are_not_required_may_be_missing(api: Api) -> None:
    answer = saying(transports=None)(Authenticator().create(begin_sign_up(api)))
    del answer["authenticatorAttachment"], answer["clientExtensionResults"]
    assert tell(api, answer) == (200, None)
    assert SecurityKey.objects.get().transports == ""
