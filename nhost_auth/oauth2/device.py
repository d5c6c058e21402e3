"""GET and POST /oauth2/device: the project's page shows what a device asks for, and its user answers (RFC 8628 3.3).

Ours. Somebody may be sent a code that a stranger's device has begun (RFC 8628 section 5.4). So nothing happens by a
link alone, consent of before counts for nothing here, and the page gets to show the application and the place that
asks. A code that is unknown, expired or answered is the same to whoever tries some (section 5.1).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from nhost_auth import signals
from nhost_auth.errors import DisabledEndpoint
from nhost_auth.flows import accounts
from nhost_auth.http import answers as shared
from nhost_auth.http import refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import Flag, Input, Query, Text
from nhost_auth.http.payloads import OK, moment
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import Account, OAuth2DeviceRequest, OAuth2Grant
from nhost_auth.oauth2 import answers, scopes
from nhost_auth.oauth2.endpoint import ENABLED, ensure_own
from nhost_auth.oauth2_errors import AccessDenied, ProviderDisabled, UnknownUserCode

DEVICE_ENABLED = "AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED"


class ShowQuery(Query):
    user_code = Text(most=64)


class AnswerRequest(Input):
    userCode = Text(most=64)
    approve = Flag()


class Device(Endpoint):
    told_as = {DisabledEndpoint: ProviderDisabled}
    stories = {
        "show": Story(
            operation="oauth2DeviceGet",
            guard=bearer,
            exists_with=DEVICE_ENABLED,
            toggles=ENABLED,
            query=ShowQuery,
            limits=("brute_force",),
            takes_code=True,
            answer=answers.OAuth2DeviceResponse,
            errors=(*refusals.BEARER, UnknownUserCode),
        ),
        "answer": Story(
            operation="oauth2DevicePost",
            guard=bearer,
            exists_with=DEVICE_ENABLED,
            toggles=ENABLED,
            request=AnswerRequest,
            limits=("brute_force",),
            takes_code=True,
            answer=shared.OK,
            errors=(*refusals.BEARER, UnknownUserCode, AccessDenied),
        ),
    }

    def show(self, user_code: str) -> Any:
        """Show what a device asks for.

        For the page where users type in the code that a device shows them. They have to see which application asks,
        for what, and from where: only who has that device before them may agree.
        """
        ensure_own(self.access_token)
        accounts.bearer(self.access_token)
        asked = _find(user_code)
        return {
            "clientId": asked.client_id,
            "clientName": asked.client.name,
            "scopes": asked.scopes,
            "ip": asked.ip,
            "device": asked.device,
            "createdAt": moment(asked.created_at),
            "expiresAt": moment(asked.expires_at),
        }

    def answer(self, user_code: str, *, approve: bool) -> Any:
        """Let a device in, or refuse it.

        The page calls this for its signed-in user, who has seen what GET /oauth2/device tells. The device hears of it
        when it asks next.
        """
        ensure_own(self.access_token)
        account = accounts.bearer(self.access_token)
        if approve:
            asked = _find(user_code)
            scopes.ensure_roles(account, asked.scopes)
            self._let_in(user_code, asked, account)
        elif not OAuth2DeviceRequest.objects.refuse(user_code):
            raise UnknownUserCode
        return OK

    @one_transaction
    def _let_in(self, user_code: str, asked: OAuth2DeviceRequest, account: Account) -> None:
        OAuth2Grant.objects.remember(account, asked.client, asked.scopes)
        if not OAuth2DeviceRequest.objects.approve(user_code, account, self.access_token.auth_time):
            raise UnknownUserCode
        told = partial(signals.application_authorized.send_robust, Account, account=account)
        transaction.on_commit(partial(told, client_id=asked.client_id, scopes=asked.scopes))


def _find(user_code: str) -> OAuth2DeviceRequest:
    """The request of a code that waits for an answer. Raises UnknownUserCode."""
    found: OAuth2DeviceRequest | None = OAuth2DeviceRequest.objects.open(user_code).select_related("client").first()
    if found is None:
        raise UnknownUserCode
    return found
