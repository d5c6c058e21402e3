"""What the answer of a gateway comes to."""

from __future__ import annotations

from nhost_auth.infra.outbound import Answer


class CannotSend(Exception):
    """An SMS did not leave. The message tells why and holds neither the text nor credentials."""


def ensure_accepted(answer: Answer) -> None:
    """Raises CannotSend unless the gateway took the message.

    Nhost takes any status below 400 as success, after following redirects. None is followed here, so a redirect
    means that nothing was sent.
    """
    if not 200 <= answer.status < 300:
        raise CannotSend(f"status {answer.status}")
