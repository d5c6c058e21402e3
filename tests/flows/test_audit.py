"""What is written down, of whom and by whom (nhost_auth/flows/audit.py)."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.dispatch import Signal

from nhost_auth import signals
from nhost_auth.flows import audit
from nhost_auth.models import AuditEvent
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Api, Inbox, account
from tests.endpoints.totp_app import enrol
from tests.webauthn_page import add_key, enable

ANN = {"email": "ann@example.com"}
WRONG = {**ANN, "password": "Wrong-horse-7"}
BROWSER = {"User-Agent": "Browser/1\0"}
Line = tuple[str, str]


@pytest.fixture
def api(transactional_db: None) -> Api:
    """Everything is committed as it is in production: what waits for that runs within the request."""
    return Api(lambda **_: nullcontext())


def trail() -> list[Line]:
    return list(AuditEvent.objects.order_by("number").values_list("event", "outcome"))


def test_every_signal_is_written_down_but_refreshes(db: None, api: Api) -> None:
    ann = account(api.sign_up())
    AuditEvent.objects.all().delete()
    names = [name for name, value in vars(signals).items() if isinstance(value, Signal)]
    for name in names:
        getattr(signals, name).send_robust(type(ann), account=ann)
    assert [event for event, _ in trail()] == [name for name in names if name != "token_refreshed"]


def test_every_event_that_is_noted_is_on_the_list() -> None:
    called = r"audit\.note(?:\(|, |\)\()\s*\"(\w+)\"|_tell\(\"(\w+)\""
    sources = (path.read_text() for path in Path(audit.__file__).parents[1].rglob("*.py"))
    noted = {name for text in sources for match in re.findall(called, text) for name in match if name}
    assert noted == set(audit.NOTED) - {"audit_pruned", "refused"}


def test_sign_in_tells_who_when_from_where_and_how(api: Api) -> None:
    ann = account(api.sign_up())
    api.post("/signin/email-password", {**ANN, "password": PASSWORD}, headers=BROWSER)
    event = AuditEvent.objects.get(number=3)
    assert (event.event, event.outcome, event.account_id, event.actor) == ("signed_in", "success", ann.pk, "")
    assert (event.ip, event.agent, event.data) == ("127.0.0.1", "Browser/1", {"method": "email-password"})


def test_refresh_is_not_written_down(api: Api) -> None:
    ann = api.sign_up()
    before = trail()
    api.post("/token", {"refreshToken": ann.refresh_token})
    assert trail() == before


@pytest.mark.parametrize("concealed", [True, False])
def test_wrong_password_is_written_down_against_the_account(api: Api, settings: Any, concealed: bool) -> None:
    ann = account(api.sign_up())
    settings.AUTH_CONCEAL_ERRORS = concealed
    api.post("/signin/email-password", WRONG, headers=BROWSER)
    event = AuditEvent.objects.get(event="refused")
    assert (event.outcome, event.account_id) == ("invalid-email-password", ann.pk)
    assert event.data == {"endpoint": "signin_email_password.sign_in"}
    assert (event.ip, event.agent) == ("127.0.0.1", "Browser/1")


def test_wrong_password_of_nobody_is_written_down_without_an_account(api: Api) -> None:
    api.post("/signin/email-password", WRONG)
    assert AuditEvent.objects.get().account_id is None


def test_account_of_an_earlier_request_is_forgotten(api: Api) -> None:
    api.sign_up()
    api.sign_in()
    api.post("/signin/email-password", {**WRONG, "email": "nobody@example.com"})
    assert AuditEvent.objects.get(event="refused").account_id is None


def test_disabled_account_is_written_down(api: Api) -> None:
    user = account(api.sign_up()).user
    user.is_active = False
    user.save()
    api.sign_in()
    assert trail()[-1] == ("refused", "disabled-user")


def test_wrong_mail_code_is_written_down_against_the_account(api: Api) -> None:
    ann = account(api.sign_up())
    api.post("/signin/otp/email", ANN)
    api.post("/signin/otp/email/verify", {**ANN, "otp": "000000"})
    event = AuditEvent.objects.get(event="refused")
    assert (event.outcome, event.account_id) == ("invalid-otp", ann.pk)


def test_wrong_second_factor_is_written_down_against_the_account(api: Api, settings: Any) -> None:
    settings.AUTH_MFA_ENABLED = True
    ann = api.sign_up()
    enrol(api, ann)
    ticket = api.sign_in().json["mfa"]["ticket"]
    api.post("/signin/mfa/totp", {"ticket": ticket, "otp": "000000"})
    event = AuditEvent.objects.get(event="refused")
    assert (event.outcome, event.account_id) == ("invalid-totp", account(ann).pk)


def test_wrong_answer_of_a_security_key_is_written_down_against_the_account(api: Api, settings: Any) -> None:
    enable(settings)
    ann, device = api.sign_up(), Authenticator()
    add_key(api, ann.token, device)
    answer = device.get(api.post("/signin/webauthn").json)
    signature = answer["response"]["signature"]
    answer["response"]["signature"] = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")
    assert api.post("/signin/webauthn/verify", {"credential": answer}).outcome == (400, "invalid-request")
    event = AuditEvent.objects.get(event="refused")
    assert (event.outcome, event.account_id) == ("invalid-request", account(ann).pk)


@pytest.mark.parametrize(
    ("path", "body", "outcome"),
    [
        ("/signin/pat", {"personalAccessToken": "00000000-0000-4000-8000-000000000000"}, "invalid-pat"),
        ("/signin/mfa/totp", {"ticket": "mfaTotp:x", "otp": "000000"}, "invalid-ticket"),
    ],
)
def test_secret_of_nobody_is_written_down(
    api: Api, settings: Any, path: str, body: dict[str, str], outcome: str
) -> None:
    settings.AUTH_MFA_ENABLED = True
    api.post(path, body)
    assert trail() == [("refused", outcome)]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/signin/email-password", {}),
        ("/signup/email-password", {**ANN, "password": "x"}),
        ("/token", {"refreshToken": "00000000-0000-4000-8000-000000000000"}),
        ("/no-such-path", {}),
    ],
)
def test_faulty_requests_and_sessions_that_are_over_are_not_written_down(
    api: Api, path: str, body: dict[str, str]
) -> None:
    api.post(path, body)
    assert trail() == []


def test_mails_are_written_down_without_what_they_say(api: Api, inbox: Inbox) -> None:
    ann = account(api.sign_up())
    api.post("/user/password/reset", ANN)
    event = AuditEvent.objects.first()
    assert event is not None
    assert (event.event, event.outcome, event.account_id) == ("mail_sent", "success", ann.pk)
    assert event.data == {"template": "password-reset"}


def test_mail_that_could_not_leave_is_written_down(api: Api, settings: Any) -> None:
    api.sign_up()
    settings.AUTH_SMTP_HOST, settings.AUTH_SMTP_PORT = "127.0.0.1", 1
    with pytest.raises(ConnectionRefusedError):
        api.post("/user/password/reset", ANN)
    assert trail()[-1] == ("mail_sent", "failed")


def test_sms_is_written_down_against_the_account_it_is_for(api: Api, settings: Any) -> None:
    settings.AUTH_SMS_PASSWORDLESS_ENABLED, settings.AUTH_SMS_PROVIDER = True, "memory"
    number = {"phoneNumber": "+12025550100"}
    for _ in range(2):
        assert api.post("/signin/passwordless/sms", number).status == 200
    assert [event for event, _ in trail()] == ["sms_sent", "signed_up", "sms_sent"]
    assert number["phoneNumber"] not in str(list(AuditEvent.objects.values()))


def test_66_secrets_are_not_written_down(api: Api, inbox: Inbox) -> None:
    ann = api.sign_up()
    pat = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=ann.token).json["personalAccessToken"]
    api.post("/signin/pat", {"personalAccessToken": pat})
    api.post("/signin/email-password", WRONG)
    api.post("/user/password/reset", ANN)
    ticket = inbox.last().ticket
    api.get("/verify", query={"ticket": ticket, "redirectTo": "https://app.example.com"})
    rows = str(list(AuditEvent.objects.values()))
    for secret in (PASSWORD, WRONG["password"], pat, ann.refresh_token, ticket, ticket.partition(":")[2], ann.token):
        assert secret not in rows


def test_11_known_and_unknown_wrong_password_cost_the_same_statements(api: Api) -> None:
    from django.test.utils import CaptureQueriesContext

    api.sign_up()
    counts = []
    for email in ("ann@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as asked:
            api.sign_in(email, "Wrong-horse-7")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nothing_is_written_where_it_is_off(api: Api, settings: Any) -> None:
    settings.AUTH_AUDIT_ENABLED = False
    api.sign_up()
    api.post("/signin/email-password", WRONG)
    assert trail() == []


def test_answer_does_not_depend_on_the_trail(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    table = AuditEvent._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(AuditEvent, table, f"{table}_away")
    try:
        assert api.sign_up().status == 200
        assert api.sign_in("ann@example.com", "Wrong-horse-7").outcome == (401, "invalid-email-password")
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(AuditEvent, f"{table}_away", table)
    assert "could not be written to the audit trail" in caplog.text
    assert PASSWORD not in caplog.text


def test_actor_is_named(db: None) -> None:
    with audit.acting(actor="command tests"):
        audit.note("signing_key_rotated", key="ES256 x")
    event = AuditEvent.objects.get()
    assert (event.actor, event.account_id, event.data) == ("command tests", None, {"key": "ES256 x"})


def test_what_happened_before_a_crash_is_written(db: None) -> None:
    def crash() -> None:
        with audit.acting():
            audit.note("signed_in")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert trail() == [("signed_in", "success")]
