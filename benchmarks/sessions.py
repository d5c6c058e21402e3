"""Signing in beforehand, by each system's own HTTP API: what the calls need to carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from benchmarks.systems import ANN, NEW, Call, System
from benchmarks.wrk import Session

CONFLICT = 409
SIGN_UP, SIGN_IN = "POST /signup/email-password", "POST /signin/email-password"


def sign_up(system: System, url: str) -> None:
    """Make the account that sessions are of, where a system has accounts and not this one already."""
    if SIGN_UP in system.calls:
        answer = send(url, system.calls[SIGN_UP], new=ANN)
        if answer.status_code != CONFLICT:
            answer.raise_for_status()


def for_call(system: System, url: str, call: Call, count: int) -> list[Session]:
    """New sessions for so many connections: access tokens may have expired, and a refresh token is good once.

    Connections that only read share one.
    """
    if SIGN_IN not in system.calls:
        return [{}] * count
    if call.refresh_field:
        return [_session(system, url) for _ in range(count)]
    return [_session(system, url)] * count


def send(url: str, call: Call, session: Session | None = None, *, new: str = "") -> requests.Response:
    """One such request, whatever the answer."""
    session = session or {}
    headers = {"Authorization": f"Bearer {session['access']}"} if call.bearer else {}
    if call.body is None:
        return requests.get(url + call.path, headers=headers, timeout=30)
    filled = {name: text.replace(NEW, new).format(**session) for name, text in call.body.items()}
    return requests.post(url + call.path, json=filled, headers=headers, timeout=30)


def _session(system: System, url: str) -> Session:
    answer = send(url, system.calls[SIGN_IN])
    answer.raise_for_status()
    found = _flat(answer.json())
    session = {
        "access": next(found[name] for name in ("accessToken", "access", "access_token") if name in found),
        "refresh": next(found[name] for name in ("refreshToken", "refresh", "refresh_token") if name in found),
    }
    if system.pat_path:
        expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        headers = {"Authorization": f"Bearer {session['access']}"}
        answer = requests.post(url + system.pat_path, json={"expiresAt": expires}, headers=headers, timeout=30)
        session["pat"] = answer.json()["personalAccessToken"]
    return session


def _flat(found: dict[str, Any]) -> dict[str, Any]:
    """All members at once: each system packs its tokens in something else."""
    inner = [member for value in found.values() if isinstance(value, dict) for member in _flat(value).items()]
    return {**found, **dict(inner)}
