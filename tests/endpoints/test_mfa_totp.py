"""GET /mfa/totp/generate (identity.md section 2)."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote

import pytest

from nhost_auth.infra import totp
from nhost_auth.models import TotpDevice
from tests.conftest import Api
from tests.endpoints.totp_app import code_of, enrol


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True


def test_answers_a_secret_and_its_picture(api: Api) -> None:
    reply = api.get("/mfa/totp/generate", token=api.sign_up().token)
    assert sorted(reply.json) == ["imageUrl", "totpSecret"]
    assert len(base64.b32decode(reply.json["totpSecret"] + "====")) == 32
    kind, _, image = reply.json["imageUrl"].partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(image).startswith(b"\x89PNG")


def test_secret_is_encrypted_at_rest(api: Api) -> None:
    secret = api.get("/mfa/totp/generate", token=api.sign_up().token).json["totpSecret"]
    stored = TotpDevice.objects.get()
    assert secret not in str(vars(stored))
    assert stored.secret == secret


def test_generating_alone_turns_nothing_on(api: Api) -> None:
    api.get("/mfa/totp/generate", token=api.sign_up().token)
    assert "session" in api.sign_in().json
    assert api.get("/user", token=api.sign_in().token).json["activeMfaType"] is None


def test_generating_again_leaves_one_secret_that_waits(api: Api) -> None:
    token = api.sign_up().token
    first = api.get("/mfa/totp/generate", token=token).json["totpSecret"]
    second = api.get("/mfa/totp/generate", token=token).json["totpSecret"]
    assert TotpDevice.objects.get().secret == second != first


def test_bearer_alone_puts_no_other_secret_in_the_place_of_an_active_one(api: Api) -> None:
    session = api.sign_up()
    old = enrol(api, session)
    new = api.get("/mfa/totp/generate", token=session.token).json["totpSecret"]
    swap = {"code": code_of(new), "activeMfaType": "totp"}
    assert api.post("/user/mfa", swap, token=session.token).outcome == (400, "totp-already-active")
    ticket = api.sign_in().json["mfa"]["ticket"]
    assert api.post("/signin/mfa/totp", {"ticket": ticket, "otp": code_of(new)}).outcome == (401, "invalid-totp")
    ticket = api.sign_in().json["mfa"]["ticket"]
    assert api.post("/signin/mfa/totp", {"ticket": ticket, "otp": code_of(old)}).status == 200


def test_switched_off_it_is_a_conflict(api: Api, settings: Any) -> None:
    token = api.sign_up().token
    settings.AUTH_MFA_ENABLED = False
    assert api.get("/mfa/totp/generate", token=token).outcome == (409, "disabled-endpoint")
    settings.AUTH_TOTP_ENABLED = True
    assert api.get("/mfa/totp/generate", token=token).status == 200


def test_is_for_regular_users_alone(api: Api) -> None:
    assert api.get("/mfa/totp/generate").status == 401
    assert api.get("/mfa/totp/generate", token=api.anonymous().token).outcome == (403, "forbidden-anonymous")


def test_uri_names_account_and_issuer_and_sorts_its_query() -> None:
    uri = totp.provisioning_uri("ABC", account="ann+x@example.com", issuer="My App: 1")
    label, _, query = uri.partition("?")
    assert unquote(label) == "otpauth://totp/My App: 1:ann+x@example.com"
    assert " " not in uri
    assert query == "algorithm=SHA1&digits=6&issuer=My%20App%3A%201&period=30&secret=ABC"
