"""GET and POST /oauth2/login: the project's own page learns what is asked, and its user agrees (identity.md 7.4).

POST /oauth2/login/refuse is ours: the page says no, and the application hears of it with its own state.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from nhost_auth import signals
from nhost_auth.errors import DisabledEndpoint, SchemaValidationError
from nhost_auth.flows import accounts
from nhost_auth.flows.redirects import with_query
from nhost_auth.http import refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer, optional_bearer
from nhost_auth.http.inputs import Input, Query, Text
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import Account, OAuth2Client, OAuth2Grant, OAuth2Request
from nhost_auth.oauth2 import answers, scopes
from nhost_auth.oauth2.endpoint import ENABLED, ensure_own, issuer
from nhost_auth.oauth2_errors import (
    AccessDenied,
    AuthorizationRequestCompleted,
    AuthorizationRequestExpired,
    ConsentNeeded,
    ProviderDisabled,
    SignInAgain,
    UnknownAuthorizationRequest,
)

REASONS = ("access_denied", "login_required", "consent_required", "interaction_required", "account_selection_required")


class ShowQuery(Query):
    request_id = Text()


class RequestId(Text):
    def read(self, value: Any) -> Any:
        try:
            return str(uuid.UUID(super().read(value)))
        except ValueError:
            raise SchemaValidationError('string doesn\'t match the format "uuid"') from None

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "format": "uuid"}


class AgreeRequest(Input):
    requestId = RequestId()


class RefuseRequest(Input):
    requestId = RequestId()
    reason = Text(enum=REASONS, required=False)


OF_REQUESTS = (UnknownAuthorizationRequest, AuthorizationRequestExpired, AuthorizationRequestCompleted)


class Login(Endpoint):
    told_as = {DisabledEndpoint: ProviderDisabled}
    stories = {
        "show": Story(
            operation="oauth2LoginGet",
            guard=optional_bearer,
            toggles=ENABLED,
            query=ShowQuery,
            limits=("brute_force",),
            answer=answers.OAuth2LoginResponse,
            errors=(UnknownAuthorizationRequest, AuthorizationRequestExpired),
        ),
        "agree": Story(
            operation="oauth2LoginPost",
            guard=bearer,
            toggles=ENABLED,
            request=AgreeRequest,
            limits=("brute_force",),
            answer=answers.OAuth2LoginCompleteResponse,
            errors=(*refusals.BEARER, *OF_REQUESTS, SignInAgain, ConsentNeeded, AccessDenied),
        ),
        "refuse": Story(
            operation="oauth2LoginRefuse",
            toggles=ENABLED,
            request=RefuseRequest,
            limits=("brute_force",),
            answer=answers.OAuth2LoginCompleteResponse,
            errors=OF_REQUESTS,
        ),
    }

    def show(self, request_id: str) -> Any:
        """Show what an application asks for.

        For the page that the browser was sent to with a `request_id`. With an access token it tells more than Nhost's:
        the application's name, its `prompt`, by `consented` whether its user has let it in to as much before, so that
        the page need not ask again, and by `signInAgain` whether the application wants them to sign in anew.
        """
        asked = _find(request_id)
        shown = {
            "requestId": str(asked.pk),
            "clientId": asked.client_id,
            "scopes": asked.scopes,
            "redirectUri": asked.redirect_uri,
        }
        if self.token is not None:
            consented = _is_consented(asked, self.token.account_id)
            shown |= {"clientName": asked.client.name, "prompt": asked.prompts, "consented": consented}
            shown["signInAgain"] = not _is_recent(asked, self.token.auth_time)
        return shown

    def agree(self, request_id: str) -> Any:
        """Let an application in.

        The page calls this for its signed-in user, once they have agreed, and sends the browser to `redirectUri`.
        """
        ensure_own(self.access_token)
        account = accounts.bearer(self.access_token)
        asked = _find(request_id)
        if asked.account_id:
            raise AuthorizationRequestCompleted
        scopes.ensure_roles(account, asked.scopes)
        if not _is_recent(asked, self.access_token.auth_time):
            raise SignInAgain
        if "none" in asked.prompts and not _is_consented(asked, account.pk):
            raise ConsentNeeded
        return _answer(asked, code=_let_in(asked, account, self.access_token.auth_time))

    def refuse(self, request_id: str, reason: str = REASONS[0]) -> Any:
        """Refuse an application.

        The page calls this where its user does not agree, or where `prompt` is `none` and somebody would have to be
        asked, and sends the browser to `redirectUri`, which tells the application why.
        """
        asked = _find(request_id)
        if not asked.refuse():
            raise AuthorizationRequestCompleted
        return _answer(asked, error=reason)


def _find(request_id: str) -> OAuth2Request:
    """The request of an id. Raises UnknownAuthorizationRequest, AuthorizationRequestExpired."""
    try:
        found = OAuth2Request.objects.select_related("client").filter(pk=uuid.UUID(request_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise UnknownAuthorizationRequest
    if found.is_over:
        raise AuthorizationRequestExpired
    return found


def _is_recent(asked: OAuth2Request, auth_time: datetime) -> bool:
    """Whether a sign-in is as recent as the application wants it (OpenID Connect Core 3.1.2.1)."""
    begun, signed_in = int(asked.created_at.timestamp()), int(auth_time.timestamp())
    if "login" in asked.prompts and signed_in < begun:
        return False
    # Counted to the request: whoever signed in for it may take their time to read what is asked.
    return asked.max_age is None or signed_in >= begun - asked.max_age


def _is_consented(asked: OAuth2Request, account_id: uuid.UUID) -> bool:
    if "consent" in asked.prompts or asked.client.kind == OAuth2Client.Kind.DYNAMIC:
        return False  # whoever registers itself is nobody that the project knows: its users are asked each time
    return OAuth2Grant.objects.covers(account_id, asked.client, asked.scopes)


@one_transaction
def _let_in(asked: OAuth2Request, account: Account, auth_time: datetime) -> str:
    """The code that the application gets. Raises AuthorizationRequestCompleted for who comes second."""
    OAuth2Grant.objects.remember(account, asked.client, asked.scopes)  # first: see applications.revoke
    code = asked.answer(account, auth_time)
    if code is None:
        raise AuthorizationRequestCompleted
    told = partial(signals.application_authorized.send_robust, Account, account=account)
    transaction.on_commit(partial(told, client_id=asked.client_id, scopes=asked.scopes))
    return code


def _answer(asked: OAuth2Request, **parameters: str) -> dict[str, str]:
    state = {"state": asked.state} if asked.state else {}
    return {"redirectUri": with_query(asked.redirect_uri, **parameters, **state, iss=issuer())}
