"""Which requests count together, and how many of them pass (configuration.md 6.2).

A story names its buckets; every request is in `global` as well. All have to allow, the first that does not ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nhost_auth.conf import conf
from nhost_auth.infra.rate_limits import (
    TRY_AGAIN,
    CannotCount,
    Limit,
    StorageUnavailable,
    TooManyRequests,
    hit,
    network,
    retry_after,
)

if TYPE_CHECKING:
    from nhost_auth.http.endpoint import Story

BUCKETS: Final = {
    "global": ("user-global", "GLOBAL"),
    "email": ("user-email", "EMAIL"),
    "verification_email": ("user-email", "EMAIL"),
    "sms": ("user-sms", "SMS"),
    "brute_force": ("user-bruteforce", "BRUTE_FORCE"),
    "signups": ("user-signups", "SIGNUPS"),
}
"""Name in a story to Nhost's prefix of keys and the name in its settings.

`verification_email` is `email` where a verification makes the mail leave; nothing where it is not required.
"""


def ensure_allowed(address: str | None, story: Story | None) -> None:
    """Count a request from this address; None for the story of a method that does not exist.

    Raises TooManyRequests, and CannotCount for a story that takes a one-time code while nobody can count: a
    million codes are soon tried then. Everything else passes uncounted.
    """
    try:
        for bucket in ("global", *(story.limits if story else ())):
            _ensure(bucket, address)
    except StorageUnavailable:
        if story is not None and story.takes_code:
            raise CannotCount(TRY_AGAIN) from None


def _ensure(bucket: str, address: str | None) -> None:
    if bucket == "verification_email" and not conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED:
        return
    prefix, name = BUCKETS[bucket]
    key = network(address)
    if name == "EMAIL" and conf.AUTH_RATE_LIMIT_EMAIL_IS_GLOBAL:
        prefix, key = "global-email", "global"
    burst, interval = (getattr(conf, f"AUTH_RATE_LIMIT_{name}_{part}") for part in ("BURST", "INTERVAL"))
    limit = Limit(prefix, burst, interval)
    if not hit(limit, key):
        raise TooManyRequests(retry_after(limit, key))
