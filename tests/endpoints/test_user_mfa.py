"""POST /user/mfa (identity.md section 2)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import TotpDevice
from tests.conftest import Api
from tests.endpoints.totp_app import code_of, enrol, wrong_code


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True


def test_code_turns_it_on(api: Api) -> None:
    session = api.sign_up()
    enrol(api, session)
    assert api.get("/user", token=session.token).json["activeMfaType"] == "totp"
    assert "session" not in api.sign_in().json


def test_wrong_code_turns_nothing_on(api: Api) -> None:
    token = api.sign_up().token
    secret = api.get("/mfa/totp/generate", token=token).json["totpSecret"]
    body = {"code": wrong_code(secret), "activeMfaType": "totp"}
    assert api.post("/user/mfa", body, token=token).outcome == (401, "invalid-totp")
    assert "session" in api.sign_in().json


def test_needs_a_secret_first(api: Api) -> None:
    body = {"code": "123456", "activeMfaType": "totp"}
    assert api.post("/user/mfa", body, token=api.sign_up().token).outcome == (400, "no-totp-secret")


def test_is_on_once(api: Api) -> None:
    session = api.sign_up()
    secret = enrol(api, session)
    body = {"code": code_of(secret), "activeMfaType": "totp"}
    assert api.post("/user/mfa", body, token=session.token).outcome == (400, "totp-already-active")


@pytest.mark.parametrize("off", [{}, {"activeMfaType": ""}], ids=["absent", "empty"])
def test_code_turns_it_off_and_the_secret_is_kept(api: Api, off: dict[str, str]) -> None:
    session = api.sign_up()
    secret = enrol(api, session)
    assert api.post("/user/mfa", {"code": code_of(secret), **off}, token=session.token).status == 200
    assert "session" in api.sign_in().json
    again = {"code": code_of(secret, steps=1), "activeMfaType": "totp"}
    assert api.post("/user/mfa", again, token=session.token).status == 200
    assert TotpDevice.objects.get().confirmed is True


def test_wrong_code_turns_nothing_off(api: Api) -> None:
    session = api.sign_up()
    secret = enrol(api, session)
    body = {"code": wrong_code(secret)}
    assert api.post("/user/mfa", body, token=session.token).outcome == (401, "invalid-totp")
    assert "mfa" in api.sign_in().json


def test_what_is_not_on_cannot_be_turned_off(api: Api) -> None:
    token = api.sign_up().token
    assert api.post("/user/mfa", {"code": "123456"}, token=token).outcome == (401, "disabled-mfa-totp")
    api.get("/mfa/totp/generate", token=token)
    assert api.post("/user/mfa", {"code": "123456"}, token=token).outcome == (401, "disabled-mfa-totp")


def test_other_types_are_refused(api: Api) -> None:
    body = {"code": "123456", "activeMfaType": "sms"}
    assert api.post("/user/mfa", body, token=api.sign_up().token).outcome == (400, "schema-validation-error")


def test_switched_off_it_is_a_conflict(api: Api, settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = False
    assert api.post("/user/mfa", {"code": "123456"}, token=api.sign_up().token).outcome == (409, "disabled-endpoint")
