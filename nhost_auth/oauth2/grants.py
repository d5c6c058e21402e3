"""What an application shows for its tokens: one class for each grant type, with no more than is its own.

The steps that all share stand in token.py, so that no grant can forget one: whether the application is itself, whether
its user may come in, whether the scopes still hold.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Protocol

from django.db import transaction
from django.utils.crypto import constant_time_compare

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import Account, OAuth2Client, OAuth2DeviceRequest, OAuth2RefreshToken, OAuth2Request
from nhost_auth.models.pkce_codes import s256
from nhost_auth.oauth2_errors import (
    AuthorizationPending,
    DeviceRefused,
    ExpiredDeviceCode,
    InvalidGrant,
    MalformedRequest,
    SlowDown,
)


class Grant(Protocol):
    """Something that stands for a user's consent; once found it tells whose, to whom and to what."""

    client: OAuth2Client
    account_id: uuid.UUID
    scopes: list[str]
    auth_time: datetime
    nonce: str

    def find(self, form: Mapping[str, str]) -> None:
        """Look it up and look at all that is its own. Raises InvalidGrant, MalformedRequest."""

    def ensure_agreed(self) -> None:
        """Its user has let the application in, which has proven by now to be itself. Raises OAuth2Error."""

    def failed(self) -> None:
        """It was found, but nothing came of it."""

    def redeem(self) -> tuple[OAuth2RefreshToken, str]:
        """Use it up for a refresh token, and its secret; of several requests one wins. Raises InvalidGrant."""


class AuthorizationCode:
    """RFC 6749 section 4.1.3, RFC 7636 section 4.6."""

    UNKNOWN: ClassVar[str] = "Invalid authorization code"

    def find(self, form: Mapping[str, str]) -> None:
        if not form.get("code"):
            raise MalformedRequest("Missing code")
        found = OAuth2Request.objects.find_by_code(form["code"])
        if found is None or found.account_id is None or found.auth_time is None:
            raise InvalidGrant(self.UNKNOWN)
        self.asked, self.client, self.account_id = found, found.client, found.account_id
        self.scopes, self.auth_time, self.nonce = found.scopes, found.auth_time, found.nonce
        if form.get("redirect_uri") != found.redirect_uri:
            raise InvalidGrant("redirect_uri mismatch")
        self._ensure_verifier(form.get("code_verifier", ""))

    def ensure_agreed(self) -> None:
        """A code is given only after that."""

    def failed(self) -> None:
        self.asked.count_failure()

    @one_transaction
    def _use(self) -> tuple[OAuth2RefreshToken, str] | None:
        if not self.asked.use_code():
            return None
        return OAuth2RefreshToken.objects.issue(
            self.client, self.account_id, self.scopes, auth_time=self.auth_time, request=self.asked
        )

    def redeem(self) -> tuple[OAuth2RefreshToken, str]:
        return self._use() or self._end_first_use()

    def _ensure_verifier(self, verifier: str) -> None:
        challenge = self.asked.code_challenge
        if not challenge and self.client.is_public:
            raise MalformedRequest("PKCE is required for public clients")
        if not challenge:
            # A verifier without a challenge is a request whose challenge somebody took away (RFC 9700 section 4.8.2).
            if verifier:
                raise InvalidGrant("Invalid code_verifier")
            return
        if not verifier:
            raise InvalidGrant("Missing code_verifier")
        if not constant_time_compare(challenge, s256(verifier)):
            raise InvalidGrant("Invalid code_verifier")

    def _end_first_use(self) -> Any:
        """Two parties hold one code and we cannot tell which is the thief: both lose it (RFC 9700 section 2.1.1)."""
        ended = OAuth2RefreshToken.objects.filter(request=self.asked).delete()[0]
        if ended:
            _tell_of_reuse(self.asked.account, self.client)
        raise InvalidGrant(self.UNKNOWN)


class RefreshToken:
    """RFC 6749 section 6; a spent one ends its family (RFC 9700 section 4.14.2)."""

    UNKNOWN: ClassVar[str] = "Invalid refresh token"
    nonce = ""

    def find(self, form: Mapping[str, str]) -> None:
        self.secret = form.get("refresh_token", "")
        if not self.secret:
            raise MalformedRequest("Missing refresh_token")
        found = OAuth2RefreshToken.objects.find_with_client(self.secret)
        if found is None:
            self._end_reused()
            raise InvalidGrant(self.UNKNOWN)
        self.token, self.client, self.account_id = found, found.client, found.account_id
        self.scopes, self.auth_time = found.scopes, found.auth_time

    def ensure_agreed(self) -> None:
        """A token is given only after that."""

    def failed(self) -> None:
        """Whoever cannot prove to be the application does not use its token up."""

    def redeem(self) -> tuple[OAuth2RefreshToken, str]:
        following = self.token.rotate(self.secret)
        if following is None:
            raise InvalidGrant(self.UNKNOWN)
        return self.token, following

    def _end_reused(self) -> None:
        reused = OAuth2RefreshToken.objects.find_spent(self.secret)
        if reused is not None and conf.AUTH_REFRESH_TOKEN_REUSE_DETECTION:
            OAuth2RefreshToken.objects.filter(pk=reused.pk).delete()
            _tell_of_reuse(reused.account, reused.client)


class DeviceCode:
    """RFC 8628 sections 3.4 and 3.5."""

    UNKNOWN: ClassVar[str] = "Invalid device code"
    account_id: uuid.UUID
    auth_time: datetime
    nonce = ""

    def find(self, form: Mapping[str, str]) -> None:
        if not form.get("device_code"):
            raise MalformedRequest("Missing device_code")
        found = OAuth2DeviceRequest.objects.find(form["device_code"])
        if found is None:
            raise InvalidGrant(self.UNKNOWN)
        self.asked, self.client, self.scopes = found, found.client, found.scopes

    def ensure_agreed(self) -> None:
        if self.asked.is_over:
            raise ExpiredDeviceCode
        if self.asked.refused_at is not None:
            raise DeviceRefused
        if not self.asked.may_poll():
            raise SlowDown
        if self.asked.account_id is None or self.asked.auth_time is None:
            raise AuthorizationPending
        self.account_id, self.auth_time = self.asked.account_id, self.asked.auth_time

    def failed(self) -> None:
        """The device asks again and again: that is how it is meant."""

    @one_transaction
    def redeem(self) -> tuple[OAuth2RefreshToken, str]:
        if not self.asked.use():
            raise InvalidGrant(self.UNKNOWN)
        return OAuth2RefreshToken.objects.issue(self.client, self.account_id, self.scopes, auth_time=self.auth_time)


DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS: dict[str, type[AuthorizationCode] | type[RefreshToken] | type[DeviceCode]] = {
    "authorization_code": AuthorizationCode,
    "refresh_token": RefreshToken,
    DEVICE_CODE: DeviceCode,
}


def offered() -> list[str]:
    """The grant types that the settings let pass."""
    return [name for name in GRANTS if name != DEVICE_CODE or conf.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED]


def _tell_of_reuse(account: Account | None, client: OAuth2Client) -> None:
    reused = signals.application_token_reused
    transaction.on_commit(partial(reused.send_robust, Account, account=account, client_id=client.pk))
