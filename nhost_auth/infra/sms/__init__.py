"""Sending one SMS through the gateway that AUTH_SMS_PROVIDER names (configuration.md 1.7, 5.7)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

from nhost_auth.conf import conf
from nhost_auth.infra.outbound import OutboundError
from nhost_auth.infra.sms import dev, generic, memory, modica, twilio
from nhost_auth.infra.sms.gateway import CannotSend

__all__ = ["CannotSend", "get_provider", "send"]

PROVIDERS: dict[str, Callable[[str, str], None]] = {
    "dev": dev.send,
    "generic": generic.send,
    "memory": memory.send,
    "modica": modica.send,
    "twilio": twilio.send,
}

logger = logging.getLogger("nhost_auth.sms")


def send(to: str, text: str) -> None:
    """Send `text` to the number `to` (E.164). Raises CannotSend, also for whatever a host's own callable raises."""
    try:
        provider = get_provider()
        try:
            provider(to, text)
        except Exception as error:
            # The chain ends here: what is behind it may quote the text or a password.
            raise CannotSend(_reason(error, provider)) from None
    except CannotSend as error:
        logger.error("No SMS through %s: %s", conf.AUTH_SMS_PROVIDER, error)
        raise


def get_provider() -> Callable[[str, str], Any]:
    """What AUTH_SMS_PROVIDER stands for: one of PROVIDERS in any case, or a host's callable by its dotted path.

    Raises CannotSend.
    """
    name = conf.AUTH_SMS_PROVIDER
    if name.lower() in PROVIDERS:
        return PROVIDERS[name.lower()]
    try:
        found: object = import_string(name)
    except Exception as error:
        raise CannotSend(
            f"AUTH_SMS_PROVIDER is neither {', '.join(PROVIDERS)} nor a path that can be imported: "
            f"{name!r} ({type(error).__name__})"
        ) from error
    if not callable(found):
        raise CannotSend(f"AUTH_SMS_PROVIDER names nothing that can be called: {name!r}")
    return found


def _reason(error: Exception, provider: object) -> str:
    ours = provider in PROVIDERS.values() and isinstance(error, CannotSend | OutboundError)
    return str(error) if ours else type(error).__name__
