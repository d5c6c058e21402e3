"""The `auth_end_sessions` command (ASVS 7.4.5)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.signals import pre_delete
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import Account, AuditEvent, RefreshToken
from tests.conftest import Api, Reply, account

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def sessions(api: Api) -> dict[str, Reply]:
    """Two of Ann's and one of Bob's."""
    return {"first": api.sign_up(ANN), "bob": api.sign_up(BOB), "second": api.sign_in(ANN)}


@pytest.fixture
def told() -> Iterator[list[tuple[str | None, bool]]]:
    heard: list[tuple[str | None, bool]] = []

    def listen(account: Account, everywhere: bool, **_: Any) -> None:
        heard.append((account.email, everywhere))

    signals.signed_out.connect(listen)
    yield heard
    signals.signed_out.disconnect(listen)


@pytest.fixture
def end(django_capture_on_commit_callbacks: Any) -> Any:
    def call(*arguments: str) -> str:
        out = io.StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("auth_end_sessions", *arguments, stdout=out, stderr=io.StringIO())
        return out.getvalue().strip()

    return call


def live(api: Api, sessions: dict[str, Reply]) -> set[str]:
    """Names of the sessions that can still be refreshed."""
    replies = {name: api.post("/token", {"refreshToken": reply.refresh_token}) for name, reply in sessions.items()}
    return {name for name, reply in replies.items() if reply.status == 200}


def pat(api: Api, session: Reply) -> str:
    reply = api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=session.token)
    return str(reply.json["personalAccessToken"])


def pat_works(api: Api, secret: str) -> bool:
    return api.post("/signin/pat", {"personalAccessToken": secret}).status == 200


def test_40_all_sessions_of_an_account_end_and_its_receivers_are_told(
    api: Api, sessions: dict[str, Reply], end: Any, told: Any
) -> None:
    assert end("--user", "Ann@Example.com") == "Ended 2 sessions of ann@example.com."
    assert live(api, sessions) == {"bob"}
    assert told == [(ANN, True)]


def test_account_may_be_named_by_its_id(api: Api, sessions: dict[str, Reply], end: Any) -> None:
    assert end("--user", sessions["bob"].user["id"]) == "Ended 1 sessions of bob@example.com."
    assert live(api, sessions) == {"first", "second"}


def test_nothing_to_end_is_told_to_nobody(sessions: dict[str, Reply], end: Any, told: Any) -> None:
    end("--user", ANN)
    told.clear()
    assert end("--user", ANN) == "Ended 0 sessions of ann@example.com."
    assert told == []


def test_40_everybody_s_sessions_end_in_batches_without_a_signal_for_each(
    api: Api, sessions: dict[str, Reply], end: Any, told: Any
) -> None:
    assert end("--all", "--noinput", "--batch-size", "2") == "Ended 3 sessions of everybody."
    assert live(api, sessions) == set()
    assert told == []


@pytest.mark.parametrize("whose", [("--user", ANN), ("--all", "--noinput")], ids=str)
def test_40_personal_access_tokens_go_only_when_asked_for(
    api: Api, sessions: dict[str, Reply], end: Any, whose: tuple[str, ...]
) -> None:
    secret = pat(api, sessions["first"])
    end(*whose)
    assert pat_works(api, secret)
    end(*whose, "--include-pats")
    assert not pat_works(api, secret)


@pytest.mark.django_db(transaction=True)
def test_what_a_stopped_run_has_ended_is_in_the_audit_trail(sessions: dict[str, Reply]) -> None:
    remaining = iter([1, 1])

    def stop_at_the_third(**_: Any) -> None:
        if next(remaining, None) is None:
            raise KeyboardInterrupt

    pre_delete.connect(stop_at_the_third, sender=RefreshToken)
    try:
        with pytest.raises(KeyboardInterrupt):
            call_command("auth_end_sessions", "--all", "--noinput", "--batch-size", "1")
    finally:
        pre_delete.disconnect(stop_at_the_third, sender=RefreshToken)
    assert RefreshToken.objects.count() == 1
    assert AuditEvent.objects.get(event="sessions_of_all_ended").data == {"count": 2}


def test_sessions_that_began_later_stay(api: Api, sessions: dict[str, Reply], end: Any, told: Any) -> None:
    begun = timezone.now() - timedelta(days=3)
    first = RefreshToken.objects.filter(pk=sessions["first"].session["refreshTokenId"])
    first.update(created_at=begun)
    assert end("--user", ANN, "--created-before", begun.isoformat()).startswith("Ended 0")
    after = (begun + timedelta(days=1)).isoformat()
    assert end("--user", ANN, "--created-before", after).startswith("Ended 1")
    assert told == [(ANN, False)]
    assert live(api, sessions) == {"second", "bob"}


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the next question be answered; the questions that were asked."""

    def answer(text: str) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or text)
        return asked

    return answer


@pytest.mark.parametrize("text", ["all", " all\r"])
def test_everybody_s_sessions_end_when_that_is_typed(
    sessions: dict[str, Reply], end: Any, typed: Any, text: str
) -> None:
    asked = typed(text)
    assert end("--all") == "Ended 3 sessions of everybody."
    assert "3 sessions of everybody" in asked[0]


@pytest.mark.parametrize("text", ["yes", "", "ALL"])
def test_any_other_answer_ends_nothing(sessions: dict[str, Reply], end: Any, typed: Any, text: str) -> None:
    typed(text)
    with pytest.raises(CommandError, match="Nothing was changed"):
        end("--all")
    assert RefreshToken.objects.count() == 3


def test_without_anybody_to_ask_nothing_ends(
    sessions: dict[str, Reply], end: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="--noinput"):
        end("--all")
    assert RefreshToken.objects.count() == 3


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all", "--user", ANN),
        ("--user", "nobody@example.com"),
        ("--user", "00000000-0000-4000-8000-000000000000"),
        ("--user", ANN, "--created-before", "soon"),
        ("--user", ANN, "--created-before", "2026-13-01"),
    ],
    ids=str,
)
def test_bad_arguments_end_nothing(sessions: dict[str, Reply], end: Any, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        end(*arguments)
    assert RefreshToken.objects.count() == 3


def test_ended_sessions_belong_to_nobody_else(sessions: dict[str, Reply], end: Any) -> None:
    end("--user", ANN)
    assert RefreshToken.objects.get().account == account(sessions["bob"])
