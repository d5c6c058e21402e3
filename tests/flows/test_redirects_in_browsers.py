"""Made-up redirect targets, read as browsers read them (the WHATWG's URL standard): only listed places are reached."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import ada_url
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.conftest import Api, many
from tests.flows.hostile_targets import CLIENT_URL, ENTRIES, FRIENDLY, HOSTILE

PIECES = st.sampled_from(
    [
        *"/@:.#?%[]\\;&=,!*'~^`|{}<>\" \t\n\r\0x\x7f\x85\xa0\xad",
        *"\u2024\u2025\u3002\uff0e\uff61\u2044\u2215\uff0f\uff3c\uff20\uff1a\uff1f\uff03\u200b\u200d\ufeff\u0130\xdf\u212a",
        *(
            "//",
            "\\\\",
            "/\\",
            "..",
            "/../",
            "/./",
            "%2e%2e",
            "%2F",
            "%5c",
            "%40",
            "%00",
            "%0d%0a",
            "%E3%80%82",
            "%",
            "%zz",
        ),
        *("https://", "http://", "https:", "https:/", "HTTPS://", "myapp://", "javascript:", "data:", "blob:https://"),
        *("app.example.com", "localhost", "acme.com", "acme.com/path", ".acme.io", "x.acme.io", "evil.com", "xn--"),
        *(":443", ":80", ":3000", ":8443", ":0443", ":", "127.1", "0x7f.1", "[::1]", "user:password@", "\ud800"),
    ]
)
BASES = st.sampled_from(["", *FRIENDLY, *HOSTILE])
SEGMENTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6).filter(
    lambda text: text.strip(".") != "" and "/" not in text
)


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A target with hostile pieces put in anywhere, or nothing but such pieces."""
    target = draw(BASES)
    for piece in draw(st.lists(PIECES, max_size=4)):
        at = draw(st.integers(0, len(target)))
        target = target[:at] + piece + target[at + draw(st.integers(0, 2)) :]
    return target


def is_listed(url: ada_url.URL) -> bool:
    """What ENTRIES and CLIENT_URL mean, said of a parsed URL."""
    if url.username or url.password:
        return False
    origin, path = f"{url.protocol}//{url.host}", url.pathname
    below_path = path == "/path" or path.startswith("/path/")
    subdomain = url.protocol == "https:" and url.host.removesuffix(".acme.io")
    return (
        origin in (CLIENT_URL, "http://localhost:3000", "https://port.example.com:8443", "myapp://auth")
        or (origin == "https://acme.com" and below_path)
        or (bool(subdomain) and "." not in str(subdomain) and url.host.endswith(".acme.io"))
    )


@pytest.fixture
def lists(settings: Any) -> None:
    settings.AUTH_CLIENT_URL, settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = CLIENT_URL, ENTRIES


def follow(api: Api, target: str) -> Any:
    """A link that is none any more: wherever it was to lead, the browser is sent there with the error."""
    return api.get("/verify", query={"ticket": "verifyEmail:none", "redirectTo": target})


def test_whatever_the_target_browsers_only_get_to_listed_places(api: Api, lists: None) -> None:
    @many(100)
    @given(spoiled())
    def hold(target: str) -> None:
        if "\ud800" in target:
            target = target.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        reply = follow(api, target)
        assert reply.status in (302, 400), target
        if reply.status == 302:
            event(str(reply.query["error"]))
            # Relative ones are read below the address of /verify itself.
            assert is_listed(ada_url.URL(reply.location, base="https://auth.example.com/v1/verify")), target

    hold()


@pytest.mark.parametrize("door", ["/signup/passwordless/email", "/user/password/reset"])
def test_whatever_the_target_mails_only_lead_to_listed_places(api: Api, lists: None, settings: Any, door: str) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = True

    @many(20)
    @given(spoiled().map(lambda target: target.replace("\ud800", "")))
    def hold(target: str) -> None:
        reply = api.post(door, {"email": "ann@example.com", "options": {"redirectTo": target}})
        if reply.status == 200:
            assert is_listed(ada_url.URL(target)), target
        else:
            assert reply.outcome in [(400, "redirectTo-not-allowed"), (400, "schema-validation-error")], target

    hold()


def test_whatever_stands_behind_a_listed_place_is_allowed(api: Api, lists: None) -> None:
    @many(30)
    @given(st.sampled_from(FRIENDLY), st.lists(SEGMENTS, max_size=3), st.dictionaries(SEGMENTS, SEGMENTS, max_size=2))
    def hold(base: str, path: list[str], query: dict[str, str]) -> None:
        place = base.partition("?")[0] + "".join("/" + quote(segment, safe="") for segment in path)
        told = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in query.items())
        reply = follow(api, f"{place}?{told}#end")
        assert reply.status == 302, place
        assert reply.location.startswith(f"{place}?"), place
        assert reply.location.endswith("#end"), place
        assert reply.query == {**query, "error": "invalid-ticket", "errorDescription": "Invalid ticket"}

    hold()
