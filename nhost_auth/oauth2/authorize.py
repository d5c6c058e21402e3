"""GET and POST /oauth2/authorize: an application asks to sign somebody in (identity.md 7.3).

RFC 6749 section 4.1.1, RFC 7636, OpenID Connect Core 3.1.2. Nobody is signed in here: the browser goes on to the
project's own page, which asks its user and answers at POST /oauth2/login.
"""

from __future__ import annotations

import re
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.flows.redirects import with_query
from nhost_auth.http.endpoint import Story
from nhost_auth.http.inputs import CHALLENGE_PATTERN
from nhost_auth.http.payloads import Redirect
from nhost_auth.models import OAuth2Client, OAuth2Request
from nhost_auth.oauth2 import scopes
from nhost_auth.oauth2.clients import get_client
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, Parameter, Parameters
from nhost_auth.oauth2_errors import (
    InvalidClient,
    InvalidScope,
    MalformedRequest,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)

MAX_AGE = re.compile(r"[0-9]{1,9}")


class AuthorizeForm(Parameters):
    client_id = Parameter(most=512)
    redirect_uri = Parameter()
    response_type = Parameter(most=64)
    scope = Parameter(required=False)
    state = Parameter(required=False)
    nonce = Parameter(required=False)
    code_challenge = Parameter(most=128, required=False)
    code_challenge_method = Parameter(most=32, required=False)
    resource = Parameter(required=False)
    prompt = Parameter(most=64, required=False)
    max_age = Parameter(most=32, required=False)
    request = Parameter(most=16384, required=False)
    request_uri = Parameter(required=False)


class AuthorizeQuery(AuthorizeForm):
    code_challenge_method = Parameter(enum=("S256",), required=False)


REFUSALS = (
    InvalidClient,
    MalformedRequest,
    UnauthorizedClient,
    UnsupportedResponseType,
    InvalidScope,
    RequestNotSupported,
    RequestUriNotSupported,
)


class Authorize(OAuth2Endpoint):
    stories = {
        "ask": Story(
            operation="oauth2AuthorizeURL",
            toggles=ENABLED,
            query=AuthorizeQuery,
            limits=("brute_force",),
            answer=Redirect,
            errors=REFUSALS,
        ),
        "ask_by_form": Story(
            operation="oauth2AuthorizePostURL",
            toggles=ENABLED,
            form=AuthorizeForm,
            limits=("brute_force",),
            answer=Redirect,
            errors=REFUSALS,
        ),
    }

    def ask_by_form(self, **parameters: str) -> Any:
        """Ask to sign somebody in, by form.

        As the GET, for requests that are too long for a URL.
        """
        return self.ask(**parameters)

    def ask(self, client_id: str, redirect_uri: str, response_type: str, state: str = "", **parameters: str) -> Any:
        """Ask to sign somebody in.

        Where applications send browsers; they go on to the page at AUTH_OAUTH2_PROVIDER_LOGIN_URL with a `request_id`.
        A wrong client or redirect URI is told here, everything else to the application by a redirect.
        """
        client = get_client(client_id)
        if not client.allows_redirect(redirect_uri):
            raise MalformedRequest("Invalid redirect_uri")
        self.error_target, self.state = redirect_uri, state
        if not client.allows_grant("authorization_code"):
            raise UnauthorizedClient
        if response_type != "code":
            raise UnsupportedResponseType
        request = self._read(client, **parameters)
        request.redirect_uri, request.state = redirect_uri, state
        request.save(force_insert=True)
        prompt = {"prompt": request.prompt} if request.prompt else {}
        return Redirect(with_query(login_url(), request_id=str(request.pk), **prompt))

    def _read(self, client: OAuth2Client, scope: str = "openid", max_age: str = "", **given: str) -> OAuth2Request:
        if "request" in given:
            raise RequestNotSupported
        if "request_uri" in given:
            raise RequestUriNotSupported
        asked = OAuth2Request(client=client, scopes=scopes.ensure_allowed(client, scope), **given)
        if client.is_public and not asked.code_challenge:
            raise MalformedRequest("PKCE code_challenge is required for public clients")
        if asked.code_challenge and not re.fullmatch(CHALLENGE_PATTERN, asked.code_challenge):
            raise MalformedRequest("code_challenge has to be base64url of a SHA-256")
        if asked.code_challenge_method not in ("", "S256"):
            raise MalformedRequest("code_challenge_method has to be S256")
        if "none" in asked.prompts and len(asked.prompts) > 1:
            raise MalformedRequest("prompt=none stands alone")
        if max_age and not MAX_AGE.fullmatch(max_age):
            raise MalformedRequest("max_age has to be a number of seconds")
        asked.max_age = int(max_age) if max_age else None
        return asked


def login_url() -> str:
    """The project's page that signs people in for applications."""
    return conf.AUTH_OAUTH2_PROVIDER_LOGIN_URL or f"{conf.AUTH_CLIENT_URL.rstrip('/')}/oauth2/login"
