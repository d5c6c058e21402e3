"""What an authenticator app does, for tests."""

from __future__ import annotations

import base64
import time

from django_otp.oath import hotp

from tests.conftest import Api, Reply


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code of a secret, `steps` time steps from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return f"{hotp(key, int(time.time()) // 30 + steps):06d}"


def wrong_code(secret: str) -> str:
    near = {code_of(secret, steps=steps) for steps in range(-3, 4)}
    return next(f"{digit}" * 6 for digit in range(10) if f"{digit}" * 6 not in near)


def enrol(api: Api, session: Reply) -> str:
    """Turn the second factor on with the code of the step before the present one; the secret."""
    secret = str(api.get("/mfa/totp/generate", token=session.token).json["totpSecret"])
    activate(api, session, secret)
    return secret


def activate(api: Api, session: Reply, secret: str) -> None:
    for _ in range(2):  # a step may begin between reading the clock here and there
        body = {"code": code_of(secret, steps=-1), "activeMfaType": "totp"}
        reply = api.post("/user/mfa", body, token=session.token)
        if reply.status == 200:
            break
    assert reply.status == 200
