"""Twitter: OAuth 1.0a, every call signed (RFC 5849, identity.md 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from requests_oauthlib import OAuth1
from social_core.backends.twitter import TwitterOAuth
from social_core.exceptions import AuthProviderError, SocialAuthBaseException

from nhost_auth.infra.providers.identity import CannotExchange, Identity, NoProfile, Tokens, exact, text
from nhost_auth.infra.providers.provider import Provider

SECRET = "oauth_token_secret"
PROFILE_URL = "https://api.twitter.com/1.1/account/verify_credentials.json?include_email=true"


class Twitter(Provider, TwitterOAuth[Any]):
    slug, link, settings = "twitter", "twitter", "TWITTER"
    AUTHORIZATION_URL = "https://api.twitter.com/oauth/authorize"

    def get_key_and_secret(self) -> tuple[str, str]:
        return self.option("CONSUMER_KEY"), self.option("CONSUMER_SECRET")

    def sign_in_page(self, extra: Mapping[str, str]) -> str:
        """The request token's secret stays in the visit's memory until the browser is back."""
        callback = f"{self.redirect_uri}?{urlencode({'state': self.get_or_create_state()})}"
        token = self._signed("POST", self.REQUEST_TOKEN_URL, stage="begin", callback_uri=callback)
        if token.get("oauth_callback_confirmed") != "true" or not token.get("oauth_token"):
            raise AuthProviderError(self, stage="begin")
        self.strategy.session_set("token", {"oauth_token": token["oauth_token"], SECRET: token.get(SECRET, "")})
        return f"{self.AUTHORIZATION_URL}?{urlencode({**extra, 'oauth_token': token['oauth_token']})}"

    def finish(self, answer: Mapping[str, str]) -> tuple[Identity, Tokens]:
        """Any failure is one of the profile, as at Nhost."""
        begun = self.strategy.session_get("token", {})
        if not begun or answer.get("oauth_token") != begun["oauth_token"]:
            raise NoProfile("not the token of this visit")
        try:
            token = self._signed(
                "POST",
                self.ACCESS_TOKEN_URL,
                stage="token_exchange",
                resource_owner_key=begun["oauth_token"],
                resource_owner_secret=begun[SECRET],
                verifier=answer.get("oauth_verifier", ""),
            )
            key, secret = self.get_key_and_secret()
            auth = OAuth1(key, secret, token["oauth_token"], token[SECRET])
            identity = self._read(self.get_json(PROFILE_URL, auth=auth))
        except (SocialAuthBaseException, ValueError, TypeError, LookupError, AttributeError) as error:
            raise NoProfile(type(error).__name__) from error
        return identity, Tokens(token["oauth_token"])

    def renew(self, refresh_token: str) -> Tokens:
        raise CannotExchange("OAuth 1 has no refresh tokens")

    def _signed(self, method: str, url: str, *, stage: str, **credentials: Any) -> dict[str, str]:
        key, secret = self.get_key_and_secret()
        answer = self.request(url, method=method, auth=OAuth1(key, secret, **credentials), stage=stage)
        return dict(parse_qsl(answer.text))

    def _read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["id_str"]),
            email=text(profile.get("email")),
            name=text(profile.get("name")),
            picture=text(profile.get("profile_image_url_https")),
        )
