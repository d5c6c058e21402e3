"""Providers that differ in little but their URLs and the words of their profiles (identity.md 4.5)."""

from __future__ import annotations

from typing import Any

from social_core.backends.discord import DiscordOAuth2
from social_core.backends.gitlab import GitLabOAuth2
from social_core.backends.google import GoogleOAuth2
from social_core.backends.linkedin import LinkedinOAuth2
from social_core.backends.spotify import SpotifyOAuth2
from social_core.backends.strava import StravaOAuth
from social_core.backends.twitch import TwitchOAuth2

from nhost_auth.infra.providers.identity import Identity, exact, member, text
from nhost_auth.infra.providers.provider import OAuth2Provider


class Google(OAuth2Provider, GoogleOAuth2[Any]):
    slug, link, settings = "google", "google-oauth2", "GOOGLE"
    AUTHORIZATION_URL = "https://accounts.google.com/o/oauth2/auth"
    ACCESS_TOKEN_URL = "https://oauth2.googleapis.com/token"
    PROFILE_URL = "https://www.googleapis.com/oauth2/v2/userinfo"

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(profile.get("email")),
            email_verified=profile.get("verified_email") is True,
            name=text(profile.get("name")),
            picture=text(profile.get("picture")),
        )


class Linkedin(OAuth2Provider, LinkedinOAuth2[Any]):
    slug, link, settings = "linkedin", "linkedin-openidconnect", "LINKEDIN"
    PROFILE_URL = "https://api.linkedin.com/v2/userinfo"

    def read(self, profile: Any) -> Identity:
        email = text(profile.get("email"))
        name = f"{text(profile.get('given_name'))} {text(profile.get('family_name'))}".strip()
        return Identity(
            self.link,
            exact(profile["sub"]),
            email=email,
            email_verified=profile.get("email_verified") is True,
            name=name or email,
            picture=text(profile.get("picture")),
        )


class Discord(OAuth2Provider, DiscordOAuth2[Any]):
    slug, link, settings = "discord", "discord", "DISCORD"
    PROFILE_URL = "https://discord.com/api/users/@me"

    def read(self, profile: Any) -> Identity:
        user_id = exact(profile["id"])
        return Identity(
            self.link,
            user_id,
            email=text(profile.get("email")),
            email_verified=profile.get("verified") is True,
            name=f"{text(profile.get('username'))}#{text(profile.get('discriminator'))}",
            picture=f"https://cdn.discordapp.com/avatars/{user_id}/{text(profile.get('avatar'))}.png",
        )


class Spotify(OAuth2Provider, SpotifyOAuth2[Any]):
    slug, link, settings = "spotify", "spotify", "SPOTIFY"
    PROFILE_URL = "https://api.spotify.com/v1/me"

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(profile.get("email")),
            name=text(profile.get("display_name")),
            picture=text(member(profile, "images", 0, "url")),
        )


class Twitch(OAuth2Provider, TwitchOAuth2[Any]):
    slug, link, settings = "twitch", "twitch", "TWITCH"
    PROFILE_URL = "https://api.twitch.tv/helix/users"

    def fetch(self, url: str, access_token: str, **headers: str) -> Any:
        return super().fetch(url, access_token, **{"Client-Id": self.option("CLIENT_ID")}, **headers)

    def read(self, profile: Any) -> Identity:
        user = profile["data"][0]
        return Identity(
            self.link,
            exact(user["id"]),
            email=text(user.get("email")),
            name=text(user.get("display_name")),
            picture=text(user.get("profile_image_url")),
        )


class Gitlab(OAuth2Provider, GitLabOAuth2[Any]):
    slug, link, settings = "gitlab", "gitlab", "GITLAB"
    PROFILE_URL = "https://gitlab.com/api/v4/user"

    def read(self, profile: Any) -> Identity:
        confirmed_at = profile.get("confirmed_at")
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(profile.get("email")),
            email_verified=isinstance(confirmed_at, str) and confirmed_at.strip() != "",
            name=text(profile.get("name")),
            picture=text(profile.get("avatar_url")),
        )


class Strava(OAuth2Provider, StravaOAuth[Any]):
    slug, link, settings = "strava", "strava", "STRAVA"
    AUTHORIZATION_URL = "https://www.strava.com/api/v3/oauth/authorize"
    ACCESS_TOKEN_URL = "https://www.strava.com/api/v3/oauth/token"
    PROFILE_URL = "https://www.strava.com/api/v3/athlete"
    EXTRA = {"approval_prompt": "force"}

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["id"]),
            name=f"{text(profile.get('firstname'))} {text(profile.get('lastname'))}".strip(),
            picture=text(profile.get("profile_medium")),
        )


class Facebook(OAuth2Provider):
    """Not on social-core's backend: that one asks for more, renews by other means, and stumbles over odd answers."""

    name = slug = link = "facebook"
    settings = "FACEBOOK"
    AUTHORIZATION_URL = "https://www.facebook.com/v22.0/dialog/oauth"
    ACCESS_TOKEN_URL = "https://graph.facebook.com/v22.0/oauth/access_token"
    PROFILE_URL = "https://graph.facebook.com/me?fields=id,name,email,picture"

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(profile.get("email")),
            name=text(profile.get("name")),
            picture=text(member(profile, "picture", "data", "url")),
        )
