"""GET /.well-known/openid-configuration, /.well-known/oauth-authorization-server and /oauth2/jwks (identity.md 7.2).

OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3, RFC 7517.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.conf import conf
from nhost_auth.flows import keys
from nhost_auth.http.answers import JWKSet
from nhost_auth.http.endpoint import Story
from nhost_auth.models.oauth2_clients import SCOPES
from nhost_auth.oauth2 import answers
from nhost_auth.oauth2.endpoint import ENABLED, OAuth2Endpoint, issuer, url
from nhost_auth.oauth2.grants import offered
from nhost_auth.oauth2.scopes import CLAIMS


class Discovery(OAuth2Endpoint):
    stories = {
        "openid_configuration": Story(
            operation="getOpenIDConfiguration", toggles=ENABLED, answer=answers.OAuth2DiscoveryResponse
        ),
        "oauth_authorization_server": Story(
            operation="getOAuthAuthorizationServer", toggles=ENABLED, answer=answers.OAuth2DiscoveryResponse
        ),
        "jwks": Story(operation="oauth2Jwks", toggles=ENABLED, answer=JWKSet),
    }

    def openid_configuration(self) -> Any:
        """Discover the OpenID Connect provider.

        What applications read to configure themselves (OpenID Connect Discovery 1.0).
        """
        return self.oauth_authorization_server()

    def oauth_authorization_server(self) -> Any:
        """Discover the OAuth2 server.

        The same answer under the name that RFC 8414 gave it.
        """
        return {
            "issuer": issuer(),
            "authorization_endpoint": url("/oauth2/authorize"),
            "token_endpoint": url("/oauth2/token"),
            "userinfo_endpoint": url("/oauth2/userinfo"),
            "jwks_uri": url("/oauth2/jwks"),
            "revocation_endpoint": url("/oauth2/revoke"),
            "introspection_endpoint": url("/oauth2/introspect"),
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "grant_types_supported": offered(),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [keys.backend().keyring.keys[0].algorithm],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["sub", *(claim for claims in CLAIMS.values() for claim in claims)],
            "request_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
            **({"client_id_metadata_document_supported": True} if conf.AUTH_OAUTH2_PROVIDER_CIMD_ENABLED else {}),
            **_of_settings(),
        }

    def jwks(self) -> Any:
        """Get the public keys of tokens.

        The same as GET /.well-known/jwks.json.
        """
        return {"keys": keys.backend().keyring.jwks}


def _of_settings() -> dict[str, str]:
    """RFC 8628 section 4, RP-Initiated Logout 1.0 section 2.1, RFC 8414 section 2: each where it is on."""
    addresses = {
        "device_authorization_endpoint": ("/oauth2/device_authorization", conf.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED),
        "end_session_endpoint": ("/oauth2/logout", conf.AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED),
        "registration_endpoint": ("/oauth2/register", conf.AUTH_OAUTH2_PROVIDER_REGISTRATION_ENABLED),
    }
    return {name: url(path) for name, (path, is_on) in addresses.items() if is_on}
