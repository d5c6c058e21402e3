"""What operators do to accounts, from the list and from an account's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nhost_auth.admin import account_actions
from nhost_auth.models import Account, AuditEvent, RecoveryDevice, RefreshToken, TotpDevice
from tests.admin.conftest import ACCOUNTS, Browser, person
from tests.conftest import Api, Inbox, account

Browse = Callable[..., Browser]
ACTIONS = [action.__name__ for action in account_actions.ALL]
MAILS = {
    "send_password_reset": "password-reset",
    "send_verification": "email-verify",
    "send_sign_in_link": "signin-passwordless",
}
ANN = "ann@example.com"


def events(*names: str) -> list[tuple[str, Any]]:
    return list(AuditEvent.objects.filter(event__in=names).order_by("number").values_list("event", "account_id"))


def test_38_disabled_account_is_refused_until_it_is_enabled(root: Browser, api: Api) -> None:
    session = api.sign_up()
    ann = account(session)
    assert root.act(ann, "disable") == ["1 account disabled."]
    assert api.post("/token", {"refreshToken": session.refresh_token}).outcome == (401, "disabled-user")
    assert root.act_on([ann], "enable") == ["1 account enabled."]
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200
    assert events("account_disabled", "account_enabled") == [("account_disabled", ann.pk), ("account_enabled", ann.pk)]


def test_who_is_disabled_already_is_not_told_of_again(root: Browser) -> None:
    ann = person()
    root.act_on([ann], "disable")
    root.act_on([ann], "disable")
    assert events("account_disabled") == [("account_disabled", ann.pk)]


def test_nobody_disables_themselves(root: Browser) -> None:
    own = Account.objects.get(user=root.user)
    assert root.act_on([own], "disable") == [f"{own}: you cannot disable yourself"]
    assert User.objects.get(pk=root.user.pk).is_active


def test_40_sessions_and_tokens_end(root: Browser, api: Api) -> None:
    session = api.sign_up()
    pat = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token).json["personalAccessToken"]
    (told,) = root.act(account(session), "end_sessions")
    assert "personal access tokens" in told
    assert api.post("/token", {"refreshToken": session.refresh_token}).outcome == (401, "invalid-refresh-token")
    assert api.post("/signin/pat", {"personalAccessToken": pat}).outcome == (401, "invalid-pat")
    assert events("signed_out") == [("signed_out", account(session).pk)]


@pytest.mark.parametrize("action", sorted(MAILS))
def test_16_mails_are_the_api_s_and_lead_to_the_client(root: Browser, inbox: Inbox, settings: Any, action: str) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    ann = person()
    (told,) = root.act(ann, action)
    assert told.startswith("1 account sent")
    (sent,) = inbox.to(ANN)
    assert sent.template == MAILS[action]
    assert sent.query["redirectTo"] == settings.AUTH_CLIENT_URL
    event = AuditEvent.objects.get(event="mail_sent")
    assert (event.account_id, event.data) == (ann.pk, {"template": MAILS[action]})


def test_mailed_link_works(root: Browser, api: Api, inbox: Inbox) -> None:
    ann = person()
    root.act(ann, "send_verification")
    api.get("/verify", query=inbox.last().query)
    assert Account.objects.get(pk=ann.pk).email_verified


@pytest.mark.parametrize("action", sorted(MAILS))
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"email": None}, "no e-mail address"),
        ({"user__is_active": False}, "User is disabled"),
        ({"email": "ann@blocked.example"}, "the access lists refuse the address"),
    ],
)
def test_no_mail_to_whom_it_would_not_help(
    root: Browser, settings: Any, action: str, state: dict[str, Any], reason: str
) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    settings.AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS = ["blocked.example"]
    ann, bob = person("ann"), person("bob")
    if "email" in state:
        Account.objects.filter(pk=ann.pk).update(**state)
    else:
        User.objects.filter(pk=ann.user_id).update(is_active=False)
    told = root.act_on([ann, bob], action)
    assert told[0].startswith("1 account sent")
    assert [text.partition(": ")[2] for text in told[1:]] == [reason]
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]


@pytest.mark.parametrize(
    ("action", "state", "reason"),
    [
        ("send_verification", {"email_verified": True}, "User's email is already verified"),
        ("send_password_reset", {"is_anonymous": True}, "Forbidden, user is anonymous."),
        ("send_sign_in_link", {}, "links to sign in are off (AUTH_EMAIL_PASSWORDLESS_ENABLED)"),
    ],
)
def test_mail_that_makes_no_sense_is_refused(root: Browser, action: str, state: dict[str, Any], reason: str) -> None:
    ann = person()
    Account.objects.filter(pk=ann.pk).update(updated_at=ann.updated_at, **state)
    assert root.act(ann, action) == [f"{ANN}: {reason}"]
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_mail_server_that_fails_is_told(root: Browser, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert root.act(person(), "send_verification") == [f"{ANN}: the mail could not be sent, the log says why"]
    assert AuditEvent.objects.get(event="mail_sent").outcome == "failed"


def test_second_factor_goes_when_it_is_confirmed(root: Browser) -> None:
    ann = person()
    path = f"{ACCOUNTS}{ann.pk}/act/"
    reply = root.post(path, {"action": "remove_second_factor"})
    assert "Are you sure" in reply.content.decode()
    assert TotpDevice.objects.filter(user=ann.user_id).exists()
    assert events("mfa_changed") == []
    assert root.act(ann, "remove_second_factor", confirmed="yes") == ["1 account without a second factor now."]
    assert not TotpDevice.objects.filter(user=ann.user_id).exists()
    assert not RecoveryDevice.objects.filter(user=ann.user_id).exists()
    assert events("mfa_changed") == [("mfa_changed", ann.pk)]
    assert root.act(ann, "remove_second_factor", confirmed="yes") == [f"{ANN}: no second factor"]


def test_list_asks_again_and_names_whom(root: Browser) -> None:
    people = [person("ann"), person("bob"), person("cid")]
    chosen = {"action": "remove_second_factor", "_selected_action": [str(one.pk) for one in people[:2]]}
    page = root.post(ACCOUNTS, {**chosen, "index": "0"}).content.decode()
    assert "ann@example.com" in page
    assert "cid@example.com" not in page
    assert all(f'name="_selected_action" value="{one.pk}"' in page for one in people[:2])
    assert TotpDevice.objects.count() == 3
    assert root.told(ACCOUNTS, {**chosen, "confirmed": "yes"}) == ["2 accounts without a second factor now."]
    assert list(TotpDevice.objects.values_list("user", flat=True)) == [people[2].user_id]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("data", [{}, {"confirmed": "yes"}])
def test_nothing_happens_on_get(root: Browser, action: str, data: dict[str, str]) -> None:
    ann = person()
    before = (list(User.objects.values()), TotpDevice.objects.count(), ann.refresh_tokens.count())
    for path in (f"{ACCOUNTS}{ann.pk}/act/", ACCOUNTS):
        root.get(path, action=action, _selected_action=str(ann.pk), index="0", **data)
    assert (list(User.objects.values()), TotpDevice.objects.count(), ann.refresh_tokens.count()) == before
    assert mail.outbox == []


@pytest.mark.parametrize("action", ACTIONS)
def test_permission_to_view_lets_nobody_act(browse: Browse, action: str) -> None:
    ann = person()
    viewer = browse("view_account")
    before = (
        list(User.objects.filter(pk=ann.user_id).values()),
        TotpDevice.objects.count(),
        ann.refresh_tokens.count(),
    )
    path = f"{ACCOUNTS}{ann.pk}/act/"
    assert viewer.post(path, {"action": action, "confirmed": "yes"}).status_code == 403
    chosen = {"action": action, "_selected_action": [str(ann.pk)], "confirmed": "yes"}
    for more in ({}, {"index": "0"}):
        viewer.post(ACCOUNTS, chosen | more)
    after = (list(User.objects.filter(pk=ann.user_id).values()), TotpDevice.objects.count(), ann.refresh_tokens.count())
    assert after == before
    assert mail.outbox == []


def test_thousands_are_acted_on_in_batches(root: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [person(f"p{number}", sessions=0, pats=0, keys=0) for number in range(7)]
    monkeypatch.setattr(account_actions, "BATCH", 3)
    with CaptureQueriesContext(connection) as captured:
        told = root.act_on(people[:1], "disable", select_across="1")
    assert told[0] == "7 accounts disabled."
    reads = [
        query["sql"] for query in captured.captured_queries if " IN (" in query["sql"] and "SELECT" in query["sql"]
    ]
    assert len([sql for sql in reads if "nhost_auth_account" in sql]) >= 3
    assert not User.objects.filter(username__startswith="p", is_active=True).exists()


def test_more_than_the_list_counts_is_refused(root: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [person(name) for name in ("ann", "bob", "cid")]
    monkeypatch.setattr(account_actions, "CAP", 2)
    assert root.act_on(people[:1], "disable", select_across="1") == [
        "Nothing was done: take at most 2 accounts at once."
    ]
    assert not User.objects.filter(is_active=False).exists()


def test_reasons_stay_readable(root: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_actions, "REASONS_SHOWN", 2)
    people = [person(f"p{number}") for number in range(4)]
    Account.objects.update(email_verified=True)
    told = root.act_on(people, "send_verification")
    assert len(told) == 3
    assert told[-1] == "And 2 more."


@pytest.mark.parametrize("action", ["disable", "end_sessions", "remove_second_factor", "send_sign_in_link"])
def test_accounts_of_superusers_are_for_superusers(browse: Any, settings: Any, action: str) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True
    boss = person("boss")
    boss.user.is_superuser = True
    boss.user.save()
    staff = browse("view_account", "change_account")
    sessions = RefreshToken.objects.count()
    told = staff.act_on([boss], action, confirmed="1")
    assert told == ["boss@example.com: superusers are for superusers to change"]
    assert staff.post(f"{ACCOUNTS}{boss.pk}/change/", {"phone_number": "+12025550100"}).status_code == 403
    boss.refresh_from_db()
    assert (boss.user.is_active, boss.phone_number, RefreshToken.objects.count()) == (True, None, sessions)
    assert TotpDevice.objects.filter(user=boss.user).exists()
    assert mail.outbox == []
