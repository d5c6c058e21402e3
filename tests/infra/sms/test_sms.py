"""Which provider sends: one of ours or a host's own callable (configuration.md 1.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from nhost_auth.infra import sms
from nhost_auth.infra.sms import memory
from nhost_auth.infra.sms.memory import Sms
from tests.infra.sms.gateway import NUMBER, TEXT

HERE = "tests.infra.sms.host"


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    memory.outbox.clear()
    yield
    memory.outbox.clear()


@pytest.mark.parametrize("name", ["memory", "Memory", "MEMORY"])
def test_memory_keeps_what_was_sent_in_turn(settings: Any, name: str) -> None:
    settings.AUTH_SMS_PROVIDER = name
    sms.send(NUMBER, TEXT)
    sms.send("+1", "second")
    assert memory.outbox == [Sms(NUMBER, TEXT), Sms("+1", "second")]


def test_kept_message_does_not_change() -> None:
    memory.send(NUMBER, TEXT)
    with pytest.raises(FrozenInstanceError):
        memory.outbox[0].text = "other"  # type: ignore[misc]


def test_memory_forgets_the_oldest_before_it_grows_without_end() -> None:
    kept = memory.outbox
    for number in range(memory.MAX_KEPT + 2):
        memory.send(str(number), TEXT)
    assert len(kept) == memory.MAX_KEPT
    assert (kept[0].to, kept[-1].to) == ("2", str(memory.MAX_KEPT + 1))


def test_callable_of_the_host_gets_number_and_text(settings: Any) -> None:
    settings.AUTH_SMS_PROVIDER = f"{HERE}.Keep"
    sms.send(NUMBER, TEXT)
    assert memory.outbox == [Sms(NUMBER, f"host: {TEXT}")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("quote_everything", "ValueError"),
        ("quote_everything_as_ours", "CannotSend"),
        ("quote_everything_as_outbound", "OutboundError"),
        ("take_too_much", "TypeError"),
    ],
)
def test_whatever_a_host_raises_is_told_by_its_class_alone(
    settings: Any, failure: Callable[[], str], name: str, reason: str
) -> None:
    settings.AUTH_SMS_PROVIDER = f"{HERE}.{name}"
    assert failure() == reason


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "carrier-pigeon",
        "twilio ",
        "no.such.sender",
        f"{HERE}.nothing",
        f"{HERE}.",
        ".send",
        "...",
        f"{HERE}_broken.send",
    ],
)
def test_unknown_provider_is_told_by_the_setting(settings: Any, failure: Callable[[], str], name: str) -> None:
    settings.AUTH_SMS_PROVIDER = name
    told = failure()
    assert "AUTH_SMS_PROVIDER" in told
    assert repr(name) in told


@pytest.mark.parametrize("name", [f"{HERE}.NUMBER_OF_HOST", HERE])
def test_provider_has_to_be_callable(settings: Any, failure: Callable[[], str], name: str) -> None:
    settings.AUTH_SMS_PROVIDER = name
    assert "can be called" in failure()


def test_ours_are_all_on_offer(settings: Any) -> None:
    for name in ("twilio", "modica", "generic", "dev", "memory"):
        settings.AUTH_SMS_PROVIDER = name.upper()
        assert sms.get_provider().__module__ == f"nhost_auth.infra.sms.{name}"
