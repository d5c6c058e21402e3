"""Modica's REST gateway, version 2 (configuration.md 5.7)."""

from __future__ import annotations

import json

from nhost_auth.conf import conf
from nhost_auth.infra import outbound
from nhost_auth.infra.sms.gateway import ensure_accepted

BASE_URL = "https://api.modicagroup.com"
TIMEOUT_SECONDS = 30.0


def send(to: str, text: str) -> None:
    """Raises CannotSend when Modica refuses, OutboundError when it cannot be asked."""
    answer = outbound.post(
        f"{BASE_URL}/rest/sms/v2/messages",
        data=json.dumps({"destination": to, "content": text}).encode(),
        headers={"Content-Type": "application/json"},
        basic_auth=(conf.AUTH_SMS_MODICA_USERNAME, conf.AUTH_SMS_MODICA_PASSWORD),
        timeout=TIMEOUT_SECONDS,
    )
    ensure_accepted(answer)
