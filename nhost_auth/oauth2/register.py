"""POST /oauth2/register: a user registers an application (RFC 7591).

Ours. Nobody registers anything without an account: open registration fills the database and signs anybody's page with
the project's name. An access token of the project's own is the initial access token of RFC 7591 section 3. It has to
be elevated where the project asks for that before sensitive changes, as for a personal access token: an application is
what stays of a stolen token. Not always, though, as for recovery codes: an application alone gives nobody access to
the account that has registered it. Whom it can harm are others, who would trust its name; so they are asked for their
consent each time (login.py), `graphql`, which acts as its user everywhere, is only for applications that an operator
has registered, and addresses of logos and the like are not taken.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import (
    AuthError,
    BadRequest,
    InvalidEmailPassword,
    RequestValidationError,
    SchemaValidationError,
)
from nhost_auth.flows import accounts
from nhost_auth.http.endpoint import Story
from nhost_auth.http.guards import elevated
from nhost_auth.http.inputs import Input, Text, Texts
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import Account, OAuth2Client
from nhost_auth.models.oauth2_clients import SCOPES, redirect_uri_fault
from nhost_auth.oauth2 import answers
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, ensure_own
from nhost_auth.oauth2.grants import offered
from nhost_auth.oauth2_errors import InvalidClientMetadata, InvalidRedirectUri, InvalidToken, TooManyApplications

NO_SECRET, BASIC = "none", "client_secret_basic"
OWN_SCOPES = [scope for scope in SCOPES if scope != "graphql"]
"""What an application that registers itself may ask for."""
MOST_URIS = 10
CODE, REFRESH = "authorization_code", "refresh_token"
DEFAULTS = {
    "redirect_uris": [],
    "post_logout_redirect_uris": [],
    "token_endpoint_auth_method": BASIC,
    "grant_types": [CODE],
    "response_types": [],
    "client_name": "",
    "scope": " ".join(OWN_SCOPES),
}
"""What goes without saying (RFC 7591 section 2)."""


class Uris(Texts):
    child = Text(most=2048)

    def read(self, value: Any) -> Any:
        if isinstance(value, list) and len(value) > MOST_URIS:
            raise SchemaValidationError(f"maximum number of items is {MOST_URIS}")
        return list(dict.fromkeys(super().read(value)))


class RegisterRequest(Input):
    """Client metadata of RFC 7591 section 2; what is not known here is ignored, as section 3.1 wants it."""

    tolerates_unknown = True

    redirect_uris = Uris(required=False)
    post_logout_redirect_uris = Uris(required=False)
    token_endpoint_auth_method = Text(enum=(NO_SECRET, BASIC, "client_secret_post"), required=False)
    grant_types = Texts(required=False)
    response_types = Texts(required=False)
    client_name = Text(most=200, required=False)
    scope = Text(most=512, required=False)


class Register(OAuth2Endpoint):
    told_as = {
        **OAuth2Endpoint.told_as,
        RequestValidationError: InvalidClientMetadata,
        SchemaValidationError: InvalidClientMetadata,
        BadRequest: InvalidClientMetadata,
        InvalidEmailPassword: InvalidToken,
    }
    stories = {
        "register": Story(
            operation="oauth2Register",
            guard=elevated,
            exists_with="AUTH_OAUTH2_PROVIDER_REGISTRATION_ENABLED",
            toggles=ENABLED,
            request=RegisterRequest,
            limits=("oauth2_server",),
            answer=answers.OAuth2RegisterResponse,
            status=201,
            errors=(InvalidToken, InvalidClientMetadata, InvalidRedirectUri, TooManyApplications),
        )
    }

    def register(self, **metadata: Any) -> Any:
        """Register an application.

        For the signed-in user, who may register as many as AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT says. The answer
        tells what was understood and, this once, the secret. People are asked each time whether to let such an
        application in, and it gets no `graphql`.
        """
        ensure_own(self.access_token)
        account = self._account()
        understood = {**DEFAULTS, **metadata}
        client = _read(understood)
        secret = client.renew_secret() if understood["token_endpoint_auth_method"] != NO_SECRET else ""
        _store(client, account)
        return {
            "client_id": client.pk,
            "client_id_issued_at": int(client.created_at.timestamp()),
            **({"client_secret": secret, "client_secret_expires_at": 0} if secret else {}),
            **({"client_name": client.name} if client.name else {}),
            "redirect_uris": client.redirect_uris,
            "post_logout_redirect_uris": client.post_logout_redirect_uris,
            **(client.metadata or {}),
            "scope": " ".join(client.scopes),
        }

    def _account(self) -> Account:
        try:
            return accounts.bearer(self.access_token)
        except AuthError:
            raise InvalidToken("User not found") from None


def _read(metadata: dict[str, Any]) -> OAuth2Client:
    """The application that metadata describe, unsaved. Raises InvalidClientMetadata, InvalidRedirectUri."""
    if not metadata["client_name"].isprintable():
        raise InvalidClientMetadata("client_name has to be printable")
    grants = _grants(metadata["grant_types"])
    _ensure_uris(metadata, needed=CODE in grants)
    return OAuth2Client(
        name=metadata["client_name"],
        kind=OAuth2Client.Kind.DYNAMIC,
        redirect_uris=metadata["redirect_uris"],
        post_logout_redirect_uris=metadata["post_logout_redirect_uris"],
        scopes=_scopes(metadata["scope"]),
        metadata={
            "token_endpoint_auth_method": metadata["token_endpoint_auth_method"],
            "grant_types": grants,
            "response_types": _response_types(metadata["response_types"], grants),
        },
    )


def _grants(asked: list[str]) -> list[str]:
    """Of the grant types asked for those that this server has. Every application gets refresh tokens."""
    grants = [name for name in offered() if name in asked and name != REFRESH]
    if not grants:
        raise InvalidClientMetadata("No grant type of grant_types is supported")
    return [*grants, REFRESH]


def _response_types(asked: list[str], grants: list[str]) -> list[str]:
    """RFC 7591 section 2.1: they go with the grant types."""
    known = ["code"] if CODE in grants else []
    if not set(asked) <= set(known):
        raise InvalidClientMetadata("response_types do not go with grant_types")
    return known


def _ensure_uris(metadata: dict[str, Any], *, needed: bool) -> None:
    if needed and not metadata["redirect_uris"]:
        raise InvalidRedirectUri("redirect_uris is missing")
    for uri in (*metadata["redirect_uris"], *metadata["post_logout_redirect_uris"]):
        if fault := redirect_uri_fault(uri):
            raise InvalidRedirectUri(fault)


def _scopes(asked: str) -> list[str]:
    scopes = list(dict.fromkeys(asked.split()))
    if not scopes or not set(scopes) <= set(OWN_SCOPES):
        raise InvalidClientMetadata(f"scope may hold {', '.join(OWN_SCOPES)}")
    return scopes


@one_transaction
def _store(client: OAuth2Client, account: Account) -> None:
    """Behind a lock of the account, so that many requests at once do not pass the limit together.

    Raises TooManyApplications.
    """
    Account.objects.select_for_update().filter(pk=account.pk).first()
    own = OAuth2Client.objects.filter(created_by=account, kind=client.kind)
    if own.count() >= conf.AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT:
        raise TooManyApplications
    client.created_by = account
    client.save(force_insert=True)
    registered = partial(signals.application_registered.send_robust, Account, account=account)
    transaction.on_commit(partial(registered, client_id=client.pk))
