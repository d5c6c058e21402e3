"""POST /oauth2/device_authorization: a device without a browser asks to sign somebody in (RFC 8628 section 3.1).

Ours: Nhost has no such endpoint. Its user answers at POST /oauth2/device; the device fetches it at POST /oauth2/token.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.flows.redirects import with_query
from nhost_auth.http.endpoint import Story
from nhost_auth.models import OAuth2DeviceRequest
from nhost_auth.models.oauth2_device_requests import INTERVAL, LIFETIME
from nhost_auth.oauth2 import answers, clients, scopes
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, Parameter, Parameters, page
from nhost_auth.oauth2.grants import DEVICE_CODE
from nhost_auth.oauth2_errors import InvalidClient, InvalidScope, MalformedRequest, UnauthorizedClient


class DeviceForm(Parameters):
    client_id = Parameter(most=512, required=False)
    client_secret = Parameter(required=False)
    scope = Parameter(required=False)


class DeviceAuthorization(OAuth2Endpoint):
    stories = {
        "ask": Story(
            operation="oauth2DeviceAuthorization",
            exists_with="AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED",
            toggles=ENABLED,
            form=DeviceForm,
            limits=("oauth2_server",),
            answer=answers.OAuth2DeviceAuthorizationResponse,
            errors=(MalformedRequest, InvalidClient, UnauthorizedClient, InvalidScope),
        )
    }

    def ask(self, client_id: str = "", client_secret: str = "", scope: str = "openid") -> Any:
        """Ask to sign somebody in on a device.

        For applications on devices without a browser or a keyboard. They show `user_code` and `verification_uri`,
        where their user types it in, and ask POST /oauth2/token with `device_code` until there is an answer.
        """
        client = clients.identify(clients.read_credentials(self.request, client_id, client_secret))
        if not client.allows_grant(DEVICE_CODE):
            raise UnauthorizedClient
        device_code, user_code = OAuth2DeviceRequest.objects.ask(
            client, scopes.ensure_allowed(client, scope), ip=self.client.ip, device=self.client.device
        )
        address = page(conf.AUTH_OAUTH2_PROVIDER_DEVICE_URL, "/oauth2/device")
        return {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": address,
            "verification_uri_complete": with_query(address, user_code=user_code),
            "expires_in": int(LIFETIME.total_seconds()),
            "interval": INTERVAL,
        }
