"""Twilio's Messages API (configuration.md 5.7). Twilio Verify, which older versions of Nhost had, is not spoken."""

from __future__ import annotations

from urllib.parse import quote

from nhost_auth.conf import conf
from nhost_auth.infra import outbound
from nhost_auth.infra.sms.gateway import ensure_accepted

BASE_URL = "https://api.twilio.com"
TIMEOUT_SECONDS = 30.0


def send(to: str, text: str) -> None:
    """Raises CannotSend when Twilio refuses, OutboundError when it cannot be asked."""
    sid = conf.AUTH_SMS_TWILIO_ACCOUNT_SID
    answer = outbound.post(
        f"{BASE_URL}/2010-04-01/Accounts/{quote(sid, safe='')}/Messages.json",
        data={"To": to, "Body": text, "From": conf.AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID},
        basic_auth=(sid, conf.AUTH_SMS_TWILIO_AUTH_TOKEN),
        timeout=TIMEOUT_SECONDS,
    )
    ensure_accepted(answer)
