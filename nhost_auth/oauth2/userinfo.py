"""GET and POST /oauth2/userinfo: who the user of an access token is (identity.md 7.6; OpenID Connect Core 5.3)."""

from __future__ import annotations

from typing import Any

from nhost_auth.errors import AuthError
from nhost_auth.flows import accounts, keys
from nhost_auth.flows.access_tokens import claims
from nhost_auth.http.endpoint import Story
from nhost_auth.http.guards import application_bearer, application_bearer_or_form
from nhost_auth.oauth2 import answers
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint
from nhost_auth.oauth2.scopes import granted_roles, person_claims
from nhost_auth.oauth2_errors import InvalidToken, MalformedRequest


class Userinfo(OAuth2Endpoint):
    stories = {
        "show": Story(
            operation="oauth2UserinfoGet",
            guard=application_bearer,
            toggles=ENABLED,
            answer=answers.OAuth2UserinfoResponse,
            errors=(InvalidToken,),
        ),
        "show_by_post": Story(
            operation="oauth2UserinfoPost",
            guard=application_bearer_or_form,
            toggles=ENABLED,
            answer=answers.OAuth2UserinfoResponse,
            errors=(InvalidToken, MalformedRequest),
        ),
    }

    def show_by_post(self) -> Any:
        """Tell who the user is, by POST.

        As the GET; OpenID Connect asks for both. The token may be the field `access_token` of a form instead.
        """
        return self.show()

    def show(self) -> Any:
        """Tell who the user is.

        For applications: as much of the bearer as the scopes of the access token allow.
        """
        try:
            account = accounts.bearer(self.access_token)
        except AuthError:
            raise InvalidToken("User not found") from None
        granted = self.access_token.scopes
        keyring = keys.backend().keyring
        told = claims(keyring, account, *granted_roles(account, granted), lifetime=0, plain=True)
        return {
            "sub": str(account.pk),
            **person_claims(account, granted),
            **({keyring.namespace: told[keyring.namespace]} if keyring.namespace in told else {}),
        }
