"""Redirect targets that are too wide."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.management.doctor import redirects as subject
from tests.management.doctor.reading import errors, is_well, warnings


def allow(settings: Any, *targets: str) -> None:
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = list(targets)


@pytest.mark.parametrize(
    "target",
    [
        "https://app.example.com/**",
        "https://app.example.com:*/x",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:3000",
        "http://app.localhost:3000/*",
        "myapp://**",
    ],
)
def test_narrow_target_is_well(settings: Any, target: str) -> None:
    allow(settings, target)
    assert is_well(subject)


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("https://*.example.com", "has a wildcard in its host: each of these hosts has to be yours, forever."),
        ("https://app-*.vercel.app/x", "has a wildcard in its host: each of these hosts has to be yours, forever."),
        ("https://**.example.com", "has ** in its host, which any host matches."),
        ("**", "has ** in its host, which any host matches."),
        ("*://app.example.com", "has a wildcard for its scheme."),
        ("http://app.example.com", "is not encrypted: sessions can be read on the way."),
        ("http://localhost.example.com", "is not encrypted: sessions can be read on the way."),
    ],
)
def test_wide_target_is_a_warning_and_named(settings: Any, target: str, fault: str) -> None:
    allow(settings, "https://fine.example.com", target)
    assert warnings(subject) == [f"{target} {fault}"]
    assert not errors(subject)


def test_target_can_be_wrong_twice(settings: Any) -> None:
    allow(settings, "http://*.example.com")
    assert len(warnings(subject)) == 2


def test_front_end_is_a_target_too(settings: Any) -> None:
    settings.AUTH_CLIENT_URL = "http://app.example.com"
    assert len(warnings(subject)) == 1


def test_missing_front_end_is_a_warning(settings: Any) -> None:
    settings.AUTH_CLIENT_URL = ""
    assert warnings(subject) == ["AUTH_CLIENT_URL is empty: any relative target is taken."]
