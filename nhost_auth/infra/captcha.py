"""Cloudflare Turnstile: was it a person's browser that made this request? (configuration.md 6.5)."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.infra import outbound

LONGEST_RESPONSE = 2048
"""Characters of what the widget makes, as Cloudflare says."""
TIMEOUT_SECONDS = 5.0

logger = logging.getLogger("nhost_auth.captcha")


class NotHuman(Exception):
    """Turnstile does not vouch for the request; `messages` are its own, mostly none."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("refused")
        self.messages = messages


def ensure_human(response: str) -> None:
    """`response` is what the widget gave to the page. Raises NotHuman, and OutboundError where nobody can be asked.

    The address of the client is not sent: Nhost does not, and behind a proxy it would be a guess.
    """
    if len(response) > LONGEST_RESPONSE:
        raise NotHuman([])
    answer = outbound.post(
        conf.AUTH_TURNSTILE_URL,
        trusted=True,
        data=json.dumps({"secret": conf.AUTH_TURNSTILE_SECRET, "response": response}).encode(),
        headers={"Content-Type": "application/json"},
        timeout=TIMEOUT_SECONDS,
    )
    verdict = _verdict(answer)
    if verdict.get("success") is not True:
        _log(verdict.get("error-codes"))
        raise NotHuman(_texts(verdict.get("messages")))


def _verdict(answer: outbound.Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise outbound.OutboundError(f"status {answer.status}")
    try:
        verdict = answer.json()
    except ValueError as error:
        raise outbound.OutboundError("no JSON") from error
    if not isinstance(verdict, dict):
        raise outbound.OutboundError("no JSON object")
    return verdict


def _log(codes: Any) -> None:
    """A wrong secret of ours is a refusal too: only its code tells that it is not the client's fault."""
    told = [code for code in _texts(codes) if re.fullmatch("[a-z-]{1,64}", code)]
    logger.log(logging.ERROR if any("secret" in code for code in told) else logging.INFO, "Turnstile refused: %s", told)


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
