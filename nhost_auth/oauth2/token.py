"""POST /oauth2/token: an application gets its tokens (identity.md 7.5; RFC 6749 sections 4.1.3, 5 and 6)."""

from __future__ import annotations

import uuid
from typing import Any

from nhost_auth.errors import AuthError
from nhost_auth.flows import accounts
from nhost_auth.http.endpoint import Story
from nhost_auth.http.inputs import Text
from nhost_auth.models import Account
from nhost_auth.oauth2 import answers, clients, scopes, tokens
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, Parameter, Parameters
from nhost_auth.oauth2.grants import GRANTS, Grant, offered
from nhost_auth.oauth2_errors import (
    AccessDenied,
    AuthorizationPending,
    DeviceRefused,
    ExpiredDeviceCode,
    InvalidClient,
    InvalidGrant,
    MalformedRequest,
    OAuth2Error,
    SlowDown,
    UnsupportedGrantType,
)


class TokenForm(Parameters):
    grant_type = Text()
    code = Parameter(required=False)
    redirect_uri = Parameter(required=False)
    client_id = Parameter(required=False)
    client_secret = Parameter(required=False)
    code_verifier = Parameter(required=False)
    refresh_token = Parameter(required=False)
    device_code = Parameter(required=False)
    resource = Parameter(required=False)


OF_DEVICES = (AuthorizationPending, SlowDown, ExpiredDeviceCode, DeviceRefused)


class Token(OAuth2Endpoint):
    stories = {
        "issue": Story(
            operation="oauth2Token",
            toggles=ENABLED,
            form=TokenForm,
            limits=("oauth2_server",),
            answer=answers.OAuth2TokenResponse,
            errors=(
                MalformedRequest,
                UnsupportedGrantType,
                InvalidGrant,
                InvalidClient,
                AccessDenied,
                *OF_DEVICES,
            ),
        )
    }

    def issue(self, grant_type: str, client_id: str = "", client_secret: str = "", **form: str) -> Any:
        """Give out tokens.

        For applications: an authorization code, or a refresh token, is exchanged for an access token, the next refresh
        token and, with the scope `openid`, an ID token. A code that is used twice ends what it was good for, and so
        does a spent refresh token. A device asks with its device code, where that is on, until its user has answered.
        """
        credentials = clients.read_credentials(self.request, client_id, client_secret)
        if grant_type not in offered():
            raise UnsupportedGrantType
        grant: Grant = GRANTS[grant_type]()
        try:
            grant.find(form)
            clients.authenticate(grant.client, credentials)
            grant.ensure_agreed()
            account = _owner(grant.account_id)
            scopes.ensure_roles(account, grant.scopes)
        except OAuth2Error:
            if hasattr(grant, "client"):
                grant.failed()
            raise
        token, secret = grant.redeem()
        return tokens.answer(account, token, secret, auth_time=grant.auth_time, nonce=grant.nonce)


def _owner(account_id: uuid.UUID) -> Account:
    """The account that has agreed, as long as it may come in. Raises InvalidGrant."""
    try:
        return accounts.get_valid(account_id)
    except AuthError:
        raise InvalidGrant("User not found") from None
