"""GET and POST /oauth2/logout: an application signs its user out (OpenID Connect RP-Initiated Logout 1.0).

Ours. What it ends is what the application was given: the refresh tokens that the ID token names by `sid`, and with
them its access tokens. The sign-in of the project's own front end stays. This server sets no cookie, so it cannot
know whether the browser that comes here is signed in; and one application must not end what its user has opened
elsewhere. The browser goes on to the project's page, which holds that session and asks whether it is to end too, or
back to the application where that has registered the address.

An ID token of ours is the only proof, in a GET as in a POST: without one any page could sign people out by a picture
(section 6). It may have expired, as sections 2 and 4 want it. An access token is none: other servers get to see those.
Without the proof nothing ends, and nobody is sent to an address that a stranger names, be it registered (section 4).
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.db import transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.flows.access_tokens import SESSION_CLAIM, TokenError, read_expired
from nhost_auth.flows.redirects import with_query
from nhost_auth.http.endpoint import Story
from nhost_auth.http.payloads import Redirect
from nhost_auth.models import Account, OAuth2Client, OAuth2RefreshToken
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, Parameter, Parameters, page
from nhost_auth.oauth2_errors import MalformedRequest

LOGOUT_ENABLED = "AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED"


class LogoutQuery(Parameters):
    id_token_hint = Parameter(most=16384, required=False)
    client_id = Parameter(most=512, required=False)
    post_logout_redirect_uri = Parameter(required=False)
    state = Parameter(required=False)


class LogoutForm(LogoutQuery):
    """The same; the schema names it by its operation."""


class Logout(OAuth2Endpoint):
    stories = {
        "end": Story(
            operation="oauth2LogoutURL",
            exists_with=LOGOUT_ENABLED,
            toggles=ENABLED,
            query=LogoutQuery,
            limits=("oauth2_server",),
            answer=Redirect,
            errors=(MalformedRequest,),
        ),
        "end_by_form": Story(
            operation="oauth2LogoutPostURL",
            exists_with=LOGOUT_ENABLED,
            toggles=ENABLED,
            form=LogoutForm,
            limits=("oauth2_server",),
            answer=Redirect,
            errors=(MalformedRequest,),
        ),
    }

    def end_by_form(self, **parameters: str) -> Any:
        """Sign out of an application, by form.

        As the GET; the specification asks for both.
        """
        return self.end(**parameters)

    def end(
        self, id_token_hint: str = "", client_id: str = "", post_logout_redirect_uri: str = "", state: str = ""
    ) -> Any:
        """Sign out of an application.

        Where applications send browsers. With an ID token of the application as `id_token_hint` all tokens that it
        got with that one end. The browser goes back to `post_logout_redirect_uri` where the application has
        registered that, and else to the page at AUTH_OAUTH2_PROVIDER_LOGOUT_URL.
        """
        address = page(conf.AUTH_OAUTH2_PROVIDER_LOGOUT_URL, "/oauth2/logout")
        hint = _read(id_token_hint)
        client = OAuth2Client.objects.filter(pk=hint["aud"]).first() if hint else None
        if client is None or client_id not in ("", client.pk):
            return Redirect(address)
        _end_family(client, hint)
        if post_logout_redirect_uri in client.post_logout_redirect_uris:
            return Redirect(with_query(post_logout_redirect_uri, **({"state": state} if state else {})))
        return Redirect(with_query(address, client_id=client.pk))


def _read(id_token: str) -> dict[str, Any]:
    """The claims of an ID token of ours; nothing where it is none."""
    try:
        claims = read_expired(id_token) if id_token else {}
        uuid.UUID(claims.get(SESSION_CLAIM))
    except (TokenError, ValueError, TypeError, AttributeError):
        return {}
    return claims if isinstance(claims.get("aud"), str) and "scope" not in claims else {}


def _end_family(client: OAuth2Client, hint: dict[str, Any]) -> None:
    family = OAuth2RefreshToken.objects.filter(pk=hint[SESSION_CLAIM], client=client)
    found = family.select_related("account").first()
    if found is not None and family.delete()[0]:
        told = partial(signals.application_signed_out.send_robust, Account, account=found.account)
        transaction.on_commit(partial(told, client_id=client.pk))
