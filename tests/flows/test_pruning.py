"""What auth_prune takes for over, table by table, and how it is deleted beside a running server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from nhost_auth.flows import batches, pruning
from nhost_auth.models import (
    Account,
    Challenge,
    OAuth2Client,
    OAuth2DeviceRequest,
    OneTimeCode,
    PkceCode,
    ProviderVisit,
    RefreshToken,
    SpentRefreshToken,
    Ticket,
)
from tests.conftest import Api, Inbox, Reply, account

ANN = "ann@example.com"
DAY, MONTH = timedelta(days=1), timedelta(days=30)
LIVES = {
    RefreshToken: MONTH,
    Ticket: timedelta(hours=1),
    OneTimeCode: timedelta(minutes=10),
    PkceCode: timedelta(minutes=5),
    Challenge: timedelta(minutes=1),
    ProviderVisit: timedelta(minutes=1),
    OAuth2DeviceRequest: timedelta(minutes=10),
}


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


def prune(size: int = 1000) -> dict[str, int]:
    """How many rows of each table were deleted, tables without any left out."""
    found = {rule.model.__name__: sum(batches.delete(rule.rows(), size)) for rule in pruning.RULES}
    return {name: count for name, count in found.items() if count}


def over(model: Any) -> Any:
    (rule,) = [rule for rule in pruning.RULES if rule.model is model]
    return rule.rows()


def furnish(owner: Account) -> None:
    """A row in each table, as the API makes them."""
    RefreshToken.objects.issue(owner, ip=None, device="")
    Ticket.objects.issue(owner, Ticket.Kind.PASSWORD_RESET)
    OneTimeCode.objects.issue(owner, OneTimeCode.Method.EMAIL)
    PkceCode.objects.issue(owner, "c" * 43, "")
    Challenge.objects.keep("challenge", Challenge.Purpose.ADD_KEY, owner)
    ProviderVisit.objects.keep("state", "github", "browser", {})
    OAuth2DeviceRequest.objects.ask(OAuth2Client.objects.create(), ["openid"], ip=None, device="")


@pytest.fixture
def ann(api: Api, clock: Any) -> Account:
    found = account(api.sign_up())
    found.refresh_tokens.all().delete()
    found.tickets.all().delete()
    return found


def test_every_table_with_an_end_has_a_rule() -> None:
    ending = {
        model
        for model in apps.get_app_config("nhost_auth").get_models()
        if {field.name for field in model._meta.fields} & {"expires_at", "spent_at", "fetched_at"}
    }
    assert {rule.model for rule in pruning.RULES} == ending


@pytest.mark.parametrize("model", LIVES, ids=lambda model: model.__name__)
def test_row_goes_when_its_life_has_ended_and_not_a_second_before(ann: Account, clock: Any, model: type[Any]) -> None:
    furnish(ann)
    clock.shift(LIVES[model] - timedelta(seconds=1))
    prune()
    assert model.objects.count() == 1
    clock.shift(timedelta(seconds=1))
    assert prune()[model.__name__] == 1
    assert not model.objects.exists()


def test_personal_access_token_goes_when_it_has_expired(ann: Account, clock: Any) -> None:
    RefreshToken.objects.issue_pat(ann, expires_at=timezone.now() + DAY, metadata=None)
    assert prune() == {}
    clock.shift(DAY)
    assert prune() == {"RefreshToken": 1}


def refresh(api: Api, session: Reply) -> Reply:
    return api.post("/token", {"refreshToken": session.refresh_token})


def test_what_a_live_session_left_behind_long_ago_goes_and_it_lives_on(api: Api, clock: Any) -> None:
    first = api.sign_up()
    clock.shift(timedelta(seconds=1))
    second = refresh(api, first)
    clock.shift(MONTH - timedelta(seconds=1))
    third = refresh(api, second)
    assert prune() == {}
    clock.shift(timedelta(seconds=1))
    assert prune() == {"SpentRefreshToken": 1}
    assert refresh(api, third).status == 200


def test_theft_is_still_seen_after_pruning(api: Api, clock: Any) -> None:
    first = api.sign_up()
    second = refresh(api, first)
    clock.shift(MONTH - timedelta(seconds=1))
    prune()
    assert refresh(api, first).status == 401
    assert refresh(api, second).status == 401


def test_pruning_gives_nobody_new_guesses_on_the_same_day(api: Api, clock: Any, settings: Any, inbox: Inbox) -> None:
    settings.AUTH_OTP_DAILY_WRONG_GUESSES = 3

    def guess(*, right: bool) -> tuple[int, str | None]:
        code = inbox.last().ticket
        body = {"email": ANN, "otp": code if right else f"{(int(code) + 1) % 10**6:06d}"}
        return api.post("/signin/otp/email/verify", body).outcome

    for _ in range(3):
        api.post("/signin/otp/email", {"email": ANN})
        guess(right=False)
    clock.shift(timedelta(minutes=11))
    assert prune() == {}
    api.post("/signin/otp/email", {"email": ANN})
    assert guess(right=True)[1] == "otp-too-many-attempts"
    clock.shift(DAY)
    assert prune() == {"OneTimeCode": 1}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_size_of_a_batch_changes_nothing_but_the_number_of_statements(ann: Account, clock: Any, size: int) -> None:
    for _ in range(7):
        PkceCode.objects.issue(ann, "c" * 43, "")
    clock.shift(MONTH)
    PkceCode.objects.issue(ann, "c" * 43, "")
    found = list(batches.delete(over(PkceCode), size))
    assert (sum(found), max(found)) == (7, min(size, 7))
    assert PkceCode.objects.count() == 1


def test_any_number_of_batches_is_possible(ann: Account, clock: Any) -> None:
    """SQLite refuses a condition of a thousand parts."""
    PkceCode.objects.bulk_create(
        PkceCode(account=ann, hash=str(number), expires_at=timezone.now()) for number in range(1100)
    )
    assert sum(batches.delete(over(PkceCode), 1)) == 1100


@pytest.mark.parametrize(("size", "left"), [(1, "12"), (2, "1"), (3, "")])
def test_oldest_go_first(ann: Account, clock: Any, size: int, left: str) -> None:
    PkceCode.objects.bulk_create(
        PkceCode(account=ann, hash=minutes, expires_at=timezone.now() - int(minutes) * timedelta(minutes=1))
        for minutes in "132"
    )
    assert next(batches.delete(over(PkceCode), size)) == size
    assert "".join(PkceCode.objects.order_by("hash").values_list("hash", flat=True)) == left


def test_rows_in_no_order_go_by_their_key(ann: Account) -> None:
    for _ in range(3):
        RefreshToken.objects.issue(ann, ip=None, device="")
    last = RefreshToken.objects.order_by("pk").last()
    assert next(batches.delete(RefreshToken.objects.all(), 2)) == 2
    assert RefreshToken.objects.get() == last


def test_rows_that_go_with_others_are_not_counted(api: Api, clock: Any) -> None:
    refresh(api, api.sign_up())
    SpentRefreshToken.objects.update(spent_at=timezone.now() + MONTH)
    clock.shift(MONTH)
    assert prune()["RefreshToken"] == 1
    assert not SpentRefreshToken.objects.exists()


RENEWED = pytest.mark.parametrize("model", [RefreshToken, PkceCode], ids=lambda model: model.__name__)


@RENEWED
def test_row_that_is_renewed_after_it_was_chosen_stays(ann: Account, clock: Any, model: Any) -> None:
    """On one connection, as a database without row locks would let it happen."""
    furnish(ann)
    clock.shift(MONTH)
    renewed: list[str] = []

    def renew_after_the_choice(execute: Any, sql: str, *rest: Any) -> Any:
        chosen = execute(sql, *rest)
        if sql.startswith("SELECT") and not renewed:
            renewed.append(sql)
            model.objects.update(expires_at=timezone.now() + MONTH)
        return chosen

    with connection.execute_wrapper(renew_after_the_choice):
        assert sum(batches.delete(over(model), 10)) == 0
    assert (len(renewed), model.objects.count()) == (1, 1)


@RENEWED
@pytest.mark.django_db(transaction=True)
def test_row_that_another_transaction_is_renewing_stays(ann: Account, clock: Any, model: Any) -> None:
    furnish(ann)
    clock.shift(MONTH)
    renewing, waiting = threading.Event(), threading.Event()

    def renew() -> None:
        with transaction.atomic():
            model.objects.update(expires_at=timezone.now() + MONTH)
            renewing.set()
            waiting.wait()
        connection.close()

    def tell_before_waiting(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("BEGIN", "DELETE")) or "FOR UPDATE" in sql:
            waiting.set()
        return execute(sql, *rest)

    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(renew)
        renewing.wait()
        with connection.execute_wrapper(tell_before_waiting):
            assert sum(batches.delete(over(model), 10)) == 0
        renewal.result()
    assert model.objects.count() == 1
