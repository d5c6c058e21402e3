"""Microsoft's three: Azure AD (deprecated), Entra ID, and Windows Live, which social-core has no backend for."""

from __future__ import annotations

from typing import Any

from nhost_auth.infra.providers.identity import Identity, exact, text
from nhost_auth.infra.providers.provider import OAuth2Provider

LOGIN = "https://login.microsoftonline.com"


class Azuread(OAuth2Provider):
    """Not on social-core's backend: that one knows people by another id than Nhost does."""

    name = slug = link = "azuread"
    settings = "AZUREAD"
    EXTRA = {"prompt": "select_account"}

    def authorization_url(self) -> str:
        return f"{LOGIN}/{self.option('TENANT')}/oauth2/authorize"

    def access_token_url(self) -> str:
        return f"{LOGIN}/{self.option('TENANT')}/oauth2/token"

    def user_data(self, access_token: str, *_args: Any, **_kwargs: Any) -> Any:
        return self.fetch(f"{LOGIN}/{self.option('TENANT')}/openid/userinfo", access_token)

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link, exact(profile["oid"]), email=text(profile.get("email")), name=text(profile.get("name"))
        )


class Entraid(OAuth2Provider):
    name = slug = link = "entraid"
    settings = "ENTRAID"
    PROFILE_URL = "https://graph.microsoft.com/oidc/userinfo"

    def authorization_url(self) -> str:
        return f"{LOGIN}/{self.option('TENANT')}/oauth2/v2.0/authorize"

    def access_token_url(self) -> str:
        return f"{LOGIN}/{self.option('TENANT')}/oauth2/v2.0/token"

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["sub"]),
            email=text(profile.get("email")),
            email_verified=profile.get("email_verified") is True,
            name=f"{text(profile.get('givenname'))} {text(profile.get('familyname'))}".strip(),
        )


class Windowslive(OAuth2Provider):
    name = slug = link = "windowslive"
    settings = "WINDOWS_LIVE"
    AUTHORIZATION_URL = "https://login.live.com/oauth20_authorize.srf"
    ACCESS_TOKEN_URL = "https://login.live.com/oauth20_token.srf"
    PROFILE_URL = "https://apis.live.net/v5.0/me"

    def read(self, profile: Any) -> Identity:
        emails = profile.get("emails") or {}
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(emails.get("preferred")) or text(emails.get("account")),
            # `name` holds the last name already; Nhost writes it twice, and so do names of its users.
            name=f"{text(profile.get('name'))} {text(profile.get('last_name'))}".strip(),
            picture=text(profile.get("profile_image_url")),
        )
