"""Bitbucket: the first confirmed address of a list of its own (identity.md 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from social_core.backends.bitbucket import BitbucketOAuth2

from nhost_auth.infra.providers.identity import Identity, NoProfile, exact, member, text
from nhost_auth.infra.providers.provider import OAuth2Provider


class Bitbucket(OAuth2Provider, BitbucketOAuth2[Any]):
    slug, link, settings = "bitbucket", "bitbucket-oauth2", "BITBUCKET"
    PROFILE_URL = "https://api.bitbucket.org/2.0/user"

    def identify(self, access_token: str, found: dict[str, Any], answer: Mapping[str, str]) -> Identity:
        profile = self.fetch(self.PROFILE_URL, access_token)
        emails = self.fetch(f"{self.PROFILE_URL}/emails", access_token)["values"]
        confirmed = [text(email.get("email")) for email in emails if email.get("is_confirmed") is True]
        if not confirmed:
            raise NoProfile("no confirmed address")
        return Identity(
            self.link,
            exact(profile["uuid"]),
            email=confirmed[0],
            email_verified=True,
            name=text(profile.get("display_name")),
            picture=text(member(profile, "links", "avatar", "href")),
        )
