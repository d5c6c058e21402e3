"""People with all that signs in or proves: address, number, password, second factor, security key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nhost_auth.models import Account
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, Reply, account
from tests.endpoints.totp_app import code_of, enrol
from tests.ways import everything_on, known
from tests.webauthn_page import ORIGIN, add_key, enable


@dataclass(frozen=True)
class Person:
    """The present step's TOTP code is still good, and so is the next one's."""

    session: Reply
    totp_secret: str
    device: Authenticator

    @property
    def token(self) -> str:
        return self.session.token

    @property
    def account(self) -> Account:
        return account(self.session)

    def totp_code(self, *, steps: int = 0) -> str:
        return code_of(self.totp_secret, steps=steps)

    def recovery_codes(self, api: Api) -> list[str]:
        """Ten new ones. The present step's code is used up."""
        elevated = api.post("/elevate/totp", {"otp": self.totp_code()}, token=self.token).token
        codes: list[str] = api.post("/mfa/recovery-codes", token=elevated).json["recoveryCodes"]
        return codes


def open_every_way(settings: Any) -> None:
    everything_on(settings)
    enable(settings)


def ann(api: Api) -> Person:
    """Her address and number are proven."""
    session, device = known(api), Authenticator(ORIGIN)
    assert add_key(api, session.token, device).status == 200
    Account.objects.update(email_verified=True)
    return Person(session, enrol(api, session), device)
