"""POST /token exchanges a refresh token, /token/verify checks an access token, /token/exchange redeems a PKCE code.

accounts.md 2.6, 2.9, 2.7.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import InvalidRefreshToken, InvalidRequest
from nhost_auth.flows import accounts, sessions
from nhost_auth.flows.access_tokens import AccessToken, TokenError
from nhost_auth.http import answers, payloads, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import optional_bearer
from nhost_auth.http.inputs import Input, Text, UuidText
from nhost_auth.models import PkceCode


class RefreshRequest(Input):
    refreshToken = UuidText()


class VerifyRequest(Input):
    token = Text(required=False)


class ExchangeRequest(Input):
    code = Text()
    codeVerifier = Text(least=43, most=128)


class Token(Endpoint):
    stories = {
        "refresh": Story(
            operation="refreshToken",
            request=RefreshRequest,
            answer=answers.Session,
            errors=(InvalidRefreshToken, *refusals.VALID_USER),
        ),
        "verify": Story(
            operation="verifyToken",
            guard=optional_bearer,
            request=VerifyRequest,
            request_optional=True,
            limits=("brute_force",),
            errors=refusals.BEARER,
        ),
        "exchange": Story(
            operation="tokenExchange",
            request=ExchangeRequest,
            answer=answers.SignInResponse,
            errors=(InvalidRequest, *refusals.VALID_USER),
        ),
    }

    def refresh(self, refresh_token: str) -> Any:
        """Refresh a session.

        The answer has a new access token and a new refresh token. The old refresh token answers with the same successor
        for `AUTH_REFRESH_TOKEN_REUSE_WINDOW` seconds more; shown later it ends its session.
        """
        return payloads.session(sessions.refresh(refresh_token, self.client))

    def verify(self, token: str | None = None) -> Any:
        """Check an access token.

        The one in the body, or else the bearer's.
        """
        if token is not None:
            self._ensure_token(token)
        elif self.token is None:
            raise InvalidRequest
        else:
            accounts.bearer(self.token)
        return payloads.OK

    def _ensure_token(self, token: str) -> None:
        try:
            AccessToken.read(token.removeprefix("Bearer "))
        except TokenError:
            raise InvalidRequest from None

    def exchange(self, code: str, code_verifier: str) -> Any:
        """Exchange a PKCE code for a session.

        The code is the one that `GET /verify` or a social sign-in put into the query of `redirectTo`.
        """
        found = PkceCode.objects.consume(code, code_verifier)
        if found is None:
            raise InvalidRequest
        account = accounts.get_valid(found.account_id)
        return sessions.start(account, self.client, method="pkce")
