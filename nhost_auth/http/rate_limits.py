"""Which requests count together, and how many of them pass (configuration.md 6.2).

A story names its buckets; every request is in `global` as well. All have to allow, the first that does not ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import keyed_digest
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
from nhost_auth.models.accounts import normalize_email

if TYPE_CHECKING:
    from nhost_auth.http.endpoint import Story

BUCKETS: Final = {
    "global": ("user-global", "GLOBAL"),
    "email": ("user-email", "EMAIL"),
    "verification_email": ("user-email", "EMAIL"),
    "sms": ("user-sms", "SMS"),
    "brute_force": ("user-bruteforce", "BRUTE_FORCE"),
    "signups": ("user-signups", "SIGNUPS"),
    "oauth2_server": ("user-oauth2-server", "OAUTH2_SERVER"),
}
"""Name in a story to Nhost's prefix of keys and the name in its settings.

`verification_email` is `email` where a verification makes the mail leave; nothing where it is not required.
"""
RECIPIENTS: Final = {"email", "new_email", "phone_number", "new_phone_number"}
"""Arguments of stories that name whom a message goes to."""


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


def ensure_recipient_allowed(story: Story, arguments: Mapping[str, Any]) -> None:
    """Count a message to whom the arguments name: many clients together must not fill one mailbox.

    Raises TooManyRequests, for recipients without an account alike.
    """
    burst = conf.AUTH_RATE_LIMIT_RECIPIENT_BURST
    if not burst or not any(_sends(bucket) for bucket in story.limits):
        return
    limit = Limit("recipient", burst, conf.AUTH_RATE_LIMIT_RECIPIENT_INTERVAL)
    with suppress(StorageUnavailable):
        for name in RECIPIENTS & arguments.keys():
            _count(limit, keyed_digest("recipients", normalize_email(arguments[name])))


def _sends(bucket: str) -> bool:
    verifies = conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED
    return bucket in ("email", "sms") or (bucket == "verification_email" and verifies)


def _ensure(bucket: str, address: str | None) -> None:
    if bucket == "verification_email" and not _sends(bucket):
        return
    prefix, name = BUCKETS[bucket]
    key = network(address)
    if name == "EMAIL" and conf.AUTH_RATE_LIMIT_EMAIL_IS_GLOBAL:
        prefix, key = "global-email", "global"
    burst, interval = (getattr(conf, f"AUTH_RATE_LIMIT_{name}_{part}") for part in ("BURST", "INTERVAL"))
    _count(Limit(prefix, burst, interval), key)


def _count(limit: Limit, key: str) -> None:
    if not hit(limit, key):
        raise TooManyRequests(retry_after(limit, key))
