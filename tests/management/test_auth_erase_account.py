"""The `auth_erase_account` command; what goes is proven in tests/flows/test_personal_data.py."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models.deletion import PROTECT

from nhost_auth.models import Account, AuditEvent
from tests.conftest import Api, account

ANN = "ann@example.com"


@pytest.fixture
def ann(api: Api) -> Account:
    return account(api.sign_up())


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the next question be answered; the questions that were asked."""

    def answer(text: str) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or text)
        return asked

    return answer


def erase(*arguments: str) -> list[list[str]]:
    """The lines of the table."""
    out = io.StringIO()
    call_command("auth_erase_account", *arguments, stdout=out)
    return [line.split() for line in out.getvalue().splitlines()]


def test_account_and_user_are_gone_and_their_rows_are_counted(api: Api, ann: Account) -> None:
    assert erase(ANN, "--noinput") == [
        ["model", "erased"],
        ["auth.User", "1"],
        ["nhost_auth.Account", "1"],
        ["nhost_auth.AccountRole", "3"],
        ["nhost_auth.AuditEvent", "2"],
        ["nhost_auth.RefreshToken", "1"],
    ]
    assert (Account.objects.count(), User.objects.count()) == (0, 0)
    assert api.sign_in().outcome == (401, "invalid-email-password")


def test_account_that_another_operator_erased_meanwhile_is_told(ann: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(_question: str) -> str:
        erase(ANN, "--noinput")
        return ANN

    monkeypatch.setattr("builtins.input", meanwhile)
    with pytest.raises(CommandError, match="gone already"):
        erase(ANN)


def test_audit_trail_stays_whole_without_what_tells_of_the_person(api: Api, ann: Account) -> None:
    erase(ANN, "--noinput")
    events = AuditEvent.objects.filter(account_id=ann.pk).exclude(erased_at=None)
    assert [(event.event, event.ip, event.agent, event.data) for event in events] == [
        ("signed_in", None, "", {}),
        ("signed_up", None, "", {}),
    ]
    assert list(AuditEvent.objects.faults()) == []


def test_same_address_may_sign_up_again(api: Api, ann: Account) -> None:
    erase(str(ann.pk), "--noinput")
    assert account(api.sign_up()).pk != ann.pk


def test_dry_run_asks_nothing_and_erases_nothing(ann: Account, typed: Any) -> None:
    asked = typed("")
    table = erase(ANN, "--dry-run")
    assert (asked, Account.objects.get()) == ([], ann)
    assert table[0] == ["model", "to", "erase"]
    assert table[1:] == erase(ANN, "--noinput")[1:]


def test_who_is_erased_has_to_be_typed_again(ann: Account, typed: Any) -> None:
    asked = typed("bob@example.com")
    with pytest.raises(CommandError, match="Nothing was changed"):
        erase(ANN)
    assert str(ann.pk) in asked[0]
    assert Account.objects.get() == ann
    typed(ANN)
    erase(ANN)
    assert not Account.objects.exists()


@pytest.mark.parametrize("mode", ["--dry-run", "--noinput"])
def test_models_that_hold_the_user_are_named(ann: Account, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setattr(LogEntry._meta.get_field("user").remote_field, "on_delete", PROTECT)
    for _ in range(2):
        LogEntry.objects.create(user=ann.user, action_flag=ADDITION)
    with pytest.raises(CommandError, match=r"admin\.LogEntry \(2\)"):
        erase(ANN, mode)
    assert Account.objects.get() == ann


def test_user_that_the_host_keeps_is_told(ann: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "delete", lambda _: None)
    with pytest.raises(CommandError, match="keeps the user"):
        erase(ANN, "--noinput")
    assert Account.objects.get() == ann


def test_nobody_is_erased_for_an_unknown_name(ann: Account) -> None:
    with pytest.raises(CommandError, match="No account"):
        erase("bob@example.com", "--noinput")
    assert Account.objects.get() == ann
