"""The relying party and its origins as settings give them; the library waits until it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nhost_auth.infra import webauthn
from nhost_auth.pytest_plugin.authenticator import decode, encode

ROOT = Path(__file__).parent.parent.parent
APP = "android:apk-key-hash:k2rDGhS1f7Z8x_Q9-aBc"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("HTTPS://App.Example.COM/", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("https://app.example.com:80", "https://app.example.com:80"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("https://app.example.com:8443/path?query#fragment", "https://app.example.com:8443"),
        ("https://user:secret@app.example.com/", "https://app.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        (APP, APP),
        ("ios:bundle-id:com.example.App", "ios:bundle-id:com.example.App"),
        ("*", "*"),
        ("https://", "https://"),
    ],
)
def test_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert webauthn.serialized_origin(url) == origin


@pytest.mark.parametrize(
    ("rp_id", "client_url", "found"),
    [
        ("", "https://App.Example.com:8443/start", "app.example.com"),
        ("example.com", "https://app.example.com", "example.com"),
        ("example.com", "", "example.com"),
        ("", "", ""),
    ],
)
def test_relying_party_is_what_is_set_or_the_host_of_the_client(
    settings: Any, rp_id: str, client_url: str, found: str
) -> None:
    settings.AUTH_WEBAUTHN_RP_ID, settings.AUTH_CLIENT_URL = rp_id, client_url
    assert webauthn.rp_id() == found


def test_origins_are_those_listed_and_the_client_s(settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "https://App.Example.com/start"
    settings.AUTH_WEBAUTHN_RP_ORIGINS = ["https://login.example.com:443/", "", APP]
    assert webauthn.origins() == ["https://login.example.com", APP, "https://app.example.com"]
    settings.AUTH_WEBAUTHN_RP_ORIGINS, settings.AUTH_CLIENT_URL = [], ""
    assert webauthn.origins() == []


def test_challenge_is_32_random_bytes() -> None:
    challenges = {webauthn.new_challenge() for _ in range(100)}
    assert len(challenges) == 100
    assert {len(decode(challenge)) for challenge in challenges} == {32}
    assert all(encode(decode(challenge)) == challenge for challenge in challenges)


def test_library_is_not_loaded_before_a_ceremony_needs_it() -> None:
    script = "import sys, django; django.setup(); import nhost_auth.urls; print('webauthn' in sys.modules)"
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    arguments = [sys.executable, "-c", script]
    ended = subprocess.run(arguments, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.returncode) == ("False", 0), ended.stderr
