"""Senders as a host project may write them."""

from __future__ import annotations

from nhost_auth.infra.outbound import OutboundError
from nhost_auth.infra.sms import CannotSend, memory

NUMBER_OF_HOST = 7


class Keep:
    """A class is a callable too."""

    def __init__(self, to: str, text: str) -> None:
        memory.send(to, f"host: {text}")


def quote_everything(to: str, text: str) -> None:
    raise ValueError(f"{to} {text} hunter2")


def quote_everything_as_ours(to: str, text: str) -> None:
    raise CannotSend(f"{to} {text} hunter2")


def quote_everything_as_outbound(to: str, text: str) -> None:
    raise OutboundError(f"{to} {text} hunter2")


def take_too_much(to: str, text: str, more: str) -> None:
    """Cannot be called with two arguments."""
