"""POST /token with a token that was exchanged already (design.md section 4, accounts.md 2.5)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import RefreshToken
from tests.conftest import Api, Reply, account

GONE = (401, "invalid-refresh-token")


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def reused() -> Iterator[list[tuple[str, str]]]:
    """The account and the session of each signal."""
    seen: list[tuple[str, str]] = []

    def note(account: Any, session_id: str, **_: Any) -> None:
        seen.append((str(account.pk), session_id))

    signals.refresh_token_reused.connect(note)
    yield seen
    signals.refresh_token_reused.disconnect(note)


def refresh(api: Api, reply: Reply) -> Reply:
    return api.post("/token", {"refreshToken": reply.refresh_token})


def test_42_inside_the_window_the_very_same_successor_comes_again(api: Api, clock: Any, reused: list[Any]) -> None:
    first = api.sign_up()
    second = refresh(api, first)
    clock.shift(9)
    again = refresh(api, first)
    assert again.refresh_token == second.refresh_token
    assert again.session["refreshTokenId"] == second.session["refreshTokenId"]
    assert refresh(api, again).status == 200
    assert (RefreshToken.objects.count(), reused) == (1, [])


def test_inside_the_window_a_disabled_user_is_refused(api: Api) -> None:
    session = api.sign_up()
    refresh(api, session)
    user = account(session).user
    user.is_active = False
    user.save()
    assert refresh(api, session).outcome == (401, "disabled-user")


def test_43_after_the_window_the_session_ends_and_no_other(
    api: Api, clock: Any, reused: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    first, other, bystander = api.sign_up(), api.sign_in(), api.sign_up("bob@example.com")
    second = refresh(api, first)
    clock.shift(11)
    with caplog.at_level(logging.WARNING, "nhost_auth.sessions"):
        assert refresh(api, first).outcome == GONE
    assert reused == [(first.user["id"], first.session["refreshTokenId"])]
    assert first.session["refreshTokenId"] in caplog.text
    assert first.refresh_token not in caplog.text
    assert refresh(api, second).outcome == GONE
    assert (refresh(api, other).status, refresh(api, bystander).status) == (200, 200)


@pytest.mark.parametrize("generation", range(4))
def test_43_every_ancestor_is_remembered(api: Api, clock: Any, reused: list[Any], generation: int) -> None:
    line = [api.sign_up()]
    for _ in range(4):
        clock.shift(60)
        line.append(refresh(api, line[-1]))
    clock.shift(60)
    assert refresh(api, line[generation]).outcome == GONE
    assert (len(reused), refresh(api, line[-1]).outcome) == (1, GONE)


def test_window_counts_from_the_rotation_of_the_token_shown(api: Api, clock: Any, reused: list[Any]) -> None:
    first = api.sign_up()
    second = refresh(api, first)
    clock.shift(8)
    refresh(api, second)
    clock.shift(8)
    assert refresh(api, second).status == 200
    assert refresh(api, first).outcome == GONE
    assert len(reused) == 1


def test_tokens_of_a_session_that_has_run_out_warn_of_nothing(
    api: Api, settings: Any, clock: Any, reused: list[Any]
) -> None:
    settings.AUTH_REFRESH_TOKEN_EXPIRES_IN = 100
    first = api.sign_up()
    refresh(api, first)
    clock.shift(101)
    assert refresh(api, first).outcome == GONE
    assert reused == []


def test_without_a_window_any_reuse_ends_the_session(api: Api, settings: Any, reused: list[Any]) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW = 0
    first = api.sign_up()
    second = refresh(api, first)
    assert (refresh(api, first).outcome, refresh(api, second).outcome) == (GONE, GONE)
    assert len(reused) == 1


def test_without_detection_the_window_still_serves_and_then_the_session_lives_on(
    api: Api, settings: Any, clock: Any, reused: list[Any]
) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = False
    first = api.sign_up()
    second = refresh(api, first)
    assert refresh(api, first).refresh_token == second.refresh_token
    clock.shift(11)
    assert refresh(api, first).outcome == GONE
    assert (refresh(api, second).status, reused) == (200, [])


def test_with_neither_it_is_as_at_nhost(api: Api, settings: Any, clock: Any, reused: list[Any]) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW, settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = 0, False
    line = [api.sign_up()]
    for _ in range(3):
        line.append(refresh(api, line[-1]))
        assert [refresh(api, dead).outcome for dead in line[:-1]] == [GONE] * (len(line) - 1)
    clock.shift(60)
    assert refresh(api, line[0]).outcome == GONE
    assert (refresh(api, line[-1]).status, reused) == (200, [])


def test_signed_out_session_is_not_brought_back_by_its_spent_token(api: Api, reused: list[Any]) -> None:
    first = api.sign_up()
    api.post("/signout", {"refreshToken": refresh(api, first).refresh_token})
    assert (refresh(api, first).outcome, reused) == (GONE, [])
