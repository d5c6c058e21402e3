"""Providers with one profile and few ways of their own."""

from __future__ import annotations

from typing import Any

from tests.internet import json
from tests.played.provider import Person, Played
from tests.tls_proxy import Asked, Told

ANN = "ann@example.com"


class Google(Played):
    slug, link, setting = "google", "google-oauth2", "GOOGLE"
    page = "https://accounts.google.com/o/oauth2/auth"
    token_url = "https://oauth2.googleapis.com/token"
    profile_url = "https://www.googleapis.com/oauth2/v2/userinfo"
    scope = "openid email profile"
    signal = "verified_email"
    tokens = {"token_type": "Bearer", "expires_in": 3599, "scope": "openid email", "id_token": "e30.e30.e30"}
    person = Person("113904", "Ann Example", ANN, "https://lh3.example/a/ann=s96-c")
    shape = {
        "id": "113904",
        "email": ANN,
        "verified_email": True,
        "name": "Ann Example",
        "given_name": "Annabel",
        "family_name": "Longer",
        "picture": "https://lh3.example/a/ann=s96-c",
        "hd": "example.com",
    }


class Linkedin(Played):
    slug, link, setting = "linkedin", "linkedin-openidconnect", "LINKEDIN"
    id_key = "sub"
    page = "https://www.linkedin.com/oauth/v2/authorization"
    token_url = "https://www.linkedin.com/oauth/v2/accessToken"
    profile_url = "https://api.linkedin.com/v2/userinfo"
    scope = "openid profile email"
    signal = "email_verified"
    refreshes = False
    tokens = {"expires_in": 5184000, "scope": "email,openid,profile"}
    person = Person("782bbtaQ", "Ann Example", ANN, "https://media.example/ann.jpg")
    shape = {
        "sub": "782bbtaQ",
        "name": "Dr. Ann Example",
        "given_name": "Ann",
        "family_name": "Example",
        "picture": "https://media.example/ann.jpg",
        "locale": {"country": "US", "language": "en"},
        "email": ANN,
        "email_verified": True,
    }


class Discord(Played):
    slug, link, setting = "discord", "discord", "DISCORD"
    page = "https://discord.com/api/oauth2/authorize"
    token_url = "https://discord.com/api/oauth2/token"
    profile_url = "https://discord.com/api/users/@me"
    scope = "identify email"
    signal = "verified"
    tokens = {"token_type": "Bearer", "expires_in": 604800, "scope": "identify email"}
    person = Person("80351110", "ann#1337", ANN, "https://cdn.discordapp.com/avatars/80351110/8342729096.png")
    shape = {
        "id": "80351110",
        "username": "ann",
        "global_name": "Ann E.",
        "discriminator": "1337",
        "avatar": "8342729096",
        "verified": True,
        "email": ANN,
        "flags": 64,
        "banner": None,
        "mfa_enabled": True,
        "locale": "en-US",
    }


class Spotify(Played):
    slug, link, setting = "spotify", "spotify", "SPOTIFY"
    page = "https://accounts.spotify.com/authorize"
    token_url = "https://accounts.spotify.com/api/token"
    profile_url = "https://api.spotify.com/v1/me"
    scope = "user-read-email user-read-private"
    basic = True
    tokens = {"token_type": "Bearer", "expires_in": 3600, "scope": "user-read-email user-read-private"}
    person = Person("wizzler", "Ann", ANN, "https://i.scdn.example/large.jpg")
    shape = {
        "id": "wizzler",
        "display_name": "Ann",
        "email": ANN,
        "country": "SE",
        "href": "https://api.spotify.com/v1/users/wizzler",
        "images": [
            {"url": "https://i.scdn.example/large.jpg", "height": 640, "width": 640},
            {"url": "https://i.scdn.example/small.jpg", "height": 64, "width": 64},
        ],
        "product": "premium",
        "type": "user",
    }


class Twitch(Played):
    slug, link, setting = "twitch", "twitch", "TWITCH"
    page = "https://id.twitch.tv/oauth2/authorize"
    token_url = "https://id.twitch.tv/oauth2/token"
    profile_url = "https://api.twitch.tv/helix/users"
    scope = "user:read:email"
    tokens = {"token_type": "bearer", "expires_in": 14124, "scope": ["user:read:email"]}
    person = Person("141981764", "AnnPlays", ANN, "https://static-cdn.example/ann-300x300.png")
    shape = {
        "id": "141981764",
        "login": "annplays",
        "display_name": "AnnPlays",
        "email": ANN,
        "type": "",
        "broadcaster_type": "partner",
        "profile_image_url": "https://static-cdn.example/ann-300x300.png",
        "offline_image_url": "https://static-cdn.example/offline.png",
        "view_count": 5980557,
        "created_at": "2016-12-14T20:32:28Z",
    }

    def fault(self, code: str, status: int = 400) -> Told:
        return json({"status": status, "message": code}, status)

    def give_profile(self, asked: Asked) -> Told:
        if not self.knows_bearer(asked) or asked.headers.get("client-id") != self.client_id:
            return json({"error": "Unauthorized", "status": 401, "message": "OAuth token is missing"}, 401)
        return json({"data": [self.profile]})


class Gitlab(Played):
    slug, link, setting = "gitlab", "gitlab", "GITLAB"
    page = "https://gitlab.com/oauth/authorize"
    token_url = "https://gitlab.com/oauth/token"
    profile_url = "https://gitlab.com/api/v4/user"
    scope = "read_user"
    signal = "confirmed_at"
    tokens = {"token_type": "Bearer", "expires_in": 7200, "created_at": 1607635748, "scope": "read_user"}
    person = Person("1", "Ann Example", ANN, "https://gitlab.example/uploads/ann/avatar.png")
    shape = {
        "id": 1,
        "username": "ann_example",
        "email": ANN,
        "name": "Ann Example",
        "state": "active",
        "avatar_url": "https://gitlab.example/uploads/ann/avatar.png",
        "web_url": "https://gitlab.com/ann_example",
        "public_email": "public@example.com",
        "confirmed_at": "2012-05-23T09:05:22Z",
        "identities": [{"provider": "github", "extern_uid": "2435223452345"}],
        "commit_email": "ann-code@example.com",
    }


class Strava(Played):
    slug, link, setting = "strava", "strava", "STRAVA"
    page = "https://www.strava.com/api/v3/oauth/authorize"
    token_url = "https://www.strava.com/api/v3/oauth/token"
    profile_url = "https://www.strava.com/api/v3/athlete"
    scope = "profile:read_all"
    extra = {"approval_prompt": "force"}
    tokens = {"token_type": "Bearer", "expires_in": 21600, "expires_at": 1568775134, "athlete": {"id": 42}}
    person = Person("134815", "Ann Example", None, "https://dgalywyr.example/medium.jpg")
    shape = {
        "id": 134815,
        "username": "annruns",
        "resource_state": 3,
        "firstname": "Ann",
        "lastname": "Example",
        "email": "not-for-us@example.com",
        "profile_medium": "https://dgalywyr.example/medium.jpg",
        "profile": "https://dgalywyr.example/large.jpg",
        "weight": 60.5,
    }


class Facebook(Played):
    slug, link, setting = "facebook", "facebook", "FACEBOOK"
    page = "https://www.facebook.com/v22.0/dialog/oauth"
    token_url = "https://graph.facebook.com/v22.0/oauth/access_token"
    profile_url = "https://graph.facebook.com/me"
    scope = "email"
    refreshes = False
    tokens = {"token_type": "bearer", "expires_in": 5183944}
    person = Person("10150010", "Ann Example", ANN, "https://platform-lookaside.example/ann")
    shape = {
        "id": "10150010",
        "name": "Ann Example",
        "email": ANN,
        "picture": {"data": {"height": 50, "is_silhouette": False, "url": "https://platform-lookaside.example/ann"}},
    }

    def fault(self, code: str, status: int = 400) -> Told:
        return json({"error": {"message": code, "type": "OAuthException", "code": 100, "fbtrace_id": "A1"}}, status)

    def give_profile(self, asked: Asked) -> Told:
        if asked.query != {"fields": "id,name,email,picture"} or not self.knows_bearer(asked):
            return self.fault("An active access token must be used")
        return json(self.profile)


class Workos(Played):
    slug, link, setting = "workos", "workos", "WORKOS"
    page = "https://api.workos.com/sso/authorize"
    token_url = "https://api.workos.com/sso/token"
    profile_url = "https://api.workos.com/sso/profile"
    scope = ""
    refreshes = False
    person = Person("prof_01DMC79", "Ann Example", ANN)
    shape = {
        "object": "profile",
        "id": "prof_01DMC79",
        "connection_id": "conn_01E4ZCR3C56J083X43JQXF3JK5",
        "connection_type": "GoogleOAuth",
        "organization_id": "org_01EHWNCE74X7JSDV0X3SZ3KJNY",
        "email": ANN,
        "first_name": "Ann",
        "last_name": "Example",
        "idp_id": "103456789012345678901",
        "raw_attributes": {"email_verified": True, "picture": "https://lh3.example/ann"},
    }

    @property
    def tokens(self) -> dict[str, Any]:  # type: ignore[override]
        return {"profile": self.profile}
