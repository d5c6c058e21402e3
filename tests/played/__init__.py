"""The sixteen providers as the tests play them: their pages, what they demand of us, the shape of their answers."""

from __future__ import annotations

from tests.played.apple import Apple
from tests.played.lists import Bitbucket, Github
from tests.played.microsoft import Azuread, Entraid, Windowslive
from tests.played.plain import Discord, Facebook, Gitlab, Google, Linkedin, Spotify, Strava, Twitch, Workos
from tests.played.provider import Played
from tests.played.twitter import Twitter

ALL: tuple[type[Played], ...] = (
    Apple,
    Azuread,
    Bitbucket,
    Discord,
    Entraid,
    Facebook,
    Github,
    Gitlab,
    Google,
    Linkedin,
    Spotify,
    Strava,
    Twitch,
    Twitter,
    Windowslive,
    Workos,
)
