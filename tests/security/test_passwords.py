"""What a password may be, and what a stolen session alone cannot change (OWASP ASVS 5.0, 6.2; NIST SP 800-63B-4).

Lengths, forms and hashes are proven in tests/flows/test_passwords.py, stolen passwords in tests/infra/test_hibp.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.management import call_command
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nhost_auth.errors import PasswordRefused
from nhost_auth.flows import passwords
from nhost_auth.http.inputs import Password
from tests.conftest import PASSWORD, Api, Inbox, Reply
from tests.flows.test_password_rules import WAYS
from tests.security.people import Person, ann, open_every_way
from tests.strict_settings import be_strict
from tests.ways import ANN

TOO_SHORT = (400, "password-too-short")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("least", [3, 8, 15])
def test_1_password_that_is_too_short_is_set_nowhere(api: Api, settings: Any, way: str, least: int) -> None:
    settings.AUTH_PASSWORD_MIN_LENGTH = least
    short, enough = "c0rrect-horse-battery"[: least - 1], "c0rrect-horse-battery"[:least]
    # The schema asks for three characters before any setting does.
    assert WAYS[way](api, short).outcome == (TOO_SHORT if least > 3 else (400, "schema-validation-error"))
    assert api.sign_in(password=short).status in (400, 401)
    settings.AUTH_DISABLE_SIGNUP = False
    api.sign_up("other@example.com")
    body = {"newPassword": enough}
    assert api.post("/user/password", body, token=api.sign_in("other@example.com").token).status == 200


@pytest.mark.parametrize(("second_factor", "least"), [(False, 15), (True, 8)])
def test_1_deployment_is_told_of_fifteen_alone_and_eight_beside_a_second_factor(
    settings: Any, capsys: pytest.CaptureFixture[str], second_factor: bool, least: int
) -> None:
    be_strict(settings)
    settings.AUTH_MFA_ENABLED = second_factor
    for length, told in ((least - 1, True), (least, False)):
        settings.AUTH_PASSWORD_MIN_LENGTH = length
        call_command("check", deploy=True)
        assert ("nhost_auth.W103" in capsys.readouterr().err) is told


def test_4_no_common_password_is_taken_where_the_host_has_django_s_list(settings: Any) -> None:
    name = "django.contrib.auth.password_validation.CommonPasswordValidator"
    settings.AUTH_PASSWORD_VALIDATORS, settings.AUTH_PASSWORD_HIBP_ENABLED = [{"NAME": name}], False
    common = sorted(password for password in CommonPasswordValidator().passwords if len(password) >= 8)
    assert len(common) >= 3000

    def is_refused(password: str) -> bool:
        try:
            passwords.ensure_acceptable(password, None)
        except PasswordRefused as error:
            return "too common" in error.message
        return False

    assert [password for password in common if not is_refused(password)] == []
    passwords.ensure_acceptable(PASSWORD, None)


Change = Callable[[Api, Person], Reply]
NEW_PHONE = {"newPhoneNumber": "+12025550155"}


def posting(path: str, body: dict[str, Any] | None = None) -> Change:
    return lambda api, person: api.post(path, body, token=person.token)


def of_key(method: str, body: dict[str, Any] | None = None) -> Change:
    def ask(api: Api, person: Person) -> Reply:
        key = person.account.security_keys.get().pk
        return api.call(method, f"/user/webauthn/keys/{key}", body, token=person.token)

    return ask


CHANGES: dict[str, Change] = {
    "address": posting("/user/email/change", {"newEmail": "new@example.com"}),
    "number": posting("/user/phone-number/change", NEW_PHONE),
    "number, the code": posting("/user/phone-number/change/verify", {**NEW_PHONE, "otp": "000000"}),
    "password": posting("/user/password", {"newPassword": "Another-horse-8"}),
    "second factor": lambda api, person: api.get("/mfa/totp/generate", token=person.token),
    "second factor off": posting("/user/mfa", {"code": "000000", "activeMfaType": ""}),
    "recovery codes": posting("/mfa/recovery-codes"),
    "new key": posting("/user/webauthn/add"),
    "new key, the answer": posting("/user/webauthn/verify", {"credential": {}}),
    "name of a key": of_key("PATCH", {"nickname": "mine"}),
    "key": of_key("DELETE"),
    "personal access token": posting("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}),
    "provider": posting("/link/idtoken", {"provider": "google", "idToken": "x"}),
}
NOT_PROVEN = {"password": (400, "invalid-request"), "second factor off": (401, "invalid-totp")}
"""A password's bearer counts as absent, where a reset ticket might stand; a factor is proof itself."""


@pytest.mark.parametrize("mode", ["recommended", "required"])
def test_5_nothing_is_changed_by_a_session_alone(api: Api, inbox: Inbox, settings: Any, mode: str) -> None:
    open_every_way(settings)
    person = ann(api)
    stored = person.account.user.password
    settings.AUTH_REQUIRE_ELEVATED_CLAIM = mode
    told = {name: change(api, person).outcome for name, change in CHANGES.items()}
    assert told == {name: NOT_PROVEN.get(name, (401, "unauthorized")) for name in CHANGES}
    account = person.account
    assert (account.email, account.user.password, account.has_totp) == (ANN["email"], stored, True)
    assert (account.security_keys.count(), account.refresh_tokens.filter(kind="pat").count()) == (1, 0)
    assert len(inbox) == 0


LEGAL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=15, max_size=64)


@hypothesis_settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(LEGAL)
def any_text_of_legal_length_is_taken(password: str) -> None:
    if len(password.encode("utf-16-le")) // 2 <= 64:
        assert Password(least=3).read(password) == password
        passwords.ensure_acceptable(password, None)


def test_6_no_kind_of_character_is_asked_for(settings: Any) -> None:
    be_strict(settings)
    settings.AUTH_PASSWORD_HIBP_ENABLED = False
    any_text_of_legal_length_is_taken()


def test_6_no_password_grows_old(api: Api, settings: Any, time_machine: Any) -> None:
    be_strict(settings)
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = settings.AUTH_PASSWORD_HIBP_ENABLED = False
    settings.AUTH_RATE_LIMIT_ENABLE = False
    api.sign_up()
    time_machine.move_to("2046-01-01T00:00:00Z")
    assert api.sign_in().status == 200
