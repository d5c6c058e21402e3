"""Applications that sign people in at a running demo, and somebody to sign in."""

from __future__ import annotations

import uuid
from typing import Any

import requests

from tests.live.demo import Demo

REDIRECT = "https://shop.example/back"
PUBLIC = ("--public",)
PASSWORD = "Correct-horse-7"


def registered(demo: Demo, *options: str) -> tuple[str, str]:
    """The id and the secret of a new application; no secret for one that is public."""
    printed = demo.manage("auth_clients", "create", "--name", "Shop", "--redirect-uri", REDIRECT, *options)
    made = dict(line.split("=", 1) for line in printed.splitlines())
    return made["client_id"], made.get("client_secret", "")


def signed_up(demo: Demo) -> dict[str, Any]:
    """The session of somebody new."""
    body = {"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD, "options": {"displayName": "Ann"}}
    reply = requests.post(f"{demo.api}/signup/email-password", json=body, timeout=10)
    found: dict[str, Any] = reply.json()["session"]
    return found
