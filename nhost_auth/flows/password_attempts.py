"""How many passwords may be tried at one account, from however many addresses (security.md 7 to 9).

Counted before the password is looked at, so that attempts at one moment count too, and by a digest of the address that
was typed in: whether it has an account makes no difference. Only the password is held up; security keys, links, codes
and resets are not, nor are networks where the account has a session.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import keyed_digest
from nhost_auth.infra.rate_limits import Limit, StorageUnavailable, TooManyRequests, hit, network, retry_after
from nhost_auth.models import Account, RefreshToken
from nhost_auth.models.accounts import normalize_email

KNOWN_FOR = timedelta(days=30)
SESSIONS_LOOKED_AT = 100


def ensure_left(email: str, account: Account | None, address: str | None) -> None:
    """Count an attempt with a password. Raises TooManyRequests, for addresses without an account alike."""
    burst = conf.AUTH_RATE_LIMIT_ACCOUNT_BURST
    if not burst:
        return
    limit = Limit("user-passwords", burst, conf.AUTH_RATE_LIMIT_ACCOUNT_INTERVAL)
    key = keyed_digest("password_attempts", normalize_email(email))
    try:
        if hit(limit, key):
            return
        wait = retry_after(limit, key)
        if not (_is_known(account, address) and hit(limit, f"{key}/{network(address)}")):
            raise TooManyRequests(wait)
    except StorageUnavailable:
        return  # logged; who forgot to run a cache must not lock everybody out


def _is_known(account: Account | None, address: str | None) -> bool:
    """Whether a session of the account was used from this network lately."""
    # Asked for nobody too, so that it takes as long.
    sessions = RefreshToken.objects.filter(account_id=account.pk if account else uuid.uuid4()).sessions()
    recent = sessions.filter(last_used_at__gt=timezone.now() - KNOWN_FOR, ip__isnull=False)
    ips = list(recent.values_list("ip", flat=True)[:SESSIONS_LOOKED_AT])
    return address is not None and network(address) in {network(ip) for ip in ips}
