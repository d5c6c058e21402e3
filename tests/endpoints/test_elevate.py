"""GET /elevate, POST /elevate/totp and /elevate/otp/* (identity.md section 3)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.infra.sms import memory
from nhost_auth.models import Account
from tests.conftest import Api, Inbox, Reply, account
from tests.endpoints.totp_app import code_of, enrol, wrong_code

CLAIM = "x-hasura-auth-elevated"
NUMBER = "+12025550100"
LATER = {"expiresAt": "2090-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def _enabled(settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = settings.AUTH_SMS_PASSWORDLESS_ENABLED = True
    settings.AUTH_SMS_PROVIDER = "memory"


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


def give(ann: Reply, **values: Any) -> None:
    Account.objects.filter(pk=account(ann).pk).update(**values)


def show(api: Api, token: str) -> tuple[bool, list[str], bool]:
    found = api.get("/elevate", token=token).json
    assert sorted(found) == ["elevationRequired", "methods", "sessionElevated"]
    return found["elevationRequired"], found["methods"], found["sessionElevated"]


def elevate_by_email(api: Api, inbox: Inbox, ann: Reply) -> Reply:
    give(ann, email_verified=True)
    assert api.post("/elevate/otp/email", token=ann.token).json == "OK"
    return api.post("/elevate/otp/email/verify", {"otp": inbox.last().ticket}, token=ann.token)


@pytest.mark.parametrize(
    ("mode", "without", "with_method"),
    [("disabled", False, False), ("recommended", False, True), ("required", True, True)],
)
def test_what_is_required_of_whom(
    api: Api, ann: Reply, settings: Any, mode: str, without: bool, with_method: bool
) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    assert show(api, ann.token) == (without, [], False)
    give(ann, email_verified=True)
    assert show(api, ann.token) == (with_method, ["otp-email"], False)


def test_methods_are_those_that_are_on_and_proven(api: Api, ann: Reply, settings: Any) -> None:
    enrol(api, ann)
    give(ann, email_verified=True, phone_number=NUMBER, phone_number_verified=True)
    assert show(api, ann.token)[1] == ["totp", "otp-email", "otp-sms"]
    settings.AUTH_MFA_ENABLED = settings.AUTH_OTP_EMAIL_ENABLED = False
    assert show(api, ann.token)[1] == ["otp-sms"]
    give(ann, phone_number_verified=False)
    assert show(api, ann.token)[1] == []


def test_proof_is_a_claim_of_a_new_session_and_the_old_one_stays(api: Api, inbox: Inbox, ann: Reply) -> None:
    proof = elevate_by_email(api, inbox, ann)
    assert proof.hasura[CLAIM] == ann.user["id"]
    assert CLAIM not in ann.hasura
    assert proof.refresh_token != ann.refresh_token
    assert show(api, proof.token)[2] is True
    assert api.post("/token", {"refreshToken": ann.refresh_token}).status == 200


def test_refresh_drops_the_proof(api: Api, inbox: Inbox, ann: Reply) -> None:
    proof = elevate_by_email(api, inbox, ann)
    assert CLAIM not in api.post("/token", {"refreshToken": proof.refresh_token}).hasura


def test_sensitive_endpoint_asks_for_the_proof(api: Api, inbox: Inbox, ann: Reply, settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "recommended"
    assert api.post("/pat", LATER, token=ann.token).status == 200
    give(ann, email_verified=True)
    refused = api.post("/pat", LATER, token=ann.token)
    assert refused.outcome == (401, "unauthorized")
    assert refused.json["reason"] == "elevated claim required"
    assert refused.json["securityScheme"] == "BearerAuthElevated"
    assert api.post("/pat", LATER, token=elevate_by_email(api, inbox, ann).token).status == 200


def test_proof_of_somebody_else_is_none(api: Api, inbox: Inbox, ann: Reply, settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    assert api.post("/pat", LATER, token=ann.token).status == 401
    bob = api.sign_up("bob@example.com")
    give(bob, email_verified=True)
    api.post("/elevate/otp/email", token=bob.token)
    stolen = {"otp": inbox.last().ticket}
    give(ann, email_verified=True)
    assert api.post("/elevate/otp/email/verify", stolen, token=ann.token).outcome == (400, "invalid-otp")


def test_who_has_no_method_may_enrol_one_where_everybody_is_asked(api: Api, ann: Reply, settings: Any) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = "required"
    enrol(api, ann)
    assert api.get("/mfa/totp/generate", token=ann.token).outcome == (401, "unauthorized")


def test_totp(api: Api, ann: Reply, settings: Any) -> None:
    nobody = api.post("/elevate/totp", {"otp": "123456"}, token=ann.token)
    assert nobody.outcome == (401, "disabled-mfa-totp")
    secret = enrol(api, ann)
    wrong = api.post("/elevate/totp", {"otp": wrong_code(secret)}, token=ann.token)
    assert wrong.outcome == (401, "invalid-totp")
    right = {"otp": code_of(secret)}
    assert api.post("/elevate/totp", right, token=ann.token).hasura[CLAIM] == ann.user["id"]
    assert api.post("/elevate/totp", right, token=ann.token).outcome == (401, "invalid-totp")
    settings.AUTH_MFA_ENABLED = False
    assert api.post("/elevate/totp", right, token=ann.token).outcome == (409, "disabled-endpoint")


def test_email(api: Api, inbox: Inbox, ann: Reply, settings: Any) -> None:
    for path, body in (("/elevate/otp/email", None), ("/elevate/otp/email/verify", {"otp": "123456"})):
        assert api.post(path, body, token=ann.token).outcome == (401, "unverified-user")
    give(ann, email_verified=True)
    api.post("/elevate/otp/email", token=ann.token)
    mail = inbox.last()
    assert (mail.template, mail.message.to) == ("signin-otp", ["ann@example.com"])
    wrong = {"otp": f"{(int(mail.ticket) + 1) % 10**6:06d}"}
    for _ in range(4):
        assert api.post("/elevate/otp/email/verify", wrong, token=ann.token).outcome == (400, "invalid-otp")
    burned = api.post("/elevate/otp/email/verify", wrong, token=ann.token)
    assert burned.outcome == (400, "otp-too-many-attempts")
    settings.AUTH_OTP_EMAIL_ENABLED = False
    assert api.post("/elevate/otp/email", token=ann.token).outcome == (409, "disabled-endpoint")


def test_sms(api: Api, ann: Reply, settings: Any) -> None:
    for path, body in (("/elevate/otp/sms", None), ("/elevate/otp/sms/verify", {"otp": "123456"})):
        assert api.post(path, body, token=ann.token).outcome == (400, "invalid-request")
    give(ann, phone_number=NUMBER, phone_number_verified=True)
    assert api.post("/elevate/otp/sms", token=ann.token).json == "OK"
    code = memory.outbox[-1].text[-7:-1]
    wrong = {"otp": f"{(int(code) + 1) % 10**6:06d}"}
    assert api.post("/elevate/otp/sms/verify", wrong, token=ann.token).outcome == (400, "invalid-otp")
    proof = api.post("/elevate/otp/sms/verify", {"otp": code}, token=ann.token)
    assert proof.hasura[CLAIM] == ann.user["id"]
    settings.AUTH_SMS_PROVIDER = "no.such.gateway"
    assert api.post("/elevate/otp/sms", token=ann.token).outcome == (400, "cannot-send-sms")
    settings.AUTH_SMS_PASSWORDLESS_ENABLED = False
    assert api.post("/elevate/otp/sms", token=ann.token).outcome == (409, "disabled-endpoint")


@pytest.mark.parametrize("path", ["totp", "otp/email", "otp/email/verify", "otp/sms", "otp/sms/verify"])
def test_is_for_regular_users_alone(api: Api, path: str) -> None:
    body = {"otp": "123456"} if path in ("totp", "otp/email/verify", "otp/sms/verify") else None
    assert api.post(f"/elevate/{path}", body).status == 401
    assert api.post(f"/elevate/{path}", body, token=api.anonymous().token).outcome == (403, "forbidden-anonymous")
