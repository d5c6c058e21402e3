"""Which pages may read our answers: any, as at Nhost, or those of a list (accounts.md 1.1, configuration.md 6.6)."""

from __future__ import annotations

import re
from functools import lru_cache

from nhost_auth.conf import conf
from nhost_auth.infra.webauthn import serialized_origin

PATTERN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9*-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
"""An entry as browsers write origins, those of apps among them; `*` stands in the first label of the host alone."""


def allows(origin: str) -> bool:
    """Whether pages of `origin`, as the header Origin has it, may read our answers."""
    listed = conf.AUTH_CORS_ALLOWED_ORIGINS
    if not listed:
        return True
    return any(entry.fullmatch(origin) for entry in _compiled((*listed, conf.AUTH_CLIENT_URL)))


def is_pattern(entry: str) -> bool:
    """Whether an entry of AUTH_CORS_ALLOWED_ORIGINS is an origin, perhaps with wildcards."""
    return PATTERN.fullmatch(serialized_origin(entry)) is not None and not re.search(
        r"://.*[/?#@]", entry.removesuffix("/")
    )


@lru_cache(maxsize=8)
def _compiled(entries: tuple[str, ...]) -> list[re.Pattern[str]]:
    """A `*` is any part of one label. It must not reach over a dot, where somebody else's host could stand."""
    return [re.compile(re.escape(serialized_origin(entry)).replace(r"\*", "[a-z0-9-]*")) for entry in entries if entry]
