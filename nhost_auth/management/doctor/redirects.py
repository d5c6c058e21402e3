"""Redirect targets that let a sign-in end where it should not: whoever controls one gets the session."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhost_auth.conf import conf
from nhost_auth.management.doctor.finding import Finding, ok, warning

SUBJECT = "redirects"
HINT = "AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS"
TARGET = re.compile(r"(?:(?P<scheme>[^/]*)://)?(?P<host>[^/]*)")
OWN_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9.-]+\.localhost)(:[0-9*]+)?", re.IGNORECASE)
WEB = ("http", "https", None)
"""Schemes of the web. Behind those of apps there is no host that somebody else could have."""


def diagnose() -> Iterator[Finding]:
    found = [fault for target in _targets() for fault in _faults(target)]
    yield from (warning(SUBJECT, fault, HINT) for fault in found)
    if not conf.AUTH_CLIENT_URL:
        yield warning(SUBJECT, "AUTH_CLIENT_URL is empty: any relative target is taken.", "AUTH_CLIENT_URL")
    elif not found:
        yield ok(SUBJECT, f"Targets: {', '.join(_targets())}.")


def _targets() -> list[str]:
    return [target for target in (conf.AUTH_CLIENT_URL, *conf.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS) if target]


def _faults(target: str) -> Iterator[str]:
    match = TARGET.match(target)
    scheme, host = (match["scheme"], match["host"]) if match else (None, "")
    if "*" in (scheme or ""):
        yield f"{target} has a wildcard for its scheme."
    elif scheme in WEB and "**" in host:
        yield f"{target} has ** in its host, which any host matches."
    elif scheme in WEB and "*" in host.partition(":")[0]:
        yield f"{target} has a wildcard in its host: each of these hosts has to be yours, forever."
    if scheme == "http" and not OWN_MACHINE.fullmatch(host):
        yield f"{target} is not encrypted: sessions can be read on the way."
