"""Other parties' public keys (RFC 7517): fetched when needed, kept for an hour, and longer while they cannot be had."""

from __future__ import annotations

import logging
import threading
import time
from functools import lru_cache
from typing import Any

import jwt

from nhost_auth.infra import outbound

logger = logging.getLogger("nhost_auth.key_sets")

FRESH_SECONDS = 3600.0
RETRY_SECONDS = 60.0
MAX_KEYS = 100


class KeysUnavailable(Exception):
    """The keys cannot be fetched, and there are none from before."""


class KeySet:
    """The keys behind one URL. Threads of a process share it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = threading.Lock()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """The key of a `kid`; one never seen is asked for, but at most once a minute. Raises KeysUnavailable."""
        if time.monotonic() - self._fetched_at > FRESH_SECONDS or kid not in self._keys:
            self._refresh()
        if not self._keys:
            raise KeysUnavailable(self.url)
        return self._keys.get(kid)

    def _refresh(self) -> None:
        with self._lock:
            # Whoever waited for the lock finds the work done; a stranger's invented kids must not make us a nuisance.
            if time.monotonic() - self._tried_at < RETRY_SECONDS:
                return
            self._tried_at = time.monotonic()
            try:
                self._keys = _parse(outbound.get(self.url))
                self._fetched_at = time.monotonic()
            except (outbound.OutboundError, ValueError) as error:
                logger.warning("The keys at %s cannot be fetched, known ones stay in use: %s", self.url, error)


@lru_cache(maxsize=64)
def key_set(url: str) -> KeySet:
    return KeySet(url)


def _parse(answer: outbound.Answer) -> dict[str, jwt.PyJWK]:
    keys = answer.json() if answer.status == 200 else None
    listed = keys.get("keys") if isinstance(keys, dict) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise ValueError(f"status {answer.status}, or no key set")
    found = {key["kid"]: _usable(key) for key in listed if isinstance(key, dict) and isinstance(key.get("kid"), str)}
    return {kid: key for kid, key in found.items() if key is not None}


def _usable(key: dict[str, Any]) -> jwt.PyJWK | None:
    """Keys of a kind we do not know are somebody else's business. Secrets have no place in a public set."""
    if key.get("kty") == "oct" or "d" in key or key.get("use", "sig") != "sig":
        return None
    try:
        return jwt.PyJWK(key)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, NotImplementedError):
        return None
