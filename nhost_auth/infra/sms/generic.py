"""A webhook of the host's choice: its URL, content type, headers and body are settings (configuration.md 1.7, 5.7)."""

from __future__ import annotations

import json
import re

from nhost_auth.conf import conf
from nhost_auth.infra import outbound
from nhost_auth.infra.sms.gateway import CannotSend, ensure_accepted

FORM = "application/x-www-form-urlencoded"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def send(to: str, text: str) -> None:
    """Raises CannotSend for a template that cannot be filled or a refusal, OutboundError when nobody can be asked."""
    media_type = conf.AUTH_SMS_GENERIC_CONTENT_TYPE.partition(";")[0].strip().lower()
    body = _render({"to": to, "body": text}, in_json=media_type == FORM or media_type.endswith(("/json", "+json")))
    answer = outbound.post(
        conf.AUTH_SMS_GENERIC_URL,
        trusted=True,
        data=_fields(body) if media_type == FORM else body.encode(),
        headers={"Content-Type": conf.AUTH_SMS_GENERIC_CONTENT_TYPE, **(conf.AUTH_SMS_GENERIC_HEADERS or {})},
        timeout=conf.AUTH_SMS_GENERIC_TIMEOUT,
    )
    ensure_accepted(answer)


def _render(values: dict[str, str], *, in_json: bool) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in values:
            raise CannotSend("AUTH_SMS_GENERIC_BODY_TEMPLATE knows ${to} and ${body} alone")
        return json.dumps(values[name])[1:-1] if in_json else values[name]

    return _VARIABLE.sub(value_of, conf.AUTH_SMS_GENERIC_BODY_TEMPLATE)


def _fields(body: str) -> dict[str, str]:
    try:
        fields = json.loads(body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise CannotSend("AUTH_SMS_GENERIC_BODY_TEMPLATE has to be a JSON object for a form")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
