"""The bot check of stories that create accounts or send something (configuration.md 6.5)."""

from __future__ import annotations

import logging

from rest_framework.request import Request

from nhost_auth.errors import BotCheckFailed, BotCheckUnavailable
from nhost_auth.infra import captcha
from nhost_auth.infra.outbound import OutboundError

HEADER = "x-cf-turnstile-response"

logger = logging.getLogger("nhost_auth.captcha")


def ensure_human(request: Request) -> None:
    """Raises BotCheckFailed, and BotCheckUnavailable where Turnstile cannot be asked: nobody gets by then."""
    response = request.headers.get(HEADER)
    if not response:
        raise BotCheckFailed(f"missing {HEADER} header")
    try:
        captcha.ensure_human(response)
    except captcha.NotHuman as refusal:
        raise BotCheckFailed(f"failed to pass turnstile: [{' '.join(refusal.messages)}]") from refusal
    except OutboundError as error:
        logger.error("Turnstile cannot be asked: %s", error)
        raise BotCheckUnavailable("internal server error when attempting to pass turnstile") from error
