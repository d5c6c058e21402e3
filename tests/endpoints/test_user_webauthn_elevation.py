"""Who may change the keys of a user: the proof that AUTH_REQUIRE_ELEVATED_CLAIM asks for (identity.md section 3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from nhost_auth.models import Account, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests import sms_inbox
from tests.conftest import Api, Reply, account
from tests.endpoints.elevated_token import elevated_token
from tests.endpoints.totp_app import enrol
from tests.webauthn_page import ADD, ADD_VERIFY, add_key, elevate, enable

KEYS = "/user/webauthn/keys"
OK, REFUSED = (200, None), (401, "unauthorized")


def verify_email(api: Api, session: Reply) -> None:
    Account.objects.filter(pk=account(session).pk).update(email_verified=True)


METHODS: dict[str, Callable[[Api, Reply], object]] = {
    "none": lambda *_: None,
    "key": lambda api, session: add_key(api, session.token, Authenticator()),
    "totp": enrol,
    "email": verify_email,
    "phone": lambda api, session: sms_inbox.change_number(api, session.token),
}
"""What gives a user one way to prove more."""
SWITCHES = {"totp": "AUTH_MFA_ENABLED", "email": "AUTH_OTP_EMAIL_ENABLED", "phone": "AUTH_SMS_PASSWORDLESS_ENABLED"}

modes = pytest.mark.parametrize("mode", ["recommended", "required"])
each_method = pytest.mark.parametrize("method", METHODS)
changing = pytest.mark.parametrize(("verb", "body"), [("PATCH", {"nickname": "new"}), ("DELETE", None)])


@pytest.fixture(autouse=True)
def on(settings: Any) -> None:
    enable(settings)
    sms_inbox.open_inbox(settings)
    settings.AUTH_MFA_ENABLED = True


@pytest.fixture
def ann(api: Api) -> Reply:
    return api.sign_up()


def ask(settings: Any, mode: str) -> None:
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode


def is_refused(reply: Reply) -> bool:
    """Whether a token was good but proved too little."""
    if reply.outcome == OK:
        return False
    assert (reply.outcome, reply.json["reason"]) == (REFUSED, "elevated claim required")
    assert reply.json["securityScheme"] == "BearerAuthElevated"
    return True


def test_nobody_is_asked_where_that_is_off(api: Api, ann: Reply) -> None:
    for gain in METHODS.values():
        gain(api, ann)
    added = add_key(api, ann.token, Authenticator())
    assert added.status == 200
    path = f"{KEYS}/{added.json['id']}"
    assert api.call("PATCH", path, {"nickname": "new"}, token=ann.token).status == 200
    assert api.call("DELETE", path, token=ann.token).status == 200


@modes
@each_method
def test_5_adding_asks_who_has_a_method_and_nobody_else(
    api: Api, ann: Reply, settings: Any, mode: str, method: str
) -> None:
    METHODS[method](api, ann)
    ask(settings, mode)
    assert is_refused(api.post(ADD, token=ann.token)) is (method != "none")
    assert not is_refused(api.post(ADD, token=elevated_token(settings, ann)))


@modes
@each_method
def test_5_so_does_the_answer_to_it(api: Api, ann: Reply, settings: Any, mode: str, method: str) -> None:
    METHODS[method](api, ann)
    before = SecurityKey.objects.count()
    body = {"credential": Authenticator().create(api.post(ADD, token=ann.token).json)}
    ask(settings, mode)
    if method != "none":
        assert is_refused(api.post(ADD_VERIFY, body, token=ann.token))
        assert SecurityKey.objects.count() == before
    token = ann.token if method == "none" else elevated_token(settings, ann)
    assert not is_refused(api.post(ADD_VERIFY, body, token=token))  # the challenge was not spent by the refusal


@modes
@pytest.mark.parametrize(("method", "switch"), SWITCHES.items())
def test_method_that_is_switched_off_is_none(
    api: Api, ann: Reply, settings: Any, mode: str, method: str, switch: str
) -> None:
    METHODS[method](api, ann)
    ask(settings, mode)
    setattr(settings, switch, False)
    assert not is_refused(add_key(api, ann.token, Authenticator()))


@modes
def test_first_key_is_free_and_asked_for_from_then_on(api: Api, ann: Reply, settings: Any, mode: str) -> None:
    ask(settings, mode)
    device = Authenticator()
    assert not is_refused(add_key(api, ann.token, device))
    assert is_refused(add_key(api, ann.token, Authenticator()))
    proof = elevate(api, ann.token, device)
    assert not is_refused(add_key(api, proof.token, Authenticator()))
    refreshed = api.post("/token", {"refreshToken": proof.refresh_token})
    assert is_refused(add_key(api, refreshed.token, Authenticator()))
    assert SecurityKey.objects.count() == 2


@modes
@changing
def test_5_changing_a_key_asks_its_owner(api: Api, ann: Reply, settings: Any, mode: str, verb: str, body: Any) -> None:
    device = Authenticator()
    path = f"{KEYS}/{add_key(api, ann.token, device, 'old').json['id']}"
    ask(settings, mode)
    assert is_refused(api.call(verb, path, body, token=ann.token))
    assert api.get(KEYS, token=ann.token).json["keys"][0]["nickname"] == "old"  # reading asks for no proof
    proof = elevate(api, ann.token, device)
    assert not is_refused(api.call(verb, path, body, token=proof.token))
    assert [key["nickname"] for key in api.get(KEYS, token=ann.token).json["keys"]] == (["new"] if body else [])


@changing
@pytest.mark.parametrize(("mode", "refused"), [("recommended", False), ("required", True)])
def test_only_adding_is_free_for_who_has_no_method_where_everybody_is_asked(
    api: Api, ann: Reply, settings: Any, mode: str, refused: bool, verb: str, body: Any
) -> None:
    ask(settings, mode)
    reply = api.call(verb, f"{KEYS}/{uuid.uuid4()}", body, token=ann.token)
    assert reply.outcome == (REFUSED if refused else (400, "invalid-request"))
    assert api.post(ADD, token=ann.token).status == 200


@modes
@changing
def test_proof_of_somebody_else_is_none(api: Api, ann: Reply, settings: Any, mode: str, verb: str, body: Any) -> None:
    path = f"{KEYS}/{add_key(api, ann.token, Authenticator(), 'old').json['id']}"
    bob = api.sign_up("bob@example.com")
    ask(settings, mode)
    for claim in (bob.user["id"], True, ""):
        assert is_refused(api.call(verb, path, body, token=elevated_token(settings, ann, claim)))
        assert is_refused(api.post(ADD, token=elevated_token(settings, ann, claim)))
    bobs_proof = elevated_token(settings, bob)
    assert api.call(verb, path, body, token=bobs_proof).outcome == (400, "invalid-request")
    assert SecurityKey.objects.get().nickname == "old"


@modes
def test_guest_who_has_nothing_to_prove_is_told_so_of_adding(api: Api, settings: Any, mode: str) -> None:
    ask(settings, mode)
    assert api.post(ADD, token=api.anonymous().token).outcome == (403, "forbidden-anonymous")
