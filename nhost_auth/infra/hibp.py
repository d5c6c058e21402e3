"""Have I Been Pwned: is a password in its database? Only five characters of a hash leave (accounts.md 1.13)."""

from __future__ import annotations

import hashlib

from urllib3.util.retry import Retry

from nhost_auth.infra import outbound

RANGE_URL = "https://api.pwnedpasswords.com/range/"
PREFIX_LENGTH = 5
TIMEOUT_SECONDS = 1.0
# At most three tries more, at once and then 3 s apart; a Retry-After of theirs must not hold our request for longer.
RETRY_WHEN_BUSY = Retry(
    status=3,
    connect=0,
    read=0,
    status_forcelist=[429],
    backoff_factor=3,
    backoff_max=3,
    raise_on_status=False,
    respect_retry_after_header=False,
)


def is_pwned(password: str) -> bool:
    """Whether the database lists the password. Raises OutboundError when it cannot be asked."""
    # SHA-1 is the interface of that database, nothing is stored under it.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    prefix, rest = digest[:PREFIX_LENGTH], digest[PREFIX_LENGTH:]
    answer = outbound.get(
        RANGE_URL + prefix,
        headers={"Add-Padding": "true", "User-Agent": "nhost-auth"},
        retry=RETRY_WHEN_BUSY,
        timeout=TIMEOUT_SECONDS,
    )
    if answer.status != 200:
        raise outbound.OutboundError(f"status {answer.status}")
    entries = (line.partition(":") for line in answer.text.splitlines())
    # Padding comes as entries with the count 0.
    return any(suffix == rest and count.strip() != "0" for suffix, _, count in entries)
