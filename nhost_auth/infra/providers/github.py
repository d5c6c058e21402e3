"""GitHub: URLs are settings, for GitHub Enterprise; addresses come from a list of their own (identity.md 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from social_core.backends.github import GithubOAuth2

from nhost_auth.infra.providers.identity import Identity, NoProfile, exact, text
from nhost_auth.infra.providers.provider import OAuth2Provider


class Github(OAuth2Provider, GithubOAuth2[Any]):
    slug, link, settings = "github", "github", "GITHUB"

    def authorization_url(self) -> str:
        return str(self.option("AUTHORIZATION_URL"))

    def access_token_url(self) -> str:
        return str(self.option("TOKEN_URL"))

    def identify(self, access_token: str, found: dict[str, Any], answer: Mapping[str, str]) -> Identity:
        url = str(self.option("USER_PROFILE_URL"))
        profile = self.fetch(url, access_token)
        email = _best(self.fetch(f"{url.rstrip('/')}/emails", access_token))
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(email.get("email")),
            email_verified=email.get("verified") is True,
            name=text(profile.get("name")),
            picture=text(profile.get("avatar_url")),
        )


def _best(emails: list[dict[str, Any]]) -> dict[str, Any]:
    """The verified primary address, else any verified one, else the first."""
    verified = [email for email in emails if email.get("verified") is True]
    primary = [email for email in verified if email.get("primary") is True]
    for choice in (primary, verified, emails):
        if choice:
            return choice[0]
    raise NoProfile("no address")
